import type { Finding } from '../findings.js';
import type { CellExtra } from './raw-row.js';
import { sheetLimits } from './sheet-limits.js';
import { sheetFinding } from './sheet.words.js';
import { type SharedStrings, unescaped } from './workbook-strings.js';

/** XmlCell is a cell as it stands in the XML of a worksheet. */
export interface XmlCell {
  type: string;
  style: number;
  hasFormula: boolean;
  /** The content of `v`; null when there is none. */
  stored: string | null;
  /** The text of `is`; null when there is none. */
  inline: string | null;
}

export interface CellRules {
  since1904: boolean;
  shapes: readonly NumberShape[];
  strings: SharedStrings;
}

/** NumberShape is what a number format makes of a number; see ECMA-376, part 1, 18.8.30 and 18.8.31. */
export type NumberShape =
  | { as: 'number' }
  | { as: 'date' }
  | { as: 'percent' }
  /** Digits with a fixed pattern, such as 00000, 000-00-00000 or "C-2026-"0000: shown is what a person typed. */
  | { as: 'pattern'; tokens: PatternToken[] }
  /** `#,##0"천원"`: the unit belongs to the value. */
  | { as: 'unit'; unit: string; dividedBy: number };

/** A place for a digit, or what stands between. */
type PatternToken = '0' | '#' | { literal: string };

const number: NumberShape = { as: 'number' };

interface ReadCell {
  text: string;
  /** Null for plain text. */
  extra: CellExtra | null;
}

