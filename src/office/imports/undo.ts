import { Injectable } from '@nestjs/common';
import { actorOf, type Caller } from '../../core/access/roles.js';
import { ContractChanges } from '../../core/contracts/contract-changes.js';
import { type Contract, ContractRevision } from '../../core/contracts/contract.entity.js';
import { ContractViewer } from '../../core/contracts/contract.view.js';
import { ContractReader } from '../../core/contracts/contract.reader.js';
import { PlanningService } from '../../core/planning/planning.service.js';
import type { LossShown } from '../../core/proposals/proposal.schema.js';
import { type Act, Proposals, secondPersons } from '../../core/proposals/proposals.service.js';
import { type ChangeEntry, Journal } from '../../core/proof/journal.service.js';
import { mapInTurns } from '../../platform/breathe.js';
import { Database } from '../../platform/database/database.js';
import { newId } from '../../platform/ids.js';
import { ImportedParties } from './contract-importer.js';
import { ImportEffects, type TouchedContract } from './effects.js';
import type { ImportView, UndoBody } from './import.schema.js';
import { ImportsService } from './imports.service.js';
import { importProblems } from './imports.words.js';
import type { BeforeImport } from './snapshots.js';
import { ImportStates } from './states.js';

const batchContracts = 200;
/** Names the act that a proposal to undo an import is of. */
export const undoAct = 'undoImport';
const mostListed = 100;

/** Undoing is the import that is undone, who undoes it, and why. */
interface Undoing {
  importId: string;
  by: { actor: string; reason: string };
  /** The second person who has approved it; null while nobody has. */
  approvedBy: string | null;
}

/** Restored is what putting contracts back came to. */
interface Restored {
  alertsCancelled: number;
  lost: LossShown[];
}

interface RestoredContract {
  contract: Contract;
  created: boolean;
  before: BeforeImport | undefined;
}

/** ContractRestorer puts contracts back to what they were before an import, with a change for each; the caller locks them. */
@Injectable()
export class ContractRestorer {
  constructor(
    private readonly database: Database,
    private readonly changes: ContractChanges,
    private readonly parties: ImportedParties,
    private readonly planning: PlanningService,
    private readonly journal: Journal,
    private readonly viewer: ContractViewer,
  ) {}

  /** Returns the number of alerts that were cancelled, and the texts that are lost. */
  async restoreContracts(undoing: Undoing, contracts: RestoredContract[]): Promise<Restored> {
    const entries: ChangeEntry[] = [];
    for (const { contract, created, before } of contracts) {
      if (!before) throw new Error('what a contract was before an import is no longer known');
      const { version } = contract;
      if (created) await this.toDraft(contract, undoing);
      else await this.putBack(contract, before, undoing);
      for (const occurrence of before.occurrences)
        await this.planning.takeBack(await this.changes.knownBy('file', contract), occurrence);
      // Whoever read the contract before has to read it again, also when only an occurrence was taken back.
      if (contract.version === version) await this.changes.countVersion(contract);
      entries.push(undoneEntry(contract, created, undoing));
    }
    await this.journal.record(...entries);
    const differences = await this.changes.replan(
      contracts.map(({ contract }) => contract),
      { ...undoing.by, approvedBy: undoing.approvedBy },
    );
    const shown = await mapInTurns([...differences.values()], (one) => this.viewer.differenceOf(one));
    return {
      alertsCancelled: shown.flatMap(({ cancelled }) => cancelled).length,
      lost: shown.flatMap(({ lost }) => lost),
    };
  }

  /** A draft plans nothing, and can be seen: what the file stated of it stays. */
  private async toDraft(contract: Contract, { by }: Undoing): Promise<void> {
    const draft = { state: 'draft' as const, resumesTo: null, completedOn: null, terminatedOn: null };
    await this.changes.alter(contract, draft, { what: 'restored', ...by });
  }

  private async putBack(contract: Contract, before: BeforeImport, undoing: Undoing): Promise<void> {
    const { by } = undoing;
    await this.changes.alter(contract, before.columns as Partial<Contract>, { what: 'restored', ...by });
    await this.parties.restoreParties(contract, before, by.actor, `import undone: ${by.reason}`);
    await this.takeBackRevisions(contract.id, before.lastRevision, undoing);
  }

  /**
   * Repeats what was stated before an import. Revisions are never rewritten, and without the repetition the same file,
   * uploaded again, would be taken for known.
   */
  private async takeBackRevisions(
    contractId: string,
    lastBefore: string | null,
    { importId, by }: Undoing,
  ): Promise<void> {
    const stated = await this.database.rows<Pick<ContractRevision, 'revision'>>(
      `SELECT DISTINCT revision FROM contract_revision WHERE contract_id = $1 AND ($2::uuid IS NULL OR id > $2)
       ORDER BY revision`,
      [contractId, lastBefore],
    );
    for (const { revision } of stated) {
      await this.database.run(
        `INSERT INTO contract_revision (id, contract_id, revision, fingerprint, content, correction, actor)
         SELECT $1, $2, $3, coalesce(before.fingerprint, ''::bytea), coalesce(before.content, $4::jsonb), true, $5
         FROM (SELECT 1) one LEFT JOIN LATERAL (
           SELECT fingerprint, content FROM contract_revision
           WHERE contract_id = $2 AND revision = $3 AND id <= $6 ORDER BY id DESC LIMIT 1
         ) before ON true`,
        [newId(), contractId, revision, JSON.stringify({ undone: importId }), by.actor, lastBefore],
      );
    }
  }
}

