import { constants } from 'node:fs';
import { type FileHandle, mkdtemp, open, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { SaxesParser } from 'saxes';
import { type Entry, fromFdPromise, type ZipFile } from 'yauzl';
import { FileProblem } from './raw-row.js';
import { sheetLimits } from './sheet-limits.js';
import { sheetFinding } from './sheet.words.js';

/**
 * Opens a file without a name, which is gone with its handle. A zip is read from its end, so that the bytes have to stand
 * somewhere, and they hold names and numbers: nobody else may read them (0600, in a folder that is the process's own),
 * and nothing may stay behind when the process is killed. So the name goes before the first byte comes.
 */
export async function openNameless(): Promise<FileHandle> {
  const folder = await mkdtemp(join(tmpdir(), 'chorong-sheet-'));
  try {
    const path = join(folder, 'sheet');
    return await open(path, constants.O_RDWR | constants.O_CREAT | constants.O_EXCL, 0o600);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** WorkbookZip gives the parts of a workbook by name. */
export class WorkbookZip {
  private constructor(
    private readonly file: FileHandle,
    private readonly zip: ZipFile,
    private readonly entries: ReadonlyMap<string, Entry>,
  ) {}

  /** Throws FileProblem for what is no zip, is locked, or would unpack to too much. */
  static async open(bytes: AsyncIterable<Buffer>): Promise<WorkbookZip> {
    const file = await openNameless();
    try {
      await copyTo(file, bytes);
      const zip = await fromFdPromise(file.fd, { autoClose: false, lazyEntries: true });
      return new WorkbookZip(file, zip, await entriesOf(zip));
    } catch (error) {
      await file.close();
      throw asMalformed(error);
    }
  }

  has(name: string): boolean {
    return this.entries.has(nameOf(name));
  }

  /** Gives the bytes of a part, from its beginning at every call. Throws FileProblem. */
  async *readPart(name: string): AsyncGenerator<Buffer> {
    const entry = this.entries.get(nameOf(name));
    if (!entry) throw malformed();
    let stream: Readable | null = null;
    try {
      stream = await this.zip.openReadStreamPromise(entry);
      for await (const chunk of stream) yield chunk as Buffer;
    } catch (error) {
      throw asMalformed(error);
    } finally {
      stream?.destroy();
    }
  }

  async close(): Promise<void> {
    await this.file.close();
  }
}

async function copyTo(file: FileHandle, bytes: AsyncIterable<Buffer>): Promise<void> {
  let size = 0;
  for await (const chunk of bytes) {
    if (size + chunk.length > sheetLimits.fileBytes) throw new FileProblem(1, sheetFinding('file-too-large'));
    await file.write(chunk, 0, chunk.length, size);
    size += chunk.length;
  }
}

async function entriesOf(zip: ZipFile): Promise<Map<string, Entry>> {
  if (zip.entryCount > sheetLimits.zipEntries) throw tooManyParts();
  const entries = new Map<string, Entry>();
  let unpacked = 0;
  for await (const entry of zip.eachEntry()) {
    if (entries.size >= sheetLimits.zipEntries) throw tooManyParts();
    if (entry.isEncrypted()) throw new FileProblem(1, sheetFinding('workbook-locked'));
    // What is declared is also what is unpacked at most: the reader of a part stops with an error beyond it.
    unpacked += entry.uncompressedSize;
    const ratio = entry.uncompressedSize / Math.max(entry.compressedSize, 1);
    const isBomb = entry.uncompressedSize > sheetLimits.zipRatioFrom && ratio > sheetLimits.zipRatio;
    if (isBomb || unpacked > sheetLimits.unzippedBytes)
      throw new FileProblem(1, sheetFinding('workbook-unpacks-too-large'));
    const name = nameOf(entry.fileName);
    // Two parts of one name: which of them a spreadsheet shows, nobody can tell.
    if (entries.has(name)) throw malformed();
    entries.set(name, entry);
  }
  return entries;
}

/** Names of parts are compared without case (ECMA-376, part 2, 6.2.2.3). */
function nameOf(name: string): string {
  return name.replace(/^\/+/, '').toLowerCase();
}

export function malformed(cause?: unknown): FileProblem {
  return new FileProblem(1, sheetFinding('workbook-malformed'), { cause });
}

/** What a library throws means that the workbook is damaged; a problem that is already known stays what it is. */
function asMalformed(error: unknown): FileProblem {
  return error instanceof FileProblem ? error : malformed(error);
}

function tooManyParts(): FileProblem {
  return new FileProblem(1, sheetFinding('workbook-too-many-parts', { parts: sheetLimits.zipEntries }));
}

export interface XmlEvents {
  /** `name` comes without its prefix. */
  open?(name: string, attributes: Record<string, string>): void;
  close?(name: string): void;
  text?(text: string): void;
}

/** Bytes that are parsed at once: a longer piece would hold a whole crowd of rows. */
const pieceBytes = 64 * 1024;

/**
 * Reads a part of a workbook piece by piece, and hands out control after each, so that the caller takes what has gathered.
 * A document type is refused before an entity could be declared; depth, and how much may come without anything ending,
 * are limited. Throws FileProblem.
 */
export async function* readXml(bytes: AsyncIterable<Buffer>, events: XmlEvents): AsyncGenerator<void> {
  const parser = guardedParser(events);
  let decoder: InstanceType<typeof TextDecoder> | null = null;
  try {
    for await (const chunk of bytes) {
      decoder ??= new TextDecoder(encodingOf(chunk), { fatal: true });
      for (let at = 0; at < chunk.length; at += pieceBytes) {
        parser.write(decoder.decode(chunk.subarray(at, at + pieceBytes), { stream: true }));
        yield;
      }
    }
    parser.close();
  } catch (error) {
    throw asMalformed(error);
  }
  yield;
}

/** Reads a small part to its end. */
export async function readWholeXml(bytes: AsyncIterable<Buffer>, events: XmlEvents): Promise<void> {
  for await (const _ of readXml(bytes, events));
}

function guardedParser(events: XmlEvents) {
  const parser = new SaxesParser({ position: false, xmlns: false as const });
  let depth = 0;
  let charactersSinceTag = 0;
  parser.on('error', (error) => {
    throw malformed(error);
  });
  parser.on('doctype', () => {
    throw new FileProblem(1, sheetFinding('workbook-doctype'));
  });
  parser.on('opentag', ({ name, attributes }) => {
    charactersSinceTag = 0;
    if (++depth > sheetLimits.xmlDepth) throw malformed();
    events.open?.(local(name), attributes);
  });
  parser.on('closetag', ({ name }) => {
    charactersSinceTag = 0;
    depth -= 1;
    events.close?.(local(name));
  });
  if (events.text) {
    const text = events.text.bind(events);
    parser.on('text', text);
    parser.on('cdata', text);
  }
  return {
    write(text: string): void {
      charactersSinceTag += text.length;
      parser.write(text);
      if (charactersSinceTag > sheetLimits.xmlGap)
        throw new FileProblem(1, sheetFinding('cell-too-long', { characters: sheetLimits.cellLength }));
    },
    close: () => parser.close(),
  };
}

/** Returns UTF-8, or UTF-16 where its mark is (ECMA-376, part 2, 6.2.5 allows no other). */
function encodingOf(first: Buffer): string {
  if (first[0] === 0xff && first[1] === 0xfe) return 'utf-16le';
  return first[0] === 0xfe && first[1] === 0xff ? 'utf-16be' : 'utf-8';
}

function local(name: string): string {
  const colon = name.indexOf(':');
  return colon < 0 ? name : name.slice(colon + 1);
}

/** Reads an attribute of the type xsd:boolean. */
export function isTrue(value: string | undefined): boolean {
  return value === '1' || value === 'true';
}
