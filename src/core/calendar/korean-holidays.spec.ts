import { koreanHolidays } from './korean-holidays.js';

/** Seollal, Buddha's Birthday and Chuseok as Korean calendars print them; not taken from the runtime's. */
const feasts: [seollal: string, buddha: string, chuseok: string][] = [
  ['2010-02-14', '2010-05-21', '2010-09-22'],
  ['2011-02-03', '2011-05-10', '2011-09-12'],
  ['2012-01-23', '2012-05-28', '2012-09-30'],
  ['2013-02-10', '2013-05-17', '2013-09-19'],
  ['2014-01-31', '2014-05-06', '2014-09-08'],
  ['2015-02-19', '2015-05-25', '2015-09-27'],
  ['2016-02-08', '2016-05-14', '2016-09-15'],
  ['2017-01-28', '2017-05-03', '2017-10-04'],
  ['2018-02-16', '2018-05-22', '2018-09-24'],
  ['2019-02-05', '2019-05-12', '2019-09-13'],
  ['2020-01-25', '2020-04-30', '2020-10-01'],
  ['2021-02-12', '2021-05-19', '2021-09-21'],
  ['2022-02-01', '2022-05-08', '2022-09-10'],
  ['2023-01-22', '2023-05-27', '2023-09-29'],
  ['2024-02-10', '2024-05-15', '2024-09-17'],
  ['2025-01-29', '2025-05-05', '2025-10-06'],
  ['2026-02-17', '2026-05-24', '2026-09-25'],
  ['2027-02-07', '2027-05-13', '2027-09-15'],
  ['2028-01-27', '2028-05-02', '2028-10-03'],
  ['2029-02-13', '2029-05-20', '2029-09-22'],
  ['2030-02-03', '2030-05-09', '2030-09-12'],
];

const on = (day: string) => koreanHolidays(Number(day.slice(0, 4))).filter(({ date }) => date === day);
const isHoliday = (day: string) => on(day).length > 0;

