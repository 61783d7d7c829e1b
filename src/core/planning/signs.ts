import type { Database } from '../../platform/database/database.js';
import type { Calendar } from '../calendar/calendar.js';
import type { LocalDate } from '../calendar/calendar.schema.js';
import type { Plan } from '../settings/plan.schema.js';
import type { ChangedFact } from './flag.entity.js';
import type { NewFlag } from './flags.js';
import type { ExistingAlert, PlannedAlert, PlannedMilestone } from './planning.types.js';
import type { Milestone } from './planning.entities.js';

/**
 * A Sign is what a change does of which nobody loses a text, but by which somebody may be on the way to that. Whoever makes the
 * change notes it; planning decides what comes of it, because it knows what was to be told.
 */
export type Sign =
  /** A date was changed that anchors of these types hang on. */
  | { kind: 'dates-moved-back'; changed: ChangedFact; anchors: readonly string[] }
  | { kind: 'changed-before-alert'; contactId: string }
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
  before: { milestones: Pick<Milestone, 'code' | 'occurrence' | 'dueAt'>[]; alerts: ExistingAlert[] };
  planned: {
    milestones: Pick<PlannedMilestone, 'code' | 'dueAt'>[];
    alerts: Omit<PlannedAlert, 'id' | 'number' | 'wording'>[];
  };
  /** Whether the change took a text from somebody, of which a flag says so. */
  isLoss: boolean;
  now: Date;
  graceHours: number;
}

type Found = Pick<NewFlag, 'kind' | 'lost' | 'changed'>;

/** Returns the signs that the running transaction has noted, by contract. */
export function signsNoted(database: Database): Promise<Map<string, Sign[]>> {
  return database.readOnce('signs', () => Promise.resolve(new Map<string, Sign[]>()));
}

/** Says what flag a sign comes to; null for none. One flag is enough of a change that took something from somebody. */
export function flagOf(sign: Sign, facts: SignFacts, calendar: Calendar): Found | null {
  if (facts.isDraft || facts.isLoss) return null;
  if (sign.kind === 'dates-moved-back') return movedBack(sign, facts);
  if (sign.kind === 'changed-before-alert') return changedShortlyBefore(sign.contactId, facts);
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
  const waiting = plan.milestones.filter(
    (rule) =>
      !rule.optional && !told.has(rule.code) && anchorsOf(rule).some((type) => anchors.includes(type)),
  );
  if (waiting.length === 0) return null;
  const codes = new Set(waiting.map(({ code }) => code));
  const how = to === null ? ('cancelled' as const) : isHistory ? ('history' as const) : ('later' as const);
  const lost = before.alerts
    .filter(({ code, status }) => codes.has(code) && (status === 'planned' || status === 'held'))
    .map(({ code, occurrence, contactId, dueAt }) => ({
      ...{ code, occurrence, contactId, how },
      dueAt: dueAt.toISOString(),
    }));
  return { kind, changed: [changed], lost };
}

function anchorsOf({ anchor, expectedBy }: Plan['milestones'][number]): string[] {
  const types = [
    anchor.type,
    anchor.type === 'occurrence' ? anchor.else?.type : undefined,
    expectedBy?.anchor.type,
  ];
  return types.filter((type) => type !== undefined);
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
      ...{ code, occurrence, contactId, how: 'missed' as const },
      dueAt: dueAt.toISOString(),
    }));
  return { kind: 'registered-late', lost };
}

function requiredOf({ milestones }: Plan): Set<string> {
  return new Set(milestones.filter(({ optional }) => !optional).map(({ code }) => code));
}
