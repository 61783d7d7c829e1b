import { MilestoneStore } from '../../src/core/planning/milestone.store.js';
import { PlanningService, type PlanningSubject } from '../../src/core/planning/planning.service.js';
import type { PlannedMilestone } from '../../src/core/planning/planning.types.js';
import { SettingsService } from '../../src/core/settings/settings.service.js';
import { AppError } from '../../src/platform/app-error.js';
import { Database } from '../../src/platform/database/database.js';
import { type AlertMade, type Row, SendingBench } from '../support/sending-bench.js';

let bench: SendingBench;
let store: MilestoneStore;
let planning: PlanningService;
beforeAll(async () => {
  bench = await SendingBench.start();
  await bench.get(SettingsService).put('set-up', 'calendar', {
    timeZone: 'Asia/Seoul',
    country: 'KR',
    window: { from: '09:00', to: '18:00' },
    closed: [],
    open: [],
  });
  store = bench.get(MilestoneStore);
  planning = bench.get(PlanningService);
});
afterAll(() => bench.stop());
beforeEach(() => bench.clear());

const day = '2026-04-01';
const milestone = (rest: Partial<PlannedMilestone> = {}): PlannedMilestone => ({
  code: 'signing',
  occurrence: 1,
  date: day,
  recorded: false,
  expectedBy: null,
  overdue: false,
  wording: 'milestone',
  dueAt: new Date('2026-04-02T01:00:00Z'),
  ...rest,
});

/** The milestones of a contract as rows, with the transaction that wrote each last. */
function rowsOf(contractId: string): Promise<Row[]> {
  return bench.sql(
    `SELECT id, code, occurrence, date::text, expected_by::text AS expected, occurred_on::text AS occurred, wording,
            due_at AS due, withdrawn, note, external_id AS external, neutral_at AS owed, taken_back_on::text AS taken_back,
            xmin::text AS written
     FROM milestone WHERE contract_id = $1 ORDER BY code, occurrence`,
    [contractId],
  );
}
const codeOf = (error: unknown) => (error instanceof AppError ? error.code : error);
/** A contract with one milestone, `signing`, and its alert. */
const aContract = () => bench.alert();
const storing = ({ contractId }: { contractId: string }, ...milestones: PlannedMilestone[]) =>
  store.store(
    milestones.map((one) => ({ ...one, contractId })),
    [contractId],
  );

describe('milestones that are planned', () => {
  it('are written once, and not again while nothing changes', async () => {
    const contract = await aContract();
    const stored = [milestone(), milestone({ occurrence: 2, date: null, dueAt: null })];
    const { ids, changed } = await storing(contract, ...stored);
    expect(changed).toBe(2);
    const before = await rowsOf(contract.contractId);
    expect(before).toMatchObject([
      { occurrence: 1, date: day, due: new Date('2026-04-02T01:00:00Z') },
      { occurrence: 2, date: null, due: null },
    ]);
    expect(await storing(contract, ...stored)).toEqual({ ids, changed: 0 });
    expect(await rowsOf(contract.contractId)).toEqual(before);
    expect([...ids.values()].sort()).toEqual(before.map(({ id }) => id as string).sort());
  });

  it.each<[string, Partial<PlannedMilestone>, Row]>([
    ['date', { date: '2026-05-01' }, { date: '2026-05-01' }],
    ['expected day', { expectedBy: '2026-05-02' }, { expected: '2026-05-02' }],
    ['wording', { wording: 'neutral' }, { wording: 'neutral' }],
    ['due time', { dueAt: new Date('2026-05-03T01:00:00Z') }, { due: new Date('2026-05-03T01:00:00Z') }],
  ])('take over another %s, and keep the rest', async (_, change, becomes) => {
    const contract = await aContract();
    await storing(contract, milestone());
    const [before] = await rowsOf(contract.contractId);
    await storing(contract, milestone(change));
    const [after] = await rowsOf(contract.contractId);
    expect(after).toEqual({ ...before, ...becomes, written: after?.['written'] });
  });

  it('are withdrawn when the plan no longer has them, and come back; other contracts’ stay', async () => {
    const [contract, other] = [await aContract(), await aContract()];
    const others = await rowsOf(other.contractId);
    await storing(contract, milestone(), milestone({ code: 'commencement' }));
    await storing(contract, milestone({ code: 'commencement' }));
    expect(await rowsOf(contract.contractId)).toMatchObject([
      { code: 'commencement', withdrawn: false, due: new Date('2026-04-02T01:00:00Z') },
      { code: 'signing', withdrawn: true, due: null, date: day },
    ]);
    const before = await rowsOf(contract.contractId);
    await storing(contract, milestone({ code: 'commencement' }));
    expect(await rowsOf(contract.contractId)).toEqual(before);
    await storing(contract, milestone(), milestone({ code: 'commencement' }));
    expect(await rowsOf(contract.contractId)).toMatchObject([{ withdrawn: false }, { withdrawn: false }]);
    expect(await rowsOf(other.contractId)).toEqual(others);
  });

  it('are read of the contracts that are asked for, dated ones first, by day', async () => {
    const [contract, other] = [await aContract(), await aContract()];
    await storing(
      contract,
      milestone({ code: 'a-late', date: '2026-06-01' }),
      milestone({ code: 'b-undated', date: null }),
      milestone({ code: 'c-early', date: '2026-05-01' }),
    );
    const found = await store.milestonesOf([contract.contractId]);
    expect([...found.keys()]).toEqual([contract.contractId]);
    expect(found.get(contract.contractId)?.map(({ code }) => code)).toEqual([
      'signing',
      'c-early',
      'a-late',
      'b-undated',
    ]);
    expect((await store.milestonesOf([contract.contractId, other.contractId])).size).toBe(2);
  });
});

