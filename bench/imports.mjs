// `npm run bench -- imports`: a sheet of contracts, from its bytes to planned alerts, against COPY of the rows that it wrote.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { daysFromToday } from './api.mjs';
import { makeCity } from './city.mjs';
import { cpuUs, median, peakMb, root, startPostgres } from './ground.mjs';

export const options = { contracts: 10_000, rounds: 3 };

export async function measure(folder, wish) {
  const postgres = await startPostgres(folder);
  const city = await makeCity(folder, postgres);
  await city.service.stop();
  await city.disconnect();
  const files = { one: join(folder, 'one.csv'), all: join(folder, 'all.csv') };
  writeFileSync(files.one, sheetOf(1));
  writeFileSync(files.all, sheetOf(wish.contracts));
  const copies = join(folder, 'copies');
  mkdirSync(copies);
  // PostgreSQL writes there, as another user.
  chmodSync(copies, 0o777);
  const rounds = [];
  for (let n = 1; n <= wish.rounds; n += 1) {
    const small = await importOn(city, postgres, `tiny_${n}`, files.one, folder);
    const full = await importOn(city, postgres, `import_${n}`, files.all, folder);
    if (full.contracts !== wish.contracts)
      throw new Error(`${full.contracts} contracts of ${wish.contracts} were imported`);
    // What the command takes to start is not the import.
    const seconds = full.seconds - small.seconds;
    const raw = await copyOn(postgres, `import_${n}`, `raw_${n}`, copies);
    const rows = full.contracts + full.alerts;
    const round = {
      seconds,
      rowsPerSecond: rows / seconds,
      copyRowsPerSecond: rows / raw.seconds,
      ratio: raw.seconds / seconds,
      peakMb: full.peakMb,
      allRows: raw.rows,
      tables: raw.tables,
      nodeUs: (full.nodeUs - small.nodeUs) / full.contracts,
      postgresUs: (full.postgresUs - small.postgresUs) / full.contracts,
    };
    rounds.push(round);
    console.error(
      `round ${n}: ${full.contracts} contracts and ${full.alerts} alerts in ${seconds.toFixed(1)} s, ${round.rowsPerSecond.toFixed(0)} rows/s, peak ${full.peakMb.toFixed(0)} MB, CPU a contract Node ${round.nodeUs.toFixed(0)} + PostgreSQL ${round.postgresUs.toFixed(0)} µs; ` +
        `COPY of all ${raw.rows} rows of ${raw.tables} tables ${raw.seconds.toFixed(1)} s, ${round.copyRowsPerSecond.toFixed(0)} rows/s; ratio ${round.ratio.toFixed(3)}`,
    );
    for (const name of [`tiny_${n}`, `import_${n}`, `raw_${n}`])
      await postgres.run(`DROP DATABASE ${name} WITH (FORCE)`);
  }
  const of = (name) => median(rounds.map((round) => round[name]));
  return {
    rowsPerSecond: of('rowsPerSecond'),
    copyRowsPerSecond: of('copyRowsPerSecond'),
    ratio: of('ratio'),
    peakMb: of('peakMb'),
    nodeUs: of('nodeUs'),
    postgresUs: of('postgresUs'),
    rounds,
  };
}

/** Each contract has one contact and dates in the months to come. */
function sheetOf(contracts) {
  const heading =
    '계약번호,차수,구분,계약명,계약방법,계약일,착공일,준공일,계약금액,담당부서,업체명,사업자번호,대표자,담당자,휴대전화,언어,수신근거';
  const days = [daysFromToday(50), daysFromToday(100), daysFromToday(400)];
  const lines = Array.from({ length: contracts }, (_, n) =>
    [
      `C-2026-${n}`,
      '0',
      '공사',
      `중앙로 ${n}구간 보도정비공사`,
      '제한경쟁',
      ...days,
      String(10_000_000 + n),
      '도로1과',
      `(주)새솔건설${n}`,
      `000-00-${String(n % 100_000).padStart(5, '0')}`,
      `대표${n}`,
      `사람${n}`,
      `010-0000-${String(n % 10_000).padStart(4, '0')}`,
      '한국어',
      '계약',
    ].join(','),
  );
  return `${heading}\n${lines.join('\n')}\n`;
}

async function cloneDatabase(postgres, from, to) {
  await postgres.run(
    `CREATE DATABASE ${to} TEMPLATE ${from} OWNER chorong_owner`,
    `GRANT CONNECT ON DATABASE ${to} TO chorong_app`,
  );
}

