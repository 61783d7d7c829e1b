import fc from 'fast-check';
import iconv from 'iconv-lite';
import { parsePhoneNumber } from '../../src/platform/phone-numbers/phone-number.js';
import { aWorkbook } from './workbooks.js';

/** Sheets of every form, as people might make them, for properties of whatever reads them. */

/** Headings of each column, as sheets have them. */
const headings = {
  reference: ['계약번호', '통합계약번호', '관리번호', 'Contract number', '계약번호\nContract number'],
  confirmed: ['확정계약번호', 'dcsnCntrctNo'],
  revision: ['차수', '계약차수'],
  kind: ['구분', '업무구분', '계약구분(필수)'],
  title: ['계약명', '공사명', '사업명'],
  signedOn: ['계약일', '계약체결일자', 'Signed on'],
  startsOn: ['착공일자', '착수일'],
  endsOn: ['준공일', '준공일자'],
  period: ['계약기간'],
  amount: ['계약금액(원)', '총계약금액'],
  company: ['업체명', '상호', '계약상대자'],
  companies: ['corpList', '업체목록'],
  country: ['국적'],
  contact: ['담당자', '담당자명'],
  phone: ['휴대전화', '연락처', '휴대폰 번호'],
  basis: ['수신근거'],
  department: ['담당부서', '부서명'],
  officer: ['담당공무원'],
  remark: ['비고'],
} as const;
type Column = keyof typeof headings;

/** Mostly what a sheet should hold. */
const likely = (good: string[], bad: string[]) =>
  fc.oneof({ weight: 30, arbitrary: fc.constantFrom(...good) }, fc.constantFrom(...bad));

const digit = fc.integer({ min: 0, max: 9999 }).map((n) => String(n).padStart(4, '0'));
const phone = fc.oneof(
  { weight: 6, arbitrary: digit.map((last) => `010-0000-${last}`) },
  digit.map((last) => `+82 10-0000-${last}`),
  digit.map((last) => `’010.0000.${last}`),
  digit.map((last) => `="0100000${last}"`),
  digit.map((last) => `100000${last}`),
  fc.constantFrom(
    '',
    '-',
    '02-123-4567',
    '010-0000',
    '010-0000-12345',
    '없음',
    '010-0000-1111/010-0000-2222',
    '휴대전화',
  ),
);
const dayOf = likely(
  ['2026-03-02', '2026.3.2.', '’26.3.2', '’26. 3. 2.', "'26.3.2", '20260302', '2026년 3월 2일'],
  ['46083', '', '3/2/26', '2026-02-30', '2019.3.4'],
);
const endOf = likely(['2026-11-27', '2026.11.27', '’26.11.27', ''], ['2026-01-02', '미정', '2019-11-27']);
const name = likely(['가나건설', '(주)다라', '마바 주식회사', '사아'], ['']);
const listed = fc
  .array(
    fc.tuple(
      likely(['가나건설', '(주)다라', '차카'], ['']),
      fc.constantFrom('대한민국', '', 'XX'),
      fc.constantFrom('60', '', '많음'),
    ),
    { minLength: 1, maxLength: 3 },
  )
  .map((all) =>
    all
      .map(
        ([called, nation, share], i) =>
          `[${i + 1}^주계약업체^공동^${called}^김대표^${nation}^${share}^^이담당^000000000${i}]`,
      )
      .join(','),
  );

const cells = {
  reference: likely(['C-1', 'C-2', 'C-3', 'C-4'], ['', 'C 4', '계약번호', 'Contract number']),
  confirmed: likely(['20261201345-00', '20261201345-01', '2026120134600'], ['', '확정', '확정계약번호']),
  revision: likely(['', '0', '1', '제2차'], ['두번째']),
  kind: likely(['공사', '용역', 'works'], ['', '모름', '구분']),
  title: likely(['도로 정비', '청사 청소'], ['', '계약명']),
  signedOn: dayOf,
  startsOn: likely(['', '2026-03-16', '’26.3.16'], ['착공후 25 일']),
  endsOn: endOf,
  period: fc.constantFrom('', '2026.3.16~2026.11.27', '착공후 25 일'),
  amount: likely(['110000000', '', '110,000천원'], ['1억']),
  company: name,
  companies: fc.oneof({ weight: 30, arbitrary: listed }, fc.constantFrom('', '[1^^^]', '가나건설')),
  country: fc.constantFrom('', '대한민국', 'KR', 'Narnia'),
  contact: fc.constantFrom('이가람', '김하나', ''),
  phone,
  basis: fc.constantFrom('', '계약', '동의', '동의(2026-03-02)', '글쎄'),
  department: fc.constantFrom('', '도로과', 'ROADS', '없는과'),
  officer: fc.constantFrom('', '홍길동 주무관'),
  remark: fc.constantFrom('', '메모'),
} satisfies Record<Column, fc.Arbitrary<string>>;

