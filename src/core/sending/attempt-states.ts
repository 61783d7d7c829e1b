import { Inject, Injectable } from '@nestjs/common';
import { Database, inStatus, setStatus, type Transition } from '../../platform/database/database.js';
import { CONFIG } from '../../platform/platform.tokens.js';
import type { Failure, SmsProvider } from '../providers/sms-provider.js';
import type { Pausable } from './brakes.service.js';
import { Failpoints } from './failpoints.js';
import { SendingWatch } from './sending-watch.js';
import { Attempt, type AttemptStatus, type Message } from './sending.entities.js';
import type { OwnCode } from './sending.words.js';

/** Every way an attempt changes its status. docs/design.md draws them, and a test compares the two. */
export const attemptTransitions = {
  open: { from: [], to: 'open' },
  suspect: { from: [], to: 'ambiguous' },
  expire: { from: ['open'], to: 'ambiguous' },
  loseAnswer: { from: ['open'], to: 'ambiguous' },
  refuse: { from: ['open', 'ambiguous'], to: 'refused' },
  accept: { from: ['open', 'ambiguous', 'absent'], to: 'accepted' },
  proveAbsent: { from: ['ambiguous'], to: 'absent' },
} as const satisfies Record<string, Transition<AttemptStatus>>;

/** A Share is what one window may take of one provider's texts. */
export interface Share {
  provider: SmsProvider;
  /** How many at the most, by shard. */
  limits: ReadonlyMap<number, number>;
}

/** An attempt that may be called once it is committed. */
export interface OpenAttempt
  extends
    Pick<Attempt, 'id' | 'messageId' | 'numberIndex'>,
    Pick<Message, 'shard'>,
    Omit<Pausable, 'sender'> {
  /** The one that the message was frozen for. */
  provider: SmsProvider;
  /** The number is in E.164. */
  to: string;
  text: string;
  /** It is not called before this moment of the monotonic clock. */
  callAt: number;
}

/** The message of a refused attempt, as it stands. */
export type RefusedMessage = Pick<Message, 'status' | 'attempts' | 'resentUnproved' | 'country'>;

interface AcceptedAttempt {
  messageId: string;
  reference: string;
  isReported: boolean;
  /** Whether it was not known before what had become of it. */
  isAdopted: boolean;
}

/** AttemptStates is where the attempt table changes its statuses. All times are the database's. */
@Injectable()
export class AttemptStates {
  constructor(
    @Inject(CONFIG) private readonly config: { sending: { leaseSeconds: number } },
    private readonly database: Database,
    private readonly failpoints: Failpoints,
    private readonly watch: SendingWatch,
  ) {}

  /**
   * Opens attempts, and returns those that it opened: a message or a number that has one under way is passed over.
   * `suspectFrom` is for what the database's other life may have sent since then: these are born ambiguous, so that the
   * provider is asked first and nothing is called.
   */
  async open<T extends OpenAttempt>(attempts: T[], suspectFrom: Date | null): Promise<T[]> {
    if (attempts.length === 0) return [];
    const { to } = suspectFrom ? attemptTransitions.suspect : attemptTransitions.open;
    const opened = await this.database.rows<{ id: string }>(
      `INSERT INTO attempt (id, message_id, number_index, provider, status, detail, opened_at, lease_until, check_at, suspect, two_phase)
       SELECT n.id, n.message_id, n.number_index, n.provider, '${to}',
              CASE WHEN $5::timestamptz IS NOT NULL THEN 'before-restore' END,
              coalesce($5::timestamptz, now()), clock_timestamp() + $6 * interval '1 second',
              CASE WHEN $5::timestamptz IS NOT NULL THEN clock_timestamp() END, $5::timestamptz IS NOT NULL,
              $5::timestamptz IS NULL AND n.two_phase
       FROM unnest($1::uuid[], $2::uuid[], $3::bytea[], $4::text[], $7::boolean[])
         AS n (id, message_id, number_index, provider, two_phase)
       -- In one order, since two drains that have numbers in common wait here for each other.
       ORDER BY n.number_index, n.id
       ON CONFLICT DO NOTHING RETURNING id`,
      [
        attempts.map(({ id }) => id),
        attempts.map(({ messageId }) => messageId),
        attempts.map(({ numberIndex }) => numberIndex),
        attempts.map(({ provider }) => provider.name),
        suspectFrom,
        this.config.sending.leaseSeconds,
        attempts.map(({ provider }) => provider.deduplication.kind === 'two-phase'),
      ],
      'kept',
    );
    this.failpoints.pass('before-attempt');
    const ids = new Set(opened.map(({ id }) => id));
    return attempts.filter(({ id }) => ids.has(id));
  }

  /**
   * Keeps the handles of attempts that are still open, and returns the ids of these. No other may be released: reconciliation takes
   * an attempt without a handle for one whose text never left.
   */
  async keepHandles(attempts: { id: string; handle: string }[]): Promise<string[]> {
    const kept = await this.database.rows<{ id: string }>(
      `UPDATE attempt SET handle = n.handle FROM unnest($1::uuid[], $2::text[]) AS n (id, handle)
       WHERE attempt.id = n.id AND attempt.status = '${attemptTransitions.open.to}' RETURNING attempt.id`,
      [attempts.map(({ id }) => id), attempts.map(({ handle }) => handle)],
      'kept',
    );
    return kept.map(({ id }) => id);
  }

