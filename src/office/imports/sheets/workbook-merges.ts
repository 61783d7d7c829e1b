import { sheetFinding } from '../../../platform/sheets/sheet.words.js';
import { FileProblem } from './raw-row.js';
import { sheetLimits } from './sheet-limits.js';

/** A merged range of more than one row: what its first cell says holds down to its last row. */
export interface MergedRange {
  column: number;
  lastRow: number;
}

const tailKept = 512;

/**
 * The merged ranges of a worksheet, by their first row. They stand behind the rows, which are to be read with
 * them: so the sheet is unpacked twice, and the first time nothing is looked at before the end of the rows.
 */
export async function readMerges(bytes: AsyncIterable<Buffer>): Promise<Map<number, MergedRange[]>> {
  const merges = new Map<number, MergedRange[]>();
  let count = 0;
  let carried = '';
  let behindRows = false;
  for await (const chunk of bytes) {
    let text = chunk.toString('latin1');
    if (!behindRows) {
      const seam = carried + text;
      const end = /<\/(?:\w+:)?sheetData\s*>/.exec(seam);
      carried = seam.slice(-tailKept);
      if (!end) continue;
      behindRows = true;
      text = seam.slice(end.index);
      carried = '';
    }
    const seen = carried + text;
    const whole = seen.lastIndexOf('>') + 1;
    for (const [, from = '', first, , last] of seen.slice(0, whole).matchAll(mergedCell)) {
      if (++count > sheetLimits.mergedRanges)
        throw new FileProblem(1, sheetFinding('too-many-merged-cells', { cells: sheetLimits.mergedRanges }));
      const range = { column: columnIndex(from), lastRow: Number(last) };
      if (range.lastRow <= Number(first)) continue;
      const beginning = merges.get(Number(first));
      if (beginning) beginning.push(range);
      else merges.set(Number(first), [range]);
    }
    carried = seen.slice(Math.max(whole, seen.length - tailKept));
  }
  return merges;
}

const mergedCell = /<(?:\w+:)?mergeCell\s[^<>]{0,100}?ref="([A-Z]{1,3})(\d{1,7}):([A-Z]{1,3})(\d{1,7})"/g;

/** 0 for A; -1 for what is no column. */
export function columnIndex(letters: string): number {
  let index = 0;
  for (let i = 0; i < letters.length; i++) index = index * 26 + letters.charCodeAt(i) - 64;
  return index - 1;
}

export function columnLetters(index: number): string {
  const rest = String.fromCharCode(65 + (index % 26));
  return index < 26 ? rest : columnLetters(Math.floor(index / 26) - 1) + rest;
}
