import pg from 'pg';
import type { ContractView } from '../src/core/contracts/contract.view.js';
import { ok, problem } from './support/api-client.js';
import { aContract, aCounterparty } from './support/builders.js';
import { startService, type TestService } from './support/service.js';
import { until } from './support/until.js';

let service: TestService;
let departmentId: string;

beforeAll(async () => {
  service = await startService();
  await service.startAt('2026-03-02T09:00:00+09:00');
  departmentId = await service.departmentId('ROADS');
});
afterAll(() => service.close());

const post = (body: unknown, key: string, path = '/contracts', client = service.admin) =>
  client.post<ContractView>(path, body, { 'idempotency-key': key });

const registered = async (reference: string) =>
  (await service.sql(`SELECT id FROM contract WHERE reference = $1`, [reference])).length;

it('answers a repeated call as the first, and creates nothing twice', async () => {
  const contract = aContract({ departmentId });
  const first = await post(contract, 'repeated');
  const before = await service.contents();
  const second = await post(contract, 'repeated');
  expect([first.status, second.status]).toEqual([201, 201]);
  expect(second.body).toEqual(first.body);
  expect(second.headers['idempotent-replayed']).toBe('true');
  expect(await service.contents()).toEqual(before);
});

it('knows a body again whose fields stand in another order', async () => {
  const contract = aContract({ departmentId });
  const reversed = Object.fromEntries(Object.entries(contract).reverse());
  const first = ok(await post(contract, 'reordered'));
  expect(ok(await post(reversed, 'reordered')).id).toBe(first.id);
});

it('refuses a key that was used for another body, or another route', async () => {
  ok(await post(aContract({ departmentId }), 'reused'));
  const other = aContract({ departmentId });
  for (const path of ['/contracts', '/contracts?dryRun=true', '/departments']) {
    expect(problem(await post(other, 'reused', path))).toMatchObject({
      status: 422,
      code: 'idempotency-key-reused',
    });
  }
  expect(await registered(other.reference)).toBe(0);
});

it('refuses a call while the first with its key is running, and answers it afterwards', async () => {
  const contract = aContract({ departmentId });
  const blocker = new pg.Client({ connectionString: service.ground.database.ownerUrl });
  await blocker.connect();
  try {
    await blocker.query('BEGIN');
    await blocker.query('LOCK TABLE counterparty IN ACCESS EXCLUSIVE MODE');
    const first = post(contract, 'in-flight');
    await until('the first call waits for the lock', async () => {
      const waiting = await service.sql(`SELECT 1 FROM pg_locks WHERE NOT granted AND locktype = 'relation'`);
      return waiting.length > 0;
    });
    expect(problem(await post(contract, 'in-flight'))).toMatchObject({
      status: 409,
      code: 'idempotency-key-in-flight',
    });
    await blocker.query('COMMIT');
    expect((await first).status).toBe(201);
    expect(ok(await post(contract, 'in-flight')).id).toBe((await first).body.id);
  } finally {
    await blocker.end();
  }
});

it('creates one of ten that are sent at the same moment, and gives all of them its answer', async () => {
  const { id } = await service.register();
  const party = aCounterparty();
  const answered = async () => {
    for (;;) {
      const answer = await post(party, 'at-once', `/contracts/${id}/counterparties`);
      if (answer.status !== 409) return answer;
      expect(problem(answer).code).toBe('idempotency-key-in-flight');
    }
  };
  const answers = await Promise.all(Array.from({ length: 10 }, answered));
  const [first] = answers;
  expect(answers.map(({ status, body }) => ({ status, body }))).toEqual(
    Array.from({ length: 10 }, () => ({ status: 201, body: first?.body })),
  );
  expect(answers.filter(({ headers }) => headers['idempotent-replayed'] === 'true')).toHaveLength(9);
  expect((await service.contract(id)).counterparties).toHaveLength(2);
});

it('does not keep a failure: the corrected call may take the same key', async () => {
  const contract = aContract({ departmentId });
  const wrong = { ...contract, startsOn: '2027-01-01' };
  expect((await post(wrong, 'failed')).status).toBe(422);
  expect((await post({ ...contract, colour: 'blue' }, 'failed')).status).toBe(400);
  expect((await post(contract, 'failed')).status).toBe(201);
});

it('keeps the keys of two callers apart', async () => {
  const officer = await service.as('officer', departmentId);
  const [one, other] = [aContract({ departmentId }), aContract({ departmentId })];
  expect(ok(await post(one, 'shared')).reference).toBe(one.reference);
  expect(ok(await post(other, 'shared', '/contracts', officer)).reference).toBe(other.reference);
});

it('covers what is made beneath a contract', async () => {
  const { id } = await service.register();
  const path = `/contracts/${id}/milestones/advance-payment/occurrences`;
  const occurrence = { occurredOn: '2026-04-01' };
  ok(await post(occurrence, 'occurred', path));
  ok(await post(occurrence, 'occurred', path));
  const view = await service.contract(id);
  expect(view.milestones.filter((m) => m.code === 'advance-payment')).toHaveLength(1);
});

it('forgets a key after a day', async () => {
  const [one, other] = [aContract({ departmentId }), aContract({ departmentId })];
  ok(await post(one, 'a-day'));
  await service.sql(
    `UPDATE idempotency_key SET created_at = created_at - interval '25 hours' WHERE key = 'a-day'`,
  );
  expect((await post(other, 'a-day')).status).toBe(201);
  await service.sweep();
  const kept = await service.sql<{ n: number }>(
    `SELECT count(*)::int AS n FROM idempotency_key WHERE created_at < clock_timestamp() - interval '24 hours'`,
  );
  expect(kept).toEqual([{ n: 0 }]);
});

