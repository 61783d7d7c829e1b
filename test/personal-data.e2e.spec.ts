import type { ContractView } from '../src/core/contracts/contract.view.js';
import { ok } from './support/api-client.js';
import { aContact, aContract, aCounterparty, aNumber } from './support/builders.js';
import { contactIds } from './support/contract-reading.js';
import { startFakeTwilio, type FakeTwilio } from './support/fake-twilio.js';
import { startService, type TestService } from './support/service.js';

const person = '홍길동아무개';
const organisation = '(주)새솔건설산업';
const numbers = ['010-0000-2345', '010-0000-2346', '+44 7700 900123'];
/** As anybody might write it: with and without its zero, its prefix, its hyphens. The masked form ends in four digits. */
function spellingsOf(number: string): string[] {
  const digits = number.replace(/\D/g, '');
  const national = number.startsWith('+44') ? digits.slice(2) : digits.slice(1);
  return [number, digits, national, national.replace(/(\d+)(\d{4})$/, '$1-$2')];
}
const spellings = numbers.flatMap(spellingsOf);

const holding = (texts: string[], wanted: string[]) =>
  texts.filter((text) => wanted.some((one) => text.includes(one)));

const withBoth = (departmentId: string) =>
  aContract({
    departmentId,
    signedOn: '2026-03-03',
    counterparties: [
      aCounterparty({
        name: organisation,
        contacts: [
          aContact({ name: person, phone: numbers[0] }),
          aContact({ name: person, phone: numbers[2], locale: 'en' }),
        ],
      }),
    ],
  });

describe('in the sandbox', () => {
  let service: TestService;

  beforeAll(async () => {
    service = await startService();
    await service.startAt('2026-03-02T09:00:00+09:00');
    await everythingThatShowsPeople();
  });
  afterAll(() => service.close());

  async function everythingThatShowsPeople(): Promise<void> {
    const { admin } = service;
    const departmentId = await service.departmentId('ROADS');
    const contract = ok(
      await admin.post<ContractView>('/contracts', withBoth(departmentId), { 'idempotency-key': 'once' }),
    );
    await admin.post('/contracts', withBoth(departmentId), { 'idempotency-key': 'twice' });
    const path = `/contracts/${contract.id}`;
    const [contactId] = contactIds(contract);
    ok(
      await admin.patch(`${path}/contacts/${contactId}`, {
        phone: numbers[1],
        name: person,
        reason: 'a test',
      }),
    );
    ok(await admin.post('/officers', { departmentId, name: person, phone: numbers[0], staffNumber: 'H-9' }));
    await service.advanceTo('2026-03-20T12:00:00+09:00');
    for (const get of [path, '/contracts', `${path}/changes`, '/officers', '/sandbox/texts', '/agency'])
      ok(await admin.get(get));
    await admin.post('/agency', {
      name: { ko: '한빛시', en: 'Hanbit City' },
      locale: 'ko',
      currency: 'KRW',
      rehearsal: { on: false, numbers: [numbers[0]] },
    });
    // What is refused is not shown either: a landline, two numbers in a field, a body of the wrong form, a broken one.
    for (const phone of ['02-0000-2345', `${numbers[0]} / ${numbers[1]}`])
      await admin.post(`${path}/counterparties/${contract.counterparties[0]?.id}/contacts`, { phone });
    await admin.post('/contracts', { ...withBoth(departmentId), [person]: numbers[0] });
    await admin.post('/contracts', `{"phone": "${numbers[0]}", `, { 'content-type': 'application/json' });
    await admin.get(`/contracts?reference=${encodeURIComponent(numbers[0] ?? '')}`);
  }

  it('shows the masked number and name, and the organisation’s name', () => {
    expect(holding(service.heard.answers, ['010-****-2345']).length).toBeGreaterThan(2);
    expect(holding(service.heard.answers, ['+44 **** **0123']).length).toBeGreaterThan(2);
    expect(holding(service.heard.answers, ['홍****개']).length).toBeGreaterThan(2);
    expect(holding(service.heard.answers, [organisation]).length).toBeGreaterThan(2);
  });

  it('answers no number and no person’s name in plain form', () => {
    const telling = service.heard.answers.filter(
      // The unknown field of that name is named back to who sent it.
      (answer) => !answer.includes('unrecognized-keys'),
    );
    expect(holding(telling, [...spellings, '02-0000-2345', person])).toEqual([]);
  });

  it('logs neither, nor the organisation’s name, nor a key', () => {
    expect(service.heard.logs.length).toBeGreaterThan(20);
    const key = service.admin.key ?? 'no key';
    expect(holding(service.heard.logs, [...spellings, '02-0000-2345', person, organisation, key])).toEqual(
      [],
    );
  });

  it('stores neither in the clear in any row of any table', async () => {
    const rows = Object.values(await service.contents()).flat();
    expect(rows.length).toBeGreaterThan(200);
    const asBytes = [...spellings, person, organisation].map((one) => Buffer.from(one).toString('hex'));
    const asEscaped = [person, organisation].map((one) => JSON.stringify(one).slice(1, -1));
    expect(holding(rows, [...spellings, person, organisation, ...asBytes, ...asEscaped])).toEqual([]);
  });

  it('stores no key in the clear', async () => {
    const secret = (service.admin.key ?? '').split('_').slice(2).join('_');
    const keys = await service.sql<{ row: string }>(`SELECT t::text AS row FROM api_key t`);
    expect(keys.length).toBeGreaterThan(0);
    expect(
      holding(
        keys.map((key) => key.row),
        [secret, Buffer.from(secret).toString('hex')],
      ),
    ).toEqual([]);
  });
});

