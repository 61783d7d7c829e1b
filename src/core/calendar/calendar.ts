import Holidays, { type HolidaysTypes } from 'date-holidays';
import { breathe } from '../../platform/breathe.js';
import type { CalendarSetting, LocalDate, StatutoryTerms } from './calendar.schema.js';
import { type Holiday, koreanHolidays } from './korean-holidays.js';
import {
  addDays,
  addMonths,
  daysBetween,
  instantOf,
  isWeekend,
  localDateOf,
  localTimeOf,
} from './local-date.js';

/** A distance from a day; negative is before it. */
interface DayOffset {
  amount: number;
  unit: 'days' | 'business-days' | 'months';
}

/** A SpecialDay is a public holiday, or a day that the agency's own list closes or opens. */
export interface SpecialDay {
  date: LocalDate;
  kind: 'holiday' | 'substitute' | 'closed' | 'open';
  /** What the day is called; the agency's list has no names. */
  name: Holiday['name'] | null;
  law: Holiday['law'];
  /** Weekends and the agency's list counted. */
  isBusinessDay: boolean;
}

/** The agency's days: which are business days, how distances between them are counted, and when texts may go out. */
export class Calendar {
  private readonly closed: ReadonlySet<LocalDate>;
  private readonly open: ReadonlySet<LocalDate>;
  private readonly holidays: PublicHolidays;
  /** Returns the business days of a year in their order. */
  private readonly businessDaysOf = byYear((year) => {
    const first = `${year}-01-01`;
    const length = daysBetween(first, `${year}-12-31`) + 1;
    const days = Array.from({ length }, (_, n) => addDays(first, n));
    return days.filter((day) => this.isBusinessDay(day));
  });

  constructor(readonly setting: CalendarSetting) {
    this.closed = new Set(setting.closed);
    this.open = new Set(setting.open);
    this.holidays = holidaysOf(setting);
  }

  /** The agency's list wins over weekends and public holidays, and its closed days over its open ones. */
  isBusinessDay(date: LocalDate): boolean {
    if (this.closed.has(date)) return false;
    if (this.open.has(date)) return true;
    return !isWeekend(date) && !this.holidays.ofYear(yearOf(date)).has(date);
  }

  /**
   * Returns the n-th business day strictly after the day, or before it when n is negative. For 0 it is the day
   * itself, or the next business day.
   */
  addBusinessDays(date: LocalDate, n: number): LocalDate {
    let year = yearOf(date);
    let days = this.businessDaysOf(year);
    let place = daysBefore(days, date) + n;
    if (n > 0 && days[place - n] !== date) place -= 1;
    while (place < 0) place += (days = this.businessDaysOf(--year)).length;
    for (; place >= days.length; days = this.businessDaysOf(++year)) place -= days.length;
    return days[place] ?? date;
  }

  /** The day itself when it is a business day. */
  nextBusinessDay(date: LocalDate): LocalDate {
    return this.addBusinessDays(date, 0);
  }

  /** Days and months are calendar arithmetic, and the result moves to the next business day when it is none. */
  applyOffset(date: LocalDate, offset: DayOffset): LocalDate {
    return this.nextBusinessDay(this.rawOffset(date, offset));
  }

  /** Does what `applyOffset` does, and leaves the result where it falls, business day or not. */
  rawOffset(date: LocalDate, { amount, unit }: DayOffset): LocalDate {
    if (unit === 'business-days') return this.addBusinessDays(date, amount);
    return unit === 'days' ? addDays(date, amount) : addMonths(date, amount);
  }

  /** Returns the statutory terms in force on a day: of several, those that began last, as a special rule does. */
  termsOn(day: LocalDate): StatutoryTerms | undefined {
    const inForce = (this.setting.terms ?? []).filter(
      ({ from, until }) => (from === null || from <= day) && (until === null || day <= until),
    );
    return inForce.sort((a, b) => ((a.from ?? '') < (b.from ?? '') ? 1 : -1))[0];
  }

  /** Lists the public holidays of a year by name, and what the agency's list closes and opens in it. */
  specialDays(year: number): SpecialDay[] {
    const holidays = this.holidays.named(year).map(({ substitute, ...day }) => ({
      ...day,
      kind: substitute ? ('substitute' as const) : ('holiday' as const),
    }));
    const own = (['closed', 'open'] as const).flatMap((kind) =>
      this.setting[kind].map((date) => ({ date, kind, name: null, law: null })),
    );
    return [...holidays, ...own.filter(({ date }) => yearOf(date) === year)]
      .map((day) => ({ ...day, isBusinessDay: this.isBusinessDay(day.date) }))
      .sort((a, b) => (a.date < b.date ? -1 : a.date > b.date ? 1 : 0));
  }

  /** Reckons the years that will be asked for, one in a turn of the event loop: some countries' take 90 ms each. */
  async prepareYears(from: LocalDate, to: LocalDate): Promise<void> {
    for (let year = yearOf(from); year <= yearOf(to); year += 1) {
      for (const needed of [year - 1, year]) {
        this.holidays.reckon(needed);
        await breathe();
      }
      this.businessDaysOf(year);
    }
  }

