import type { Contract } from '../../core/contracts/contract.entity.js';
import { Injectable } from '@nestjs/common';
import { addDays } from '../../core/calendar/local-date.js';
import type { ContractFacts } from '../../core/contracts/contract-facts.js';
import { ContractReader } from '../../core/contracts/contract.reader.js';
import { PartyRows } from '../../core/contracts/party-rows.js';
import { PlanningService } from '../../core/planning/planning.service.js';
import { maskPhoneNumber } from '../../platform/phone-numbers/phone-number.js';
import { SettingsService } from '../../core/settings/settings.service.js';
import { comparedColumns, type Snapshot } from './import-differences.js';
import { Database } from '../../platform/database/database.js';

/** A contract as a file names it. */
export type Named = Pick<ContractFacts, 'source' | 'reference'>;
export const nameOf = ({ source, reference }: Named) => `${source} ${reference}`;

/** What stands of contracts in the running transaction, before and after a file is brought in. */
@Injectable()
export class ImportSnapshots {
  constructor(
    private readonly database: Database,
    private readonly reader: ContractReader,
    private readonly rows: PartyRows,
    private readonly planning: PlanningService,
    private readonly settings: SettingsService,
  ) {}

  /** Of those that are known already, locked; by name. */
  async before(all: Named[]): Promise<Map<string, Snapshot>> {
    const known: Contract[] = [];
    for (const source of new Set(all.map((one) => one.source))) {
      const references = all.filter((one) => one.source === source).map((one) => one.reference);
      known.push(...(await this.reader.lockByReference(source, references)));
    }
    return this.of(known);
  }

  async of(contracts: Contract[]): Promise<Map<string, Snapshot>> {
    if (contracts.length === 0) return new Map();
    const ids = contracts.map((contract) => contract.id);
    const parties = await this.reader.partiesOf(ids);
    const occurrences = await this.planning.occurrencesOf(ids);
    const revisions = await lastRevisions(this.database, ids);
    return new Map(
      contracts.map((contract) => {
        const { counterparties = [], contacts = [] } = parties.get(contract.id) ?? {};
        const snapshot: Snapshot = {
          columns: columnsOf(contract),
          parties: counterparties.map((party) => ({ id: party.id, name: this.rows.nameOf(party) })),
          contacts: contacts.map((contact) => ({
            id: contact.id,
            name: this.rows.maskedNameOf(contact),
            number: this.numberOf(contact),
          })),
          occurrences: occurrences.get(contract.id) ?? [],
          lastRevision: revisions.get(contract.id) ?? null,
        };
        return [nameOf(contract), snapshot];
      }),
    );
  }

  /**
   * By name: hex of the blind index of every number that is texted by the end of the service clock's day, as things
   * are planned. Brakes and a rehearsal are not looked at: they end.
   */
  async numbersDue(all: Named[]): Promise<Map<string, Set<string>>> {
    const calendar = await this.settings.calendar();
    const until = calendar.instantOf(addDays(await this.settings.today(), 1), '00:00');
    const due = await this.database.rows<Named & { number: string }>(
      `SELECT c.source, c.reference, encode(a.number_index, 'hex') AS number
       FROM alert a JOIN contract c ON c.id = a.contract_id
       WHERE (c.source, c.reference) IN (SELECT source, reference FROM json_populate_recordset(NULL::contract, $1::json))
         AND a.status IN ('planned', 'claimed') AND a.due_at < $2`,
      [JSON.stringify(all.map(({ source, reference }) => ({ source, reference }))), until],
    );
    const numbers = new Map<string, Set<string>>();
    for (const row of due) numbers.set(nameOf(row), (numbers.get(nameOf(row)) ?? new Set()).add(row.number));
    return numbers;
  }

  /** The ids of contracts' alerts, by `contract milestone occurrence contact`. */
  async alertIds(contractIds: string[]): Promise<Map<string, string>> {
    const rows = await this.database.rows<{ id: string; key: string }>(
      `SELECT a.id, concat_ws(' ', a.contract_id, m.code, m.occurrence, a.contact_id) AS key
       FROM alert a JOIN milestone m ON m.id = a.milestone_id WHERE a.contract_id = ANY($1) AND a.reissue = 0`,
      [contractIds],
    );
    return new Map(rows.map((row) => [row.key, row.id]));
  }

  private numberOf(contact: Parameters<PartyRows['numberOf']>[0] & { phoneCountry: string | null }) {
    const e164 = this.rows.numberOf(contact);
    return e164 === null
      ? null
      : { e164, country: contact.phoneCountry ?? '', masked: maskPhoneNumber(e164) };
  }
}

function columnsOf(contract: Contract): Snapshot['columns'] {
  return Object.fromEntries(
    comparedColumns.map((column) => [column, contract[column]]),
  ) as Snapshot['columns'];
}

async function lastRevisions(database: Database, contractIds: string[]): Promise<Map<string, string>> {
  const rows = await database.rows<{ contractId: string; id: string }>(
    `SELECT DISTINCT ON (contract_id) contract_id, id FROM contract_revision
     WHERE contract_id = ANY($1) ORDER BY contract_id, id DESC`,
    [contractIds],
  );
  return new Map(rows.map((row) => [row.contractId, row.id]));
}
