import type { Finding } from '../findings.js';

/** CellExtra is what a workbook knows of a cell beyond its text. */
export interface CellExtra {
  /** The cell is kept as a number, so that leading zeros are lost. */
  isNumber: boolean;
  /** The day (YYYY-MM-DD) that the number is by the workbook's calendar. */
  day: string | null;
  /** The cell is shown as a date. */
  isDate: boolean;
  /** Why the text cannot be believed. */
  finding: Finding | null;
}

export interface RawRow {
  /** The physical line on which the row begins; in a workbook the number of the row. */
  line: number;
  cells: string[];
  /** By column, for those cells of a workbook that are not plain text. */
  extras?: ReadonlyMap<number, CellExtra>;
}

/** RowSource gives the rows of a CSV file or of one worksheet, the empty ones included. */
export interface RowSource {
  /** The name of the worksheet; null for CSV, which has none. */
  sheet: string | null;
  isHidden: boolean;
  /** Gives the rows once. Throws FileProblem, after all rows before the fault. */
  rows(): AsyncGenerator<RawRow>;
  /** Returns what the reader assumed about the rows below a line; complete when they have been read. */
  notes(below: number): RowNote[];
}

export interface RowNote {
  line: number;
  finding: Finding;
}

/** FileProblem says what is wrong with a file from a line on; reading stops there. */
export class FileProblem extends Error {
  constructor(
    readonly line: number,
    readonly finding: Finding,
    options?: ErrorOptions,
  ) {
    super(`line ${line}: ${finding.code}`, options);
  }

  get code(): string {
    return this.finding.code;
  }
}

export function isBlank(cells: readonly string[]): boolean {
  return cells.every((cell) => cell.trim() === '');
}

/** Returns 0 for A; -1 for what is no column. */
export function columnIndex(letters: string): number {
  let index = 0;
  for (let i = 0; i < letters.length; i++) index = index * 26 + letters.charCodeAt(i) - 64;
  return index - 1;
}

export function columnLetters(index: number): string {
  const rest = String.fromCharCode(65 + (index % 26));
  return index < 26 ? rest : columnLetters(Math.floor(index / 26) - 1) + rest;
}
