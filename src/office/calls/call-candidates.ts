import { Injectable } from '@nestjs/common';
import { KnownElsewhere } from '../../core/contracts/known-elsewhere.js';
import { commit, newSalt } from '../../core/proof/leaf.js';
import { isTaken } from '../../core/sending/sending.entities.js';
import { SettingsService } from '../../core/settings/settings.service.js';
import { mapInTurns } from '../../platform/breathe.js';
import { Database } from '../../platform/database/database.js';
import { newId } from '../../platform/ids.js';
import { momentsOfMonth } from '../reports/months.js';
import type { CallCandidate } from './call.entities.js';
import { weightOf } from './draw.js';

type FoundNumber = Pick<
  CallCandidate,
  'contractId' | 'contactId' | 'messageId' | 'departmentId' | 'officerId'
> & {
  isNew: boolean;
};

/**
 * CallCandidates finds the numbers that may be called for a month: each that a provider took a text to, for each contact. A number is
 * taken from the text, because what the contact has by now may have been put right before anybody calls.
 */
@Injectable()
export class CallCandidates {
  constructor(
    private readonly database: Database,
    private readonly settings: SettingsService,
    private readonly known: KnownElsewhere,
  ) {}

  async candidatesOf(month: string): Promise<CallCandidate[]> {
    const found = await this.numbersOf(month);
    const unknown = await this.known.unknownAmong([...new Set(found.map(({ contractId }) => contractId))]);
    return mapInTurns(found, ({ isNew, ...number }) => {
      const salt = newSalt();
      return {
        id: newId(),
        month,
        salt,
        place: null,
        ...number,
        entry: commit(salt, `${number.contractId} ${number.messageId}`),
        weight: weightOf({ isNew, isUnmatched: unknown.has(number.contractId) }),
      };
    });
  }

  /** A number is new that had no text of the contract before the month. */
  private async numbersOf(month: string): Promise<FoundNumber[]> {
    const calendar = await this.settings.calendar();
    const { from, until } = momentsOfMonth(calendar, month);
    return this.database.rows<FoundNumber>(
      `SELECT DISTINCT ON (a.contact_id, m.number_index) a.contract_id, a.contact_id, m.id AS message_id,
              ${ofThen('departmentId', 'department_id')} AS department_id, ${ofThen('officerId', 'officer_id')} AS officer_id,
              NOT EXISTS (SELECT FROM alert b JOIN message n ON n.id = b.message_id
                WHERE b.contract_id = a.contract_id AND n.number_index = m.number_index AND n.service_time < $1) AS is_new
       FROM message m JOIN alert a ON a.message_id = m.id JOIN contract c ON c.id = a.contract_id
       WHERE m.service_time >= $1 AND m.service_time < $2 AND ${isTaken('m')} AND a.reissue = 0
       ORDER BY a.contact_id, m.number_index, m.id DESC`,
      [from, until],
    );
  }
}

/** What the contract named when text `m` was frozen: what the next change of it took away, else what it names now. */
const ofThen = (term: string, column: string) => `nullif(coalesce(
  (SELECT coalesce(h.before ->> '${term}', '') FROM change h
   WHERE h.contract_id = c.id AND h.subject = 'contract' AND h.before ? '${term}' AND h.at > m.service_time
   ORDER BY h.id LIMIT 1), c.${column}::text), '')::uuid`;
