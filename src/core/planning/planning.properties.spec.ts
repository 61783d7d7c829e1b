import fc from 'fast-check';
import { calendarOf } from '../calendar/calendar.js';
import { addDays } from '../calendar/local-date.js';
import { kinds } from '../settings/plan.schema.js';
import { nextOccurrence, planContract } from './planning.js';
import type { ExistingAlert, Planned, PlannedAlert, PlanningInput } from './planning.types.js';
import { defaultPlans } from './plans.default.js';

const calendar = calendarOf({
  timeZone: 'Asia/Seoul',
  country: 'KR',
  window: { from: '09:00', to: '18:00' },
  closed: ['2026-03-12'],
  open: ['2026-03-14'],
});

type Step = (input: PlanningInput) => PlanningInput;

const day = fc.integer({ min: 0, max: 400 }).map((n) => addDays('2026-01-01', n));
const maybeDay = fc.option(day, { nil: null, freq: 6 });
const contactId = fc.constantFrom('a', 'b', 'c', 'd');
const number = fc.option(fc.constantFrom('11', '22', '33'), { nil: null, freq: 4 });

const contractChange = fc
  .record(
    {
      signedOn: maybeDay,
      startsOn: maybeDay,
      endsOn: maybeDay,
      completedOn: maybeDay,
      terminatedOn: maybeDay,
      liabilityEndsOn: maybeDay,
      state: fc.constantFrom(
        'signed',
        'signed',
        'underway',
        'suspended',
        'completed',
        'terminated',
        'draft' as const,
      ),
    },
    { requiredKeys: [] },
  )
  .map((change): Step => (input) => ({
    ...input,
    contract: { ...input.contract, ...change },
  }));

const contactChange = fc
  .record({ id: contactId, number, removed: fc.boolean(), suppressed: fc.boolean() })
  .map((contact): Step => (input) => ({
    ...input,
    contacts: [...input.contacts.filter((c) => c.id !== contact.id), contact],
  }));

const goLive = maybeDay.map((goLiveOn): Step => (input) => ({ ...input, goLiveOn }));

const later = fc
  .integer({ min: 1, max: 15 * 24 * 60 })
  .map((minutes): Step => (input) => ({ ...input, now: new Date(input.now.getTime() + minutes * 60_000) }));

const occurrence = fc.tuple(fc.nat(), day).map(([pick, occurredOn]): Step => (input) => {
  const codes = input.plan.milestones
    .filter((m) => m.anchor.type === 'occurrence' || m.anchor.type === 'amendment' || m.optional)
    .map((m) => m.code);
  const code = codes[pick % codes.length];
  if (!code) return input;
  const next = nextOccurrence(code, input.plan, input.existing, input.occurrences);
  return { ...input, occurrences: [...input.occurrences, { code, occurrence: next, occurredOn }] };
});

/** What is due is sent, or missed in a rehearsal. */
const sending = fc.constantFrom('messaged', 'missed' as const).map((status): Step => (input) => ({
  ...input,
  existing: input.existing.map((row) =>
    row.status === 'planned' && row.dueAt <= input.now
      ? { ...row, status, reason: status === 'missed' ? ('rehearsal' as const) : null }
      : row,
  ),
}));

const story = fc.record({
  kind: fc.constantFrom(...kinds),
  steps: fc.array(
    fc.oneof(contractChange, contactChange, contactChange, goLive, later, later, occurrence, sending),
    {
      minLength: 1,
      maxLength: 14,
    },
  ),
});

function begin(kind: (typeof kinds)[number]): PlanningInput {
  return {
    contract: {
      kind,
      state: 'signed',
      signedOn: '2026-02-27',
      startsOn: '2026-03-09',
      endsOn: '2026-10-30',
      completedOn: null,
      terminatedOn: null,
      liabilityEndsOn: '2028-10-30',
    },
    plan: defaultPlans[kind],
    occurrences: [],
    contacts: [
      { id: 'a', number: '11', removed: false, suppressed: false },
      { id: 'b', number: '22', removed: false, suppressed: false },
    ],
    existing: [],
    goLiveOn: null,
    now: new Date('2026-02-27T03:00:00Z'),
    graceHours: 168,
  };
}

