import GraphemeSplitter from 'grapheme-splitter';
import { dataLines } from '../../platform/project-files.js';
import type { LengthsView } from './template.schema.js';
import { adviceOn, type UnencodableReason } from './texts.words.js';

/** SmsLength is what a text is counted as outside Korea. */
export type SmsLength = LengthsView['sms'];

/** Unencodable is a character that EUC-KR lacks, before its reason is put into words. */
type Unencodable = Omit<LengthsView['korean']['unencodable'][number], 'advice'> & {
  reason: UnencodableReason;
};

/** KoreanLength is what a text is counted as in Korea. */
export type KoreanLength = Omit<LengthsView['korean'], 'unencodable'> & { unencodable: Unencodable[] };

/** EUC-KR bytes of the line that Korean carriers put before a text sent through an interface, with its newline. */
export const domesticPrefixBytes = 10; // [Web발신]
/** The same for a text that comes in from abroad. */
export const internationalPrefixBytes = 11; // [국제발신]

/** An SMS takes so many EUC-KR bytes, the carrier's prefix included. */
const smsBytes = 90;
/** EUC-KR bytes of the text itself: the prefix is not taken off a long text. */
const lmsBytes = 2000;

/** Returns by how many EUC-KR bytes a text of so many is longer than an SMS takes in Korea; none or fewer: it is not. */
export const bytesOverSms = (bytes: number) => bytes + domesticPrefixBytes - smsBytes;

const gsmSingle = 160;
const gsmPart = 153;
const ucsSingle = 70;
const ucsPart = 67;

/** So many characters that make a text dearer are named. */
const mostNamed = 8;

/** These characters of GSM 03.38 (3GPP TS 23.038, the default alphabet) take one septet each. */
const gsmBasic =
  '@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !"#¤%&\'()*+,-./0123456789:;<=>?' +
  '¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà';
/** Those of its extension table take two that never part: an escape and a character. */
const gsmExtension = '\f^{}\\[~]|€';

/** It has the septets of each UTF-16 code unit, and 0 for what is not in the alphabet. */
const gsmSeptets = gsmTable();
/** EUC-KR bytes by UTF-16 code unit; 0: it cannot be encoded. */
const eucKrWidths = eucKrTable();

// Twilio's calculator splits by this library (Unicode 10.0, with its slips about flags and emoji modifiers), and a count
// that differs from the bill is of no use. `Intl.Segmenter` follows newer rules, which also change with the version of Node.
const graphemes = new GraphemeSplitter();

/** Characters that KS X 1001 does hold, with their look-alikes that it lacks. */
const lookAlikes = {
  '-': '‐‑‒–—−',
  '·': '•․∙‧⋅・･',
  '■': '▪',
  '▶': '►▸',
  V: '✓✔',
  '×': '✕✖',
  ',': '‚',
  "'": '‛',
  '"': '„‟',
  '≪': '«',
  '≫': '»',
  '〈': '‹',
  '〉': '›',
  '“': '〝',
  '”': '〞',
  '(c)': '©',
  '￥': '¥',
  '￠': '¢',
  '￡': '£',
  '|': '¦',
  '￢': '¬',
  '￣': '¯',
  '～': '〜⁓',
  '☎': '✆',
  '/': '⁄∕',
};
const substitutes = new Map(
  Object.entries(lookAlikes).flatMap(([instead, characters]) =>
    [...characters].map((character) => [character, instead] as const),
  ),
);

const invisible = /^[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{M}\u115f\u1160\u3164\uffa0]$/u;
const emoji = /^[\p{Extended_Pictographic}\p{Emoji_Modifier}\p{Regional_Indicator}]$/u;
const looseHangul = /^[\u1100-\u11ff\ua960-\ua97f\ud7b0-\ud7ff]$/;

/**
 * Counts a text as Twilio's calculator does without smart encoding: GSM-7 when every character is in its alphabet
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
  const single = septets <= gsmSingle;
  const sizes = () => [...text].map((character) => gsmSeptets[character.charCodeAt(0)] ?? 0);
  return { encoding: 'GSM-7', units: septets, parts: single ? 1 : partsFor(sizes(), gsmPart) };
}

/**
 * Returns the characters that make a text dearer outside Korea, each once, and in how many parts it would go without them.
 * Null where it costs no more by them, and where there are more than `mostNamed`: then it is written in another script.
 */
