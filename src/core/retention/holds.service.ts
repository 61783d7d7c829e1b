import { Injectable } from '@nestjs/common';
import { IsNull } from 'typeorm';
import { notFound } from '../../platform/app-error.js';
import { ServiceClock } from '../../platform/clock/service-clock.js';
import { Database, isTaken } from '../../platform/database/database.js';
import { newId } from '../../platform/ids.js';
import { actorOf, type Caller } from '../access/roles.js';
import { Journal } from '../proof/journal.service.js';
import { RetentionHold } from './retention.entities.js';
import { retentionProblems } from './retention.words.js';

/** Holds keep all personal data of a contract that an auditor looks into. Nobody below audit is told of them. */
@Injectable()
export class Holds {
  constructor(
    private readonly database: Database,
    private readonly journal: Journal,
    private readonly clock: ServiceClock,
  ) {}

  async holdOf(contractId: string) {
    const hold = await this.database
      .repository(RetentionHold)
      .findOneBy({ contractId, releasedAt: IsNull() });
    return { held: hold && { reason: hold.reason, actor: hold.actor, at: hold.at.toISOString() } };
  }

  /** Throws `hold-twice` when the contract is held already. */
  async hold(caller: Caller, contractId: string, reason: string): Promise<void> {
    const row = { id: newId(), contractId, reason, actor: actorOf(caller), at: await this.clock.now() };
    await this.database
      .inTransaction(async () => {
        await this.database.insert(RetentionHold, [row]);
        await this.journal.state('retention_hold', [row.id]);
      })
      .catch((error: unknown) => {
        throw isTaken(error, 'retention_hold_once') ? retentionProblems.error('hold-twice') : error;
      });
  }

  async release(caller: Caller, contractId: string, releaseReason: string): Promise<void> {
    const holds = this.database.repository(RetentionHold);
    await this.database.inTransaction(async () => {
      const hold = await holds.findOneBy({ contractId, releasedAt: IsNull() });
      if (!hold) throw notFound('hold');
      const end = { releasedAt: await this.clock.now(), releasedBy: actorOf(caller), releaseReason };
      const { affected } = await holds.update({ id: hold.id, releasedAt: IsNull() }, end);
      if (!affected) throw notFound('hold');
      await this.journal.state('retention_hold', [hold.id]);
    });
  }
}
