import { createReadStream } from 'node:fs';
import { readSheet } from './reader.js';
import type { ImportedContract, ImportOutcome, RowProblem } from '../import.types.js';
import { findingWords } from '../../../platform/findings.js';

const rules = { country: 'KR', currency: 'KRW', allowFiction: true };
const headings = '계약번호,차수,구분,계약명,계약일,업체명,담당자,휴대전화';

async function* asChunks(text: string | Buffer): AsyncGenerator<Buffer> {
  const bytes = Buffer.from(text);
  for (let i = 0; i < bytes.length; i += 1000) yield await Promise.resolve(bytes.subarray(i, i + 1000));
}

async function readAll(bytes: AsyncIterable<Buffer>): Promise<{
  contracts: ImportedContract[];
  problems: (RowProblem & { message: string })[];
  outcomes: ImportOutcome[];
}> {
  const outcomes: ImportOutcome[] = [];
  for await (const outcome of readSheet('csv', bytes, rules)) outcomes.push(outcome);
  return {
    outcomes,
    contracts: outcomes.flatMap((o) => o.contract ?? []),
    problems: outcomes.flatMap((o) => o.problems).map(inEnglish),
  };
}

const inEnglish = (problem: RowProblem) => ({ ...problem, message: findingWords(problem.phrase).message.en });
const readText = (text: string | Buffer) => readAll(asChunks(text));
const readRows = (...rows: string[]) => readText([headings, ...rows, ''].join('\n'));
const fixture = (name: string) =>
  readAll(createReadStream(`test/fixtures/csv/${name}`) as AsyncIterable<Buffer>);

describe('a Korean sheet', () => {
  it.each(['contracts-ko-cp949.csv', 'contracts-ko-bom.csv'])('is read from %s', async (name) => {
    const { contracts } = await fixture(name);
    expect(contracts.map((c) => [c.reference, c.revision, c.kind, c.line])).toEqual([
      ['C-2026-0143', 0, 'works', 2],
      ['C-2026-0150', 1, 'service', 4],
      ['C-2026-0151', null, 'goods', 6],
    ]);
    expect(contracts[0]).toMatchObject({
      source: 'sheet',
      title: '중앙로 보도정비공사',
      department: '도로과',
      officer: '박서준',
      method: '제한경쟁',
      signedOn: '2026-03-03',
      startsOn: '2026-03-16',
      endsOn: '2026-11-27',
      value: { amount: '110000000', currency: 'KRW' },
    });
    expect(contracts[1]).toMatchObject({ title: '청사 청소 용역', signedOn: '2026-03-05', startsOn: null });
    expect(contracts[2]).toMatchObject({ signedOn: '2026-03-06', endsOn: '2026-04-06' });
  });

  it('makes one contract with two counterparties of the rows of a joint venture', async () => {
    const { contracts } = await fixture('contracts-ko-bom.csv');
    expect(contracts[0]?.counterparties).toEqual([
      {
        externalId: null,
        name: '(주)새솔건설',
        registrationNumber: '000-00-00001',
        role: null,
        share: null,
        country: 'KR',
        contacts: [
          {
            name: '이가람',
            role: 'contact',
            phone: '+821000001234',
            phoneCountry: 'KR',
            phoneProblem: null,
            locale: 'ko',
            legalBasis: 'consent',
            legalBasisOn: '2026-03-03',
          },
        ],
      },
      expect.objectContaining({
        name: '(주)온누리토건',
        contacts: [expect.objectContaining({ phone: '+821000005678', legalBasis: 'contract', locale: null })],
      }),
    ]);
  });

  it('takes the representative for the contact when no other person is named', async () => {
    const { contracts } = await fixture('contracts-ko-bom.csv');
    expect(contracts[1]?.counterparties[0]?.contacts[0]).toMatchObject({
      name: '한맑음',
      role: 'representative',
      phone: '+821000002222',
      locale: 'en',
    });
  });

  it('reports what it assumed and what it could not use, by physical line and heading', async () => {
    const { problems } = await fixture('contracts-ko-cp949.csv');
    expect(problems.map((p) => [p.line, p.field, p.value, p.code, p.fatal, p.informative])).toEqual([
      [4, '휴대전화', '******2222', 'number-zero-restored', false, true],
      [6, '휴대전화', '**-***-*000', 'number-impossible', false, false],
    ]);
  });

  it('keeps a contract whose contact has no usable number', async () => {
    const { contracts } = await fixture('contracts-ko-cp949.csv');
    expect(contracts[2]?.counterparties[0]?.contacts[0]).toMatchObject({
      name: '윤가온',
      phone: null,
      phoneProblem: { code: 'number-impossible', masked: '**-***-*000' },
    });
  });
});

