import { Injectable } from '@nestjs/common';
import { Database } from '../../../platform/database/database.js';
import type { Finding } from '../../../platform/findings.js';
import { newId } from '../../../platform/ids.js';
import { showRaw } from '../../../platform/phone-numbers/phone-number.js';
import { flawIn } from '../../../platform/plain-text.js';
import { Sealer } from '../../../platform/sealing/sealer.js';
import { FileProblem } from '../../../platform/sheets/raw-row.js';
import { OcdsRecord } from '../import.entities.js';
import { rowProblem, type RowProblem } from '../import.types.js';
import { deepest, isObject, type JsonObject, JsonSplitter, listAt } from './json.js';
import { ocdsFinding } from './ocds.words.js';

/** An OcdsBatch is the releases of one process that stand near each other in the file, to be merged together. */
export interface OcdsBatch {
  /** It is null when the batch only reports problems of the file. */
  ocid: string | null;
  releases: OcdsRelease[];
  /** The line on which the first release begins; a record's releases begin with it. */
  line: number;
  problems: RowProblem[];
}

const largestPiece = 32 * 1024 * 1024;
/** How much is gathered before batches are handed on: what is merged together is merged in the order of its dates. */
const window = { releases: 500, bytes: 4 * 1024 * 1024 };

/**
 * Reads OCDS 1.0 and 1.1: release packages, record packages, plain arrays, single releases and records, and
 * several of them behind each other (JSON Lines or just concatenated). Only a few megabytes, or the largest
 * single record, are in memory. The releases of one process come in one batch as far as they stand within some
 * hundred releases of each other; further away they come in a later batch.
 * A fault in the structure ends the reading, with a fatal problem; one inside a release leaves out that release.
 */
export async function* readOcds(bytes: AsyncIterable<Buffer>): AsyncGenerator<OcdsBatch> {
  const splitter = new JsonSplitter(['releases', 'records'], largestPiece);
  const gathered = new GatheredReleases();
  try {
    for await (const chunk of bytes) {
      for (const entry of splitter.write(chunk)) {
        gathered.add(entry.bytes, entry.line);
        if (gathered.isFull) yield* gathered.takeBatches();
      }
    }
    splitter.end();
  } catch (error) {
    if (!(error instanceof FileProblem)) throw error;
    gathered.refuse(error.line, error.finding);
  }
  if (gathered.isEmpty) gathered.refuse(1, ocdsFinding('ocds-empty'));
  yield* gathered.takeBatches();
}

/** GatheredReleases holds what was read since batches were handed on. */
class GatheredReleases {
  /** True until the file has given a release or a problem. */
  isEmpty = true;
  private batches = new Map<string, OcdsBatch>();
  private problems: RowProblem[] = [];
  private releases = 0;
  private bytes = 0;

  get isFull(): boolean {
    return this.releases >= window.releases || this.bytes >= window.bytes;
  }

  add(bytes: Buffer, line: number): void {
    this.bytes += bytes.length;
    let value: unknown;
    try {
      value = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
    } catch {
      this.refuse(line, ocdsFinding('release-malformed'));
    }
    const flaw = flawIn(value, deepest);
    if (flaw) this.refuse(line, ocdsFinding('release-unreadable'), showRaw(flaw.path.join('.')));
    else if (isObject(value)) this.addValue(value, line);
  }

  /** Reports what keeps a release, or the rest of the file, from being read. */
  refuse(line: number, finding: Finding, field = ''): void {
    this.isEmpty = false;
    this.problems.push(rowProblem({ line, field }, finding, 'fatal'));
  }

  takeBatches(): OcdsBatch[] {
    const batches = [...this.batches.values()];
    if (this.problems.length > 0)
      batches.push({ ocid: null, releases: [], line: 1, problems: this.problems });
    this.batches = new Map();
    this.problems = [];
    this.releases = this.bytes = 0;
    return batches;
  }

  private addValue(value: JsonObject, line: number): void {
    if (isLink(value)) return;
    const isPackage = !('ocid' in value) && ('releases' in value || 'records' in value);
    if (isPackage) {
      // Packages inside of an array; at the top the splitter has taken their contents out already.
      for (const inner of [...listAt(value, 'releases'), ...listAt(value, 'records')])
        this.addValue(inner, line);
    } else if (isObject(value['compiledRelease'])) {
      this.addRelease({ ...value['compiledRelease'], tag: ['compiled'] }, line, value['ocid']);
    } else if ('releases' in value) this.addRecord(value, line);
    else this.addRelease(value, line);
  }

  private addRecord(record: JsonObject, line: number): void {
    const releases = listAt(record, 'releases');
    const embedded = releases.filter((release) => !isLink(release));
    for (const release of embedded) this.addRelease(release, line, record['ocid']);
    const { ocid } = record;
    if (embedded.length > 0 || this.batches.has(String(ocid))) return;
    const shown = typeof ocid === 'string' ? ocid.slice(0, 80) : '';
    this.refuse(line, ocdsFinding('releases-linked-only'), shown);
  }

