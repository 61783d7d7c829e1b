import { gzipSync } from 'node:zlib';
import iconv from 'iconv-lite';
import writeExcelFile from 'write-excel-file/node';
import { templateWorkbook } from '../../src/office/imports/sheet/template-workbook.js';
import type { ImportedContract } from '../../src/office/imports/import.types.js';
import { bytesOf } from '../../src/platform/sheets/workbook-writer.js';
import {
  aCompoundFile,
  aWorkbook,
  formula,
  number,
  rawCell,
  shared,
  sheetXml,
  type TestSheet,
  withHeader,
  zipOf,
} from './workbooks.js';
import { entriesOfZip } from './zip-entries.js';

export interface SheetFile {
  what: string;
  name: string;
  bytes: () => Buffer | Promise<Buffer>;
  /** Codes in any order; a refused file has one, and no contracts. */
  outcome: { refused: string } | { contracts: number; codes: string[] };
  /** What is read of each contract, in the form of `valueOf`, where that is not what files of the kind hold. */
  values?: string[];
}

/** The contract that files hold unless they say otherwise; of several, the second is C-2. */
export function plainValues(contracts: number): string[] {
  const rest = 'works, 중앙로 정비, 2026-03-02 to 2026-11-27, 110000000 KRW; (주)새솔건설 +821000001234';
  return Array.from({ length: contracts }, (_, i) => `C-${i + 1}, ${rest}`);
}

/** Writes what was read of a contract: what its texts say, when they go out, and to whom. A dash stands for what is not there. */
export function valueOf(contract: ImportedContract): string {
  const { reference, revision, kind, title, signedOn, endsOn, value, counterparties } = contract;
  const parties = counterparties.map(({ name, contacts }) =>
    [name, ...contacts.map(({ phone }) => phone ?? '–')].join(' '),
  );
  const worth = value ? `${value.amount} ${value.currency}` : '–';
  const named = revision === null ? reference : `${reference} (${revision})`;
  const terms = [named, kind, title.slice(0, 40), `${signedOn ?? '–'} to ${endsOn ?? '–'}`, worth];
  return [terms.join(', '), ...parties].join('; ');
}

const titles = [
  '계약번호',
  '구분',
  '계약명',
  '계약일',
  '준공일',
  '계약금액',
  '업체명',
  '사업자번호',
  '담당자',
  '휴대전화',
];
type Row = TestSheet['rows'] extends readonly (infer R)[] | undefined ? R : never;

function row(changes: Partial<Record<string, Row[number]>> = {}): Row {
  const base: Record<string, Row[number]> = {
    계약번호: 'C-1',
    구분: '공사',
    계약명: '중앙로 정비',
    계약일: '2026-03-02',
    준공일: '2026-11-27',
    계약금액: '110000000',
    업체명: '(주)새솔건설',
    사업자번호: '000-00-00001',
    담당자: '이가람',
    휴대전화: '010-0000-1234',
  };
  return titles.map((title) => changes[title] ?? base[title] ?? '');
}

const workbookOf = (...rows: Row[]) => aWorkbook({ sheets: [{ rows: [titles, ...rows] }] });
/** As a line of CSV; what only a workbook can hold is left out. */
const written = (cells: Row) => cells.map((cell) => (typeof cell === 'string' ? cell : '')).join(',');
const csv = (...rows: Row[]) => [titles, ...rows].map((cells) => written(cells)).join('\r\n');
const good = () => workbookOf(row());

const mainTypeOf = (word: 'sheet' | 'template') =>
  `application/vnd.openxmlformats-officedocument.spreadsheetml.${word}.main+xml`;

/** Every .xml is a workbook, unless it is named otherwise. */
function declaredByEnding(): Promise<Buffer> {
  const types = 'http://schemas.openxmlformats.org/package/2006/content-types';
  const sheet = 'application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml';
  const declared = `<Default Extension="xml" ContentType="${mainTypeOf('sheet')}"/><Override PartName="/xl/worksheets/sheet1.xml" ContentType="${sheet}"/>`;
  return aWorkbook({
    sheets: [{ rows: [titles, row()] }],
    parts: { '[Content_Types].xml': `<Types xmlns="${types}">${declared}</Types>` },
  });
}

/** A workbook and an extension of it, each with properties of its own. */
function withExtension(own: string, extension: string, signedOn: Row[number]): Promise<Buffer> {
  const main = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"';
  const office = 'http://schemas.openxmlformats.org/officeDocument/2006/relationships';
  const more = `<extLst><ext xmlns:x15="urn:x15"><x15:workbookPr chartTrackingRefBase="1" ${extension}/></ext></extLst>`;
  return aWorkbook({
    formats: ['yyyy-mm-dd'],
    sheets: [{ rows: [titles, row({ 계약일: signedOn })] }],
    parts: {
      'xl/workbook.xml': `<workbook ${main} xmlns:r="${office}"><workbookPr ${own}/><sheets><sheet name="a" sheetId="1" r:id="rId1"/></sheets>${more}</workbook>`,
    },
  });
}

async function strictEdition(): Promise<Buffer> {
  const parts = [...(await entriesOfZip(await good()))].map(([name, content]): [string, string] => [
    name,
    content
      .toString('utf8')
      .replaceAll(
        'http://schemas.openxmlformats.org/spreadsheetml/2006/main',
        'http://purl.oclc.org/ooxml/spreadsheetml/main',
      )
      .replaceAll(
        'http://schemas.openxmlformats.org/officeDocument/2006',
        'http://purl.oclc.org/ooxml/officeDocument',
      ),
  ]);
  return zipOf(parts);
}

