import { Injectable } from '@nestjs/common';
import { addDays } from '../../core/calendar/local-date.js';
import type { Contract } from '../../core/contracts/contract.entity.js';
import type { ContactFacts, ContractFacts } from '../../core/contracts/contract-facts.js';
import type { LifecycleState } from '../../core/contracts/lifecycle.js';
import { ContractReader, type Parties } from '../../core/contracts/contract.reader.js';
import { PartyRows } from '../../core/contracts/party-rows.js';
import { PlanningService } from '../../core/planning/planning.service.js';
import { SettingsService } from '../../core/settings/settings.service.js';
import { mapInTurns } from '../../platform/breathe.js';
import { Database } from '../../platform/database/database.js';
import { maskPhoneNumber } from '../../platform/phone-numbers/phone-number.js';

/**
 * Tells which columns of a contract an import alters and undoing puts back. Files alter no others, so that none is altered
 * and not put back; every column is listed, so that the compiler finds a forgotten one.
 */
const alterable = {
  id: false,
  source: false,
  reference: false,
  revision: true,
  kind: false,
  title: true,
  departmentId: true,
  officerId: true,
  state: true,
  resumesTo: true,
  signedOn: true,
  startsOn: true,
  endsOn: true,
  liabilityEndsOn: true,
  completedOn: true,
  terminatedOn: true,
  amount: true,
  currency: true,
  method: true,
  planName: false,
  planVersion: false,
  calendarVersion: false,
  version: false,
} as const satisfies Record<keyof Contract, boolean> & Record<keyof LifecycleState, true>;

type Alterable = {
  [K in keyof typeof alterable]: (typeof alterable)[K] extends true ? K : never;
}[keyof Contract];
const alterableColumns = (Object.keys(alterable) as (keyof Contract)[]).filter(
  (column): column is Alterable => alterable[column],
);

export function isAlterable(column: string): boolean {
  return (alterableColumns as string[]).includes(column);
}

/** Snapshot is a contract as it stands in the running transaction, as far as an import can alter it. */
export interface Snapshot {
  columns: Record<Alterable, string | number | null>;
  parties: { id: string; name: string }[];
  /** Names are masked, numbers are not. */
  contacts: { id: string; name: string | null; number: ContactFacts['phone'] }[];
  occurrences: { code: string; occurrence: number; occurredOn: string }[];
  /** The id of the contract's last revision. */
  lastRevision: string | null;
}

/** FieldChange is one field that an import alters, as it may be shown: people and their numbers are masked. */
export interface FieldChange {
  field: string;
  from: string | number | null;
  to: string | number | null;
}

/** BeforeImport is what has to be known to put a contract back. It holds numbers, and is kept sealed. */
export interface BeforeImport {
  columns: Partial<Snapshot['columns']>;
  numbers: { contactId: string; phone: ContactFacts['phone'] }[];
  addedContacts: string[];
  occurrences: { code: string; occurrence: number }[];
  /** The id of the contract's last revision; later ones are taken back. Null for a contract that the import created. */
  lastRevision: string | null;
}

type Named = Pick<ContractFacts, 'source' | 'reference'>;

/** Names a contract as a file does. */
export const nameOf = ({ source, reference }: Named) => `${source} ${reference}`;

/** ContractSnapshots shows what stands of contracts in the running transaction, before and after an import of them. */
@Injectable()
export class ContractSnapshots {
  constructor(
    private readonly database: Database,
    private readonly reader: ContractReader,
    private readonly rows: PartyRows,
    private readonly planning: PlanningService,
    private readonly settings: SettingsService,
  ) {}

  /** Locks the contracts of one source that are known already, and takes snapshots of them; by name. */
  async lockKnown(all: Named[]): Promise<{ known: Contract[]; before: Map<string, Snapshot> }> {
    const references = all.map((one) => one.reference);
    const known = await this.reader.lockByReference(all[0]?.source ?? '', references);
    return { known, before: await this.snapshotsOf(known) };
  }

