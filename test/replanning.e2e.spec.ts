import type { ChangeView, ContractView } from '../src/core/contracts/contract.view.js';
import { type Answer, ok, problem } from './support/api-client.js';
import { aContact, aCounterparty, aNumber } from './support/builders.js';
import { alertLines, contactIds, countsOf, differenceOf, milestoneOf } from './support/contract-reading.js';
import { startService, type TestService } from './support/service.js';

let service: TestService;

beforeAll(async () => {
  service = await startService();
  await service.startAt('2026-03-02T09:00:00+09:00');
});
afterAll(() => service.close());

const twoContacts = () => [
  aCounterparty({ contacts: [aContact(), aContact({ name: '박샛별', role: 'ceo' })] }),
];

const patch = (id: string, body: unknown, query = '') =>
  service.admin.patch<ContractView>(`/contracts/${id}${query}`, body);

const occurred = async (id: string, code: string, occurredOn: string) =>
  ok(
    await service.admin.post<ContractView>(`/contracts/${id}/milestones/${code}/occurrences`, { occurredOn }),
  );

const move = async (id: string, name: string, on: string) =>
  ok(await service.admin.post<ContractView>(`/contracts/${id}/${name}`, { on, reason: 'as agreed' }));

describe('a date change', () => {
  it('moves what depends on the date, as the dry run showed, and changes nothing before', async () => {
    const contract = await service.register({
      kind: 'goods',
      startsOn: null,
      endsOn: '2026-06-30',
      counterparties: twoContacts(),
    });
    expect(alertLines(contract).filter((line) => line.includes('planned'))).toHaveLength(8);

    const before = await service.contents();
    const rehearsed = await patch(contract.id, { endsOn: '2026-07-31' }, '?dryRun=true');
    expect(rehearsed.status).toBe(200);
    expect(rehearsed.headers.etag).toBeUndefined();
    expect(await service.contents()).toEqual(before);

    const changed = ok(await patch(contract.id, { endsOn: '2026-07-31', reason: 'late delivery' }));
    expect(differenceOf(changed)).toEqual(differenceOf(rehearsed.body));
    expect(countsOf(differenceOf(changed))).toEqual({ added: 0, moved: 6, cancelled: 0, unchanged: 2 });
    const [first = ''] = contactIds(contract);
    // By hand: 17 July is a holiday again from 2026 on, and 15 August a Saturday with a substitute on the 17th.
    expect(alertLines(contract, first)).toEqual([
      'signing 1: planned 2026-03-04T10:00:00+09:00',
      'delivery-due 1: planned 2026-06-25T10:00:00+09:00',
      'inspection 1: planned 2026-07-15T10:00:00+09:00',
      'payment 1: planned 2026-07-21T10:00:00+09:00',
    ]);
    expect(alertLines(changed, first)).toEqual([
      'signing 1: planned 2026-03-04T10:00:00+09:00',
      'delivery-due 1: planned 2026-07-28T10:00:00+09:00',
      'inspection 1: planned 2026-08-18T10:00:00+09:00',
      'payment 1: planned 2026-08-20T10:00:00+09:00',
    ]);
    expect(differenceOf(changed).moved[0]).toMatchObject({
      milestone: 'delivery-due',
      from: { dueAt: '2026-06-25T10:00:00+09:00', status: 'planned' },
      to: { dueAt: '2026-07-28T10:00:00+09:00', status: 'planned', reason: null },
    });
    expect((await service.contract(contract.id)).endsOn).toBe('2026-07-31');
  });

  it('leaves a kept history: what, from, to, who and why', async () => {
    const contract = await service.register();
    ok(await patch(contract.id, { endsOn: '2026-12-18', reason: 'rain' }));
    const { items } = ok(
      await service.admin.get<{ items: ChangeView[] }>(`/contracts/${contract.id}/changes`),
    );
    expect(items.map((item) => item.what)).toEqual(['registered', 'amended: endsOn']);
    expect(items[1]).toMatchObject({
      before: { endsOn: '2026-11-27' },
      after: { endsOn: '2026-12-18' },
      actor: 'admin:bootstrap',
      reason: 'rain',
      at: '2026-03-02T09:00:00+09:00',
    });
  });

  it('that puts dates out of order is refused, and leaves everything as it was', async () => {
    const contract = await service.register();
    const before = await service.contents();
    expect(problem(await patch(contract.id, { endsOn: '2026-03-01' }))).toMatchObject({
      status: 422,
      code: 'dates-out-of-order',
    });
    expect(await service.contents()).toEqual(before);
  });

  it('that changes nothing is no change', async () => {
    const contract = await service.register();
    const same = ok(await patch(contract.id, { endsOn: contract.endsOn, title: contract.title }));
    expect(same.version).toBe(contract.version);
    expect(countsOf(differenceOf(same))).toEqual({ added: 0, moved: 0, cancelled: 0, unchanged: 6 });
  });
});

