import { Injectable } from '@nestjs/common';
import { moneyColumns } from '../../core/contracts/contract.schema.js';
import { Journal } from '../../core/proof/journal.service.js';
import { SettingsService } from '../../core/settings/settings.service.js';
import { Database } from '../../platform/database/database.js';
import { idOfText } from '../../platform/ids.js';
import { Sealer } from '../../platform/sealing/sealer.js';
import type { ImportedContract } from '../imports/import.types.js';
import { ReferenceRecord } from './reference-list.entities.js';

interface ListedParty {
  name: string;
  registrationNumber: string | null;
}

/** ReferenceRecords keeps what lists state: of each contract, what its newest revision says. */
@Injectable()
export class ReferenceRecords {
  constructor(
    private readonly database: Database,
    private readonly sealer: Sealer,
    private readonly settings: SettingsService,
    private readonly journal: Journal,
  ) {}

  /** Keeps contracts that a list states; an older revision than the one that is kept changes nothing. Returns how many records changed. */
  async keep(listId: string, contracts: readonly ImportedContract[]): Promise<number> {
    const today = await this.settings.today();
    const newest = new Map<string, ImportedContract>();
    for (const contract of contracts) {
      const before = newest.get(contract.reference);
      if (!before || (before.revision ?? 0) <= (contract.revision ?? 0))
        newest.set(contract.reference, contract);
    }
    const rows = [...newest.values()].map((contract) => this.rowOf(listId, contract, today));
    if (rows.length === 0) return 0;
    const set = kept.map((column) => `${column} = excluded.${column}`).join(', ');
    const differs = (row: string) => `(${compared.map((column) => `${row}.${column}`).join(', ')})`;
    return this.database.inTransaction(async () => {
      const changed = await this.database.rows<{ id: string }>(
        `INSERT INTO reference_record (${columns}) SELECT ${columns} FROM json_populate_recordset(NULL::reference_record, $1::json)
       ON CONFLICT (list_id, reference) DO UPDATE SET ${set}
       WHERE reference_record.revision <= excluded.revision
         AND ${differs('reference_record')} IS DISTINCT FROM ${differs('excluded')}
         RETURNING id`,
        [this.database.recordset(ReferenceRecord, rows)],
      );
      await this.journal.state(
        'reference_record',
        changed.map(({ id }) => id),
      );
      return changed.length;
    });
  }

  /** Returns those of the contracts that stand in a list; null where no list states anything. */
  async knownAmong(contractIds: string[]): Promise<Set<string> | null> {
    const [found] = await this.database.rows<{ isAny: boolean; known: string[] }>(
      `SELECT EXISTS (SELECT FROM reference_record) AS is_any,
              ARRAY(SELECT DISTINCT contract_id FROM reference_record WHERE contract_id = ANY($1)) AS known`,
      [contractIds],
    );
    return found?.isAny ? new Set(found.known) : null;
  }

  partiesOf({ id, partiesSealed }: Pick<ReferenceRecord, 'id' | 'partiesSealed'>): ListedParty[] {
    return JSON.parse(this.sealer.open(partiesSealed, placeOf(id))) as ListedParty[];
  }

  private rowOf(listId: string, stated: ImportedContract, today: string) {
    const id = idOfText(`${listId} ${stated.reference}`);
    const { reference, kind, title, department, signedOn, startsOn, endsOn, counterparties } = stated;
    const parties = counterparties.map(({ name, registrationNumber }): ListedParty => ({
      name,
      registrationNumber,
    }));
    const numbers = parties.map((party) => plainNumber(party.registrationNumber ?? ''));
    return {
      id,
      listId,
      reference,
      revision: stated.revision ?? 0,
      kind,
      title,
      department,
      signedOn,
      startsOn,
      endsOn,
      ...moneyColumns(stated.value),
      numbers: [...new Set(numbers)].filter((number) => /[^0]/.test(number)).sort(),
      partiesSealed: this.sealer.seal(JSON.stringify(parties), placeOf(id)),
      cancelled: stated.status === 'cancelled',
      seenOn: today,
    };
  }
}

const compared = [
  'revision',
  'kind',
  'title',
  'department',
  'signed_on',
  'starts_on',
  'ends_on',
  'amount',
  'currency',
  'numbers',
  'cancelled',
];
const kept = [...compared, 'parties_sealed'];
const columns = ['id', 'list_id', 'reference', 'seen_on', ...kept].join(', ');

/** Writes a registration number as lists and contracts are compared by it; SQL's is `plainNumberOf`. */
function plainNumber(text: string): string {
  return text.replace(/[^0-9A-Za-z]/g, '').toUpperCase();
}

function placeOf(rowId: string) {
  return { table: 'reference_record', column: 'parties_sealed', rowId };
}