/** CSV of a contract whose number stands under other headings. */
function procured(heads: string[], ...numbers: string[][]): Buffer {
  const lines = [titles, ...numbers.map(() => row())].map((cells, i) =>
    [...(i === 0 ? heads : (numbers[i - 1] ?? [])), written(cells.slice(1))].join(','),
  );
  return Buffer.from(lines.join('\n'));
}

const jointVenture =
  '[1^주계약업체^공동이행^(주)새솔건설^한맑음^대한민국^60^^이가람^0000000001],[2^공동계약업체^공동이행^(주)한길토건^서온누리^대한민국^40^^김하나^0000000002]';

/** CSV with a list of companies in place of the company; with `companies`, a row for each of them. */
function listing(list: string, ...companies: string[]): Buffer {
  const heads = [...titles.filter((title) => title !== '업체명' && title !== '사업자번호'), 'corpList'];
  const cells = titles.flatMap((title, i) =>
    heads.includes(title) ? [written(row()).split(',')[i] ?? ''] : [],
  );
  const lines =
    companies.length === 0
      ? [[...cells, `"${list}"`]]
      : companies.map((company) => [...cells, `"${list}"`, company]);
  const all = companies.length === 0 ? heads : [...heads, '업체명'];
  return Buffer.from([all, ...lines].map((line) => line.join(',')).join('\n'));
}

