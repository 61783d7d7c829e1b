import { Injectable } from '@nestjs/common';
import { ContractChanges } from '../../core/contracts/contract-changes.js';
import { type Contract, ContractRevision } from '../../core/contracts/contract.entity.js';
import type { ContractFacts } from '../../core/contracts/contract-facts.js';
import { ContractReader } from '../../core/contracts/contract.reader.js';
import { contractProblems } from '../../core/contracts/contracts.words.js';
import { type Move, movesFrom, stateAfter } from '../../core/contracts/lifecycle.js';
import { ContractRevisions } from '../../core/contracts/contract-revisions.js';
import { SettingsService } from '../../core/settings/settings.service.js';
import { AppError } from '../../platform/app-error.js';
import { Database } from '../../platform/database/database.js';
import { ImportedParties } from './imported-parties.js';
import type { ImportRun } from './import-reading.js';
import type { EffectResult } from './import.schema.js';
import { importFinding, refusedFinding } from './import-problems.words.js';
import { ocdsFinding } from './ocds.words.js';
import { type ImportedContract, type RowProblem, rowProblem } from './import.types.js';

export interface ToImport {
  stated: ImportedContract;
  facts: ContractFacts;
}

interface Outcome {
  result: Exclude<EffectResult, 'refused'>;
  contract: Contract;
  problems: RowProblem[];
  /** Something changed that planning has to look at. */
  replan: boolean;
}

export interface Imported extends Outcome {
  stated: ImportedContract;
}

/** ImportedStates records what a source states has happened: signing, ends, occurrences and amendments. */
@Injectable()
export class ImportedStates {
  constructor(
    private readonly changes: ContractChanges,
    private readonly settings: SettingsService,
  ) {}

  async applyStates(
    contract: Contract,
    stated: ImportedContract,
    actor: string,
  ): Promise<{ altered: boolean; problems: RowProblem[] }> {
    const problems: RowProblem[] = [];
    const { version } = contract;
    if (contract.state === 'draft' && contract.signedOn !== null)
      await this.move(contract, 'sign', contract.signedOn, actor);
    await this.endContract(contract, stated, actor, problems);
    if (contract.state !== 'draft') {
      for (const { id, date } of stated.amendments) await this.amend(contract, id, actor, date);
      for (const occurrence of stated.occurrences) {
        try {
          await this.changes.recordOccurrence(contract, { ...occurrence, note: null }, actor);
        } catch (error) {
          if (!(error instanceof AppError)) throw error;
          problems.push(unrecordable(stated, occurrence.code, error));
        }
      }
    }
    return { altered: contract.version !== version, problems };
  }

  /** Records an amendment, of the service clock's day if the source names none. */
  async amend(contract: Contract, externalId: string, actor: string, day?: string): Promise<void> {
    const amendedOn = day ?? (await this.settings.today());
    await this.changes.recordAmendment(contract, { amendedOn, note: null, externalId }, actor);
  }

  /** `terminated` may mean a normal end: it is judged by the end date, else left to a person. */
  private async endContract(
    contract: Contract,
    { status, reference, line }: ImportedContract,
    actor: string,
    problems: RowProblem[],
  ): Promise<void> {
    if (status !== 'cancelled' && status !== 'terminated') return;
    const today = await this.settings.today();
    if (status === 'cancelled') await this.move(contract, 'terminate', today, actor);
    else if (contract.endsOn !== null && contract.endsOn <= today)
      await this.move(contract, 'complete', contract.endsOn, actor);
    else if (contract.state !== 'completed' && contract.state !== 'terminated')
      problems.push(unclearTermination(reference, line));
  }

  private async move(contract: Contract, move: Move, on: string, actor: string): Promise<void> {
    if (!movesFrom(contract.state).includes(move)) return;
    await this.changes.alter(contract, stateAfter(contract, move, on), {
      what: 'moved',
      params: { move },
      actor,
      reason: 'import',
    });
  }
}

/** ContractImporter writes contracts in the running transaction: new ones at once, known ones by their revision. */
@Injectable()
export class ContractImporter {
  constructor(
    private readonly database: Database,
    private readonly reader: ContractReader,
    private readonly revisions: ContractRevisions,
    private readonly changes: ContractChanges,
    private readonly parties: ImportedParties,
    private readonly states: ImportedStates,
  ) {}

