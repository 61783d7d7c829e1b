import { Injectable, Logger } from '@nestjs/common';
import { Database } from '../../platform/database/database.js';
import { newId } from '../../platform/ids.js';
import { Sealer } from '../../platform/sealing/sealer.js';
import { AlertStates, type ClaimedAlert } from '../planning/alert-states.js';
import { Providers } from '../providers/providers.module.js';
import { SettingsService } from '../settings/settings.service.js';
import { AttemptStates, type OpenAttempt } from './attempt-states.js';
import { type Message, numberPlace } from './message.entity.js';
import { MessageStates, ours } from './message-states.js';
import type { Situation } from './situation.js';
import { type Composed, TextComposer, unlike } from './text-composer.js';

interface FreezeRequest {
  claimId: string;
  /** Ids of alerts; one group becomes one message. */
  groups: string[][];
  situation: Situation;
  /** Set for what the database's other life may have sent: the attempts are born ambiguous, and nothing is called. */
  suspectFrom: Date | null;
}

/** How long to look away from an alert whose number has an attempt under way, or whose sending is paused. */
const lookAgainSeconds = { numberBusy: 2, paused: 30 };

/**
 * MessageFreezer freezes messages and commits their attempts, before any call. What it returns is all that may be
 * called; whatever becomes of the process afterwards, the attempt shows that a call may have been made.
 */
@Injectable()
export class MessageFreezer {
  constructor(
    private readonly database: Database,
    private readonly settings: SettingsService,
    private readonly composer: TextComposer,
    private readonly alerts: AlertStates,
    private readonly messages: MessageStates,
    private readonly attempts: AttemptStates,
  ) {}

  /**
   * Freezes a claim's groups of alerts, one message each. What the database's other life may have sent is frozen first, to
   * be asked about; until a restored database is resumed, the rest is given back.
   */
  async freezeWindow(
    claimId: string,
    groups: ClaimedAlert[][],
    situation: Situation,
  ): Promise<OpenAttempt[]> {
    const { suspicion, brakes } = situation;
    const isSuspect = (group: ClaimedAlert[]) =>
      suspicion !== null && group.some((alert) => alert.dueAt <= suspicion.until);
    const idsOf = (some: ClaimedAlert[][]) => some.map((group) => group.map((alert) => alert.id));
    const suspects = idsOf(groups.filter(isSuspect));
    const sure = idsOf(groups.filter((group) => !isSuspect(group)));
    if (suspicion && suspects.length > 0) {
      await this.freeze({ claimId, groups: suspects, situation, suspectFrom: suspicion.from });
    }
    if (sure.length === 0) return [];
    if (!brakes.instance) return this.freeze({ claimId, groups: sure, situation, suspectFrom: null });
    await this.alerts.giveBack(claimId, sure.flat(), lookAgainSeconds.paused);
    return [];
  }

  private async freeze(request: FreezeRequest): Promise<OpenAttempt[]> {
    const { claimId, groups, situation } = request;
    return this.database.inTransaction(async () => {
      const held = await this.alerts.lockClaimed(claimId, groups.flat());
      const { composed, failed } = await this.composer.composeMessages(
        groups.map((group) => group.filter((id) => held.has(id))).filter((group) => group.length > 0),
        situation,
      );
      for (const { alertIds, why } of failed) await this.alerts.hold(claimId, alertIds, why);
      const rehearsed = await this.withoutMissed(composed, claimId);
      const ready = await this.withoutBraked(rehearsed, request);
      return this.commit(await this.withoutBusyNumbers(ready, claimId), request);
    });
  }

  /** A rehearsal texts listed numbers only. */
  private async withoutMissed(composed: Composed[], claimId: string): Promise<Composed[]> {
    const { rehearsal } = (await this.settings.agency()).value;
    if (!rehearsal.on) return composed;
    const listed = new Set(rehearsal.numbers.map((number) => number.index));
    const isListed = (one: Composed) => listed.has(numberOf(one));
    const missed = composed.filter((one) => !isListed(one));
    await this.alerts.miss(claimId, idsOf(missed), 'rehearsal');
    return composed.filter(isListed);
  }

  private async withoutBraked(composed: Composed[], request: FreezeRequest): Promise<Composed[]> {
    const { brakes, provider } = request.situation;
    const isBraked = (one: Composed) =>
      brakes.templates.has(one.templateKey) || brakes.routes.has(`${provider.sender}/${one.message.country}`);
    const braked = composed.filter(isBraked);
    await this.alerts.giveBack(request.claimId, idsOf(braked), lookAgainSeconds.paused);
    return composed.filter((one) => !isBraked(one));
  }

  /** One open attempt for a number: the next waits for the first to be settled. */
  private async withoutBusyNumbers(composed: Composed[], claimId: string): Promise<Composed[]> {
    const rows = await this.database.rows<{ number: string }>(
      `SELECT encode(number_index, 'hex') AS number FROM attempt
       WHERE number_index = ANY($1) AND status IN ('open', 'ambiguous')`,
      [composed.map((one) => one.message.numberIndex)],
    );
    const busy = new Set(rows.map((row) => row.number));
    const free: Composed[] = [];
    const waiting: Composed[] = [];
    for (const one of composed) {
      const number = numberOf(one);
      (busy.has(number) ? waiting : free).push(one);
      busy.add(number);
    }
    await this.alerts.giveBack(claimId, idsOf(waiting), lookAgainSeconds.numberBusy);
    return free;
  }