/** Reads a cell as text, with what is to be known of it besides. */
export function readCell(cell: XmlCell, rules: CellRules): ReadCell {
  const { type, stored } = cell;
  if (type === 'inlineStr') return textCell(cell.inline ?? '');
  if (stored === null || stored === '') {
    if (cell.hasFormula && type !== 'str') return found('', sheetFinding('formula-uncalculated'));
    return cell.inline === null ? { text: '', extra: null } : textCell(cell.inline);
  }
  if (type === 's') {
    const text = rules.strings.at(Number(stored));
    return text === undefined ? found('', sheetFinding('cell-text-missing')) : textCell(text);
  }
  if (type === 'str') return textCell(unescaped(stored));
  if (type === 'b') return { text: stored.trim() === '1' ? 'TRUE' : 'FALSE', extra: null };
  if (type === 'e') {
    const shown = stored.slice(0, 20);
    return found(shown, sheetFinding('cell-error', { shown: shown.replace(/[^\w#/!?]/g, '') }));
  }
  if (type === 'd') return { text: stored.slice(0, 40), extra: null };
  return numberCell(Number(stored), rules.shapes[cell.style] ?? number, rules.since1904, stored);
}

function textCell(text: string): ReadCell {
  if (text.length <= sheetLimits.cellLength) return { text, extra: null };
  return found(text.slice(0, 100), sheetFinding('cell-too-long', { characters: sheetLimits.cellLength }));
}

function numberCell(value: number, shape: NumberShape, since1904: boolean, stored: string): ReadCell {
  if (!Number.isFinite(value)) return found(stored.slice(0, 40), sheetFinding('cell-unreadable'));
  const day = dayOf(value, since1904);
  const extra = { isNumber: true, day, isDate: false, finding: null };
  if (shape.as === 'date' && day !== null) return { text: day, extra: { ...extra, isDate: true } };
  if (shape.as === 'pattern') {
    const text = inPattern(value, shape.tokens);
    // A person sees the zeros of the pattern, so that none are lost.
    if (text !== null) return { text, extra: { ...extra, isNumber: false } };
  }
  if (shape.as === 'percent') return { text: `${plain(value * 100)}%`, extra };
  if (shape.as === 'unit') return { text: `${plain(value / shape.dividedBy)}${shape.unit}`, extra };
  const finding = Math.abs(value) >= 1e15 ? sheetFinding('digits-lost') : null;
  return { text: plain(value), extra: { ...extra, finding } };
}

/** Returns the day of a serial number, a time of it left out; null for what is none between 1990 and 2100. */
export function dayOf(serial: number, since1904: boolean): string | null {
  // Counted from 1900 there is a 29 February 1900, which never was: from March 1900 on days count from 30 December 1899.
  const days = Math.floor(serial) + (since1904 ? 1462 : 0);
  if (days < 32_874 || days > 73_415) return null;
  return new Date(Date.UTC(1899, 11, 30 + days)).toISOString().slice(0, 10);
}

/** Writes a number without an exponent, and with the 15 digits that a spreadsheet keeps. */
function plain(value: number): string {
  const rounded = Number(value.toPrecision(15));
  const text = String(rounded);
  return text.includes('e')
    ? rounded.toLocaleString('en-US', { useGrouping: false, maximumFractionDigits: 20 })
    : text;
}

function found(text: string, finding: Finding): ReadCell {
  return { text, extra: { isNumber: false, day: null, isDate: false, finding } };
}

/** Returns the shape of a built-in format; 27 to 36 and 50 to 58 are dates of the East Asian locales. */
export function shapeOfBuiltIn(id: number): NumberShape {
  if (id === 9 || id === 10) return { as: 'percent' };
  const isDate = (id >= 14 && id <= 17) || id === 22 || (id >= 27 && id <= 31) || id === 36 || id >= 50;
  return isDate && id <= 58 ? { as: 'date' } : number;
}

/** Reads a format code as it stands in styles.xml, such as `yyyy"년" m"월" d"일"` or `[$-412]yyyy-mm-dd`. */
export function shapeOf(code: string): NumberShape {
  const [section = ''] = sectionsOf(code);
  const bare = bareOf(section);
  if (/^(general|표준|g\/표준)$/i.test(section.trim())) return number;
  if (/%/.test(bare)) return { as: 'percent' };
  // Hours and minutes alone are a time, and no day.
  if (/y|d|e(?![+-])|m{3}/i.test(bare) || /^\W*m+\W*$/i.test(bare)) return { as: 'date' };
  const [unit] = /(천|만|백만|천만|억)\s*원?/.exec(literalsOf(section)) ?? [];
  if (unit !== undefined && /[0#]/.test(bare)) {
    const commas = /[0#](,+)(?![0#,.])/.exec(bare)?.[1]?.length ?? 0;
    return { as: 'unit', unit, dividedBy: 1000 ** commas };
  }
  const tokens = /^[0#\-\s]*0[0#\-\s]*$/.test(bare) ? patternOf(section) : null;
  const isPattern = tokens && tokens.filter((token) => token !== '#').length > 1;
  return isPattern && tokens ? { as: 'pattern', tokens } : number;
}

/** Writes a whole number in a pattern; null when it is none, or negative. Digits beyond the pattern stay in front. */
export function inPattern(value: number, tokens: readonly PatternToken[]): string | null {
  if (!Number.isInteger(value) || value < 0 || value >= 1e15) return null;
  const digits = String(value).split('');
  let places = tokens.filter((token) => typeof token === 'string').length;
  const written = tokens.toReversed().map((token) => {
    if (typeof token !== 'string') return token.literal;
    places -= 1;
    const digit = places === 0 ? digits.splice(0).join('') : digits.pop();
    return digit || (token === '0' ? '0' : '');
  });
  return written.reverse().join('');
}

function sectionsOf(code: string): string[] {
  return code.replace(/"[^"]*"|\\.|;/gs, (part) => (part === ';' ? '\u0000' : part)).split('\u0000');
}

/** Returns a section without what is quoted, escaped, in brackets (but for elapsed hours), or only makes room. */
function bareOf(section: string): string {
  return section
    .replace(/"[^"]*"|\\.|_./gs, '')
    .replace(/\*./gs, '')
    .replace(/\[(?!(h+|m+|s+)\])[^\]]*\]/gi, '')
    .replace(/general/gi, '');
}

function literalsOf(section: string): string {
  return [...section.matchAll(/"([^"]*)"|\\(.)|([\p{Script=Hangul}]+)/gu)]
    .map(([, quoted, escaped, plain]) => quoted ?? escaped ?? plain ?? '')
    .join('');
}

function patternOf(section: string): PatternToken[] {
  const parts = section.replace(/\[[^\]]*\]|_./g, '').matchAll(/"([^"]*)"|\\(.)|([0#])|([-\s])/gs);
  return [...parts].map(([, quoted, escaped, digit, plain]) =>
    digit === undefined ? { literal: quoted ?? escaped ?? plain ?? '' } : (digit as '0' | '#'),
  );
}
