import type { Words } from '../../platform/words/words.js';
import type { LocalDate } from './calendar.schema.js';
import { addDays, isWeekend, weekday } from './local-date.js';

/** A Holiday is a public holiday with what makes it one. */
export interface Holiday {
  date: LocalDate;
  name: Words;
  /** It makes up for a holiday of this name, which fell on a weekend or on another one. */
  substitute: boolean;
  /** The law that makes it one, and the day from which that is in force; null where a library knows the day. */
  law: Law | null;
}

interface Law {
  source: Words;
  from: LocalDate;
}

/**
 * Computes the public holidays of Korean public bodies from 1990 on, by 관공서의 공휴일에 관한 규정 (Presidential Decree), since
 * 2022 under 공휴일에 관한 법률 (Public Holidays Act, Act 18291). Temporary holidays (임시공휴일), among them elections after a
 * vacancy, are named one by one by the government and come from the agency's list. Substitutes (대체공휴일) are those of
 * article 3 of each. Numbers and days of the decrees are those of the list of amendments at law.go.kr.
 */
export function koreanHolidays(year: number): Holiday[] {
  const days = [...fixedDays(year), ...lunarDays(year)];
  const named = new Set(days.map((day) => day.date));
  const elections = electionDays(year, named);
  const taken = new Set([...named, ...elections.map((day) => day.date)]);
  const all: Holiday[] = [...days, ...elections].map(({ date, name, law }) => ({
    date,
    name,
    substitute: false,
    law,
  }));
  all.push(...substitutes(days, taken));
  return all.sort(byDate);
}

function byDate(a: { date: LocalDate }, b: { date: LocalDate }): number {
  return a.date < b.date ? -1 : a.date > b.date ? 1 : 0;
}

type Named = Omit<Holiday, 'substitute'>;

interface Day extends Named {
  substitute: Substitute | null;
}

/** The law by which a holiday earns a substitute. Seollal and Chuseok are not made up for on a Saturday. */
interface Substitute {
  law: Law;
  weekend: 'sunday' | 'both';
}

interface FixedRule {
  day: string;
  name: Words;
  /** When it is a public holiday: on days from `from`, and up to `until` where it was dropped. */
  laws: (Law & { until?: LocalDate })[];
  substitute: Substitute | null;
}

/**
 * Cites an amendment of the regulation, which is in force from its promulgation on unless it says otherwise. Its first version
 * is known by its day alone.
 */
function decree(number: number | null, on: LocalDate, from = on): Law {
  const [ko, en] = number === null ? ['', ''] : [` 제${number}호`, ` ${number}`];
  const source = {
    ko: `관공서의 공휴일에 관한 규정(대통령령${ko}, ${on})`,
    en: `Regulation on Public Holidays of Government Offices (Presidential Decree${en} of ${on})`,
  };
  return { source, from };
}

const both = (law: Law): Substitute => ({ law, weekend: 'both' });
const wednesday = 3;

const first = decree(null, '1949-06-04');
const of1975 = decree(7538, '1975-01-27');
const of1989 = decree(12616, '1989-02-01');
const electionDecree = decree(19674, '2006-09-06');
const substitutes2013 = decree(24828, '2013-11-05');
const substitutes2021 = decree(31930, '2021-08-04');
const substitutes2023 = decree(33448, '2023-05-04');
// After Act 21543; it puts 1 May in force at once, and 17 July eleven days later.
const workersDay = decree(36290, '2026-04-30', '2026-05-01');
const constitutionDay = decree(36290, '2026-04-30', '2026-05-11');