  /**
   * Imports contracts of one source. Throws when a reference is another department's: whoever may not see a contract does
   * not change it by a file.
   */
  async importContracts(
    batch: ToImport[],
    { actor, finder }: Pick<ImportRun, 'actor' | 'finder'>,
  ): Promise<Imported[]> {
    const references = batch.map(({ facts }) => facts.reference);
    const known = await this.reader.lockByReference(batch[0]?.facts.source ?? '', references);
    const foreign = known.find((contract) => !finder.sees(contract.departmentId));
    if (foreign) throw contractProblems.error('reference-taken', { reference: foreign.reference });
    const byReference = new Map(known.map((contract) => [contract.reference, contract]));
    const unknown = batch.map(({ facts }) => facts).filter(({ reference }) => !byReference.has(reference));
    const created = await this.revisions.registerAll(unknown, actor);
    const createdByReference = new Map(created.map((contract) => [contract.reference, contract]));
    const results: Imported[] = [];
    for (const one of batch) {
      const { stated, facts } = one;
      const contract = createdByReference.get(facts.reference);
      const outcome: Outcome = contract
        ? { result: 'created', contract, problems: [], replan: true }
        : await this.update(byReference.get(facts.reference), one, actor);
      results.push({ ...(await this.withStates(outcome, stated, actor)), stated });
    }
    return results;
  }

  private async withStates(imported: Outcome, stated: ImportedContract, actor: string): Promise<Outcome> {
    if (imported.result === 'ignored') return imported;
    const { altered, problems } = await this.states.applyStates(imported.contract, stated, actor);
    return {
      ...imported,
      result: altered && imported.result === 'unchanged' ? 'updated' : imported.result,
      replan: imported.replan || altered,
      problems: [...imported.problems, ...problems],
    };
  }

  /** A newer revision updates; the same with other content is a correction, and shown; an older one is ignored, and reported. */
  private async update(
    contract: Contract | undefined,
    { stated, facts: unrevised }: ToImport,
    actor: string,
  ): Promise<Outcome> {
    if (!contract) throw new Error('an imported contract was neither found nor created');
    const revision = stated.revision ?? contract.revision;
    if (revision < contract.revision)
      return { result: 'ignored', contract, replan: false, problems: [older(stated, contract)] };
    const facts = { ...unrevised, revision };
    if (await this.isKnown(contract, facts))
      return { result: 'unchanged', contract, replan: false, problems: [] };
    const correction = revision === contract.revision && stated.revision !== null;
    const amended = await this.applyFacts(contract, facts, actor);
    const merged = await this.parties.mergeParties(contract, facts.counterparties, actor);
    await this.database.insert(ContractRevision, [
      this.revisions.revisionRow(contract, facts, actor, correction),
    ]);
    if (amended && !correction && stated.revision !== null)
      await this.states.amend(contract, `revision-${revision}`, actor);
    return {
      result: correction ? 'corrected' : 'updated',
      contract,
      replan: amended || merged,
      problems: correction ? [corrected(stated)] : [],
    };
  }

  private async isKnown(contract: Contract, facts: ContractFacts): Promise<boolean> {
    const last = await this.database.repository(ContractRevision).findOne({
      where: { contractId: contract.id, revision: facts.revision },
      order: { id: 'DESC' },
    });
    return last?.fingerprint.equals(this.revisions.fingerprintOf(facts)) ?? false;
  }

  /** True when something changed that dates milestones or amendments. */
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

/** A file that leaves a cell empty does not take back what is known. */
function withoutForgetting<T extends object>(columns: T): Partial<T> {
  return Object.fromEntries(Object.entries(columns).filter(([, value]) => value !== null)) as Partial<T>;
}

function older(stated: ImportedContract, contract: Contract): RowProblem {
  return rowProblem(
    { line: stated.line, field: '차수', value: String(stated.revision) },
    importFinding('revision-older', {
      stated: String(stated.revision),
      reference: stated.reference,
      known: contract.revision,
    }),
    'warning',
  );
}

function corrected(stated: ImportedContract): RowProblem {
  return rowProblem(
    { line: stated.line, field: '차수', value: String(stated.revision ?? '') },
    importFinding('revision-corrected', {
      reference: stated.reference,
      history: 'GET /api/v1/contracts/{id}/changes',
    }),
    'information',
  );
}

function unclearTermination(reference: string, line: number): RowProblem {
  return rowProblem(
    { line, field: 'contracts[].status', value: 'terminated' },
    ocdsFinding('termination-unclear', { reference }),
    'warning',
  );
}

function unrecordable(stated: ImportedContract, code: string, error: AppError): RowProblem {
  return rowProblem(
    { line: stated.line, field: 'implementation', value: code },
    refusedFinding('occurrence-refused', error),
    'warning',
  );
}