describe('an occurrence', () => {
  const occurrence = {
    code: 'final-payment',
    occurrence: 1,
    occurredOn: day,
    note: '준공금',
    externalId: 'x-1',
    owedAt: null,
  };

  it('is recorded with its day, note and source, and dates a milestone that there was not', async () => {
    const { contractId } = await aContract();
    await store.record(contractId, occurrence);
    expect((await rowsOf(contractId))[0]).toMatchObject({
      code: 'final-payment',
      occurrence: 1,
      occurred: day,
      date: day,
      note: '준공금',
      external: 'x-1',
      wording: 'milestone',
    });
  });

  it('is recorded in the row of what is waited for, whose plan stays', async () => {
    const contract = await aContract();
    await storing(
      contract,
      milestone({ code: 'final-payment', date: null, expectedBy: day, wording: 'neutral' }),
    );
    await store.record(contract.contractId, { ...occurrence, occurredOn: '2026-03-30' });
    expect((await rowsOf(contract.contractId))[0]).toMatchObject({
      occurred: '2026-03-30',
      note: '준공금',
      external: 'x-1',
      date: null,
      expected: day,
      wording: 'neutral',
    });
  });

  it('is not recorded over another', async () => {
    const { contractId } = await aContract();
    await store.record(contractId, occurrence);
    const before = await rowsOf(contractId);
    const again = store.record(contractId, { ...occurrence, occurredOn: '2026-03-01', externalId: 'x-2' });
    expect(await again.catch(codeOf)).toBe('occurrence-taken');
    expect(await rowsOf(contractId)).toEqual(before);
  });

  it('keeps when its neutral text is owed, and the day on which it was taken back until it is recorded again', async () => {
    const { contractId } = await aContract();
    const [owed, later] = [new Date('2026-04-02T01:00:00Z'), new Date('2026-04-09T01:00:00Z')];
    const found = async () => (await rowsOf(contractId)).find(({ code }) => code === 'final-payment');
    await store.record(contractId, { ...occurrence, owedAt: owed });
    expect(await found()).toMatchObject({ owed, taken_back: null });
    await store.correct(contractId, { ...occurrence, occurredOn: '2026-03-29', owedAt: later });
    expect(await found()).toMatchObject({ occurred: '2026-03-29', owed: later });
    await store.takeBack(contractId, { code: 'final-payment', occurrence: 1, owedAt: owed });
    expect(await found()).toMatchObject({ occurred: null, owed, taken_back: '2026-03-29' });
    await store.record(contractId, { ...occurrence, owedAt: null });
    expect(await found()).toMatchObject({ occurred: day, owed: null, taken_back: null });
  });

  it('is taken back as if it had not been recorded, and no other with it', async () => {
    const [{ contractId }, other] = [await aContract(), await aContract()];
    await store.record(contractId, occurrence);
    await store.record(contractId, { ...occurrence, occurrence: 2, externalId: 'x-2' });
    await store.record(contractId, { ...occurrence, code: 'interim-payment', externalId: 'x-3' });
    await store.record(other.contractId, occurrence);
    await store.takeBack(contractId, { code: 'final-payment', occurrence: 1, owedAt: null });
    expect(await rowsOf(contractId)).toMatchObject([
      { code: 'final-payment', occurrence: 1, occurred: null, external: null, note: null, date: null },
      { code: 'final-payment', occurrence: 2, occurred: day },
      { code: 'interim-payment', occurred: day },
      { code: 'signing' },
    ]);
    expect(await planning.occurrencesOf([contractId, other.contractId])).toEqual(
      new Map([
        [
          contractId,
          [
            { code: 'final-payment', occurrence: 2, occurredOn: day },
            { code: 'interim-payment', occurrence: 1, occurredOn: day },
          ],
        ],
        [other.contractId, [{ code: 'final-payment', occurrence: 1, occurredOn: day }]],
      ]),
    );
  });
});

