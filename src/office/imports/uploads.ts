import { Injectable } from '@nestjs/common';
import { actorOf, type Caller, callerIdOf, callerToKeep } from '../../core/access/roles.js';
import { DepartmentsService } from '../../core/departments/departments.service.js';
import { type ChangeEntry, Journal } from '../../core/proof/journal.service.js';
import { breathe } from '../../platform/breathe.js';
import { Database } from '../../platform/database/database.js';
import { newId } from '../../platform/ids.js';
import { Sealer } from '../../platform/sealing/sealer.js';
import { importFileProblems } from './import-problems.words.js';
import { Import, ImportChunk, type ImportRefused } from './import.entities.js';
import {
  type ImportFormat,
  type ImportOptions,
  type ImportView,
  type ListedFile,
  noCounts,
  undecided,
} from './import.schema.js';
import { ImportsService } from './imports.service.js';
import { importProblems } from './imports.words.js';
import { type ClaimedImport, ImportStates } from './states.js';

const pieceBytes = 512 * 1024;

/** Bytes of a file that are read at a stretch. */
const stretchBytes = 65_536;

/** Undecided imports that one caller may have; each keeps a file of up to 200 MB. */
const mostUndecided = 20;

/** A shelf is a table of pieces: those of the uploaded file, or those of the workbook of its refused rows. */
type Shelf = typeof ImportChunk | typeof ImportRefused;

export interface UploadedFile {
  name: string;
  bytes: AsyncIterable<Buffer>;
  /** True, once the bytes have been read, when there were more than are accepted. */
  truncated: () => boolean;
}

/**
 * ImportFiles keeps files in the database, in sealed pieces: they hold numbers, and a worker on another host has to read
 * them.
 */
@Injectable()
export class ImportFiles {
  constructor(
    private readonly database: Database,
    private readonly sealer: Sealer,
  ) {}

  /** Returns the number of bytes stored. */
  async storeFile(
    importId: string,
    bytes: AsyncIterable<Buffer>,
    shelf: Shelf = ImportChunk,
  ): Promise<number> {
    let ordinal = 0;
    let size = 0;
    for await (const piece of inPieces(bytes)) {
      const id = newId();
      // Base64, because what is sealed is text and a piece may end inside a character.
      const sealed = this.sealer.seal(piece.toString('base64'), this.placeOf(shelf, id));
      await this.database.repository(shelf).insert({ id, importId, ordinal, sealed });
      ordinal += 1;
      size += piece.length;
    }
    return size;
  }

  async *readFile(importId: string, shelf: Shelf = ImportChunk): AsyncGenerator<Buffer> {
    for (let ordinal = 0; ; ordinal += 1) {
      const row = await this.database.repository(shelf).findOneBy({ importId, ordinal });
      if (!row) return;
      yield Buffer.from(this.sealer.open(row.sealed, this.placeOf(shelf, row.id)), 'base64');
    }
  }

  /** Reads the file of a claimed import, and counts its bytes in `row.bytesRead`. */
  async *readClaimed(row: ClaimedImport): AsyncGenerator<Buffer> {
    for await (const piece of this.readFile(row.id)) {
      row.bytesRead += piece.length;
      for (let from = 0; from < piece.length; from += stretchBytes) {
        yield piece.subarray(from, from + stretchBytes);
        await breathe();
      }
    }
  }

  hasFile(importId: string, shelf: Shelf = ImportChunk): Promise<boolean> {
    return this.database.repository(shelf).existsBy({ importId });
  }

  async forgetFile(importId: string, shelf: Shelf = ImportChunk): Promise<void> {
    await this.database.repository(shelf).delete({ importId });
  }

  private placeOf(shelf: Shelf, rowId: string) {
    const table = this.database.repository(shelf).metadata.tableName;
    return { table, column: 'sealed', rowId };
  }
}

/** ImportIntake takes uploads. */
@Injectable()
export class ImportIntake {
  constructor(
    private readonly database: Database,
    private readonly departments: DepartmentsService,
    private readonly imports: ImportsService,
    private readonly files: ImportFiles,
    private readonly journal: Journal,
    private readonly states: ImportStates,
  ) {}

  /** Takes a file in as `takeFile` does, and wakes a worker. */
  async takeForWorker(...upload: Parameters<ImportIntake['takeFile']>): Promise<ImportView> {
    const taken = await this.takeFile(...upload);
    // A queue that is away just now is no harm: unfinished imports are searched for.
    await this.states.enqueue(taken.id).catch(() => undefined);
    return taken;
  }