export const honest: SheetFile[] = [
  {
    what: 'CSV in UTF-8 with its mark, as Excel saves it',
    name: 'a.csv',
    bytes: () => Buffer.from(`\ufeff${csv(row())}`),
    outcome: { contracts: 1, codes: [] },
  },
  {
    what: 'CSV in CP949, as Korean Excel saves it',
    name: 'a.csv',
    bytes: () => iconv.encode(csv(row()), 'cp949'),
    outcome: { contracts: 1, codes: [] },
  },
  {
    what: 'CSV with semicolons and English headings',
    name: 'a.csv',
    bytes: () =>
      Buffer.from(
        'Contract no;Kind;Title;Signed on;Supplier;Mobile;Country\nC-1;works;Bridge;2026-03-02;Oak Ltd;07700 900123;GB\n',
      ),
    outcome: { contracts: 1, codes: [] },
    values: ['C-1, works, Bridge, 2026-03-02 to –, –; Oak Ltd +447700900123'],
  },
  {
    what: 'the template, filled in',
    name: 'template.xlsx',
    bytes: filledTemplate,
    outcome: { contracts: 1, codes: [] },
    values: [
      'C-2026-0143 (0), works, 중앙로 보도정비공사, 2026-03-03 to 2026-11-27, 110000000 KRW; (주)새솔건설 +821000001234',
    ],
  },
  {
    what: 'a workbook of another program (write-excel-file), with dates and numbers of its own',
    name: 'a.xlsx',
    bytes: otherWriter,
    outcome: { contracts: 1, codes: ['number-zero-restored'] },
  },
  {
    what: 'shared texts, in several runs, with readings beside them',
    name: 'a.xlsx',
    bytes: () =>
      aWorkbook({
        sheets: [{ rows: [titles, row({ 계약명: shared(0), 업체명: shared(1) })] }],
        sharedStrings:
          '<si><r><t>중앙로 </t></r><r><rPr><b/></rPr><t>정비</t></r><rPh sb="0" eb="1"><t>읽기</t></rPh></si><si><t>(주)새솔건설</t></si>',
      }),
    outcome: { contracts: 1, codes: [] },
  },
  {
    what: 'days as numbers, in built-in, Korean and custom formats',
    name: 'a.xlsx',
    bytes: () =>
      aWorkbook({
        formats: ['yyyy"년" m"월" d"일"', '[$-412]yyyy\\.\\ m\\.\\ d\\.;@'],
        sheets: [{ rows: [titles, row({ 계약일: number(46083, 1), 준공일: number(46353, 2) })] }],
      }),
    outcome: { contracts: 1, codes: [] },
  },
  {
    what: 'days counted from 1904',
    name: 'a.xlsx',
    bytes: () =>
      aWorkbook({
        since1904: true,
        formats: ['yyyy-mm-dd'],
        sheets: [{ rows: [titles, row({ 계약일: number(44621, 1) })] }],
      }),
    outcome: { contracts: 1, codes: [] },
  },
  {
    what: 'days as bare numbers, the column formatted as nothing',
    name: 'a.xlsx',
    bytes: () => workbookOf(row({ 계약일: number(46083), 준공일: number(46353.75) })),
    outcome: { contracts: 1, codes: [] },
  },
  {
    what: 'days in Korean forms, as text',
    name: 'a.xlsx',
    bytes: () =>
      workbookOf(
        row({ 계약일: '2026.3.2.', 준공일: '2026년 11월 27일' }),
        row({ 계약번호: 'C-2', 계약일: '26-03-02', 준공일: number(20261127) }),
        row({ 계약번호: 'C-3', 계약일: '2026/03/02', 준공일: '2026. 11. 27. (금)' }),
      ),
    outcome: { contracts: 3, codes: [] },
  },
  {
    what: 'amounts with commas, 원, ₩, 천원, and units in the format',
    name: 'a.xlsx',
    bytes: () =>
      aWorkbook({
        formats: ['#,##0"원"', '#,##0"천원"', '#,##0,"천원"'],
        sheets: [
          {
            rows: [
              titles,
              row({ 계약금액: '110,000,000원' }),
              row({ 계약번호: 'C-2', 계약금액: '₩110,000,000' }),
              row({ 계약번호: 'C-3', 계약금액: '110,000천원' }),
              row({ 계약번호: 'C-4', 계약금액: number(110000000, 1) }),
              row({ 계약번호: 'C-5', 계약금액: number(110000, 2) }),
              row({ 계약번호: 'C-6', 계약금액: number(110000000, 3) }),
              row({ 계약번호: 'C-7', 계약금액: number('1.1E8') }),
            ],
          },
        ],
      }),
    outcome: { contracts: 7, codes: [] },
  },
  {
    what: 'a title and (단위: 천원) above the headings',
    name: 'a.xlsx',
    bytes: () =>
      aWorkbook({
        sheets: [
          {
            rows: [['2026년 계약 현황'], [], ['', '(단위: 천원)'], titles, row({ 계약금액: number(110000) })],
          },
        ],
      }),
    outcome: { contracts: 1, codes: ['amounts-in-unit'] },
  },
  {
    what: 'numbers that lost their zeros, and a staff number that shows them by its format',
    name: 'a.xlsx',
    bytes: () =>
      aWorkbook({
        formats: ['00000', '000-00-00000'],
        sheets: [
          {
            rows: [
              [...titles, '담당공무원'],
              [...row({ 휴대전화: number('1.000001234E9'), 사업자번호: number(1000001, 2) }), number(123, 1)],
              [
                ...row({ 계약번호: 'C-2', 휴대전화: '10 0000 1234', 사업자번호: number(100000001) }),
                '박서준',
              ],
            ],
          },
        ],
      }),
    outcome: { contracts: 2, codes: ['number-zero-restored', 'number-zero-restored', 'zeros-restored'] },
  },
  {
    what: 'merged cells beside the rows of a joint venture',
    name: 'a.xlsx',
    bytes: () =>
      aWorkbook({
        sheets: [
          {
            rows: [
              titles,
              row(),
              row({
                계약번호: '',
                구분: '',
                계약명: '',
                계약일: '',
                업체명: '(주)온누리토건',
                사업자번호: '000-00-00002',
              }),
            ],
            merges: ['A2:A3', 'B2:B3', 'C2:C3', 'D2:D3'],
          },
        ],
      }),
    outcome: { contracts: 1, codes: ['merged-cells-filled'] },
    values: [
      'C-1, works, 중앙로 정비, 2026-03-02 to 2026-11-27, 110000000 KRW; (주)새솔건설 +821000001234; (주)온누리토건 +821000001234',
    ],
  },
  {
    what: 'hidden rows and columns, which are read',
    name: 'a.xlsx',
    bytes: () =>
      aWorkbook({
        sheets: [
          {
            rows: [titles, row(), row({ 계약번호: 'C-2' })],
            hiddenRows: [3],
            columns: '<col min="10" max="10" hidden="1"/>',
          },
        ],
      }),
    outcome: { contracts: 2, codes: ['columns-hidden', 'rows-hidden'] },
  },
  {
    what: 'formulas with their results',
    name: 'a.xlsx',
    bytes: () =>
      workbookOf(
        row({ 계약명: formula('A1&"x"', '중앙로 정비'), 계약금액: formula('1+1', '110000000', 'n') }),
      ),
    outcome: { contracts: 1, codes: [] },
  },
  {
    what: 'headings on two levels, merged',
    name: 'a.xlsx',
    bytes: () =>
      aWorkbook({
        sheets: [
          {
            rows: [
              [...titles.slice(0, 6), '계약상대자', '', '', ''],
              ['', '', '', '', '', '', ...titles.slice(6)],
              row(),
            ],
            merges: ['A1:A2', 'B1:B2', 'C1:C2', 'D1:D2', 'E1:E2', 'F1:F2', 'G1:J1'],
          },
        ],
      }),
    outcome: { contracts: 1, codes: [] },
  },
  {
    what: 'a cover sheet first, a hidden sheet, and the contracts on the third',
    name: 'a.xlsx',
    bytes: () =>
      aWorkbook({
        sheets: [
          { name: '표지', rows: [['2026년 계약 현황'], ['도로과']] },
          { name: '목록', state: 'hidden', rows: [['공사'], ['용역']] },
          { name: '계약', rows: [titles, row()] },
        ],
      }),
    outcome: { contracts: 1, codes: [] },
  },
  {
    what: 'English headings below the Korean ones, and the headings once more on a later page',
    name: 'a.xlsx',
    bytes: () =>
      workbookOf(
        [
          'contract number',
          'kind',
          'title',
          'signed on',
          'end date',
          'amount',
          'company',
          'business number',
          'contact',
          'mobile',
        ],
        row(),
        titles,
        row({ 계약번호: 'C-2' }),
      ),
    outcome: { contracts: 2, codes: [] },
  },
  {
    what: 'parts in UTF-16, with prefixes before every name',
    name: 'a.xlsx',
    bytes: async () =>
      aWorkbook({
        sheets: [
          {
            xml: iconv
              .encode(
                sheetXml({ rows: [titles, row()] })
                  .replace(/<(\/?)(\w)/g, '<$1x:$2')
                  .replace('xmlns=', 'xmlns:x='),
                'utf-16le',
                {
                  addBOM: true,
                },
              )
              .toString('latin1'),
          },
        ],
        parts: {
          'xl/worksheets/sheet1.xml': iconv.encode(
            sheetXml({ rows: [titles, row()] })
              .replace(/<(\/?)(\w)/g, '<$1x:$2')
              .replace('xmlns=', 'xmlns:x='),
            'utf-16le',
            { addBOM: true },
          ),
        },
      }),
    outcome: { contracts: 1, codes: [] },
  },
  {
    what: 'a workbook whose main part is declared by its ending, as ClosedXML and the Open XML SDK write it',
    name: 'a.xlsx',
    bytes: () => declaredByEnding(),
    outcome: { contracts: 1, codes: [] },
  },
  {
    what: 'days counted from 1904, with an extension that has an element of the same name',
    name: 'a.xlsx',
    bytes: () => withExtension('date1904="1"', '', number(44621, 1)),
    outcome: { contracts: 1, codes: [] },
  },
  {
    what: 'days counted from 1900, and an extension that says 1904',
    name: 'a.xlsx',
    bytes: () => withExtension('', 'date1904="1"', number(46083, 1)),
    outcome: { contracts: 1, codes: [] },
  },
  {
    what: 'a workbook of the strict edition of the standard',
    name: 'a.xlsx',
    bytes: strictEdition,
    outcome: { contracts: 1, codes: [] },
  },
  {
    what: 'a template (.xltx) that was filled in',
    name: 'a.xltx',
    bytes: () => aWorkbook({ mainType: mainTypeOf('template'), sheets: [{ rows: [titles, row()] }] }),
    outcome: { contracts: 1, codes: [] },
  },
  {
    what: 'years behind an apostrophe, as Hangul writes them (’26.3.2)',
    name: 'a.xlsx',
    bytes: () =>
      workbookOf(
        row({ 계약일: '’26.3.2', 준공일: '’26.11.27.' }),
        row({ 계약번호: 'C-2', 계약일: '‘26. 3. 2.', 준공일: '＇26-11-27' }),
      ),
    outcome: { contracts: 2, codes: [] },
  },
  {
    what: 'numbers behind an apostrophe that a word processor made curly',
    name: 'a.csv',
    bytes: () => Buffer.from(csv(row({ 휴대전화: '’010-0000-1234', 계약금액: '’110000000' }))),
    outcome: { contracts: 1, codes: [] },
  },
  {
    what: 'digits and signs of full width',
    name: 'a.xlsx',
    bytes: () => workbookOf(row({ 휴대전화: '０１０－００００－１２３４', 계약일: '２０２６．３．２' })),
    outcome: { contracts: 1, codes: [] },
  },
  {
    what: 'the confirmed number of the e-procurement, whose last two digits are the revision, twice',
    name: 'a.csv',
    bytes: () => procured(['확정계약번호'], ['20261201345-00'], ['20261201345-01']),
    outcome: { contracts: 2, codes: [] },
    values: [
      '20261201345 (0), works, 중앙로 정비, 2026-03-02 to 2026-11-27, 110000000 KRW; (주)새솔건설 +821000001234',
      '20261201345 (1), works, 중앙로 정비, 2026-03-02 to 2026-11-27, 110000000 KRW; (주)새솔건설 +821000001234',
    ],
  },
  {
    what: 'the confirmed number without its hyphen',
    name: 'a.csv',
    bytes: () => procured(['dcsnCntrctNo'], ['2026120134500']),
    outcome: { contracts: 1, codes: [] },
    values: [
      '20261201345 (0), works, 중앙로 정비, 2026-03-02 to 2026-11-27, 110000000 KRW; (주)새솔건설 +821000001234',
    ],
  },
  {
    what: 'the confirmed number beside the number that stays',
    name: 'a.csv',
    bytes: () => procured(['통합계약번호', '확정계약번호'], ['R26TA0001', '20261201345-02']),
    outcome: { contracts: 1, codes: [] },
    values: [
      'R26TA0001 (2), works, 중앙로 정비, 2026-03-02 to 2026-11-27, 110000000 KRW; (주)새솔건설 +821000001234',
    ],
  },
  {
    what: 'the list of companies of the e-procurement in place of a company',
    name: 'a.csv',
    bytes: () => listing('[1^주계약업체^단독^(주)새솔건설^한맑음^대한민국^100^^이가람^0000000001]'),
    outcome: { contracts: 1, codes: [] },
  },
  {
    what: 'a list of two companies of a joint venture, one with a number',
    name: 'a.csv',
    bytes: () => listing(jointVenture),
    outcome: { contracts: 1, codes: ['company-without-number'] },
    values: [
      'C-1, works, 중앙로 정비, 2026-03-02 to 2026-11-27, 110000000 KRW; (주)새솔건설 +821000001234; (주)한길토건 –',
    ],
  },
  {
    what: 'a list of two companies, with a row for each',
    name: 'a.csv',
    bytes: () => listing(jointVenture, '(주)새솔건설', '(주)한길토건'),
    outcome: { contracts: 1, codes: [] },
    values: [
      'C-1, works, 중앙로 정비, 2026-03-02 to 2026-11-27, 110000000 KRW; (주)새솔건설 +821000001234; (주)한길토건 +821000001234',
    ],
  },
  {
    what: 'text separated by tabs (.tsv)',
    name: 'a.tsv',
    bytes: () => Buffer.from(csv(row()).replaceAll(',', '\t')),
    outcome: { contracts: 1, codes: [] },
  },
  {
    what: 'text separated by tabs (.txt), in CP949',
    name: 'a.txt',
    bytes: () => iconv.encode(csv(row()).replaceAll(',', '\t'), 'cp949'),
    outcome: { contracts: 1, codes: [] },
  },
  {
    what: 'five rows of titles above the headings, and blank rows among the others',
    name: 'a.xlsx',
    bytes: () =>
      aWorkbook({
        sheets: [
          {
            rows: [
              ...['2026년 계약 현황', '', '도로과', '(2026. 3. 2. 현재)', ''].map((title) => [title]),
              titles,
              row(),
              [''],
              row({ 계약번호: 'C-2' }),
            ],
          },
        ],
      }),
    outcome: { contracts: 2, codes: [] },
  },
  {
    what: 'the period of the contract in place of its days',
    name: 'a.csv',
    bytes: () =>
      Buffer.from(
        `${csv(row()).replace('준공일', '계약기간').replace('2026-11-27', '’26.3.16 ~ ’26.11.27')}`,
      ),
    outcome: { contracts: 1, codes: [] },
  },
  {
    what: 'an amount in words of a contract (금 110,000,000원정)',
    name: 'a.xlsx',
    bytes: () => workbookOf(row({ 계약금액: '금110,000,000원정' })),
    outcome: { contracts: 1, codes: [] },
  },
  {
    what: 'columns that nobody knows beside those that are known',
    name: 'a.xlsx',
    bytes: () =>
      aWorkbook({
        sheets: [
          {
            rows: [
              [...titles, '비고'],
              [...row(), '메모'],
            ],
          },
        ],
      }),
    outcome: { contracts: 1, codes: ['columns-ignored'] },
  },
];