  /**
   * Expires open attempts whose lease ran out: they may have been called, so they are ambiguous and never retried
   * directly. One that a process frozen inside a transaction holds is passed over, so that it does not hold up the rest.
   */
  async expire(): Promise<void> {
    const expired = await this.database.run(
      `UPDATE attempt SET ${setStatus(attemptTransitions.expire)}, detail = 'lease-ran-out',
              check_at = clock_timestamp()
       WHERE id IN (SELECT id FROM attempt
         WHERE status = '${attemptTransitions.expire.from[0]}' AND lease_until < clock_timestamp()
         FOR UPDATE SKIP LOCKED)`,
    );
    this.watch.countAttempts('ambiguous', expired);
  }

  /** Marks attempts whose answer was lost, for reconciliation to settle. */
  async loseAnswers(attempts: { id: string; detail: OwnCode }[]): Promise<void> {
    const lost = await this.database.run(
      `UPDATE attempt SET ${setStatus(attemptTransitions.loseAnswer)}, detail = n.detail,
              check_at = clock_timestamp() + interval '1 second'
       FROM json_populate_recordset(NULL::attempt, $1::json) n
       WHERE attempt.id = n.id AND ${inStatus(attemptTransitions.loseAnswer, 'attempt')}`,
      [this.database.recordset(Attempt, attempts)],
    );
    this.watch.countAttempts('ambiguous', lost);
  }

  /** Returns the refused attempt's message; null when the attempt was settled meanwhile by somebody who knew better. */
  async refuse(id: string, { code, own }: Failure): Promise<RefusedMessage | null> {
    const [message] = await this.database.rows<RefusedMessage>(
      `UPDATE attempt SET ${setStatus(attemptTransitions.refuse)}, code = $2, detail = $3,
              settled_at = clock_timestamp()
       FROM message m
       WHERE attempt.id = $1 AND ${inStatus(attemptTransitions.refuse, 'attempt')} AND m.id = attempt.message_id
       RETURNING m.status, m.attempts, m.resent_unproved, m.country`,
      [id, code, own ?? null],
    );
    const wasCalled = own !== 'paused' && own !== 'deadline-passed';
    if (message) this.watch.countAttempts(wasCalled ? 'refused' : 'not-called');
    return message ?? null;
  }

  /**
   * Adopts the provider's references, each once. An attempt that was taken for absent and turns up late keeps its
   * reference too: when another attempt has followed it, the message may have gone out twice, and it is marked as late.
   * Returns what was adopted, and whether the provider has reported on it already.
   */
  async accept(provider: string, attempts: { id: string; reference: string }[]): Promise<AcceptedAttempt[]> {
    const accepted = await this.database.rows<AcceptedAttempt>(
      `UPDATE attempt SET ${setStatus(attemptTransitions.accept)}, reference = n.reference,
              settled_at = clock_timestamp(), late = attempt.status = 'absent' AND EXISTS (
                SELECT 1 FROM attempt later WHERE later.message_id = attempt.message_id AND later.id > attempt.id)
       FROM (SELECT DISTINCT ON (reference) id, reference FROM unnest($1::uuid[], $2::text[]) AS w (id, reference)) AS n
       WHERE attempt.id = n.id AND attempt.provider = $3 AND attempt.reference IS NULL
         AND ${inStatus(attemptTransitions.accept, 'attempt')}
         -- A scalar, so that each is looked up by the unique index and not joined with all that there are.
         AND (SELECT other.id FROM attempt other WHERE other.provider = $3 AND other.reference = n.reference) IS NULL
       RETURNING attempt.message_id, attempt.reference, attempt.detail IS NOT NULL AS is_adopted, EXISTS (SELECT 1 FROM receipt r
         WHERE r.provider = attempt.provider AND r.reference = attempt.reference) AS is_reported`,
      [attempts.map(({ id }) => id), attempts.map(({ reference }) => reference), provider],
      'kept',
    );
    const adopted = accepted.filter(({ isAdopted }) => isAdopted).length;
    this.watch.countAttempts('adopted', adopted);
    this.watch.countAttempts('accepted', accepted.length - adopted);
    return accepted;
  }

  /**
   * Makes a suspected attempt that of the provider which turned out to hold its text: nothing was called for it in this
   * life of the database, and through which provider the other life did cannot be known before. Returns whether it was
   * another's.
   */
  async giveToProvider(provider: string, id: string): Promise<boolean> {
    const given = await this.database.run(
      `UPDATE attempt SET provider = $1 WHERE id = $2 AND provider <> $1 AND suspect AND status = 'ambiguous'`,
      [provider, id],
    );
    return given > 0;
  }

  /**
   * Closes an attempt that the provider does not hold. Returns whether it was still ambiguous. With `byHandle` it closes only what was
   * opened since the last sign of another life of the database: that life may have committed a handle, or another attempt, which are lost.
   */
  async proveAbsent(id: string, detail: OwnCode | null = null, { byHandle = false } = {}): Promise<boolean> {
    const closed = await this.database.run(
      `UPDATE attempt SET ${setStatus(attemptTransitions.proveAbsent)}, settled_at = clock_timestamp(),
              detail = coalesce($2, detail)
       WHERE id = $1 AND ${inStatus(attemptTransitions.proveAbsent, 'attempt')}
         AND NOT ($3 AND EXISTS (SELECT 1 FROM instance WHERE suspect_until > attempt.opened_at - interval '5 minutes'))`,
      [id, detail, byHandle],
    );
    this.watch.countAttempts('absent', closed);
    return closed > 0;
  }
}
