import { createHash } from 'node:crypto';
import type { Type } from '@nestjs/common';
import type pg from 'pg';
import type { z } from 'zod';
import type { ServiceClock } from '../../platform/clock/service-clock.js';
import type { Sealer } from '../../platform/sealing/sealer.js';
import type { Words } from '../../platform/words/words.js';
import type { CallProblem } from './call-problems.words.js';

/** A text waits no longer for its next attempt, in seconds, even when the provider asks for more. */
export const longestWaitSeconds = 900;

/** A provider is taken to show what it accepted after so many seconds, where nothing better is known of it. */
export const longestHidingSeconds = 600;

/** An OutgoingText is one text for one call to a provider. */
export interface OutgoingText {
  /** It is our id of the attempt, and comes back in the signed callback address. */
  attemptId: string;
  /** The number is in E.164. */
  to: string;
  text: string;
  /** Milliseconds of `performance.now()`: no byte of the call may leave after it. */
  notAfter?: number;
}

/**
 * A FailureAction is what a provider's code asks of us.
 * `retry`: not accepted, try again with back-off. `retry-bounded`: may have been delivered, a few resends at most.
 * `permanent`: this number or text will never do. `hold-route`: this sender cannot reach this country for now.
 * `stop-line`: nothing can be sent through this provider until a person puts it right. `hold`: unknown, for a person.
 */
export type FailureAction = 'retry' | 'retry-bounded' | 'permanent' | 'hold-route' | 'stop-line' | 'hold';

export interface Failure {
  code: string;
  /** Explains the failure where `code` is none of the provider's. */
  own?: CallProblem;
  action: FailureAction;
  /** It is in plain English, and holds no number and no credential. */
  detail: string;
  /** Seconds the provider asked us to wait, when it did. */
  retryAfterSeconds?: number;
}

export type SendOutcome =
  | { kind: 'accepted'; reference: string }
  | ({ kind: 'refused' } & Failure)
  /** It may or may not have been accepted: never retried directly. */
  | { kind: 'ambiguous'; detail: CallProblem };

/** A message's status only moves forward through these, and `delivered` outranks `failed`. */
export const deliveryStatuses = ['accepted', 'sent', 'failed', 'delivered'] as const;
export type DeliveryStatus = (typeof deliveryStatuses)[number];

export interface Delivery {
  reference: string;
  status: DeliveryStatus;
  /** The provider's error code, when it gave one. */
  code: string | null;
}

/** A text that the provider holds, as its list shows it. */
export interface FoundText extends Delivery {
  /** It is empty where the provider does not show it any more, as for a body that was redacted. */
  text: string;
  /** The provider's own clock says so. */
  createdAt: Date;
}

/** A SoughtText is a text that a provider may hold: the number in E.164, and the words. No two texts to a number read alike. */
export type SoughtText = Pick<OutgoingText, 'to' | 'text'>;

/**
 * Returns our name for a text, by which a provider can be asked for it: 32 hexadecimal digits of a digest of number and words. It is
 * the same for each attempt and in each life of the database.
 */
export function nameOf({ to, text }: SoughtText): string {
  return createHash('sha256').update(`${to}\n${text}`).digest('hex').slice(0, 32);
}

/**
 * A Deduplication says what a provider does about a text that it is given twice. `none`: it takes both, and may hide one that it
 * accepted for `graceSeconds` at the worst. `key`, `content`: for the length of the window it takes one text of the same name of
 * ours, or of the same number and words. `two-phase`: a text is given to it first and released then, and can be revoked.
 */
export type Deduplication =
  | { kind: 'none'; graceSeconds: number }
  | { kind: 'key' | 'content'; windowSeconds: number }
  | { kind: 'two-phase' };

/**
 * Returns for how many seconds a text that the provider does not show is watched before it counts as absent. Where the provider
 * refuses twins, it is at most a quarter of the window: the next attempt is then to be made while the twin is still refused.
 */
export function graceSecondsOf(deduplication: Deduplication): number {
  if (deduplication.kind === 'none') return deduplication.graceSeconds;
  // Of a text whose handle is not known: another life of the database has sent it, or it was not sent in two phases.
  if (deduplication.kind === 'two-phase') return longestHidingSeconds;
  return Math.min(longestHidingSeconds, deduplication.windowSeconds / 4);
}

/** A handle names a text that the provider has and has not been told to send. */
export type Prepared = { kind: 'prepared'; handle: string } | Extract<SendOutcome, { kind: 'refused' }>;

/**
 * What became of a handle that was revoked: nothing leaves by it any more, whatever still comes in for it; or its text has left. It is
 * `unknown` when the provider does not know it.
 */
export type Revoked = 'revoked' | 'unknown' | Delivery;