describe('an English sheet', () => {
  it('is read with semicolons, foreign countries and currencies', async () => {
    const { contracts, problems } = await fixture('contracts-en-semicolon.csv');
    const seen = contracts.map((c) => [
      c.kind,
      c.value,
      c.counterparties[0]?.country,
      c.counterparties[0]?.contacts[0]?.phone,
    ]);
    expect(seen).toEqual([
      ['works', { amount: '1250000.50', currency: 'GBP' }, 'GB', '+447700900123'],
      ['service', { amount: '40000', currency: 'USD' }, 'US', '+12125550123'],
      ['goods', { amount: '9000', currency: 'EUR' }, null, null],
    ]);
    expect(problems.map((p) => [p.line, p.field, p.code])).toEqual([
      [4, 'Country', 'country-unknown'],
      [4, 'Mobile number', 'number-country-unknown'],
    ]);
  });

  it('is read with tabs, and headings in any case and spacing', async () => {
    const { contracts } = await readText(
      [
        'CONTRACT-NUMBER\tKind\t Contract  Name\tDate signed\tSUPPLIER\tMobile',
        'T-1\tGoods\tChairs\t2026-03-02\tOak, Ltd\t010-0000-0001',
      ].join('\r\n'),
    );
    expect(contracts[0]).toMatchObject({ reference: 'T-1', counterparties: [{ name: 'Oak, Ltd' }] });
  });
});

describe('rows of one contract', () => {
  const row = (n: number, more = `,공사,공사 ${n},2026-03-02,업체${n},담당${n},010-0000-0001`) =>
    `C-${n},0${more}`;

  it('are joined across a few other contracts, with a warning', async () => {
    const { contracts, problems } = await readRows(row(1), row(2), 'C-1,0,,,,다른업체,,010-0000-0002');
    expect(contracts.map((c) => [c.reference, c.counterparties.length])).toEqual([
      ['C-1', 2],
      ['C-2', 1],
    ]);
    expect(problems).toMatchObject([{ line: 4, code: 'lines-apart', fatal: false }]);
  });

  it('are refused when the contract has been handed on already', async () => {
    const others = Array.from({ length: 250 }, (_, i) => row(i + 2));
    const { contracts, problems } = await readRows(row(1), ...others, 'C-1,0,,,,다른업체,,010-0000-0002');
    expect(contracts).toHaveLength(251);
    expect(problems).toMatchObject([{ line: 253, code: 'lines-too-far-apart', fatal: true }]);
  });

  it('of another revision are another contract', async () => {
    const { contracts } = await readRows(row(1), 'C-1,1,공사,공사 1,2026-03-02,업체1,담당1,010-0000-0001');
    expect(contracts.map((c) => c.revision)).toEqual([0, 1]);
  });

  it('may leave out the revision and the company where cells were merged', async () => {
    const { contracts } = await readRows(row(1), 'C-1,,,,,,둘째,010-0000-0002');
    expect(contracts).toHaveLength(1);
    expect(contracts[0]?.counterparties[0]?.contacts.map((c) => c.name)).toEqual(['담당1', '둘째']);
  });

  it('that contradict each other are reported, and the first is believed', async () => {
    const { contracts, problems } = await readRows(
      row(1),
      'C-1,0,용역,다른 이름,2026-03-02,업체1,둘째,010-0000-0002',
    );
    expect(contracts[0]).toMatchObject({ kind: 'works', title: '공사 1' });
    expect(problems).toMatchObject([
      { line: 3, code: 'lines-differ', message: expect.stringMatching(/kind, title/) as string },
    ]);
  });

  it('stand or fall together', async () => {
    const { contracts, problems } = await readRows(row(1), 'C-1,0,,,2026-13-01,업체2,,010-0000-0002', row(2));
    expect(contracts.map((c) => c.reference)).toEqual(['C-2']);
    expect(problems).toMatchObject([{ line: 3, field: '계약일', value: '2026-13-01', fatal: true }]);
  });
});

