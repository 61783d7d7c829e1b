import GraphemeSplitter from 'grapheme-splitter';
import { dataLines } from '../../platform/project-files.js';
import { gsmSeptets } from './gsm.table.js';
import { adviseOn, type Unencodable } from './unencodable.js';

/** What a text is counted as outside Korea. */
export interface SmsLength {
  encoding: 'GSM-7' | 'UCS-2';
  /** Septets in GSM-7 (an extension character is two), UTF-16 code units in UCS-2. */
  units: number;
  /** Messages that the carrier bills; an empty text is one. */
  parts: number;
}

/** What a text is counted as in Korea. */
export interface KoreanLength {
  /** EUC-KR bytes, without the reserve; a character that cannot be encoded counts as 2, the most a substitute takes. */
  bytes: number;
  class: 'SMS' | 'LMS' | 'too-long';
  /** In the order of the text; empty when the text can be sent as it is. */
  unencodable: Unencodable[];
}

/** EUC-KR bytes of the line that Korean carriers put before a text sent through an interface, with its newline. */
export const domesticPrefixBytes = 10; // [Web발신]
/** The same of a text that comes in from abroad. */
export const internationalPrefixBytes = 11; // [국제발신]

/** EUC-KR bytes, the carrier's prefix included. */
const smsBytes = 90;
/** EUC-KR bytes of the text itself: the prefix is not taken off a long text. */
const lmsBytes = 2000;

const gsmSingle = 160;
const gsmPart = 153;
const ucsSingle = 70;
const ucsPart = 67;

const eucKrWidths = eucKrTable();

// Twilio's calculator counts by it (Unicode 10.0, with its slips about flags and emoji modifiers): a count that differs
// from the bill is of no use. `Intl.Segmenter` follows newer rules, which also change with the version of Node.
const graphemes = new GraphemeSplitter();

/**
 * Counts as Twilio's calculator does without smart encoding: GSM-7 when every character is in its alphabet
 * (160 septets, or 153 a part), else UCS-2 (70 UTF-16 code units, or 67 a part). No part ends inside an
 * extension pair, a surrogate pair or a grapheme.
 */
export function smsLength(text: string): SmsLength {
  let septets = 0;
  for (let i = 0; i < text.length; i++) {
    const width = gsmSeptets[text.charCodeAt(i)];
    if (!width) return ucsLength(text);
    septets += width;
  }
  const parts = septets <= gsmSingle ? 1 : gsmParts(text);
  return { encoding: 'GSM-7', units: septets, parts };
}

/**
 * Bytes in EUC-KR (KS X 1001: ASCII one, Hangul and symbols two), and the class that Korean carriers make of
 * it. `reservedBytes` is taken off the 90 of an SMS for the carrier's prefix.
 */
export function koreanLength(text: string, reservedBytes = 0): KoreanLength {
  let bytes = 0;
  let lost = 0;
  for (let i = 0; i < text.length; i++) {
    const width = eucKrWidths[text.charCodeAt(i)] ?? 0;
    bytes += width;
    if (width === 0) lost++;
  }
  const unencodable = lost === 0 ? [] : findUnencodable(text);
  bytes += unencodable.length * 2;
  return { bytes, class: koreanClass(bytes, reservedBytes), unencodable };
}

/** Bytes of one character (a code point) in EUC-KR; 0: it cannot be encoded. */
export function eucKrWidth(character: string): number {
  return character.length === 1 ? (eucKrWidths[character.charCodeAt(0)] ?? 0) : 0;
}

/** The text as a Korean phone can show it: substitutes where there are some, `?` for a character that has none. */
export function encodableInKorean(text: string): string {
  const { unencodable } = koreanLength(text);
  let result = '';
  let from = 0;
  for (const { character, index, instead } of unencodable) {
    result += text.slice(from, index) + (instead ?? '?');
    from = index + character.length;
  }
  return result + text.slice(from);
}

function findUnencodable(text: string): Unencodable[] {
  const found: Unencodable[] = [];
  let index = 0;
  for (const character of text) {
    if (eucKrWidth(character) === 0) found.push(adviseOn(character, index, eucKrWidth));
    index += character.length;
  }
  return found;
}

function koreanClass(bytes: number, reservedBytes: number): KoreanLength['class'] {
  if (bytes <= smsBytes - reservedBytes) return 'SMS';
  return bytes <= lmsBytes ? 'LMS' : 'too-long';
}

function gsmParts(text: string): number {
  let parts = 1;
  let filled = 0;
  for (let i = 0; i < text.length; i++) {
    const width = gsmSeptets[text.charCodeAt(i)] ?? 0;
    if (filled + width > gsmPart) {
      parts++;
      filled = 0;
    }
    filled += width;
  }
  return parts;
}

function ucsLength(text: string): SmsLength {
  const units = text.length;
  if (units <= ucsSingle) return { encoding: 'UCS-2', units, parts: 1 };
  for (let i = 0; i < units; i++) {
    if (!standsAlone(text.charCodeAt(i))) return { encoding: 'UCS-2', units, parts: ucsParts(text) };
  }
  return { encoding: 'UCS-2', units, parts: Math.ceil(units / ucsPart) };
}

function ucsParts(text: string): number {
  let parts = 1;
  let filled = 0;
  for (const size of graphemeSizes(text)) {
    if (filled + size > ucsPart) {
      parts++;
      filled = 0;
    }
    filled += size;
  }
  return parts;
}

/** Sizes in UTF-16 code units, which add up to the text's length. CR LF is two, as it is for Twilio's calculator. */
function graphemeSizes(text: string): number[] {
  return graphemes.splitGraphemes(text).flatMap((one) => (one === '\r\n' ? [1, 1] : [one.length]));
}

/**
 * Whether this UTF-16 code unit is always a character of its own. May say no of one that is: a cheap test
 * for nearly every text that is sent.
 */
function standsAlone(unit: number): boolean {
  return (
    unit < 0x300 ||
    (unit >= 0xac00 && unit <= 0xd7a3) ||
    (unit >= 0x2010 && unit <= 0x2027) ||
    (unit >= 0x2190 && unit <= 0x2bff) ||
    (unit >= 0x30a0 && unit <= 0x9fff)
  );
}

/** Reads `data/euc-kr.txt`. glibc lets the C1 controls through as they are. */
function eucKrTable(): Uint8Array {
  const table = new Uint8Array(0x10000);
  table.fill(1, 0, 0x9f + 1);
  for (const line of dataLines('euc-kr.txt')) {
    const [block = '', bits = ''] = line.split(' ');
    for (let i = 0; i < 256; i++) {
      const nibble = parseInt(bits.charAt(i >> 2), 16);
      if (nibble & (8 >> (i & 3))) table[(parseInt(block, 16) << 8) + i] = 2;
    }
  }
  return table;
}
