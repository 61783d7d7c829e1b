import { showRaw } from '../../../platform/phone-numbers/phone-number.js';
import { sheetFinding } from '../../../platform/sheets/sheet.words.js';
import { FileProblem } from './raw-row.js';
import { sheetLimits } from './sheet-limits.js';
import { type NumberShape, shapeOf, shapeOfBuiltIn } from './workbook-number-formats.js';
import { readWholeXml } from './workbook-xml.js';
import { malformed, type WorkbookZip } from './workbook-zip.js';

export interface Worksheet {
  name: string;
  isHidden: boolean;
  part: string;
}

export interface WorkbookParts {
  worksheets: Worksheet[];
  /** Days are counted from 1904 on, as old Macs did. */
  since1904: boolean;
  /** By the number of a cell's style. */
  shapes: NumberShape[];
  sharedStrings: string | null;
}

/** What the workbook is made of. Throws FileProblem when it is none, or one with macros. */
export async function readParts(zip: WorkbookZip): Promise<WorkbookParts> {
  if (!zip.has('[Content_Types].xml') || !zip.has('_rels/.rels')) throw noWorkbook();
  if (zip.has('xl/vbaProject.bin')) throw new FileProblem(1, sheetFinding('workbook-macros'));
  const workbook = await mainPart(zip);
  const related = await relationsOf(zip, workbook);
  const sheets: { name: string; isHidden: boolean; id: string }[] = [];
  let since1904 = false;
  await readWholeXml(zip.read(workbook), {
    open: (name, attributes) => {
      if (name === 'workbookPr') since1904 = isTrue(attributes['date1904']);
      if (name !== 'sheet') return;
      if (sheets.length >= sheetLimits.worksheets)
        throw new FileProblem(
          1,
          sheetFinding('workbook-too-many-sheets', { sheets: sheetLimits.worksheets }),
        );
      const id = Object.entries(attributes).find(([key]) => key === 'id' || key.endsWith(':id'))?.[1] ?? '';
      const isHidden = (attributes['state'] ?? 'visible') !== 'visible';
      sheets.push({ name: showRaw(attributes['name'] ?? ''), isHidden, id });
    },
  });
  const worksheets = sheets.flatMap(({ name, isHidden, id }) => {
    const found = related.find((relation) => relation.id === id && relation.type === 'worksheet');
    return found && zip.has(found.target) ? [{ name, isHidden, part: found.target }] : [];
  });
  const styles = related.find((relation) => relation.type === 'styles')?.target;
  const strings = related.find((relation) => relation.type === 'sharedStrings')?.target;
  return {
    worksheets,
    since1904,
    shapes: styles !== undefined && zip.has(styles) ? await shapesOf(zip, styles) : [],
    sharedStrings: strings !== undefined && zip.has(strings) ? strings : null,
  };
}

interface Relation {
  id: string;
  /** The last word of the type's address, which differs between the two editions of the standard. */
  type: string;
  target: string;
}

async function mainPart(zip: WorkbookZip): Promise<string> {
  const related = await relationsOf(zip, '');
  const main = related.find((relation) => relation.type === 'officeDocument')?.target;
  if (main === undefined || !zip.has(main)) throw noWorkbook();
  let type = '';
  await readWholeXml(zip.read('[Content_Types].xml'), {
    open: (name, attributes) => {
      const part = (attributes['PartName'] ?? '').replace(/^\//, '').toLowerCase();
      if (name === 'Override' && part === main.toLowerCase()) type = attributes['ContentType'] ?? '';
    },
  });
  if (/macroEnabled/i.test(type)) throw new FileProblem(1, sheetFinding('workbook-macros'));
  if (!/spreadsheetml\.(sheet|template)\.main\+xml/i.test(type)) throw noWorkbook();
  return main;
}

async function relationsOf(zip: WorkbookZip, part: string): Promise<Relation[]> {
  const slash = part.lastIndexOf('/');
  const folder = part.slice(0, slash + 1);
  const name = `${folder}_rels/${part.slice(slash + 1)}.rels`;
  const relations: Relation[] = [];
  if (!zip.has(name)) return relations;
  await readWholeXml(zip.read(name), {
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

/** A name among the parts, and never one of the disk: `..` leads up to the workbook's own root at most. */
function inFolder(folder: string, target: string): string {
  const path = target.startsWith('/') ? [] : folder.split('/').filter(Boolean);
  for (const step of target.split('/').filter(Boolean)) {
    if (step === '..') path.pop();
    else if (step !== '.') path.push(step);
  }
  return path.join('/');
}

async function shapesOf(zip: WorkbookZip, part: string): Promise<NumberShape[]> {
  const custom = new Map<number, NumberShape>();
  const shapes: NumberShape[] = [];
  let inCellFormats = false;
  await readWholeXml(zip.read(part), {
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

export function isTrue(value: string | undefined): boolean {
  return value === '1' || value === 'true';
}

function noWorkbook(): FileProblem {
  return new FileProblem(1, sheetFinding('not-a-workbook'));
}
