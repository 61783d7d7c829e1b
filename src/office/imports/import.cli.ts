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
import { ImportIntake } from './import-intake.js';
import { ImportSteps } from './import-steps.js';
import type { ImportView } from './import.schema.js';
import { ImportsReader } from './imports-reader.js';
import { ImportsService } from './imports.service.js';
import { ProgressBar } from './progress-bar.js';

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
  const reader = app.get(ImportsReader);
  const taken = await app.get(ImportIntake).take(caller, file, departmentId, { preview });
  const bar = new ProgressBar(basename(path), process.stdout);
  await app.get(ImportsService).run(taken.id, ({ counts, share }) => bar.show(counts.contracts, share));
  const done = await reader.view(caller, taken.id);
  bar.end(
    Object.entries(done.counts)
      .filter(([key, count]) => count > 0 || key === 'created')
      .map(([key, count]) => `${key.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`)} ${count}`)
      .join(', '),
  );
  if (preview) await endPreview(app, done);
  if (done.failure) process.stderr.write(`${done.failure}\n`);
  await tellProblems(reader, taken.id);
  return done.counts.refused + (done.status === 'failed' ? 1 : 0);
}

/** Nothing was applied: the file is to be brought in again without the flag. */
async function endPreview(app: Awaited<ReturnType<typeof createApp>>, done: ImportView): Promise<void> {
  const columns = 'Its columns have to be looked at: bring it in on the imports page.';
  process.stdout.write(
    `  ${done.status === 'columns' ? columns : (done.peopleTextedTodayText?.en ?? done.statusText.en)}\n`,
  );
  if (done.status === 'columns' || done.status === 'ready')
    await app.get(ImportSteps).discard(caller, done.id);
}

const shown = 20;

async function tellProblems(reader: ImportsReader, id: string): Promise<void> {
  const { items, nextCursor } = await reader.problems(caller, id, { limit: shown });
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
