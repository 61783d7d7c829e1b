import type { Contract } from '../../core/contracts/contract.entity.js';
import { Injectable } from '@nestjs/common';
import { ContractChanges } from '../../core/contracts/contract-changes.js';
import { type Move, moved, movesFrom } from '../../core/contracts/lifecycle.js';
import { AppError } from '../../platform/app-error.js';
import { SettingsService } from '../../core/settings/settings.service.js';
import { type ImportedContract, type RowProblem, rowProblem } from './import.types.js';

/** What a source says has happened: signed, ended, occurrences and amendments. */
@Injectable()
export class ImportedStates {
  constructor(
    private readonly changes: ContractChanges,
    private readonly settings: SettingsService,
  ) {}

  async apply(
    contract: Contract,
    stated: ImportedContract,
    actor: string,
  ): Promise<{ altered: boolean; problems: RowProblem[] }> {
    const problems: RowProblem[] = [];
    let altered = false;
    if (contract.state === 'draft' && contract.signedOn !== null) {
      altered = await this.move(contract, 'sign', contract.signedOn, actor);
    }
    const ended = await this.endOf(contract, stated, problems);
    if (ended) altered = (await this.move(contract, ended.move, ended.on, actor)) || altered;
    if (contract.state === 'draft') return { altered, problems };
    for (const amendment of stated.amendments) {
      const version = contract.version;
      await this.changes.recordAmendment(
        contract,
        { amendedOn: amendment.date, note: null, externalId: amendment.id },
        actor,
      );
      altered ||= contract.version !== version;
    }
    for (const occurrence of stated.occurrences) {
      try {
        const known = { ...occurrence, note: null };
        altered = (await this.changes.occurred(contract, known, actor)) || altered;
      } catch (error) {
        if (!(error instanceof AppError)) throw error;
        problems.push(unrecordable(stated, occurrence.code, error));
      }
    }
    return { altered, problems };
  }

  today(): Promise<string> {
    return this.settings.today();
  }

  /** `terminated` may mean a normal end: it is judged by the end date, else by a person. */
  private async endOf(
    contract: Contract,
    stated: ImportedContract,
    problems: RowProblem[],
  ): Promise<{ move: Move; on: string } | null> {
    if (stated.status !== 'cancelled' && stated.status !== 'terminated') return null;
    const today = await this.settings.today();
    if (stated.status === 'cancelled') return { move: 'terminate', on: today };
    if (contract.endsOn !== null && contract.endsOn <= today)
      return { move: 'complete', on: contract.endsOn };
    if (contract.state === 'completed' || contract.state === 'terminated') return null;
    problems.push(
      rowProblem(
        { line: stated.line, field: 'contracts[].status', value: 'terminated' },
        {
          code: 'termination-unclear',
          message: `${stated.reference} is said to be terminated before its end date: that may be a normal end or not.`,
          advice: 'Complete or terminate it by hand; until then its alerts go on.',
        },
        'warning',
      ),
    );
    return null;
  }

  private async move(contract: Contract, move: Move, on: string, actor: string): Promise<boolean> {
    if (!movesFrom(contract.state).includes(move)) return false;
    return this.changes.alter(contract, moved(contract, move, on), {
      what: 'moved',
      params: { move },
      actor,
      reason: 'import',
    });
  }
}

function unrecordable(stated: ImportedContract, code: string, error: AppError): RowProblem {
  return rowProblem(
    { line: stated.line, field: 'implementation', value: code },
    { code: error.code, message: error.message, advice: 'Record it by hand if it matters.' },
    'warning',
  );
}
