import { Readable } from 'node:stream';
import { ZipFile } from 'yazl';
import { columnLetters } from './raw-row.js';

/** The styles that a written workbook knows; their numbers are those of `cellXfs` below. */
const styleNumbers = {
  plain: 0,
  text: 1,
  day: 2,
  amount: 3,
  heading: 4,
  wrapped: 5,
  required: 6,
  moment: 7,
} as const;
export type CellStyle = keyof typeof styleNumbers;

export interface SheetColumn {
  /** Characters. */
  width: number;
  /** The style of cells that are still empty. */
  style: CellStyle;
}

export interface DropDown {
  column: number;
  /** Either the choices themselves, or a range of another sheet that holds them. */
  choices: readonly string[] | { range: string };
  /** A value that is none of the choices is refused, or only asked about. */
  strict: boolean;
}

export interface SheetToWrite {
  name: string;
  isHidden?: boolean;
  columns: readonly SheetColumn[];
  rows: Iterable<WrittenRow> | AsyncIterable<WrittenRow>;
  /** The first row stays in sight. */
  frozen?: boolean;
  dropDowns?: readonly DropDown[];
}

/** A number can be reckoned with; a text is kept as it is. */
export type WrittenCell = string | number;

export interface WrittenRow {
  cells: readonly WrittenCell[];
  style: CellStyle;
  styles?: readonly CellStyle[];
}

/** The last row in which choices are offered. */
const lastChoiceRow = 10_000;

/**
 * Writes a workbook as a stream. A text is kept as such: a spreadsheet then takes no zero away, and runs nothing.
 */
export function writeWorkbook(sheets: readonly SheetToWrite[]): Readable {
  const zip = new ZipFile();
  const add = (name: string, xml: string) => zip.addBuffer(Buffer.from(declaration + xml), name, fixed);
  add('[Content_Types].xml', contentTypes(sheets.length));
  add('_rels/.rels', relations([['officeDocument', 'xl/workbook.xml']]));
  add('xl/workbook.xml', workbookXml(sheets));
  const parts = sheets.map((_, i): [string, string] => ['worksheet', `worksheets/sheet${i + 1}.xml`]);
  add('xl/_rels/workbook.xml.rels', relations([...parts, ['styles', 'styles.xml']]));
  add('xl/styles.xml', stylesXml);
  sheets.forEach((sheet, i) => {
    const output = zip.outputStream as Readable;
    const rows = Readable.from(inPieces(sheetXml(sheet)), { objectMode: false });
    rows.on('error', (error) => output.destroy(error));
    output.once('close', () => rows.destroy());
    zip.addReadStream(rows, `xl/worksheets/sheet${i + 1}.xml`, fixed);
  });
  zip.end();
  return zip.outputStream as Readable;
}

export async function bytesOf(stream: Readable): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of stream) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

/** With these options the same workbook gives the same bytes, whenever and by whomever it is made. */
const fixed = { mtime: new Date(2020, 0, 1), mode: 0o100644, forceDosTimestamp: true };

const declaration = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n';
const main = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"';
const office = 'http://schemas.openxmlformats.org/officeDocument/2006/relationships';

async function* inPieces(lines: AsyncIterable<string>): AsyncGenerator<Buffer> {
  let piece = '';
  for await (const line of lines) {
    piece += line;
    if (piece.length < 64 * 1024) continue;
    yield Buffer.from(piece);
    piece = '';
  }
  yield Buffer.from(piece);
}

async function* sheetXml({ columns, rows, frozen, dropDowns = [] }: SheetToWrite): AsyncGenerator<string> {
  yield `${declaration}<worksheet ${main}>`;
  if (frozen)
    yield '<sheetViews><sheetView workbookViewId="0"><pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" state="frozen"/></sheetView></sheetViews>';
  const columnXml = columns.map(
    ({ width, style }, i) =>
      `<col min="${i + 1}" max="${i + 1}" width="${width}" customWidth="1" style="${styleNumbers[style]}"/>`,
  );
  // Excel would call a file with an empty list of columns damaged.
  yield `${columnXml.length > 0 ? `<cols>${columnXml.join('')}</cols>` : ''}<sheetData>`;
  let line = 0;
  for await (const row of rows) yield rowXml(row, ++line);
  yield '</sheetData>';
  if (dropDowns.length > 0)
    yield `<dataValidations count="${dropDowns.length}">${dropDowns.map(dropDownXml).join('')}</dataValidations>`;
  yield '</worksheet>';
}

