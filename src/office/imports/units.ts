import { Injectable } from '@nestjs/common';
import { FactsRules } from '../../core/contracts/contract-facts.js';
import { SettingsService } from '../../core/settings/settings.service.js';
import { type ImportedContract, rowProblem, type RowProblem, type StatedNames } from './import.types.js';
import { contractsOf, type OcdsRules, type RefusedContract } from './ocds/contracts.js';
import { listAt } from './ocds/json.js';
import { ocdsFinding } from './ocds/ocds.words.js';
import { OcdsProcesses } from './ocds/processes.js';
import { type OcdsBatch, readOcds } from './ocds/releases.js';
import { untoldSuppliers } from './ocds/untold.js';
import { SheetColumns } from './sheet/columns.js';
import { readSheet } from './sheet/reader.js';
import type { ClaimedImport } from './states.js';
import { ImportFiles } from './uploads.js';

/** An ImportUnit goes in as a whole: one contract of a sheet, or all contracts of one contracting process. */
export interface ImportUnit {
  contracts: ImportedContract[];
  /** Contracts of a process that cannot be taken; of a sheet a fatal problem of the row tells. */
  refused?: Pick<RefusedContract, 'line' | 'reference' | 'title'>[];
  problems: RowProblem[];
  /** What a refused contract of a sheet names. */
  names?: StatedNames | undefined;
  /** Keeps what belongs to the unit, in the transaction of its contracts. Returns the unit as it is then, if that is another. */
  keep: (() => Promise<ImportUnit | null>) | null;
}

/** A NumberedUnit is a unit that knows its place in the file, 1 being the first. */
export interface NumberedUnit extends ImportUnit {
  ordinal: number;
}

/** ImportUnits reads stored files of any format into units. */
@Injectable()
export class ImportUnits {
  constructor(
    private readonly files: ImportFiles,
    private readonly columns: SheetColumns,
    private readonly processes: OcdsProcesses,
    private readonly rules: FactsRules,
    private readonly settings: SettingsService,
  ) {}

  /** Reads the units of a file, in the same order at every reading, and counts the bytes in `row.bytesRead`. */
  async *unitsOf(row: ClaimedImport): AsyncGenerator<NumberedUnit> {
    let ordinal = 0;
    row.bytesRead = 0;
    const units = row.format === 'ocds' ? this.ocdsUnits(row) : this.sheetUnits(row);
    for await (const unit of units) {
      ordinal += 1;
      yield { ...unit, ordinal };
    }
  }

  private async *sheetUnits(row: ClaimedImport): AsyncGenerator<ImportUnit> {
    const mapping = await this.columns.mappingOf(row);
    const { currency } = (await this.settings.agency()).value;
    const rules = { ...(await this.rules.readingRules()), currency };
    const outcomes = readSheet(
      row.format === 'xlsx' ? 'xlsx' : 'csv',
      this.files.readClaimed(row),
      rules,
      mapping,
    );
    for await (const { contract, problems, names } of outcomes)
      yield { contracts: contract ? [contract] : [], problems, names, keep: null };
  }

  private async *ocdsUnits(row: ClaimedImport): AsyncGenerator<ImportUnit> {
    const { allowFiction } = await this.rules.readingRules();
    const { kind = null, buyerKinds = {}, awardsAsContracts = false } = row.options;
    const rules = { allowFiction, kinds: { all: kind, buyers: buyerKinds }, awardsAsContracts };
    const without = { processes: 0, awards: 0 };
    for await (const batch of readOcds(this.files.readClaimed(row))) {
      if (batch.ocid === null) {
        yield { contracts: [], problems: batch.problems, keep: null };
        continue;
      }
      const { unit, release } = await this.processUnit({ ...batch, ocid: batch.ocid }, rules);
      if (unit.contracts.length + unit.refused.length === 0) {
        const awards = listAt(release, 'awards');
        without.processes += 1;
        without.awards += awards.filter((award) => listAt(award, 'suppliers').length > 0).length;
      }
      yield unit;
    }
    if (without.processes > 0) {
      const finding = ocdsFinding('processes-without-contracts', without);
      yield { contracts: [], problems: [rowProblem({ line: 1 }, finding, 'information')], keep: null };
    }
  }

