import 'reflect-metadata';
import { createReadStream, existsSync } from 'node:fs';
import { basename } from 'node:path';
import { parseArgs } from 'node:util';
import type { INestApplication } from '@nestjs/common';
import { ConfigError, parseConfig } from '../../config/config.js';
import { runCommand } from '../../config/run-command.js';
import type { Caller } from '../../core/access/roles.js';
import { DepartmentsService } from '../../core/departments/departments.service.js';
import { providers } from '../../core/providers/providers.js';
import { SetupService } from '../../core/setup/setup.service.js';
import { createApp } from '../../create-app.js';
import { loadSecrets, startDatabase } from '../../start-database.js';
import { type ImportOptions, type ImportView, uploadFields } from './import.schema.js';
import { ImportsService } from './imports.service.js';
import { ImportJobs } from './jobs.js';
import { ocdsKinds } from './ocds/kinds.js';
import { ImportIntake } from './uploads.js';

const usage = `npm run import -- FILE… [--department CODE] [--kind KIND] [--buyer-kind BUYER=KIND]… [--awards] [--preview]

  FILE          OCDS 1.0 or 1.1 JSON, or an officers' sheet: Excel (.xlsx) or CSV (UTF-8 or CP949)
  --department  the department of contracts whose file names none
  --kind        works, service or goods: of OCDS contracts whose file does not say it
  --buyer-kind  the same for one buyer, by its name
  --awards      where an OCDS process names no contracts, its awards are taken as contracts
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
      kind: { type: 'string' },
      'buyer-kind': { type: 'string', multiple: true },
      awards: { type: 'boolean', default: false },
      preview: { type: 'boolean', default: false },
      help: { type: 'boolean', short: 'h' },
    },
  });
  const missing = positionals.filter((file) => !existsSync(file));
  if (values.help || positionals.length === 0 || missing.length > 0) {
    for (const file of missing) process.stderr.write(`There is no file ${file}.\n`);
    process.stdout.write(usage);
    return values.help ? 0 : 2;
  }
  const read = uploadFields.safeParse({
    kind: values.kind,
    buyerKinds: values['buyer-kind']?.join('\n'),
    awardsAsContracts: String(values.awards),
  });
  if (!read.success) throw new ConfigError([`A kind is one of ${ocdsKinds.join(', ')}.`]);
  const how = { preview: values.preview, options: read.data };
  const config = parseConfig({ LOG_LEVEL: 'warn', ...process.env, CHORONG_ROLE: 'api' }, providers);
  const database = await startDatabase(config, 'the import command', { join: true });
  const secrets = loadSecrets(config);
  const app = await createApp({ config, databaseUrl: database.url, keys: secrets.keys });
  try {
    await app.get(SetupService).setUp(secrets.apiKey);
    const departmentId = await departmentOf(app, values.department);
    let refused = 0;
    for (const file of positionals) refused += await importFile(app, file, departmentId, how);
    return refused > 0 ? 1 : 0;
  } finally {
    await app.close();
    await database.stop();
  }
}

async function departmentOf(app: INestApplication, code: string | undefined): Promise<string | null> {
  if (code === undefined) return null;
  const all = await app.get(DepartmentsService).list(caller);
  const found = all.find((department) => department.code === code);
  if (found) return found.id;
  const codes = all.map((department) => department.code).join(', ');
  throw new ConfigError([`--department ${code}: there is no such code; there are ${codes}`]);
}

/** Returns how many rows were refused. */
async function importFile(
  app: INestApplication,
  path: string,
  departmentId: string | null,
  how: { preview: boolean; options: ImportOptions },
): Promise<number> {
  const name = basename(path);
  const file = { name, bytes: createReadStream(path) as AsyncIterable<Buffer>, truncated: () => false };
  const { id } = await app.get(ImportIntake).takeFile(caller, file, departmentId, how);
  const bar = new ProgressBar(name, process.stdout);
  await app.get(ImportJobs).runImport(id, ({ counts, bytesRead, size }) => {
    bar.show(counts.contracts, bytesRead / size);
  });
  const done = await app.get(ImportsService).importOf(caller, id);
  const counted = Object.entries(done.counts)
    .filter(([key, count]) => count > 0 || key === 'created')
    .map(([key, count]) => `${key.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`)} ${count}`);
  bar.end(counted.join(', '));
  if (how.preview) await endPreview(app, done);
  if (done.failure) process.stderr.write(`${done.failure}\n`);
  await showProblems(app, id);
  return done.counts.refused + (done.status === 'failed' ? 1 : 0);
}

/** Discards what was only previewed: the file has to be uploaded again without the flag. */
async function endPreview(app: INestApplication, done: ImportView): Promise<void> {
  const columns = 'Its columns have to be looked at: bring it in on the imports page.';
  const people = done.peopleTextedTodayText?.en ?? done.statusText.en;
  process.stdout.write(`  ${done.status === 'columns' ? columns : people}\n`);
  if (done.status === 'columns' || done.status === 'ready')
    await app.get(ImportsService).discardImport(caller, done.id);
}

const shown = 20;

async function showProblems(app: INestApplication, id: string): Promise<void> {
  const { items, nextCursor } = await app.get(ImportsService).problemsOf(caller, id, { limit: shown });
  for (const problem of items) {
    const value = problem.value ? ` (${problem.value})` : '';
    const place = `line ${problem.line}, ${problem.field || 'file'}${value}`;
    const refused = problem.fatal ? 'refused. ' : '';
    process.stdout.write(`  ${place}: ${refused}${problem.message} ${problem.advice}\n`);
  }
  if (nextCursor) process.stdout.write(`  … the rest: GET /api/v1/imports/${id}/errors\n`);
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

  /** `share` is how much of the work is done, 0 to 1. */
  show(contracts: number, share: number): void {
    const perSecond = Math.round(contracts / Math.max(this.seconds, 0.001));
    const line = `${this.name}: ${contracts} contracts, ${perSecond} a second`;
    if (this.out.isTTY) {
      const done = Math.min(barWidth, Math.round(share * barWidth));
      this.out.write(`\r\x1b[K[${'█'.repeat(done)}${'·'.repeat(barWidth - done)}] ${line}`);
    } else if (contracts - this.lastLine >= 5000) {
      this.lastLine = contracts;
      this.out.write(`${line}\n`);
    }
  }

  end(summary: string): void {
    const start = this.out.isTTY ? '\r\x1b[K' : '';
    this.out.write(`${start}${this.name}: ${summary} (${this.seconds.toFixed(1)} s)\n`);
  }

  private get seconds(): number {
    return (performance.now() - this.began) / 1000;
  }
}

// A pipe that closes early, such as head, ends the listing and not the import.
process.stdout.on('error', () => undefined);

runCommand(main, 'The import stopped.', 1);
