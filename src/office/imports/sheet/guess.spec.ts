import { guessColumns } from './guess.js';
import { shownHeading } from './open-sheet.js';

const guessed = (headings: string[], samples: string[][] = [], remembered = {}) =>
  guessColumns(headings, samples, remembered).map(({ heading, field, by }) => [heading, field, by]);

describe('guessColumns', () => {
  it('knows the usual headings, also with explanations and in two languages', () => {
    expect(guessed(['계약번호', '구 분', '계약금액(천원)', '휴대전화\nMobile number', '담당자 *'])).toEqual([
      ['계약번호', 'reference', 'known'],
      ['구 분', 'kind', 'known'],
      ['계약금액(천원)', 'amount', 'known'],
      ['휴대전화 Mobile number', 'phone', 'known'],
      ['담당자 *', 'contact', 'known'],
    ]);
  });

  it('guesses by the words of a heading', () => {
    expect(guessed(['도급계약번호', '사업 담당부서', '도급업체명', '최종계약금액', '공사 계약기간'])).toEqual(
      [
        ['도급계약번호', 'reference', 'guessed'],
        ['사업 담당부서', 'department', 'guessed'],
        ['도급업체명', 'counterparty', 'guessed'],
        ['최종계약금액', 'amount', 'guessed'],
        ['공사 계약기간', 'period', 'guessed'],
      ],
    );
  });

  it('guesses by what the values look like', () => {
    const samples = [
      ['010-0000-1234', '000-00-00001', '공사', '2026-05-01', '2026-03-02', '2026-11-30'],
      ['1000001235', '000-00-00002', '용역', '2026-06-01', '2026-04-02', '2026-12-30'],
    ];
    expect(guessed(['가', '나', '다', '라', '마', '바'], samples)).toEqual([
      ['가', 'phone', 'guessed'],
      ['나', 'registrationNumber', 'guessed'],
      ['다', 'kind', 'guessed'],
      ['라', 'startsOn', 'guessed'],
      ['마', 'signedOn', 'guessed'],
      ['바', 'endsOn', 'guessed'],
    ]);
  });

  it('does not take a column of something else for what its heading resembles', () => {
    expect(guessed(['계약금액 비고'], [['수의계약 사유서 제출'], ['해당 없음']])).toEqual([
      ['계약금액 비고', null, null],
    ]);
  });

  it('remembers what a person said, above what is known', () => {
    const remembered = { 금액: null, 관리코드: 'reference', 구분: 'title', 비고: 'no such field' };
    expect(guessed(['금액', '관리코드', '구분', '계약번호', '비고'], [], remembered)).toEqual([
      ['금액', 'amount', 'known'],
      ['관리코드', 'reference', 'remembered'],
      ['구분', 'title', 'remembered'],
      ['계약번호', null, null],
      ['비고', null, null],
    ]);
  });

  it('gives a field to one column only', () => {
    const fields = guessed(['계약명', '공사명', '계약명']).map(([, field]) => field);
    expect(fields).toEqual(['title', null, null]);
  });

  it('never shows a number, or a name of a column that it does not know', () => {
    const shown = guessColumns(
      ['휴대전화', '메모', '담당자'],
      [['010-0000-1234', '홍길동 010-0000-5678', '홍길동']],
    );
    expect(shown.map(({ samples }) => samples)).toEqual([
      ['***-****-1234'],
      ['홍*동 ***-****-5678'],
      ['홍*동'],
    ]);
  });

  it('calls columns by keys that a mapping can use, also without a heading', () => {
    const columns = guessColumns(['담당자', '', '담당자'], [['가', '나', '다']]);
    expect(columns.map(({ key, letters }) => [key, letters])).toEqual([
      ['담당자', 'A'],
      ['column b', 'B'],
      ['담당자#2', 'C'],
    ]);
  });
});

it.each([
  ['계약번호', '계약번호'],
  ['가'.repeat(41), '가'.repeat(40)],
  [`${'가'.repeat(39)}😀`, '가'.repeat(39)],
  [`${'가'.repeat(38)}e\u0301e\u0301`, `${'가'.repeat(38)}e\u0301`],
])('cuts a long heading between graphemes: %s', (cell, shown) => expect(shownHeading(cell)).toBe(shown));