function rowXml({ cells, style, styles }: WrittenRow, line: number): string {
  const written = cells.map((cell, i) => {
    const at = `r="${columnLetters(i)}${line}" s="${styleNumbers[styles?.[i] ?? style]}"`;
    if (typeof cell === 'number') return `<c ${at}><v>${cell}</v></c>`;
    return cell === ''
      ? `<c ${at}/>`
      : `<c ${at} t="inlineStr"><is><t xml:space="preserve">${escaped(cell)}</t></is></c>`;
  });
  return `<row r="${line}">${written.join('')}</row>`;
}

function dropDownXml({ column, choices, strict }: DropDown): string {
  const formula = 'range' in choices ? choices.range : `"${choices.join(',')}"`;
  const range = `${columnLetters(column)}2:${columnLetters(column)}${lastChoiceRow}`;
  return `<dataValidation type="list" allowBlank="1" showErrorMessage="1" errorStyle="${strict ? 'stop' : 'warning'}" sqref="${range}"><formula1>${escaped(formula)}</formula1></dataValidation>`;
}

function workbookXml(sheets: readonly SheetToWrite[]): string {
  const listed = sheets.map(
    ({ name, isHidden }, i) =>
      `<sheet name="${escaped(name)}" sheetId="${i + 1}"${isHidden ? ' state="hidden"' : ''} r:id="rId${i + 1}"/>`,
  );
  return `<workbook ${main} xmlns:r="${office}"><bookViews><workbookView/></bookViews><sheets>${listed.join('')}</sheets></workbook>`;
}

function relations(targets: readonly [type: string, target: string][]): string {
  const listed = targets.map(
    ([type, target], i) => `<Relationship Id="rId${i + 1}" Type="${office}/${type}" Target="${target}"/>`,
  );
  return `<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">${listed.join('')}</Relationships>`;
}

function contentTypes(sheets: number): string {
  const type = 'application/vnd.openxmlformats-officedocument.spreadsheetml';
  const parts = Array.from(
    { length: sheets },
    (_, i) => `<Override PartName="/xl/worksheets/sheet${i + 1}.xml" ContentType="${type}.worksheet+xml"/>`,
  );
  return (
    '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">' +
    '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>' +
    `<Override PartName="/xl/workbook.xml" ContentType="${type}.sheet.main+xml"/>` +
    `<Override PartName="/xl/styles.xml" ContentType="${type}.styles+xml"/>${parts.join('')}</Types>`
  );
}

const font = (more: string) =>
  `<font>${more}<sz val="11"/><name val="Malgun Gothic"/><family val="2"/></font>`;
const fill = (colour: string) =>
  `<fill><patternFill patternType="solid"><fgColor rgb="${colour}"/></patternFill></fill>`;
const format = (id: number, more = '') =>
  `<xf numFmtId="${id}" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1"${more}`;
const wrap = '<alignment vertical="top" wrapText="1"/>';
/** Format 49 is text: what is typed stays as it was typed. */
const stylesXml =
  `<styleSheet ${main}><numFmts count="2"><numFmt numFmtId="164" formatCode="yyyy\\-mm\\-dd"/><numFmt numFmtId="165" formatCode="yyyy\\-mm\\-dd\\ hh:mm"/></numFmts>` +
  `<fonts count="2">${font('')}${font('<b/>')}</fonts>` +
  `<fills count="4"><fill><patternFill patternType="none"/></fill><fill><patternFill patternType="gray125"/></fill>${fill('FFE7ECF3')}${fill('FFFFF1CC')}</fills>` +
  '<borders count="1"><border><left/><right/><top/><bottom/><diagonal/></border></borders>' +
  '<cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs>' +
  `<cellXfs count="8">${format(0)}/>${format(49, ' quotePrefix="1"')}/>${format(164)}/>${format(3)}/>` +
  `<xf numFmtId="49" fontId="1" fillId="2" borderId="0" xfId="0" applyFont="1" applyFill="1" applyAlignment="1">${wrap}</xf>` +
  `${format(49, ' applyAlignment="1"')}>${wrap}</xf>` +
  `<xf numFmtId="49" fontId="1" fillId="3" borderId="0" xfId="0" applyFont="1" applyFill="1" applyAlignment="1">${wrap}</xf>${format(165)}/></cellXfs>` +
  '<cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles></styleSheet>';

/**
 * Escapes text: XML holds no control characters but tab and line breaks; of these a return comes back only as
 * `_x000D_`.
 */
function escaped(text: string): string {
  return text
    .replace(
      /[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g,
      '',
    )
    .replace(/_(?=x[0-9A-Fa-f]{4}_)/g, '_x005F_')
    .replace(/\r/g, '_x000D_')
    .replace(/&/g, '&amp;')
    .replace(/</g, '&lt;')
    .replace(/>/g, '&gt;')
    .replace(/"/g, '&quot;');
}