async function filledTemplate(): Promise<Buffer> {
  const template = await bytesOf(templateWorkbook(['도로과', '총무과']));
  const parts = await entriesOfZip(template);
  const first = parts.get('xl/worksheets/sheet1.xml')?.toString() ?? '';
  const values = [
    'C-2026-0143',
    '0',
    '공사',
    '중앙로 보도정비공사',
    '제한경쟁',
    '2026-03-03',
    '2026-03-16',
    '2026-11-27',
  ];
  const more = [
    '110000000',
    '도로과',
    '박서준',
    '(주)새솔건설',
    '000-00-00001',
    '한맑음',
    '이가람',
    '010-0000-1234',
    '한국어',
    '동의',
    '2026-03-03',
  ];
  const cells = [...values, ...more].map((value) => `<c t="inlineStr"><is><t>${value}</t></is></c>`);
  parts.set(
    'xl/worksheets/sheet1.xml',
    Buffer.from(first.replace('</sheetData>', `<row r="2">${cells.join('')}</row></sheetData>`)),
  );
  return zipOf([...parts]);
}

async function otherWriter(): Promise<Buffer> {
  const day = (iso: string) => ({ value: new Date(`${iso}T00:00:00Z`), type: Date, format: 'yyyy-mm-dd' });
  const values = [
    titles.map((value) => ({ value })),
    [
      'C-1',
      '공사',
      '중앙로 정비',
      day('2026-03-02'),
      day('2026-11-27'),
      110000000,
      '(주)새솔건설',
      '000-00-00001',
      '이가람',
      1000001234,
    ].map((value) => (typeof value === 'object' ? value : { value })),
  ];
  return (writeExcelFile(values as never) as unknown as { toBuffer(): Promise<Buffer> }).toBuffer();
}

