import { Injectable } from '@nestjs/common';
import { actorOf, type Caller } from '../access/roles.js';
import { notFound } from '../../platform/app-error.js';
import { Database, inStatus, setStatus, type Transition } from '../../platform/database/database.js';
import { Sealer } from '../../platform/sealing/sealer.js';
import { Journal, type LeafEntry } from '../proof/journal.service.js';
import { commitToNumber, isoTime } from '../proof/facts.js';
import { commit, newSalt } from '../proof/leaf.js';
import { type Failure, longestWaitSeconds, type SmsProvider } from '../providers/sms-provider.js';
import {
  Message,
  type MessageStatus,
  numberPlace,
  type ReasonOrigin,
  type Unerased,
} from './sending.entities.js';
import type { OwnCode } from './sending.words.js';

/** Every way a message changes its status. docs/design.md draws them, and a test compares the two. */
export const messageTransitions = {
  freeze: { from: [], to: 'sending' },
  accept: { from: ['sending', 'waiting', 'held', 'failed'], to: 'accepted' },
  putOff: { from: ['sending'], to: 'waiting' },
  refuse: { from: ['sending'], to: 'failed' },
  hold: { from: ['sending', 'waiting'], to: 'held' },
  release: { from: ['held'], to: 'waiting' },
  attemptAgain: { from: ['waiting'], to: 'sending' },
  handOver: { from: ['accepted'], to: 'sent' },
  // Delivery outranks failure: a late receipt of it is believed.
  deliver: {
    from: ['sending', 'waiting', 'held', 'accepted', 'sent', 'unconfirmed', 'failed'],
    to: 'delivered',
  },
  // A failure says nothing of a message that is being attempted again.
  fail: { from: ['held', 'accepted', 'sent', 'unconfirmed'], to: 'failed' },
  resend: { from: ['accepted', 'sent'], to: 'waiting' },
  giveUp: { from: ['accepted', 'sent'], to: 'unconfirmed' },
} as const satisfies Record<string, Transition<MessageStatus>>;

type Final = Transition<MessageStatus> & { to: 'delivered' | 'failed' | 'held' | 'unconfirmed' };

type Later =
  | 'status'
  | 'reason'
  | 'reasonOrigin'
  | 'attempts'
  | 'resentUnproved'
  | 'nextAttemptAt'
  | 'pollAt'
  | 'polls'
  | 'frozenAt'
  | 'finalAt';

/** A message as it was composed; `to` is its number in E.164, which is stored sealed. */
export type MessageToFreeze = Omit<Unerased, Later | 'numberSealed' | 'salt'> & { to: string };

/** A message with the alerts that it tells. */
export interface TextOfAlerts {
  alertIds: string[];
  message: MessageToFreeze;
}

/** A Reason tells why a message is where it is. */
export interface Reason {
  code: string;
  origin: ReasonOrigin;
}

export function ours(code: OwnCode): Reason {
  return { code, origin: 'chorong' };
}

/** A failure's own code says what no code of the provider's says. */
export function reasonOf({ code, own }: Failure): Reason {
  return own ? ours(own) : { code, origin: 'provider' };
}

/** MessageStates is where the message table changes its statuses, and writes the log leaf of what is final. */
@Injectable()
export class MessageStates {
  constructor(
    private readonly database: Database,
    private readonly sealer: Sealer,
    private readonly journal: Journal,
  ) {}