describe('the entity tag', () => {
  it('is answered by a read, counted up by a change, and refused when it is old', async () => {
    const { id } = await service.register();
    const read = await service.admin.get(`/contracts/${id}`);
    const tag = String(read.headers.etag);
    const changed = await service.admin.patch(
      `/contracts/${id}`,
      { title: '교량 보수' },
      { 'if-match': tag },
    );
    expect(changed.status).toBe(200);
    expect(changed.headers.etag).not.toBe(tag);

    const late = await service.admin.patch(`/contracts/${id}`, { title: '터널 보수' }, { 'if-match': tag });
    expect(problem(late)).toMatchObject({ status: 412, code: 'contract-changed' });
    expect((await service.contract(id)).title).toBe('교량 보수');
  });

  it('lets one of two through that change the same version at once', async () => {
    const { id } = await service.register();
    const answers = await Promise.all(
      ['하나', '둘'].map((title) =>
        service.admin.patch(`/contracts/${id}`, { title }, { 'if-match': '"1"' }),
      ),
    );
    expect(answers.map((answer) => answer.status).sort()).toEqual([200, 412]);
  });

  const changes: Record<string, (contract: ContractView) => Promise<Answer<ContractView>>> = {
    'a move': ({ id }) => service.admin.post(`/contracts/${id}/start`, { on: '2026-03-16' }),
    'a contact added': ({ id, counterparties: [party] }) =>
      service.admin.post(`/contracts/${id}/counterparties/${party?.id}/contacts`, aContact()),
    'a contact changed': (contract) =>
      service.admin.patch(`/contracts/${contract.id}/contacts/${contactIds(contract)[0]}`, { role: 'ceo' }),
    'a contact removed': (contract) =>
      service.admin.delete(`/contracts/${contract.id}/contacts/${contactIds(contract)[0]}?reason=a+test`),
    'an occurrence': ({ id }) =>
      service.admin.post(`/contracts/${id}/milestones/advance-payment/occurrences`, {
        occurredOn: '2026-04-01',
      }),
  };
  it.each(Object.entries(changes))('is counted up by %s', async (_what, change) => {
    const contract = await service.register();
    const answer = await change(contract);
    expect(ok(answer).version).toBeGreaterThan(contract.version);
    expect(answer.headers.etag).toBe(`"${answer.body.version}"`);
  });

  it('that cannot be read is refused', async () => {
    const { id } = await service.register();
    const answer = await service.admin.patch(`/contracts/${id}`, { title: '하나' }, { 'if-match': 'x' });
    expect(answer.status).toBe(412);
  });
});

