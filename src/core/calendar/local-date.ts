import type { LocalDate } from './calendar.schema.js';

const DAY = 86_400_000;

/** Days are counted on the proleptic Gregorian calendar; `days` may be negative. */
export function addDays(date: LocalDate, days: number): LocalDate {
  return dateAt(midnightUtc(date) + days * DAY);
}

/** The same day of the month, or the month's last when it is shorter: 31 January + 1 month is the last of February. */
export function addMonths(date: LocalDate, months: number): LocalDate {
  const [year, month, day] = partsOf(date);
  const first = new Date(Date.UTC(year, month - 1 + months, 1));
  const last = new Date(Date.UTC(first.getUTCFullYear(), first.getUTCMonth() + 1, 0)).getUTCDate();
  return dateAt(first.getTime() + (Math.min(day, last) - 1) * DAY);
}

/** Whole days from `from` to `to`; negative when `to` is earlier. */
export function daysBetween(from: LocalDate, to: LocalDate): number {
  return (midnightUtc(to) - midnightUtc(from)) / DAY;
}

/** 0 is Sunday, 6 is Saturday. */
export function weekday(date: LocalDate): number {
  return new Date(midnightUtc(date)).getUTCDay();
}

/** Tells a Saturday or a Sunday. */
export function isWeekend(date: LocalDate): boolean {
  return weekday(date) === 0 || weekday(date) === 6;
}

/**
 * The instant at which a clock in the zone shows this day and time (`HH:mm`). A time that a change of clocks
 * skips becomes the first instant after the gap; of a time that comes twice, the first is meant.
 */
export function instantOf(date: LocalDate, time: string, timeZone: string): Date {
  const wall = midnightUtc(date) + minutesOf(time) * 60_000;
  const before = offsetAt(wall - DAY, timeZone);
  const after = offsetAt(wall + DAY, timeZone);
  if (before === after) return new Date(wall - before);
  const candidates = [wall - before, wall - after].sort((a, b) => a - b);
  const shown = candidates.find((instant) => instant + offsetAt(instant, timeZone) === wall);
  return new Date(shown ?? transition(wall - DAY, wall + DAY, timeZone));
}

export function localDateOf(instant: Date, timeZone: string): LocalDate {
  return dateAt(instant.getTime() + offsetAt(instant.getTime(), timeZone));
}

/** Writes the local time as `HH:mm`; seconds are dropped. */
export function localTimeOf(instant: Date, timeZone: string): string {
  return new Date(instant.getTime() + offsetAt(instant.getTime(), timeZone)).toISOString().slice(11, 16);
}

function midnightUtc(date: LocalDate): number {
  const [year, month, day] = partsOf(date);
  return Date.UTC(year, month - 1, day);
}

function partsOf(date: LocalDate): [year: number, month: number, day: number] {
  return [Number(date.slice(0, 4)), Number(date.slice(5, 7)), Number(date.slice(8, 10))];
}

function dateAt(utc: number): LocalDate {
  return new Date(utc).toISOString().slice(0, 10);
}

function minutesOf(time: string): number {
  return Number(time.slice(0, 2)) * 60 + Number(time.slice(3, 5));
}

/** The last instant before a change of clocks is at most a millisecond before what this returns. */
function transition(low: number, high: number, timeZone: string): number {
  const before = offsetAt(low, timeZone);
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2);
    if (offsetAt(middle, timeZone) === before) low = middle;
    else high = middle;
  }
  return high;
}

interface Zone {
  format: Intl.DateTimeFormat;
  /** Returns the zone's offset on a UTC day in milliseconds; it is null when clocks change within that day. */
  days: Map<number, number | null>;
}

const zones = new Map<string, Zone>();

/**
 * Returns the milliseconds by which a zone's clocks are ahead of UTC. Intl takes microseconds for a question that is asked
 * for thousands of alerts; an offset holds for months, so it is asked once for a UTC day's two ends.
 */
export function offsetAt(instant: number, timeZone: string): number {
  const zone = zoneOf(timeZone);
  const day = Math.floor(instant / DAY);
  let offset = zone.days.get(day);
  if (offset === undefined) {
    const start = measuredOffset(day * DAY, zone);
    offset = start === measuredOffset((day + 1) * DAY, zone) ? start : null;
    zone.days.set(day, offset);
  }
  return offset ?? measuredOffset(instant, zone);
}

function zoneOf(timeZone: string): Zone {
  let zone = zones.get(timeZone);
  if (!zone) {
    const format = new Intl.DateTimeFormat('en-u-ca-iso8601-nu-latn', {
      timeZone,
      hourCycle: 'h23',
      year: 'numeric',
      month: '2-digit',
      day: '2-digit',
      hour: '2-digit',
      minute: '2-digit',
      second: '2-digit',
    });
    zone = { format, days: new Map() };
    zones.set(timeZone, zone);
  }
  return zone;
}

function measuredOffset(instant: number, zone: Zone): number {
  const part: Record<string, number> = {};
  for (const { type, value } of zone.format.formatToParts(instant)) part[type] = Number(value);
  const { year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0 } = part;
  const wall = Date.UTC(year, month - 1, day, hour, minute, second);
  return wall - Math.floor(instant / 1000) * 1000;
}
