import type { Database } from '../../platform/database/database.js';
import type { Calendar } from '../calendar/calendar.js';
import type { LocalDate } from '../calendar/calendar.schema.js';
import { daysBetween } from '../calendar/local-date.js';
import type { Plan } from '../settings/plan.schema.js';
import { latestOf, mostDaysEarly } from './early.js';
import type { ChangedFact } from './flag.entity.js';
import type { NewFlag } from './flags.js';
import { milestoneKeyOf } from './loss.js';
import { requiredBy } from './milestones.js';
import type {
  ExistingAlert,
  Planned,
  PlannedAlert,
  PlannedMilestone,
  PlanningContract,
  StandingDue,
} from './planning.types.js';

/**
 * A Sign is what a change does of which nobody loses a text, but by which somebody may be on the way to that. Whoever makes the
 * change notes it; planning decides what comes of it, because it knows what was to be told.
 */
export type Sign =
  /** A date was changed that anchors of these types hang on. */
  | { kind: 'dates-moved-back'; changed: ChangedFact; anchors: readonly string[] }
  | { kind: 'changed-before-alert'; contactId: string }
  /**
   * A file has other numbers than the contract: people who are new to it are told as well until a second person has decided. What
   * may be false is the number that the contract had, so that it is about whoever gave it that one.
   */
  | { kind: 'other-number'; givenBy: string; broughtBy: string }
  /** A publisher says so of some contracts: what was to be told while they ran is over. */
  | { kind: 'signed-after-end'; signedOn: LocalDate; endsOn: LocalDate }
  | { kind: 'registered-late' };

/** A change of a contact is looked at when a text to it follows within so many days. */
const shortlyBefore = 7;
const [hourMs, dayMs] = [3_600_000, 86_400_000];

/** SignFacts are what planning knows of a contract: what stood before the change, and what is planned now. */
export interface SignFacts {
  plan: Plan;
  /** The department's go-live day; see `PlanningInput`. */
  goLiveOn: LocalDate | null;
  isDraft: boolean;
  before: { milestones: Omit<StandingDue, 'firstDueAt'>[]; alerts: ExistingAlert[] };
  planned: {
    milestones: Pick<PlannedMilestone, 'code' | 'dueAt'>[];
    alerts: Omit<PlannedAlert, 'id' | 'number' | 'wording'>[];
  };
  /** Whether the change took a text from somebody, of which a flag says so. */
  isLoss: boolean;
  now: Date;
  graceHours: number;
}

/** Actor is whom a flag is about where that is not who made the change. */
type Found = Pick<NewFlag, 'kind' | 'lost' | 'changed'> & Partial<Pick<NewFlag, 'actor'>>;

/** Returns the signs that the running transaction has noted, by contract. */
export function signsNoted(database: Database): Promise<Map<string, Sign[]>> {
  return database.readOnce('signs', () => Promise.resolve(new Map<string, Sign[]>()));
}

/** Says what flag a sign comes to; null for none. One flag is enough of a change that took something from somebody. */
export function flagOf(sign: Sign, facts: SignFacts, calendar: Calendar): Found | null {
  // A draft promises nothing, but whoever made it may keep others from registering what is true.
  if (facts.isLoss || (facts.isDraft && sign.kind !== 'other-number')) return null;
  if (sign.kind === 'dates-moved-back') return movedBack(sign, facts);
  if (sign.kind === 'changed-before-alert') return changedShortlyBefore(sign.contactId, facts);
  if (sign.kind === 'other-number') return toldAsWell(sign, facts);
  if (sign.kind === 'signed-after-end') return signedAfterEnd(sign, facts);
  return registeredLate(facts, calendar);
}

/** A date counts as long as nothing was told of a required milestone that hangs on it. */
function movedBack(
  { kind, changed, anchors }: Extract<Sign, { kind: 'dates-moved-back' }>,
  { plan, before, goLiveOn }: SignFacts,
): Found | null {
  const { from, to } = changed;
  const isHistory = goLiveOn !== null && from !== null && to !== null && from >= goLiveOn && to < goLiveOn;
  if (from !== null && to !== null && to <= from && !isHistory) return null;
  const told = new Set(before.alerts.filter(({ status }) => status === 'messaged').map(({ code }) => code));
  const waiting = requiredBy(plan, anchors).filter(({ code }) => !told.has(code));
  if (waiting.length === 0) return null;
  const codes = new Set(waiting.map(({ code }) => code));
  const how = to === null ? ('cancelled' as const) : isHistory ? ('history' as const) : ('later' as const);
  const lost = before.alerts
    .filter(({ code, status }) => codes.has(code) && (status === 'planned' || status === 'held'))
    .map(({ code, occurrence, contactId, dueAt }) => ({
      code,
      occurrence,
      contactId,
      how,
      dueAt: dueAt.toISOString(),
    }));
  return { kind, changed: [changed], lost };
}

function changedShortlyBefore(contactId: string, { plan, before, now }: SignFacts): Found | null {
  const required = requiredOf(plan);
  const [next] = before.milestones
    .flatMap(({ dueAt, ...one }) => (dueAt === null ? [] : [{ ...one, dueAt }]))
    .filter(({ code, dueAt }) => required.has(code) && dueAt > now)
    .filter(({ dueAt }) => dueAt.getTime() <= now.getTime() + shortlyBefore * dayMs)
    .toSorted((one, other) => one.dueAt.getTime() - other.dueAt.getTime());
  if (!next) return null;
  const { code, occurrence, dueAt } = next;
  const lost = [{ code, occurrence, contactId, dueAt: dueAt.toISOString(), how: 'number' as const }];
  return { kind: 'changed-before-alert', lost };
}

