import { showRaw } from '../phone-numbers/phone-number.js';
import { FileProblem, type RowSource } from './raw-row.js';
import { sheetLimits } from './sheet-limits.js';
import { sheetFinding } from './sheet.words.js';
import { type NumberShape, shapeOf, shapeOfBuiltIn } from './workbook-cells.js';
import { SharedStrings } from './workbook-strings.js';
import { isTrue, malformed, readWholeXml, WorkbookZip } from './workbook-parts.js';
import { WorksheetRows } from './worksheet-rows.js';

/** Workbook is an open .xlsx file; it holds two nameless files until it is closed. */
export class Workbook {
  private constructor(
    private readonly zip: WorkbookZip,
    private readonly strings: SharedStrings,
    /** Every worksheet in the order of its tabs; each can be read once. */
    readonly worksheets: readonly RowSource[],
  ) {}

  /** Throws FileProblem when the file is no workbook, or one with macros. */
  static async open(bytes: AsyncIterable<Buffer>): Promise<Workbook> {
    const zip = await WorkbookZip.open(bytes);
    try {
      const main = await mainPart(zip);
      const related = await relationsOf(zip, main);
      const partOf = (isMeant: (relation: Relation) => boolean) => {
        const target = related.find(isMeant)?.target;
        return target !== undefined && zip.has(target) ? target : null;
      };
      const { sheets, since1904 } = await sheetsOf(zip, main);
      const shapes = await shapesOf(
        zip,
        partOf(({ type }) => type === 'styles'),
      );
      const strings = await SharedStrings.read(
        zip,
        partOf(({ type }) => type === 'sharedStrings'),
      );
      const worksheets = sheets.flatMap(({ id, name, isHidden }) => {
        const part = partOf((relation) => relation.id === id && relation.type === 'worksheet');
        return part === null
          ? []
          : [new WorksheetRows(zip, part, name, isHidden, { since1904, shapes, strings })];
      });
      return new Workbook(zip, strings, worksheets);
    } catch (error) {
      await zip.close();
      throw error;
    }
  }

  async close(): Promise<void> {
    await this.strings.close();
    await this.zip.close();
  }
}

async function mainPart(zip: WorkbookZip): Promise<string> {
  if (!zip.has('[Content_Types].xml') || !zip.has('_rels/.rels')) throw noWorkbook();
  if (zip.has('xl/vbaProject.bin')) throw new FileProblem(1, sheetFinding('workbook-macros'));
  const related = await relationsOf(zip, '');
  const main = related.find((relation) => relation.type === 'officeDocument')?.target;
  if (main === undefined || !zip.has(main)) throw noWorkbook();
  const type = await contentTypeOf(zip, main);
  if (/macroEnabled/i.test(type)) throw new FileProblem(1, sheetFinding('workbook-macros'));
  if (!/spreadsheetml\.(sheet|template)\.main\+xml/i.test(type)) throw noWorkbook();
  return main;
}

/** Returns the type that a part has by its own name or else, as many programs write it, by its ending. */
async function contentTypeOf(zip: WorkbookZip, part: string): Promise<string> {
  const wanted = part.toLowerCase();
  let [own, byEnding] = ['', ''];
  await readWholeXml(zip.readPart('[Content_Types].xml'), {
    open: (name, attributes) => {
      const type = attributes['ContentType'] ?? '';
      const named = (attributes['PartName'] ?? '').replace(/^\//, '').toLowerCase();
      if (name === 'Override' && named === wanted) own = type;
      if (name === 'Default' && wanted.endsWith(`.${(attributes['Extension'] ?? '').toLowerCase()}`))
        byEnding = type;
    },
  });
  return own || byEnding;
}

interface Relation {
  id: string;
  /** The last word of the type's address, which differs between the two editions of the standard. */
  type: string;
  target: string;
}

async function relationsOf(zip: WorkbookZip, part: string): Promise<Relation[]> {
  const slash = part.lastIndexOf('/');
  const folder = part.slice(0, slash + 1);
  const name = `${folder}_rels/${part.slice(slash + 1)}.rels`;
  const relations: Relation[] = [];
  if (!zip.has(name)) return relations;
  await readWholeXml(zip.readPart(name), {
    open: (tag, attributes) => {
      if (tag !== 'Relationship' || attributes['TargetMode'] === 'External') return;
      if (relations.length >= sheetLimits.zipEntries) throw malformed();
      relations.push({
        id: attributes['Id'] ?? '',
        type: (attributes['Type'] ?? '').split('/').at(-1) ?? '',
        target: inFolder(folder, attributes['Target'] ?? ''),
      });
    },
  });
  return relations;
}

/** Returns a name among the parts, and never one of the disk: `..` leads up to the workbook's own root at most. */
function inFolder(folder: string, target: string): string {
  const path = target.startsWith('/') ? [] : folder.split('/').filter(Boolean);
  for (const step of target.split('/').filter(Boolean)) {
    if (step === '..') path.pop();
    else if (step !== '.') path.push(step);
  }
  return path.join('/');
}

async function sheetsOf(zip: WorkbookZip, main: string) {
  const sheets: { id: string; name: string; isHidden: boolean }[] = [];
  /** Days are counted from 1904 on, as old Macs did. */
  let since1904 = false;
  /** An extension has elements of the same names further inside. */
  let depth = 0;
  await readWholeXml(zip.readPart(main), {
    close: () => (depth -= 1),
    open: (name, attributes) => {
      depth += 1;
      if (name === 'workbookPr' && depth === 2) since1904 = isTrue(attributes['date1904']);
      if (name !== 'sheet' || depth !== 3) return;
      const limit = sheetLimits.worksheets;
      if (sheets.length >= limit)
        throw new FileProblem(1, sheetFinding('workbook-too-many-sheets', { sheets: limit }));
      const id = Object.entries(attributes).find(([key]) => key === 'id' || key.endsWith(':id'))?.[1] ?? '';
      const isHidden = (attributes['state'] ?? 'visible') !== 'visible';
      sheets.push({ id, name: showRaw(attributes['name'] ?? ''), isHidden });
    },
  });
  return { sheets, since1904 };
}

/** Reads what each style of a cell makes of a number; by the number of the style. */
async function shapesOf(zip: WorkbookZip, part: string | null): Promise<NumberShape[]> {
  const custom = new Map<number, NumberShape>();
  const shapes: NumberShape[] = [];
  let inCellFormats = false;
  if (part === null) return shapes;
  await readWholeXml(zip.readPart(part), {
    open: (name, attributes) => {
      const id = Number(attributes['numFmtId']);
      if (name === 'numFmt') custom.set(id, shapeOf((attributes['formatCode'] ?? '').slice(0, 255)));
      else if (name === 'cellXfs') inCellFormats = true;
      else if (name === 'xf' && inCellFormats) shapes.push(custom.get(id) ?? shapeOfBuiltIn(id));
    },
    close: (name) => {
      if (name === 'cellXfs') inCellFormats = false;
    },
  });
  return shapes;
}

function noWorkbook(): FileProblem {
  return new FileProblem(1, sheetFinding('not-a-workbook'));
}
