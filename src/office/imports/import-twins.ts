import type { ImportUnit } from './import-source.js';

/** A unit with its place in the file, 1 being the first. */
export interface NumberedUnit extends ImportUnit {
  ordinal: number;
}

/** Units that are kept for those that state the same contract again; what is beyond is said. */
const mostHeld = 10_000;

/**
 * Contracts that a file states in several units. A preview writes nothing, so that a later unit would not see what
 * an earlier one did: those before it are rehearsed again in front of it.
 */
export class Twins {
  private readonly held = new Map<string, NumberedUnit[]>();
  private readonly incomplete = new Set<string>();
  private count = 0;

  /** `last`: by contract, the last unit that states it; only of contracts that are stated more than once. */
  constructor(
    private readonly last: ReadonlyMap<string, number>,
    private readonly refused: Set<number>,
  ) {}

  /** What has to be rehearsed in front of these units, in the order of the file. */
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

  /** An earlier unit of the same contract could not be kept: what is said of this one may differ. */
  isIncomplete(unit: NumberedUnit): boolean {
    return keysOf(unit).some((key) => this.incomplete.has(key));
  }

  private release(key: string): void {
    this.count -= this.held.get(key)?.length ?? 0;
    this.held.delete(key);
  }
}

/** Finds out which contracts a file states more than once, as its units go by. */
export class TwinSearch {
  private readonly seen = new Map<string, number>();
  private readonly last = new Map<string, number>();

  add(unit: NumberedUnit): void {
    for (const key of keysOf(unit)) {
      if (this.seen.has(key)) this.last.set(key, unit.ordinal);
      else this.seen.set(key, unit.ordinal);
    }
  }

  get found(): ReadonlyMap<string, number> {
    return this.last;
  }
}

function keysOf(unit: ImportUnit): string[] {
  return [...new Set(unit.contracts.map((contract) => `${contract.source} ${contract.reference}`))];
}