const fixedRules: FixedRule[] = [
  { day: '01-01', name: { ko: '1월 1일', en: 'New Year’s Day' }, laws: [first], substitute: null },
  {
    day: '03-01',
    name: { ko: '3·1절', en: 'Independence Movement Day' },
    laws: [first],
    substitute: both(substitutes2021),
  },
  {
    // Dropped with the five-day week, by decree 18893 of 30 June 2005.
    day: '04-05',
    name: { ko: '식목일', en: 'Arbour Day' },
    laws: [{ ...first, until: '2005-12-31' }],
    substitute: null,
  },
  {
    day: '05-01',
    name: { ko: '노동절', en: 'Workers’ Day' },
    laws: [workersDay],
    substitute: both(workersDay),
  },
  {
    day: '05-05',
    name: { ko: '어린이날', en: 'Children’s Day' },
    laws: [of1975],
    substitute: both(substitutes2013),
  },
  {
    day: '06-06',
    name: { ko: '현충일', en: 'Memorial Day' },
    laws: [decree(1145, '1956-04-19')],
    substitute: null,
  },
  {
    // Dropped by decree 18893 of 30 June 2005 from 2008 on.
    day: '07-17',
    name: { ko: '제헌절', en: 'Constitution Day' },
    laws: [{ ...first, until: '2007-12-31' }, constitutionDay],
    substitute: both(constitutionDay),
  },
  {
    day: '08-15',
    name: { ko: '광복절', en: 'Liberation Day' },
    laws: [first],
    substitute: both(substitutes2021),
  },
  {
    day: '10-03',
    name: { ko: '개천절', en: 'National Foundation Day' },
    laws: [first],
    substitute: both(substitutes2021),
  },
  {
    // Dropped by decree 13155 of 5 November 1990 from 1991 on.
    day: '10-09',
    name: { ko: '한글날', en: 'Hangul Day' },
    laws: [{ ...first, until: '1990-12-31' }, decree(24273, '2012-12-28')],
    substitute: both(substitutes2021),
  },
  {
    day: '12-25',
    name: { ko: '기독탄신일', en: 'Christmas Day' },
    laws: [first],
    substitute: both(substitutes2023),
  },
];

function fixedDays(year: number): Day[] {
  return fixedRules.flatMap(({ day, name, laws, substitute }) => {
    const date = `${year}-${day}`;
    const law = laws.find(({ from, until }) => from <= date && (until === undefined || date <= until));
    return law ? [{ date, name, law, substitute }] : [];
  });
}

function lunarDays(year: number): Day[] {
  const { seollal, buddha, chuseok } = lunarFeasts(year);
  const sundays: Substitute = { law: substitutes2013, weekend: 'sunday' };
  const threeDays = (feast: LocalDate, name: Words): Day[] =>
    [-1, 0, 1].map((n) => ({ date: addDays(feast, n), name, law: of1989, substitute: sundays }));
  return [
    ...threeDays(seollal, { ko: '설날', en: 'Seollal' }),
    {
      date: buddha,
      name: { ko: '부처님 오신 날', en: 'Buddha’s Birthday' },
      law: of1975,
      substitute: both(substitutes2023),
    },
    ...threeDays(chuseok, { ko: '추석', en: 'Chuseok' }),
  ];
}

interface Term {
  name: Words;
  /** The last days of terms that ended, or will end, by themselves; those after the last follow it by `years`. */
  ends: LocalDate[];
  years: number;
  /** The election is on the first Wednesday from so many days before the end. */
  daysBefore: number;
}

/**
 * 공직선거법 (Public Official Election Act), article 34 (1), lays down when terms begin. A vacancy begins a new presidential term,
 * which is to be added here.
 */
const terms: Term[] = [
  {
    // The terms that began in 2013 and 2022 were cut short.
    name: { ko: '대통령 선거일', en: 'Presidential election' },
    ends: ['2008-02-24', '2013-02-24', '2022-05-09', '2030-06-03'],
    years: 5,
    daysBefore: 70,
  },
  {
    name: { ko: '국회의원 선거일', en: 'National Assembly election' },
    ends: ['2008-05-29'],
    years: 4,
    daysBefore: 50,
  },
  { name: { ko: '지방선거일', en: 'Local elections' }, ends: ['2010-06-30'], years: 4, daysBefore: 30 },
];

const electionLaw: Law = {
  ...electionDecree,
  source: {
    ko: `공직선거법 제34조, ${electionDecree.source.ko}`,
    en: `Public Official Election Act, article 34; ${electionDecree.source.en}`,
  },
};