  /** The instant itself when texts may be sent at it, else the next time the window opens. */
  nextOpening(instant: Date): Date {
    const { from, to } = this.setting.window;
    const date = this.localDateOf(instant);
    const time = localTimeOf(instant, this.setting.timeZone);
    if (this.isBusinessDay(date)) {
      if (time < from) return this.instantOf(date, from);
      if (time < to) return instant;
    }
    return this.instantOf(this.nextBusinessDay(addDays(date, 1)), from);
  }

  instantOf(date: LocalDate, time: string): Date {
    return instantOf(date, time, this.setting.timeZone);
  }

  localDateOf(instant: Date): LocalDate {
    return localDateOf(instant, this.setting.timeZone);
  }
}

function yearOf(date: LocalDate): number {
  return Number(date.slice(0, 4));
}

/** Counts the days of a sorted list that lie before a day. */
function daysBefore(sorted: LocalDate[], day: LocalDate): number {
  let [low, high] = [0, sorted.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((sorted[middle] ?? '') < day) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Builds the calendar of a setting, which is costly: callers build it once for a version and keep it. */
export function calendarOf(setting: CalendarSetting): Calendar {
  return new Calendar(setting);
}

interface PublicHolidays {
  ofYear(year: number): ReadonlySet<LocalDate>;
  /** Does what is costly of a year ahead of `ofYear`, which needs the year before as well. */
  reckon(year: number): void;
  named(year: number): Holiday[];
}

// Public holidays depend on the country, its region and the year only, so every calendar shares them.
const holidaysByPlace = new Map<string, PublicHolidays>();

function holidaysOf({ country, region = '' }: Pick<CalendarSetting, 'country' | 'region'>): PublicHolidays {
  const place = `${country} ${region}`;
  let holidays = holidaysByPlace.get(place);
  if (!holidays) {
    // `date-holidays` 3.37 has Seollal 2026 on a wrong day and no substitutes by decree: Korea has rules of its own.
    holidays = country === 'KR' ? holidaysOfKorea() : foreignHolidays(country, region);
    holidaysByPlace.set(place, holidays);
  }
  return holidays;
}

function holidaysOfKorea(): PublicHolidays {
  const named = byYear(koreanHolidays);
  const ofYear = byYear((year) => new Set(named(year).map(({ date }) => date)));
  return { ofYear, reckon: () => undefined, named };
}

function foreignHolidays(country: string, region: string): PublicHolidays {
  const [state = '', part = ''] = region.split('-');
  const source = new Holidays(country, state, part);
  // The library takes up to 90 ms for a year of lunar feasts.
  const reckon = byYear((year) => source.getHolidays(year));
  const ofYear = byYear((year) => {
    // A feast of several days may begin in the year before.
    return new Set([...reckon(year - 1), ...reckon(year)].flatMap(daysOff));
  });
  // Korean words are those of the library, which has few: where it has none, it gives English ones.
  const named = byYear((year) => {
    const english = source.getHolidays(year, 'en');
    return source.getHolidays(year, 'ko').flatMap((holiday, n) => {
      const name = { ko: nameOf(holiday), en: nameOf(english[n] ?? holiday) };
      const substitute = holiday.substitute ?? false;
      return daysOff(holiday).map((date) => ({ date, name, substitute, law: null }));
    });
  });
  return { ofYear, reckon, named };
}

/** Lists the days that a feast closes, which are none unless it is a public holiday. */
function daysOff({ type, date, start, end }: HolidaysTypes.Holiday): LocalDate[] {
  if (type !== 'public') return [];
  const length = Math.max(1, Math.round((end.getTime() - start.getTime()) / 86_400_000));
  return Array.from({ length }, (_, n) => addDays(date.slice(0, 10), n));
}

/** The library writes in brackets behind a name that the day is a substitute. */
function nameOf({ name, substitute }: HolidaysTypes.Holiday): string {
  return substitute ? name.slice(0, name.lastIndexOf(' (')) : name;
}

/** Lists the regions of a country whose holidays differ, such as `ENG`, and those within them, such as `BY-A`. */
export function regionsOf(country: string): { code: string; name: string }[] {
  if (country === 'KR') return [];
  const source = new Holidays();
  return Object.entries(source.getStates(country) ?? {}).flatMap(([code, name]) => [
    { code, name },
    ...Object.entries(source.getRegions(country, code) ?? {}).map(([part, of]) => ({
      code: `${code}-${part}`,
      name: `${name}, ${of}`,
    })),
  ]);
}

/** Keeps what is reckoned of a year. */
function byYear<T>(reckon: (year: number) => T): (year: number) => T {
  const known = new Map<number, T>();
  return (year) => {
    const kept = known.get(year) ?? reckon(year);
    known.set(year, kept);
    return kept;
  };
}
