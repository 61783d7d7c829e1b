import { Injectable } from '@nestjs/common';
import { ServiceClock } from '../../platform/clock/service-clock.js';
import { Database } from '../../platform/database/database.js';
import { newId } from '../../platform/ids.js';
import { Sealer } from '../../platform/sealing/sealer.js';
import { numberChanged } from '../settings/plan.schema.js';
import { SettingsService } from '../settings/settings.service.js';
import { AlertStates } from './alert-states.js';
import { lastTextFailed } from './dead-numbers.js';
import { MilestoneStore } from './milestone.store.js';
import { ownNumberPlace } from './planning.entities.js';

/** PartyOfNumber says of which contract and counterparty a number was, or is. */
interface PartyOfNumber {
  contractId: string;
  counterpartyId: string;
  /** The blind index of the number. */
  index: Buffer;
}

export interface FormerNumber extends PartyOfNumber {
  departmentId: string;
  contactId: string;
  e164: string;
  country: string | null;
}

/**
 * FormerNumbers tells a number once that alerts of a contract go elsewhere, when another takes its place or its contact is
 * removed. The text is an alert like any other, of a milestone that no plan has; it keeps its number, since its contact has
 * another one, and planning does not decide on it. Callers hold the lock on the contract, and have not planned it again yet.
 */
@Injectable()
export class FormerNumbers {
  constructor(
    private readonly database: Database,
    private readonly settings: SettingsService,
    private readonly milestones: MilestoneStore,
    private readonly alerts: AlertStates,
    private readonly clock: ServiceClock,
    private readonly sealer: Sealer,
  ) {}

  async tell(former: FormerNumber): Promise<void> {
    if (!(await this.isToBeTold(former))) return;
    const { contractId, contactId, departmentId, index, e164, country } = former;
    const now = await this.clock.now();
    const calendar = await this.settings.calendar();
    const dueAt = calendar.nextOpening(now);
    const milestone = await this.milestones.insertBesidePlan(
      contractId,
      numberChanged,
      calendar.localDateOf(now),
    );
    const id = newId();
    await this.alerts.planToOwnNumber(
      {
        id,
        isNew: true,
        contractId,
        contactId,
        departmentId,
        number: index.toString('hex'),
        milestoneId: milestone.id,
        code: numberChanged,
        occurrence: milestone.occurrence,
        wording: 'milestone',
        status: 'planned',
        reason: null,
        dueAt,
        dueDay: calendar.localDateOf(dueAt),
      },
      { numberSealed: this.sealer.seal(e164, ownNumberPlace(id)), numberCountry: country },
      now,
    );
  }

  /** Takes back what was to be told to a number that the counterparty has again. What is in a message goes out. */
  takeBack({ contractId, counterpartyId, index }: PartyOfNumber): Promise<void> {
    return this.alerts.takeBackOwnNumber(contractId, counterpartyId, index);
  }

  /**
   * A number is told that got a text of the contract or was about to, unless another contact of the same counterparty has it, it is
   * about to be told already, or the last text to it failed for good.
   */
  private async isToBeTold({ contractId, counterpartyId, contactId, index }: FormerNumber): Promise<boolean> {
    const rows = await this.database.rows(
      `SELECT 1 AS told
       WHERE EXISTS (SELECT FROM alert a WHERE a.contract_id = $1 AND a.number_index = $4 AND a.number_sealed IS NULL
           AND (a.status IN ('planned', 'messaged') OR (a.status = 'held' AND a.reason = 'suspended')))
         AND NOT EXISTS (SELECT FROM contact t WHERE t.contract_id = $1 AND t.counterparty_id = $2 AND t.id <> $3
           AND t.phone_index = $4 AND t.removed_at IS NULL)
         AND NOT EXISTS (SELECT FROM alert a WHERE a.contract_id = $1 AND a.number_index = $4
           AND a.number_sealed IS NOT NULL AND a.status IN ('planned', 'held'))
         AND NOT ${lastTextFailed('$4')}`,
      [contractId, counterpartyId, contactId, index],
    );
    return rows.length > 0;
  }
}
