import { readSync, writeSync } from 'node:fs';
import type { FileHandle } from 'node:fs/promises';
import { FileProblem } from './raw-row.js';
import { sheetLimits } from './sheet-limits.js';
import { sheetFinding } from './sheet.words.js';
import { openNameless, readWholeXml, type WorkbookZip } from './workbook-parts.js';

const blockBytes = 256 * 1024;
const blocksKept = 64;

/**
 * SharedStrings holds the texts that the cells of a workbook refer to by number. Every name and phone number of a large
 * sheet is among them, so they stand in a nameless file; 16 MB of it, and 8 bytes for each text, are in memory. Cells
 * refer to texts roughly in their order, so that nearly every look-up finds its block in memory.
 */
export class SharedStrings {
  private count = 0;
  private places = new Uint32Array(1024);
  private lengths = new Uint32Array(1024);
  private readonly blocks = new Map<number, Buffer>();
  private last = Buffer.alloc(blockBytes);
  private lastNumber = 0;
  private used = 0;

  private constructor(private readonly file: FileHandle) {}

  /** Reads the part of that name; null for a workbook without one. Throws FileProblem. */
  static async read(zip: WorkbookZip, part: string | null): Promise<SharedStrings> {
    const strings = new SharedStrings(await openNameless());
    const gathered = new GatheredText();
    if (part === null) return strings;
    try {
      await readWholeXml(zip.readPart(part), {
        open: (name) => gathered.open(name),
        close: (name) => {
          gathered.close(name);
          if (name === 'si') strings.add(gathered.take());
        },
        text: (text) => gathered.add(text),
      });
      return strings;
    } catch (error) {
      await strings.close();
      throw error;
    }
  }

  /** Returns undefined for a number that the workbook has no text for. */
  at(index: number): string | undefined {
    const length = this.lengths[index];
    const place = this.places[index];
    if (length === undefined || place === undefined || !(index < this.count)) return undefined;
    const from = place % blockBytes;
    return this.block(Math.floor(place / blockBytes)).toString('utf8', from, from + length);
  }

  async close(): Promise<void> {
    await this.file.close();
  }

  private add(text: string): void {
    if (this.count >= sheetLimits.sharedStrings)
      throw new FileProblem(1, sheetFinding('workbook-too-many-texts', { texts: sheetLimits.sharedStrings }));
    const length = Buffer.byteLength(text);
    // No text crosses blocks: the longest allowed one fits.
    if (this.used + length > blockBytes) this.startBlock();
    this.last.write(text, this.used, 'utf8');
    if (this.count === this.places.length) this.grow();
    this.places[this.count] = this.lastNumber * blockBytes + this.used;
    this.lengths[this.count] = length;
    this.used += length;
    this.count += 1;
  }

  private startBlock(): void {
    writeSync(this.file.fd, this.last, 0, blockBytes, this.lastNumber * blockBytes);
    this.lastNumber += 1;
    this.used = 0;
  }

  private grow(): void {
    const larger = (array: Uint32Array) => {
      const grown = new Uint32Array(array.length * 2);
      grown.set(array);
      return grown;
    };
    this.places = larger(this.places);
    this.lengths = larger(this.lengths);
  }

  private block(number: number): Buffer {
    if (number === this.lastNumber) return this.last;
    const kept = this.blocks.get(number);
    if (kept) return kept;
    const [oldest] = this.blocks.keys();
    const isFull = this.blocks.size >= blocksKept && oldest !== undefined;
    // The buffer of the block that goes serves the one that comes.
    const block = isFull ? (this.blocks.get(oldest) as Buffer) : Buffer.alloc(blockBytes);
    if (isFull) this.blocks.delete(oldest);
    readSync(this.file.fd, block, 0, blockBytes, number * blockBytes);
    this.blocks.set(number, block);
    return block;
  }
}

/** GatheredText joins the runs of one `si` or `is`, without the readings (`rPh`) that East Asian files give beside it. */
export class GatheredText {
  private parts: string[] = [];
  private length = 0;
  private inText = false;
  private inReading = false;

  open(name: string): void {
    if (name === 't') this.inText = true;
    else if (name === 'rPh') this.inReading = true;
  }

  close(name: string): void {
    if (name === 't') this.inText = false;
    else if (name === 'rPh') this.inReading = false;
  }

  add(text: string): void {
    if (!this.inText || this.inReading) return;
    // One more than allowed is enough to see that it is too long.
    const room = Math.max(0, sheetLimits.cellLength + 1 - this.length);
    this.parts.push(text.length <= room ? text : text.slice(0, room));
    this.length += text.length;
  }

  take(): string {
    const text = unescaped(this.parts.length === 1 ? (this.parts[0] ?? '') : this.parts.join(''));
    this.parts = [];
    this.length = 0;
    return text;
  }
}

/** Undoes what a writer escaped: `_x000D_` stands for a character that XML cannot hold (ECMA-376, part 1, 22.9.2.19). */
export function unescaped(text: string): string {
  if (!text.includes('_x')) return text;
  return text.replace(/_x([0-9A-Fa-f]{4})_/g, (_, code: string) => String.fromCharCode(parseInt(code, 16)));
}
