import { showRaw } from '../../../platform/phone-numbers/phone-number.js';
import type { Finding } from '../../../platform/findings.js';
import { importFinding } from '../import-problems.words.js';
import { type RowProblem, rowProblem, type Weight } from '../import.types.js';
import type { CellExtra, RawRow } from '../../../platform/sheets/raw-row.js';
import { isDayField, type SheetField } from './sheet-fields.js';
import type { MatchedHeadings } from './sheet-headings.js';
import type { Read } from './sheet-values.js';

/** What goes in without these is still the contract; a cell of them that cannot be believed is left out. */
const besideTheContract = new Set<SheetField>([
  ...(['period', 'method', 'registrationNumber', 'role', 'share', 'country', 'representative'] as const),
  ...(['contact', 'phone', 'locale', 'legalBasis', 'legalBasisOn'] as const),
]);

/** A spreadsheet makes a date of what merely looks like one, and what was typed is gone. */
const neverDays = new Set<SheetField>([
  'reference',
  'revision',
  'amount',
  'registrationNumber',
  'share',
  'phone',
]);

/** The cells of one row by field, and what was found wrong with them. */
export class RowCells {
  readonly problems: RowProblem[] = [];
  readonly unbelieved = new Set<SheetField>();
  private readonly findings = new Map<SheetField, Finding>();

  constructor(
    private readonly row: RawRow,
    private readonly columns: MatchedHeadings['columns'],
  ) {}

  /** Null when there is nothing, or nothing that can be believed: then it has been reported. */
  text(field: SheetField): string | null {
    const cell = cellText(this.row, this.columns, field);
    const finding = findingOf(this.extra(field), field);
    if (!finding) return cell === '' || cell === '-' ? null : cell;
    if (!this.unbelieved.has(field)) {
      this.unbelieved.add(field);
      this.findings.set(field, finding);
      this.report(field, finding, besideTheContract.has(field) ? 'warning' : 'fatal', showRaw(cell));
    }
    return null;
  }

  value<T>(field: SheetField, reader: (text: string) => Read<T>, weight: Weight): T | null {
    const text = this.text(field);
    if (text === null) return null;
    const result = reader(text);
    if (result.ok) return result.value;
    this.report(field, result.finding, weight, showRaw(text));
    return null;
  }

  /** The cell is kept as a number, so that its leading zeros are lost. */
  isNumber(field: SheetField): boolean {
    return this.extra(field)?.isNumber ?? false;
  }

  /** What keeps the cell from being believed. */
  distrustOf(field: SheetField): Finding | null {
    return this.findings.get(field) ?? null;
  }

  report(field: SheetField, finding: Finding, weight: Weight, shown = ''): void {
    const heading = this.columns.get(field)?.heading ?? '';
    this.problems.push(rowProblem({ line: this.row.line, field: heading, value: shown }, finding, weight));
  }

  private extra(field: SheetField): CellExtra | undefined {
    const column = this.columns.get(field);
    return column && this.row.extras?.get(column.index);
  }
}

/** The text of a field's cell; a number in a column of days is the day that the workbook counts it as. */
export function cellText(row: RawRow, columns: MatchedHeadings['columns'], field: SheetField): string {
  const column = columns.get(field);
  if (!column) return '';
  const day = isDayField(field) ? row.extras?.get(column.index)?.day : null;
  // Spreadsheets keep digits as text by writing ="010…" or '010….
  return (day ?? row.cells[column.index] ?? '')
    .trim()
    .replace(/^="(.*)"$/s, '$1')
    .replace(/^'/, '')
    .trim();
}

function findingOf(extra: CellExtra | undefined, field: SheetField): Finding | null {
  if (!extra) return null;
  return extra.finding ?? (extra.isDate && neverDays.has(field) ? importFinding('value-became-date') : null);
}
