import { FileProblem } from '../../../platform/sheets/raw-row.js';
import { ocdsFinding } from './ocds.words.js';

/** A JsonEntry is one value of the file: an element of a package's array, or what is left of a value at the top. */
export interface JsonEntry {
  at: 'element' | 'top';
  /** JSON text in UTF-8. */
  bytes: Buffer;
  /** The line on which it begins. */
  line: number;
}

const deepest = 500;
const longestKey = 64;
const newline = 0x0a;
const quote = 0x22;
const comma = 0x2c;
const colon = 0x3a;
const backslash = 0x5c;
const openArray = 0x5b;
const closeArray = 0x5d;
const openObject = 0x7b;
const closeObject = 0x7d;
/** Space, tab and returns; the byte order mark; the separator of RFC 7464. */
const betweenValues = new Set([0x20, 0x09, 0x0d, 0xef, 0xbb, 0xbf, 0x1e]);

/**
 * Cuts a stream of JSON values (one, several behind each other, or one a line) into pieces that are parsed one
 * by one, so that a file of any size needs the memory of its largest piece. It works on bytes and decodes
 * nothing: in UTF-8 no byte of a longer character looks like one of JSON's own.
 *
 * Objects in the arrays under the `unpacked` keys of an object at the top, and in an array at the top, come on
 * their own. The rest of an object comes behind them, those arrays being empty. Only brackets and strings are
 * checked here; the parser of a piece does the rest.
 */
export class JsonSplitter {
  private line = 1;
  private inString = false;
  private escaped = false;
  /** Closing brackets that are owed, innermost last. */
  private readonly owed: number[] = [];
  /** How many brackets are open where elements begin; -1 outside of an array of elements. */
  private elementDepth = -1;
  private topIsArray = false;
  /** The string at depth 1 that was read last, and the key that a value follows. */
  private lastString = '';
  private key = '';

  private readonly element = new Piece();
  private readonly top = new Piece();

  /** `largest`: bytes of one piece. */
  constructor(
    private readonly unpacked: readonly string[],
    private readonly largest: number,
  ) {}

  /** Returns the pieces that end in this chunk. Throws FileProblem, after which nothing more can be read. */
  *write(chunk: Buffer): Generator<JsonEntry> {
    for (let i = 0; i < chunk.length; i++) {
      if (this.inString) {
        i = this.skipString(chunk, i);
        continue;
      }
      const c = chunk[i];
      if (c === quote) this.openString();
      else if (c === openObject || c === openArray) this.open(c, i, chunk);
      else if (c === closeObject || c === closeArray) yield* this.close(c, i, chunk);
      else if (c === newline) this.line++;
      else if (this.owed.length === 1) this.readAtTop(c);
      else if (this.owed.length === 0) this.refuseBetween(c, chunk, i);
    }
    this.element.pause(chunk);
    this.top.pause(chunk);
    this.refuseLarge(this.element);
    this.refuseLarge(this.top);
  }

  end(): void {
    if (this.owed.length === 0) return;
    throw new FileProblem(this.line, ocdsFinding('json-truncated'));
  }

  /** Returns the index of the closing quote, or of the chunk's last byte. */
  private skipString(chunk: Buffer, from: number): number {
    let i = from;
    for (; i < chunk.length; i++) {
      const c = chunk[i];
      if (this.escaped) this.escaped = false;
      else if (c === backslash) this.escaped = true;
      else if (c === quote) {
        this.inString = false;
        break;
      }
    }
    if (this.owed.length === 1 && this.lastString.length < longestKey) {
      this.lastString += chunk.toString('latin1', from, Math.min(i, from + longestKey));
    }
    return i;
  }

  private openString(): void {
    if (this.owed.length === 0) throw this.expectedValue('"');
    this.inString = true;
    this.lastString = '';
  }

  private readAtTop(c: number | undefined): void {
    if (c === colon) this.key = this.lastString;
    else if (c === comma) this.key = '';
  }

  private open(c: number, i: number, chunk: Buffer): void {
    const depth = this.owed.length;
    if (depth >= deepest) throw new FileProblem(this.line, ocdsFinding('json-too-deep', { depth: deepest }));
    this.owed.push(c === openObject ? closeObject : closeArray);
    if (depth === 0) {
      this.top.start(i, this.line);
      this.key = '';
      this.topIsArray = c === openArray;
      if (this.topIsArray) this.elementDepth = 1;
    } else if (depth === this.elementDepth) {
      this.element.start(i, this.line);
    } else if (depth === 1 && c === openArray && this.unpacked.includes(this.key)) {
      this.elementDepth = 2;
      this.top.stop(chunk, i + 1);
    }
  }

  private *close(c: number, i: number, chunk: Buffer): Generator<JsonEntry> {
    if (this.owed.pop() !== c) {
      const bracket = String.fromCharCode(c);
      throw new FileProblem(this.line, ocdsFinding('json-malformed', { bracket }));
    }
    const depth = this.owed.length;
    if (depth === this.elementDepth) yield this.finish(this.element, 'element', i, chunk);
    else if (depth === this.elementDepth - 1) {
      this.elementDepth = -1;
      if (!this.topIsArray) this.top.go(i);
    }
    if (depth > 0) return;
    const rest = this.finish(this.top, 'top', i, chunk);
    if (!this.topIsArray) yield rest;
  }

  private finish(piece: Piece, at: JsonEntry['at'], i: number, chunk: Buffer): JsonEntry {
    piece.stop(chunk, i + 1);
    this.refuseLarge(piece);
    return { at, ...piece.take() };
  }

  private refuseLarge(piece: Piece): void {
    if (piece.length <= this.largest) return;
    throw new FileProblem(piece.line, ocdsFinding('json-too-large', { bytes: this.largest }));
  }

  private refuseBetween(c: number | undefined, chunk: Buffer, i: number): void {
    if (c !== undefined && betweenValues.has(c)) return;
    throw this.expectedValue(chunk.toString('latin1', i, i + 1).replace(/[^!-~]/, '?'));
  }

  private expectedValue(found: string): FileProblem {
    return new FileProblem(this.line, ocdsFinding('json-expected', { found }));
  }
}

/** A Piece gathers the bytes of a value that may span chunks. */
class Piece {
  line = 0;
  length = 0;
  private parts: Buffer[] = [];
  /** Where it goes on in the present chunk; -1 when it does not. */
  private from = -1;

  start(i: number, line: number): void {
    this.line = line;
    this.from = i;
  }

  go(i: number): void {
    this.from = i;
  }

  stop(chunk: Buffer, to: number): void {
    if (this.from < 0) return;
    this.parts.push(chunk.subarray(this.from, to));
    this.length += to - this.from;
    this.from = -1;
  }

  /** Keeps what the chunk holds of it; it goes on at the beginning of the next chunk. */
  pause(chunk: Buffer): void {
    if (this.from < 0) return;
    this.stop(chunk, chunk.length);
    this.from = 0;
  }

  take(): { bytes: Buffer; line: number } {
    const [only, ...more] = this.parts;
    const bytes = only && more.length === 0 ? only : Buffer.concat(this.parts);
    this.parts = [];
    this.length = 0;
    return { bytes, line: this.line };
  }
}
