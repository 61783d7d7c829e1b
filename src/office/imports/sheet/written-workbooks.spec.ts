import fc from 'fast-check';
import { aWorkbook, inChunks, number, zipOf } from '../../../../test/support/workbooks.js';
import { entriesOfZip } from '../../../../test/support/zip-entries.js';
import { findingWords } from '../../../platform/findings.js';
import type { RowProblem } from '../import.types.js';
import { fieldNames, specOf } from './fields.js';
import { readHead } from './guess.js';
import { readSheet } from './reader.js';
import { rawRows, refusedWorkbook } from './refused-workbook.js';
import { templateWorkbook } from './template-workbook.js';
import { Workbook } from '../../../platform/sheets/workbook.js';
import { bytesOf, writeWorkbook } from '../../../platform/sheets/workbook-writer.js';

const rules = { country: 'KR', currency: 'KRW', allowFiction: true };
const titles = ['계약번호', '차수', '구분', '계약명', '계약일', '계약금액', '업체명', '담당자', '휴대전화'];

async function read(bytes: Buffer, mapping = {}) {
  const contracts = [];
  const problems: RowProblem[] = [];
  for await (const outcome of readSheet('xlsx', inChunks(bytes), rules, mapping)) {
    if (outcome.contract) contracts.push(outcome.contract);
    problems.push(...outcome.problems);
  }
  return { contracts, problems };
}

describe('writeWorkbook', () => {
  it('writes what reads back the same, whatever the cells hold', async () => {
    const text = fc.oneof(
      fc.string({ unit: 'grapheme', maxLength: 30 }),
      fc.constantFrom(
        '_x000D_',
        '=1+1',
        'a\r\nb',
        '<c r="A1">&amp;',
        '  x ',
        '_x005F_x0041_',
        '가나다',
        ']]>',
      ),
    );
    const table = fc.array(fc.array(text, { minLength: 1, maxLength: 6 }), { minLength: 1, maxLength: 8 });
    await fc.assert(
      fc.asyncProperty(table, async (cells) => {
        const rows = cells.map((row) => ({ cells: row, style: 'text' as const }));
        const workbook = await Workbook.open(
          inChunks(await bytesOf(writeWorkbook([{ name: 'x', columns: [], rows }]))),
        );
        const seen = [];
        for await (const row of workbook.worksheets[0]?.rows() ?? []) seen.push([row.line, row.cells]);
        await workbook.close();
        const blank = (row: string[]) => row.every((cell) => cell === '');
        const expected = cells.flatMap((row, i) => (blank(row) ? [] : [[i + 1, withoutBlankEnd(row)]]));
        expect(seen).toEqual(expected);
      }),
      { numRuns: 60 },
    );
  });

  const withoutBlankEnd = (row: string[]) => row.slice(0, row.findLastIndex((cell) => cell !== '') + 1);
});

describe('templateWorkbook', () => {
  const departments = ['도로과', '총무과 "본청", 1팀 <가>'];

  it('has headings that the reader knows, every one of them, and no contract', async () => {
    const bytes = await bytesOf(templateWorkbook(departments));
    const head = await readHead('xlsx', inChunks(bytes));
    expect(head).toMatchObject({ sheet: '계약 Contracts', line: 1, missing: [], isCertain: true });
    expect(await read(bytes)).toMatchObject({ contracts: [], problems: [{ code: 'rows-missing' }] });
  });

  it('offers only choices that the reader takes', () => {
    const specs = fieldNames.map(specOf).filter(({ template }) => template?.choices);
    expect(specs.length).toBeGreaterThanOrEqual(3);
    for (const { cell, template } of specs)
      for (const word of template?.choices?.words ?? []) expect(cell.read(word)).toMatchObject({ ok: true });
  });

  it('keeps numbers as text, and lists the departments on a hidden sheet', async () => {
    const parts = await entriesOfZip(await bytesOf(templateWorkbook(departments)));
    const sheet = parts.get('xl/worksheets/sheet1.xml')?.toString() ?? '';
    const phone = 16;
    expect(sheet).toContain(`<col min="${phone}" max="${phone}" width="16" customWidth="1" style="1"/>`);
    expect(parts.get('xl/styles.xml')?.toString()).toContain('<xf numFmtId="49" fontId="0"');
    expect(sheet).toContain('<formula1>lists!$A$1:$A$2</formula1>');
    expect(sheet).toContain('<formula1>&quot;공사,용역,물품,위탁,보조금,인허가&quot;</formula1>');
    expect(parts.get('xl/worksheets/sheet3.xml')?.toString()).toContain(
      '총무과 &quot;본청&quot;, 1팀 &lt;가&gt;',
    );
    expect(parts.get('xl/workbook.xml')?.toString()).toMatch(/name="lists"[^/]*state="hidden"/);
  });

  it('is the same for the same departments', async () => {
    const [one, other] = await Promise.all([1, 2].map(() => bytesOf(templateWorkbook(departments))));
    expect(one?.equals(other as Buffer)).toBe(true);
  });
});

