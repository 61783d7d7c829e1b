import { Column, Entity, PrimaryColumn } from 'typeorm';
import type { AlertStatus, Wording } from './planning.types.js';

/** A Milestone is a dated point of a contract, or one of its repeated occurrences. */
@Entity()
export class Milestone {
  @PrimaryColumn('uuid') id!: string;
  @Column('uuid') contractId!: string;
  @Column('text') code!: string;
  @Column('integer') occurrence!: number;
  @Column('date') date!: string | null;
  @Column('date') expectedBy!: string | null;
  @Column('date') occurredOn!: string | null;
  @Column('text') externalId!: string | null;
  @Column('text') note!: string | null;
  /** When the neutral text is owed, because of a record that came or went too late; see `neutralOwedAt`. */
  @Column('timestamptz') neutralAt!: Date | null;
  /** The day for which an occurrence was recorded that was taken back since. */
  @Column('date') takenBackOn!: string | null;
  @Column('text') wording!: Wording;
  @Column('timestamptz') dueAt!: Date | null;
  /** When its texts were to go out before small steps; null where that is `dueAt`. See `firstDueOf` and `firstBeforeSteps`. */
  @Column('timestamptz') firstDueAt!: Date | null;
  @Column('boolean') withdrawn!: boolean;
  @Column('timestamptz') createdAt!: Date;
}

/** Returns the place that the number which an alert keeps is bound to. */
export const ownNumberPlace = (alertId: string) => ({
  table: 'alert',
  column: 'number_sealed',
  rowId: alertId,
});

/** An Alert is the decision to inform one contact of one milestone. */
@Entity()
export class Alert {
  @PrimaryColumn('uuid') id!: string;
  @Column('uuid') milestoneId!: string;
  @Column('uuid') contractId!: string;
  @Column('uuid') contactId!: string;
  @Column('uuid') departmentId!: string;
  @Column('bytea') numberIndex!: Buffer | null;
  @Column('smallint') shard!: number | null;
  @Column('text') wording!: Wording;
  @Column('timestamptz') dueAt!: Date;
  @Column('date') dueDay!: string;
  @Column('text') status!: AlertStatus;
  /** Null, an `AlertReason`, or what the version before has written. */
  @Column('text') reason!: string | null;
  /** Why no text could be made, in English; it counts beside the reason `text-failed` only. */
  @Column('text') failure!: string | null;
  /** 0 for the one alert of a milestone and contact, on which planning decides; 1 for one that keeps a number of its own. */
  @Column('integer') reissue!: number;
  /** The number that it goes to, where that is not the contact's: see `FormerNumbers`. */
  @Column('bytea') numberSealed!: Buffer | null;
  @Column('text') numberCountry!: string | null;
  @Column('timestamptz') retryAt!: Date | null;
  @Column('uuid') messageId!: string | null;
  @Column('timestamptz') plannedAt!: Date;
  @Column('timestamptz') updatedAt!: Date;
}
