import { alertTransitions } from '../../src/core/planning/alert-states.js';
import { alertStatuses } from '../../src/core/planning/planning.types.js';
import { attemptTransitions } from '../../src/core/sending/attempt-states.js';
import { messageTransitions } from '../../src/core/sending/message-states.js';
import { attemptStatuses, messageStatuses } from '../../src/core/sending/sending.entities.js';
import { Database, type Transition } from '../../src/platform/database/database.js';
import { newId } from '../../src/platform/ids.js';
import { SendingBench } from '../support/sending-bench.js';

// What somebody can and cannot do who has the password of the service's role alone.

let bench: SendingBench;
let database: Database;
beforeAll(async () => {
  bench = await SendingBench.start();
  database = bench.get(Database);
});
afterAll(() => bench.stop());

const permissionDenied = '42501';
const refused = { driverError: { code: permissionDenied } };
const asService = (statement: string, ...parameters: unknown[]) => database.run(statement, parameters);

/** Every table that the service's role may take rows from. A new one is added here, if it has to be. */
const forgettable =
  `account_link coverage_basis coverage_count coverage_milestone idempotency_key import import_chunk
  import_effect import_name import_problem import_refused ladder_step leaf_waiting log_span mail ocds_record passkey passkey_challenge recovery_code
  sandbox_clock sandbox_text sealing_process session sign_in_failure status_count tally_mark work_candidate work_dead_number`.split(
    /\s+/,
  );

it('takes rows from no table but these', async () => {
  const rows = await database.rows<{ name: string }>(
    `SELECT relname AS name FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p')
       AND has_table_privilege(oid, 'DELETE') ORDER BY 1`,
  );
  expect(rows.map(({ name }) => name)).toEqual(forgettable);
});

it.each([
  [
    'message',
    'text number_sealed number_index text_hash salt template_version_id service_time frozen_at due_at',
  ],
  ['attempt', 'message_id number_index opened_at'],
  ['alert', 'milestone_id contract_id contact_id reissue'],
  ['brake', 'scope target reason actor pulled_at'],
  ['flag', 'contract_id kind at actor lost'],
  ['receipt', 'status code received_at'],
  ['retention_hold', 'contract_id reason actor at'],
  ['leaf', 'body salt'],
])('of %s these columns stay as they were stored: %s', async (table, columns) => {
  for (const column of columns.split(' '))
    await expect(asService(`UPDATE ${table} SET ${column} = ${column}`)).rejects.toMatchObject(refused);
});

/** The pairs of statuses that differ, each with whether a transition leads from one to the other. */
function pairsOf(statuses: readonly string[], transitions: Record<string, Transition>) {
  const known = new Set(
    Object.values(transitions).flatMap(({ from, to }) =>
      from.flatMap((one) => [to].flat().map((other) => `${one} ${other}`)),
    ),
  );
  return statuses.flatMap((from) =>
    statuses
      .filter((to) => to !== from)
      .map((to): [string, string, boolean] => [from, to, known.has(`${from} ${to}`)]),
  );
}

const rowOf = {
  message: async (status: string) => (await bench.message({ status: status })).id,
  attempt: async (status: string) => bench.attempt(await bench.message(), { status }),
  alert: async (status: string) => {
    const reason = ['planned', 'messaged'].includes(status) ? {} : { reason: 'terminated' };
    const message = status === 'messaged' ? { messageId: newId() } : {};
    return (await bench.alert({ status: status, ...reason, ...message })).id;
  },
};

/** What the constraints of the table want beside a status. */
function besideOf(table: keyof typeof rowOf, status: string): string {
  if (table === 'attempt') return '';
  if (table === 'message') return `, next_attempt_at = ${status === 'waiting' ? 'now()' : 'NULL'}`;
  const reason = status === 'planned' || status === 'messaged' ? 'NULL' : `'terminated'`;
  return `, reason = ${reason}, message_id = ${status === 'messaged' ? 'id' : 'NULL'}`;
}

describe.each([
  ['message', messageStatuses, messageTransitions],
  ['attempt', attemptStatuses, attemptTransitions],
  ['alert', alertStatuses, alertTransitions],
] as const)('the status of a(n) %s', (table, statuses, transitions) => {
  it.each(pairsOf(statuses, transitions))('from %s to %s: %s', async (from, to, isKnown) => {
    const id = await rowOf[table](from);
    const set = besideOf(table, to);
    const change = asService(`UPDATE ${table} SET status = $2 ${set} WHERE id = $1`, id, to);
    if (isKnown) expect(await change).toBe(1);
    else await expect(change).rejects.toMatchObject(refused);
  });
});

it('an alert stays in its message', async () => {
  const { id } = await bench.alert({ messageId: newId() });
  await expect(
    asService(`UPDATE alert SET message_id = $2 WHERE id = $1`, id, newId()),
  ).rejects.toMatchObject(refused);
});

it('the reference of an attempt is given once', async () => {
  const id = await bench.attempt(await bench.message(), { status: 'accepted', reference: 'SM1' });
  await expect(asService(`UPDATE attempt SET reference = 'SM2' WHERE id = $1`, id)).rejects.toMatchObject(
    refused,
  );
  await expect(asService(`UPDATE attempt SET reference = NULL WHERE id = $1`, id)).rejects.toMatchObject(
    refused,
  );
});

it('the provider of an attempt stays, but for one of another life of the database', async () => {
  const change = `UPDATE attempt SET provider = 'gull' WHERE id = $1`;
  const made = await bench.attempt(await bench.message(), { status: 'ambiguous' });
  await expect(asService(change, made)).rejects.toMatchObject(refused);
  const suspected = await bench.attempt(await bench.message(), { status: 'ambiguous', suspect: true });
  expect(await asService(change, suspected)).toBe(1);
});

it('a brake that was released stays so', async () => {
  const id = newId();
  await asService(
    `INSERT INTO brake (id, scope, target, reason, actor) VALUES ($1, 'route', 'x', 'x', 'test')`,
    id,
  );
  expect(await asService(`UPDATE brake SET released_at = now(), released_by = 'one' WHERE id = $1`, id)).toBe(
    1,
  );
  await expect(asService(`UPDATE brake SET released_by = 'other' WHERE id = $1`, id)).rejects.toMatchObject(
    refused,
  );
});

it('a flag that was closed keeps its finding', async () => {
  const { contractId, departmentId } = await bench.alert();
  const id = newId();
  await bench.insert('flag', {
    id,
    contract_id: contractId,
    department_id: departmentId,
    kind: 'late',
    at: new Date(),
    actor: 'test',
    lost: '[]',
  });
  const close = `UPDATE flag SET closed_at = now(), closed_by = 'one', finding = $2, note = 'x' WHERE id = $1`;
  expect(await asService(close, id, 'explained')).toBe(1);
  await expect(asService(close, id, 'mistake')).rejects.toMatchObject(refused);
});

it('an import of a file stays; an upload that broke off goes', async () => {
  const imported = (size: number) => {
    const id = newId();
    const row = {
      id,
      file_name: 'x.csv',
      format: 'csv',
      actor: 'test',
      status: 'queued',
      size,
      caller: '{}',
      counts: '{}',
    };
    return bench.insert('import', row).then(() => id);
  };
  expect(await asService(`DELETE FROM import WHERE id = $1`, await imported(0))).toBe(1);
  await expect(asService(`DELETE FROM import WHERE id = $1`, await imported(9))).rejects.toMatchObject(
    refused,
  );
});
