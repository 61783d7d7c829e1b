import * as read from './values.js';

const outcome = (result: read.Read<unknown>) => (result.ok ? result.value : result.finding.code);

describe('readDay', () => {
  it.each([
    ['2026-03-02', '2026-03-02'],
    ['2026.3.2.', '2026-03-02'],
    ['2026. 3. 2.', '2026-03-02'],
    ['2026. 3. 2. (월)', '2026-03-02'],
    ['2026/03/02', '2026-03-02'],
    ['20260302', '2026-03-02'],
    ['26-03-02', '2026-03-02'],
    ['26.3.2', '2026-03-02'],
    ['2026년 3월 2일', '2026-03-02'],
    ['２０２６－０３－０２', '2026-03-02'],
    ['2026-03-02 23:59:00', '2026-03-02'],
    ['2026-03-02T23:59:00Z', '2026-03-02'],
    ['2024-02-29', '2024-02-29'],
    ['2026-02-29', 'date-impossible'],
    ['2026-13-01', 'date-impossible'],
    ['1026-03-02', 'date-impossible'],
    ['02/03/2026', 'date-ambiguous'],
    ['46083', 'date-serial'],
    ['2026-03', 'date-unreadable'],
    ['2026-03.02', 'date-unreadable'],
    ['착공후 25 일', 'date-unreadable'],
  ])('%s: %s', (text, expected) => {
    expect(outcome(read.readDay(text))).toBe(expected);
  });
});

describe('readPeriod', () => {
  it.each([
    ['2020.05.01~2020.05.17', { startsOn: '2020-05-01', endsOn: '2020-05-17' }],
    ['2015/10/01 ~ 2016/09/30', { startsOn: '2015-10-01', endsOn: '2016-09-30' }],
    ['2026년 3월 2일부터 2026년 4월 1일까지', { startsOn: '2026-03-02', endsOn: '2026-04-01' }],
    ['2026-03-02 - 2026-04-01', { startsOn: '2026-03-02', endsOn: '2026-04-01' }],
    ['착공후 25 일', 'period-unreadable'],
    ['2026.03.02 ~', 'period-unreadable'],
    ['2026.03.02 ~ 2026.02.30', 'period-unreadable'],
  ])('%s', (text, expected) => {
    expect(outcome(read.readPeriod(text))).toEqual(expected);
  });
});

describe('readAmount', () => {
  it.each([
    ['12000000', '12000000', null],
    ['12,000,000', '12000000', null],
    ['12,000,000원', '12000000', 'KRW'],
    ['금 12,000,000원정', '12000000', 'KRW'],
    ['₩12,000', '12000', 'KRW'],
    ['12,000천원', '12000000', 'KRW'],
    ['12백만원', '12000000', 'KRW'],
    ['1.5억원', '150000000', 'KRW'],
    ['3,500만원', '35000000', 'KRW'],
    ['1,200.50', '1200.50', null],
    ['USD 1200', '1200', 'USD'],
    ['0', '0', null],
  ])('%s', (text, amount, currency) => {
    expect(outcome(read.readAmount(text))).toEqual({ amount, currency });
  });

  it.each([
    ['3억5천만원', 'amount-unit'],
    ['3억 5,000만원', 'amount-unit'],
    ['12,000천', 'amount-unit'],
    ['12만', 'amount-unit'],
    ['₩12천원', 'amount-unreadable'],
    ['1.23456천원', 'amount-unreadable'],
    ['1.200.000', 'amount-unreadable'],
    ['1,20,000', 'amount-unreadable'],
    ['-5', 'amount-unreadable'],
    ['1E+08', 'amount-unreadable'],
    ['별도', 'amount-unreadable'],
    ['12 개', 'amount-unreadable'],
  ])('refuses %s', (text, code) => {
    expect(outcome(read.readAmount(text))).toBe(code);
  });
});

describe('readKind', () => {
  it.each([
    ['공사', 'works'],
    ['일반용역', 'service'],
    ['기술용역', 'service'],
    ['물품', 'goods'],
    ['외자', 'goods'],
    ['민간위탁', 'consignment'],
    ['보조금', 'grant'],
    ['인허가', 'permit'],
    ['민원', 'permit'],
    [' Works ', 'works'],
    ['기타', 'kind-unknown'],
  ])('%s: %s', (text, expected) => {
    expect(outcome(read.readKind(text))).toBe(expected);
  });
});

describe('readLegalBasis', () => {
  it.each([
    ['동의(2026.3.2.)', { basis: 'consent', on: '2026-03-02' }],
    ['동의 2026-03-02', { basis: 'consent', on: '2026-03-02' }],
    ['2026년 3월 2일', { basis: 'consent', on: '2026-03-02' }],
    ['동의', { basis: 'consent', on: null }],
    ['계약', { basis: 'contract', on: null }],
    ['법령상 소관업무', { basis: 'statutory-task', on: null }],
    ['동의(2026-02-30)', 'date-impossible'],
    ['몰라요', 'basis-unknown'],
  ])('%s', (text, expected) => {
    expect(outcome(read.readLegalBasis(text))).toEqual(expected);
  });
});

describe('the other cells', () => {
  it.each([
    [read.readRevision('00'), 0],
    [read.readRevision('제2차'), 2],
    [read.readRevision('x'), 'revision-unreadable'],
    [read.readShare('60%'), 60],
    [read.readShare('33.33'), 33.33],
    [read.readShare('160'), 'share-unreadable'],
    [read.readLocale('한국어'), 'ko'],
    [read.readLocale('en-GB'), 'en'],
    [read.readLocale('베트남어'), 'language-unknown'],
    [read.readCurrency('krw'), 'KRW'],
    [read.readCurrency('원화'), 'currency-unknown'],
    [read.textUpTo(5)('a\t\n b'), 'a b'],
    [read.textUpTo(5)('a\u0007b'), 'text-unreadable'],
    [read.textUpTo(5)('a\0b'), 'text-unreadable'],
    [read.textUpTo(5)('a\ud800b'), 'text-unreadable'],
    [read.textUpTo(5)('123456'), 'text-too-long'],
    [read.textUpTo(50)('깨\ufffd짐'), 'text-unreadable'],
  ])('%j: %j', (result, expected) => {
    expect(outcome(result)).toBe(expected);
  });
});