  /**
   * Stores the file whole before anything of it is read. With `preview` nothing is applied before a person says so. An
   * upload that breaks off leaves nothing.
   */
  async takeFile(
    caller: Caller,
    file: UploadedFile,
    departmentId: string | null,
    { preview, options = {} }: { preview: boolean; options?: ImportOptions } = { preview: false },
  ): Promise<ImportView> {
    if (departmentId) await this.departments.mustSee(caller, departmentId);
    const how = { status: 'queued' as const, preview, options };
    const id = await this.keepFile(caller, file, departmentId ?? caller.departmentId, how, (id) => ({
      subject: 'import',
      subjectId: id,
      after: { preview, ...options },
    }));
    return this.imports.importOf(caller, id);
  }

  /** Takes in a file of a reference list, and wakes a worker. Returns the id under which it is read. */
  async takeForList(
    caller: Caller,
    file: UploadedFile,
    listId: string,
    holds: ListedFile['holds'],
  ): Promise<string> {
    const listed = { holds, records: 0, changed: 0, refused: 0, flags: 0 };
    const how = { status: 'listing' as const, preview: false, options: {}, listId, listed };
    const id = await this.keepFile(caller, file, null, how, () => ({
      subject: 'reference-list',
      subjectId: listId,
      after: { holds },
    }));
    await this.states.enqueue(id).catch(() => undefined);
    return id;
  }

  private async keepFile(
    caller: Caller,
    file: UploadedFile,
    departmentId: string | null,
    how: Partial<Import>,
    brought: (id: string) => Pick<ChangeEntry, 'subject' | 'subjectId' | 'after'>,
  ): Promise<string> {
    const id = newId();
    const fileName = shownName(file.name, 200);
    const { format, bytes } = await formatOf(file.name, file.bytes);
    const actor = actorOf(caller);
    // Two uploads at once are counted one after the other.
    await this.database.inTurn(`imports of ${callerIdOf(caller)}`, async () => {
      await this.requireFewUndecided(caller);
      const owned = { departmentId, actor, caller: callerToKeep(caller) };
      await this.database.insert(Import, [{ id, fileName, format, ...owned, counts: noCounts, ...how }]);
    });
    const size = await this.storeWhole(id, { ...file, bytes });
    await this.database.inTransaction(async () => {
      // From now on a worker may claim it.
      await this.database.repository(Import).update({ id }, { size });
      const { after, ...of } = brought(id);
      const entry = { ...of, what: 'file-uploaded' as const, actor };
      await this.journal.record({ ...entry, after: { fileName, format, size, ...after } });
    });
    return id;
  }

  private async storeWhole(id: string, file: UploadedFile): Promise<number> {
    try {
      const size = await this.files.storeFile(id, file.bytes);
      if (file.truncated()) throw importProblems.error('file-too-large');
      if (size === 0) throw importProblems.error('file-empty');
      return size;
    } catch (error) {
      // When the database is what failed, ImportRetention forgets it later.
      await this.forgetImport(id).catch(() => undefined);
      throw error;
    }
  }

  private async forgetImport(id: string): Promise<void> {
    await this.database.inTransaction(async () => {
      await this.files.forgetFile(id);
      await this.database.repository(Import).delete({ id });
    });
  }

  private async requireFewUndecided(caller: Caller): Promise<void> {
    const [found] = await this.database.rows<{ waiting: number }>(
      `SELECT count(*)::int AS waiting FROM import WHERE status = ANY($1) AND caller ->> $2 = $3`,
      [[...undecided, 'listing'], caller.accountId === null ? 'keyId' : 'accountId', callerIdOf(caller)],
    );
    if ((found?.waiting ?? 0) >= mostUndecided)
      throw importProblems.error('imports-undecided', { most: mostUndecided });
  }
}

async function* inPieces(bytes: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  let gathered: Buffer[] = [];
  let size = 0;
  for await (const chunk of bytes) {
    gathered.push(chunk);
    size += chunk.length;
    if (size >= pieceBytes) {
      yield Buffer.concat(gathered);
      gathered = [];
      size = 0;
    }
  }
  if (size > 0) yield Buffer.concat(gathered);
}

/** Bytes that are looked at: enough for the names in the first folder of an old workbook. */
const headBytes = 64 * 1024;

/**
 * Finds the format of a file by what it holds. A name that says otherwise is refused rather than believed or passed over:
 * whoever chose the file has chosen another one than they think. Throws AppError (invalid), which says what it is and what
 * to do. `bytes` are those of the whole file, those that were looked at included.
 */
export async function formatOf(
  name: string,
  bytes: AsyncIterable<Buffer>,
): Promise<{ format: ImportFormat; bytes: AsyncIterable<Buffer> }> {
  const iterator = bytes[Symbol.asyncIterator]();
  const chunks: Buffer[] = [];
  for (let size = 0; size < headBytes;) {
    const next = await iterator.next();
    if (next.done) break;
    chunks.push(next.value);
    size += next.value.length;
  }
  const format = formatOfHead(name, Buffer.concat(chunks).subarray(0, headBytes));
  return { format, bytes: { [Symbol.asyncIterator]: () => joined(chunks, iterator) } };
}