/**
 * ImportUndo takes an import back as a whole, or not at all: only while nothing was sent because of it, and nothing was
 * changed since. What it created becomes a draft and stays to be seen, so that undoing cannot make a contract vanish.
 */
@Injectable()
export class ImportUndo {
  constructor(
    private readonly imports: ImportsService,
    private readonly states: ImportStates,
    private readonly effects: ImportEffects,
    private readonly reader: ContractReader,
    private readonly restorer: ContractRestorer,
    private readonly proposals: Proposals,
  ) {
    proposals.performs(undoAct, async ({ caller, approvedBy }, { args }) => {
      const [id, reason] = args as [string, string];
      return (await this.undo(caller, id, reason, approvedBy)).lost;
    });
  }

  /** Undoes an import. Where that keeps somebody from being told it waits for a second person, and the import is shown as it is. */
  async undoImport(caller: Caller, id: string, { reason }: UndoBody): Promise<ImportView> {
    const act: Act = { name: undoAct, args: [id, reason], contractId: null, reason, deciders: secondPersons };
    const { result, proposalId } = await this.proposals.doOrPropose(
      caller,
      act,
      ({ lost }) => lost,
      () => this.undo(caller, id, reason, null),
    );
    if (proposalId === null) return result.view;
    return { ...(await this.imports.importOf(caller, id)), proposal: { id: proposalId } };
  }

  private async undo(caller: Caller, id: string, reason: string, approvedBy: string | null) {
    const undoing = { importId: id, by: { actor: actorOf(caller), reason }, approvedBy };
    const lost: LossShown[] = [];
    const view = await this.imports.decideOn(caller, id, async (row) => {
      await this.states.startUndoing(row, caller, undoing.by);
      const touched = await this.effects.touchedBy(id);
      if (touched.length === 0) throw importProblems.error('nothing-to-undo');
      await this.requireUntouched(caller, id, touched);
      let alertsCancelled = 0;
      for (const part of inParts(touched)) {
        const restored = await this.restorePart(undoing, part);
        alertsCancelled += restored.alertsCancelled;
        lost.push(...restored.lost);
      }
      const toDraft = touched.filter((one) => one.created).length;
      const counts = { toDraft, restored: touched.length - toDraft, alertsCancelled };
      await this.states.finishUndoing(row, counts);
      await this.effects.forgetBefore(id);
      const after = { fileName: row.fileName, ...counts };
      await this.imports.record(caller, row, { what: 'import-undone', after, reason });
    });
    return { view, lost };
  }

  /**
   * Locks contracts and alerts, so that what is true now stays true. Throws with the contracts that stand in the way;
   * where one is another department's, the import is not the caller's to undo.
   */
  private async requireUntouched(caller: Caller, id: string, touched: TouchedContract[]): Promise<void> {
    const fields = [];
    for (const part of inParts(touched)) {
      const ids = part.map((one) => one.contractId);
      const contracts = await this.reader.lockContracts(ids);
      await this.imports.requireReach(caller, contracts);
      const versions = new Map(contracts.map((contract) => [contract.id, contract.version]));
      const sent = await this.effects.sentBecauseOf(id, ids);
      for (const { contractId, reference, version } of part) {
        if (sent.has(contractId)) fields.push(importProblems.field(reference, 'already-sent'));
        else if (versions.get(contractId) !== version)
          fields.push(importProblems.field(reference, 'changed-since'));
      }
    }
    if (fields.length === 0) return;
    const figures = { count: fields.length, total: touched.length };
    throw importProblems.error('import-not-undoable', figures, { fields: fields.slice(0, mostListed) });
  }

  private async restorePart(undoing: Undoing, part: TouchedContract[]): Promise<Restored> {
    const ids = part.map((one) => one.contractId);
    const before = await this.effects.beforeImport(undoing.importId, ids);
    const created = new Set(part.filter((one) => one.created).map((one) => one.contractId));
    const contracts = await this.reader.lockContracts(ids);
    return this.restorer.restoreContracts(
      undoing,
      contracts.map((contract) => ({
        contract,
        created: created.has(contract.id),
        before: before.get(contract.id),
      })),
    );
  }
}

function undoneEntry(contract: Contract, created: boolean, { importId, by }: Undoing): ChangeEntry {
  return {
    subject: 'contract',
    subjectId: contract.id,
    contractId: contract.id,
    what: 'import-undone',
    before: { importId },
    after: { state: contract.state, version: contract.version, createdByImport: created },
    ...by,
  };
}

function inParts<T>(all: T[]): T[][] {
  return Array.from({ length: Math.ceil(all.length / batchContracts) }, (_, n) =>
    all.slice(n * batchContracts, (n + 1) * batchContracts),
  );
}