  /** Takes snapshots of contracts; by name. The parties of those that were just registered are known, and not read again. */
  async snapshotsOf(
    contracts: Contract[],
    registered = new Map<string, Parties>(),
  ): Promise<Map<string, Snapshot>> {
    const standing = contracts.filter(({ id }) => !registered.has(id)).map(({ id }) => id);
    const altered = contracts
      .filter(({ id, version }) => !registered.has(id) || version > 1)
      .map(({ id }) => id);
    const parties = new Map([...registered, ...(await this.reader.partiesOf(standing))]);
    const occurrences = await this.planning.occurrencesOf(altered);
    const revisions = await this.lastRevisions(standing);
    return new Map(
      await mapInTurns(contracts, (contract): [string, Snapshot] => {
        const { counterparties = [], contacts = [] } = parties.get(contract.id) ?? {};
        const snapshot: Snapshot = {
          columns: columnsOf(contract),
          parties: counterparties.map((party) => ({ id: party.id, name: this.rows.nameOf(party) })),
          contacts: contacts.map((contact) => {
            const e164 = this.rows.numberOf(contact);
            const number = e164 === null ? null : { e164, country: contact.phoneCountry ?? '' };
            return { id: contact.id, name: this.rows.maskedNameOf(contact), number };
          }),
          occurrences: occurrences.get(contract.id) ?? [],
          lastRevision: revisions.get(contract.id) ?? null,
        };
        return [nameOf(contract), snapshot];
      }),
    );
  }

  /**
   * Finds, by name of the contract, the blind index in hexadecimal of every number that is texted by the end of the
   * service clock's day, as things are planned. Brakes and a rehearsal are disregarded, because they end; a former number that is
   * told of the change itself is not counted.
   */
  async numbersDueToday(all: Named[]): Promise<Map<string, Set<string>>> {
    const tomorrow = addDays(await this.settings.today(), 1);
    const until = (await this.settings.calendar()).instantOf(tomorrow, '00:00');
    const due = await this.database.rows<Named & { number: string }>(
      `SELECT c.source, c.reference, encode(a.number_index, 'hex') AS number
       FROM alert a JOIN contract c ON c.id = a.contract_id
       WHERE (c.source, c.reference) IN (SELECT source, reference FROM json_populate_recordset(NULL::contract, $1::json))
         AND a.status = 'planned' AND a.due_at < $2 AND a.number_sealed IS NULL`,
      [JSON.stringify(all.map(({ source, reference }) => ({ source, reference }))), until],
    );
    const numbers = new Map<string, Set<string>>();
    for (const row of due) numbers.set(nameOf(row), (numbers.get(nameOf(row)) ?? new Set()).add(row.number));
    return numbers;
  }

  /** Returns the ids of contracts that have a contact with a number who is informed of nothing, and was of nothing before. */
  async withUninformed(contractIds: string[]): Promise<Set<string>> {
    if (contractIds.length === 0) return new Set();
    const rows = await this.database.rows<{ contractId: string }>(
      `SELECT DISTINCT p.contract_id FROM contact p
       WHERE p.contract_id = ANY($1) AND p.removed_at IS NULL AND p.phone_index IS NOT NULL AND NOT EXISTS (
         SELECT 1 FROM alert a WHERE a.contract_id = p.contract_id AND a.number_index = p.phone_index
           AND a.status IN ('planned', 'held', 'messaged', 'covered'))`,
      [contractIds],
    );
    return new Set(rows.map(({ contractId }) => contractId));
  }

  /** Returns the ids of contracts' alerts, by `contract milestone occurrence contact`. */
  async alertIdsOf(contractIds: string[]): Promise<Map<string, string>> {
    const rows = await this.database.rows<{ id: string; key: string }>(
      `SELECT a.id, concat_ws(' ', a.contract_id, m.code, m.occurrence, a.contact_id) AS key
       FROM alert a JOIN milestone m ON m.id = a.milestone_id WHERE a.contract_id = ANY($1) AND a.reissue = 0`,
      [contractIds],
    );
    return new Map(rows.map((row) => [row.key, row.id]));
  }

  private async lastRevisions(contractIds: string[]): Promise<Map<string, string>> {
    if (contractIds.length === 0) return new Map();
    const rows = await this.database.rows<{ contractId: string; id: string }>(
      `SELECT DISTINCT ON (contract_id) contract_id, id FROM contract_revision
       WHERE contract_id = ANY($1) ORDER BY contract_id, id DESC`,
      [contractIds],
    );
    return new Map(rows.map((row) => [row.contractId, row.id]));
  }
}

