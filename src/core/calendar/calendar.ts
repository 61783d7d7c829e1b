import Holidays from 'date-holidays';
import type { CalendarSetting, LocalDate } from './calendar.schema.js';
import { koreanHolidays } from './korean-holidays.js';
import { addDays, addMonths, instantOf, localDateOf, localTimeOf, weekday } from './local-date.js';

/** A distance from a day; negative is before it. */
interface DayOffset {
  amount: number;
  unit: 'days' | 'business-days' | 'months';
}

/** The agency's days: which are business days, how distances between them are counted, and when texts may go out. */
export class Calendar {
  private readonly closed: ReadonlySet<LocalDate>;
  private readonly open: ReadonlySet<LocalDate>;
  private readonly holidays: (year: number) => ReadonlySet<LocalDate>;

  constructor(readonly setting: CalendarSetting) {
    this.closed = new Set(setting.closed);
    this.open = new Set(setting.open);
    this.holidays = holidaysOf(setting.country);
  }

  /** The agency's list wins over weekends and public holidays, and its closed days over its open ones. */
  isBusinessDay(date: LocalDate): boolean {
    if (this.closed.has(date)) return false;
    if (this.open.has(date)) return true;
    const dayOfWeek = weekday(date);
    if (dayOfWeek === 0 || dayOfWeek === 6) return false;
    return !this.holidays(Number(date.slice(0, 4))).has(date);
  }

  /**
   * Returns the n-th business day strictly after the day, or before it when n is negative. For 0 it is the day
   * itself, or the next business day.
   */
  addBusinessDays(date: LocalDate, n: number): LocalDate {
    if (n === 0) return this.nextBusinessDay(date);
    const step = Math.sign(n);
    for (let left = Math.abs(n); left > 0;) {
      date = addDays(date, step);
      if (this.isBusinessDay(date)) left -= 1;
    }
    return date;
  }

  /** The day itself when it is a business day. */
  nextBusinessDay(date: LocalDate): LocalDate {
    while (!this.isBusinessDay(date)) date = addDays(date, 1);
    return date;
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

/** Builds the calendar of a setting, which is costly: callers build it once for a version and keep it. */
export function calendarOf(setting: CalendarSetting): Calendar {
  return new Calendar(setting);
}

// Public holidays depend on the country and the year only, so every calendar shares them.
const holidaysByCountry = new Map<string, Map<number, ReadonlySet<LocalDate>>>();

function holidaysOf(country: string): (year: number) => ReadonlySet<LocalDate> {
  let years = holidaysByCountry.get(country);
  if (!years) holidaysByCountry.set(country, (years = new Map<number, ReadonlySet<LocalDate>>()));
  const known = years;
  // `date-holidays` 3.37 has Seollal 2026 on a wrong day and no substitutes by decree: Korea has rules of its own.
  const reckon = country === 'KR' ? koreanHolidays : foreignHolidays(country);
  return (year) => {
    let days = known.get(year);
    if (!days) known.set(year, (days = reckon(year)));
    return days;
  };
}

function foreignHolidays(country: string): (year: number) => ReadonlySet<LocalDate> {
  const source = new Holidays(country);
  return (year) => {
    const days = new Set<LocalDate>();
    // A feast of several days may begin in the year before.
    for (const holiday of [...source.getHolidays(year - 1), ...source.getHolidays(year)]) {
      if (holiday.type !== 'public') continue;
      const length = Math.max(1, Math.round((holiday.end.getTime() - holiday.start.getTime()) / 86_400_000));
      for (let n = 0; n < length; n += 1) days.add(addDays(holiday.date.slice(0, 10), n));
    }
    return days;
  };
}