const always: Column[] = ['kind', 'title', 'signedOn', 'phone'];
const others = (Object.keys(headings) as Column[]).filter((column) => !always.includes(column));
/** The columns of most sheets; of a few, any columns. */
const columnsOf = fc.oneof(
  {
    weight: 9,
    arbitrary: fc
      .tuple(
        fc.constantFrom<Column[]>(['reference'], ['confirmed'], ['reference', 'confirmed']),
        fc.constantFrom<Column[]>(['company'], ['companies'], ['company', 'companies']),
        fc.subarray(others),
        fc.nat(),
      )
      .map(([named, of, more, turn]) => {
        const all = [...new Set<Column>([...always, ...named, ...of, ...more])];
        return [...all.slice(turn % all.length), ...all.slice(0, turn % all.length)];
      }),
  },
  fc.shuffledSubarray([...always, ...others], { minLength: 5 }),
);

export const anySheet = fc
  .record({
    columns: columnsOf,
    pick: fc.nat(),
    rows: fc.array(fc.record(cells), { maxLength: 7 }),
    titled: fc.boolean(),
    again: fc.boolean(),
    trailing: fc.boolean(),
    form: fc.constantFrom('utf8', 'bom', 'cp949', 'semicolons', 'xlsx', 'merged'),
  })
  .map(({ columns: all, pick, rows, titled, again, trailing, form }) => {
    const heads = all.map((column) => headings[column][pick % headings[column].length] ?? '');
    const body = rows.map((row) => all.map((column) => row[column]));
    const repeated = again ? [heads] : [];
    const table = [
      ...(titled ? [['2026년 계약 현황']] : []),
      heads,
      ...body.slice(0, 3),
      ...repeated,
      ...body.slice(3),
      ...(trailing ? [['']] : []),
    ];
    return { all, rows, table, form, first: titled ? 2 : 1, again };
  });
export type GeneratedSheet = typeof anySheet extends fc.Arbitrary<infer T> ? T : never;

export async function bytesOf({
  table,
  form,
  first,
  again,
  all,
}: GeneratedSheet): Promise<{ format: 'csv' | 'xlsx'; bytes: Buffer }> {
  if (form === 'xlsx' || form === 'merged') {
    // The cells of a joint venture are merged: only the first of them holds the number of the contract.
    const at = all.indexOf('reference');
    const canMerge = form === 'merged' && at >= 0 && !again && table.length >= first + 2;
    const letter = String.fromCharCode(65 + at);
    const merges = canMerge ? [`${letter}${first + 1}:${letter}${first + 2}`] : [];
    return { format: 'xlsx', bytes: await aWorkbook({ sheets: [{ rows: table, merges }] }) };
  }
  const by = form === 'semicolons' ? ';' : ',';
  const quoted = (cell: string) => (/[",;\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell);
  const text = table.map((row) => row.map(quoted).join(by)).join('\r\n');
  if (form === 'cp949') return { format: 'csv', bytes: iconv.encode(text, 'cp949') };
  return { format: 'csv', bytes: Buffer.from(form === 'bom' ? `\ufeff${text}` : text) };
}

/** The rows that name somebody with a usable number, with the lines on which their contract stands. */
export function suppliersOf({ all, rows, first, again, form, table }: GeneratedSheet) {
  // In a file of text a heading of two lines takes two lines, wherever it stands.
  const isTall =
    form !== 'xlsx' && form !== 'merged' && (table[first - 1] ?? []).some((cell) => cell.includes('\n'));
  const extra = isTall ? 1 : 0;
  const lineOf = (i: number) => first + 1 + i + extra + (again && i >= 3 ? 1 + extra : 0);
  const idOf = (row: (typeof rows)[number]) =>
    [
      all.includes('reference') ? row.reference : '',
      all.includes('confirmed') ? row.confirmed.slice(0, 11) : '',
    ].find(Boolean);
  return rows.flatMap((row, i) => {
    if (!all.includes('phone')) return [];
    const plain = row.phone.replace(/^="(.*)"$/, '$1').replace(/^['‘’]/, '');
    const number = parsePhoneNumber(plain, 'KR', { allowFiction: true });
    if (!number.ok) return [];
    const ofContract = rows.flatMap((other, j) =>
      form === 'merged' || idOf(other) === idOf(row) ? [lineOf(j)] : [],
    );
    return [{ lines: [lineOf(i), ...ofContract], e164: number.e164 }];
  });
}