function columnsOf(contract: Contract): Snapshot['columns'] {
  const columns = alterableColumns.map((column) => [column, contract[column]]);
  return Object.fromEntries(columns) as Snapshot['columns'];
}

/** Lists what differs between two snapshots, field by field. `before` is null for a new contract. */
export function changesBetween(before: Snapshot | null, after: Snapshot): FieldChange[] {
  const columns = alteredColumns(before, after)
    .filter((field) => before !== null || after.columns[field] !== null)
    .map((field) => ({ field, from: before?.columns[field] ?? null, to: after.columns[field] }));
  const added = (field: string, to: string) => ({ field, from: null, to });
  const parties = addedTo(before?.parties ?? [], after.parties);
  const contacts = addedTo(before?.contacts ?? [], after.contacts);
  const numbers = alteredNumbers(before, after).map(({ was, is }) => ({
    field: 'contact.phone',
    from: maskedOf(was),
    to: maskedOf(is),
  }));
  return [
    ...columns,
    ...parties.map((party) => added('counterparty', party.name)),
    ...contacts.map((one) => added('contact', [one.name, maskedOf(one)].filter(Boolean).join(' '))),
    ...numbers,
    ...addedOccurrences(before, after).map((one) => added(`occurrence.${one.code}`, one.occurredOn)),
  ];
}

/** Returns what puts a contract back. A new one becomes a draft: of it, only recorded occurrences are taken back. */
export function beforeImport(before: Snapshot | null, after: Snapshot): BeforeImport {
  const occurrences = addedOccurrences(before, after).map(({ code, occurrence }) => ({ code, occurrence }));
  if (before === null)
    return { columns: {}, numbers: [], addedContacts: [], occurrences, lastRevision: null };
  return {
    columns: Object.fromEntries(alteredColumns(before, after).map((field) => [field, before.columns[field]])),
    numbers: alteredNumbers(before, after).map(({ was }) => ({ contactId: was.id, phone: was.number })),
    addedContacts: addedTo(before.contacts, after.contacts).map((contact) => contact.id),
    occurrences,
    lastRevision: before.lastRevision,
  };
}

/** Merges several effects of one import on one contract, in the order of the file, into what stood before the first. */
export function merged(all: BeforeImport[]): BeforeImport {
  const added = new Set(all.flatMap((one) => one.addedContacts));
  const numbers = new Map<string, BeforeImport['numbers'][number]>();
  for (const one of [...all].reverse()) {
    for (const number of one.numbers) if (!added.has(number.contactId)) numbers.set(number.contactId, number);
  }
  return {
    columns: Object.assign({}, ...[...all].reverse().map((one) => one.columns)) as BeforeImport['columns'],
    numbers: [...numbers.values()],
    addedContacts: [...added],
    occurrences: all.flatMap((one) => one.occurrences),
    lastRevision: all[0]?.lastRevision ?? null,
  };
}

function alteredColumns(before: Snapshot | null, after: Snapshot) {
  return alterableColumns.filter((field) => (before?.columns[field] ?? null) !== after.columns[field]);
}

function maskedOf({ number }: Snapshot['contacts'][number]): string | null {
  return number && maskPhoneNumber(number.e164);
}

function addedTo<T extends { id: string }>(before: T[], after: T[]): T[] {
  const known = new Set(before.map((one) => one.id));
  return after.filter((one) => !known.has(one.id));
}

function alteredNumbers(before: Snapshot | null, after: Snapshot) {
  return (before?.contacts ?? []).flatMap((was) => {
    const is = after.contacts.find((contact) => contact.id === was.id);
    return is && is.number?.e164 !== was.number?.e164 ? [{ was, is }] : [];
  });
}

function addedOccurrences(before: Snapshot | null, after: Snapshot) {
  const known = new Set(before?.occurrences.map((one) => `${one.code} ${one.occurrence}`));
  return after.occurrences.filter((one) => !known.has(`${one.code} ${one.occurrence}`));
}