describe('a move', () => {
  const reached: Record<string, string[]> = {
    draft: [],
    signed: ['sign'],
    underway: ['sign', 'start'],
    suspended: ['sign', 'suspend'],
    completed: ['sign', 'start', 'complete'],
    terminated: ['sign', 'terminate'],
  };
  const lawful: Record<string, Record<string, string>> = {
    draft: { sign: 'signed', terminate: 'terminated' },
    signed: { start: 'underway', suspend: 'suspended', complete: 'completed', terminate: 'terminated' },
    underway: { suspend: 'suspended', complete: 'completed', terminate: 'terminated' },
    suspended: { resume: 'signed', terminate: 'terminated' },
    completed: {},
    terminated: {},
  };
  const moves = ['sign', 'start', 'suspend', 'resume', 'complete', 'terminate'];
  const cases = Object.keys(reached).flatMap((state) => moves.map((name) => [state, name] as const));

  it.each(cases)('from %s by %s is lawful, or refused and without effect', async (state, name) => {
    const draft = await service.register({ signedOn: null });
    for (const step of reached[state] ?? []) await move(draft.id, step, '2026-03-03');
    const before = await service.contract(draft.id);
    expect(before.state).toBe(state);

    const answer = await service.admin.post<ContractView>(`/contracts/${draft.id}/${name}`, {
      on: '2026-03-20',
      reason: 'a test',
    });
    const to = lawful[state]?.[name];
    if (to) expect(ok(answer).state).toBe(to);
    else {
      expect(problem(answer)).toMatchObject({ status: 409, code: 'move-not-lawful' });
      expect(await service.contract(draft.id)).toEqual(before);
    }
  });

  it('back from a suspension returns to where the contract was', async () => {
    const contract = await service.register();
    await move(contract.id, 'start', '2026-03-16');
    await move(contract.id, 'suspend', '2026-03-20');
    expect((await move(contract.id, 'resume', '2026-03-25')).state).toBe('underway');
  });

  it('before the signing is refused', async () => {
    const { id } = await service.register();
    const answer = await service.admin.post(`/contracts/${id}/start`, { on: '2026-03-02' });
    expect(problem(answer)).toMatchObject({ status: 422, code: 'date-before-signing' });
  });

  it('needs its day, and a name that there is', async () => {
    const { id } = await service.register();
    expect((await service.admin.post(`/contracts/${id}/start`, {})).status).toBe(400);
    expect((await service.admin.post(`/contracts/${id}/explode`, { on: '2026-03-16' })).status).toBe(400);
  });

  it('of suspension holds every alert, and a resumption plans them again', async () => {
    const contract = await service.register();
    const planned = alertLines(contract);
    const suspended = await move(contract.id, 'suspend', '2026-03-03');
    expect(alertLines(suspended)).toEqual(
      planned.map((line) => `${line.replace('planned', 'held')} (suspended)`),
    );
    expect(alertLines(await move(contract.id, 'resume', '2026-03-03'))).toEqual(planned);
  });

  it('of termination cancels what was to come', async () => {
    const contract = await service.register();
    const terminated = await move(contract.id, 'terminate', '2026-03-20');
    const lines = alertLines(terminated);
    expect(lines.slice(0, 2)).toEqual(alertLines(contract).slice(0, 2));
    expect(lines.slice(2)).toEqual(
      alertLines(contract)
        .slice(2)
        .map((line) => `${line.replace('planned', 'cancelled')} (terminated)`),
    );
    expect(countsOf(differenceOf(terminated))).toEqual({ added: 0, moved: 0, cancelled: 4, unchanged: 2 });
  });
});

