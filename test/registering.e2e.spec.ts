import type { ContractView, DifferenceView } from '../src/core/contracts/contract.view.js';
import { ok, problem } from './support/api-client.js';
import { aContact, aContract, aCounterparty, type ContactInput } from './support/builders.js';
import { alertLines, contactIds, countsOf, differenceOf } from './support/contract-reading.js';
import { startService, type TestService } from './support/service.js';

let service: TestService;
let roads: string;

beforeAll(async () => {
  service = await startService();
  await service.startAt('2026-03-02T09:00:00+09:00');
  roads = await service.departmentId('ROADS');
});
afterAll(() => service.close());

const withoutContacts = (difference: DifferenceView) =>
  JSON.parse(JSON.stringify(difference).replace(/"contactId":"[^"]*"/g, '"contactId":""')) as DifferenceView;

describe('a contract that is registered', () => {
  it('is answered with its milestones, its alerts and the difference', async () => {
    const answer = await service.admin.post<ContractView>(
      '/contracts',
      aContract({ departmentId: roads, reference: 'C-2026-0143' }),
    );
    expect(answer.status).toBe(201);
    expect(answer.headers.location).toBe(`/api/v1/contracts/${answer.body.id}`);
    expect(answer.body).toMatchObject({
      id: expect.stringMatching(/^[0-9a-f-]{36}$/) as string,
      reference: 'C-2026-0143',
      state: 'signed',
      planVersion: 1,
      value: { amount: '110000000', currency: 'KRW' },
    });
    const [contactId] = contactIds(answer.body);
    const planned = (code: string, date: string | null, expectedBy: string | null, dueAt: string) =>
      expect.objectContaining({
        code,
        occurrence: 1,
        date,
        expectedBy,
        alerts: [
          expect.objectContaining({
            id: expect.stringMatching(/^[0-9a-f-]{36}$/) as string,
            contactId,
            dueAt,
            status: 'planned',
            reason: null,
          }),
        ],
      }) as unknown;
    // By hand: 1 March 2026 is a Sunday and a holiday, so the 2nd is closed; 22 July is half of the period.
    expect(answer.body.milestones).toEqual([
      planned('signing', '2026-03-03', null, '2026-03-04T10:00:00+09:00'),
      planned('commencement', '2026-03-16', null, '2026-03-13T10:00:00+09:00'),
      planned('progress-inspection', '2026-07-22', null, '2026-07-22T10:00:00+09:00'),
      planned('completion-due', '2026-11-27', null, '2026-11-20T10:00:00+09:00'),
      planned('completion-inspection', null, '2026-12-11', '2026-12-14T10:00:00+09:00'),
      planned('final-payment', null, '2026-12-16', '2026-12-17T10:00:00+09:00'),
    ]);
    expect(countsOf(differenceOf(answer.body))).toEqual({ added: 6, moved: 0, cancelled: 0, unchanged: 0 });
  });

  it.each([
    ['one contact', {}],
    ['a start before its signing', { signedOn: '2026-03-20' }],
    ['no date', { signedOn: null, startsOn: null, endsOn: null }],
    ['dates long past', { signedOn: '2025-01-06', startsOn: '2025-01-06', endsOn: '2025-06-30' }],
    [
      'several parties, with the same number twice and one without',
      {
        value: { amount: '7500000000.50', currency: 'KRW' },
        officerId: null,
        counterparties: [
          aCounterparty({
            share: 33.3,
            contacts: [aContact(), aContact({ phone: '010-0000-4321' }), aContact({ phone: null })],
          }),
          aCounterparty({ contacts: [aContact({ phone: '010-0000-4321', locale: 'en', name: null })] }),
        ],
      },
    ],
  ])(
    'reads the same when it is asked for, its milestones in the order of their days: %s',
    async (_, given) => {
      const { difference: _difference, questions: _questions, ...registered } = await service.register(given);
      expect(await service.contract(registered.id)).toEqual(registered);
      const days = registered.milestones.map(({ date, expectedBy }) => date ?? expectedBy ?? '9999');
      expect(days).toEqual(days.toSorted());
    },
  );

  it('is written with all that belongs to it by one statement', async () => {
    const { id } = await service.register();
    const tables = ['counterparty', 'contact', 'contract_revision', 'change', 'milestone', 'alert'];
    const parts = tables.map((table) => `SELECT cmin::text, xmin::text FROM ${table} WHERE contract_id = $1`);
    const commands = await service.sql(
      `SELECT cmin::text, xmin::text FROM contract WHERE id = $1 UNION ${parts.join(' UNION ')}
       UNION SELECT cmin::text, xmin::text FROM leaf WHERE subject_id = $1::text`,
      [id],
    );
    expect(commands).toHaveLength(1);
  });

  it('may be a draft without dates, which has no milestones', async () => {
    const draft = await service.register({ signedOn: null, startsOn: null, endsOn: null });
    expect(draft).toMatchObject({ state: 'draft', milestones: [] });
    expect(countsOf(differenceOf(draft))).toEqual({ added: 0, moved: 0, cancelled: 0, unchanged: 0 });
  });

  it('plans a draft when it is signed', async () => {
    const draft = await service.register({ signedOn: null });
    const signed = ok(
      await service.admin.post<ContractView>(`/contracts/${draft.id}/sign`, { on: '2026-03-03' }),
    );
    expect(signed).toMatchObject({ state: 'signed', signedOn: '2026-03-03' });
    expect(alertLines(signed)[0]).toBe('signing 1: planned 2026-03-04T10:00:00+09:00');
  });

  it('is not registered by a dry run, which shows the difference that the real call makes', async () => {
    const contract = aContract({ departmentId: roads });
    const before = await service.contents();
    const rehearsed = await service.admin.post<ContractView>('/contracts?dryRun=true', contract);
    expect(rehearsed.status).toBe(200);
    expect(rehearsed.headers.etag).toBeUndefined();
    expect(await service.contents()).toEqual(before);

    const real = ok(await service.admin.post<ContractView>('/contracts', contract));
    expect(countsOf(differenceOf(real)).added).toBe(6);
    expect(withoutContacts(differenceOf(rehearsed.body))).toEqual(withoutContacts(differenceOf(real)));
  });

  it('is not registered by a dry run under an idempotency key either', async () => {
    const contract = aContract({ departmentId: roads });
    const dryRun = await service.admin.post('/contracts?dryRun=true', contract, {
      'idempotency-key': 'rehearsal',
    });
    expect(dryRun.status).toBe(200);
    expect(await service.sql(`SELECT 1 FROM contract WHERE reference = $1`, [contract.reference])).toEqual(
      [],
    );
  });

  it('refuses a reference that is taken', async () => {
    const { reference } = await service.register();
    const answer = await service.admin.post('/contracts', aContract({ departmentId: roads, reference }));
    expect(problem(answer)).toMatchObject({ status: 409, code: 'reference-taken' });
  });

  it('is registered once when two register it at the same moment', async () => {
    const contract = aContract({ departmentId: roads });
    const answers = await Promise.all([1, 2, 3].map(() => service.admin.post('/contracts', contract)));
    expect(answers.map((answer) => answer.status).sort()).toEqual([201, 409, 409]);
  });

  it('tells alerts of the past week at once, and marks older ones as missed', async () => {
    const late = await service.register({
      kind: 'permit',
      signedOn: '2026-02-26',
      startsOn: null,
      endsOn: null,
    });
    // 26 February 10:00 is four days ago, and the second of March is closed: at the next opening.
    expect(alertLines(late)[0]).toBe('received 1: planned 2026-03-03T09:00:00+09:00');
    const later = await service.register({
      kind: 'permit',
      signedOn: '2026-02-20',
      startsOn: null,
      endsOn: null,
    });
    expect(alertLines(later)[0]).toBe('received 1: missed 2026-02-20T10:00:00+09:00 (registered-late)');
  });

  describe('a department that goes live', () => {
    const aDepartment = async (code: string, goLiveOn: string) =>
      ok(await service.admin.post<{ id: string }>('/departments', { code, name: code, goLiveOn })).id;
    const registered = async (departmentId: string, signedOn: string) =>
      alertLines(await service.register({ departmentId, signedOn })).slice(0, 2);

    it('leaves to history what falls due before that day of a contract registered before it', async () => {
      expect(await registered(await aDepartment('HARBOUR', '2026-03-10'), '2026-03-03')).toEqual([
        'signing 1: history 2026-03-04T10:00:00+09:00 (before-go-live)',
        'commencement 1: planned 2026-03-13T10:00:00+09:00',
      ]);
    });

    it('leaves nothing to history that was registered once it is live, whatever its dates', async () => {
      const live = await aDepartment('CANALS', '2026-03-02');
      // By the database's clock it is the day of going live in Seoul.
      expect(await registered(live, '2026-02-26')).toEqual([
        'signing 1: planned 2026-03-03T09:00:00+09:00',
        'commencement 1: planned 2026-03-13T10:00:00+09:00',
      ]);
      expect((await registered(live, '2026-02-19'))[0]).toBe(
        'signing 1: missed 2026-02-20T10:00:00+09:00 (registered-late)',
      );
    });

    it('takes contracts from 60 days before that day on', async () => {
      expect(await registered(await aDepartment('LOCKS', '2026-05-01'), '2026-03-03')).toHaveLength(2);
      const departmentId = await aDepartment('TIDES', '2026-05-02');
      const answer = problem(await service.admin.post('/contracts', aContract({ departmentId })));
      expect(answer).toMatchObject({
        status: 422,
        code: 'department-not-live',
        fields: [{ path: 'departmentId' }],
      });
      expect(answer.detail).toContain('2026-05-02');
    });
  });
});

describe('a body that is refused', () => {
  it('names the path of an unknown field', async () => {
    const body = { ...aContract({ departmentId: roads }), colour: 'blue' };
    const answer = problem(await service.admin.post('/contracts', body));
    expect(answer).toMatchObject({ status: 400, code: 'validation-failed' });
    expect(JSON.stringify(answer.fields)).toContain('colour');
  });

  it('names the path of an unknown field deep inside', async () => {
    const contact = { ...aContact(), whatsapp: true } as ContactInput;
    const body = aContract({ departmentId: roads, counterparties: [aCounterparty({ contacts: [contact] })] });
    const answer = problem(await service.admin.post('/contracts', body));
    expect(answer.status).toBe(400);
    expect(answer.fields).toEqual([
      expect.objectContaining({ path: 'counterparties[0].contacts[0]', code: 'unrecognized-keys' }),
    ]);
  });

  it('is a problem document with a code and the request’s id', async () => {
    const answer = await service.admin.post('/contracts', {});
    expect(answer.headers['content-type']).toBe('application/problem+json; charset=utf-8');
    expect(problem(answer)).toMatchObject({
      code: 'validation-failed',
      requestId: expect.stringMatching(/^[0-9a-f-]{36}$/) as string,
    });
  });

  it.each([
    ['the end before the start', { startsOn: '2026-05-02', endsOn: '2026-05-01' }, 'startsOn'],
    [
      'the end before the signing',
      { signedOn: '2026-05-02', startsOn: null, endsOn: '2026-05-01' },
      'signedOn',
    ],
    ['liability that ends before the contract', { liabilityEndsOn: '2026-11-26' }, 'endsOn'],
  ])('has dates out of order: %s', async (_case, dates, path) => {
    const answer = problem(
      await service.admin.post('/contracts', aContract({ departmentId: roads, ...dates })),
    );
    expect(answer).toMatchObject({ status: 422, code: 'dates-out-of-order', fields: [{ path }] });
  });

  it.each([
    ['a landline', '02-123-4567', 'KR', 'number-landline'],
    ['a foreign number without its prefix', '07700 900123', 'KR', 'number-impossible'],
    ['a number of Barnet that would be a Korean mobile', '01234 345 346', 'GB', 'number-landline'],
    ['a number that is too short', '010-1', 'KR', 'number-too-short'],
    ['two numbers in one field', '010-0000-1234, 010-0000-1235', 'KR', 'number-several'],
    ['a withdrawn prefix', '011-234-5678', 'KR', 'number-withdrawn'],
  ])('has a number that cannot be texted: %s', async (_case, phone, country, code) => {
    const unphoned = aContact({ phone: null });
    const party = aCounterparty({ country, contacts: [unphoned, aContact({ phone })] });
    const answer = problem(
      await service.admin.post('/contracts', aContract({ departmentId: roads, counterparties: [party] })),
    );
    expect(answer).toMatchObject({
      status: 422,
      code: 'number-unusable',
      fields: [{ path: 'counterparties[0].contacts[1].phone', code }],
    });
    expect(answer.detail.length).toBeGreaterThan(20);
    expect(answer.detail).not.toContain(phone);
  });

  it.each(['ZZ', 'UK'])(
    'names a country that there is not, such as %s, wherever a party comes in',
    async (country) => {
      const contract = await service.register({});
      const party = aCounterparty({ country });
      const registering = aContract({ departmentId: roads, counterparties: [party] });
      const refused = { path: 'counterparties[0].country', code: 'country-unknown' };
      expect(problem(await service.admin.post('/contracts', registering))).toMatchObject({
        fields: [refused],
      });
      const adding = await service.admin.post(`/contracts/${contract.id}/counterparties`, party);
      expect(problem(adding)).toMatchObject({ fields: [{ path: 'country', code: 'country-unknown' }] });
      expect((await service.contract(contract.id)).counterparties).toHaveLength(1);
    },
  );

  it('is no JSON, or too large', async () => {
    const headers = { 'content-type': 'application/json' };
    expect((await service.admin.post('/contracts', '{"reference":', headers)).status).toBe(400);
    const large = JSON.stringify(aContract({ departmentId: roads, title: 'x'.repeat(1_100_000) }));
    expect((await service.admin.post('/contracts', large, headers)).status).toBe(413);
  });

  it('names an officer or a department that does not exist', async () => {
    const unknown = '01996f3e-0000-7000-8000-000000000001';
    const officer = await service.admin.post(
      '/contracts',
      aContract({ departmentId: roads, officerId: unknown }),
    );
    expect(problem(officer)).toMatchObject({ status: 422, code: 'reference-unknown' });
    const department = await service.admin.post('/contracts', aContract({ departmentId: unknown }));
    expect(problem(department)).toMatchObject({ status: 404, code: 'not-found' });
  });

  it('names an officer of a department that the caller does not see, who is as unknown as nobody', async () => {
    const parks = await service.departmentId('PARKS');
    const caller = await service.as('officer', roads);
    const anOfficer = async (departmentId: string) =>
      ok(await service.admin.post<{ id: string }>('/officers', { departmentId, name: '한여울' })).id;
    const [own, foreign] = [await anOfficer(roads), await anOfficer(parks)];
    const unknown = '01996f3e-0000-7000-8000-000000000001';
    const register = (officerId: string, client = caller) =>
      client.post<ContractView>('/contracts', aContract({ departmentId: roads, officerId }));
    const { id } = ok(await register(own));
    const amend = (officerId: string) => caller.patch<ContractView>(`/contracts/${id}`, { officerId });
    const refused = { status: 422, code: 'reference-unknown' };
    for (const naming of [register, amend]) {
      const [ofForeign, ofUnknown] = [problem(await naming(foreign)), problem(await naming(unknown))];
      expect(ofForeign).toMatchObject(refused);
      expect({ ...ofForeign, requestId: '' }).toEqual({ ...ofUnknown, requestId: '' });
    }
    expect(ok(await amend(own)).officerId).toBe(own);
    ok(await register(foreign, service.admin));
    // Who is named already may stay, wherever they went.
    await service.sql(`UPDATE officer SET department_id = $2 WHERE id = $1`, [own, parks]);
    expect((await amend(own)).status).toBe(200);
  });

  it('names a consent without its day', async () => {
    const party = aCounterparty({ contacts: [aContact({ legalBasis: 'consent' })] });
    const answer = problem(
      await service.admin.post('/contracts', aContract({ departmentId: roads, counterparties: [party] })),
    );
    expect(answer.fields).toMatchObject([{ path: 'counterparties[0].contacts[0].legalBasisOn' }]);
  });
});
