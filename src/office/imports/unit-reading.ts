import type { AppError } from '../../platform/app-error.js';
import type { ToImport } from './contract-importer.js';
import type { Effect } from './import-effects.js';
import { type ImportRun, toFacts } from './import-reading.js';
import type { NumberedUnit } from './import-twins.js';
import { importFinding, refusedFinding } from './import-problems.words.js';
import { type ImportedContract, type RowProblem, rowProblem } from './import.types.js';

export interface Placed {
  ordinal: number;
  place: number;
}

export type Ready = ToImport & Placed;

/** A unit as it was read: what can be brought in, and what is refused of it. */
export interface Read {
  ready: Ready[];
  problems: RowProblem[];
  refused: Effect[];
}

export function readUnit(unit: NumberedUnit, run: ImportRun): Read {
  const problems = [...unit.problems];
  if (run.twins?.isIncomplete(unit)) problems.push(twinNotSeen(unit));
  const ready = unit.contracts.flatMap((stated, place) => {
    const read = toFacts(stated, run.finder, run.rules);
    problems.push(...read.problems);
    return read.facts ? [{ stated, facts: read.facts, ordinal: unit.ordinal, place }] : [];
  });
  return { ready, problems, refused: refusedOf(unit, problems) };
}

/** Places from here on are of what was refused, behind the contracts of the unit. */
const firstRefused = 10_000;

/** One for each line with a fault that refuses it. */
export function refusedOf(unit: NumberedUnit, problems: RowProblem[]): Effect[] {
  const lines = [...new Set(problems.filter((problem) => problem.fatal).map((problem) => problem.line))];
  return lines.map((line, i) => ({
    ...emptyEffect({ ordinal: unit.ordinal, place: firstRefused + i }, statedOn(unit, line)),
    line,
  }));
}

function statedOn(unit: NumberedUnit, line: number): ImportedContract | null {
  return unit.contracts.find((contract) => contract.line === line) ?? null;
}

export function emptyEffect({ ordinal, place }: Placed, stated: ImportedContract | null): Effect {
  return {
    ordinal,
    place,
    line: stated?.line ?? 0,
    contractId: null,
    source: null,
    reference: stated?.reference ?? null,
    title: stated?.title ?? null,
    result: 'refused',
    version: null,
    alertsAdded: 0,
    alertsMoved: 0,
    alertsCancelled: 0,
    alertIds: [],
    dueToday: [],
    changes: [],
    before: null,
  };
}

export function refusedUnit(unit: NumberedUnit, error: AppError): RowProblem {
  const [contract] = unit.contracts;
  return rowProblem(
    { line: contract?.line ?? 0, field: error.fields[0]?.path ?? '', value: contract?.reference ?? '' },
    refusedFinding('contract-refused', error),
    'fatal',
  );
}

function twinNotSeen(unit: NumberedUnit): RowProblem {
  return rowProblem(
    { line: unit.contracts[0]?.line ?? 0, field: '', value: unit.contracts[0]?.reference ?? '' },
    importFinding('twin-not-previewed'),
    'information',
  );
}
