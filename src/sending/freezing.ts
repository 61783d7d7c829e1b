import { Inject, Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { CONFIG } from '../platform/platform.tokens.js';
import { insertRows, rowsOf } from '../platform/database/rows.js';
import { Transactions } from '../platform/database/transactions.js';
import { newId } from '../platform/ids.js';
import { Sealer } from '../platform/sealing/sealer.js';
import { newSalt } from '../proof/leaf.js';
import type { SmsProvider } from '../providers/sms-provider.js';
import { SMS_PROVIDER } from '../providers/providers.module.js';
import { SettingsService } from '../settings/settings.service.js';
import { openAttempts } from './attempts.js';
import { Composer, type Composed, textHash, unlike } from './composing.js';
import type { BrakesOn } from './brakes.service.js';

/** An attempt that is committed and may now be called. */
export interface OpenAttempt {
  attemptId: string;
  messageId: string;
  to: string;
  text: string;
}

export interface FreezeRequest {
  claimId: string;
  /** One group is one message. */
  groups: string[][];
  brakes: BrakesOn;
  /** The service clock. */
  now: Date;
  /** Set when the database's other life may have sent these: the attempts are born ambiguous, and nothing is called. */
  suspectFrom: Date | null;
}

/** How long to look away from an alert whose number has an attempt under way, or whose template is braked; seconds. */
const lookAgain = { numberBusy: 2, templateBraked: 30 };

/**
 * Freezes messages and commits their attempts, before any call. What it returns is all that may be called; whatever
 * becomes of the process afterwards, the attempt tells that a call may have been made.
 */
@Injectable()
export class Freezer {
  constructor(
    @Inject(CONFIG) private readonly config: { sending: { leaseSeconds: number } },
    @Inject(SMS_PROVIDER) private readonly provider: SmsProvider,
    private readonly transactions: Transactions,
    private readonly composer: Composer,
    private readonly parts: FreezerParts,
  ) {}

  async freeze(request: FreezeRequest): Promise<OpenAttempt[]> {
    return this.transactions.run(async (manager) => {
      const groups = await this.stillOurs(manager, request);
      const { composed, failed } = await this.composer.compose(manager, groups, this.provider.sender);
      await this.parts.holdFailed(manager, failed);
      const ready = await this.parts.withoutThoseNotToBeTexted(
        manager,
        composed,
        request,
        this.provider.sender,
        lookAgain.templateBraked,
      );
      const free = await this.parts.withoutBusyNumbers(manager, ready, lookAgain.numberBusy);
      return this.insert(manager, free, request);
    });
  }

  /** A lease that ran out has given the alert away: only what this claim still holds is frozen. */
  private async stillOurs(manager: EntityManager, request: FreezeRequest): Promise<string[][]> {
    const held = await rowsOf<{ id: string }>(
      manager,
      `SELECT id FROM alert WHERE id = ANY($1) AND status = 'claimed' AND claimed_by = $2
         AND lease_until > clock_timestamp() ORDER BY id FOR UPDATE`,
      [request.groups.flat(), request.claimId],
    );
    const ids = new Set(held.map((row) => row.id));
    return request.groups
      .map((group) => group.filter((id) => ids.has(id)))
      .filter((group) => group.length > 0);
  }

  private async insert(
    manager: EntityManager,
    composed: Composed[],
    request: FreezeRequest,
  ): Promise<OpenAttempt[]> {
    const taken = await this.parts.textsTaken(manager, composed);
    const frozen = composed.map((one) => {
      const numberHex = one.numberIndex.toString('hex');
      const distinct = unlike(one.text, (hash) => taken.has(`${numberHex} ${hash}`));
      taken.add(`${numberHex} ${distinct.hash.toString('hex')}`);
      return { ...one, ...distinct, messageId: newId(), attemptId: newId() };
    });
    await insertRows(
      manager,
      'message',
      frozen.map((one) => this.parts.messageRow(one, this.provider, request.now)),
    );
    await openAttempts(manager, frozen, {
      provider: this.provider.name,
      leaseSeconds: this.config.sending.leaseSeconds,
      suspectFrom: request.suspectFrom,
    });
    await manager.query(
      `UPDATE alert SET status = 'messaged', message_id = n.message_id, claimed_by = NULL, lease_until = NULL,
              updated_at = clock_timestamp()
       FROM json_populate_recordset(NULL::alert, $1::json) n WHERE alert.id = n.id`,
      [
        JSON.stringify(
          frozen.flatMap((one) => one.alertIds.map((id) => ({ id, message_id: one.messageId }))),
        ),
      ],
    );
    return request.suspectFrom ? [] : frozen;
  }
}

/** The statements of freezing, each by what it is for. */
@Injectable()
export class FreezerParts {
  constructor(
    private readonly sealer: Sealer,
    private readonly settings: SettingsService,
  ) {}

  /** A text that cannot be made is held for a person. */
  async holdFailed(manager: EntityManager, failed: { alertIds: string[]; reason: string }[]): Promise<void> {
    for (const { alertIds, reason } of failed) {
      await manager.query(
        `UPDATE alert SET status = 'held', reason = $2, claimed_by = NULL, lease_until = NULL,
                updated_at = clock_timestamp() WHERE id = ANY($1)`,
        [alertIds, `text-failed: ${reason.slice(0, 300)}`],
      );
    }
  }

  async withoutThoseNotToBeTexted(
    manager: EntityManager,
    composed: Composed[],
    { brakes }: FreezeRequest,
    sender: string,
    seconds: number,
  ): Promise<Composed[]> {
    const { value: agency } = await this.settings.agency();
    const listed = new Set(agency.rehearsal.numbers.map((number) => number.index));
    const rehearsed = (one: Composed) => agency.rehearsal.on && !listed.has(one.numberIndex.toString('hex'));
    const braked = (one: Composed) =>
      brakes.templates.has(one.template.key) || brakes.routes.has(`${sender}/${one.country}`);
    await manager.query(
      `UPDATE alert SET status = 'missed', reason = 'rehearsal', claimed_by = NULL, lease_until = NULL,
              updated_at = clock_timestamp() WHERE id = ANY($1)`,
      [composed.filter(rehearsed).flatMap((one) => one.alertIds)],
    );
    const rest = composed.filter((one) => !rehearsed(one));
    await giveBack(manager, rest.filter(braked), seconds);
    return rest.filter((one) => !braked(one));
  }

  /** One open attempt for a number: the next waits for the first to be settled. */
  async withoutBusyNumbers(
    manager: EntityManager,
    composed: Composed[],
    seconds: number,
  ): Promise<Composed[]> {
    const rows = await rowsOf<{ number: string }>(
      manager,
      `SELECT encode(number_index, 'hex') AS number FROM attempt
       WHERE number_index = ANY($1) AND status IN ('open', 'ambiguous')`,
      [composed.map((one) => one.numberIndex)],
    );
    const busy = new Set(rows.map((row) => row.number));
    const free: Composed[] = [];
    const waiting: Composed[] = [];
    for (const one of composed) {
      const number = one.numberIndex.toString('hex');
      (busy.has(number) ? waiting : free).push(one);
      busy.add(number);
    }
    await giveBack(manager, waiting, seconds);
    return free;
  }

  async textsTaken(manager: EntityManager, composed: Composed[]): Promise<Set<string>> {
    const rows = await rowsOf<{ number: string; hash: string }>(
      manager,
      `SELECT encode(number_index, 'hex') AS number, encode(text_hash, 'hex') AS hash FROM message
       WHERE number_index = ANY($1) AND EXISTS (SELECT 1 FROM unnest($2::text[]) AS wanted WHERE starts_with(text, wanted))`,
      [composed.map((one) => one.numberIndex), composed.map((one) => one.text)],
    );
    return new Set(rows.map((row) => `${row.number} ${row.hash}`));
  }

  messageRow(
    one: Composed & { messageId: string; hash: Buffer; encoding: string; parts: number },
    provider: SmsProvider,
    now: Date,
  ) {
    return {
      id: one.messageId,
      provider: provider.name,
      sender: provider.sender,
      number_sealed: this.sealer.seal(one.to, {
        table: 'message',
        column: 'number_sealed',
        rowId: one.messageId,
      }),
      number_index: one.numberIndex,
      country: one.country,
      shard: one.shard,
      locale: one.locale,
      template_version_id: one.template.id,
      text: one.text,
      text_hash: textHash(one.text),
      salt: newSalt(),
      encoding: one.encoding,
      parts: one.parts,
      status: 'sending',
      attempts: 1,
      resent_unproved: 0,
      polls: 0,
      due_at: one.dueAt,
      service_time: now,
    };
  }
}

async function giveBack(manager: EntityManager, composed: Composed[], seconds: number): Promise<void> {
  await manager.query(
    `UPDATE alert SET status = 'planned', claimed_by = NULL, lease_until = NULL,
            retry_at = clock_timestamp() + $2 * interval '1 second', updated_at = clock_timestamp()
     WHERE id = ANY($1)`,
    [composed.flatMap((one) => one.alertIds), seconds],
  );
}