  private async commit(composed: Composed[], request: FreezeRequest): Promise<OpenAttempt[]> {
    const { claimId, situation, suspectFrom } = request;
    const { provider } = situation;
    const frozen = await this.unlikeTexts(composed);
    await this.messages.freeze(frozen.map(({ message }) => message));
    const attempts = frozen.map(({ message: { id: messageId, numberIndex, to, text } }) => ({
      id: newId(),
      messageId,
      provider,
      numberIndex,
      to,
      text,
    }));
    await this.attempts.open(attempts, suspectFrom);
    await this.alerts.putIntoMessages(
      claimId,
      frozen.flatMap(({ alertIds, message }) => alertIds.map((id) => ({ id, messageId: message.id }))),
    );
    return suspectFrom ? [] : attempts;
  }

  private async unlikeTexts(composed: Composed[]): Promise<Composed[]> {
    const rows = await this.database.rows<{ number: string; hash: string }>(
      `SELECT encode(number_index, 'hex') AS number, encode(text_hash, 'hex') AS hash FROM message
       WHERE number_index = ANY($1) AND EXISTS (SELECT 1 FROM unnest($2::text[]) AS wanted WHERE starts_with(text, wanted))`,
      [composed.map(({ message }) => message.numberIndex), composed.map(({ message }) => message.text)],
    );
    const taken = new Set(rows.map((row) => `${row.number} ${row.hash}`));
    return composed.map((one) => {
      const text = unlike(one.message.text, (hash) => taken.has(`${numberOf(one)} ${hash}`));
      taken.add(`${numberOf(one)} ${text.textHash.toString('hex')}`);
      return { ...one, message: { ...one.message, ...text } };
    });
  }
}

type WaitingRow = Pick<Message, 'id' | 'provider' | 'numberSealed' | 'numberIndex' | 'text'> & {
  suspect: boolean;
};

/**
 * WaitingMessages opens another attempt for messages that were not accepted, or were proved absent, through the provider
 * that each was frozen for, since its text names the sender.
 */
@Injectable()
export class WaitingMessages {
  private readonly logger = new Logger(WaitingMessages.name);

  constructor(
    private readonly database: Database,
    private readonly providers: Providers,
    private readonly sealer: Sealer,
    private readonly messages: MessageStates,
    private readonly attempts: AttemptStates,
  ) {}

  /** Commits the attempts whose turn it is in a shard, one for a number. Returns those that are to be called. */
  async openAttempts(shard: number, limit: number, situation: Situation): Promise<OpenAttempt[]> {
    const { brakes, suspicion } = situation;
    return this.database.inTransaction(async () => {
      const rows = await this.withoutUnreadable(await this.lockDue(shard, limit, situation));
      const distinct = rows.filter(
        (row, i) => rows.findIndex((other) => other.numberIndex.equals(row.numberIndex)) === i,
      );
      const suspects = distinct.filter((row) => row.suspect);
      const sure = brakes.instance ? [] : distinct.filter((row) => !row.suspect);
      await this.attempts.open(suspects, suspicion?.from ?? null);
      await this.attempts.open(sure, null);
      await this.messages.attemptAgain([...suspects, ...sure].map((row) => row.messageId));
      return sure;
    });
  }

  private lockDue(shard: number, limit: number, { brakes, suspicion }: Situation): Promise<WaitingRow[]> {
    const providers = this.providers.all.filter(({ sender }) => !brakes.senders.has(sender));
    return this.database.rows<WaitingRow>(
      `SELECT m.id, m.provider, m.number_sealed, m.number_index, m.text,
              ($3::timestamptz IS NOT NULL AND NOT EXISTS (
                SELECT 1 FROM attempt t WHERE t.message_id = m.id AND t.settled_at > $3)) AS suspect
       FROM message m
       WHERE m.status = 'waiting' AND m.shard = $1 AND m.next_attempt_at <= clock_timestamp()
         AND m.provider = ANY($7)
         AND NOT EXISTS (SELECT 1 FROM attempt t
           WHERE t.number_index = m.number_index AND t.status IN ('open', 'ambiguous'))
         AND NOT EXISTS (SELECT 1 FROM alert a WHERE a.message_id = m.id AND a.department_id = ANY($4))
         AND NOT EXISTS (SELECT 1 FROM template_version v
           WHERE v.id = m.template_version_id AND v.key = ANY($5))
         AND NOT (m.sender || '/' || coalesce(m.country, '') = ANY($6))
       ORDER BY m.next_attempt_at, m.id LIMIT $2 FOR UPDATE OF m SKIP LOCKED`,
      [
        shard,
        limit,
        suspicion?.until ?? null,
        brakes.departments,
        [...brakes.templates],
        [...brakes.routes],
        providers.map(({ name }) => name),
      ],
    );
  }

  /** One number that cannot be unsealed would hold up its whole shard: it is held for a person. */
  private async withoutUnreadable(rows: WaitingRow[]): Promise<(OpenAttempt & { suspect: boolean })[]> {
    const readable: (OpenAttempt & { suspect: boolean })[] = [];
    for (const { id: messageId, numberSealed, ...row } of rows) {
      const provider = this.providers.for(row.provider);
      if (!provider) continue;
      try {
        const to = this.sealer.open(numberSealed, numberPlace(messageId));
        readable.push({ ...row, provider, id: newId(), messageId, to });
      } catch (error) {
        this.logger.error({ err: error, message: messageId }, 'the number of a message cannot be unsealed');
        await this.messages.hold(messageId, ours('number-unreadable'));
      }
    }
    return readable;
  }
}

function numberOf({ message }: Composed): string {
  return message.numberIndex.toString('hex');
}

function idsOf(composed: Composed[]): string[] {
  return composed.flatMap((one) => one.alertIds);
}
