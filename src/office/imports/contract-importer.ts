import { type Contract, ContractRevision } from '../../core/contracts/contract.entity.js';
import { Injectable } from '@nestjs/common';
import type { ContractFacts } from '../../core/contracts/contract-facts.js';
import { ContractReader } from '../../core/contracts/contract.reader.js';
import { ContractChanges } from '../../core/contracts/contract-changes.js';
import { RegistrationService } from '../../core/contracts/registration.service.js';
import { AppError } from '../../platform/app-error.js';
import type { ImportRun } from './import-run.js';
import { ImportedStates } from './imported-states.js';
import { type ImportedContract, type RowProblem, rowProblem } from './import.types.js';
import { PartyMerger } from './party-merger.js';
import { Database } from '../../platform/database/database.js';

export type ImportResult = 'created' | 'updated' | 'corrected' | 'unchanged' | 'ignored';

export interface ToImport {
  stated: ImportedContract;
  facts: ContractFacts;
}

interface Outcome {
  result: ImportResult;
  contract: Contract;
  problems: RowProblem[];
  /** Something changed that planning has to look at. */
  replan: boolean;
}

export interface Imported extends Outcome {
  stated: ImportedContract;
}

/** Applies contracts of one source in a transaction: new ones at once, known ones by their revision. */
@Injectable()
export class ContractImporter {
  constructor(
    private readonly database: Database,
    private readonly reader: ContractReader,
    private readonly registration: RegistrationService,
    private readonly changes: ContractChanges,
    private readonly parties: PartyMerger,
    private readonly states: ImportedStates,
  ) {}

  /** Throws when a reference is another department's: whoever may not see a contract does not change it by a file. */
  async apply(
    batch: ToImport[],
    { actor, finder }: Pick<ImportRun, 'actor' | 'finder'>,
  ): Promise<Imported[]> {
    const source = batch[0]?.facts.source ?? '';
    const known = await this.reader.lockByReference(
      source,
      batch.map(({ facts }) => facts.reference),
    );
    const foreign = known.find((contract) => !finder.sees(contract.departmentId));
    if (foreign) throw taken(foreign.reference);
    const byReference = new Map(known.map((contract) => [contract.reference, contract]));
    const fresh = batch.filter(({ facts }) => !byReference.has(facts.reference));
    const made = await this.registration.insert(
      fresh.map(({ facts }) => facts),
      actor,
    );
    const madeByReference = new Map(made.map((contract) => [contract.reference, contract]));
    const results: Imported[] = [];
    for (const one of batch) {
      const created = madeByReference.get(one.facts.reference);
      const existing = byReference.get(one.facts.reference);
      const contract = created ?? existing;
      if (!contract) throw new Error('an imported contract was neither found nor made');
      const outcome: Outcome = created
        ? { result: 'created', contract, problems: [], replan: true }
        : await this.update(contract, one, actor);
      results.push({
        ...(await this.withStates(outcome, one.stated, actor)),
        stated: one.stated,
      });
    }
    return results;
  }

  private async withStates(imported: Outcome, stated: ImportedContract, actor: string): Promise<Outcome> {
    if (imported.result === 'ignored') return imported;
    const { altered, problems } = await this.states.apply(imported.contract, stated, actor);
    return {
      ...imported,
      result: altered && imported.result === 'unchanged' ? 'updated' : imported.result,
      replan: imported.replan || altered,
      problems: [...imported.problems, ...problems],
    };
  }

  /** A newer revision updates; the same with other content is a correction, and shown; an older one is ignored, and reported. */
  private async update(contract: Contract, { stated, facts }: ToImport, actor: string): Promise<Outcome> {
    const revision = stated.revision ?? contract.revision;
    if (revision < contract.revision) {
      return { result: 'ignored', contract, replan: false, problems: [older(stated, contract)] };
    }
    const fingerprint = this.registration.fingerprint({ ...facts, revision });
    const seen = await this.database.rows<{ fingerprint: Buffer }>(
      `SELECT fingerprint FROM contract_revision WHERE contract_id = $1 AND revision = $2 ORDER BY id DESC LIMIT 1`,
      [contract.id, revision],
    );
    if (seen[0]?.fingerprint.equals(fingerprint))
      return { result: 'unchanged', contract, replan: false, problems: [] };
    const correction = revision === contract.revision && stated.revision !== null;
    const amended = await this.applyFacts(contract, { ...facts, revision }, actor);
    const parties = await this.parties.merge(contract, facts.counterparties, actor);
    await this.database.insert(ContractRevision, [
      this.registration.revisionRow(contract, { ...facts, revision }, actor, correction),
    ]);
    if (amended && !correction && stated.revision !== null) {
      const amendment = {
        amendedOn: await this.states.today(),
        note: null,
        externalId: `revision-${revision}`,
      };
      await this.changes.recordAmendment(contract, amendment, actor);
    }
    return {
      result: correction ? 'corrected' : 'updated',
      contract,
      replan: amended || parties,
      problems: correction ? [corrected(stated)] : [],
    };
  }

  private async applyFacts(contract: Contract, facts: ContractFacts, actor: string): Promise<boolean> {
    const {
      counterparties: _parties,
      source: _source,
      reference: _reference,
      kind: _kind,
      ...columns
    } = facts;
    const before = { ...contract };
    await this.changes.alter(contract, withoutForgetting(columns), {
      what: 'imported',
      actor,
      reason: null,
    });
    return (['signedOn', 'startsOn', 'endsOn', 'amount'] as const).some(
      (key) => before[key] !== contract[key],
    );
  }
}

function taken(reference: string): AppError {
  return new AppError(
    'conflict',
    'reference-taken',
    `A contract ${reference} is registered already: change that one, or give this one its own reference.`,
  );
}

/** A file that leaves a cell empty does not take back what is known. */
function withoutForgetting<T extends object>(columns: T): Partial<T> {
  return Object.fromEntries(Object.entries(columns).filter(([, value]) => value !== null)) as Partial<T>;
}

function older(stated: ImportedContract, contract: Contract): RowProblem {
  return rowProblem(
    { line: stated.line, field: '차수', value: String(stated.revision) },
    {
      code: 'revision-older',
      message: `Revision ${stated.revision} of ${stated.reference} is older than revision ${contract.revision}, which is in force.`,
      advice: 'Nothing is to be done, unless the numbering is wrong.',
    },
    'warning',
  );
}

function corrected(stated: ImportedContract): RowProblem {
  return rowProblem(
    { line: stated.line, field: '차수', value: String(stated.revision ?? '') },
    {
      code: 'revision-corrected',
      message: `${stated.reference} came again with the same revision and other content: it was taken as a correction.`,
      advice: 'Look at its history, GET /api/v1/contracts/{id}/changes.',
    },
    'information',
  );
}
