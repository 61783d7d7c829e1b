import { Injectable } from '@nestjs/common';
import { Batches } from '../../platform/batches.js';
import { Database } from '../../platform/database/database.js';
import { groupedBy } from '../../platform/grouped-by.js';
import { Failpoints } from './failpoints.js';
import type { Delivery, Failure, SendOutcome, SmsProvider } from '../providers/sms-provider.js';
import { AttemptStates, type OpenAttempt } from './attempt-states.js';
import { BrakesService } from './brakes.service.js';
import { backoffSeconds, MessageStates, ours, reasonOf, resendLimit } from './message-states.js';
import { Receipts } from './receipts.service.js';
import type { OwnCode } from './sending.words.js';

/** Answered is an attempt with the answer to its call. */
interface Answered extends Pick<OpenAttempt, 'id' | 'messageId' | 'provider'> {
  outcome: SendOutcome;
}

/** A handle of an attempt, and whether the attempt got it. */
interface HandleToKeep {
  id: string;
  handle: string;
  isKept: boolean;
}

interface AmbiguousAttempt {
  id: string;
  messageId: string;
}

/** A smaller batch leaves less for reconciliation to settle. */
const batchSize = { rows: 50, afterMs: 5, most: 200 };

/** So many numbers have to be refused for a route within an hour before it is braked. */
const routeNumbers = 3;

/** Outcomes writes what became of attempts and their messages: by the provider's answers, or by what it holds. */
@Injectable()
export class Outcomes {
  private readonly answers = new Batches<Answered>(batchSize, (batch) => this.write(batch));
  private readonly handles = new Batches<HandleToKeep>(batchSize, (batch) => this.keepHandles(batch));

  constructor(
    private readonly database: Database,
    private readonly attempts: AttemptStates,
    private readonly messages: MessageStates,
    private readonly receipts: Receipts,
    private readonly brakes: BrakesService,
    private readonly failpoints: Failpoints,
  ) {}

  /** Writes an answer together with others that come within a few milliseconds. Resolves when it is committed. */
  addAnswer(answered: Answered): Promise<void> {
    return this.answers.add(answered);
  }

  /**
   * Commits a handle together with others that come within a few milliseconds. Tells whether the attempt is still open and has it, so
   * that its text may be released.
   */
  async addHandle(id: string, handle: string): Promise<boolean> {
    const one = { id, handle, isKept: false };
    await this.handles.add(one);
    return one.isKept;
  }

  private async keepHandles(handles: HandleToKeep[]): Promise<void> {
    const kept = new Set(await this.attempts.keepHandles(handles));
    for (const one of handles) one.isKept = kept.has(one.id);
  }

  private async write(answers: Answered[]): Promise<void> {
    await this.database.inTransaction(async () => {
      await this.accepted(answers);
      await this.lost(answers);
      for (const one of answers) {
        if (one.outcome.kind === 'refused') await this.refused(one, one.outcome);
      }
    }, 'kept');
    this.failpoints.pass('after-outcome');
  }

  private async accepted(answers: Answered[]): Promise<void> {
    for (const [provider, ofProvider] of groupedBy(answers, (one) => one.provider)) {
      const accepted = ofProvider.flatMap(({ id, outcome }) =>
        outcome.kind === 'accepted' ? [{ id, reference: outcome.reference }] : [],
      );
      await this.receipts.acceptAttempts(provider, accepted);
    }
  }

  private async lost(answers: Answered[]): Promise<void> {
    const rows = answers.flatMap(({ id, outcome }) =>
      outcome.kind === 'ambiguous' ? [{ id, detail: outcome.detail }] : [],
    );
    if (rows.length > 0) await this.attempts.loseAnswers(rows);
  }