it('keeps no secret that is shown once: a repeated call is answered without it', async () => {
  const apiKey = { name: 'finance', role: 'auditor' };
  const made = await post(apiKey, 'secret-key', '/api-keys');
  const account = { email: 'once@hanbit.example', name: '한여울', role: 'auditor' };
  const invited = await post(account, 'secret-link', '/accounts');
  expect(made.body).toMatchObject({ key: expect.stringMatching(/^chr_/) as string });
  expect(invited.body).toMatchObject({ link: expect.stringMatching(/welcome/) as string });
  const [madeAgain, invitedAgain] = [
    await post(apiKey, 'secret-key', '/api-keys'),
    await post(account, 'secret-link', '/accounts'),
  ];
  expect([madeAgain.status, invitedAgain.status]).toEqual([201, 201]);
  expect(madeAgain.body).toEqual({ id: made.body.id });
  const known = (invited.body as unknown as { account: { id: string } }).account;
  expect(invitedAgain.body).toEqual({ account: known });
  const path = `/accounts/${known.id}/reset`;
  expect((await post({}, 'secret-reset', path)).text).toContain('welcome');
  expect((await post({}, 'secret-reset', path)).text).not.toContain('welcome');
});

it('does not go with a file, of which it would see nothing', async () => {
  const headers = { 'content-type': 'multipart/form-data; boundary=b', 'idempotency-key': 'upload' };
  const file = `--b\r\ncontent-disposition: form-data; name="file"; filename="a.csv"\r\n\r\n계약번호\r\n--b--\r\n`;
  const answer = await service.admin.post('/imports', file, headers);
  expect(problem(answer)).toMatchObject({ status: 400, code: 'idempotency-key-on-upload' });
  expect(await service.sql(`SELECT id FROM import`)).toEqual([]);
});

it.each([
  ['half of a surrogate pair', '{"title":"ab\\ud800cd"}', 'title', 'characters-unusable'],
  ['5,000 levels', '['.repeat(5000) + ']'.repeat(5000), '[0]'.repeat(20), 'too-deep'],
  ['nothing that a contract has', '{"2":1,"10":[{}]}', 'reference', 'invalid-type'],
])(
  'goes with a body of %s as far as its refusal in words, with and without a key',
  async (_, sent, path, code) => {
    const json = { 'content-type': 'application/json' };
    for (const headers of [json, { ...json, 'idempotency-key': 'hostile' }]) {
      const answer = problem(await service.admin.post('/contracts', sent, headers));
      expect(answer).toMatchObject({ status: 400, code: 'validation-failed' });
      expect(answer.fields).toContainEqual({ path, code, message: expect.any(String) as string });
    }
  },
);

it('refuses a key that no header should hold', async () => {
  const answer = await post(aContract({ departmentId }), 'x'.repeat(201));
  expect(problem(answer)).toMatchObject({ status: 422, code: 'idempotency-key-malformed' });
});

it('takes a key of up to 200 characters that can be seen, and no other', async () => {
  const status = async (key: string) => (await post(aContract({ departmentId }), key)).status;
  for (const key of ['!', '~', 'y'.repeat(200)]) expect([key, await status(key)]).toEqual([key, 201]);
  for (const key of ['a b', 'tab\tinside', 'caf\u00e9']) expect([key, await status(key)]).toEqual([key, 422]);
});

it('is for calls that create alone: a change with a key is made each time', async () => {
  const { id } = await service.register();
  const change = (title: string) =>
    service.admin.patch<ContractView>(`/contracts/${id}`, { title }, { 'idempotency-key': 'changing' });
  expect(ok(await change('하나')).title).toBe('하나');
  expect(ok(await change('둘')).title).toBe('둘');
  expect(await service.sql(`SELECT 1 FROM idempotency_key WHERE key = 'changing'`)).toEqual([]);
});

it('repeats an answer for a day less a minute, and from a day on the newer one', async () => {
  const age = (by: string) =>
    service.sql(
      `UPDATE idempotency_key SET created_at = clock_timestamp() - $1::interval WHERE key = 'aged'`,
      [by],
    );
  const [one, other] = [aContract({ departmentId }), aContract({ departmentId })];
  const first = ok(await post(one, 'aged'));
  await age('23 hours 59 minutes');
  expect(ok(await post(one, 'aged')).id).toBe(first.id);
  expect(problem(await post(other, 'aged')).code).toBe('idempotency-key-reused');
  await age('24 hours 1 second');
  const second = ok(await post(other, 'aged'));
  expect(second.reference).toBe(other.reference);
  expect(ok(await post(other, 'aged')).id).toBe(second.id);
  expect(problem(await post(one, 'aged')).code).toBe('idempotency-key-reused');
});

it('repeats the status as well, and keeps what was answered sealed', async () => {
  const asked = { number: '010-0000-2345' };
  const call = () => post(asked, 'searched', '/messages/search');
  expect([(await call()).status, (await call()).status]).toEqual([200, 200]);
  const contract = aContract({ departmentId, title: '봉인된 제목' });
  ok(await post(contract, 'sealed'));
  const [row] = await service.sql<{ bytes: Buffer }>(
    `SELECT response_sealed AS bytes FROM idempotency_key WHERE key = 'sealed'`,
  );
  expect(row?.bytes.toString()).not.toContain('봉인된 제목');
  expect(row?.bytes.toString()).not.toContain(contract.reference);
});