describe('with a provider that fails', () => {
  let fake: FakeTwilio;
  let service: TestService;

  beforeAll(async () => {
    fake = await startFakeTwilio();
    service = await startService({ twilio: fake });
  });
  afterAll(async () => {
    await service.close();
    await fake.stop();
  });
  // The service stops the sender itself where it cannot be authenticated.
  afterEach(async () => {
    const { items } = ok(
      await service.admin.get<{ items: { id: string; releasedAt: unknown }[] }>('/brakes'),
    );
    for (const { id } of items.filter(({ releasedAt }) => releasedAt === null)) {
      ok(await service.admin.post(`/brakes/${id}/release`, { reason: 'for the next test' }));
    }
  });

  it.each([
    ['refuses and repeats the number', { kind: 'refuse', status: 400, code: 21211 }],
    ['drops the connection', { kind: 'drop', accept: false }],
    ['hangs', { kind: 'hang', accept: false }],
    ['answers what cannot be read', { kind: 'raw', status: 200, body: '{"to":', accept: false }],
    ['cannot be authenticated at', { kind: 'refuse', status: 401, code: 20003 }],
  ] as const)('that %s, no number and no credential is logged or kept', async (_case, behaviour) => {
    const number = aNumber();
    await fake.play({ rules: [{ behaviour }] });
    await service.openAtAllHours();
    const contact = aContact({ name: person, phone: number });
    await service.registerDue({ counterparties: [aCounterparty({ contacts: [contact] })] });
    expect(await service.drain()).toBeGreaterThan(0);
    await service.sweep();

    const { accountSid, authToken } = fake.account;
    const basic = Buffer.from(`${accountSid}:${authToken}`).toString('base64');
    const secrets = [...spellingsOf(number), person, authToken, basic];
    expect(service.heard.logs.length).toBeGreaterThan(0);
    expect(holding(service.heard.logs, secrets)).toEqual([]);
    const attempts = await service.sql<{ row: string }>(
      `SELECT t::text AS row FROM attempt t UNION ALL SELECT b::text FROM brake b`,
    );
    expect(
      holding(
        attempts.map((attempt) => attempt.row),
        secrets,
      ),
    ).toEqual([]);
  });
});