const by = { actor: 'system', reason: null };

/** The contract of an alert, as planning is told of it. */
function subjectOf(alert: AlertMade, rest: Partial<PlanningSubject['contract']> = {}): PlanningSubject {
  return {
    contract: {
      id: alert.contractId,
      departmentId: alert.departmentId,
      planName: 'plan:works',
      planVersion: 1,
      officerId: null,
      kind: 'works',
      state: 'signed',
      signedOn: '2036-03-03',
      startsOn: '2036-03-17',
      endsOn: '2036-11-28',
      completedOn: null,
      terminatedOn: null,
      liabilityEndsOn: null,
      ...rest,
    },
    goLiveOn: null,
    contacts: [
      { id: alert.contactId, number: alert.index.toString('hex'), removed: false, suppressed: false },
    ],
  };
}

describe('recording by planning', () => {
  const record = (alert: AlertMade, code: string, externalId: string | null = null) =>
    planning.recordOccurrence(
      { ...subjectOf(alert), since: null },
      { code, occurredOn: day, note: null, externalId },
    );

  it('numbers what is new, and knows what its source has named before', async () => {
    const [one, other] = [await aContract(), await aContract()];
    expect(await record(one, 'completion-inspection', 'x-1')).toEqual({ recorded: true, occurrence: 1 });
    expect(await record(one, 'completion-inspection', 'x-1')).toEqual({ recorded: false, occurrence: 1 });
    expect(await record(one, 'completion-inspection', 'x-2')).toEqual({ recorded: true, occurrence: 2 });
    expect(await record(one, 'final-payment', 'x-1')).toEqual({ recorded: true, occurrence: 1 });
    expect(await record(one, 'final-payment')).toEqual({ recorded: true, occurrence: 2 });
    expect(await record(one, 'final-payment')).toEqual({ recorded: true, occurrence: 3 });
    expect(await record(other, 'completion-inspection', 'x-1')).toEqual({ recorded: true, occurrence: 1 });
  });

  it('gives a number of its own to what happens after its stand-in was sent', async () => {
    const message = await bench.message();
    const told = await bench.alert({ code: 'completion-inspection', messageId: message.id });
    expect(await record(told, 'completion-inspection')).toEqual({ recorded: true, occurrence: 2 });
  });

  it.each([
    ['final-payment', null],
    ['progress-inspection', null],
    ['variation', null],
    ['defect-inspection', null],
    ['signing', 'milestone-not-recorded'],
    ['nothing-of-the-plan', 'milestone-unknown'],
  ])('takes only what the plan waits for: %s', async (code, refusal) => {
    const recorded = await record(await aContract(), code).then(() => null, codeOf);
    expect(recorded).toBe(refusal);
  });
});