/** Lists the elections at the end of a term. */
function electionDays(year: number, holidays: ReadonlySet<LocalDate>): Named[] {
  return terms
    .flatMap((term) =>
      endsUntil(year + 1, term).map((end) => ({
        date: electionOf(addDays(end, -term.daysBefore), holidays),
        name: term.name,
        law: electionLaw,
      })),
    )
    .filter(({ date }) => date.startsWith(`${year}-`));
}

function endsUntil(year: number, { ends, years }: Term): LocalDate[] {
  const all = [...ends];
  for (let last = all.at(-1); last && Number(last.slice(0, 4)) + years <= year; last = all.at(-1))
    all.push(`${Number(last.slice(0, 4)) + years}${last.slice(4)}`);
  return all;
}

/** Article 34 (2): a week later when that Wednesday, or the day before or after it, is a public holiday. */
function electionOf(from: LocalDate, holidays: ReadonlySet<LocalDate>): LocalDate {
  let date = addDays(from, (wednesday - weekday(from) + 7) % 7);
  while ([-1, 0, 1].some((n) => holidays.has(addDays(date, n)))) date = addDays(date, 7);
  return date;
}

/** Article 3: the first open day after the holiday; two that would fall on one day take the next open day too. */
function substitutes(days: Day[], holidays: ReadonlySet<LocalDate>): Holiday[] {
  const taken = new Set(holidays);
  const earned = earning(days).sort(byDate);
  return earned.map(({ date, name, law }) => {
    let open = addDays(date, 1);
    while (isWeekend(open) || taken.has(open)) open = addDays(open, 1);
    taken.add(open);
    return { date: open, name, substitute: true, law };
  });
}

// Two holidays on one weekday earn one day between them, but two holidays on one Sunday earn one each.
function earning(days: Day[]): Named[] {
  const overlaps = new Map<LocalDate, Named>();
  const earned: Named[] = [];
  for (const day of days) {
    const { date, name, substitute } = day;
    if (!substitute || date < substitute.law.from) continue;
    const dayOfWeek = weekday(date);
    const one = { date, name, law: substitute.law };
    if (dayOfWeek === 0 || (dayOfWeek === 6 && substitute.weekend === 'both')) earned.push(one);
    else if (dayOfWeek !== 6 && days.some((other) => other !== day && other.date === date))
      overlaps.set(date, one);
  }
  return [...earned, ...overlaps.values()];
}

// The Korean lunisolar calendar, reckoned for Seoul (Unicode CLDR `dangi`); China's differs by a day in some years.
const dangi = new Intl.DateTimeFormat('en-u-ca-dangi', { timeZone: 'UTC', month: 'numeric', day: 'numeric' });

/** A leap month (`4bis`) is no feast: only the plain month counts. */
function lunarFeasts(year: number): { seollal: LocalDate; buddha: LocalDate; chuseok: LocalDate } {
  const firsts = new Map<string, LocalDate>();
  // A lunar month has 29 or 30 days, so the 30th day after its first is in the next one.
  for (let date = `${year}-01-15`; date < `${year}-10-20`;) {
    const { month, day } = lunarDayOf(date);
    const first = addDays(date, 1 - day);
    firsts.set(month, first);
    date = addDays(first, 30);
  }
  const feast = (month: string, day: number): LocalDate => {
    const first = firsts.get(month);
    if (!first) throw new Error(`this runtime's dangi calendar has no month ${month} in ${year}`);
    return addDays(first, day - 1);
  };
  return { seollal: feast('1', 1), buddha: feast('4', 8), chuseok: feast('8', 15) };
}

function lunarDayOf(date: LocalDate): { month: string; day: number } {
  const parts = dangi.formatToParts(new Date(`${date}T00:00:00Z`));
  const of = (type: string) => parts.find((part) => part.type === type)?.value ?? '';
  return { month: of('month'), day: Number(of('day')) };
}