const bigPart = (size: number) => Buffer.alloc(size, ' ');
const sheetWith = (inside: string) =>
  sheetXml({ rows: [titles, row()] }).replace('<sheetData>', `${inside}<sheetData>`);

export const hostile: SheetFile[] = [
  {
    what: 'a bomb: a sheet of 300 MB of blanks, packed into 300 kB',
    name: 'a.xlsx',
    bytes: () =>
      aWorkbook({ sheets: [{ xml: sheetWith('') + bigPart(300 * 1024 * 1024).toString('latin1') }] }),
    outcome: { refused: 'workbook-unpacks-too-large' },
  },
  {
    what: 'five parts that say they unpack to 300 MB each',
    name: 'a.xlsx',
    bytes: async () => {
      const names = Array.from({ length: 5 }, (_, i) => `xl/media/image${i}.png`);
      const zip = await aWorkbook({
        sheets: [{ rows: [titles, row()] }],
        parts: Object.fromEntries(names.map((name) => [name, 'x'])),
      });
      return names.reduce(
        (changed, name) =>
          withHeader(changed, name, ({ at, zip: bytes }) => {
            bytes.writeUInt32LE(2_000_000, at + 20);
            bytes.writeUInt32LE(300 * 1024 * 1024, at + 24);
          }),
        zip,
      );
    },
    outcome: { refused: 'workbook-unpacks-too-large' },
  },
  {
    what: 'a sheet that says it unpacks to 100 bytes, and does not stop there',
    name: 'a.xlsx',
    bytes: async () =>
      withHeader(await good(), 'xl/worksheets/sheet1.xml', ({ at, zip }) => zip.writeUInt32LE(100, at + 24)),
    outcome: { refused: 'workbook-malformed' },
  },
  {
    what: '3,000 parts',
    name: 'a.xlsx',
    bytes: () =>
      aWorkbook({
        sheets: [{ rows: [titles, row()] }],
        parts: Object.fromEntries(Array.from({ length: 3000 }, (_, i) => [`x/${i}`, ''])),
      }),
    outcome: { refused: 'workbook-too-many-parts' },
  },
  {
    what: 'entities that unfold to a billion laughs',
    name: 'a.xlsx',
    bytes: () =>
      aWorkbook({
        sheets: [
          {
            xml: `<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">]>${sheetXml({ rows: [titles, row({ 계약명: rawCell('t="inlineStr"', '<is><t>&b;</t></is>') })] })}`,
          },
        ],
      }),
    outcome: { refused: 'workbook-doctype' },
  },
  {
    what: 'an entity that asks for a file of the server',
    name: 'a.xlsx',
    bytes: () =>
      aWorkbook({
        sheets: [{ rows: [titles, row()] }],
        parts: {
          'xl/sharedStrings.xml':
            '<!DOCTYPE sst [<!ENTITY x SYSTEM "file:///etc/passwd">]><sst><si><t>&x;</t></si></sst>',
        },
      }),
    outcome: { refused: 'workbook-doctype' },
  },
  {
    what: 'an entity that nobody declared',
    name: 'a.xlsx',
    bytes: () => workbookOf(row({ 계약명: rawCell('t="inlineStr"', '<is><t>&nobody;</t></is>') })),
    outcome: { refused: 'workbook-malformed' },
  },
  {
    what: 'macros under the name .xlsx',
    name: 'a.xlsx',
    bytes: () => aWorkbook({ sheets: [{ rows: [titles, row()] }], parts: { 'xl/vbaProject.bin': 'x' } }),
    outcome: { refused: 'workbook-macros' },
  },
  {
    what: 'a workbook with macros (.xlsm)',
    name: 'a.xlsm',
    bytes: good,
    outcome: { refused: 'format-xlsm' },
  },
  {
    what: 'an old workbook (.xls)',
    name: 'a.xls',
    bytes: () => aCompoundFile('Root Entry', 'Workbook'),
    outcome: { refused: 'format-xls' },
  },
  {
    what: 'an old workbook that is called .csv',
    name: 'a.csv',
    bytes: () => aCompoundFile('Root Entry', 'Workbook'),
    outcome: { refused: 'format-xls' },
  },
  {
    what: 'a workbook under a password',
    name: 'a.xlsx',
    bytes: () => aCompoundFile('Root Entry', 'EncryptionInfo', 'EncryptedPackage'),
    outcome: { refused: 'format-locked' },
  },
  {
    what: 'a zip whose parts are under a password',
    name: 'a.xlsx',
    bytes: async () =>
      withHeader(await good(), 'xl/workbook.xml', ({ at, zip }) =>
        zip.writeUInt16LE(zip.readUInt16LE(at + 8) | 1, at + 8),
      ),
    outcome: { refused: 'workbook-locked' },
  },
  {
    what: 'a Hangul document (.hwp)',
    name: 'a.hwp',
    bytes: () => Buffer.concat([aCompoundFile('Root Entry', 'FileHeader'), Buffer.from('HWP Document File')]),
    outcome: { refused: 'format-hwp' },
  },
  {
    what: 'a PDF that is called .xlsx',
    name: 'a.xlsx',
    bytes: () => Buffer.from('%PDF-1.7\n%âãÏÓ\n1 0 obj'),
    outcome: { refused: 'format-pdf' },
  },
  {
    what: 'a page (HTML) that is called .xls, as some systems export it',
    name: 'export.xls',
    bytes: () => Buffer.from('<html><body><table><tr><td>계약번호</td></tr></table></body></html>'),
    outcome: { refused: 'format-html' },
  },
  {
    what: 'CSV that is called .xlsx',
    name: 'a.xlsx',
    bytes: () => Buffer.from(csv(row())),
    outcome: { refused: 'file-not-what-its-name-says' },
  },
  {
    what: 'a workbook that is called .csv',
    name: 'a.csv',
    bytes: good,
    outcome: { refused: 'file-not-what-its-name-says' },
  },
  {
    what: 'JSON that is called .csv',
    name: 'a.csv',
    bytes: () => Buffer.from('{"releases": []}'),
    outcome: { refused: 'file-not-what-its-name-says' },
  },
  {
    what: 'a text document (.docx) that is called .xlsx',
    name: 'a.xlsx',
    bytes: () =>
      zipOf([
        ['[Content_Types].xml', '<Types/>'],
        ['_rels/.rels', '<Relationships/>'],
        ['word/document.xml', '<w/>'],
      ]),
    outcome: { refused: 'format-document' },
  },
  {
    what: 'an archive of something else that is called .xlsx',
    name: 'a.xlsx',
    bytes: () => zipOf([['photos/1.jpg', 'x'.repeat(9000)]]),
    outcome: { refused: 'not-a-workbook' },
  },
  {
    what: 'a workbook that was cut off',
    name: 'a.xlsx',
    bytes: async () => (await good()).subarray(0, 900),
    outcome: { refused: 'workbook-malformed' },
  },
  {
    what: 'two parts of one name',
    name: 'a.xlsx',
    bytes: async () =>
      zipOf([
        ['[Content_Types].xml', '<Types/>'],
        ['xl/worksheets/sheet1.xml', '<a/>'],
        ['XL/worksheets/sheet1.xml', '<b/>'],
      ]),
    outcome: { refused: 'workbook-malformed' },
  },
  {
    what: 'a part that is called ../../etc/cron.d/x',
    name: 'a.xlsx',
    bytes: async () => {
      const zip = await aWorkbook({
        sheets: [{ rows: [titles, row()] }],
        parts: { 'aa/aa/etc/cron.d/x': 'x' },
      });
      return Buffer.from(
        zip.toString('latin1').replaceAll('aa/aa/etc/cron.d/x', '../../etc/cron.d/x'),
        'latin1',
      );
    },
    outcome: { refused: 'workbook-malformed' },
  },
  {
    what: 'a sheet that is to be read from ../../../etc/passwd',
    name: 'a.xlsx',
    bytes: () =>
      aWorkbook({
        sheets: [{ rows: [titles, row()] }],
        parts: {
          'xl/_rels/workbook.xml.rels':
            '<Relationships><Relationship Id="rId1" Type="x/worksheet" Target="../../../etc/passwd"/></Relationships>',
        },
      }),
    outcome: { refused: 'file-empty' },
  },
  {
    what: 'XML nested a million deep',
    name: 'a.xlsx',
    bytes: () =>
      aWorkbook({
        sheets: [{ xml: `<worksheet>${'<a>'.repeat(1_000_000)}${'</a>'.repeat(1_000_000)}</worksheet>` }],
      }),
    outcome: { refused: 'workbook-malformed' },
  },
  {
    what: 'a cell of 5 million characters',
    name: 'a.xlsx',
    bytes: () =>
      workbookOf(
        row(),
        row({ 계약번호: 'C-2', 계약명: Array.from({ length: 700_000 }, (_, i) => i).join(',') }),
      ),
    outcome: { contracts: 1, codes: ['cell-too-long'] },
  },
  {
    what: 'a comment of 5 million characters that never ends',
    name: 'a.xlsx',
    bytes: () =>
      aWorkbook({
        sheets: [{ xml: sheetWith(`<!-- ${Array.from({ length: 700_000 }, (_, i) => i).join('<')}`) }],
      }),
    outcome: { refused: 'cell-too-long' },
  },
  {
    what: 'a cell in column ZZ',
    name: 'a.xlsx',
    bytes: () =>
      workbookOf(row(), [...row({ 계약번호: 'C-2' }), ...Array.from({ length: 692 }, () => ''), 'x']),
    outcome: { contracts: 1, codes: ['too-many-columns'] },
  },
  {
    what: '300,001 rows',
    name: 'a.csv',
    bytes: () => Buffer.from(`${csv(row())}\n${`${titles.join(',')}\n`.repeat(300_000)}`),
    outcome: { contracts: 1, codes: ['too-many-rows'] },
  },
  {
    what: 'one contract of 20,000 rows',
    name: 'a.csv',
    bytes: () => {
      const rest = written(row().slice(1, -2));
      const rows = Array.from({ length: 20_000 }, (_, i) => `C-1,${rest},이가람${i},010-0000-1234\n`);
      return Buffer.from(`${csv()}\n${rows.join('')}`);
    },
    outcome: { refused: 'too-many-lines' },
  },
  {
    what: '120 sheets',
    name: 'a.xlsx',
    bytes: () => aWorkbook({ sheets: Array.from({ length: 120 }, () => ({ rows: [titles] })) }),
    outcome: { refused: 'workbook-too-many-sheets' },
  },
  {
    what: '150,000 merged cells',
    name: 'a.xlsx',
    bytes: () =>
      aWorkbook({
        sheets: [
          { rows: [titles, row()], merges: Array.from({ length: 150_000 }, (_, i) => `A${i + 3}:A${i + 4}`) },
        ],
      }),
    outcome: { refused: 'too-many-merged-cells' },
  },
  {
    what: 'rows that go backwards',
    name: 'a.xlsx',
    bytes: () =>
      aWorkbook({
        sheets: [
          {
            xml: sheetXml({ rows: [titles, row(), row({ 계약번호: 'C-2' })] }).replace(
              '<row r="3">',
              '<row r="1">',
            ),
          },
        ],
      }),
    outcome: { contracts: 1, codes: ['workbook-malformed'] },
  },
  {
    what: 'a text that is not among the shared ones',
    name: 'a.xlsx',
    bytes: () => workbookOf(row({ 계약명: shared(4_000_000_000) })),
    outcome: { contracts: 0, codes: ['cell-text-missing'] },
  },
  {
    what: 'formulas without results, and errors such as #REF!',
    name: 'a.xlsx',
    bytes: () =>
      workbookOf(
        row({ 계약명: formula('A1', null, 'n') }),
        row({ 계약번호: 'C-2', 계약일: formula('A1', '#REF!', 'e') }),
        row({ 계약번호: 'C-3', 휴대전화: formula('A1', '#N/A', 'e') }),
      ),
    outcome: { contracts: 1, codes: ['cell-error', 'cell-error', 'formula-uncalculated'] },
    values: ['C-3, works, 중앙로 정비, 2026-03-02 to 2026-11-27, 110000000 KRW; (주)새솔건설 –'],
  },
  {
    what: 'contract numbers that the spreadsheet made days and rounded numbers of',
    name: 'a.xlsx',
    bytes: () =>
      aWorkbook({
        formats: ['yyyy-mm-dd'],
        sheets: [
          {
            rows: [
              titles,
              row({ 계약번호: number(46083, 1) }),
              row({ 계약번호: number('2.0260312345678901E16') }),
            ],
          },
        ],
      }),
    outcome: { contracts: 0, codes: ['digits-lost', 'value-became-date'] },
  },
  {
    what: 'cells that begin like formulas',
    name: 'a.csv',
    bytes: () => Buffer.from(csv(row({ 계약명: "=cmd|'/c calc'!A1", 담당자: '@SUM(1)' }))),
    outcome: { contracts: 1, codes: [] },
    values: [
      "C-1, works, =cmd|'/c calc'!A1, 2026-03-02 to 2026-11-27, 110000000 KRW; (주)새솔건설 +821000001234",
    ],
  },
  {
    what: 'the contracts on a hidden sheet, the visible one empty',
    name: 'a.xlsx',
    bytes: () => aWorkbook({ sheets: [{ rows: [] }, { state: 'veryHidden', rows: [titles, row()] }] }),
    outcome: { refused: 'sheet-hidden' },
  },
  {
    what: 'two columns of telephone numbers',
    name: 'a.xlsx',
    bytes: () =>
      aWorkbook({
        sheets: [
          {
            rows: [
              [...titles, '핸드폰'],
              [...row(), '010-0000-9999'],
            ],
          },
        ],
      }),
    outcome: { refused: 'headings-repeated' },
  },
  {
    what: 'headings called __proto__ and constructor',
    name: 'a.csv',
    bytes: () => Buffer.from('__proto__,constructor,toString\n1,2,3\n'),
    outcome: { refused: 'headings-missing' },
  },
  {
    what: 'one unit of amounts in the heading and another in the title',
    name: 'a.xlsx',
    bytes: () =>
      aWorkbook({
        sheets: [
          {
            rows: [
              ['단위: 백만원'],
              titles.map((title) => (title === '계약금액' ? '계약금액(천원)' : title)),
              row(),
            ],
          },
        ],
      }),
    outcome: { refused: 'amount-unit-unclear' },
  },
  {
    what: 'CSV with a quote that is never closed',
    name: 'a.csv',
    bytes: () => Buffer.from(`${csv(row())}\nC-2,공사,"이름\n${'C-3,,,\n'.repeat(30_000)}`),
    outcome: { contracts: 1, codes: ['row-too-long'] },
  },
  {
    what: 'CSV that holds binary',
    name: 'a.csv',
    bytes: () => Buffer.concat([Buffer.from('계약번호'), Buffer.alloc(100)]),
    outcome: { refused: 'not-text' },
  },
  {
    what: 'headings, and nothing below them',
    name: 'a.xlsx',
    bytes: () => workbookOf(),
    outcome: { contracts: 0, codes: ['rows-missing'] },
  },
  {
    what: 'headings, and the same headings again',
    name: 'a.csv',
    bytes: () => Buffer.from([titles, titles].map((cells) => cells.join(',')).join('\n')),
    outcome: { contracts: 0, codes: ['rows-missing'] },
  },
  {
    what: 'a row that has the heading where its contract number should be',
    name: 'a.xlsx',
    bytes: () => workbookOf(row(), row({ 계약번호: '계약번호' })),
    outcome: { contracts: 2, codes: [] },
    values: [
      'C-1, works, 중앙로 정비, 2026-03-02 to 2026-11-27, 110000000 KRW; (주)새솔건설 +821000001234',
      '계약번호, works, 중앙로 정비, 2026-03-02 to 2026-11-27, 110000000 KRW; (주)새솔건설 +821000001234',
    ],
  },
  {
    what: 'CSV that was packed (.gz)',
    name: 'a.csv.gz',
    bytes: () => gzipSync(csv(row())),
    outcome: { refused: 'format-gz' },
  },
  {
    what: 'an archive (.7z) that is called .xlsx',
    name: 'a.xlsx',
    bytes: () => Buffer.from('377abcaf271c0004', 'hex'),
    outcome: { refused: 'file-not-what-its-name-says' },
  },
  {
    what: 'a Korean archive (.alz)',
    name: 'a.alz',
    bytes: () => Buffer.from('ALZ\u0001\n\0\0\0'),
    outcome: { refused: 'not-text' },
  },
  {
    what: 'a picture of a sheet (.png)',
    name: 'a.png',
    bytes: () => Buffer.from('89504e470d0a1a0a0000000d49484452', 'hex'),
    outcome: { refused: 'format-picture' },
  },
  {
    what: 'a photograph (.jpg) that is called .csv',
    name: 'a.csv',
    bytes: () => Buffer.from('ffd8ffe000104a464946', 'hex'),
    outcome: { refused: 'format-picture' },
  },
  {
    what: 'a number that lacks digits',
    name: 'a.xlsx',
    bytes: () => workbookOf(row({ 휴대전화: '010-0000-12' })),
    outcome: { contracts: 1, codes: ['number-too-short'] },
    values: ['C-1, works, 중앙로 정비, 2026-03-02 to 2026-11-27, 110000000 KRW; (주)새솔건설 –'],
  },
  {
    what: 'a number that has too many digits',
    name: 'a.xlsx',
    bytes: () => workbookOf(row({ 휴대전화: '010-0000-12345' })),
    outcome: { contracts: 1, codes: ['number-too-long'] },
    values: ['C-1, works, 중앙로 정비, 2026-03-02 to 2026-11-27, 110000000 KRW; (주)새솔건설 –'],
  },
  {
    what: 'a row in which everything is wrong, which is told at once',
    name: 'a.xlsx',
    bytes: () =>
      workbookOf(
        row({
          구분: '모름',
          계약명: '',
          계약일: '언젠가',
          준공일: '3/2/2026',
          계약금액: '많이',
          업체명: '',
          휴대전화: '없음',
        }),
      ),
    outcome: {
      contracts: 0,
      codes: [
        'amount-unreadable',
        'counterparty-missing',
        'date-ambiguous',
        'date-unreadable',
        'kind-unknown',
        'number-letters',
        'title-missing',
      ],
    },
  },
  {
    what: 'a contract without a signing day, of which nobody would be told',
    name: 'a.xlsx',
    bytes: () => workbookOf(row({ 계약일: '' })),
    outcome: { contracts: 1, codes: ['signing-day-missing'] },
    values: ['C-1, works, 중앙로 정비, – to 2026-11-27, 110000000 KRW; (주)새솔건설 +821000001234'],
  },
  {
    what: 'a list of companies that was cut off',
    name: 'a.csv',
    bytes: () => listing(jointVenture.slice(0, 70)),
    outcome: { contracts: 0, codes: ['companies-unreadable'] },
  },
  {
    what: 'a confirmed number that is none',
    name: 'a.csv',
    bytes: () => procured(['확정계약번호'], ['확정 전']),
    outcome: { contracts: 0, codes: ['reference-unusable'] },
  },
];
