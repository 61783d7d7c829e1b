// `npm run bench -- registration`: contracts over HTTP, 16 at a time, against the same rows written by pgbench.
import { spawnSync } from 'node:child_process';
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Pool } from 'undici';
import { daysFromToday } from './api.mjs';
import { makeCity } from './city.mjs';
import { Prototype } from './fill.mjs';
import { cpuUs, median, startPostgres } from './ground.mjs';

export const options = {
  seconds: 5,
  rounds: 3,
  wide: 16,
  /** The embedded binaries have none. */
  pgbench: '/usr/lib/postgresql/15/bin/pgbench',
};

export async function measure(folder, wish) {
  const postgres = await startPostgres(folder);
  const city = await makeCity(folder, postgres);
  const { id } = await city.api.call('POST', '/contracts', contractOf(city.departmentIds[0], 'P-WRITES'));
  const prototype = await Prototype.of(city.client, city.secrets.sealer, id, { withLog: true });
  const hasPgbench = existsSync(wish.pgbench);
  if (!hasPgbench) console.error(`There is no ${wish.pgbench}: the writes alone are not measured.`);
  const script = join(folder, 'registration.sql');
  writeFileSync(script, await scriptOf(city.client, prototype));
  const rounds = [];
  let from = 0;
  const http = async (seconds) => {
    const figures = await register(city, postgres, { ...wish, seconds }, from);
    from += figures.count;
    return figures;
  };
  await http(2);
  for (let n = 1; n <= wish.rounds; n += 1) {
    const full = await http(wish.seconds);
    const writes = hasPgbench ? pgbench(city.urls.superuser, wish, script) : null;
    rounds.push({ service: full, writes });
    console.error(
      `round ${n}: ${full.perSecond.toFixed(0)} contracts/s with ${prototype.alerts} alerts each, p50 ${full.p50.toFixed(0)} ms, CPU Node ${full.nodeUs.toFixed(0)} + PostgreSQL ${full.postgresUs.toFixed(0)} µs; pgbench ${writes?.toFixed(0)}/s; ratio ${(full.perSecond / writes).toFixed(3)}`,
    );
  }
  const of = (what) => median(rounds.map(({ service }) => service[what]));
  const writes = hasPgbench ? median(rounds.map((round) => round.writes)) : null;
  return {
    perSecond: of('perSecond'),
    p50: of('p50'),
    nodeUs: of('nodeUs'),
    postgresUs: of('postgresUs'),
    alerts: prototype.alerts,
    writes,
    ratio: writes && of('perSecond') / writes,
    rounds,
  };
}

function contractOf(departmentId, reference) {
  const days = { signedOn: daysFromToday(50), startsOn: daysFromToday(100), endsOn: daysFromToday(400) };
  const contact = {
    name: '이가람',
    role: '현장소장',
    phone: '010-0000-1234',
    locale: 'ko',
    legalBasis: 'contract',
  };
  return {
    reference,
    departmentId,
    kind: 'works',
    title: '중앙로 보도정비공사',
    value: { amount: '110000000', currency: 'KRW' },
    ...days,
    counterparties: [
      { name: '(주)새솔건설', registrationNumber: '000-00-00000', country: 'KR', contacts: [contact] },
    ],
  };
}

async function register(city, postgres, { wide, seconds }, from) {
  const pool = new Pool(city.service.url, { connections: wide, pipelining: 1 });
  const headers = { authorization: `Bearer ${city.secrets.apiKey}`, 'content-type': 'application/json' };
  const times = [];
  let next = from;
  const cpu = () => ({
    node: cpuUs({ processes: [city.service.pid] }),
    postgres: cpuUs({ servers: [postgres.pid] }),
  });
  const before = cpu();
  const began = performance.now();
  const end = began + seconds * 1000;
  const caller = async () => {
    while (performance.now() < end) {
      const body = JSON.stringify(contractOf(city.departmentIds[0], `H-${next++}`));
      const at = performance.now();
      const answer = await pool.request({ path: '/api/v1/contracts', method: 'POST', headers, body });
      const text = await answer.body.text();
      if (answer.statusCode !== 201) throw new Error(`a contract was answered ${answer.statusCode}: ${text}`);
      times.push(performance.now() - at);
    }
  };
  await Promise.all(Array.from({ length: wide }, caller));
  const took = (performance.now() - began) / 1000;
  const after = cpu();
  await pool.close();
  const count = next - from;
  return {
    count,
    perSecond: count / took,
    p50: median(times),
    nodeUs: (after.node - before.node) / count,
    postgresUs: (after.postgres - before.postgres) / count,
  };
}

/** A transaction with one INSERT a table that writes the rows of the prototype, with ids and a reference of its own. */
async function scriptOf(client, { rows, tables, ids }) {
  const variables = ids.map((_, k) => `uuidv7() AS id_${k}`).join(', ');
  const inserts = [];
  for (const { table, kept } of rows) {
    const { columns } = tables.find(({ name }) => name === table);
    const literals = columns.map(({ name }) => `quote_nullable(p.${name}::text)`).join(', ');
    const { rows: found } = await client.query({
      text: `SELECT ${literals} FROM ${kept} p`,
      rowMode: 'array',
    });
    const values = columns.map(({ name, type }, i) => {
      const id = ids.findIndex((one) => found[0][i] === `'${one}'`);
      if (table === 'contract' && name === 'reference') return `'G-' || :id_0::text`;
      return id < 0 ? `${withoutColons(found[0][i])}::${type}` : `:id_${id}::uuid`;
    });
    const last = inserts.at(-1);
    if (last?.table === table) last.values.push(values);
    else inserts.push({ table, columns, values: [values] });
  }
  const statements = inserts.map(
    ({ table, columns, values }) =>
      `INSERT INTO ${table} (${columns.map(({ name }) => name).join(', ')}) VALUES ${values.map((row) => `(${row.join(', ')})`).join(', ')};`,
  );
  return ['BEGIN;', `SELECT ${variables} \\gset`, ...statements, 'COMMIT;'].join('\n');
}

/** pgbench takes a colon within a literal for the beginning of a variable. */
function withoutColons(literal) {
  if (!literal.includes(':')) return literal;
  return `${literal.startsWith('E') ? '' : 'E'}${literal.replaceAll(':', '\\x3A')}`;
}

function pgbench(url, { pgbench: program, wide, seconds }, script) {
  const { hostname, port, username, password, pathname } = new URL(url);
  const ran = spawnSync(
    program,
    [
      '-n',
      '-h',
      hostname,
      '-p',
      port,
      '-U',
      username,
      '-c',
      String(wide),
      '-j',
      '2',
      '-T',
      String(seconds),
      '-M',
      'prepared',
      '-f',
      script,
      pathname.slice(1),
    ],
    { env: { PGPASSWORD: password }, encoding: 'utf8' },
  );
  const tps = /tps = ([\d.]+) \(without/.exec(ran.stdout)?.[1];
  if (!tps || !/number of failed transactions: 0/.test(ran.stdout))
    throw new Error(`pgbench failed: ${ran.stdout}${ran.stderr}`);
  return Number(tps);
}
