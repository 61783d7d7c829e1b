import { readdirSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { AppError } from '../src/platform/app-error.js';
import { formatOf } from '../src/office/imports/uploads.js';
import type { ImportedContract, ImportOutcome, RowProblem } from '../src/office/imports/import.types.js';
import { contractsOf } from '../src/office/imports/ocds/contracts.js';
import { mergeReleases } from '../src/office/imports/ocds/merging.js';
import { readOcds } from '../src/office/imports/ocds/releases.js';
import { untoldSuppliers } from '../src/office/imports/ocds/untold.js';
import { readSheet } from '../src/office/imports/sheet/reader.js';
import { hasWords } from '../src/platform/words/words.js';
import { hostileJson, published, publishedValues } from './support/ocds-files.js';
import { hostile, honest, plainValues, type SheetFile, valueOf } from './support/sheet-files.js';
import { until } from './support/until.js';
import { inChunks } from './support/workbooks.js';

const rules = { country: 'KR', currency: 'KRW', allowFiction: true };

interface Outcome {
  /** At the door, or when the sheet is opened: nothing of it is read. */
  refused: string | null;
  contracts: ImportedContract[];
  count: number;
  problems: RowProblem[];
}

async function outcomeOf({ name, bytes }: SheetFile): Promise<Outcome> {
  const contracts: ImportedContract[] = [];
  const problems: RowProblem[] = [];
  let count = 0;
  try {
    const found = await formatOf(name, inChunks(await bytes()));
    const outcomes =
      found.format === 'ocds' ? readProcesses(found.bytes) : readSheet(found.format, found.bytes, rules);
    for await (const outcome of outcomes) {
      if (outcome.contract && ++count <= 20) contracts.push(outcome.contract);
      problems.push(...outcome.problems);
    }
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    return { refused: error.code, contracts, count, problems };
  }
  const [only] = problems;
  const isWhole = problems.length === 1 && only?.fatal && only.field === '' && contracts.length === 0;
  return { refused: isWhole ? only.code : null, contracts, count, problems };
}

const ofOcds = { allowFiction: true, kinds: { all: null, buyers: {} }, awardsAsContracts: false };

/** Reads each process of a file by itself, as if nothing were known of it. */
async function* readProcesses(bytes: AsyncIterable<Buffer>): AsyncGenerator<ImportOutcome> {
  for await (const batch of readOcds(bytes)) {
    yield { contract: null, problems: batch.problems };
    if (batch.ocid === null) continue;
    const { compiled } = mergeReleases(null, batch.releases);
    const read = contractsOf(compiled, batch.line, ofOcds);
    for (const contract of read.contracts) yield { contract, problems: [] };
    yield { contract: null, problems: [...read.problems, ...untoldSuppliers(batch, compiled, read, ofOcds)] };
  }
}

/** Of each file its outcome, and what was read of it. */
const told = new Map<SheetFile, [outcome: string, values: string]>();

describe.each([
  ['honest', honest, 20, plainValues],
  ['hostile', hostile, 30, plainValues],
  ['published', published, 24, publishedValues],
  ['hostile JSON', hostileJson, 15, publishedValues],
])('%s files', (_, files, atLeast, plain) => {
  it('are enough', () => {
    expect(files.length).toBeGreaterThanOrEqual(atLeast);
  });

  it.each(files.map((file): [string, SheetFile] => [file.what, file]))('%s', async (_what, file) => {
    const before = leftBehind();
    const { refused, contracts, count, problems } = await outcomeOf(file);
    const codes = problems.map(({ code }) => code).sort();
    if ('refused' in file.outcome)
      expect([refused, codes]).toEqual([file.outcome.refused, refused && codes.length > 0 ? [refused] : []]);
    else expect({ contracts: count, codes, refused }).toEqual({ ...file.outcome, refused: null });
    for (const { code, phrase } of problems)
      expect([code, hasWords(`findings.${phrase.code}`)]).toEqual([code, true]);
    // Another process's files come and go in the same place.
    const own = leftBehind().filter((name) => !before.includes(name));
    await until('no file is left behind', () => !leftBehind().some((name) => own.includes(name)));
    const values = contracts.map(valueOf);
    expect(values).toEqual(file.values ?? plain(count));
    const read = values.join('<br>').replaceAll('|', '\\|');
    told.set(file, [refused ? `refused: \`${refused}\`` : inWords(count, codes), read]);
  });
});

afterAll(async () => {
  const path = process.env['FILES_TABLE'];
  if (path) await writeFile(path, table());
});

/** Folders of files that were to have no name. */
function leftBehind(): string[] {
  return readdirSync(tmpdir()).filter((name) => name.startsWith('chorong-sheet-'));
}

function inWords(contracts: number, codes: string[]): string {
  const counted = [...new Set(codes)].map((code) => {
    const count = codes.filter((other) => other === code).length;
    return `\`${code}\`${count > 1 ? ` × ${count}` : ''}`;
  });
  return [`${contracts} contract${contracts === 1 ? '' : 's'}`, ...counted].join(', ');
}

function table(): string {
  const rows = (files: readonly SheetFile[]) =>
    files.map((file, i) => {
      const [outcome, values] = told.get(file) ?? ['failed', ''];
      return `| ${i + 1} | ${file.name} | ${file.what} | ${outcome} | ${values} |`;
    });
  const head = ['| | name | what it is | outcome | what is read |', '|---|---|---|---|---|'];
  return [
    '# Files, and what becomes of them',
    '',
    'Written by `npm run test:files`, which makes each file and reads it; see `test/support/sheet-files.ts` and `ocds-files.ts`. A code behind contracts',
    'is a problem or a note told with them; `import-problems.words.ts`, `ocds.words.ts` and `sheet.words.ts` say what each means. What is read of a',
    'contract is its reference (with its revision), kind, title, days of signing and end, value, and its companies with their numbers; a dash stands for what is not there.',
    '',
    '## Honest',
    '',
    ...head,
    ...rows(honest),
    '',
    '## Hostile',
    '',
    ...head,
    ...rows(hostile),
    '',
    '## Published (OCDS)',
    '',
    ...head,
    ...rows(published),
    '',
    '## Hostile JSON',
    '',
    ...head,
    ...rows(hostileJson),
    '',
  ].join('\n');
}
