import { randomBytes, randomUUID } from 'node:crypto';
import { Pool } from 'pg';
import { createTestDatabase, type TestDatabase } from '../../../../test/support/database.js';
import { Sealer } from '../../../platform/sealing/sealer.js';
import type { SendOutcome } from '../sms-provider.js';
import { SandboxProvider } from './sandbox.provider.js';

const serviceTime = new Date('2031-05-06T07:08:09Z');
const ordinary = '+821000001234';
const numberEndingIn = (digits: string) => `+82100000${digits}`;

let database: TestDatabase;
let pool: Pool;
let sealer: Sealer;
let provider: SandboxProvider;

beforeAll(async () => {
  database = await createTestDatabase();
  pool = new Pool({ connectionString: database.appUrl, max: 2 });
  sealer = new Sealer({ sealing: [{ id: 'test', key: randomBytes(32) }], index: randomBytes(32) });
  provider = new SandboxProvider({ pool, sealer, now: () => Promise.resolve(serviceTime) });
});
beforeEach(() => pool.query('DELETE FROM sandbox_text'));
afterAll(async () => {
  await provider.close();
  await database.drop();
});

const send = (to: string, text = '계약 체결을 축하드립니다.') =>
  provider.send({ attemptId: randomUUID(), to, text });
const referenceOf = (outcome: SendOutcome) => (outcome.kind === 'accepted' ? outcome.reference : '');
const find = (to: string) => provider.find({ to, text: '' });

it('keeps the number sealed, and both clocks', async () => {
  const attemptId = randomUUID();
  const outcome = await provider.send({ attemptId, to: ordinary, text: 'A text' });
  const { rows } = await pool.query<{
    id: string;
    attempt_id: string;
    to_sealed: Buffer;
    service_time: Date;
  }>('SELECT * FROM sandbox_text');
  expect(rows).toMatchObject([
    { id: referenceOf(outcome), attempt_id: attemptId, service_time: serviceTime },
  ]);
  const [row] = rows;
  if (!row) throw new Error('no row');
  const place = { table: 'sandbox_text', column: 'to_sealed', rowId: row.id };
  expect(sealer.open(row.to_sealed, place)).toBe(ordinary);
});

it('delivers to an ordinary number once it is asked', async () => {
  const reference = referenceOf(await send(ordinary));
  expect(await find(ordinary)).toMatchObject([{ reference, status: 'accepted', code: null }]);
  expect(await provider.status(reference)).toEqual({ reference, status: 'delivered', code: null });
  expect(await provider.status(reference)).toMatchObject({ status: 'delivered' });
});

it('finds by number', async () => {
  await send(ordinary, 'one');
  await send(numberEndingIn('5678'), 'two');
  expect((await find(ordinary)).map((found) => found.text)).toEqual(['one']);
});

it('knows nothing of other references', async () => {
  expect(await provider.status(randomUUID())).toBeNull();
  expect(await provider.status('SM1')).toBeNull();
});

it('knows nothing of what it refused or lost, though it counts that', async () => {
  for (const digits of ['0001', '0004']) await send(numberEndingIn(digits));
  const { rows } = await pool.query<{ id: string }>('SELECT id FROM sandbox_text');
  expect(rows).toHaveLength(2);
  for (const { id } of rows) expect(await provider.status(id)).toBeNull();
});

it.each([
  ['0001', 'permanent'],
  ['0007', 'hold-route'],
  ['0008', 'hold'],
  ['0009', 'stop-line'],
])('refuses …%s: %s, and no phone holds the text', async (digits, action) => {
  const to = numberEndingIn(digits);
  const outcome = await send(to);
  expect(outcome).toMatchObject({ kind: 'refused', action });
  expect(outcome.kind === 'refused' && provider.failure(outcome.code)).toMatchObject({ action });
  expect(await find(to)).toEqual([]);
});

it('…0002 is accepted, then fails by a code that asks for a resend', async () => {
  const to = numberEndingIn('0002');
  const reference = referenceOf(await send(to));
  expect(await find(to)).toMatchObject([{ reference, status: 'accepted', code: null }]);
  const delivery = await provider.status(reference);
  expect(delivery).toEqual({ reference, status: 'failed', code: 'sandbox-unreachable' });
  expect(provider.failure(delivery?.code ?? '')).toMatchObject({ action: 'retry-bounded' });
});

it('…0003 loses its answer, and the text is there to be adopted', async () => {
  const to = numberEndingIn('0003');
  expect(await send(to)).toMatchObject({ kind: 'ambiguous' });
  expect(await find(to)).toMatchObject([{ text: '계약 체결을 축하드립니다.', status: 'accepted' }]);
});

it('…0004 is lost on its way once, and accepted when it is sent again', async () => {
  const to = numberEndingIn('0004');
  expect(await send(to)).toMatchObject({ kind: 'ambiguous' });
  expect(await find(to)).toEqual([]);
  expect(await send(to)).toMatchObject({ kind: 'accepted' });
  expect(await find(to)).toHaveLength(1);
});

it('…0005 asks for patience twice, for each text', async () => {
  const to = numberEndingIn('0005');
  for (const text of ['one', 'two']) {
    const outcomes = [await send(to, text), await send(to, text), await send(to, text)];
    expect(outcomes.map((outcome) => outcome.kind)).toEqual(['refused', 'refused', 'accepted']);
    expect(outcomes[0]).toMatchObject({ action: 'retry', retryAfterSeconds: 1 });
  }
});

it('…0006 is never reported on again', async () => {
  const reference = referenceOf(await send(numberEndingIn('0006')));
  expect(await provider.status(reference)).toMatchObject({ status: 'sent' });
  expect(await provider.status(reference)).toMatchObject({ status: 'sent' });
});

it('is ambiguous when its store fails, and never throws', async () => {
  const closed = new Pool({ connectionString: database.appUrl });
  await closed.end();
  const broken = new SandboxProvider({ pool: closed, sealer, now: () => Promise.resolve(serviceTime) });
  expect(await broken.send({ attemptId: randomUUID(), to: ordinary, text: 'A text' })).toMatchObject({
    kind: 'ambiguous',
  });
});

it('holds a code that it does not know', () => {
  expect(provider.failure('toString')).toMatchObject({ action: 'hold' });
});
