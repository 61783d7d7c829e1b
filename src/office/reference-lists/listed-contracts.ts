import { Injectable, Logger } from '@nestjs/common';
import type { Caller } from '../../core/access/roles.js';
import { ContractRevisions, listActor } from '../../core/contracts/contract-revisions.js';
import { SettingsService } from '../../core/settings/settings.service.js';
import { AppError } from '../../platform/app-error.js';
import { breathe } from '../../platform/breathe.js';
import { Database } from '../../platform/database/database.js';
import type { ImportedContract } from '../imports/import.types.js';
import { FactsReading, type StatedFacts } from '../imports/stated-facts.js';
import { plainReference, shouldBeHere } from './comparing.js';
import type { ReferenceList, ReferenceRecord } from './reference-list.entities.js';
import { ReferenceRecords } from './reference-records.js';

/** Departments are read as an auditor sees them: all. */
const reader: Caller = {
  keyId: null,
  accountId: null,
  name: listActor,
  role: 'auditor',
  departmentId: null,
  officerId: null,
};

/** ListedContracts registers what a list has and nobody registered in its days, where the agency wishes so. Each waits for a contact. */
@Injectable()
export class ListedContracts {
  private readonly logger = new Logger(ListedContracts.name);

  constructor(
    private readonly database: Database,
    private readonly records: ReferenceRecords,
    private readonly revisions: ContractRevisions,
    private readonly facts: FactsReading,
    private readonly settings: SettingsService,
  ) {}

  /** Registers what is missing of a list. What cannot be registered stays a flag, such as what names no department of the agency. */
  async registerMissing(list: ReferenceList): Promise<void> {
    if (!(await this.settings.agency()).value.listsRegister) return;
    const reading = await this.facts.factsFor(reader, list.departmentId, null);
    for (const record of await this.missing(list.id)) {
      try {
        await this.register(record, list, reading);
      } catch (error) {
        if (!(error instanceof AppError)) throw error;
        this.logger.debug({ err: error, record: record.id }, 'a listed contract was not registered');
      }
      await breathe();
    }
  }

  /** One that is here under the same reference, however it is written, is registered: as a draft, or as two that could be meant. */
  private async missing(listId: string): Promise<ReferenceRecord[]> {
    return this.database.rows(
      `SELECT r.* FROM reference_record r JOIN reference_list l ON l.id = r.list_id
       WHERE l.id = $1 AND ${shouldBeHere('$2')} AND r.signed_on IS NOT NULL AND NOT EXISTS (
         SELECT FROM contract c WHERE ${plainReference('c.reference')} = ${plainReference('r.reference')})
       ORDER BY r.id`,
      [listId, await this.settings.today()],
    );
  }

  private async register(record: ReferenceRecord, { departmentId }: ReferenceList, reading: StatedFacts) {
    const stated = this.statedBy(record);
    const isUnknown = stated.department === null || reading.unknownNames(stated).length > 0;
    const { facts } = reading.factsOf(stated);
    if (!facts || (isUnknown && departmentId === null)) return;
    await this.database.inTransaction(async () => {
      const { contract } = await this.revisions.register(facts, listActor);
      await this.database.run(
        `UPDATE reference_record SET contract_id = $2, matched_by = 'reference' WHERE id = $1`,
        [record.id, contract.id],
      );
    });
  }

  /** As a published contract, whose buyer may be no department here: then the list's own takes it. */
  private statedBy(record: ReferenceRecord): ImportedContract {
    const { reference, revision, kind, title, department, signedOn, startsOn, endsOn, amount, currency } =
      record;
    return {
      source: 'ocds',
      reference,
      revision,
      kind,
      title,
      department,
      signedOn,
      startsOn,
      endsOn,
      officer: null,
      method: null,
      status: null,
      amendments: [],
      occurrences: [],
      line: 1,
      value: amount === null || currency === null ? null : { amount, currency },
      counterparties: this.records.partiesOf(record).map((party) => ({
        ...party,
        externalId: null,
        role: null,
        share: null,
        country: null,
        contacts: [],
      })),
    };
  }
}
