import type { Readable } from 'node:stream';
import type { CellStyle, DropDown, WrittenRow } from '../../../platform/sheets/workbook-writer.js';
import { writeWorkbook } from '../../../platform/sheets/workbook-writer.js';
import { fieldNames, specOf } from './fields.js';

/** The template has these columns, in this order. */
const columns = fieldNames.flatMap((field) => {
  const { heading, template, required = false, cell } = specOf(field);
  if (!template) return [];
  const style: CellStyle = field === 'amount' ? 'amount' : cell.holds === 'day' ? 'day' : 'text';
  return [{ field, heading: heading.join('\n'), template, required, style }];
});

const titles = {
  sheet: '계약 Contracts',
  explanations: '설명 How to',
  lists: 'lists',
  columns: ['열 Column', '필수 Required', '설명', 'Explanation', '예 Example'],
  required: '필수 required',
  general: [
    [
      '첫 번째 시트에 한 행에 한 사람씩 쓰고, 저장한 뒤 이 서비스에 올려 주십시오. 이 시트는 읽지 않습니다.',
      'Write one person a row on the first sheet, save, and bring the file here. This sheet is not read.',
    ],
    [
      '가져온 파일에 없다고 해서 사람이나 계약이 지워지지는 않으며, 빈 칸이 이미 있는 값을 지우지도 않습니다.',
      'What a file leaves out is never deleted, and an empty cell takes nothing back.',
    ],
  ],
} as const;

/**
 * Makes an empty sheet to fill in: headings in both languages, cells formatted so that a spreadsheet takes no zero away, and
 * choices; behind it a sheet that explains each column. It holds no example row: one that is forgotten in it would become
 * a contract. `departments`: names as the reader knows them, in the order to choose from.
 */
export function templateWorkbook(departments: readonly string[]): Readable {
  return writeWorkbook([
    {
      name: titles.sheet,
      columns: columns.map(({ template, style }) => ({ width: template.width ?? 16, style })),
      frozen: true,
      rows: [headingRow()],
      dropDowns: dropDownsFor(departments.length),
    },
    {
      name: titles.explanations,
      columns: [18, 12, 50, 50, 22].map((width) => ({ width, style: 'wrapped' })),
      rows: explanations(),
    },
    {
      name: titles.lists,
      isHidden: true,
      columns: [{ width: 30, style: 'text' }],
      rows: departments.map((name): WrittenRow => ({ cells: [name], style: 'text' })),
    },
  ]);
}

function headingRow(): WrittenRow {
  return {
    cells: columns.map(({ heading }) => heading),
    style: 'heading',
    styles: columns.map(({ required }) => (required ? 'required' : 'heading')),
  };
}

function explanations(): WrittenRow[] {
  const general = titles.general.map((both) => ['', '', ...both]);
  const described = columns.map(({ heading, template: { ko, en, example }, required }) => [
    heading,
    required ? titles.required : '',
    ko,
    en,
    example,
  ]);
  const wrapped = (cells: string[]): WrittenRow => ({ cells, style: 'wrapped' });
  return [...general.map(wrapped), { cells: titles.columns, style: 'heading' }, ...described.map(wrapped)];
}

function dropDownsFor(departments: number): DropDown[] {
  const offered = columns.flatMap(({ template: { choices } }, column): DropDown[] =>
    choices ? [{ column, choices: choices.words, strict: choices.strict }] : [],
  );
  if (departments === 0) return offered;
  const column = columns.findIndex(({ field }) => field === 'department');
  return [
    ...offered,
    { column, choices: { range: `${titles.lists}!$A$1:$A$${departments}` }, strict: false },
  ];
}
