import { TextDecoder } from 'node:util';
import type { Finding } from '../../../platform/findings.js';
import { showRaw } from '../../../platform/phone-numbers/phone-number.js';
import { flawIn } from '../../../platform/plain-text.js';
import { FileProblem } from '../../../platform/sheets/raw-row.js';
import { rowProblem, type RowProblem } from '../import.types.js';
import { deepest, isObject, type JsonObject, JsonSplitter, listAt, parseExactly, textAt } from './json.js';
import { isCompiled, type OcdsRelease } from './merging.js';
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

/** Characters of an ocid; an index holds it. */
const longestOcid = 200;

const largestPiece = 32 * 1024 * 1024;
/** How much is gathered before batches are handed on: what is merged together is merged in the order of its dates. */
const window = { releases: 500, bytes: 4 * 1024 * 1024 };

/**
 * Reads OCDS 1.0 and 1.1: release packages, record packages, plain arrays, single releases and records, and
 * several of them behind each other (JSON Lines or just concatenated). Only a few megabytes, or the largest
 * single record, are in memory. The releases of one process come in one batch as far as they stand within some
 * hundred releases of each other; further away they come in a later batch.
 * A fault in the structure ends the reading, with a fatal problem; one inside a release leaves out that release.
 * UTF-16 is read like UTF-8.
 */
export async function* readOcds(bytes: AsyncIterable<Buffer>): AsyncGenerator<OcdsBatch> {
  const splitter = new JsonSplitter(['releases', 'records'], largestPiece);
  const gathered = new GatheredReleases();
  try {
    for await (const chunk of inUtf8(bytes)) {
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

/** JSON begins with ASCII, so that its first two bytes tell what it is encoded in. */
async function* inUtf8(bytes: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  let head = Buffer.alloc(0);
  let decoder: TextDecoder | null | undefined;
  for await (const chunk of bytes) {
    head = Buffer.concat([head, chunk]);
    if (decoder === undefined && head.length < 2) continue;
    if (decoder === undefined) decoder = decoderOf(head);
    yield decoder ? Buffer.from(decoder.decode(head, { stream: true })) : head;
    head = Buffer.alloc(0);
  }
  if (head.length > 0) yield head;
}

function decoderOf([first, second]: Buffer): TextDecoder | null {
  if (first === 0xfe || first === 0) return new TextDecoder('utf-16be');
  return first === 0xff || second === 0 ? new TextDecoder('utf-16le') : null;
}

/** Members that tell a release from other JSON; nothing else of a file that has none of them is OCDS. */
const membersOfReleases = [
  'ocid',
  'tag',
  'initiationType',
  'parties',
  'buyer',
  'tender',
  'awards',
  'contracts',
];

/** Lists of a release, and of each object in them the list that is read. */
const readLists = { parties: null, awards: 'suppliers', contracts: 'suppliers' } as const;

/** GatheredReleases holds what was read since batches were handed on. */
class GatheredReleases {
  /** True until the file has given a release or a problem. */
  isEmpty = true;
  private batches = new Map<string, OcdsBatch>();
  private problems: RowProblem[] = [];
  private hasRefusedOther = false;
  private releases = 0;
  private bytes = 0;

  get isFull(): boolean {
    return this.releases >= window.releases || this.bytes >= window.bytes;
  }

  add(bytes: Buffer, line: number): void {
    this.bytes += bytes.length;
    let value: unknown;
    try {
      value = parseExactly(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
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
    else if (membersOfReleases.some((member) => member in value)) this.addRelease(value, line);
    else if (!this.hasRefusedOther) {
      this.hasRefusedOther = true;
      this.refuse(line, ocdsFinding('json-not-ocds'));
    }
  }

  private addRecord(record: JsonObject, line: number): void {
    const releases = listAt(record, 'releases');
    const embedded = releases.filter((release) => !isLink(release));
    for (const release of embedded) this.addRelease(release, line, record['ocid']);
    const { ocid } = record;
    if (embedded.length > 0 || this.batches.has(String(ocid))) return;
    this.refuse(line, ocdsFinding('releases-linked-only'), typeof ocid === 'string' ? shownOcid(ocid) : '');
  }

  private addRelease(release: JsonObject, line: number, ofRecord?: unknown): void {
    const ocid = release['ocid'] ?? ofRecord;
    if (typeof ocid !== 'string' || ocid.trim() === '' || ocid.length > longestOcid) {
      this.refuse(line, ocdsFinding('ocid-missing'));
      return;
    }
    this.isEmpty = false;
    this.releases++;
    const batch = this.batches.get(ocid) ?? { ocid, releases: [], line, problems: [] };
    const report = (path: string) => {
      const place = { line, field: `${shownOcid(ocid)} ${path}` };
      batch.problems.push(rowProblem(place, ocdsFinding('list-expected'), 'warning'));
    };
    batch.releases.push({ ...withLists(release, report), ocid });
    this.batches.set(ocid, batch);
  }
}

/** Makes a list of an object that stands where the standard has a list, so that the next one does not overwrite it. */
function withLists(release: JsonObject, report: (path: string) => void): JsonObject {
  const listed = { ...release };
  const list = (object: JsonObject, key: string, path: string) => {
    if (!isObject(object[key])) return;
    report(`${path}${key}`);
    object[key] = [object[key]];
  };
  for (const [key, inner] of Object.entries(readLists)) {
    list(listed, key, '');
    if (inner === null || !Array.isArray(listed[key])) continue;
    for (const one of listAt(listed, key)) list(one, inner, `${key}[${textAt(one, 'id', 80) ?? '?'}].`);
  }
  return listed;
}

/** Writes an ocid as problems show it. */
export function shownOcid(ocid: string): string {
  return textAt({ ocid }, 'ocid', 80) ?? '';
}

/** A record may name its releases by address only. */
function isLink(value: JsonObject): boolean {
  return typeof value['url'] === 'string' && !('ocid' in value) && !isCompiled(value);
}
