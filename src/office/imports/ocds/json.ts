import type { LocalDate } from '../../../core/calendar/calendar.schema.js';
import { seenOnly } from '../../../platform/plain-text.js';
import { FileProblem } from '../../../platform/sheets/raw-row.js';
import { isDay } from '../import.types.js';
import { ocdsFinding } from './ocds.words.js';

/** Published data keeps to no schema for long, so every member is looked at before it is believed. */
export type JsonObject = Record<string, unknown>;

export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Returns the object under a key; an empty one when there is none. */
export function objectAt(object: JsonObject, key: string): JsonObject {
  const value = object[key];
  return isObject(value) ? value : {};
}

/** Returns the objects of an array; an object that stands where an array belongs is its only one. */
export function listAt(object: JsonObject, key: string): JsonObject[] {
  const value = object[key];
  return Array.isArray(value) ? value.filter(isObject) : isObject(value) ? [value] : [];
}

/**
 * Parses JSON as JSON.parse does, except that a number comes as text where JavaScript would write it otherwise: an id of
 * twenty digits keeps them all. Throws SyntaxError.
 */
export function parseExactly(text: string): unknown {
  // Most of what is published has no such number, and is spared the second look.
  if (!/\d{16}|\.\d*0(?!\d)|\d[eE][+-]?\d/.test(text)) return JSON.parse(text) as unknown;
  const exact = text.replace(/"(?:[^"\\]|\\.)*"|-?\d[\d.eE+-]*/gs, (token) =>
    token.startsWith('"') || !isNumber(token) || String(Number(token)) === token ? token : `"${token}"`,
  );
  return JSON.parse(exact) as unknown;
}

/** Whether JSON knows it as a number: what it does not know is left for the parser to refuse. */
function isNumber(token: string): boolean {
  return /^-?(0|[1-9]\d*)(\.\d+)?([eE][+-]?\d+)?$/.test(token);
}

/** Returns text that is not blank, on one line and cut to `limit` characters; numbers (ids often are) as text. */
export function textAt(object: JsonObject, key: string, limit = 200): string | null {
  const value = object[key];
  if (typeof value === 'number') return String(value);
  if (typeof value !== 'string') return null;
  const text = seenOnly(value.normalize('NFC'))
    .replace(/[\p{Cc}\s]+/gu, ' ')
    .trim();
  if (text === '') return null;
  return text.length <= limit ? text : `${text.slice(0, limit - 1).trimEnd()}…`;
}

/** Returns the calendar day as written; a time and its zone never shift it (23:59Z would be tomorrow in Seoul). */
export function dayAt(object: JsonObject, key: string): LocalDate | null {
  const [, day] = /^(\d{4}-\d{2}-\d{2})($|[T ])/.exec(textAt(object, key, 60) ?? '') ?? [];
  return day !== undefined && isDay(day) ? day : null;
}

/** Returns the `amount` of a value with at most two places; null for what is none, is negative, or beyond 10^15. */
export function amountOf({ amount }: JsonObject): string | null {
  // Text is exact; as a number it would be to 15 digits only.
  const [, whole, fraction = ''] =
    /^(0|[1-9]\d{0,14})(?:\.(\d{1,2}))?$/.exec(textAt({ amount }, 'amount') ?? '') ?? [];
  if (whole !== undefined) return /[1-9]/.test(fraction) ? `${whole}.${fraction.padEnd(2, '0')}` : whole;
  const number = typeof amount === 'string' && amount.trim() !== '' ? Number(amount) : amount;
  if (typeof number !== 'number' || !(number >= 0 && number <= 1e15)) return null;
  return Number.isInteger(number) ? String(number) : number.toFixed(2);
}

/** A JsonEntry is one value of the file: an element of a package's array, or what is left of a value at the top. */
export interface JsonEntry {
  at: 'element' | 'top';
  /** The value as it is written: JSON in UTF-8. */
  bytes: Buffer;
  /** The line on which it begins. */
  line: number;
}

/** A value has at most so many levels of arrays and objects. */
export const deepest = 500;
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
  /** The string at depth 1 that was read last, and the key that a value follows. */
  private lastString = '';
  private key = '';

  private readonly element: Piece = { line: 0, length: 0, parts: [] };
  private readonly top: Piece = { line: 0, length: 0, parts: [] };
  /** The piece that the bytes belong to which are being read, and where in the chunk they begin. */
  private piece: Piece | null = null;
  private from = 0;

  /** A piece may have `largest` bytes. */
  constructor(
    private readonly unpacked: readonly string[],
    private readonly largest: number,
  ) {}

  /** Returns the pieces that end in this chunk. Throws FileProblem, after which nothing more can be read. */
  *write(chunk: Buffer): Generator<JsonEntry> {
    this.from = 0;
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
    this.goOnWith(this.piece, chunk, chunk.length);
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
      this.key = '';
      if (c === openArray) this.elementDepth = 1;
      else this.startPiece(this.top, chunk, i);
    } else if (depth === this.elementDepth) this.startPiece(this.element, chunk, i);
    else if (depth === 1 && c === openArray && this.unpacked.includes(this.key)) {
      this.elementDepth = 2;
      this.goOnWith(null, chunk, i + 1);
    }
  }

  private *close(c: number, i: number, chunk: Buffer): Generator<JsonEntry> {
    if (this.owed.pop() !== c) {
      const bracket = String.fromCharCode(c);
      throw new FileProblem(this.line, ocdsFinding('json-malformed', { bracket }));
    }
    const depth = this.owed.length;
    if (depth === this.elementDepth) yield this.finishPiece(this.element, 'element', chunk, i + 1);
    else if (depth === this.elementDepth - 1) {
      this.elementDepth = -1;
      if (depth > 0) this.goOnWith(this.top, chunk, i);
    }
    if (depth === 0 && c === closeObject) yield this.finishPiece(this.top, 'top', chunk, i + 1);
  }

  private startPiece(piece: Piece, chunk: Buffer, i: number): void {
    piece.line = this.line;
    this.goOnWith(piece, chunk, i);
  }

  private finishPiece(piece: Piece, at: JsonEntry['at'], chunk: Buffer, end: number): JsonEntry {
    this.goOnWith(null, chunk, end);
    const [only, ...more] = piece.parts;
    const bytes = only && more.length === 0 ? only : Buffer.concat(piece.parts);
    Object.assign(piece, { length: 0, parts: [] });
    return { at, bytes, line: piece.line };
  }

  /** Gives the bytes up to `i` to the piece that they belong to; those from there on belong to `next`. */
  private goOnWith(next: Piece | null, chunk: Buffer, i: number): void {
    const { piece } = this;
    if (piece) {
      piece.parts.push(chunk.subarray(this.from, i));
      piece.length += i - this.from;
      if (piece.length > this.largest)
        throw new FileProblem(piece.line, ocdsFinding('json-too-large', { bytes: this.largest }));
    }
    this.piece = next;
    this.from = i;
  }

  private refuseBetween(c: number | undefined, chunk: Buffer, i: number): void {
    if (c !== undefined && betweenValues.has(c)) return;
    throw this.expectedValue(chunk.toString('latin1', i, i + 1).replace(/[^!-~]/, '?'));
  }

  private expectedValue(found: string): FileProblem {
    return new FileProblem(this.line, ocdsFinding('json-expected', { found }));
  }
}

/** A Piece is a value whose bytes may span chunks. */
interface Piece {
  line: number;
  length: number;
  parts: Buffer[];
}
