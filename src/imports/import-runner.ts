import { Injectable, Logger } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import type { Caller } from '../access/roles.js';
import { Replanning } from '../contracts/replanning.js';
import { AppError } from '../platform/app-error.js';
import { insertRows } from '../platform/database/rows.js';
import { Transactions } from '../platform/database/transactions.js';
import { newId } from '../platform/ids.js';
import { ContractImporter, type Imported } from './contract-importer.js';
import { type DepartmentFinder, ImportDirectory } from './import-directory.js';
import { toFacts } from './import-facts.js';
import type { ImportCounts } from './import.schema.js';
import type { ImportUnit } from './import-source.js';
import { type RowProblem, rowProblem } from './import.types.js';
import type { ReadingRules } from '../contracts/contract-facts.js';

export interface ImportRun {
  importId: string;
  caller: Caller;
  actor: string;
  departmentId: string | null;
}

/** Runs in the batch's transaction, so that progress and contracts commit together. */
export type AfterBatch = (manager: EntityManager, counts: ImportCounts, units: number) => Promise<void>;

/** Brings a batch of units in, in one transaction; what cannot be taken is reported, and the others go in. */
@Injectable()
export class ImportRunner {
  private readonly logger = new Logger(ImportRunner.name);

  constructor(
    private readonly transactions: Transactions,
    private readonly importer: ContractImporter,
    private readonly replanning: Replanning,
    private readonly directory: ImportDirectory,
  ) {}

  finderFor(run: ImportRun): Promise<DepartmentFinder> {
    return this.directory.finderFor(run.caller, run.departmentId);
  }

  async apply(
    run: ImportRun,
    units: ImportUnit[],
    finder: DepartmentFinder,
    rules: ReadingRules,
    after: AfterBatch,
  ): Promise<void> {
    try {
      await this.transactions.run((manager) => this.applyIn(manager, run, units, finder, rules, after));
    } catch (error) {
      if (units.length > 1) {
        // One of them stands in the way of the others: each goes alone.
        for (const unit of units) await this.apply(run, [unit], finder, rules, after);
        return;
      }
      if (!(error instanceof AppError)) throw error;
      await this.refuse(run, units, error, after);
    }
  }

  private async applyIn(
    manager: EntityManager,
    run: ImportRun,
    units: ImportUnit[],
    finder: DepartmentFinder,
    rules: ReadingRules,
    after: AfterBatch,
  ): Promise<void> {
    const problems = units.flatMap((unit) => unit.problems);
    const ready = units
      .flatMap((unit) => unit.contracts)
      .flatMap((stated) => {
        const read = toFacts(stated, finder, rules);
        problems.push(...read.problems);
        return read.facts ? [{ stated, facts: read.facts }] : [];
      });
    const imported: Imported[] = [];
    for (const part of withoutTwins(ready))
      imported.push(...(await this.importer.apply(manager, part, run.actor)));
    problems.push(...imported.flatMap((one) => one.problems));
    const changed = imported.filter((one) => one.replan).map((one) => one.contract);
    const distinct = [...new Map(changed.map((contract) => [contract.id, contract])).values()];
    const differences = await this.replanning.replanMany(manager, distinct);
    for (const unit of units) await unit.keep?.(manager);
    await storeProblems(manager, run.importId, problems);
    await after(manager, countsOf(units, imported, problems, [...differences.values()]), units.length);
  }

  private async refuse(
    run: ImportRun,
    units: ImportUnit[],
    error: AppError,
    after: AfterBatch,
  ): Promise<void> {
    const [contract] = units.flatMap((unit) => unit.contracts);
    this.logger.debug({ code: error.code }, 'a row was refused');
    const problem = rowProblem(
      { line: contract?.line ?? 0, field: error.fields[0]?.path ?? '', value: contract?.reference ?? '' },
      { code: error.code, message: error.message, advice: 'Mend the row and bring it again.' },
      'fatal',
    );
    const problems = [...units.flatMap((unit) => unit.problems), problem];
    await this.transactions.run(async (manager) => {
      await storeProblems(manager, run.importId, problems);
      await after(manager, countsOf(units, [], problems, []), units.length);
    });
  }
}

/** The same contract twice in a batch (two revisions of it): one after the other. */
function withoutTwins<T extends { facts: { source: string; reference: string } }>(batch: T[]): T[][] {
  const parts: T[][] = [];
  for (const one of batch) {
    const key = (other: T) => `${other.facts.source} ${other.facts.reference}`;
    const part = parts.find(
      (p) => p[0]?.facts.source === one.facts.source && !p.some((other) => key(other) === key(one)),
    );
    if (part && parts.indexOf(part) === parts.length - 1) part.push(one);
    else parts.push([one]);
  }
  return parts;
}

async function storeProblems(
  manager: EntityManager,
  importId: string,
  problems: RowProblem[],
): Promise<void> {
  await insertRows(
    manager,
    'import_problem',
    problems.map(({ line, field, value, code, message, advice, fatal }) => ({
      id: newId(),
      import_id: importId,
      line,
      field,
      value,
      code,
      message,
      advice,
      fatal,
    })),
  );
}

function countsOf(
  units: ImportUnit[],
  imported: Imported[],
  problems: RowProblem[],
  differences: { added: { to: { status: string } }[] }[],
): ImportCounts {
  const results = (result: Imported['result']) => imported.filter((one) => one.result === result).length;
  const stated = units.flatMap((unit) => unit.contracts);
  return {
    contracts: imported.length,
    created: results('created'),
    updated: results('updated'),
    corrected: results('corrected'),
    unchanged: results('unchanged'),
    ignored: results('ignored'),
    refused: problems.filter((problem) => problem.fatal).length,
    contactsWithoutNumber: stated
      .flatMap((contract) => contract.counterparties)
      .flatMap((party) => party.contacts)
      .filter((contact) => contact.phone === null).length,
    alertsPlanned: differences.flatMap((d) => d.added).filter((change) => change.to.status === 'planned')
      .length,
  };
}
