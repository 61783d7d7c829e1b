import type { Finding } from '../../../platform/findings.js';
import { FileProblem } from '../../../platform/sheets/raw-row.js';
import { rowProblem, type RowProblem } from '../import.types.js';
import { isObject, type JsonObject, listAt } from './json.js';
import { JsonSplitter } from './json-splitter.js';
import { ocdsFinding } from './ocds.words.js';
import { isCompiled, type OcdsRelease } from './processes.js';

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
    if (isObject(value)) this.addValue(value, line);
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