describe('an occurrence', () => {
  it('recorded early takes the place of the date that stood in for it', async () => {
    const contract = await service.register();
    const planned = milestoneOf(contract, 'progress-inspection').alerts[0];
    const view = await occurred(contract.id, 'progress-inspection', '2026-04-20');
    const inspection = milestoneOf(view, 'progress-inspection');
    expect(inspection).toMatchObject({ date: '2026-04-20', occurredOn: '2026-04-20' });
    expect(inspection.alerts).toMatchObject([{ id: planned?.id, dueAt: '2026-04-20T10:00:00+09:00' }]);
    expect(countsOf(differenceOf(view))).toEqual({ added: 0, moved: 1, cancelled: 0, unchanged: 5 });
  });

  it('recorded again is a new one with an alert of its own', async () => {
    const contract = await service.register();
    await occurred(contract.id, 'progress-inspection', '2026-04-20');
    const view = await occurred(contract.id, 'progress-inspection', '2026-04-27');
    expect(milestoneOf(view, 'progress-inspection', 2)).toMatchObject({
      date: '2026-04-27',
      alerts: [{ status: 'planned', dueAt: '2026-04-27T10:00:00+09:00' }],
    });
    expect(countsOf(differenceOf(view))).toEqual({ added: 1, moved: 0, cancelled: 0, unchanged: 6 });
  });

  it('of an optional milestone is planned when it is recorded, though its day is to come', async () => {
    const contract = await service.register();
    expect(contract.milestones.map((m) => m.code)).not.toContain('advance-payment');
    const view = await occurred(contract.id, 'advance-payment', '2026-04-04');
    // A Saturday: the next business day.
    expect(milestoneOf(view, 'advance-payment').alerts).toMatchObject([
      { dueAt: '2026-04-06T10:00:00+09:00', status: 'planned' },
    ]);
  });

  it('gives a waited-for milestone its own wording in place of the neutral one', async () => {
    const contract = await service.register({ endsOn: '2026-04-17' });
    expect(milestoneOf(contract, 'final-payment').alerts).toMatchObject([{ wording: 'neutral' }]);
    const view = await occurred(contract.id, 'final-payment', '2026-04-29');
    expect(milestoneOf(view, 'final-payment').alerts).toMatchObject([
      { wording: 'milestone', dueAt: '2026-04-30T10:00:00+09:00' },
    ]);
  });

  it('as an amendment tells of the variation', async () => {
    const contract = await service.register();
    const view = ok(await patch(contract.id, { endsOn: '2026-12-18', amendedOn: '2026-04-28' }));
    expect(milestoneOf(view, 'variation').alerts).toMatchObject([{ dueAt: '2026-04-29T10:00:00+09:00' }]);
  });

  it.each([
    ['a milestone that the plan does not have', 'demolition', 'milestone-unknown'],
    ['a milestone that follows from the dates', 'completion-due', 'milestone-not-recorded'],
  ])('is refused for %s', async (_case, code, problemCode) => {
    const { id } = await service.register();
    const answer = await service.admin.post(`/contracts/${id}/milestones/${code}/occurrences`, {
      occurredOn: '2026-04-01',
    });
    expect(problem(answer)).toMatchObject({ status: 422, code: problemCode });
  });

  it('far ahead is refused, as is a move, and the last day is said', async () => {
    const { id } = await service.register();
    const path = `/contracts/${id}/milestones/advance-payment/occurrences`;
    // Sixty days from 2 March.
    expect((await service.admin.post(path, { occurredOn: '2026-05-01' })).status).toBe(201);
    const before = await service.contract(id);
    const tooFar = { status: 422, code: 'day-too-far' };
    const last = expect.stringContaining('2026-05-01') as string;
    expect(problem(await service.admin.post(path, { occurredOn: '2026-05-02' }))).toMatchObject({
      ...tooFar,
      detail: last,
      fields: [{ path: 'occurredOn', code: 'day-too-far', message: last }],
    });
    for (const name of ['start', 'suspend', 'complete', 'terminate']) {
      const answer = await service.admin.post(`/contracts/${id}/${name}`, { on: '2026-05-02' });
      expect(problem(answer)).toMatchObject({ ...tooFar, detail: last, fields: [{ path: 'on' }] });
    }
    expect(await service.contract(id)).toEqual(before);
    expect((await move(id, 'terminate', '2026-05-01')).state).toBe('terminated');
  });

  it('is refused in a draft', async () => {
    const { id } = await service.register({ signedOn: null });
    const answer = await service.admin.post(`/contracts/${id}/milestones/advance-payment/occurrences`, {
      occurredOn: '2026-04-01',
    });
    expect(problem(answer)).toMatchObject({ status: 409, code: 'contract-is-draft' });
  });

  it('recorded by two at the same moment makes two, or refuses one', async () => {
    const { id } = await service.register();
    const call = () =>
      service.admin.post<ContractView>(`/contracts/${id}/milestones/advance-payment/occurrences`, {
        occurredOn: '2026-04-01',
      });
    const answers = await Promise.all([call(), call(), call()]);
    expect(answers.map((answer) => answer.status)).toEqual([201, 201, 201]);
    const numbers = (await service.contract(id)).milestones
      .filter((m) => m.code === 'advance-payment')
      .map((m) => m.occurrence);
    expect(numbers.sort()).toEqual([1, 2, 3]);
  });
});