export function dearCharacters(text: string): { characters: string[]; parts: number } | null {
  const isOutside = (character: string) => (gsmSeptets[character.charCodeAt(0)] ?? 0) === 0;
  const characters = [...new Set(text)].filter(isOutside);
  if (characters.length === 0 || characters.length > mostNamed) return null;
  const { parts } = smsLength([...text].filter((character) => !isOutside(character)).join(''));
  return parts < smsLength(text).parts ? { characters, parts } : null;
}

/**
 * Counts a text in EUC-KR (KS X 1001: ASCII takes one byte, Hangul and symbols two), and finds the class that Korean
 * carriers make of it. `reservedBytes` is taken off the 90 of an SMS for the carrier's prefix.
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

/** Returns the bytes of one character (a code point) in EUC-KR; 0 when it cannot be encoded. */
export function eucKrWidth(character: string): number {
  return character.length === 1 ? (eucKrWidths[character.charCodeAt(0)] ?? 0) : 0;
}

/** Writes the text as a Korean phone can show it: substitutes where there are some, `?` for a character without one. */
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

/** Counts a text both ways, for people to read. The Korean carrier's prefix is taken off. */
export function lengthsOfText(text: string): LengthsView {
  const korean = koreanLength(text, domesticPrefixBytes);
  const unencodable = korean.unencodable.map(({ reason, ...found }) => ({
    ...found,
    advice: adviceOn({ ...found, reason }).en,
  }));
  return { sms: smsLength(text), korean: { ...korean, unencodable } };
}

function findUnencodable(text: string): Unencodable[] {
  const found: Unencodable[] = [];
  let index = 0;
  for (const character of text) {
    if (eucKrWidth(character) === 0) found.push(unencodableAt(character, index));
    index += character.length;
  }
  return found;
}

function unencodableAt(character: string, index: number): Unencodable {
  const substitute = substituteFor(character);
  if (substitute !== null) return { character, index, instead: substitute, reason: 'has-substitute' };
  if (invisible.test(character)) return { character, index, instead: '', reason: 'invisible' };
  if (emoji.test(character)) return { character, index, instead: '', reason: 'emoji' };
  if (character >= '가' && character <= '힣') return { character, index, instead: null, reason: 'hangul' };
  const reason = looseHangul.test(character) ? 'decomposed-hangul' : 'other';
  return { character, index, instead: null, reason };
}

/**
 * Finds what can be encoded in place of a character: its look-alike, its compatibility form (½, ﬁ), or the letter without
 * its accent (é).
 */
function substituteFor(character: string): string | null {
  const listed = substitutes.get(character);
  if (listed !== undefined) return listed;
  const bare = character.normalize('NFKD').replace(/\p{M}/gu, '');
  for (const form of [character.normalize('NFKC'), bare]) {
    if (form !== character && form !== '' && [...form].every((c) => eucKrWidth(c) > 0)) return form;
  }
  return null;
}

function koreanClass(bytes: number, reservedBytes: number): KoreanLength['class'] {
  if (bytes <= smsBytes - reservedBytes) return 'SMS';
  return bytes <= lmsBytes ? 'LMS' : 'too-long';
}

function ucsLength(text: string): SmsLength {
  const units = text.length;
  if (units <= ucsSingle) return { encoding: 'UCS-2', units, parts: 1 };
  for (let i = 0; i < units; i++) {
    if (standsAlone(text.charCodeAt(i))) continue;
    return { encoding: 'UCS-2', units, parts: partsFor(graphemeSizes(text), ucsPart) };
  }
  return { encoding: 'UCS-2', units, parts: Math.ceil(units / ucsPart) };
}

/** Counts the parts that pieces of these sizes fill when none of them is torn. */
function partsFor(sizes: number[], capacity: number): number {
  let parts = 1;
  let filled = 0;
  for (const size of sizes) {
    if (filled + size > capacity) {
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
 * Tells whether this UTF-16 code unit is always a character of its own. It may say no of one that is, because it is a
 * cheap test for nearly every text that is sent.
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

function gsmTable(): Uint8Array {
  const table = new Uint8Array(0x10000);
  for (const character of gsmBasic) table[character.charCodeAt(0)] = 1;
  for (const character of gsmExtension) table[character.charCodeAt(0)] = 2;
  return table;
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
