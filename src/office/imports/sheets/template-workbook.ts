import type { Readable } from 'node:stream';
import { isDayField, type SheetField, sheetFields } from './sheet-fields.js';
import { templateChoices, templateColumns, templateTitles } from './template-words.js';
import {
  type CellStyle,
  type DropDown,
  type SheetColumn,
  type WrittenRow,
  writeWorkbook,
} from '../../../platform/sheets/workbook-writer.js';

const fields = sheetFields.filter(({ field }) => templateColumns[field]);

/**
 * An empty sheet to fill in: headings in both languages, cells formatted so that a spreadsheet takes no zero away,
 * and choices; behind it a sheet that explains each column. It holds no example row: one that is forgotten in it
 * would become a contract. `departments`: names as the reader knows them, in the order to choose from.
 */
export function templateWorkbook(departments: readonly string[]): Readable {
  const columns = fields.map(({ field }): SheetColumn => ({ width: widthOf(field), style: styleOf(field) }));
  return writeWorkbook([
    {
      name: templateTitles.sheet,
      columns,
      frozen: true,
      rows: [headingRow()],
      dropDowns: dropDownsFor(departments.length),
    },
    {
      name: templateTitles.explanations,
      columns: [18, 12, 50, 50, 22].map((width) => ({ width, style: 'wrapped' })),
      rows: explanations(),
    },
    {
      name: templateTitles.lists,
      isHidden: true,
      columns: [{ width: 30, style: 'text' }],
      rows: departments.map((name): WrittenRow => ({ cells: [name], style: 'text' })),
    },
  ]);
}

function headingRow(): WrittenRow {
  return {
    cells: fields.map(({ ko, en }) => `${ko}\n${en}`),
    style: 'heading',
    styles: fields.map(({ required }): CellStyle => (required ? 'required' : 'heading')),
  };
}

function explanations(): WrittenRow[] {
  const general = templateTitles.general.map(([ko, en]): WrittenRow => ({
    cells: ['', '', ko, en],
    style: 'wrapped',
  }));
  const described = fields.map(({ field, ko, en, required }): WrittenRow => {
    const words = templateColumns[field];
    return {
      cells: [
        `${ko}\n${en}`,
        required ? templateTitles.required : '',
        words?.ko ?? '',
        words?.en ?? '',
        words?.example ?? '',
      ],
      style: 'wrapped',
    };
  });
  return [...general, { cells: templateTitles.columns, style: 'heading' }, ...described];
}

function dropDownsFor(departments: number): DropDown[] {
  const choices = fields.flatMap(({ field }, column): DropDown[] => {
    const offered = templateChoices[field];
    return offered ? [{ column, choices: offered.words, strict: offered.strict }] : [];
  });
  const column = fields.findIndex(({ field }) => field === 'department');
  if (departments > 0)
    choices.push({
      column,
      choices: { range: `${templateTitles.lists}!$A$1:$A$${departments}` },
      strict: false,
    });
  return choices;
}

function styleOf(field: SheetField): CellStyle {
  if (isDayField(field)) return 'day';
  return field === 'amount' ? 'amount' : 'text';
}

function widthOf(field: SheetField): number {
  if (field === 'title') return 36;
  return field === 'counterparty' || field === 'department' ? 22 : 16;
}
