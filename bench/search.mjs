// `npm run bench -- search`: every filter of the message log and every list, with few and with many messages, and the export
// against COPY of the same statement.
import { createHash, randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { request } from 'undici';
import { Api } from './api.mjs';
import { makeCity } from './city.mjs';
import { fictionalNumber } from './fill.mjs';
import { median, must, startPostgres, startService } from './ground.mjs';

export const options = {
  few: 50_000,
  many: 200_000,
  /** Each question is asked so often. */
  times: 11,
  departments: 20,
  export: true,
};

export async function measure(folder, wish) {
  const postgres = await startPostgres(folder);
  const few = await makeLog(folder, postgres, wish, wish.few);
  const many = await makeLog(folder, postgres, wish, wish.many);
  const questions = {};
  for (const name of Object.keys(few.questions)) {
    const took = { few: [], many: [] };
    for (let n = 0; n <= wish.times; n += 1) {
      // In turn, so that what the machine does meanwhile meets both.
      took.few.push(await ask(few, name));
      took.many.push(await ask(many, name));
      // What takes seconds tells as much by three.
      if (n >= 3 && took.many.reduce((sum, one) => sum + one, 0) > 5000) break;
    }
    // The first of each warms up.
    const [fewMs, manyMs] = [median(took.few.slice(1)), median(took.many.slice(1))];
    questions[name] = { fewMs, manyMs, mostMs: Math.max(...took.many.slice(1)), ratio: manyMs / fewMs };
    console.error(
      `${name.padEnd(36)} p50 ${fewMs.toFixed(1).padStart(8)} → ${manyMs.toFixed(1).padStart(8)} ms, × ${(manyMs / fewMs).toFixed(2)}`,
    );
  }
  await few.service.stop();
  await many.service.stop();
  const sorted = (by) => Object.entries(questions).sort((a, b) => b[1][by] - a[1][by]);
  const [worst, slowest] = [sorted('ratio')[0], sorted('manyMs')[0]];
  const flat = Object.values(questions).filter(({ ratio }) => ratio <= 1.2).length;
  console.error(
    `${flat} of ${Object.keys(questions).length} at most × 1.2; worst ${worst[0]} × ${worst[1].ratio.toFixed(1)}; slowest ${slowest[0]} ${slowest[1].manyMs.toFixed(0)} ms`,
  );
  const result = {
    questions,
    flat,
    worst: worst[1].ratio,
    worstName: worst[0],
    slowestMs: slowest[1].manyMs,
    slowestName: slowest[0],
  };
  if (!wish.export) return result;
  const exports = {
    few: await exportAll(folder, few.city, wish.few),
    many: await exportAll(folder, many.city, wish.many),
  };
  const exportMemory = exports.many.peakMb / exports.few.peakMb;
  console.error(`peak memory of the export, ${wish.many} ÷ ${wish.few}: ${exportMemory.toFixed(2)}`);
  return { ...result, exports, exportRatio: exports.many.ratio, exportMemory };
}

/** A database with a log of so many messages, a process that answers for it, and what it is asked. */
async function makeLog(folder, postgres, wish, size) {
  const database = `log_${size}`;
  await postgres.run(
    `CREATE DATABASE ${database} OWNER chorong_owner`,
    `GRANT CONNECT ON DATABASE ${database} TO chorong_app`,
  );
  const city = await makeCity(folder, postgres, { departments: wish.departments, database });
  await city.service.stop();
  const began = performance.now();
  await city.fillLog(await city.sent(), size);
  await countedAgain(folder, city);
  // No service of ours has seen this load, and could have made statistics after it.
  await city.pool.query('VACUUM ANALYZE');
  console.error(`${size} messages in ${((performance.now() - began) / 1000).toFixed(0)} s`);
  const environment = { ...city.environment, CHORONG_ROLE: 'api' };
  const service = await startService({ folder, name: `asked-${size}`, environment });
  const { rows } = await city.pool.query(
    `SELECT a.contract_id, m.text FROM contract c JOIN alert a ON a.contract_id = c.id JOIN message m ON m.id = a.message_id
     WHERE c.reference = 'M-0000077'`,
  );
  const sessions = await signIn(city, service);
  return { city, service, sessions, questions: questionsOf(city, rows[0]) };
}

/** Counts what was loaded, which a worker would do by itself with rests: whoever asks for a figure has it counted at once. */
async function countedAgain(folder, { environment, secrets, pool }) {
  await pool.query('ANALYZE');
  const service = await startService({
    folder,
    name: 'counting',
    environment: { ...environment, CHORONG_ROLE: 'all' },
  });
  const api = new Api(service.url, secrets.apiKey);
  const isOver = async () => {
    // It is refused after ten seconds, and goes on where it was.
    await api.call('POST', '/statistics', {}).catch(() => undefined);
    return (await pool.query('SELECT 1 FROM tally_mark LIMIT 1')).rows.length === 0;
  };
  await must('what was loaded is counted', isOver, 3_600_000, 100);
  await service.stop();
}

/** People who look at pages: the whole agency's auditor, and an officer of a department. Returns their cookies by role. */
async function signIn({ pool, secrets, departmentIds }, { url }) {
  const api = new Api(url, secrets.apiKey);
  const sessions = {};
  for (const [role, departmentId] of [
    ['auditor', null],
    ['officer', departmentIds[3]],
  ]) {
    const person = { email: `${role}@hanbit.example`, name: '한여울', role, departmentId, locale: 'ko' };
    const { account } = await api.call('POST', '/accounts', person);
    const token = randomBytes(32).toString('base64url');
    const hash = createHash('sha256').update(token).digest();
    await pool.query(`INSERT INTO session (token_hash, account_id) VALUES ($1, $2)`, [hash, account.id]);
    sessions[role] = `chorong-local=${token}`;
  }
  return sessions;
}

/** Everything that is asked, as an auditor of the whole agency and, where it differs, within a department. */
function questionsOf({ departmentIds }, { contract_id: contractId, text }) {
  const words = text.match(/[가-힣]{3,}/g);
  const day = (ago) => new Date(Date.now() - ago * 86_400_000).toISOString().slice(0, 10);
  const inDepartment = { departmentId: departmentIds[3] };
  const filters = {
    newest: {},
    delivered: { status: 'delivered' },
    failed: { status: 'failed' },
    unconfirmed: { status: 'unconfirmed' },
    held: { status: 'held' },
    works: { kind: 'works' },
    'kind without any': { kind: 'permit' },
    'milestone signing': { milestone: 'signing' },
    'milestone final-payment': { milestone: 'final-payment' },
    'unknown milestone': { milestone: 'no-such-milestone' },
    'provider twilio': { provider: 'twilio' },
    'provider without any': { provider: 'sandbox' },
    'a day': { from: day(100), to: day(100) },
    'a month': { from: day(130), to: day(100) },
    'a contract': { contractId },
  };
  const asked = {};
  for (const [name, filter] of Object.entries(filters)) {
    asked[name] = ['GET', `/messages?${new URLSearchParams(filter)}`];
    if (name !== 'a contract')
      asked[`${name}, department`] = [
        'GET',
        `/messages?${new URLSearchParams({ ...filter, ...inDepartment })}`,
      ];
  }
  const search = (body) => ['POST', '/messages/search', body];
  return {
    ...asked,
    'a number': search({ number: fictionalNumber(77).number }),
    'a reference': search({ words: 'M-0000123' }),
    'two words': search({ words: `${words[0]} ${words[1]}` }),
    'two letters': search({ words: words[1].slice(0, 2) }),
    'words without any': search({ words: '없는말이다' }),
    'words, department': search({ words: words[1], ...inDepartment }),
    alerts: ['GET', '/alerts'],
    'alerts, department': ['GET', `/alerts?${new URLSearchParams(inDepartment)}`],
    contracts: ['GET', '/contracts'],
    'contracts by reference': ['GET', '/contracts?reference=M-0000123'],
    'a contract itself': ['GET', `/contracts/${contractId}`],
    'its time line': ['GET', `/contracts/${contractId}/timeline`],
    ...figuresOf('', {}),
    ...figuresOf(', department', inDepartment),
    'coverage of failed texts': ['GET', '/statistics/milestones?reason=failed'],
    '/metrics': ['GET', '/../../metrics'],
    ...Object.fromEntries(
      ['auditor', 'officer'].flatMap((role) =>
        ['', '/coverage', '/work', '/messages', '/contracts'].map((path) => [
          `console${path}, ${role}`,
          ['GET', `/../../console${path}`, null, role],
        ]),
      ),
    ),
    '/genuine': ['GET', '/../../genuine'],
  };
}

/** The figures, of the whole agency or of a department. */
function figuresOf(of, within) {
  return {
    [`statistics${of}`]: ['POST', '/statistics', { groupBy: ['department', 'month'], ...within }],
    [`coverage${of}`]: ['GET', `/statistics/milestones?${new URLSearchParams(within)}`],
    [`work lists${of}`]: ['GET', `/work?${new URLSearchParams(within)}`],
  };
}

/** A question that finds nothing by a mistake of the bench would be quick. */
const mustFind = [
  'newest',
  'delivered',
  'failed',
  'a number',
  'a reference',
  'two words',
  'contracts',
  'milestone final-payment',
  'coverage',
  'console/messages, auditor',
];

/** Returns the milliseconds that the answer took. */
async function ask({ city, service, questions, sessions }, name) {
  const [method, path, body, role] = questions[name];
  const at = performance.now();
  const answer = await request(new URL(`${service.url}/api/v1${path}`), {
    method,
    headers: {
      ...(role ? { cookie: sessions[role] } : { authorization: `Bearer ${city.secrets.apiKey}` }),
      ...(body ? { 'content-type': 'application/json' } : {}),
    },
    body: body ? JSON.stringify(body) : undefined,
  });
  const text = await answer.body.text();
  const took = performance.now() - at;
  if (answer.statusCode !== 200 || (mustFind.includes(name) && !text.includes('M-0'))) {
    throw new Error(`${name}: ${method} ${path} answered ${answer.statusCode}: ${text.slice(0, 300)}`);
  }
  return took;
}

/** The export as a file of CSV, by a process of its own so that its peak of memory is the export's. */
async function exportAll(folder, city, size) {
  const rounds = [];
  for (let n = 0; n < 3; n += 1) {
    const service = await startService({
      folder,
      name: `export-${size}-${n}`,
      environment: { ...city.environment, CHORONG_ROLE: 'api' },
    });
    const began = performance.now();
    const answer = await request(`${service.url}/api/v1/messages/export?format=csv`, {
      headers: { authorization: `Bearer ${city.secrets.apiKey}` },
    });
    const statement = statementOf(city.pool);
    let lines = 0;
    let beginning = '';
    for await (const chunk of answer.body) {
      beginning ||= chunk.toString().slice(0, 500);
      for (const byte of chunk) if (byte === 10) lines += 1;
    }
    const seconds = (performance.now() - began) / 1000;
    if (answer.statusCode !== 200 || lines < size)
      throw new Error(`the export had ${lines} lines of ${size}, and begins: ${beginning}`);
    const peakMb = service.peakMb();
    await service.stop();
    const sql = (await statement).replace(/\$\d+/g, 'NULL');
    const copyBegan = performance.now();
    await city.pool.query(`COPY (${sql}) TO '/dev/null'`);
    const copySeconds = (performance.now() - copyBegan) / 1000;
    rounds.push({
      rowsPerSecond: size / seconds,
      copyRowsPerSecond: size / copySeconds,
      ratio: copySeconds / seconds,
      peakMb,
    });
    console.error(
      `export of ${size}: ${(size / seconds).toFixed(0)} rows/s, peak ${peakMb.toFixed(0)} MB; COPY of the same statement ${(size / copySeconds).toFixed(0)} rows/s; ratio ${(copySeconds / seconds).toFixed(2)}`,
    );
  }
  const of = (name) => median(rounds.map((round) => round[name]));
  return {
    rowsPerSecond: of('rowsPerSecond'),
    copyRowsPerSecond: of('copyRowsPerSecond'),
    ratio: of('ratio'),
    peakMb: of('peakMb'),
    rounds,
  };
}

/** What the export asks the database, seen while it runs. */
async function statementOf(pool) {
  for (let n = 0; n < 200; n += 1) {
    const { rows } = await pool.query(
      `SELECT query FROM pg_stat_activity WHERE application_name = 'chorong-export' AND query ~* '^\\s*(SELECT|WITH|COPY)'`,
    );
    if (rows[0]) return rows[0].query;
    await sleep(5);
  }
  throw new Error('the statement of the export was not seen');
}