describe('a row', () => {
  it.each([
    [',0,공사,이름,2026-03-02,업체,,010-0000-0001', 'reference-missing', '계약번호'],
    ['C 1,0,공사,이름,2026-03-02,업체,,010-0000-0001', 'reference-unusable', '계약번호'],
    ['C-1,x,공사,이름,2026-03-02,업체,,010-0000-0001', 'revision-unreadable', '차수'],
    ['C-1,0,기타,이름,2026-03-02,업체,,010-0000-0001', 'kind-unknown', '구분'],
    ['C-1,0,,이름,2026-03-02,업체,,010-0000-0001', 'kind-missing', ''],
    ['C-1,0,공사,,2026-03-02,업체,,010-0000-0001', 'title-missing', ''],
    ['C-1,0,공사,이름,02/03/2026,업체,,010-0000-0001', 'date-ambiguous', '계약일'],
    ['C-1,0,공사,이름,2026-03-02,,,010-0000-0001', 'counterparty-missing', ''],
    ['C-1,0,공사,이름,2026-03-02,업체,,010-0000-0001,넘침', 'row-too-wide', ''],
  ])('%s is refused: %s', async (row, code, field) => {
    const { contracts, problems } = await readRows(row);
    expect(contracts).toEqual([]);
    expect(problems).toMatchObject([{ line: 2, field, code, fatal: true }]);
  });

  it('is refused when it ends before it starts', async () => {
    const { contracts, problems } = await readText(
      `${headings},착공일,준공일\nC-1,0,공사,이름,2026-03-02,업체,,010-0000-0001,2026-05-01,2026-04-01\n`,
    );
    expect(contracts).toEqual([]);
    expect(problems).toMatchObject([{ code: 'dates-out-of-order', fatal: true }]);
  });

  it('takes its dates from a period in free text, or says that it cannot', async () => {
    const { contracts, problems } = await readText(
      [
        `${headings},계약기간`,
        'C-1,0,공사,이름,2020-04-30,업체,,010-0000-0001,2020.05.01~2020.05.17',
        'C-2,0,공사,이름,2020-04-30,업체,,010-0000-0001,착공후 25 일',
      ].join('\n'),
    );
    expect(contracts.map((c) => [c.startsOn, c.endsOn])).toEqual([
      ['2020-05-01', '2020-05-17'],
      [null, null],
    ]);
    expect(problems).toMatchObject([{ line: 3, field: '계약기간', code: 'period-unreadable', fatal: false }]);
  });

  it('reads digits that a spreadsheet keeps as text', async () => {
    const { contracts } = await readRows(`C-1,0,공사,이름,2026-03-02,업체,,"=""01000000001"""`);
    expect(contracts[0]?.counterparties[0]?.contacts[0]?.phone).toBe('+821000000001');
  });

  it('never shows a number or a name in an error', async () => {
    const { problems } = await readRows('C-1,0,공사,이름,010-1234-5678,업체,홍길동,홍길동 010-1234-5678');
    expect(problems.map((p) => p.value)).toEqual(['***-****-5678', '홍*동 ***-****-5678']);
    expect(JSON.stringify(problems)).not.toMatch(/1234|홍길동/);
  });
});

