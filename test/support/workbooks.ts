import { ZipFile } from 'yazl';
import { columnLetters } from '../../src/platform/sheets/raw-row.js';

/** The XML of one cell but for its place. */
type Cell = string | { xml: (at: string) => string };

export const number = (value: number | string, style = 0): Cell => ({
  xml: (at) => `<c r="${at}" s="${style}"><v>${value}</v></c>`,
});
export const shared = (index: number): Cell => ({ xml: (at) => `<c r="${at}" t="s"><v>${index}</v></c>` });
export const formula = (code: string, cached: string | null, type = 'str'): Cell => ({
  xml: (at) =>
    `<c r="${at}" t="${type}"><f>${code.replace(/&/g, '&amp;')}</f>${cached === null ? '' : `<v>${cached}</v>`}</c>`,
});
export const rawCell = (more: string, inside: string): Cell => ({
  xml: (at) => `<c r="${at}" ${more}>${inside}</c>`,
});

export interface TestSheet {
  name?: string;
  state?: 'visible' | 'hidden' | 'veryHidden';
  rows?: readonly (readonly Cell[])[];
  /** By row, counted from 1. */
  hiddenRows?: readonly number[];
  columns?: string;
  merges?: readonly string[];
  /** In place of all of the above. */
  xml?: string;
}

export interface TestWorkbook {
  sheets: readonly TestSheet[];
  sharedStrings?: string;
  /** Format codes, in the order of the styles from 1 on. */
  formats?: readonly string[];
  since1904?: boolean;
  parts?: Readonly<Record<string, string | Buffer>>;
  without?: readonly string[];
  mainType?: string;
}

const main = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"';
const office = 'http://schemas.openxmlformats.org/officeDocument/2006/relationships';
const types = 'http://schemas.openxmlformats.org/package/2006/content-types';
const packaged = 'http://schemas.openxmlformats.org/package/2006/relationships';

/** A workbook by the bare standard, made without the service's own writer. */
export function aWorkbook(book: TestWorkbook): Promise<Buffer> {
  const relations = (list: [string, string][]) =>
    `<Relationships xmlns="${packaged}">${list
      .map(
        ([type, target], i) => `<Relationship Id="rId${i + 1}" Type="${office}/${type}" Target="${target}"/>`,
      )
      .join('')}</Relationships>`;
  const sheets = book.sheets.map((sheet, i) => ({ ...sheet, name: sheet.name ?? `Sheet${i + 1}` }));
  const parts: Record<string, string | Buffer> = {
    '[Content_Types].xml': `<Types xmlns="${types}"><Default Extension="xml" ContentType="application/xml"/><Override PartName="/xl/workbook.xml" ContentType="${book.mainType ?? 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml'}"/></Types>`,
    '_rels/.rels': relations([['officeDocument', 'xl/workbook.xml']]),
    'xl/workbook.xml': `<workbook ${main} xmlns:r="${office}"><workbookPr${book.since1904 ? ' date1904="1"' : ''}/><sheets>${sheets
      .map(
        (s, i) =>
          `<sheet name="${s.name}" sheetId="${i + 1}" state="${s.state ?? 'visible'}" r:id="rId${i + 1}"/>`,
      )
      .join('')}</sheets></workbook>`,
    'xl/_rels/workbook.xml.rels': relations([
      ...sheets.map((_, i): [string, string] => ['worksheet', `worksheets/sheet${i + 1}.xml`]),
      ['styles', 'styles.xml'],
      ['sharedStrings', 'sharedStrings.xml'],
    ]),
    'xl/styles.xml': stylesXml(book.formats ?? []),
    ...(book.sharedStrings !== undefined && {
      'xl/sharedStrings.xml': `<sst ${main}>${book.sharedStrings}</sst>`,
    }),
    ...Object.fromEntries(sheets.map((s, i) => [`xl/worksheets/sheet${i + 1}.xml`, s.xml ?? sheetXml(s)])),
    ...book.parts,
  };
  for (const name of book.without ?? []) delete parts[name];
  return zipOf(Object.entries(parts));
}

export function sheetXml({ rows = [], hiddenRows = [], columns = '', merges = [] }: TestSheet): string {
  const lines = rows.map((cells, y) => {
    const hidden = hiddenRows.includes(y + 1) ? ' hidden="1"' : '';
    return `<row r="${y + 1}"${hidden}>${cells.map((cell, x) => cellXml(cell, `${columnLetters(x)}${y + 1}`)).join('')}</row>`;
  });
  const merged = merges.map((range) => `<mergeCell ref="${range}"/>`).join('');
  return `<worksheet ${main}>${columns && `<cols>${columns}</cols>`}<sheetData>${lines.join('')}</sheetData>${merged && `<mergeCells count="${merges.length}">${merged}</mergeCells>`}</worksheet>`;
}

function cellXml(cell: Cell, at: string): string {
  if (typeof cell !== 'string') return cell.xml(at);
  if (cell === '') return '';
  const text = cell.replace(/&/g, '&amp;').replace(/</g, '&lt;');
  return `<c r="${at}" t="inlineStr"><is><t xml:space="preserve">${text}</t></is></c>`;
}

function stylesXml(formats: readonly string[]): string {
  const codes = formats.map(
    (code, i) => `<numFmt numFmtId="${200 + i}" formatCode="${code.replace(/"/g, '&quot;')}"/>`,
  );
  const styles = ['<xf numFmtId="0"/>', ...formats.map((_, i) => `<xf numFmtId="${200 + i}"/>`)];
  return `<styleSheet ${main}><numFmts>${codes.join('')}</numFmts><cellStyleXfs><xf numFmtId="14"/></cellStyleXfs><cellXfs>${styles.join('')}</cellXfs></styleSheet>`;
}

export async function zipOf(parts: readonly (readonly [string, string | Buffer])[]): Promise<Buffer> {
  const zip = new ZipFile();
  for (const [name, content] of parts) zip.addBuffer(Buffer.from(content), name);
  zip.end();
  const chunks: Buffer[] = [];
  for await (const chunk of zip.outputStream) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

/** Changes every header of a part in the zip's directory; numbers are little-endian at these offsets (APPNOTE 4.3.12). */
export function withHeader(
  zip: Buffer,
  part: string,
  change: (header: { at: number; zip: Buffer }) => void,
): Buffer {
  const changed = Buffer.from(zip);
  const signature = Buffer.from([0x50, 0x4b, 0x01, 0x02]);
  for (let at = changed.indexOf(signature); at >= 0; at = changed.indexOf(signature, at + 1)) {
    const name = changed.toString('utf8', at + 46, at + 46 + changed.readUInt16LE(at + 28));
    if (name === part) change({ at, zip: changed });
  }
  return changed;
}

/** What a compound file (OLE) begins like, with the names of its streams. */
export function aCompoundFile(...streams: string[]): Buffer {
  const head = Buffer.alloc(512);
  Buffer.from('d0cf11e0a1b11ae1', 'hex').copy(head);
  return Buffer.concat([
    head,
    ...streams.map((name) => Buffer.from(name.padEnd(32, '\0'), 'utf16le')),
    Buffer.alloc(512),
  ]);
}

export async function* inChunks(bytes: Buffer, size = 10_000): AsyncGenerator<Buffer> {
  for (let i = 0; i < bytes.length; i += size) yield await Promise.resolve(bytes.subarray(i, i + size));
}