async function* joined(head: readonly Buffer[], rest: AsyncIterator<Buffer>): AsyncGenerator<Buffer> {
  yield* head;
  for (let next = await rest.next(); !next.done; next = await rest.next()) yield next.value;
}

/** The ending of a file's name claims one of these formats. */
const claims: Record<string, ImportFormat | undefined> = {
  csv: 'csv',
  tsv: 'csv',
  txt: 'csv',
  xlsx: 'xlsx',
  xltx: 'xlsx',
  json: 'ocds',
  jsonl: 'ocds',
};

function formatOfHead(fullName: string, head: Buffer): ImportFormat {
  const ending = /\.([a-z0-9]{1,8})$/i.exec(fullName.trim())?.[1]?.toLowerCase() ?? '';
  const name = shownName(fullName, 100);
  const refusal = refusalOf(ending, head);
  if (refusal) throw importFileProblems.error(refusal, { name });
  const held = heldBy(head);
  const claimed = claims[ending];
  if (!claimed || claimed === held) return held;
  throw importFileProblems.error('file-not-what-its-name-says.claimed', {
    name,
    claimed: { word: `importFormats.${claimed}` },
    held: { word: `importFormats.${held}` },
  });
}

/** Writes a file's name without what cannot be stored, or would show it as another than it is. */
function shownName(name: string, most: number): string {
  return name.replace(/[\p{C}\s]+/gu, ' ').slice(0, most);
}

function heldBy(head: Buffer): ImportFormat {
  if (isZip(head)) return 'xlsx';
  // In UTF-16 a zero stands beside each character of ASCII.
  return /^(\xef\xbb\xbf|\xff\xfe|\xfe\xff)?[\s\0]*[{[]/.test(head.toString('latin1', 0, 1024))
    ? 'ocds'
    : 'csv';
}

type Refusal =
  'file-not-what-its-name-says' | Extract<Parameters<typeof importFileProblems.error>[0], `format-${string}`>;

/** Finds what is never read by its first bytes; by its ending only where the bytes are those of an ordinary workbook. */
function refusalOf(ending: string, head: Buffer): Refusal | null {
  if (head.subarray(0, 4).equals(Buffer.from([0xd0, 0xcf, 0x11, 0xe0]))) return refusalOfOle(ending, head);
  const start = head.toString('latin1', 0, 4096);
  if (start.startsWith('\x1f\x8b')) return 'format-gz';
  if (
    /^(\x89PNG|\xff\xd8\xff|GIF8|BM.{4}\0{4}|II\*\0|MM\0\*|RIFF.{4}WEBP|.{4}ftyp(heic|mif1|avif))/s.test(
      start,
    )
  )
    return 'format-picture';
  if (start.slice(0, 1024).includes('%PDF-')) return 'format-pdf';
  if (isZip(head)) return refusalOfZip(ending, start);
  if (/^(\xef\xbb\xbf)?\s*<(!doctype html|html|head|meta|table|\?xml)/i.test(start.slice(0, 2048)))
    return 'format-html';
  // Text where a workbook is promised: the ending has to go before it is read for what it is.
  return head.length > 0 && (ending === 'xls' || ending === 'hwp') ? 'file-not-what-its-name-says' : null;
}

/** Tells compound files apart: old workbooks, Hangul documents, and new workbooks under a password. */
function refusalOfOle(ending: string, head: Buffer): Refusal {
  const holds = (name: string) => head.includes(Buffer.from(name, 'utf16le'));
  if (holds('EncryptedPackage') || ending === 'xlsx') return 'format-locked';
  if (head.includes('HWP Document File') || ending === 'hwp') return 'format-hwp';
  return holds('WordDocument') || ending === 'doc' ? 'format-document' : 'format-xls';
}

/** An archive names its kind near its beginning, in a part that is never packed. */
function refusalOfZip(ending: string, start: string): Refusal | null {
  if (ending === 'xlsm' || ending === 'xltm') return 'format-xlsm';
  if (ending === 'xlsb' || start.includes('xl/workbook.bin')) return 'format-xlsb';
  if (start.includes('mimetypeapplication/vnd.oasis.opendocument')) return 'format-ods';
  if (start.includes('mimetypeapplication/hwp+zip') || ending === 'hwpx') return 'format-hwp';
  const isDocument = ending === 'docx' || ending === 'pptx' || start.includes('word/document.xml');
  return isDocument ? 'format-document' : null;
}

function isZip(head: Buffer): boolean {
  return head[0] === 0x50 && head[1] === 0x4b && (head[2] ?? 0) <= 8 && (head[3] ?? 0) <= 8;
}