/** TwoPhase is how a provider takes a text that leaves only once it is released. Only `revoke` throws. */
export interface TwoPhase {
  /** Gives the provider a text. Nothing can leave by this, so that a lost answer costs another call and no more. */
  prepare(text: OutgoingText): Promise<Prepared>;
  /** Lets a text leave, once however often it is asked for. No byte of the call may leave after `notAfter`. */
  release(handle: string, notAfter: number): Promise<SendOutcome>;
  /** Makes sure that a text does not leave any more, or finds that it has left. It may be asked again for ever. */
  revoke(handle: string): Promise<Revoked>;
}

/** A text of ours with the number that it went to, in E.164. */
export interface SentText extends FoundText {
  to: string;
}

/**
 * SmsProvider carries texts. Implementations never throw from `send`; the others that ask throw when the provider fails
 * to answer.
 */
export interface SmsProvider {
  readonly name: string;
  /** The number or id that texts are sent from. */
  readonly sender: string;
  /** Texts a second; `SMS_RATE` overrides it. */
  readonly rate: number;
  /** Reconciliation takes its grace from this; `RECONCILE_GRACE_SECONDS` overrides it. */
  readonly deduplication: Deduplication;
  /** It is there where handles may be left from before, too; texts are sent so where `deduplication` says it. */
  readonly twoPhase?: TwoPhase;
  /**
   * Whether `find` shows every text to the number. Where it shows the sought one alone, what a restored database may have sent in
   * other words is never proved absent.
   */
  readonly listsNumbers: boolean;
  /** Seconds after acceptance until the first poll: webhooks need some time. */
  readonly firstPollSeconds: number;
  send(text: OutgoingText): Promise<SendOutcome>;
  /** Lists what the provider holds for this number, queued texts included, however old: everything, or the sought text alone. */
  find(sought: SoughtText): Promise<FoundText[]>;
  /** Lists the newest texts that were sent from `sender` since then, as many as one answer shows. */
  newest(since: Date): Promise<SentText[]>;
  /** Null when the provider does not know the reference. */
  status(reference: string): Promise<Delivery | null>;
  /** Lets the provider forget the words of a text for good. It is there where that is wanted, and the provider can. */
  redact?(reference: string): Promise<void>;
  /** Returns what a code in a receipt asks of us. */
  failure(code: string): Failure;
  close(): Promise<void>;
}

/** A provider is asked about so many numbers at once, and about the status of so many texts. */
export const askedAtOnce = 10;

/** What the service gives to each provider that it makes. */
export interface ProviderNeeds {
  /** Options of a pool to the service's database. */
  pool: pg.PoolConfig;
  sealer: Sealer;
  clock: ServiceClock;
  /** Milliseconds that one call may take, the wait for a connection included. */
  timeoutMs: number;
  /** This many calls may be under way at once: those that send, and beside them those that ask, however long these hang. */
  concurrency: number;
}

/** ProviderDefinition is all that the service knows of a provider before it is made. See docs/sending.md. */
export interface ProviderDefinition {
  /** `SMS_PROVIDER` and the column `provider` call it so. It stays the same for ever. */
  readonly name: string;
  /**
   * The environment variables that it reads, each with the sentence for what is wrong with it. A required variable may be
   * missing while `SMS_PROVIDER` names another provider: this one is then not made.
   */
  readonly environment: z.ZodType;
  /** These are its webhooks. */
  readonly controllers: Type[];
  /** Explains a code of its in both languages, without a number or a credential. Its variables are missing where it is not made. */
  explain(code: string, variables?: unknown): Words;
  make(variables: unknown, needs: ProviderNeeds): SmsProvider;
}

/** Types `make` by the variables that the provider reads. */
export function defineProvider<Environment extends z.ZodType>(
  definition: Omit<ProviderDefinition, 'environment' | 'explain' | 'make'> & {
    environment: Environment;
    explain(code: string, variables: z.infer<Environment> | undefined): Words;
    make(variables: z.infer<Environment>, needs: ProviderNeeds): SmsProvider;
  },
): ProviderDefinition {
  return definition;
}

/** A ReceivedReceipt is a provider's report on a text that it accepted. */
export interface ReceivedReceipt extends Delivery {
  /** It comes from the signed callback address; it is null when the provider does not give it. */
  attemptId: string | null;
  origin: 'webhook' | 'poll' | 'list';
}

/** ReceiptDesk is where a provider's webhook hands over a receipt that it has verified. */
export abstract class ReceiptDesk {
  /** Keeps it and moves its message on. A receipt for an unknown reference is kept, too; the same again changes nothing. */
  abstract receive(provider: SmsProvider, receipt: ReceivedReceipt): Promise<void>;
}
