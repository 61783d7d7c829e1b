import { Readable } from 'node:stream';
import { inChunks } from '../../../test/support/workbooks.js';
import { entriesOfZip } from '../../../test/support/zip-entries.js';
import { pagesOf, plainTable, type TableFile, tableFile } from './table-file.js';
import { Workbook } from './workbook.js';
import { bytesOf, writeWorkbook } from './workbook-writer.js';

interface Person {
  name: string;
  count: number;
  at: string;
}

const file = (format: TableFile<Person>['format']): TableFile<Person> => ({
  ...plainTable('people', {
    name: (row: Person) => row.name,
    count: ({ count }) => count,
    at: ({ at }) => ({ moment: at }),
  }),
  name: '사람_가람시',
  asciiName: 'people_Garam',
  format,
  headings: ['이름', '수', '일시 (Asia/Seoul)'],
  tooLong: 'there are more',
});
const row = (name: string, count = 1): Person => ({ name, count, at: '2026-03-04T10:05:00+09:00' });
const onePage = (...rows: Person[]) => pagesOf(() => Promise.resolve({ items: rows, nextCursor: null }));
const written = (format: TableFile<Person>['format'], pages: AsyncIterable<readonly Person[]>) =>
  bytesOf(tableFile(file(format), pages).getStream());

async function sheetOf(bytes: Buffer): Promise<string[][]> {
  const workbook = await Workbook.open(inChunks(bytes));
  const rows: string[][] = [];
  for await (const { cells } of workbook.worksheets[0]?.rows() ?? []) rows.push([...cells]);
  await workbook.close();
  return rows;
}

it('reads a list page after page, and writes its headings once, also when the list is empty', async () => {
  const pages = new Map([
    [undefined, { items: [row('a'), row('b')], nextCursor: 'next' }],
    ['next', { items: [row('c')], nextCursor: null }],
  ]);
  const none = { items: [], nextCursor: null };
  const read = (all: typeof pages) => pagesOf((cursor) => Promise.resolve(all.get(cursor) ?? none));
  const line = (name: string) => `${name},1,2026-03-04 10:05\r\n`;
  const headings = '\ufeff이름,수,일시 (Asia/Seoul)\r\n';
  expect((await written('csv', read(pages))).toString()).toBe(headings + ['a', 'b', 'c'].map(line).join(''));
  expect((await written('csv', read(new Map()))).toString()).toBe(headings);
});

it('writes a workbook with texts as they are, numbers as numbers and moments as a clock shows them', async () => {
  const bytes = await written('xlsx', onePage(row('=1+1', 3), row('007')));
  expect(await sheetOf(bytes)).toEqual([
    ['이름', '수', '일시 (Asia/Seoul)'],
    ['=1+1', '3', expect.stringMatching(/^2026-03-04/) as string],
    ['007', '1', expect.stringMatching(/^2026-03-04/) as string],
  ]);
});

it('holds no formula in a workbook, whatever a cell begins with', async () => {
  const parts = await entriesOfZip(await written('xlsx', onePage(row('=cmd|"/c calc"!A1'), row('@SUM(A1)'))));
  const sheet = parts.get('xl/worksheets/sheet1.xml')?.toString();
  expect(sheet).not.toMatch(/<f[ >]/);
  expect(sheet).toContain('t="inlineStr"><is><t xml:space="preserve">=cmd|');
});

it('says in the last row of a workbook that there are more rows than it can hold', async () => {
  const rows = async (most: number) => {
    const answer = tableFile(file('xlsx'), onePage(row('a'), row('b')), most);
    return (await sheetOf(await bytesOf(answer.getStream()))).map(([first]) => first);
  };
  expect(await rows(2)).toEqual(['이름', 'there are more']);
  expect(await rows(4)).toEqual(['이름', 'a', 'b']);
});

it('names a file in the reader’s letters, and in ASCII for what knows no others', () => {
  const headers = tableFile(file('xlsx'), onePage()).getHeaders();
  expect(headers).toMatchObject({
    type: 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
    disposition: `attachment; filename="people_Garam.xlsx"; filename*=UTF-8''${encodeURIComponent('사람_가람시')}.xlsx`,
  });
  const plain = tableFile(plainTable('coverage', { name: (one: Person) => one.name }), onePage());
  expect(plain.getHeaders()).toMatchObject({
    type: 'text/csv; charset=utf-8',
    disposition: 'attachment; filename="coverage.csv"',
  });
});

it.each(['csv', 'xlsx'] as const)(
  'lets go of what it reads when nobody takes the %s any more',
  async (format) => {
    // It waits for a page, as for a slow statement.
    const source = new Readable({ objectMode: true, read: () => undefined });
    const stream = tableFile(file(format), source).getStream();
    stream.resume();
    await new Promise((resolve) => setImmediate(resolve));
    stream.destroy();
    await new Promise((resolve) => source.once('close', resolve));
    expect(source.destroyed).toBe(true);
  },
);

it('ends the reading of a workbook’s rows with the workbook', async () => {
  const [begun, ended] = [jest.fn(), jest.fn()];
  const rows = async function* () {
    begun();
    try {
      for (;;) yield await Promise.resolve({ cells: ['a'.repeat(50)], style: 'text' as const });
    } finally {
      ended();
    }
  };
  const workbook = writeWorkbook([{ name: 'a', columns: [], rows: rows() }]);
  workbook.on('data', () => begun.mock.calls.length > 0 && workbook.destroy());
  await new Promise((resolve) => workbook.once('close', resolve));
  await new Promise((resolve) => setTimeout(resolve, 50));
  expect(ended).toHaveBeenCalled();
});