describe('a contact', () => {
  it('that is added gets the alerts that are to come', async () => {
    const contract = await service.register();
    const [party] = contract.counterparties;
    const answer = await service.admin.post<ContractView>(
      `/contracts/${contract.id}/counterparties/${party?.id}/contacts`,
      aContact({ locale: 'en' }),
    );
    expect(answer.status).toBe(201);
    expect(countsOf(differenceOf(answer.body))).toEqual({ added: 6, moved: 0, cancelled: 0, unchanged: 6 });
  });

  it('comes with a counterparty that is added', async () => {
    const contract = await service.register();
    const view = ok(
      await service.admin.post<ContractView>(
        `/contracts/${contract.id}/counterparties`,
        aCounterparty({ name: '푸른설비(주)', role: 'joint contractor', share: 40 }),
      ),
    );
    expect(view.counterparties.map((party) => party.name)).toEqual(['(주)새솔건설', '푸른설비(주)']);
    expect(countsOf(differenceOf(view))).toMatchObject({ added: 6, unchanged: 6 });
  });

  it('that is removed gets nothing more but that, and its removal is kept', async () => {
    const contract = await service.register();
    const [contactId] = contactIds(contract);
    const view = ok(
      await service.admin.delete<ContractView>(
        `/contracts/${contract.id}/contacts/${contactId}?reason=moved`,
      ),
    );
    const lines = alertLines(view);
    const [last, ...others] = [lines.find((line) => line.startsWith('number-changed')), ...lines];
    expect(last).toMatch(/^number-changed 1: planned /);
    expect(others.every((line) => line === last || /cancelled .*\(contact-removed\)$/.test(line))).toBe(true);
    expect(view.counterparties[0]?.contacts[0]?.removedAt).not.toBeNull();
    const again = await service.admin.delete(`/contracts/${contract.id}/contacts/${contactId}?reason=a+test`);
    expect(again.status).toBe(404);
  });

  it('without a number holds its alerts, until it has one', async () => {
    const party = aCounterparty({ contacts: [aContact({ phone: null })] });
    const contract = await service.register({ counterparties: [party] });
    expect(alertLines(contract)[0]).toBe('signing 1: held 2026-03-04T10:00:00+09:00 (no-number)');
    const [contactId] = contactIds(contract);
    const view = ok(
      await service.admin.patch<ContractView>(`/contracts/${contract.id}/contacts/${contactId}`, {
        phone: aNumber(),
      }),
    );
    expect(alertLines(view)[0]).toBe('signing 1: planned 2026-03-04T10:00:00+09:00');
  });

  it('whose number stands in another role too is told by that one', async () => {
    const phone = aNumber();
    const party = aCounterparty({ contacts: [aContact({ phone }), aContact({ phone, role: 'ceo' })] });
    const contract = await service.register({ counterparties: [party] });
    const signing = milestoneOf(contract, 'signing').alerts;
    expect(signing.map((alert) => [alert.status, alert.reason]).sort()).toEqual([
      ['covered', 'same-number'],
      ['planned', null],
    ]);
  });

  it('cannot be changed by way of another contract', async () => {
    const [one, other] = [await service.register(), await service.register()];
    const [contactId] = contactIds(other);
    const answer = await service.admin.patch(`/contracts/${one.id}/contacts/${contactId}`, { role: 'ceo' });
    expect(answer.status).toBe(404);
  });

  it('with consent keeps the day it was given', async () => {
    const contract = await service.register();
    const path = `/contracts/${contract.id}/contacts/${contactIds(contract)[0]}`;
    expect((await service.admin.patch(path, { legalBasis: 'consent' })).status).toBe(400);
    const view = ok(
      await service.admin.patch<ContractView>(path, { legalBasis: 'consent', legalBasisOn: '2026-03-02' }),
    );
    expect(view.counterparties[0]?.contacts[0]).toMatchObject({
      legalBasis: 'consent',
      legalBasisOn: '2026-03-02',
    });
  });
});

describe('the list of contracts', () => {
  it('is read page by page, newest first, each contract once', async () => {
    const wanted = await Promise.all([1, 2, 3, 4, 5].map(() => service.register({ kind: 'consignment' })));
    const seen: string[] = [];
    let cursor: string | null = null;
    do {
      const page: { items: ContractView[]; nextCursor: string | null } = ok(
        await service.admin.get(`/contracts?kind=consignment&limit=2${cursor ? `&cursor=${cursor}` : ''}`),
      );
      seen.push(...page.items.map((item) => item.id));
      cursor = page.nextCursor;
    } while (cursor);
    expect(seen).toEqual(
      wanted
        .map((contract) => contract.id)
        .sort()
        .reverse(),
    );
  });

  it('refuses a filter that there is not, and a cursor that is none', async () => {
    expect((await service.admin.get('/contracts?colour=blue')).status).toBe(400);
    expect((await service.admin.get('/contracts?cursor=abc')).status).toBe(400);
  });
});
