import type { RowSource } from './raw-row.js';
import { readParts, type WorkbookParts } from './workbook-parts.js';
import { WorksheetRows } from './workbook-rows.js';
import { SharedStrings } from './workbook-strings.js';
import { WorkbookZip } from './workbook-zip.js';

/** An open workbook; it holds two nameless files until it is closed. */
export class Workbook {
  private constructor(
    private readonly zip: WorkbookZip,
    private readonly parts: WorkbookParts,
    private readonly strings: SharedStrings,
  ) {}

  /** Throws FileProblem. */
  static async open(bytes: AsyncIterable<Buffer>): Promise<Workbook> {
    const zip = await WorkbookZip.open(bytes);
    try {
      const parts = await readParts(zip);
      const texts = parts.sharedStrings === null ? null : zip.read(parts.sharedStrings);
      return new Workbook(zip, parts, await SharedStrings.read(texts));
    } catch (error) {
      await zip.close();
      throw error;
    }
  }

  /** Every worksheet in the order of its tabs; each can be read once. */
  worksheets(): { source: RowSource; isHidden: boolean }[] {
    const { zip, parts, strings } = this;
    const rules = { since1904: parts.since1904, shapes: parts.shapes, strings };
    return parts.worksheets.map((worksheet) => ({
      source: new WorksheetRows(zip, worksheet, rules),
      isHidden: worksheet.isHidden,
    }));
  }

  async close(): Promise<void> {
    await this.strings.close();
    await this.zip.close();
  }
}