describe('refusedWorkbook', () => {
  const row = (reference: string, changes: Record<number, string | ReturnType<typeof number>> = {}) =>
    [
      reference,
      '0',
      '공사',
      '중앙로 정비',
      number(46083),
      number(110000),
      '(주)새솔건설',
      '이가람',
      '010-0000-1234',
    ].map((cell, i) => changes[i] ?? cell);
  const original = () =>
    aWorkbook({
      sheets: [
        {
          rows: [
            ['(단위: 천원)'],
            titles,
            row('C-1'),
            row('C-2'),
            row('C-2', { 2: '기타', 7: '=HYPERLINK("x")' }),
            row('C-3', { 4: '2026-13-01', 8: '+82 10-0000-1234' }),
          ],
        },
      ],
    });

  async function refusedOf(bytes: Buffer): Promise<Buffer> {
    const { problems } = await read(bytes);
    return bytesOf(refusedWorkbook({ format: 'xlsx', read: () => inChunks(bytes), mapping: {}, problems }));
  }

  it('holds the rows of refused contracts and no other, and says in both languages what to mend', async () => {
    const sheet =
      (await entriesOfZip(await refusedOf(await original()))).get('xl/worksheets/sheet1.xml')?.toString() ??
      '';
    expect(sheet.match(/C-\d/g)).toEqual(['C-2', 'C-2', 'C-3']);
    expect(sheet).toContain('[구분] 알 수 없는 구분입니다.');
    expect(sheet).toContain('It is no kind of contract.');
  });

  it('reads back: mended, it is what the original would have been', async () => {
    const bytes = await refusedOf(await original());
    const again = await read(bytes);
    expect(again.problems.map(({ line, field, code }) => [line, field, code])).toEqual([
      [2, '', 'amounts-in-unit'],
      [4, '구분', 'kind-unknown'],
      [5, '계약일', 'date-impossible'],
    ]);
    const mended = await aMended(bytes, [
      ['기타', '공사'],
      ['2026-13-01', '2026-03-02'],
    ]);
    const { contracts, problems } = await read(mended);
    expect(problems.map(({ code }) => code)).toEqual(['amounts-in-unit']);
    expect(contracts.map((c) => [c.reference, c.signedOn, c.value?.amount])).toEqual([
      ['C-2', '2026-03-02', '110000000'],
      ['C-3', '2026-03-02', '110000000'],
    ]);
    expect(contracts[0]?.counterparties[0]?.contacts.map(({ name }) => name)).toEqual([
      '이가람',
      '=HYPERLINK("x")',
    ]);
    expect(contracts[1]?.counterparties[0]?.contacts[0]?.phone).toBe('+821000001234');
    expect((await readHead('xlsx', inChunks(bytes))).isCertain).toBe(true);
  });

  it('never lets a cell begin like a formula, and writes every cell as text', async () => {
    const sheet =
      (await entriesOfZip(await refusedOf(await original()))).get('xl/worksheets/sheet1.xml')?.toString() ??
      '';
    const texts = [...sheet.matchAll(/<t [^>]*>([^<]*)</g)].map(([, text = '']) => text);
    expect(texts.filter((text) => /^[=+\-@]/.test(text))).toEqual([]);
    expect(texts).toContain("'=HYPERLINK(&quot;x&quot;)");
    expect(sheet).not.toMatch(/<[fv]>/);
  });

  it('gives an unread file back as headings at most', async () => {
    const source = { format: 'csv' as const, mapping: {}, problems: [] };
    const bytes = await bytesOf(refusedWorkbook({ ...source, read: () => inChunks(Buffer.from('')) }));
    expect((await read(bytes)).problems).toMatchObject([{ code: 'file-empty' }]);
  });
});

describe('rawRows', () => {
  it('gives the headings and the rows that hold something, by their lines', async () => {
    const csv = Buffer.from(`${titles.join(',')}\nC-1,0,a\n\nC-2,0,b\nC-3,0,c\n`);
    const rows = [];
    const file = { format: 'csv' as const, read: () => inChunks(csv), mapping: {} };
    for await (const { line, cells } of rawRows(file)) rows.push([line, cells[0]]);
    expect(rows).toEqual([
      [1, '계약번호'],
      [2, 'C-1'],
      [4, 'C-2'],
      [5, 'C-3'],
    ]);
  });
});

describe('a mapping', () => {
  const sheet = () =>
    aWorkbook({
      sheets: [
        {
          rows: [
            ['코드', '분류', '이름', '계약일', '상대', '폰', '휴대전화'],
            ['C-1', '공사', '중앙로', '2026-03-02', '새솔', '010-0000-1111', '010-0000-2222'],
          ],
        },
      ],
    });
  const mapping = { 코드: 'reference', 분류: 'kind', 이름: 'title', 상대: 'counterparty', 폰: 'phone' };

  it('wins over what is known', async () => {
    const { contracts } = await read(await sheet(), mapping);
    expect(contracts).toMatchObject([
      { reference: 'C-1', counterparties: [{ contacts: [{ phone: '+821000001111' }] }] },
    ]);
  });

  it('leaves out what is said to be of no use', async () => {
    const { problems } = await read(await sheet(), { ...mapping, 폰: null, 휴대전화: null });
    const told = problems.map(({ code, phrase }) => ({ code, message: findingWords(phrase).message.en }));
    expect(told).toMatchObject([
      { code: 'headings-missing', message: expect.stringContaining('missing: 휴대전화') as string },
    ]);
  });
});

async function aMended(bytes: Buffer, changes: [string, string][]): Promise<Buffer> {
  const parts = await entriesOfZip(bytes);
  const name = 'xl/worksheets/sheet1.xml';
  const mended = changes.reduce(
    (xml, [from, to]) => xml.replace(`>${from}<`, `>${to}<`),
    parts.get(name)?.toString() ?? '',
  );
  parts.set(name, Buffer.from(mended));
  return zipOf([...parts]);
}
