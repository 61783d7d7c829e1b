import { Column, Entity, PrimaryColumn } from 'typeorm';
import { type LostAlert, waysLost } from './planning.types.js';

/**
 * These kinds say what a change does. `not-told`: texts were cancelled, held or missed. `number-swapped`: they go to another
 * number. `language`: they come in another. `put-off`: much later.
 */
const kindsOfChanges = ['not-told', 'number-swapped', 'language', 'put-off'] as const;

/** What a text shows that goes out; see `judgementOf`. */
export const kindsOfTexts = ['new-number', 'staff-number', 'shared-number', 'other-country', 'late'] as const;

/** These kinds take nothing from anybody yet; see `Sign` and `broughtForward`. */
const kindsOfSigns = [
  'dates-moved-back',
  'changed-before-alert',
  'other-number',
  'moved-department',
  'signed-after-end',
  'registered-late',
  'brought-forward',
] as const;

/** What a call to a number that was texted came to. */
const kindsOfCalls = ['number-not-theirs'] as const;

/** A check of the log and the tables finds these; see `MisfitFlags`. */
const kindsOfChecks = ['log-misfit'] as const;

/** These kinds say what another system knows otherwise of a contract. */
export const kindsOfDifferences = [
  'other-kind',
  'other-value',
  'other-dates',
  'other-company',
  'partner-left-out',
  'value-split',
] as const;

/**
 * These kinds say what another system knows of a contract that is not here, or is here otherwise. `not-recorded`: the service
 * recorded it then.
 */
const kindsOfLists = ['not-registered', 'not-recorded', ...kindsOfDifferences] as const;

export const flagKinds = [
  ...kindsOfChanges,
  ...kindsOfTexts,
  ...kindsOfSigns,
  ...kindsOfCalls,
  ...kindsOfChecks,
  ...kindsOfLists,
] as const;
export type FlagKind = (typeof flagKinds)[number];

/**
 * Kinds weigh so much in the auditors' inbox, which has the heaviest first. The heaviest are those by which a text reaches a
 * person who is not the company's, and what was rewritten behind the service's back; then come people who were not told, then
 * texts that came late or may have been kept from coming, and last what is usual in an honest year.
 */
export const flagWeights: Record<FlagKind, number> = {
  'staff-number': 4,
  'shared-number': 4,
  'number-swapped': 4,
  'number-not-theirs': 4,
  'log-misfit': 4,

  'not-registered': 3,
  'other-company': 3,
  'partner-left-out': 3,
  'value-split': 3,
  'not-told': 3,
  'new-number': 3,
  'other-number': 3,
  'other-country': 3,
  language: 3,
  'put-off': 2,
  late: 2,
  'changed-before-alert': 2,
  'registered-late': 2,
  'signed-after-end': 2,
  'not-recorded': 2,
  'other-kind': 2,
  'other-value': 2,
  'other-dates': 1,
  'dates-moved-back': 1,
  'moved-department': 1,
  'brought-forward': 1,
};

export const findings = ['explained', 'mistake', 'referred'] as const;
export type FlagFinding = (typeof findings)[number];

/** What became of a text that is flagged: how it was lost, that it was sent, or that it goes out sooner. */
export const fatesOfTexts = [...waysLost, 'sent', 'sooner'] as const;

/** A fact of a contract that somebody changed, such as a date or the department by its id, or that another system has otherwise. */
export interface ChangedFact {
  field: string;
  from: string | null;
  to: string | null;
}

/** A text that is flagged, as the log keeps it: without the number, whose blind index would tell who else has it. */
type FlaggedText = Pick<LostAlert, 'code' | 'occurrence' | 'contactId'> & {
  dueAt: string;
  how: (typeof fatesOfTexts)[number];
};

/**
 * A Flag is what one change kept from whom, or what is odd about a text that goes out, written in the transaction that changes or
 * freezes it. It is never reckoned afresh from what is true now, and does not go because something was changed back: an auditor
 * closes it, with a finding.
 */
@Entity()
export class Flag {
  @PrimaryColumn('uuid') id!: string;
  /**
   * The contract; of `not-registered` the record of the reference list, whose reference and title stand in `changed`; `ofAgency`
   * where it is about none.
   */
  @Column('uuid') contractId!: string;
  @Column('text') kind!: FlagKind;
  /** By the service clock. */
  @Column('timestamptz') at!: Date;
  @Column('text') actor!: string;
  @Column('text') reason!: string | null;
  /** The second person who approved the change; null where it waited for nobody. */
  @Column('text') approvedBy!: string | null;
  /** The department and the officer that the contract had then; null where there was no contract. */
  @Column('uuid') departmentId!: string | null;
  @Column('uuid') officerId!: string | null;
  @Column('jsonb') lost!: FlaggedText[];
  /** What was changed, where the kind is about that; of `log-misfit` the code of what was found, and its parameters. */
  @Column('jsonb') changed!: ChangedFact[] | null;
  @Column('timestamptz') closedAt!: Date | null;
  @Column('text') closedBy!: string | null;
  @Column('text') finding!: FlagFinding | null;
  @Column('text') note!: string | null;
}

/** Stands for the contract of flags that are about none. */
export const ofAgency = '00000000-0000-0000-0000-000000000000';

/** A FlagCase keeps which auditor looks after the flags of a kind that a contract has, open and closed. */
@Entity()
export class FlagCase {
  @PrimaryColumn('uuid') contractId!: string;
  @PrimaryColumn('text') kind!: FlagKind;
  /** The auditor's account. */
  @Column('uuid') assignee!: string | null;
}