  private async refused({ id, messageId, provider }: Answered, failure: Failure): Promise<void> {
    const message = await this.attempts.refuse(id, failure);
    // Settled meanwhile by an earlier attempt that was found late.
    if (message?.status !== 'sending') return;
    const backoff = backoffSeconds(message.attempts);
    switch (failure.action) {
      case 'permanent':
        return this.messages.refuse(messageId, reasonOf(failure));
      case 'hold':
        return this.messages.hold(messageId, reasonOf(failure));
      case 'retry-bounded':
        if (message.resentUnproved >= resendLimit) return this.messages.refuse(messageId, reasonOf(failure));
        return this.messages.putOff(messageId, backoff, { unproved: true });
      case 'hold-route':
        return this.refusedForItsRoute(
          messageId,
          { sender: provider.sender, country: message.country },
          failure,
        );
      case 'stop-line':
        await this.brakes.stopLine(provider.sender, failure);
        return this.messages.putOff(messageId, 60);
      case 'retry':
        // Neither has cost the provider anything: what a brake has stopped goes on once it is released, and what had no line
        // or turn in time once there is one.
        if (failure.own === 'paused' || failure.own === 'deadline-passed')
          return this.messages.putOff(messageId, 1);
        return this.messages.putOff(messageId, Math.max(failure.retryAfterSeconds ?? 0, backoff));
    }
  }

  /**
   * Holds a message for a person: one number that a carrier does not serve must not stop a country. When several numbers
   * were refused so within an hour it is the route that does not work: it is braked, and those messages wait for it.
   */
  private async refusedForItsRoute(
    messageId: string,
    route: { sender: string; country: string | null },
    failure: Failure,
  ): Promise<void> {
    await this.messages.hold(messageId, reasonOf(failure));
    const alike = await this.messages.heldForRoute(route, failure.code);
    const numbers = new Set(alike.map(({ number }) => number));
    const isBraked = (await this.brakes.brakesOn()).routes.has(`${route.sender}/${route.country ?? ''}`);
    if (numbers.size < routeNumbers && !isBraked) return;
    await this.brakes.holdRoute(route.sender, route.country, failure);
    await this.messages.waitForRoute(
      alike.map(({ id }) => id),
      60,
    );
  }

  /** Adopts a text that a provider holds for an ambiguous attempt: the attempt's own, but for a suspected one. */
  async adopt(provider: SmsProvider, attempt: AmbiguousAttempt, found: Delivery): Promise<void> {
    this.failpoints.pass('reconcile-before-adopting');
    await this.database.inTransaction(async () => {
      await this.receipts.keepReceipts(provider, [{ ...found, attemptId: null, origin: 'list' }]);
      const isElsewhere = await this.attempts.giveToProvider(provider.name, attempt.id);
      if (isElsewhere) await this.messages.giveToProvider(provider, attempt.messageId);
      const { reference } = found;
      await this.receipts.acceptAttempts(provider, [{ id: attempt.id, reference }], [reference]);
    });
    this.failpoints.pass('reconcile-after-adopting');
  }

  /** Closes an attempt whose text no provider holds; its message may be attempted again. Returns whether it did. */
  async closeAbsent({ id, messageId }: AmbiguousAttempt, { byHandle = false } = {}): Promise<boolean> {
    this.failpoints.pass('reconcile-before-absent');
    const closed = await this.database.inTransaction(async () => {
      const isAbsent = await this.attempts.proveAbsent(id, null, { byHandle });
      if (isAbsent) await this.messages.putOff(messageId, 0);
      return isAbsent;
    });
    this.failpoints.pass('reconcile-after-absent');
    return closed;
  }

  /** Holds the message for a person: its text was not found, and nothing proves that no provider holds it. */
  async holdForAPerson({ id, messageId }: AmbiguousAttempt, reason: OwnCode, detail = reason): Promise<void> {
    await this.database.inTransaction(async () => {
      const closed = await this.attempts.proveAbsent(id, detail);
      if (closed) await this.messages.hold(messageId, ours(reason));
    });
  }
}
