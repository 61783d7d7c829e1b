import type { LocalDate } from '../calendar/calendar.schema.js';
import type { Kind, Plan } from '../settings/plan.schema.js';

export const contractStates = [
  'draft',
  'signed',
  'underway',
  'suspended',
  'completed',
  'terminated',
] as const;
export type ContractState = (typeof contractStates)[number];

export const alertStatuses = [
  'planned',
  'messaged',
  'held',
  'missed',
  'covered',
  'history',
  'cancelled',
] as const;
export type AlertStatus = (typeof alertStatuses)[number];

/** `milestone`: it happens or happened; `neutral`: nobody recorded it by the day it was expected. */
export type Wording = 'milestone' | 'neutral';

export type AlertReason =
  | 'no-number'
  | 'suspended'
  | 'suppressed'
  | 'same-number'
  | 'registered-late'
  | 'suspended-too-long'
  | 'number-added-late'
  | 'contact-added-late'
  | 'before-go-live'
  | 'rehearsal'
  | 'text-failed'
  | 'contact-removed'
  | 'number-back'
  | 'terminated'
  | 'milestone-gone';

export interface PlanningContract {
  kind: Kind;
  state: ContractState;
  signedOn: LocalDate | null;
  startsOn: LocalDate | null;
  endsOn: LocalDate | null;
  completedOn: LocalDate | null;
  terminatedOn: LocalDate | null;
  liabilityEndsOn: LocalDate | null;
}

/** A recorded occurrence; its number was given when it was recorded (see `nextOccurrence`). */
export interface RecordedOccurrence {
  code: string;
  occurrence: number;
  occurredOn: LocalDate;
}

/** Correction is the day that a recorded occurrence is to have; without one it keeps its own. */
export type Correction = Omit<RecordedOccurrence, 'occurredOn'> & { occurredOn: LocalDate | undefined };

/** The neutral text of a milestone is owed at an instant of its own (see `neutralOwedAt`), whatever its dates say. */
export interface OwedNeutral {
  code: string;
  occurrence: number;
  at: Date;
}

export interface PlanningContact {
  id: string;
  /** Hex of the blind index of the number; null when it has no usable number. */
  number: string | null;
  removed: boolean;
  suppressed: boolean;
  /** The language of its texts, and the one from before the change that is planned; nothing is compared where it is left out. */
  locale?: { is: string; was: string };
}

export interface PlannedMilestone {
  code: string;
  occurrence: number;
  /** The milestone's own day; null while only its expected-by is known. */
  date: LocalDate | null;
  recorded: boolean;
  expectedBy: LocalDate | null;
  /** The day from which on an occurrence is awaited that is expected by a day: nothing is early from then on. */
  expectedFrom?: LocalDate | null;
  /** The expected-by day has passed and nothing was recorded: marked for the auditor. */
  overdue: boolean;
  wording: Wording;
  /** The alert's due time, inside the sending window; null when nothing can be dated yet. */
  dueAt: Date | null;
  /** When it was to go out before small steps; left out or null where that is `dueAt`. See `firstDueOf` and `firstBeforeSteps`. */
  firstDueAt?: Date | null;
}

/** When a milestone that stands in the database is due, and was to be before small steps. */
export interface StandingDue
  extends
    Pick<PlannedMilestone, 'code' | 'occurrence' | 'dueAt'>,
    Partial<Pick<PlannedMilestone, 'wording'>> {
  firstDueAt: Date | null;
}

export interface PlannedAlert {
  /** The existing alert's id; null for a new one. */
  id: string | null;
  code: string;
  occurrence: number;
  contactId: string;
  number: string | null;
  wording: Wording;
  dueAt: Date;
  status: AlertStatus;
  reason: AlertReason | null;
}

/** An ExistingAlert stands in the database for its milestone and contact before planning. */
export interface ExistingAlert extends PlannedAlert {
  id: string;
}

export interface AlertChange {
  id: string | null;
  code: string;
  occurrence: number;
  contactId: string;
  from: { dueAt: Date; status: AlertStatus } | null;
  to: { dueAt: Date; status: AlertStatus; reason: AlertReason | null };
}

/** The ways in which a text is lost, of which `lossOf` decides. */
export const waysLost = ['cancelled', 'held', 'missed', 'history', 'number', 'language', 'later'] as const;

/** LostAlert is a text that a number was going to get, and that it will not get, or much later (see `lossOf`). */
export interface LostAlert {
  code: string;
  occurrence: number;
  contactId: string;
  /** Hex of the blind index of the number that was going to be told. */
  number: string;
  /** When it was to go out. */
  dueAt: Date;
  how: (typeof waysLost)[number];
}

/**
 * A Difference says what a change does to the alerts. A changed status or wording counts as moved, a fresh row as added. An
 * alert of which only the number or the reason is another is restated: it is stored, and stays where it was.
 */
export interface Difference {
  added: AlertChange[];
  moved: AlertChange[];
  restated: AlertChange[];
  cancelled: AlertChange[];
  unchanged: AlertChange[];
  lost: LostAlert[];
}

export interface PlanningInput {
  contract: PlanningContract;
  plan: Plan;
  occurrences: RecordedOccurrence[];
  owed?: OwedNeutral[];
  contacts: PlanningContact[];
  existing: ExistingAlert[];
  /** When the milestones are due that stand in the database. */
  standing?: StandingDue[];
  /** Milestones that stand in the database; a plan may stay as large as it is. */
  milestonesStored?: number;
  /** The department's go-live day, for a contract registered before it: what fell due before that day is history. */
  goLiveOn: LocalDate | null;
  /** The service clock. */
  now: Date;
  /** How late an alert may be when it is planned and still be sent at once; hours. */
  graceHours: number;
  /** Business days by which a text may be put off that was about to go out (see `lossOf`); 5 where it is left out. */
  lateDays?: number;
}

export interface Planned {
  milestones: PlannedMilestone[];
  alerts: PlannedAlert[];
  difference: Difference;
}

export interface OccurrenceToRecord {
  code: string;
  occurredOn: LocalDate;
  note: string | null;
  /** The source's own id, so that the same file twice records it once. */
  externalId: string | null;
}
