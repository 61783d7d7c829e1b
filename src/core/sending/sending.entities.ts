import { Column, Entity, PrimaryColumn } from 'typeorm';
import { wholeNumber } from '../../platform/database/database.js';

export const messageStatuses = [
  'sending',
  'waiting',
  'accepted',
  'sent',
  'delivered',
  'failed',
  'held',
  'unconfirmed',
] as const;
/** A MessageStatus only moves forward; what follows `accepted` comes from receipts. See docs/design.md, "States". */
export type MessageStatus = (typeof messageStatuses)[number];

/** Writes whether a provider has taken a message, by SQL's name for it: whoever has its number counts as told. */
export const isTaken = (message: string) =>
  `${message}.status IN ('delivered', 'accepted', 'sent', 'unconfirmed')`;

export const attemptStatuses = ['open', 'accepted', 'refused', 'ambiguous', 'absent'] as const;
export type AttemptStatus = (typeof attemptStatuses)[number];

/** Returns the place that the sealed number of a message is bound to. */
export const numberPlace = (messageId: string) => ({
  table: 'message',
  column: 'number_sealed',
  rowId: messageId,
});

/** A ReasonOrigin tells whose code a reason is: the message's provider's, or one of `sending.words.ts`. */
export type ReasonOrigin = 'provider' | 'chorong';

/**
 * A Message is one text to one number, rendered and frozen, for one alert or several. Once it is erased (docs/retention.md), text, number
 * and salt are null: of messages that are settled alone, so that whatever sends finds them there (`Unerased`).
 */
@Entity()
export class Message {
  @PrimaryColumn('uuid') id!: string;
  @Column('text') provider!: string;
  @Column('text') sender!: string;
  @Column('bytea') numberSealed!: Buffer | null;
  @Column('bytea') numberIndex!: Buffer | null;
  @Column('text') country!: string | null;
  @Column('smallint') shard!: number;
  @Column('text') locale!: 'ko' | 'en';
  @Column('uuid') templateVersionId!: string;
  @Column('text') text!: string | null;
  @Column('bytea') textHash!: Buffer | null;
  @Column('bytea') salt!: Buffer | null;
  @Column('text') encoding!: string;
  @Column('smallint') parts!: number;
  /** What Korean carriers class the text as; null where it was frozen before that was kept. */
  @Column('text') koreanClass!: 'SMS' | 'LMS' | null;
  @Column('text') status!: MessageStatus;
  @Column('text') reason!: string | null;
  /** Null beside a reason that the version before has written. */
  @Column('text') reasonOrigin!: ReasonOrigin | null;
  @Column('integer') attempts!: number;
  @Column('integer') resentUnproved!: number;
  @Column('timestamptz') nextAttemptAt!: Date | null;
  @Column('timestamptz') pollAt!: Date | null;
  @Column('integer') polls!: number;
  @Column('timestamptz') dueAt!: Date;
  @Column('timestamptz') serviceTime!: Date;
  @Column('timestamptz') frozenAt!: Date;
  @Column('timestamptz') finalAt!: Date | null;
}

/** An Unerased message has all that it was frozen with. */
export type Unerased = { [K in keyof Message]: K extends Erasable ? NonNullable<Message[K]> : Message[K] };
type Erasable = 'numberSealed' | 'numberIndex' | 'text' | 'textHash' | 'salt';

/** An Attempt is one call to a provider for a message. Its row is committed before the call is made. */
@Entity()
export class Attempt {
  @PrimaryColumn('uuid') id!: string;
  @Column('uuid') messageId!: string;
  @Column('bytea') numberIndex!: Buffer;
  @Column('text') provider!: string;
  @Column('text') status!: AttemptStatus;
  @Column('timestamptz') openedAt!: Date;
  @Column('timestamptz') leaseUntil!: Date;
  /** Whether its text is given to the provider first and released then. What has no handle was never released. */
  @Column('boolean') twoPhase!: boolean;
  /** The provider's name for a text that it has; committed before the text is released. */
  @Column('text') handle!: string | null;
  @Column('text') reference!: string | null;
  @Column('text') code!: string | null;
  /** Our own code for what became of it, where the provider's code does not say that. */
  @Column('text') detail!: string | null;
  /** Whether it was accepted after it was taken for absent and another followed it: its text may have gone out twice. */
  @Column('boolean') late!: boolean;
  @Column('boolean') suspect!: boolean;
  @Column('integer') checks!: number;
  @Column('timestamptz') checkAt!: Date | null;
  @Column('timestamptz') settledAt!: Date | null;
  /** When the provider was asked to forget the words. */
  @Column('timestamptz') redactedAt!: Date | null;
}

/** A Receipt is what the provider reported later of what it accepted. Receipts are appended and never changed. */
@Entity()
export class Receipt {
  @PrimaryColumn('uuid') id!: string;
  @Column('text') provider!: string;
  @Column('text') reference!: string;
  @Column('uuid') attemptId!: string | null;
  @Column('text') status!: 'accepted' | 'sent' | 'delivered' | 'failed';
  @Column('text') code!: string;
  @Column('text') origin!: 'webhook' | 'poll' | 'list';
  @Column('timestamptz') receivedAt!: Date;
}

export const brakeScopes = ['agency', 'department', 'template', 'sender', 'route', 'instance'] as const;
export type BrakeScope = (typeof brakeScopes)[number];

/** A Brake pauses sending for its target, by whom and why, until somebody releases it or it ends by itself. */
@Entity()
export class Brake {
  @PrimaryColumn('uuid') id!: string;
  @Column('text') scope!: BrakeScope;
  /** It holds a department's id, a template's key, a sender or `sender/country`; for the agency and the instance `all`. */
  @Column('text') target!: string;
  @Column('text') reason!: string;
  @Column('text') actor!: string;
  @Column('timestamptz') pulledAt!: Date;
  /** When it ends by itself, by the service clock; null for one of the service itself, and once a second person approved it. */
  @Column('timestamptz') endsAt!: Date | null;
  @Column('timestamptz') releasedAt!: Date | null;
  @Column('text') releasedBy!: string | null;
  @Column('text') releaseReason!: string | null;
}

/** The one Instance row says which database this is, so that a restored copy is recognised. */
@Entity()
export class Instance {
  @PrimaryColumn('uuid') id!: string;
  @Column('boolean') singleton!: boolean;
  @Column('text') fingerprint!: string;
  @Column('bigint', { transformer: wholeNumber }) epoch!: number;
  /** The one that it was last seen on; null until a process has looked. */
  @Column('text') timeline!: string | null;
  @Column('timestamptz') activeAt!: Date;
  @Column('timestamptz') suspectFrom!: Date | null;
  @Column('timestamptz') suspectUntil!: Date | null;
  /** When a process that sends last found that its jobs fail. */
  @Column('timestamptz') failingAt!: Date | null;
}

/** A PaceRow keeps when a sender may send its next message. */
@Entity('pace')
export class PaceRow {
  @PrimaryColumn('text') sender!: string;
  @Column('timestamptz') nextAt!: Date;
}
