import type { LocalDate } from '../../../core/calendar/calendar.schema.js';
import type { Finding } from '../../../platform/findings.js';
import type { RowProblem } from '../import.types.js';

/** What a workbook knows of a cell beyond its text. */
export interface CellExtra {
  /** It is kept as a number, so that leading zeros are lost. */
  isNumber: boolean;
  /** The day that the number is by the workbook's calendar. */
  day: LocalDate | null;
  /** It is shown as a date. */
  isDate: boolean;
  /** Why the text cannot be believed. */
  finding: Finding | null;
}

export interface RawRow {
  /** The physical line on which it begins; in a workbook the number of the row. */
  line: number;
  cells: string[];
  /** By column, for those cells of a workbook that are not plain text. */
  extras?: ReadonlyMap<number, CellExtra>;
}

/** Rows as they come from a file of either form, the empty ones included. */
export interface RowSource {
  /** The name of the worksheet; null for CSV, which has none. */
  sheet: string | null;
  /** From the first row on, at every call. Throws FileProblem, after all rows before the fault. */
  rows(): AsyncGenerator<RawRow>;
  /** What the reader assumed about the rows below a line; complete when they have been read. */
  notes(below: number): RowProblem[];
}

/** Something is wrong with the file from this line on, and reading stops there. */
export class FileProblem extends Error {
  constructor(
    readonly line: number,
    readonly finding: Finding,
  ) {
    super(`line ${line}: ${finding.code}`);
  }

  get code(): string {
    return this.finding.code;
  }
}

export function isBlank(cells: readonly string[]): boolean {
  return cells.every((cell) => cell.trim() === '');
}