  private async processUnit(batch: OcdsBatch & { ocid: string }, rules: OcdsRules) {
    const { ocid, releases, line } = batch;
    const { compiled, late, keep } = await this.processes.mergeIntoKept(ocid, releases);
    const read = contractsOf(compiled, line, rules);
    const leftOut = late.map(({ id }) => {
      const place = { line, field: ocid, value: typeof id === 'string' ? id : '' };
      return rowProblem(place, ocdsFinding('release-late'), 'warning');
    });
    const untold = untoldSuppliers(batch, compiled, read, rules);
    const problems = [...batch.problems, ...leftOut, ...read.problems, ...untold];
    const keepOrReadAgain = async (): Promise<ImportUnit | null> => {
      if (await keep()) return null;
      const { unit } = await this.processUnit(batch, rules);
      await unit.keep();
      return unit;
    };
    return { unit: { ...read, problems, keep: keepOrReadAgain }, release: compiled.release };
  }
}

/** How many units are kept for those that state the same contract again; a unit beyond them gets a note. */
const mostHeld = 10_000;

/**
 * Twins are the contracts that a file states in several units. A preview writes nothing, so that a later unit would not
 * see what an earlier one did: those before it are rehearsed again in front of it.
 */
export class Twins {
  private readonly held = new Map<string, NumberedUnit[]>();
  private readonly incomplete = new Set<string>();
  private count = 0;

  constructor(
    private readonly last: TwinSearch['found'],
    private readonly refused: Set<number>,
  ) {}

  /** Returns what has to be rehearsed in front of these units, in the order of the file. */
  before(units: NumberedUnit[]): NumberedUnit[] {
    const first = units[0]?.ordinal ?? 0;
    const earlier = units
      .flatMap((unit) => keysOf(unit))
      .flatMap((key) => this.held.get(key) ?? [])
      .filter((unit) => unit.ordinal < first && !this.refused.has(unit.ordinal));
    const distinct = new Map(earlier.map((unit) => [unit.ordinal, unit]));
    return [...distinct.values()].sort((a, b) => a.ordinal - b.ordinal);
  }

  hold(units: NumberedUnit[]): void {
    for (const unit of units) {
      for (const key of keysOf(unit)) {
        const last = this.last.get(key);
        if (last === undefined) continue;
        if (last <= unit.ordinal) this.release(key);
        else if (this.count >= mostHeld) this.incomplete.add(key);
        else {
          this.held.set(key, [...(this.held.get(key) ?? []), unit]);
          this.count += 1;
        }
      }
    }
  }

  refuse(ordinal: number): void {
    this.refused.add(ordinal);
  }

  /** Whether an earlier unit of the same contract could not be kept, so that the preview of this one may be wrong. */
  isIncomplete(unit: NumberedUnit): boolean {
    return keysOf(unit).some((key) => this.incomplete.has(key));
  }

  private release(key: string): void {
    this.count -= this.held.get(key)?.length ?? 0;
    this.held.delete(key);
  }
}

/** TwinSearch finds out which contracts a file states more than once, as its units go by. */
export class TwinSearch {
  /** By contract, the last unit that states it; only of contracts that are stated more than once. */
  readonly found = new Map<string, number>();
  private readonly seen = new Set<string>();

  add(unit: NumberedUnit): void {
    for (const key of keysOf(unit)) {
      if (this.seen.has(key)) this.found.set(key, unit.ordinal);
      else this.seen.add(key);
    }
  }
}

function keysOf(unit: ImportUnit): string[] {
  return [...new Set(unit.contracts.map((contract) => `${contract.process ?? ''} ${contract.reference}`))];
}
