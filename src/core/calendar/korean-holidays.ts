import type { LocalDate } from './calendar.schema.js';
import { addDays, isWeekend, weekday } from './local-date.js';

/**
 * Computes the public holidays of Korean public bodies from 1990 on, by 관공서의 공휴일에 관한 규정 (Presidential Decree), since
 * 2022 under 공휴일에 관한 법률 (Public Holidays Act). Temporary holidays (임시공휴일), among them elections after a vacancy, are
 * named one by one by the government and come from the agency's list. Substitutes (대체공휴일) are those of article 3 of each.
 */
export function koreanHolidays(year: number): ReadonlySet<LocalDate> {
  const days = [...fixedDays(year), ...lunarDays(year)];
  const holidays = new Set(days.map((day) => day.date));
  for (const date of electionDays(year, holidays)) holidays.add(date);
  for (const date of substitutes(days, holidays)) holidays.add(date);
  return holidays;
}

interface Holiday {
  date: LocalDate;
  /** When it earns a substitute: in force from this day on. Seollal and Chuseok are not made up for on a Saturday. */
  substitute: { from: LocalDate; weekend: 'sunday' | 'both' } | null;
}

interface FixedRule {
  day: string;
  /** Years, both included, in which it was a public holiday. */
  years: [from: number, to: number][];
  substitute: { from: LocalDate; weekend: 'both' } | null;
}

const always: [number, number][] = [[0, Infinity]];
const wednesday = 3;

// Decree of 5 November 2013: Seollal, Chuseok and Children's Day, seen first in 2014.
const since2014 = '2014-01-01';
// Decree of 4 August 2021: the national days 3·1, 8·15, 10·3 and 10·9.
const since2021 = '2021-08-04';
// Decree of 4 May 2023: Buddha's Birthday and Christmas.
const since2023 = '2023-05-04';
// Presidential Decree 36290 of 30 April 2026, after Act 21543: Workers' Day, 노동절.
const since2026 = '2026-05-01';

const fixedRules: FixedRule[] = [
  { day: '01-01', years: always, substitute: null },
  { day: '03-01', years: always, substitute: { from: since2021, weekend: 'both' } },
  // Arbour Day was dropped with the five-day week (decree of 2005).
  { day: '04-05', years: [[0, 2005]], substitute: null },
  { day: '05-01', years: [[2026, Infinity]], substitute: { from: since2026, weekend: 'both' } },
  { day: '05-05', years: always, substitute: { from: since2014, weekend: 'both' } },
  { day: '06-06', years: always, substitute: null },
  {
    // Constitution Day was dropped in 2008 and is a public holiday again from 2026.
    day: '07-17',
    years: [
      [0, 2007],
      [2026, Infinity],
    ],
    substitute: { from: '2026-01-01', weekend: 'both' },
  },
  { day: '08-15', years: always, substitute: { from: since2021, weekend: 'both' } },
  { day: '10-03', years: always, substitute: { from: since2021, weekend: 'both' } },
  {
    // Hangul Day was dropped in 1991 and came back in 2013.
    day: '10-09',
    years: [
      [0, 1990],
      [2013, Infinity],
    ],
    substitute: { from: since2021, weekend: 'both' },
  },
  { day: '12-25', years: always, substitute: { from: since2023, weekend: 'both' } },
];

function fixedDays(year: number): Holiday[] {
  return fixedRules
    .filter((rule) => rule.years.some(([from, to]) => from <= year && year <= to))
    .map((rule) => ({ date: `${year}-${rule.day}`, substitute: rule.substitute }));
}

function lunarDays(year: number): Holiday[] {
  const { seollal, buddha, chuseok } = lunarFeasts(year);
  const threeDays = [seollal, chuseok].flatMap((feast) => [addDays(feast, -1), feast, addDays(feast, 1)]);
  return [
    ...threeDays.map((date): Holiday => ({ date, substitute: { from: since2014, weekend: 'sunday' } })),
    { date: buddha, substitute: { from: since2023, weekend: 'both' } },
  ];
}

interface Term {
  /** The last days of terms that ended, or will end, by themselves; those after the last follow it by `years`. */
  ends: LocalDate[];
  years: number;
  /** The election is on the first Wednesday from so many days before the end. */
  daysBefore: number;
}

/** 공직선거법 (Public Official Election Act), article 34 (1). A vacancy begins a new presidential term, which is to be added here. */
const terms: Term[] = [
  // The President. The terms that began in 2013 and 2022 were cut short.
  { ends: ['2008-02-24', '2013-02-24', '2022-05-09', '2030-06-03'], years: 5, daysBefore: 70 },
  // The National Assembly.
  { ends: ['2008-05-29'], years: 4, daysBefore: 50 },
  // Local councils and heads of local governments.
  { ends: ['2010-06-30'], years: 4, daysBefore: 30 },
];

/** Elections at the end of a term are public holidays since the decree's amendment of September 2006. */
function electionDays(year: number, holidays: ReadonlySet<LocalDate>): LocalDate[] {
  return terms
    .flatMap((term) =>
      endsUntil(year + 1, term).map((end) => electionOf(addDays(end, -term.daysBefore), holidays)),
    )
    .filter((date) => date.startsWith(`${year}-`));
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
function substitutes(days: Holiday[], holidays: ReadonlySet<LocalDate>): LocalDate[] {
  const taken = new Set(holidays);
  const earned = earnedDates(days).sort();
  return earned.map((date) => {
    let open = addDays(date, 1);
    while (isWeekend(open) || taken.has(open)) open = addDays(open, 1);
    taken.add(open);
    return open;
  });
}

// Two holidays on one weekday earn one day between them, but two holidays on one Sunday earn one each.
function earnedDates(days: Holiday[]): LocalDate[] {
  const overlaps = new Set<LocalDate>();
  const earned: LocalDate[] = [];
  for (const day of days) {
    if (!day.substitute || day.date < day.substitute.from) continue;
    const dayOfWeek = weekday(day.date);
    if (dayOfWeek === 0 || (dayOfWeek === 6 && day.substitute.weekend === 'both')) earned.push(day.date);
    else if (dayOfWeek !== 6 && days.some((other) => other !== day && other.date === day.date))
      overlaps.add(day.date);
  }
  return [...earned, ...overlaps];
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
