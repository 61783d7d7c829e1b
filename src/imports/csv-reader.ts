import { ContractGroups } from './csv-groups.js';
import { askedFor, matchHeadings, requiredFields, type MatchedHeadings } from './csv-headings.js';
import { csvRows, FileProblem, type RawRow } from './csv-rows.js';
import { readRow, type CsvRules } from './csv-row.js';
import { rowProblem, type Finding, type ImportOutcome, type RowProblem } from './import.types.js';

const limits = { columns: 100, rows: 200_000 };

/**
 * Reads an officers' sheet: UTF-8 or CP949, separated by commas, semicolons or tabs, with the headings of
 * csv-headings.ts in its first row that is not empty. Contracts come as soon as their rows are complete (see
 * ContractGroups), roughly in the order of the file; only a few hundred are in memory.
 * What is wrong with the file as a whole comes as a fatal problem without a contract, and is the last outcome.
 */
export async function* readOfficersCsv(
  bytes: AsyncIterable<Buffer>,
  rules: CsvRules,
): AsyncGenerator<ImportOutcome> {
  const groups = new ContractGroups();
  let headings: MatchedHeadings | null = null;
  let failure: RowProblem | null = null;
  let rows = 0;
  try {
    for await (const { line, cells } of csvRows(bytes)) {
      if (cells.every((cell) => cell.trim() === '')) continue;
      if (++rows > limits.rows) throw new FileProblem(line, tooManyRows);
      if (headings) {
        yield* readInto(groups, { line, cells }, headings, rules);
      } else {
        headings = headingsOf(cells, line);
        if (headings.unknown.length > 0)
          yield { contract: null, problems: [ignoredColumns(line, headings.unknown)] };
      }
    }
    if (!headings) throw new FileProblem(1, emptyFile);
  } catch (error) {
    if (!(error instanceof FileProblem)) throw error;
    failure = rowProblem({ line: error.line }, error.finding, 'fatal');
  }
  yield* groups.flush();
  if (failure) yield { contract: null, problems: [failure] };
}

const emptyFile: Finding = {
  code: 'file-empty',
  message: 'The file holds no rows.',
  advice: 'Check that the right sheet was saved.',
};

const tooManyRows: Finding = {
  code: 'too-many-rows',
  message: `The file has more than ${limits.rows} rows.`,
  advice: 'Split it, and import its parts one after the other.',
};

function readInto(
  groups: ContractGroups,
  { line, cells }: RawRow,
  { columns, width }: MatchedHeadings,
  rules: CsvRules,
): ImportOutcome[] {
  if (cells.slice(width).some((cell) => cell.trim() !== '')) {
    const finding: Finding = {
      code: 'row-too-wide',
      message: `The row has ${cells.length} cells and the headings ${width}, so its cells may have shifted.`,
      advice: 'Put quotes around a cell that holds the separator, such as "12,000,000".',
    };
    return [{ contract: null, problems: [rowProblem({ line }, finding, 'fatal')] }];
  }
  return groups.add(readRow(cells, columns, line, rules));
}

function headingsOf(cells: string[], line: number): MatchedHeadings {
  if (cells.length > limits.columns) {
    const message = `The sheet has ${cells.length} columns.`;
    throw new FileProblem(line, {
      code: 'too-many-columns',
      message,
      advice: `Leave at most ${limits.columns}.`,
    });
  }
  const headings = matchHeadings(cells);
  const found = cells
    .map((cell) => cell.trim().slice(0, 40))
    .filter(Boolean)
    .join(', ');
  if (headings.missing.length > 0) {
    const expected = requiredFields.map(askedFor).join(', ');
    throw new FileProblem(line, {
      code: 'headings-missing',
      message: `Headings are missing: ${headings.missing.join(', ')}. Found: ${found}. Expected: ${expected}.`,
      advice: 'Name the columns in the first row of the file, without a title above it.',
    });
  }
  if (headings.repeated.length > 0) {
    const message = `Two headings mean the same: ${headings.repeated.join('; ')}.`;
    throw new FileProblem(line, { code: 'headings-repeated', message, advice: 'Leave one column of each.' });
  }
  return headings;
}

function ignoredColumns(line: number, unknown: string[]): RowProblem {
  const finding: Finding = {
    code: 'columns-ignored',
    message: `These columns are not read: ${unknown.map((heading) => heading.slice(0, 40)).join(', ')}.`,
    advice: 'Rename a column that should be read.',
  };
  return rowProblem({ line }, finding, 'information');
}
