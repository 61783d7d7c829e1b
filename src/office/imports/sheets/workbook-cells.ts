import type { Finding } from '../../../platform/findings.js';
import { sheetFinding } from '../../../platform/sheets/sheet.words.js';
import type { CellExtra } from './raw-row.js';
import { sheetLimits } from './sheet-limits.js';
import { inPattern, type NumberShape } from './workbook-number-formats.js';
import type { SharedStrings } from './workbook-strings.js';
import { unescaped } from './workbook-strings.js';

/** A cell as it stands in the XML. */
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

const plainNumber: NumberShape = { as: 'number' };

/** A cell as text, and what is to be known of it besides; `extra` is null for plain text. */
export function readCell(cell: XmlCell, rules: CellRules): { text: string; extra: CellExtra | null } {
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
  if (type === 'e') return errorCell(stored.slice(0, 20));
  if (type === 'd') return { text: stored.slice(0, 40), extra: null };
  return numberCell(Number(stored), rules.shapes[cell.style] ?? plainNumber, rules.since1904, stored);
}

function textCell(text: string): { text: string; extra: CellExtra | null } {
  if (text.length <= sheetLimits.cellLength) return { text, extra: null };
  return found(text.slice(0, 100), sheetFinding('cell-too-long', { characters: sheetLimits.cellLength }));
}

function errorCell(shown: string): { text: string; extra: CellExtra } {
  return found(shown, sheetFinding('cell-error', { shown: shown.replace(/[^\w#/!?]/g, '') }));
}

function numberCell(value: number, shape: NumberShape, since1904: boolean, stored: string) {
  if (!Number.isFinite(value)) return found(stored.slice(0, 40), sheetFinding('cell-unreadable'));
  const day = dayOf(value, since1904);
  const extra: CellExtra = {
    isNumber: true,
    day,
    isDate: shape.as === 'date' && day !== null,
    finding: null,
  };
  if (extra.isDate) return { text: day ?? '', extra };
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

/** The day of a serial number, a time of it left out; null for what is none between 1990 and 2100. */
export function dayOf(serial: number, since1904: boolean): string | null {
  // Counted from 1900 there is a 29 February 1900, which never was: from March 1900 on days count from 30 December 1899.
  const days = Math.floor(serial) + (since1904 ? 1462 : 0);
  if (days < 32_874 || days > 73_415) return null;
  return new Date(Date.UTC(1899, 11, 30 + days)).toISOString().slice(0, 10);
}

/** Without an exponent, and with the 15 digits that a spreadsheet keeps. */
function plain(value: number): string {
  const rounded = Number(value.toPrecision(15));
  const text = String(rounded);
  return text.includes('e')
    ? rounded.toLocaleString('en-US', { useGrouping: false, maximumFractionDigits: 20 })
    : text;
}

function found(text: string, finding: Finding): { text: string; extra: CellExtra } {
  return { text, extra: { isNumber: false, day: null, isDate: false, finding } };
}