  /** Finds the texts of the same numbers that read like these, or begin like them; each as `number hash`, in hexadecimal. */
  async textsLike(messages: MessageToFreeze[]): Promise<Set<string>> {
    const numbers = messages.map(({ numberIndex }) => numberIndex);
    const taken = await this.database.rows<{ number: Buffer; text: string }>(
      // A subquery of its own looks each pair up by the unique index, whatever the planner believes of the table.
      `SELECT wanted.number, wanted.text FROM unnest($1::bytea[], $2::bytea[], $3::text[]) AS wanted (number, hash, text)
       WHERE (SELECT m.id FROM message m WHERE m.number_index = wanted.number AND m.text_hash = wanted.hash) IS NOT NULL`,
      [numbers, messages.map(({ textHash }) => textHash), messages.map(({ text }) => text)],
      'kept',
    );
    if (taken.length === 0) return new Set();
    const rows = await this.database.rows<{ found: string }>(
      `SELECT encode(m.number_index, 'hex') || ' ' || encode(m.text_hash, 'hex') AS found
       FROM unnest($1::bytea[], $2::text[]) AS wanted (number, text)
         JOIN message m ON m.number_index = wanted.number AND starts_with(m.text, wanted.text)`,
      [taken.map(({ number }) => number), taken.map(({ text }) => text)],
    );
    return new Set(rows.map(({ found }) => found));
  }

  /** Stores messages as they will be sent; each is to get its first attempt in the same transaction. */
  async freeze(texts: TextOfAlerts[]): Promise<void> {
    const rows = texts.map(({ message: { to, ...message } }) => ({
      ...message,
      numberSealed: this.sealer.seal(to, numberPlace(message.id)),
      salt: newSalt(),
      status: messageTransitions.freeze.to,
      attempts: 1,
    }));
    // One statement writes both.
    await this.database.together(async () => {
      await this.database.insert(Message, rows);
      await this.journal.leaves(
        rows.flatMap((row, n) => {
          const text = texts[n];
          return text ? [frozenLeaf(row, text)] : [];
        }),
      );
    });
  }

  /** Accepts messages that the provider holds. Receipts are asked for after so many seconds, should none come. */
  async accept(
    messages: { messageId: string; reference: string }[],
    firstPollSeconds: number,
  ): Promise<void> {
    if (messages.length === 0) return;
    const accepted = await this.database.rows<MessageLeafRow>(
      `UPDATE message SET ${setStatus(messageTransitions.accept)}, reason = NULL, reason_origin = NULL,
              next_attempt_at = NULL, poll_at = clock_timestamp() + $3 * interval '1 second', polls = 0
       FROM (SELECT DISTINCT ON (id) id, reference FROM unnest($1::uuid[], $2::text[]) AS w (id, reference)) AS n
       WHERE message.id = n.id AND ${inStatus(messageTransitions.accept, 'message')}
       RETURNING ${leafColumns}, n.reference`,
      [
        messages.map(({ messageId }) => messageId),
        messages.map(({ reference }) => reference),
        firstPollSeconds,
      ],
      'kept',
    );
    await this.leaf('message-sent', accepted);
  }

  /** Records through whom the database's other life has sent a message, which its leaf then says. */
  async giveToProvider({ name, sender }: SmsProvider, id: string): Promise<void> {
    await this.database.run(`UPDATE message SET provider = $1, sender = $2 WHERE id = $3`, [
      name,
      sender,
      id,
    ]);
    await this.journal.leaves([
      { kind: 'message-elsewhere', subjectId: id, body: { provider: name, sender } },
    ]);
  }

  /** Lets a message that was not accepted, or proved absent, wait for another attempt. `unproved`: it may double, and is counted. */
  async putOff(id: string, seconds: number, { unproved = false } = {}): Promise<void> {
    await this.wait(messageTransitions.putOff, id, seconds, unproved);
  }

  /** Lets a message wait for another attempt after a reported failure that does not prove non-delivery, and counts that. Returns whether it was the provider's until then. */
  async resend(id: string, seconds: number): Promise<boolean> {
    const waits = await this.wait(messageTransitions.resend, id, seconds, true);
    if (waits) await this.leafOfWaiting([id]);
    return waits;
  }

  /** Lists messages that were held for a route within the last hour, with their numbers in hexadecimal. */
  heldForRoute(
    { sender, country }: { sender: string; country: string | null },
    reason: string,
  ): Promise<{ id: string; number: string }[]> {
    return this.database.rows(
      `SELECT id, encode(number_index, 'hex') AS number FROM message
       WHERE status = 'held' AND sender = $1 AND country IS NOT DISTINCT FROM $2 AND reason = $3
         AND final_at > clock_timestamp() - interval '1 hour'`,
      [sender, country, reason],
    );
  }

