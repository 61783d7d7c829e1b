import { isObject, type JsonObject, listAt, textAt } from './json.js';

export interface OcdsRelease extends JsonObject {
  ocid: string;
}

/** A CompiledRelease is what all releases of a contracting process say together: plain JSON, kept between imports. */
export interface CompiledRelease {
  ocid: string;
  /** Of the latest release in it, as written; null when none had a date. */
  date: string | null;
  /** Ids of the releases in it. */
  merged: string[];
  release: OcdsRelease;
  /**
   * By id of a contract, the awards that it was ever stated to follow from. A contract that stands in a release once for
   * each of its awards is one object when it is merged, and would lose the suppliers of all but the last.
   */
  awardsOf?: Record<string, string[]>;
}

export interface Merged {
  compiled: CompiledRelease;
  /** Releases that are older than what had been merged before and were not part of it. */
  late: OcdsRelease[];
}

/** MergeRules name the members whose values a merge leaves out, or replaces as a whole list, wherever they stand. */
export interface MergeRules {
  omitted: readonly string[];
  replaced: readonly string[];
}

/** Of the release schema of OCDS 1.1: "wholeListMerge", and lists whose objects have no id there. */
const rulesOfOcds: MergeRules = {
  omitted: [],
  replaced: ['additionalIdentifiers', 'additionalClassifications', 'changes'],
};

/** Fields that describe a release and not its process ("omitWhenMerged" in the same schema). */
const ofTheReleaseAlone = ['id', 'date', 'tag'];

/**
 * Merges releases of one process as OCDS 1.1 asks ("Merging", Open Contracting Data Standard), in essence: by
 * date, later values win, null removes, objects in arrays are matched by their id, and those without one are added;
 * an empty array or object changes nothing. A compiled release stands for everything up to its date.
 *
 * What comes in a later import is merged into what was kept. A release that is older than that cannot be put
 * in its place any more; one that is new to us comes back as `late`, and one that is known changes nothing.
 */
export function mergeReleases(
  previous: CompiledRelease | null,
  releases: readonly OcdsRelease[],
  rules = rulesOfOcds,
): Merged {
  const late: OcdsRelease[] = [];
  let compiled = previous;
  for (const release of [...releases].sort(byDate)) {
    if (previous && timeOf(release['date']) < timeOf(previous.date)) {
      const id = idOf(release);
      if (id === '' || !previous.merged.includes(id)) late.push(release);
      continue;
    }
    compiled = addRelease(compiled, release, new Merging(rules));
  }
  if (!compiled) throw new RangeError('There is nothing to merge.');
  return { compiled, late };
}

export function isCompiled(release: JsonObject): boolean {
  return Array.isArray(release['tag']) && release['tag'].includes('compiled');
}

function byDate(a: OcdsRelease, b: OcdsRelease): number {
  return timeOf(a['date']) - timeOf(b['date']) || Number(isCompiled(a)) - Number(isCompiled(b));
}

/** Milliseconds; what has no date is taken to be older than anything that has one. */
function timeOf(date: unknown): number {
  const time = typeof date === 'string' ? Date.parse(date) : NaN;
  return Number.isNaN(time) ? -8.64e15 : time;
}

function idOf({ id }: OcdsRelease): string {
  return typeof id === 'string' || typeof id === 'number' ? String(id) : '';
}

function addRelease(
  compiled: CompiledRelease | null,
  release: OcdsRelease,
  merging: Merging,
): CompiledRelease {
  const whole = isCompiled(release);
  const base = whole || !compiled ? {} : compiled.release;
  const said = Object.fromEntries(
    Object.entries(release).filter(([key]) => !ofTheReleaseAlone.includes(key)),
  );
  const date = typeof release['date'] === 'string' ? release['date'] : (compiled?.date ?? null);
  const before = compiled?.merged ?? [];
  const id = idOf(release);
  return {
    ocid: release.ocid,
    date,
    merged: before.includes(id) ? before : [...before, id],
    release: { ...merging.ofObjects(base, said), ocid: release.ocid, date, tag: ['compiled'] },
    awardsOf: withAwards(compiled?.awardsOf, release),
  };
}

function withAwards(known: CompiledRelease['awardsOf'], release: OcdsRelease): Record<string, string[]> {
  const awardsOf = new Map(Object.entries(known ?? {}));
  for (const contract of listAt(release, 'contracts')) {
    const [id, award] = [textAt(contract, 'id', 1000), textAt(contract, 'awardID', 1000)];
    if (id !== null && award !== null) awardsOf.set(id, [...new Set([...(awardsOf.get(id) ?? []), award])]);
  }
  return Object.fromEntries(awardsOf);
}

/** Merging merges values by its rules. */
class Merging {
  constructor(private readonly rules: MergeRules) {}

  ofObjects(base: JsonObject, next: JsonObject): JsonObject {
    const merged = new Map(Object.entries(base));
    for (const [key, value] of Object.entries(next)) {
      const present = merged.get(key);
      if (this.rules.omitted.includes(key)) continue;
      if (value === null) merged.delete(key);
      else if (isObject(value)) {
        const object = this.ofObjects(isObject(present) ? present : {}, value);
        if (present !== undefined || Object.keys(object).length > 0) merged.set(key, object);
      } else if (this.rules.replaced.includes(key) || !isListOfObjects(value)) merged.set(key, value);
      else if (value.length > 0) merged.set(key, this.ofLists(present, value));
    }
    // A key such as __proto__ becomes a plain member this way, and never a prototype.
    return Object.fromEntries(merged);
  }

  /** An object without an id is added, unless the very same stands there: the standard's own merge would repeat it. */
  private ofLists(present: unknown, next: JsonObject[]): JsonObject[] {
    const kept = isListOfObjects(present) ? present : [];
    const known = new Set(
      kept.filter((element) => !hasId(element)).map((element) => JSON.stringify(element)),
    );
    const byId = new Map<unknown, JsonObject>(kept.map((element) => [keyOf(element), element]));
    for (const element of next) {
      const key = keyOf(element);
      const merged = this.ofObjects(byId.get(key) ?? {}, element);
      if (hasId(element) || !known.has(JSON.stringify(merged))) byId.set(key, merged);
    }
    return [...byId.values()];
  }
}

function isListOfObjects(value: unknown): value is JsonObject[] {
  return Array.isArray(value) && value.every(isObject);
}

/** What has no id is like nothing else. */
function keyOf(element: JsonObject): unknown {
  return hasId(element) ? String(element['id']) : {};
}

function hasId({ id }: JsonObject): boolean {
  return typeof id === 'string' || typeof id === 'number';
}
