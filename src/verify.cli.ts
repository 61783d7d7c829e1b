import 'reflect-metadata';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { DataSource } from 'typeorm';
import { z } from 'zod';
import { parseConfig } from './config/config.js';
import { runCommand } from './config/run-command.js';
import { providers } from './core/providers/providers.js';
import { findingWords, type LogFinding } from './core/transparency/log-findings.words.js';
import { LogTree } from './core/transparency/log-tree.js';
import { LogVerifier, type Verified } from './core/transparency/log-verifier.js';
import { mostCounted, type Misfits } from './core/transparency/misfits.js';
import { type TablesCompared, TableVerifier } from './core/transparency/table-verifier.js';
import { Database } from './platform/database/database.js';
import { Sealer } from './platform/sealing/sealer.js';
import { signerOf } from './platform/sealing/signed-note.js';
import { loadSecrets, startDatabase } from './start-database.js';
import { findOffice } from './wings.js';

const usage = `npm run verify -- [DATABASE --key KEY] [--state FILE]

  DATABASE  the address of a database to verify, such as one that a dump was restored to: postgres://reader:…@host/name.
            Without it, the database of the service's own environment
  --key     the verifier key of the log, as the agency publishes it: name+id+base64
  --state   where the log is remembered as it was found to fit; the next time it has to begin with that.
            Without it, verified.json in the data folder
`;

const stateSchema = z.object({ size: z.int().min(0), root: z.base64() });

async function main(): Promise<number> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      key: { type: 'string' },
      state: { type: 'string' },
      help: { type: 'boolean', short: 'h' },
    },
  });
  const [url] = positionals;
  if (values.help || positionals.length > 1 || (url && !values.key)) {
    process.stdout.write(usage);
    return values.help ? 0 : 2;
  }
  const config = parseConfig({ LOG_LEVEL: 'warn', ...process.env }, providers);
  const started = url
    ? { url, stop: () => Promise.resolve() }
    : await startDatabase(config, 'the verification', { join: true });
  const state = values.state ?? join(config.dataDir, 'verified.json');
  const source = new DataSource({ type: 'postgres', url: started.url, applicationName: 'chorong-verify' });
  try {
    await source.initialize();
    const secrets = url ? null : loadSecrets(config).keys;
    const key = values.key ?? (secrets ? signerOf(config.log, secrets).verifierKey : '');
    const database = new Database(source);
    // The office says which facts its tables show.
    await findOffice();
    const sealer = secrets && new Sealer(secrets);
    const tables = (misfits: Misfits) => new TableVerifier(database, sealer, misfits);
    return await verify(new LogVerifier(database, new LogTree(database), key, tables), state);
  } finally {
    if (source.isInitialized) await source.destroy();
    await started.stop();
  }
}

async function verify(verifier: LogVerifier, statePath: string): Promise<number> {
  const began = performance.now();
  const { size, root, tables, misfits } = await verifier.verify(readState(statePath));
  const seconds = ((performance.now() - began) / 1000).toFixed(1);
  const read = `${size} entries, root ${root.toString('base64')} (${seconds} s)`;
  if (misfits.total > 0) {
    process.stdout.write(misfits.named.map(findingLines).join('\n'));
    process.stdout.write(`\n${totalLine(misfits)} Read: ${read}.\n`);
    return 1;
  }
  process.stdout.write(`The log fits: ${read}.\n`);
  if (tables) process.stdout.write(tablesLine(tables));
  writeFileSync(statePath, JSON.stringify({ size, root: root.toString('base64') }));
  return 0;
}

function findingLines(finding: LogFinding): string {
  const { en, ko } = findingWords(finding);
  return `${finding.code}: ${en}\n${ko}\n`;
}

function totalLine({ named, total }: Misfits): string {
  const all =
    total === mostCounted
      ? `${total} things or more do`
      : total === 1
        ? '1 thing does'
        : `${total} things do`;
  return `${all} not fit${named.length < total ? `, of which ${named.length} are named` : ''}.`;
}

function tablesLine({ rows, rowsBefore, erased, unopened }: TablesCompared): string {
  const closed = unopened.length > 0 ? ` Not compared without the sealing keys: ${unopened.join(', ')}.` : '';
  return `The tables fit: ${rows} rows, ${rowsBefore} of them from before they had leaves, ${erased} commitments of what was erased.${closed}\n`;
}

function readState(path: string): Verified | null {
  if (!existsSync(path)) return null;
  const { size, root } = stateSchema.parse(JSON.parse(readFileSync(path, 'utf8')));
  return { size, root: Buffer.from(root, 'base64') };
}

runCommand(main, 'The log could not be verified.');