describe('a file', () => {
  it('without its headings is refused once, naming those found and expected', async () => {
    const { contracts, problems } = await readText('이름,전화\na,b\nc,d\n');
    expect(contracts).toEqual([]);
    expect(problems).toMatchObject([
      {
        line: 1,
        code: 'headings-missing',
        fatal: true,
        message: expect.stringMatching(/Found: 이름, 전화\. Expected: 계약번호, 구분/) as string,
      },
    ]);
  });

  it('with two columns of the same meaning is refused', async () => {
    const { problems } = await readText(`${headings},핸드폰\n`);
    expect(problems).toMatchObject([
      { code: 'headings-repeated', message: expect.stringMatching(/휴대전화 \/ 핸드폰/) as string },
    ]);
  });

  it('names the columns that it does not read', async () => {
    const { problems } = await readText(`${headings},비고\n`);
    expect(problems).toMatchObject([
      { code: 'columns-ignored', message: expect.stringMatching(/비고/) as string, informative: true },
      { code: 'rows-missing', informative: false },
    ]);
  });

  it.each([
    ['', 'file-empty'],
    ['\n\n', 'file-empty'],
    [Array.from({ length: 250 }, (_, i) => `h${i}`).join(','), 'too-many-columns'],
  ])('%.10j is refused: %s', async (text, code) => {
    expect((await readText(text)).problems).toMatchObject([{ code, fatal: true }]);
  });

  it('counts physical lines through blank ones, quoted line breaks and mixed line ends', async () => {
    const { contracts } = await readText(
      `${headings}\r\n\r\nC-1,0,공사,"두\n줄",2026-03-02,업체,,010-0000-0001\n\nC-2,0,공사,이름,2026-03-02,업체,,010-0000-0001`,
    );
    expect(contracts.map((c) => [c.reference, c.title, c.line])).toEqual([
      ['C-1', '두 줄', 3],
      ['C-2', '이름', 6],
    ]);
  });

  it('keeps what comes before a quote that is never closed, and names its line', async () => {
    const rows = Array.from({ length: 30 }, (_, i) => `C-${i},0,공사,이름,2026-03-02,업체,,010-0000-0001`);
    const { contracts, problems } = await readRows(...rows, 'X-1,0,공사,"이름,2026-03-02', 'X-2,0,공사');
    expect(contracts).toHaveLength(30);
    expect(problems).toMatchObject([{ line: 32, code: 'row-too-long', fatal: true }]);
  });

  it('keeps what comes before a row beyond any length', async () => {
    const { contracts, problems } = await readRows(
      'C-1,0,공사,이름,2026-03-02,업체,,010-0000-0001',
      `C-2,0,공사,${'x'.repeat(150_000)},2026-03-02,업체,,010-0000-0001`,
    );
    expect(contracts).toHaveLength(1);
    expect(problems).toMatchObject([{ line: 3, code: 'row-too-long', fatal: true }]);
  });

  it('of another kind is refused', async () => {
    const { problems } = await readText(Buffer.from('PK\x03\x04\0\0\0\0'));
    expect(problems).toMatchObject([{ code: 'not-text', fatal: true }]);
  });

  it('is read as it is used, a few hundred contracts ahead', async () => {
    let written = 0;
    async function* large(): AsyncGenerator<Buffer> {
      yield Buffer.from(`${headings}\n`);
      while (written < 10_000) {
        const rows = Array.from(
          { length: 100 },
          () => `C-${written++},0,공사,이름,2026-03-02,업체,담당,010-0000-0001\n`,
        );
        yield await Promise.resolve(Buffer.from(rows.join('')));
      }
    }
    let seen = 0;
    let furthest = 0;
    for await (const outcome of readSheet('csv', large(), rules)) {
      seen += outcome.contract ? 1 : 0;
      furthest = Math.max(furthest, written - seen);
    }
    expect(seen).toBe(10_000);
    // The sample that settles the encoding (64 kB), and the contracts that are still open.
    expect(furthest).toBeLessThan(1600);
  });
});