describe('Korean public holidays', () => {
  it.each(feasts)('has Seollal on %s, Buddha’s Birthday on %s, Chuseok on %s', (...days) => {
    expect(days.filter(isHoliday)).toEqual(days);
  });

  it.each([
    [
      2026,
      '01-01 02-16 02-17 02-18 03-01 03-02 05-01 05-05 05-24 05-25 06-03 06-06 07-17 08-15 08-17 09-24 09-25 ' +
        '09-26 10-03 10-05 10-09 12-25',
    ],
    [
      2027,
      '01-01 02-06 02-07 02-08 02-09 03-01 05-01 05-03 05-05 05-13 06-06 07-17 07-19 08-15 08-16 09-14 09-15 ' +
        '09-16 10-03 10-04 10-09 10-11 12-25 12-27',
    ],
  ])('is the whole list of %d', (year, days) => {
    expect([...new Set(koreanHolidays(year).map(({ date }) => date))]).toEqual(
      days.split(' ').map((day) => `${year}-${day}`),
    );
  });

  // As they were held, and as the law has the next ones. 1 March 2022 and 6 June 2018 and 2030 put one off by a week.
  it.each(
    (
      '2007-12-19 2008-04-09 2010-06-02 2012-04-11 2012-12-19 2014-06-04 2016-04-13 2018-06-13 2020-04-15 ' +
      '2022-03-09 2022-06-01 2024-04-10 2026-06-03 2028-04-12 2030-03-27 2030-06-12'
    ).split(' '),
  )('has the election of %s', (day) => {
    expect(isHoliday(day)).toBe(true);
  });

  it.each(
    (
      '2014-09-10 2015-09-29 2016-02-10 2017-01-30 2017-10-06 2018-05-07 2018-09-26 2019-05-06 2020-01-27 ' +
      '2021-08-16 2021-10-04 2021-10-11 2022-09-12 2022-10-10 2023-01-24 2023-05-29 2024-02-12 2024-05-06 ' +
      '2025-03-03 2025-05-06 2025-10-08 2026-03-02 2026-05-25 2026-08-17 2026-10-05 2027-02-09 2027-05-03 2027-07-19 ' +
      '2027-08-16 2027-10-04 2027-10-11 2027-12-27 2028-10-05 2029-05-07 2029-05-21 2029-09-24'
    ).split(' '),
  )('has a substitute on %s', (day) => {
    expect(isHoliday(day)).toBe(true);
  });

  it.each([
    ['2013-10-07', 'Chuseok and national days had none before 2014'],
    ['2020-08-17', 'a temporary holiday of that year only'],
    ['2021-06-07', '6 June has none'],
    ['2021-12-27', 'Christmas had none before 2023'],
    ['2022-01-03', '1 January has none'],
    ['2022-05-09', 'Buddha’s Birthday had none before 2023'],
    ['2023-10-02', 'Chuseok has none on a Saturday'],
    ['2025-05-07', 'two holidays on one Monday have one between them'],
    ['2025-07-17', '17 July was none from 2008 to 2025'],
    ['2025-05-01', '1 May was none before 2026'],
    ['2032-05-04', 'only one day makes up for 1 May on a Saturday'],
    ['2017-12-20', 'the President’s term that began in 2013 was cut short'],
    ['2022-03-02', 'an election is not held on the day after a public holiday'],
    ['2018-06-20', 'it is put off by one week alone'],
    ['2027-03-03', 'the term that began in 2022 was cut short'],
    ['2012-10-09', '9 October was none from 1991 to 2012'],
    ['2006-04-05', '5 April ended in 2005'],
    ['2020-05-30', 'the leap fourth month has no Buddha’s Birthday'],
    ['2028-10-06', 'a national day on Chuseok has one'],
  ])('is open on %s: %s', (day) => {
    expect(isHoliday(day)).toBe(false);
  });

  it.each(['1990-10-09', '2005-04-05', '2007-07-17', '2013-10-09'])('is closed on %s', (day) => {
    expect(isHoliday(day)).toBe(true);
  });

  // 2036: 3 October (Friday) is also the eve of Chuseok, and its third day is a Sunday.
  it('gives the next open day too when two substitutes meet', () => {
    expect(['2036-10-06', '2036-10-07', '2036-10-08'].map(isHoliday)).toEqual([true, true, false]);
  });

  // The numbers are those of the list of amendments at law.go.kr.
  it.each([
    ['2026-05-01', '노동절', 'Workers’ Day', false, '36290', '2026-05-01'],
    ['2027-05-03', '노동절', 'Workers’ Day', true, '36290', '2026-05-01'],
    ['2026-07-17', '제헌절', 'Constitution Day', false, '36290', '2026-05-11'],
    // The first decree has no number that the list says for sure.
    ['2007-07-17', '제헌절', 'Constitution Day', false, null, '1949-06-04'],
    ['2026-06-03', '지방선거일', 'Local elections', false, '19674', '2006-09-06'],
    ['2028-04-12', '국회의원 선거일', 'National Assembly election', false, '19674', '2006-09-06'],
    ['2030-03-27', '대통령 선거일', 'Presidential election', false, '19674', '2006-09-06'],
    ['2026-02-16', '설날', 'Seollal', false, '12616', '1989-02-01'],
    ['2027-02-09', '설날', 'Seollal', true, '24828', '2013-11-05'],
    ['2026-05-25', '부처님 오신 날', 'Buddha’s Birthday', true, '33448', '2023-05-04'],
    ['2026-08-17', '광복절', 'Liberation Day', true, '31930', '2021-08-04'],
    ['2025-10-08', '추석', 'Chuseok', true, '24828', '2013-11-05'],
    ['2026-10-09', '한글날', 'Hangul Day', false, '24273', '2012-12-28'],
  ])(
    'calls %s %s, %s; substitute: %s; by decree %s, in force from %s',
    (day, ko, en, substitute, number, from) => {
      const [holiday, ...others] = on(day);
      expect(others).toEqual([]);
      expect(holiday).toMatchObject({ name: { ko, en }, substitute, law: { from } });
      const { ko: inKorean, en: inEnglish } = holiday?.law?.source ?? { ko: '', en: '' };
      expect(inKorean).toContain(number === null ? '(대통령령, ' : `대통령령 제${number}호`);
      expect(inEnglish).toContain(
        number === null ? 'Presidential Decree of' : `Presidential Decree ${number} of`,
      );
    },
  );

  it('names both holidays of a day, and what a substitute makes up for', () => {
    expect(on('2025-05-05').map(({ name }) => name.ko)).toEqual(['어린이날', '부처님 오신 날']);
    expect(on('2025-05-06')).toMatchObject([{ name: { en: 'Buddha’s Birthday' }, substitute: true }]);
  });

  it('has no holiday before its law, and none by a law that lies ahead of it', () => {
    const all = Array.from({ length: 111 }, (_, n) => koreanHolidays(1990 + n)).flat();
    expect(all.filter(({ date, law }) => !law || date < law.from)).toEqual([]);
  });
});
