import 'reflect-metadata';
import { createReadStream, existsSync } from 'node:fs';
import { basename } from 'node:path';
import { parseArgs } from 'node:util';
import type { Caller } from '../../core/access/roles.js';
import { ConfigError, parseConfig } from '../../config/config.js';
import { providers } from '../../core/providers/providers.js';
import { createApp } from '../../create-app.js';
import { DepartmentsService } from '../../core/departments/departments.service.js';
import { SetupService } from '../../core/setup/setup.service.js';
import { loadSecrets, startDatabase } from '../../start-database.js';
import { ImportIntake } from './uploads.js';
import { ImportJobs } from './jobs.js';
import type { ImportView } from './import.schema.js';
import { ImportsService } from './imports.service.js';

const usage = `npm run import -- FILE… [--department CODE] [--preview]

  FILE          OCDS 1.0 or 1.1 JSON, or an officers' sheet: Excel (.xlsx) or CSV (UTF-8 or CP949)
  --department  the department of contracts whose file names none
  --preview     only tells what it would do
`;

/** The command's own caller: whoever can run it on the machine of the service may do what an admin may. */
const caller: Caller = {
  keyId: 'import-command',
  accountId: null,
  name: 'import command',
  role: 'admin',
  departmentId: null,
  officerId: null,
};

async function main(): Promise<number> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      department: { type: 'string' },
      preview: { type: 'boolean' },
      help: { type: 'boolean', short: 'h' },
    },
  });
  const missing = positionals.filter((file) => !existsSync(file));
  if (values.help || positionals.length === 0 || missing.length > 0) {
    for (const file of missing) process.stderr.write(`There is no file ${file}.\n`);
    process.stdout.write(usage);
    return values.help ? 0 : 2;
  }
  const config = parseConfig({ LOG_LEVEL: 'warn', ...process.env, CHORONG_ROLE: 'api' }, providers);
  const database = await startDatabase(config, 'the import command', { join: true });
  const secrets = loadSecrets(config);
  const app = await createApp({ config, databaseUrl: database.url, keys: secrets.keys });
  try {
    await app.get(SetupService).setUp(secrets.apiKey);
    const departmentId = await departmentOf(app.get(DepartmentsService), values.department);
    let refused = 0;
    for (const file of positionals) {
      refused += await bringIn(app, file, departmentId, values.preview ?? false);
    }
    return refused > 0 ? 1 : 0;
  } finally {
    await app.close();
    await database.stop();
  }
}

async function bringIn(
  app: Awaited<ReturnType<typeof createApp>>,
  path: string,
  departmentId: string | null,
  preview: boolean,
): Promise<number> {
  const file = {
    name: basename(path),
    bytes: createReadStream(path) as AsyncIterable<Buffer>,
    truncated: () => false,
  };
  const imports = app.get(ImportsService);
  const taken = await app.get(ImportIntake).takeFile(caller, file, departmentId, { preview });
  const bar = new ProgressBar(basename(path), process.stdout);
  await app
    .get(ImportJobs)
    .runImport(taken.id, ({ counts, bytesRead, size }) => bar.show(counts.contracts, bytesRead / size));
  const done = await imports.importOf(caller, taken.id);
  bar.end(
    Object.entries(done.counts)
      .filter(([key, count]) => count > 0 || key === 'created')
      .map(([key, count]) => `${key.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`)} ${count}`)
      .join(', '),
  );
  if (preview) await endPreview(app, done);
  if (done.failure) process.stderr.write(`${done.failure}\n`);
  await showProblems(imports, taken.id);
  return done.counts.refused + (done.status === 'failed' ? 1 : 0);
}

/** Discards what was only previewed: the file has to be uploaded again without the flag. */
async function endPreview(app: Awaited<ReturnType<typeof createApp>>, done: ImportView): Promise<void> {
  const columns = 'Its columns have to be looked at: bring it in on the imports page.';
  process.stdout.write(
    `  ${done.status === 'columns' ? columns : (done.peopleTextedTodayText?.en ?? done.statusText.en)}\n`,
  );
  if (done.status === 'columns' || done.status === 'ready')
    await app.get(ImportsService).discardImport(caller, done.id);
}

const shown = 20;

async function showProblems(imports: ImportsService, id: string): Promise<void> {
  const { items, nextCursor } = await imports.problemsOf(caller, id, { limit: shown });
  for (const problem of items) {
    const value = problem.value ? ` (${problem.value})` : '';
    process.stdout.write(
      `  line ${problem.line}, ${problem.field || 'file'}${value}: ${problem.fatal ? 'refused. ' : ''}${problem.message} ${problem.advice}\n`,
    );
  }
  if (nextCursor) process.stdout.write(`  … the rest: GET /api/v1/imports/${id}/errors\n`);
}

async function departmentOf(
  departments: DepartmentsService,
  code: string | undefined,
): Promise<string | null> {
  if (code === undefined) return null;
  const all = await departments.list(caller);
  const found = all.find((department) => department.code === code);
  if (found) return found.id;
  throw new ConfigError([
    `--department ${code}: there is no such code; there are ${all.map((d) => d.code).join(', ')}`,
  ]);
}

const barWidth = 30;

/** ProgressBar shows progress on a terminal's one line; elsewhere it writes a line now and then. */
class ProgressBar {
  private readonly began = performance.now();
  private lastLine = 0;

  constructor(
    private readonly name: string,
    private readonly out: { isTTY?: boolean; write(text: string): unknown },
  ) {}

  /** `share` of the work, 0 to 1. */
  show(contracts: number, share: number): void {
    const seconds = (performance.now() - this.began) / 1000;
    const line = `${this.name}: ${contracts} contracts, ${Math.round(contracts / Math.max(seconds, 0.001))} a second`;
    if (this.out.isTTY) {
      const done = Math.min(barWidth, Math.round(share * barWidth));
      const bar = '█'.repeat(done) + '·'.repeat(barWidth - done);
      this.out.write(`\r\x1b[K[${bar}] ${line}`);
    } else if (contracts - this.lastLine >= 5000) {
      this.lastLine = contracts;
      this.out.write(`${line}\n`);
    }
  }

  end(summary: string): void {
    const seconds = (performance.now() - this.began) / 1000;
    this.out.write(`${this.out.isTTY ? '\r\x1b[K' : ''}${this.name}: ${summary} (${seconds.toFixed(1)} s)\n`);
  }
}

// A pipe that closes early, such as head, ends the listing and not the import.
process.stdout.on('error', () => undefined);

main().then(
  (code) => process.exit(code),
  (error: unknown) => {
    process.stderr.write(
      `\nThe import stopped.\n${error instanceof ConfigError ? error.message : String((error as Error).stack ?? error)}\n`,
    );
    process.exit(1);
  },
);