  /** Lets messages that were held for a route wait for it: nobody has to release each of them once it works again. */
  async waitForRoute(ids: string[], seconds: number): Promise<void> {
    const waiting = await this.database.rows<{ id: string }>(
      `UPDATE message SET ${setStatus(messageTransitions.release)}, reason = NULL, reason_origin = NULL, final_at = NULL,
              next_attempt_at = clock_timestamp() + $2 * interval '1 second'
       WHERE id = ANY($1) AND ${inStatus(messageTransitions.release, 'message')} RETURNING id`,
      [ids, seconds],
    );
    await this.leafOfWaiting(waiting.map(({ id }) => id));
  }

  private async wait(
    transition: Transition & { to: 'waiting' },
    id: string,
    seconds: number,
    unproved: boolean,
  ): Promise<boolean> {
    const changed = await this.database.run(
      `UPDATE message SET ${setStatus(transition)}, next_attempt_at = clock_timestamp() + $2 * interval '1 second',
              poll_at = NULL, resent_unproved = resent_unproved + $3
       WHERE id = $1 AND ${inStatus(transition, 'message')}`,
      [id, seconds, unproved ? 1 : 0],
    );
    return changed > 0;
  }

  /** Counts another attempt of messages that waited; it is to be opened in the same transaction. */
  async attemptAgain(ids: string[]): Promise<void> {
    await this.database.run(
      `UPDATE message SET ${setStatus(messageTransitions.attemptAgain)}, next_attempt_at = NULL, attempts = attempts + 1
       WHERE id = ANY($1) AND ${inStatus(messageTransitions.attemptAgain, 'message')}`,
      [ids],
    );
  }

  /** Lets a held message be attempted again, as a person decided. Its old attempts stay as they are. */
  async release(caller: Caller, id: string, reason: string): Promise<{ id: string; status: 'waiting' }> {
    const { to: status } = messageTransitions.release;
    return this.database.inTransaction(async () => {
      const [held] = await this.database.rows<{ reason: string | null }>(
        `UPDATE message m SET ${setStatus(messageTransitions.release)}, next_attempt_at = clock_timestamp(),
                final_at = NULL, reason = NULL, reason_origin = NULL
         FROM message old WHERE m.id = $1 AND old.id = m.id AND ${inStatus(messageTransitions.release, 'm')}
         RETURNING old.reason`,
        [id],
      );
      if (!held) throw notFound('message that is held');
      await this.leafOfWaiting([id]);
      await this.journal.record({
        subject: 'message',
        subjectId: id,
        what: 'held-message-released',
        before: { status: 'held', reason: held.reason },
        after: { status },
        actor: actorOf(caller),
        reason,
      });
      return { id, status };
    });
  }

  /** Records that the carrier has the messages. */
  async handOver(ids: string[]): Promise<void> {
    if (ids.length === 0) return;
    await this.database.run(
      `UPDATE message SET ${setStatus(messageTransitions.handOver)}
       WHERE id = ANY($1) AND ${inStatus(messageTransitions.handOver, 'message')}`,
      [ids],
      'kept',
    );
  }

  deliver(ids: string[]): Promise<void> {
    return this.end(messageTransitions.deliver, ids, null);
  }

  /** Fails a message that was accepted and then reported as failed. */
  fail(id: string, reason: Reason): Promise<void> {
    return this.end(messageTransitions.fail, [id], reason);
  }

  /** Fails a message that the provider refused for good. */
  refuse(id: string, reason: Reason): Promise<void> {
    return this.end(messageTransitions.refuse, [id], reason);
  }

  /** Holds a message for a person, who lets it go by `release`. */
  hold(id: string, reason: Reason): Promise<void> {
    return this.end(messageTransitions.hold, [id], reason);
  }