let rows = 0;
const stored = (alerts: PlannedAlert[]): ExistingAlert[] =>
  alerts.map((alert) => ({ ...alert, id: alert.id ?? `row-${(rows += 1)}` }));

/** Plans before every step and after the last, as the service does, and looks at each plan. */
function play(
  steps: Step[],
  start: PlanningInput,
  look: (input: PlanningInput, planned: Planned) => void,
): void {
  let input = start;
  for (const step of [(same: PlanningInput) => same, ...steps]) {
    input = step(input);
    const planned = planContract(input, calendar);
    look(input, planned);
    input = { ...input, existing: stored(planned.alerts) };
  }
}

function always(look: (input: PlanningInput, planned: Planned) => void): void {
  fc.assert(
    fc.property(story, ({ kind, steps }) => {
      play(steps, begin(kind), look);
    }),
    { numRuns: 120 },
  );
}

const isTold = (alert: { status: string }) => alert.status === 'messaged';

describe('whatever happens to a contract', () => {
  it('planned again, nothing changes', () => {
    always((input, planned) => {
      const again = planContract({ ...input, existing: stored(planned.alerts) }, calendar);
      expect(again.difference.added).toEqual([]);
      expect(again.difference.moved).toEqual([]);
      expect(again.difference.cancelled).toEqual([]);
      expect(again.milestones).toEqual(planned.milestones);
    });
  });

  it('time alone changes no alert', () => {
    always((input, planned) => {
      for (const hours of [1, 13, 200, 2000]) {
        const now = new Date(input.now.getTime() + hours * 3_600_000);
        const { difference } = planContract({ ...input, now, existing: stored(planned.alerts) }, calendar);
        expect([...difference.added, ...difference.moved, ...difference.cancelled]).toEqual([]);
      }
    });
  });

  it('tells no number twice of one milestone', () => {
    always((_, { alerts }) => {
      const speaking = alerts.filter((alert) => alert.status === 'planned' || isTold(alert));
      const keys = speaking.map((alert) => `${alert.code} ${alert.occurrence} ${alert.number ?? '?'}`);
      expect(new Set(keys).size).toBe(keys.length);
    });
  });

  it('plans alerts inside the window, with a number, of contacts that may be texted', () => {
    always(({ contacts, contract }, { alerts }) => {
      for (const alert of alerts.filter((a) => a.status === 'planned')) {
        expect(calendar.nextOpening(alert.dueAt)).toEqual(alert.dueAt);
        expect(contacts.find((c) => c.id === alert.contactId)).toMatchObject({
          number: alert.number,
          removed: false,
          suppressed: false,
        });
        expect(alert.number).not.toBeNull();
        expect(contract.state).not.toBe('suspended');
      }
    });
  });

  it('changes nothing that was told, and loses no row', () => {
    always((input, { alerts }) => {
      const byId = new Map(alerts.map((alert) => [alert.id, alert]));
      for (const row of input.existing) {
        if (isTold(row)) expect(byId.get(row.id)).toEqual(row);
        else expect(byId.has(row.id)).toBe(true);
      }
    });
  });

  it('has one row for every contact and dated milestone', () => {
    always(({ contacts }, { alerts, milestones }) => {
      const keys = alerts.map((alert) => `${alert.code} ${alert.occurrence} ${alert.contactId}`);
      expect(new Set(keys).size).toBe(keys.length);
      const wanted = milestones
        .filter((m) => m.dueAt !== null)
        .flatMap((m) => contacts.filter((c) => !c.removed).map((c) => `${m.code} ${m.occurrence} ${c.id}`));
      expect(wanted.filter((key) => !keys.includes(key))).toEqual([]);
    });
  });

  it('numbers no two milestones alike', () => {
    always((_, { milestones }) => {
      const keys = milestones.map((m) => `${m.code} ${m.occurrence}`);
      expect(new Set(keys).size).toBe(keys.length);
    });
  });

  it('does not depend on the order of what it is given', () => {
    always((input, planned) => {
      const turned = {
        ...input,
        contacts: input.contacts.toReversed(),
        occurrences: input.occurrences.toReversed(),
        existing: input.existing.toReversed(),
      };
      expect(planContract(turned, calendar)).toEqual(planned);
    });
  });
});
