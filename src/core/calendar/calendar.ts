import Holidays from 'date-holidays';
import { breathe } from '../../platform/breathe.js';
import type { CalendarSetting, LocalDate } from './calendar.schema.js';
import { koreanHolidays } from './korean-holidays.js';
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
    this.holidays = holidaysOf(setting.country);
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
}

// Public holidays depend on the country and the year only, so every calendar shares them.
const holidaysByCountry = new Map<string, PublicHolidays>();

function holidaysOf(country: string): PublicHolidays {
  let holidays = holidaysByCountry.get(country);
  if (!holidays) {
    // `date-holidays` 3.37 has Seollal 2026 on a wrong day and no substitutes by decree: Korea has rules of its own.
    holidays =
      country === 'KR'
        ? { ofYear: byYear(koreanHolidays), reckon: () => undefined }
        : foreignHolidays(country);
    holidaysByCountry.set(country, holidays);
  }
  return holidays;
}

function foreignHolidays(country: string): PublicHolidays {
  const source = new Holidays(country);
  // The library takes up to 90 ms for a year of lunar feasts.
  const reckon = byYear((year) => source.getHolidays(year));
  const ofYear = byYear((year) => {
    const days = new Set<LocalDate>();
    // A feast of several days may begin in the year before.
    for (const holiday of [...reckon(year - 1), ...reckon(year)]) {
      if (holiday.type !== 'public') continue;
      const length = Math.max(1, Math.round((holiday.end.getTime() - holiday.start.getTime()) / 86_400_000));
      for (let n = 0; n < length; n += 1) days.add(addDays(holiday.date.slice(0, 10), n));
    }
    return days;
  });
  return { ofYear, reckon };
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
