import type { Contract } from '../../core/contracts/contract.entity.js';
import { Injectable } from '@nestjs/common';
import { ContactsService } from '../../core/contracts/contacts.service.js';
import { ContractChanges } from '../../core/contracts/contract-changes.js';
import { ContractReader } from '../../core/contracts/contract.reader.js';
import { PartyRows } from '../../core/contracts/party-rows.js';
import { Replanning } from '../../core/contracts/replanning.js';
import { PlanningService } from '../../core/planning/planning.service.js';
import { newId } from '../../platform/ids.js';
import { type ChangeEntry, Journal } from '../../core/proof/journal.service.js';
import { type BeforeImport, merged } from './import-differences.js';
import { ImportEffects } from './import-effects.js';
import { Database } from '../../platform/database/database.js';

interface Undoing {
  importId: string;
  actor: string;
  reason: string;
}

/** Puts contracts back to what they were before an import, each change said; the caller holds their locks. */
@Injectable()
export class ContractRestorer {
  constructor(
    private readonly database: Database,
    private readonly reader: ContractReader,
    private readonly changes: ContractChanges,
    private readonly contacts: ContactsService,
    private readonly rows: PartyRows,
    private readonly planning: PlanningService,
    private readonly replanning: Replanning,
    private readonly effects: ImportEffects,
    private readonly journal: Journal,
  ) {}

  async restore(
    by: Undoing,
    touched: { contractId: string; created: boolean }[],
  ): Promise<{ alertsCancelled: number }> {
    const ids = touched.map((one) => one.contractId);
    const contracts = await this.reader.lock(ids);
    const before = await this.beforeOf(by.importId, ids);
    const said: ChangeEntry[] = [];
    for (const contract of contracts) {
      const facts = before.get(contract.id);
      const created = touched.some((one) => one.contractId === contract.id && one.created);
      if (!facts) throw new Error('what a contract was before an import is no longer known');
      const version = contract.version;
      if (created) await this.toDraft(contract, by);
      else await this.putBack(contract, facts, by);
      await this.planning.takeBack(contract.id, facts.occurrences);
      // Whoever read the contract before has to read it again, also when only an occurrence was taken back.
      if (contract.version === version) await this.changes.bump(contract);
      said.push(undoneEntry(contract, created, by));
    }
    await this.journal.record(...said);
    const differences = await this.replanning.replanMany(contracts);
    return { alertsCancelled: [...differences.values()].flatMap((one) => one.cancelled).length };
  }

  /** A draft plans nothing, and can be seen: what the file stated of it stays. */
  private async toDraft(contract: Contract, by: Undoing): Promise<void> {
    const draft = { state: 'draft' as const, resumesTo: null, completedOn: null, terminatedOn: null };
    await this.changes.alter(contract, draft, {
      what: 'restored',
      actor: by.actor,
      reason: by.reason,
    });
  }

  private async putBack(contract: Contract, facts: BeforeImport, by: Undoing): Promise<void> {
    const reason = `import undone: ${by.reason}`;
    await this.changes.alter(contract, facts.columns as Partial<Contract>, {
      what: 'restored',
      actor: by.actor,
      reason: by.reason,
    });
    const contacts = (await this.reader.partiesOf([contract.id])).get(contract.id)?.contacts ?? [];
    for (const contact of contacts) {
      const number = facts.numbers.find((one) => one.contactId === contact.id);
      if (number) {
        const wanted = this.rows.phone(contact.id, number.phone);
        await this.contacts.updateContact(contract, contact, wanted, by.actor, reason);
      }
      if (facts.addedContacts.includes(contact.id) && contact.removedAt === null)
        await this.contacts.withdrawContact(contract, contact, by.actor, reason);
    }
    await takeBackRevisions(this.database, contract.id, facts.lastRevision, by);
  }

  private async beforeOf(importId: string, contractIds: string[]): Promise<Map<string, BeforeImport>> {
    const rows = await this.database.rows<{ id: string; contractId: string; sealed: Buffer }>(
      `SELECT id, contract_id, undo_sealed AS sealed FROM import_effect
       WHERE import_id = $1 AND contract_id = ANY($2) AND applied AND undo_sealed IS NOT NULL
       ORDER BY ordinal, place`,
      [importId, contractIds],
    );
    const facts = new Map<string, BeforeImport[]>();
    for (const row of rows)
      facts.set(row.contractId, [...(facts.get(row.contractId) ?? []), this.effects.openBefore(row)]);
    return new Map([...facts].map(([id, all]) => [id, merged(all)]));
  }
}

function undoneEntry(
  contract: Contract,
  created: boolean,
  { importId, actor, reason }: Undoing,
): ChangeEntry {
  return {
    subject: 'contract',
    subjectId: contract.id,
    contractId: contract.id,
    what: 'import-undone',
    before: { importId },
    after: { state: contract.state, version: contract.version, createdByImport: created },
    actor,
    reason,
  };
}

/**
 * Revisions are never rewritten: what was stated before an import is stated again, so that the same file brought
 * again is not taken for known.
 */
async function takeBackRevisions(
  database: Database,
  contractId: string,
  lastBefore: string | null,
  { importId, actor }: Undoing,
): Promise<void> {
  const stated = await database.rows<{ revision: number }>(
    `SELECT DISTINCT revision FROM contract_revision WHERE contract_id = $1 AND ($2::uuid IS NULL OR id > $2)
     ORDER BY revision`,
    [contractId, lastBefore],
  );
  for (const { revision } of stated) {
    await database.run(
      `INSERT INTO contract_revision (id, contract_id, revision, fingerprint, content, correction, actor)
       SELECT $1, $2, $3, coalesce(before.fingerprint, ''::bytea), coalesce(before.content, $4::jsonb), true, $5
       FROM (SELECT 1) one LEFT JOIN LATERAL (
         SELECT fingerprint, content FROM contract_revision
         WHERE contract_id = $2 AND revision = $3 AND id <= $6 ORDER BY id DESC LIMIT 1
       ) before ON true`,
      [newId(), contractId, revision, JSON.stringify({ undone: importId }), actor, lastBefore],
    );
  }
}
