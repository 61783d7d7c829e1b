import { Inject, Injectable } from '@nestjs/common';
import { CONFIG } from '../../platform/platform.tokens.js';
import { newId } from '../../platform/ids.js';
import type { SmsProvider } from '../providers/sms-provider.js';
import { Providers } from '../providers/providers.module.js';
import { openAttempts } from './attempts.js';
import { FreezerParts } from './freezer-parts.js';
import { Composer, type Composed, unlike } from './composing.js';
import type { BrakesOn } from './brakes.service.js';
import { Message } from './message.entity.js';
import { Alert } from '../planning/planning.entities.js';
import { Database } from '../../platform/database/database.js';

/** An attempt that is committed and may now be called. */
export interface OpenAttempt {
  attemptId: string;
  messageId: string;
  /** The one that the message was frozen for. */
  provider: SmsProvider;
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
    private readonly providers: Providers,
    private readonly database: Database,
    private readonly composer: Composer,
    private readonly parts: FreezerParts,
  ) {}

  async freeze(request: FreezeRequest): Promise<OpenAttempt[]> {
    const provider = this.providers.forSending;
    return this.database.inTransaction(async () => {
      const groups = await this.stillOurs(request);
      const { composed, failed } = await this.composer.compose(groups, provider.sender);
      await this.parts.holdFailed(failed);
      const ready = await this.parts.withoutThoseNotToBeTexted(
        composed,
        request.brakes,
        provider.sender,
        lookAgain.templateBraked,
      );
      const free = await this.parts.withoutBusyNumbers(ready, lookAgain.numberBusy);
      return this.insert(free, provider, request);
    });
  }

  /** A lease that ran out has given the alert away: only what this claim still holds is frozen. */
  private async stillOurs(request: FreezeRequest): Promise<string[][]> {
    const held = await this.database.rows<{ id: string }>(
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
    composed: Composed[],
    provider: SmsProvider,
    request: FreezeRequest,
  ): Promise<OpenAttempt[]> {
    const taken = await this.parts.textsTaken(composed);
    const frozen = composed.map((one) => {
      const numberHex = one.numberIndex.toString('hex');
      const distinct = unlike(one.text, (hash) => taken.has(`${numberHex} ${hash}`));
      taken.add(`${numberHex} ${distinct.hash.toString('hex')}`);
      return { ...one, ...distinct, provider, messageId: newId(), attemptId: newId() };
    });
    await this.database.insert(
      Message,
      frozen.map((one) => this.parts.messageRow(one, provider, request.now)),
    );
    await openAttempts(this.database, frozen, {
      leaseSeconds: this.config.sending.leaseSeconds,
      suspectFrom: request.suspectFrom,
    });
    await this.database.run(
      `UPDATE alert SET status = 'messaged', message_id = n.message_id, claimed_by = NULL, lease_until = NULL,
              updated_at = clock_timestamp()
       FROM json_populate_recordset(NULL::alert, $1::json) n WHERE alert.id = n.id`,
      [
        this.database.recordset(
          Alert,
          frozen.flatMap((one) => one.alertIds.map((id) => ({ id, messageId: one.messageId }))),
        ),
      ],
    );
    return request.suspectFrom ? [] : frozen;
  }
}
