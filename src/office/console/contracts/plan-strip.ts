import type { Calendar } from '../../../core/calendar/calendar.js';
import { addDays, daysBetween, weekday } from '../../../core/calendar/local-date.js';
import type { Locale } from '../../../platform/words/words.js';

export interface StripMark {
  /** The alert's day. */
  day: string;
  label: string;
  neutral: boolean;
}

export interface Strip {
  bands: { x: number; width: number; kind: 'closed' | 'holiday' }[];
  months: { x: number; label: string }[];
  marks: {
    x: number;
    y: number;
    label: string;
    number: number;
    neutral: boolean;
    anchor: 'start' | 'middle' | 'end';
  }[];
  today: number | null;
}

/** Units of the drawing. */
const width = 1000;
const rows = 4;

/** Beyond two years a day is narrower than a hair: the bands would be noise. */
const mostDaysWithBands = 760;

/** A contract's time as a strip of days, its weekends and holidays, and where its alerts stand. Null without marks. */
export function planStrip(
  marks: StripMark[],
  calendar: Calendar,
  today: string,
  locale: Locale,
): Strip | null {
  const days = marks.map((mark) => mark.day).sort();
  const [first, last] = [days[0], days.at(-1)];
  if (first === undefined || last === undefined) return null;
  const start = addDays(first, -5);
  const length = Math.max(daysBetween(start, last) + 6, 21);
  const x = (day: string) => Math.round((daysBetween(start, day) / length) * width * 10) / 10;
  return {
    bands: length > mostDaysWithBands ? [] : bandsOf(start, length, calendar, x),
    months: monthsOf(start, length, x, locale),
    marks: marks.map((mark, i) => {
      const at = x(mark.day) + width / length / 2;
      return {
        x: at,
        y: 46 + (i % rows) * 18,
        label: mark.label,
        number: i + 1,
        neutral: mark.neutral,
        anchor: at > width - 140 ? 'end' : 'start',
      };
    }),
    today: today >= start && daysBetween(start, today) <= length ? x(today) : null,
  };
}

function bandsOf(
  start: string,
  length: number,
  calendar: Calendar,
  x: (day: string) => number,
): Strip['bands'] {
  const bands: Strip['bands'] = [];
  for (let n = 0; n < length; n += 1) {
    const day = addDays(start, n);
    if (calendar.isBusinessDay(day)) continue;
    const weekend = weekday(day) === 0 || weekday(day) === 6;
    bands.push({
      x: x(day),
      width: Math.round((width / length) * 10) / 10,
      kind: weekend ? 'closed' : 'holiday',
    });
  }
  return bands;
}

function monthsOf(
  start: string,
  length: number,
  x: (day: string) => number,
  locale: Locale,
): Strip['months'] {
  const form = new Intl.DateTimeFormat(locale === 'ko' ? 'ko-KR' : 'en-GB', {
    month: 'short',
    ...(length > 400 ? { year: '2-digit' as const } : {}),
    timeZone: 'UTC',
  });
  const months: Strip['months'] = [];
  const step = Math.max(1, Math.ceil(length / 30 / 14));
  for (let n = 0; n < length; n += 1) {
    const day = addDays(start, n);
    if (!day.endsWith('-01') || (Number(day.slice(5, 7)) - 1) % step !== 0) continue;
    months.push({ x: x(day), label: form.format(new Date(`${day}T00:00:00Z`)) });
  }
  return months;
}