/** Runs the import command on a database that is as new. */
async function importOn(city, postgres, database, file, folder) {
  await cloneDatabase(postgres, 'chorong', database);
  const urls = postgres.urls(database);
  const before = cpuUs({ servers: [postgres.pid] });
  const began = performance.now();
  const child = spawn(
    process.execPath,
    [join(root, 'dist/src/office/imports/import.cli.js'), file, '--department', 'D1'],
    {
      cwd: root,
      env: {
        PATH: process.env.PATH,
        NODE_ENV: 'production',
        CHORONG_DATA_DIR: join(folder, 'imports'),
        PUBLIC_URL: 'http://127.0.0.1:3000',
        ...city.environment,
        DATABASE_URL: urls.app,
      },
      stdio: ['ignore', 'pipe', 'pipe'],
    },
  );
  let said = '';
  child.stdout.on('data', (data) => (said += data));
  child.stderr.on('data', (data) => (said += data));
  const ended = once(child, 'exit');
  let peak = 0;
  let nodeUs = 0;
  while (child.exitCode === null && child.signalCode === null) {
    peak = Math.max(peak, peakMb(child.pid));
    nodeUs = Math.max(nodeUs, cpuUs({ processes: [child.pid] }));
    await Promise.race([sleep(50), ended]);
  }
  const seconds = (performance.now() - began) / 1000;
  if (child.exitCode !== 0) throw new Error(`the import failed:\n${said}`);
  const postgresUs = cpuUs({ servers: [postgres.pid] }) - before;
  const client = await connected(urls.superuser);
  const { rows } = await client.query(
    `SELECT (SELECT count(*)::int FROM contract WHERE reference LIKE 'C-2026-%') AS contracts,
            (SELECT count(*)::int FROM alert a JOIN contract c ON c.id = a.contract_id WHERE c.reference LIKE 'C-2026-%') AS alerts`,
  );
  await client.end();
  return { ...rows[0], seconds, nodeUs, postgresUs, peakMb: peak };
}

async function connected(connectionString) {
  const client = new pg.Client({ connectionString });
  client.on('error', () => undefined);
  await client.connect();
  return client;
}

/** Copies the rows that an import wrote into a database without them, one table after the other, by the server itself. */
async function copyOn(postgres, imported, database, folder) {
  await cloneDatabase(postgres, 'chorong', database);
  const source = await connected(postgres.urls(imported).superuser);
  const target = await connected(postgres.urls(database).superuser);
  const tables = await tablesInOrder(source);
  let rows = 0;
  let seconds = 0;
  let copied = 0;
  for (const table of tables) {
    const has = await target.query(`SELECT count(*)::int AS n FROM ${table}`);
    const { rows: counted } = await source.query(`SELECT count(*)::int AS n FROM ${table}`);
    if (counted[0].n <= has.rows[0].n) continue;
    const path = join(folder, `${imported}-${table}`);
    // Rows that the target has already are older than those of the import.
    const known = await target.query(`SELECT ctid::text FROM ${table}`);
    const list = known.rows.map(({ ctid }) => `'${ctid}'`).join(', ');
    await source.query(
      `COPY (SELECT * FROM ${table} ${list ? `WHERE ctid NOT IN (${list})` : ''}) TO '${path}'`,
    );
    const began = performance.now();
    const { rowCount } = await target.query(`COPY ${table} FROM '${path}'`);
    seconds += (performance.now() - began) / 1000;
    rows += rowCount;
    copied += 1;
  }
  await source.end();
  await target.end();
  return { rows, seconds, tables: copied };
}

async function tablesInOrder(client) {
  const { rows } = await client.query(
    `SELECT c.relname AS name, (SELECT coalesce(json_agg(f.confrelid::regclass::text), '[]') FROM pg_constraint f
              WHERE f.conrelid = c.oid AND f.contype = 'f' AND f.confrelid <> c.oid) AS points_to
     FROM pg_class c WHERE c.relnamespace = 'public'::regnamespace AND c.relkind = 'r' AND c.relname <> 'migrations'`,
  );
  const ordered = [];
  const seen = new Set();
  const visit = (name) => {
    if (seen.has(name)) return;
    seen.add(name);
    for (const other of rows.find((row) => row.name === name)?.points_to ?? []) visit(other);
    ordered.push(name);
  };
  for (const { name } of rows) visit(name);
  return ordered;
}