  /** Leaves a message unconfirmed that was accepted, and was not reported on for days. */
  giveUp(id: string): Promise<void> {
    return this.end(messageTransitions.giveUp, [id], ours('no receipt'));
  }

  /** Puts messages into a final state, which only a receipt that outranks it changes. */
  private async end(transition: Final, ids: string[], reason: Reason | null): Promise<void> {
    if (ids.length === 0) return;
    const ended = await this.database.rows<MessageLeafRow>(
      `UPDATE message SET ${setStatus(transition)}, reason = $2, reason_origin = $3, next_attempt_at = NULL,
              poll_at = NULL, final_at = clock_timestamp()
       WHERE id = ANY($1) AND ${inStatus(transition, 'message')}
       RETURNING ${leafColumns}, (SELECT t.reference FROM attempt t
         WHERE t.message_id = message.id AND t.reference IS NOT NULL ORDER BY t.id DESC LIMIT 1) AS reference`,
      [ids, reason?.code ?? null, reason?.origin ?? null],
      'kept',
    );
    await this.leaf(`message-${transition.to}`, ended);
  }

  /** Writes that messages wait for another attempt which the provider had, or which a person or a route held. */
  private async leafOfWaiting(ids: string[]): Promise<void> {
    const body = { status: messageTransitions.freeze.to, ...notEnded };
    await this.journal.leaves(ids.map((subjectId) => ({ kind: 'message-waiting', subjectId, body })));
  }

  private async leaf(kind: string, rows: MessageLeafRow[]): Promise<void> {
    if (rows.length > 0) await this.journal.leaves(rows.map((row) => messageLeaf(kind, row)));
  }
}

/** What a later leaf says of a message, as an UPDATE returns it: the rest stands in the leaf of when it was frozen. */
const leafColumns = `message.id, message.provider, message.sender, message.status, message.reason, message.reason_origin,
  ${isoTime('message.final_at')} AS final_at`;

/** What leaves say of a message that is still to be sent. */
const notEnded = { reason: null, reason_origin: null, final_at: null };

interface MessageLeafRow extends Pick<
  Message,
  'id' | 'provider' | 'sender' | 'status' | 'reason' | 'reasonOrigin'
> {
  finalAt: string | null;
  reference: string | null;
}

function messageLeaf(kind: string, row: MessageLeafRow): LeafEntry {
  const { id, provider, sender, status, reason, reasonOrigin, reference, finalAt } = row;
  return {
    kind,
    subjectId: id,
    body: { provider, sender, status, reason, reason_origin: reasonOrigin, reference, final_at: finalAt },
  };
}

function frozenLeaf(
  row: Omit<MessageToFreeze, 'to'> & Pick<Unerased, 'salt' | 'status'>,
  { alertIds, message: { to } }: TextOfAlerts,
): LeafEntry {
  const { id, salt, numberIndex, provider, sender, country, locale, status } = row;
  return {
    kind: 'message-frozen',
    subjectId: id,
    body: {
      message: id,
      alerts: [...alertIds].sort(),
      templateVersion: row.templateVersionId,
      provider,
      sender,
      country,
      locale,
      status,
      ...notEnded,
      due_at: row.dueAt.toISOString(),
      service_time: row.serviceTime.toISOString(),
      text: commit(salt, row.text),
      number: commit(salt, numberIndex.toString('hex')),
      phone: commitToNumber(salt, numberIndex, to),
    },
  };
}

/** How often a failure that does not prove non-delivery is sent again: each such resend may double, and is counted. */
export const resendLimit = 2;

const baseSeconds = 2;

/** Returns a jittered wait, so that what failed together does not come back together. `attempts` counts from 1. */
export function backoffSeconds(attempts: number, random: () => number = Math.random): number {
  const full = Math.min(longestWaitSeconds, baseSeconds * 2 ** Math.min(attempts - 1, 16));
  return full / 2 + (full / 2) * random();
}
