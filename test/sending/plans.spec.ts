import { Database } from '../../src/platform/database/database.js';
import { type Row, SendingBench } from '../support/sending-bench.js';

// The statements of a window go by indexes whatever the planner believes: its statistics may be of a night in which nothing was
// planned and no attempt under way, and thousands have come since.

let bench: SendingBench;
beforeAll(async () => {
  bench = await SendingBench.start();
  await bench.sql(`ALTER TABLE alert SET (autovacuum_enabled = false)`);
  await bench.sql(`ALTER TABLE attempt SET (autovacuum_enabled = false)`);
  await bench.sql(`ALTER TABLE message SET (autovacuum_enabled = false)`);
});
afterAll(() => bench.stop());

const many = 4000;
/** A window of ten texts, with what is looked up for each; a statement that reads all of a table touches hundreds more. */
const mostBlocks = 300;

/** Copies a row so often, with these columns different for each; `n` counts the copies. */
async function copy(table: string, id: string, differing: Record<string, string>): Promise<void> {
  const columns = { id: 'gen_random_uuid()', ...differing };
  const names = Object.keys(await bench.row(table, id)).filter((name) => !(name in columns));
  const [all, values] = [
    [...names, ...Object.keys(columns)],
    [...names.map((name) => `t.${name}`), ...Object.values(columns)],
  ];
  await bench.sql(
    `INSERT INTO ${table} (${all.join(', ')})
     SELECT ${values.join(', ')} FROM ${table} t, generate_series(1, ${many}) AS n WHERE t.id = $1`,
    [id],
  );
}

const number = (name: string) => `decode(md5('${name}' || n), 'hex')`;

/** Texts of another day: delivered, or under way since. */
async function texts(name: string, status: 'delivered' | 'sending'): Promise<void> {
  const message = await bench.message({ status });
  const isOver = status === 'delivered';
  const attempt = await bench.attempt(message, isOver ? { status: 'accepted', reference: name } : {});
  const ofNumber = { number_index: number(name) };
  await copy('message', message.id, { ...ofNumber, text_hash: number('text'), shard: 'n % 8' });
  // Each its own message, in any order.
  await bench.sql(
    `INSERT INTO attempt (id, message_id, number_index, provider, status, reference, opened_at, lease_until)
     SELECT gen_random_uuid(), m.id, m.number_index, t.provider, t.status, t.reference || m.id, t.opened_at, t.lease_until
     FROM message m, attempt t WHERE t.id = $1 AND m.status = $2 AND m.id <> t.message_id`,
    [attempt, status],
  );
}

interface Read {
  statement: string;
  blocks: number;
}

/** Explains each statement with the blocks that it touches, undoes that, and then runs it. */
function explainStatements(): Read[] {
  const reads: Read[] = [];
  const database = bench.get(Database);
  const execute = database['execute'].bind(database);
  database['execute'] = async (sql, parameters, kept) => {
    if (/^\s*(SELECT|INSERT|UPDATE|WITH)/.test(sql)) {
      const plan = await database.rehearse(async () => {
        const [row] = await database.rows<Row>(`EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) ${sql}`, parameters);
        return (row?.['QUERY PLAN'] as { Plan: Record<string, number> }[])[0]?.Plan ?? {};
      });
      const blocks = (plan['Shared Hit Blocks'] ?? 0) + (plan['Shared Read Blocks'] ?? 0);
      reads.push({ statement: sql.replace(/\s+/g, ' ').slice(0, 100), blocks });
    }
    return execute(sql, parameters, kept);
  };
  return reads;
}

it('goes by indexes after statistics of a time when nothing was planned, and nothing under way', async () => {
  await texts('old', 'delivered');
  const sent = await bench.alert({ messageId: (await bench.message({ status: 'delivered' })).id });
  const contractId = `md5('contract' || n)::uuid`;
  await copy('contract', sent.contractId, { id: contractId, reference: `'C-' || n` });
  const differing = { reissue: 'n', number_index: number('old'), shard: 'n % 8', contract_id: contractId };
  await copy('alert', sent.id, { ...differing, message_id: 'gen_random_uuid()' });
  for (const table of ['alert', 'attempt', 'message']) await bench.sql(`VACUUM ANALYZE ${table}`);
  const planned = await bench.alert({ dueInSeconds: 3600 });
  await copy('alert', planned.id, differing);
  await texts('new', 'sending');
  for (let shard = 0; shard < 8; shard += 1) await bench.alert({ shard });
  const [again, other] = [
    await bench.message({ status: 'waiting' }),
    await bench.message({ status: 'waiting' }),
  ];
  const reads = explainStatements();

  expect(await bench.drains().drainAllShards()).toBe(10);

  expect(bench.pigeon.called.map(({ to }) => to)).toEqual(expect.arrayContaining([again.to, other.to]));
  expect(reads.length).toBeGreaterThan(15);
  expect(reads.filter(({ blocks }) => blocks > mostBlocks)).toEqual([]);
});