describe('planning contracts', () => {
  const alertsOf = (contractId: string) =>
    bench.sql(
      `SELECT a.id, s.code, a.status, a.reason, a.due_day::text AS day, a.due_at AS due, a.department_id AS department,
              a.contact_id AS contact, a.xmin::text AS written
       FROM alert a JOIN milestone s ON s.id = a.milestone_id WHERE a.contract_id = $1 ORDER BY a.due_at, s.code`,
      [contractId],
    );

  it('stores alerts and milestones of several at once, and of each its own', async () => {
    const [one, other] = [await aContract(), await aContract()];
    const differences = await planning.replan(
      [subjectOf(one), subjectOf(other, { signedOn: '2036-03-05', startsOn: null, endsOn: null })],
      by,
    );
    const [ones, others] = [await alertsOf(one.contractId), await alertsOf(other.contractId)];
    expect(ones[0]).toMatchObject({
      id: one.id,
      code: 'signing',
      status: 'planned',
      day: '2036-03-04',
      contact: one.contactId,
      due: new Date('2036-03-04T01:00:00Z'),
    });
    expect(others[0]).toMatchObject({ id: other.id, day: '2036-03-06', department: other.departmentId });
    expect(ones.length).toBeGreaterThan(others.length);
    const { added, moved, cancelled } = differences.get(one.contractId) ?? {
      added: [],
      moved: [],
      cancelled: [],
    };
    expect([added.length, moved.map(({ id }) => id), cancelled]).toEqual([ones.length - 1, [one.id], []]);
  });

  it('again, writes nothing', async () => {
    const one = await aContract();
    await planning.replan([subjectOf(one)], by);
    const before = [await alertsOf(one.contractId), await rowsOf(one.contractId)];
    const { added, moved, cancelled } =
      (await planning.replan([subjectOf(one)], by)).get(one.contractId) ?? {};
    expect([added, moved, cancelled]).toEqual([[], [], []]);
    expect([await alertsOf(one.contractId), await rowsOf(one.contractId)]).toEqual(before);
  });

  it('writes only the alerts that change: one that moves, one that is added, one that is cancelled', async () => {
    const one = await aContract();
    await planning.replan([subjectOf(one)], by);
    const before = new Map((await alertsOf(one.contractId)).map((row) => [row['id'], row]));
    await planning.replan([subjectOf(one, { startsOn: '2036-03-24' })], by);
    const after = await alertsOf(one.contractId);
    const changed = after.filter((row) => row['written'] !== before.get(row['id'])?.['written']);
    expect(changed.map(({ code }) => code)).toContain('commencement');
    expect(changed.map(({ code }) => code)).not.toContain('signing');
    await planning.replan([subjectOf(one, { startsOn: null })], by);
    const cancelled = (await alertsOf(one.contractId)).filter(({ code }) => code === 'commencement');
    expect(cancelled).toMatchObject([{ status: 'cancelled', reason: 'milestone-gone' }]);
  });

  it('goes by the agency’s grace', async () => {
    const one = await aContract();
    const hours = 168;
    const due = new Date((await bench.row('alert', one.id))['due_at'] as Date);
    // Planning goes by the machine's clock here: weekends and feasts may put an alert off by some days.
    for (const [late, status] of [
      [hours - 24 * 3, 'planned'],
      [hours + 24 * 5, 'missed'],
    ] as const) {
      const signedOn = new Date(due.getTime() - (late + 24) * 3_600_000).toISOString().slice(0, 10);
      await bench.clear();
      const fresh = await aContract();
      await bench.sql(`DELETE FROM alert WHERE contract_id = $1`, [fresh.contractId]);
      await planning.replan([subjectOf(fresh, { signedOn, startsOn: null, endsOn: null })], by);
      const [signing] = (await alertsOf(fresh.contractId)).filter(({ code }) => code === 'signing');
      expect([late, signing?.['status']]).toEqual([late, status]);
    }
  });

  it('refuses several that together gain too many alerts, though each alone has room, and writes nothing', async () => {
    const all = await Promise.all([1, 2, 3, 4].map(aContract));
    const before = await bench.sql(`SELECT count(*) FROM alert`);
    // Each has six milestones that call for an alert to each contact: 13,200 of them.
    const contacts = Array.from({ length: 2200 }, (_, n) => ({
      id: `contact-${n}`,
      number: String(n),
      removed: false,
      suppressed: false,
    }));
    const subjects = all.map((one) => ({ ...subjectOf(one), contacts }));
    expect(await planning.replan(subjects, by).then(() => null, codeOf)).toBe('plan-too-large');
    expect(await bench.sql(`SELECT count(*) FROM alert`)).toEqual(before);
  });

  it('is undone with the transaction that it stands in', async () => {
    const one = await aContract();
    const before = [await alertsOf(one.contractId), await rowsOf(one.contractId)];
    await bench.get(Database).rehearse(() => planning.replan([subjectOf(one)], by));
    expect([await alertsOf(one.contractId), await rowsOf(one.contractId)]).toEqual(before);
  });
});