function signedAfterEnd(
  { kind, signedOn, endsOn }: Extract<Sign, { kind: 'signed-after-end' }>,
  { goLiveOn }: SignFacts,
): Found | null {
  if (goLiveOn !== null && endsOn < goLiveOn) return null;
  const changed = [
    { field: 'signedOn', from: null, to: signedOn },
    { field: 'endsOn', from: null, to: endsOn },
  ];
  return { kind, changed, lost: [] };
}

function toldAsWell(
  { kind, givenBy, broughtBy }: Extract<Sign, { kind: 'other-number' }>,
  { before, planned }: SignFacts,
): Found {
  const known = new Set(before.alerts.map(({ contactId }) => contactId));
  const lost = planned.alerts
    .filter(({ contactId, status }) => status === 'planned' && !known.has(contactId))
    .map(({ code, occurrence, contactId, dueAt }) => ({
      code,
      occurrence,
      contactId,
      how: 'number' as const,
      dueAt: dueAt.toISOString(),
    }));
  return { kind, actor: givenBy, changed: [{ field: 'broughtBy', from: null, to: broughtBy }], lost };
}

function registeredLate(
  { plan, planned, goLiveOn, now, graceHours }: SignFacts,
  calendar: Calendar,
): Found | null {
  const required = requiredOf(plan);
  const over = new Date(now.getTime() - graceHours * hourMs);
  const late = planned.milestones.filter(
    ({ code, dueAt }) =>
      dueAt !== null &&
      dueAt < over &&
      required.has(code) &&
      (goLiveOn === null || calendar.localDateOf(dueAt) >= goLiveOn),
  );
  if (late.length === 0) return null;
  const codes = new Set(late.map(({ code }) => code));
  const lost = planned.alerts
    .filter(({ code, status, dueAt }) => codes.has(code) && status === 'missed' && dueAt < over)
    .map(({ code, occurrence, contactId, dueAt }) => ({
      code,
      occurrence,
      contactId,
      how: 'missed' as const,
      dueAt: dueAt.toISOString(),
    }));
  return { kind: 'registered-late', lost };
}

interface ForwardFacts extends Pick<SignFacts, 'plan' | 'isLoss'> {
  contract: Pick<PlanningContract, 'startsOn' | 'endsOn'>;
  before: { milestones: StandingDue[]; alerts: ExistingAlert[] };
  planned: Pick<Planned, 'milestones' | 'alerts'>;
}

/**
 * Finds what a change brings forward so much that its text will be over when the milestone comes, whatever the change was. A record
 * is measured by the day from which on it was awaited, and not by the last day of its term: whoever inspects at once is in time.
 */
export function broughtForward(
  { plan, contract, before, planned, isLoss }: ForwardFacts,
  calendar: Calendar,
): Found | null {
  if (isLoss) return null;
  const required = requiredOf(plan);
  const standings = new Map(before.milestones.map((one) => [milestoneKeyOf(one), one]));
  const told = new Set(before.alerts.filter(({ status }) => status === 'messaged').map(milestoneKeyOf));
  const found = planned.milestones.flatMap((milestone) => {
    const { code, dueAt, wording, recorded, expectedFrom } = milestone;
    const key = milestoneKeyOf(milestone);
    const standing = standings.get(key);
    if (!standing?.dueAt || !dueAt || dueAt >= standing.dueAt || !required.has(code)) return [];
    if (told.has(key)) return [];
    const first = standing.wording === wording ? latestOf(standing) : null;
    const days = [first && calendar.localDateOf(first), recorded ? expectedFrom : null];
    const from = days
      .flatMap((day) => day ?? [])
      .sort()
      .at(-1);
    if (from === undefined) return [];
    const to = calendar.localDateOf(dueAt);
    const ahead = daysBetween(to, from);
    return ahead > mostDaysEarly(contract)
      ? [{ key, code, from, to, ahead, dueAt: standing.dueAt.toISOString() }]
      : [];
  });
  const [furthest] = found.toSorted((one, other) => other.ahead - one.ahead);
  if (!furthest) return null;
  const { code, from, to, ahead } = furthest;
  const dueBefore = new Map(found.map(({ key, dueAt }) => [key, dueAt]));
  return {
    kind: 'brought-forward',
    changed: [
      { field: 'milestone', from: null, to: code },
      { field: 'toldOn', from, to },
      { field: 'daysAhead', from: null, to: `${ahead}` },
    ],
    lost: planned.alerts.flatMap((alert) => {
      const dueAt = dueBefore.get(milestoneKeyOf(alert));
      const { code, occurrence, contactId, status } = alert;
      if (dueAt === undefined || status !== 'planned') return [];
      return [{ code, occurrence, contactId, dueAt, how: 'sooner' as const }];
    }),
  };
}

function requiredOf({ milestones }: Plan): Set<string> {
  return new Set(milestones.filter(({ optional }) => !optional).map(({ code }) => code));
}