  private addRelease(release: JsonObject, line: number, ofRecord?: unknown): void {
    const ocid = release['ocid'] ?? ofRecord;
    if (typeof ocid !== 'string' || ocid.trim() === '') {
      this.refuse(line, ocdsFinding('ocid-missing'));
      return;
    }
    this.isEmpty = false;
    this.releases++;
    const batch = this.batches.get(ocid) ?? { ocid, releases: [], line, problems: [] };
    batch.releases.push({ ...release, ocid });
    this.batches.set(ocid, batch);
  }
}

/** A record may name its releases by address only. */
function isLink(value: JsonObject): boolean {
  return typeof value['url'] === 'string' && !('ocid' in value) && !isCompiled(value);
}

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
}

interface Merged {
  compiled: CompiledRelease;
  /** Releases that are older than what had been merged before and were not part of it. */
  late: OcdsRelease[];
}

/** OcdsProcesses keeps, sealed, what previous releases stated about contracting processes, for the releases to come. */
@Injectable()
export class OcdsProcesses {
  constructor(
    private readonly database: Database,
    private readonly sealer: Sealer,
  ) {}

  /** Merges releases of one process into what is kept of it; `keep` then keeps the result. */
  async mergeIntoKept(
    ocid: string,
    releases: readonly OcdsRelease[],
  ): Promise<Merged & { keep: () => Promise<void> }> {
    const row = await this.database.repository(OcdsRecord).findOneBy({ ocid });
    const previous =
      row && (JSON.parse(this.sealer.open(row.compiledSealed, placeOf(row.id))) as CompiledRelease);
    const merged = mergeReleases(previous, releases);
    return { ...merged, keep: () => this.keepCompiled(row?.id ?? newId(), merged.compiled) };
  }

  private async keepCompiled(id: string, compiled: CompiledRelease): Promise<void> {
    await this.database.run(
      `INSERT INTO ocds_record (id, ocid, compiled_sealed) VALUES ($1, $2, $3)
       ON CONFLICT (ocid) DO UPDATE SET id = $1, compiled_sealed = $3, updated_at = clock_timestamp()`,
      [id, compiled.ocid, this.sealer.seal(JSON.stringify(compiled), placeOf(id))],
    );
  }
}

function placeOf(rowId: string) {
  return { table: 'ocds_record', column: 'compiled_sealed', rowId };
}

/** Fields that describe a release and not its process ("omitWhenMerged" in the release schema of OCDS 1.1). */
const ofTheReleaseAlone = ['id', 'date', 'tag'];
/** "wholeListMerge" in the same schema. */
const replacedWhole = ['additionalIdentifiers', 'additionalClassifications'];

/**
 * Merges releases of one process as OCDS 1.1 asks ("Merging", Open Contracting Data Standard), in essence: by
 * date, later values win, null removes, objects in arrays are matched by their id; arrays without ids are
 * replaced. A compiled release stands for everything up to its date.
 *
 * What comes in a later import is merged into what was kept. A release that is older than that cannot be put
 * in its place any more; one that is new to us comes back as `late`, and one that is known changes nothing.
 */
export function mergeReleases(previous: CompiledRelease | null, releases: readonly OcdsRelease[]): Merged {
  const late: OcdsRelease[] = [];
  let compiled = previous;
  for (const release of [...releases].sort(byDate)) {
    if (previous && timeOf(release['date']) < timeOf(previous.date)) {
      if (!previous.merged.includes(idOf(release))) late.push(release);
      continue;
    }
    compiled = addRelease(compiled, release);
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

function addRelease(compiled: CompiledRelease | null, release: OcdsRelease): CompiledRelease {
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
    release: { ...mergeObjects(base, said), ocid: release.ocid, date, tag: ['compiled'] },
  };
}

function mergeObjects(base: JsonObject, next: JsonObject): JsonObject {
  const merged = new Map(Object.entries(base));
  for (const [key, value] of Object.entries(next)) {
    const present = merged.get(key);
    if (value === null) merged.delete(key);
    else if (isObject(value)) merged.set(key, mergeObjects(isObject(present) ? present : {}, value));
    else if (Array.isArray(value)) merged.set(key, mergeLists(key, present, value));
    else merged.set(key, value);
  }
  // A key such as __proto__ becomes a plain member this way, and never a prototype.
  return Object.fromEntries(merged);
}

function mergeLists(key: string, present: unknown, next: unknown[]): unknown[] {
  const canMatch = next.some(hasId) && next.every(isObject) && !replacedWhole.includes(key);
  const kept = canMatch && Array.isArray(present) && present.every(isObject) ? present : [];
  const byId = new Map<unknown, JsonObject>(
    kept.map((element) => [hasId(element) ? String(element['id']) : {}, element]),
  );
  for (const element of next) {
    if (!isObject(element)) byId.set({}, element as JsonObject);
    else if (!canMatch || !hasId(element)) byId.set({}, mergeObjects({}, element));
    else byId.set(String(element['id']), mergeObjects(byId.get(String(element['id'])) ?? {}, element));
  }
  return [...byId.values()];
}

function hasId(element: unknown): element is JsonObject {
  return isObject(element) && (typeof element['id'] === 'string' || typeof element['id'] === 'number');
}
