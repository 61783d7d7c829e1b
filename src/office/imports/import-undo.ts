import { Injectable } from '@nestjs/common';
import { actorOf, type Caller } from '../../core/access/roles.js';
import { ContractReader } from '../../core/contracts/contract.reader.js';
import { AppError, type FieldProblem } from '../../platform/app-error.js';
import { Journal } from '../../core/proof/journal.service.js';
import { ContractRestorer } from './contract-restorer.js';
import { ImportAccess } from './import-access.js';
import { ImportRuns } from './import-runs.js';
import { notNow } from './import-decisions.js';
import { type ImportRow, undoDays, viewOf } from './import-view.js';
import type { ImportView, UndoCounts } from './import.schema.js';
import { Database } from '../../platform/database/database.js';

interface Touched {
  contractId: string;
  reference: string;
  created: boolean;
  /** Of the contract, when the import had done with it. */
  version: number;
}

const batchContracts = 200;
const mostListed = 100;

/**
 * Takes an import back as a whole, or not at all: only while nothing of it was sent, and nothing was changed since.
 * What it created becomes a draft and stays to be seen, so that undoing cannot make a contract vanish.
 */
@Injectable()
export class ImportUndo {
  constructor(
    private readonly database: Database,
    private readonly access: ImportAccess,
    private readonly runs: ImportRuns,
    private readonly reader: ContractReader,
    private readonly restorer: ContractRestorer,
    private readonly journal: Journal,
  ) {}

  async undo(caller: Caller, id: string, { reason }: { reason: string }): Promise<ImportView> {
    const row = await this.access.mustDecide(caller, id);
    const actor = actorOf(caller);
    await this.database.inTransaction(async () => {
      await this.begin(caller, row);
      const touched = await this.touchedBy(id);
      await this.mustBeUntouched(caller, id, touched);
      const counts: UndoCounts = { toDraft: 0, restored: 0, alertsCancelled: 0 };
      for (const part of inParts(touched)) {
        const undone = await this.restorer.restore({ importId: id, actor, reason }, part);
        counts.alertsCancelled += undone.alertsCancelled;
      }
      counts.toDraft = touched.filter((one) => one.created).length;
      counts.restored = touched.length - counts.toDraft;
      await this.end(row, { actor, reason, counts });
    });
    return viewOf(await this.access.mustSee(caller, id));
  }

  private async begin(caller: Caller, row: ImportRow): Promise<void> {
    if (!(await this.runs.decide(row.id, ['completed', 'failed'], 'undone', caller)))
      throw notNow(row, 'undone');
    const [still] = await this.database.rows(
      `SELECT 1 FROM import WHERE id = $1 AND settled_at IS NULL
         AND finished_at > clock_timestamp() - $2 * interval '1 day'`,
      [row.id, undoDays],
    );
    if (still) return;
    throw new AppError(
      'conflict',
      'undo-time-over',
      `An import can be undone for ${undoDays} days and while nothing of it was sent; what it was before is no longer kept.`,
    );
  }

  private async touchedBy(id: string): Promise<Touched[]> {
    const touched = await this.database.rows<Touched>(
      `SELECT contract_id, max(reference) AS reference, bool_or(result = 'created') AS created,
              (array_agg(version ORDER BY ordinal DESC, place DESC))[1] AS version
       FROM import_effect
       WHERE import_id = $1 AND applied AND result IN ('created', 'updated', 'corrected')
       GROUP BY contract_id ORDER BY contract_id`,
      [id],
    );
    if (touched.length > 0) return touched;
    throw new AppError(
      'conflict',
      'nothing-to-undo',
      'This import changed nothing, or was made before undoing was possible.',
    );
  }

  /**
   * Locks contracts and alerts, so that what is true now stays true; throws with the contracts that stand in the way. When
   * one of them is another department's, the import is not the caller's to undo.
   */
  private async mustBeUntouched(caller: Caller, id: string, touched: Touched[]): Promise<void> {
    const problems: FieldProblem[] = [];
    for (const part of inParts(touched)) {
      const ids = part.map((one) => one.contractId);
      const contracts = await this.reader.lock(ids);
      await this.access.mustReach(caller, contracts);
      const versions = new Map(contracts.map((contract) => [contract.id, contract.version]));
      const sent = await this.sentOf(id, ids);
      for (const { contractId, reference, version } of part) {
        if (sent.has(contractId)) problems.push(inTheWay(reference, 'sent'));
        else if (versions.get(contractId) !== version) problems.push(inTheWay(reference, 'changed'));
      }
    }
    if (problems.length === 0) return;
    throw new AppError(
      'conflict',
      'import-not-undoable',
      `${problems.length} of ${touched.length} contracts stand in the way, and nothing was undone: texts were sent because of the import, or somebody changed them since.`,
      problems.slice(0, mostListed),
    );
  }

  /**
   * Contracts that somebody was, or is just being, texted about because of it: any alert of a contract it created,
   * and of the others those that it added or moved. A claim under way is waited for, and a later one skips the rows.
   */
  private async sentOf(id: string, contractIds: string[]): Promise<Set<string>> {
    await this.database.run(`SELECT 1 FROM alert WHERE contract_id = ANY($1) ORDER BY id FOR UPDATE`, [
      contractIds,
    ]);
    const rows = await this.database.rows<{ contractId: string }>(
      `SELECT DISTINCT a.contract_id FROM alert a JOIN import_effect e ON e.contract_id = a.contract_id
       WHERE a.contract_id = ANY($2) AND e.import_id = $1 AND e.applied AND a.status IN ('claimed', 'messaged')
         AND (e.result = 'created' OR a.id = ANY(e.alert_ids))`,
      [id, contractIds],
    );
    return new Set(rows.map((row) => row.contractId));
  }

  private async end(
    row: ImportRow,
    by: { actor: string; reason: string; counts: UndoCounts },
  ): Promise<void> {
    await this.database.run(
      `UPDATE import SET undone_at = clock_timestamp(), undone_by = $2, undo_reason = $3, undo_counts = $4,
              settled_at = clock_timestamp() WHERE id = $1`,
      [row.id, by.actor, by.reason, JSON.stringify(by.counts)],
    );
    await this.database.run(
      `UPDATE import_effect SET undo_sealed = NULL, alert_ids = '{}', due_today = '{}' WHERE import_id = $1`,
      [row.id],
    );
    await this.journal.record({
      subject: 'import',
      subjectId: row.id,
      what: 'import-undone',
      before: { status: row.status },
      after: { fileName: row.fileName, ...by.counts },
      actor: by.actor,
      reason: by.reason,
    });
  }
}

function inTheWay(reference: string, why: 'sent' | 'changed'): FieldProblem {
  return why === 'sent'
    ? { path: reference, code: 'already-sent', message: 'Somebody was texted because of the import.' }
    : { path: reference, code: 'changed-since', message: 'It was changed after the import.' };
}

function inParts<T>(all: T[]): T[][] {
  return Array.from({ length: Math.ceil(all.length / batchContracts) }, (_, n) =>
    all.slice(n * batchContracts, (n + 1) * batchContracts),
  );
}
