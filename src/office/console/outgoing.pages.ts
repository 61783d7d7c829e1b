import { Get } from '@nestjs/common';
import { z } from 'zod';
import type { Caller } from '../../core/access/roles.js';
import { Allow } from '../../core/access/rules.js';
import type { Calendar } from '../../core/calendar/calendar.js';
import { localDateSchema } from '../../core/calendar/calendar.schema.js';
import { addDays, addMonths, weekday } from '../../core/calendar/local-date.js';
import { AlertDays } from '../../core/log/alert-days.service.js';
import { type AlertDayView, dayStandings } from '../../core/log/log.schema.js';
import { SettingsService } from '../../core/settings/settings.service.js';
import { cursorSchema } from '../../platform/http/query.schema.js';
import type { Locale } from '../../platform/words/words.js';
import { FormChoices } from './choices.js';
import { ConsolePage } from './console-page.js';
import { addressOf, waysOn } from './form.js';
import { Live } from './looks.js';
import { monthText, weekdayText } from './formats.js';
import { page, Visit, Visiting } from './visit.js';
import './outgoing.words.js';

const path = '/console/outgoing';

const outgoingQuery = z.object({
  /** The day that is listed; the calendar shows its month. */
  day: localDateSchema.optional(),
  whose: z.enum(['mine', 'all']).optional(),
  departmentId: z.uuid().optional(),
  cursor: cursorSchema.optional(),
});

/** For how many days, from today on, a hotline is told how many texts will name it. */
const forecastDays = 14;

const rowsOfPage = 100;

/** OutgoingPages show what goes out and what went out: a month as a calendar, and each day as a list. */
@ConsolePage('console/outgoing')
@Allow('officer', 'manager', 'admin', 'auditor')
export class OutgoingPages {
  constructor(
    private readonly alertDays: AlertDays,
    private readonly settings: SettingsService,
    private readonly choices: FormChoices,
  ) {}

  @Get()
  @Live()
  async show(@Visiting() visit: Visit) {
    const { caller, locale } = visit;
    const query = visit.query(outgoingQuery);
    const today = await this.settings.today();
    const { day = today, cursor, ...narrowed } = query;
    const asked = within(caller, narrowed);
    const first = `${day.slice(0, 7)}-01`;
    const last = addDays(addMonths(first, 1), -1);
    const calendar = await this.settings.calendar();
    const counted = await this.alertDays.countedByDay(caller, { ...asked, from: first, to: last });
    const ofDay = { ...asked, from: day, to: day, cursor, limit: rowsOfPage };
    const { items, nextCursor } = await this.alertDays.listed(caller, ofDay);
    const holidays = new Map(
      calendar.specialDays(Number(first.slice(0, 4))).map(({ date, name }) => [date, name?.[locale] ?? null]),
    );
    const addressOn = (on: string) => addressOf(path, { ...narrowed, day: on });
    return page('outgoing', 'navigation.outgoing', {
      query: { ...narrowed, day },
      ...waysOn(path, { ...query, day }, nextCursor),
      whoseChosen: whoseOf(caller, narrowed),
      whose: visit.choices('contracts.whose-', ['mine', 'all']),
      departments: await this.choices.departmentsFor(visit),
      month: monthText(first.slice(0, 7), locale),
      before: addressOn(addMonths(first, -1)),
      after: addressOn(addMonths(first, 1)),
      todayAt: addressOn(today),
      weekdays: daysOfWeek(first, locale).map((date) => weekdayText(date, locale)),
      weeks: weeksOf(first, locale).map((week) =>
        week.map((date) => cellOf(date, { first, day, today, calendar, holidays, counted, addressOn })),
      ),
      forecast: caller.role === 'auditor' ? await this.forecast(caller, asked, today) : null,
      items,
    });
  }

  /** Foretells how many texts go out on each of the next days, so that whoever answers the hotline is ready for calls. */
  private async forecast(caller: Caller, asked: ReturnType<typeof within>, today: string) {
    const to = addDays(today, forecastDays - 1);
    const counted = await this.alertDays.countedByDay(caller, { ...asked, from: today, to });
    const [most] = counted.toSorted((a, b) => b.planned - a.planned);
    const total = counted.reduce((sum, { planned }) => sum + planned, 0);
    return { total, days: forecastDays, most: most && most.planned > 0 ? most : null };
  }
}

/** Officers read what goes out for their own contracts, until they ask for all that they see. */
function whoseOf({ officerId }: Caller, { whose }: Pick<z.infer<typeof outgoingQuery>, 'whose'>) {
  return officerId === null ? null : (whose ?? 'mine');
}

function within(caller: Caller, narrowed: Pick<z.infer<typeof outgoingQuery>, 'whose' | 'departmentId'>) {
  const { departmentId } = narrowed;
  const isOwn = whoseOf(caller, narrowed) === 'mine';
  return { departmentId, officerId: isOwn ? (caller.officerId ?? undefined) : undefined };
}

/** Returns the day on which the week of a day begins: a Sunday in Korean calendars, a Monday in British ones. */
function weekOf(date: string, locale: Locale): string {
  return addDays(date, -((weekday(date) + (locale === 'ko' ? 0 : 6)) % 7));
}

const daysOfWeek = (date: string, locale: Locale) =>
  Array.from({ length: 7 }, (_, n) => addDays(weekOf(date, locale), n));

/** Returns the weeks that have a day of a month, each as its seven days. */
function weeksOf(first: string, locale: Locale): string[][] {
  const next = addMonths(first, 1);
  const weeks: string[][] = [];
  for (let begin = weekOf(first, locale); begin < next; begin = addDays(begin, 7))
    weeks.push(daysOfWeek(begin, locale));
  return weeks;
}

interface CellWanted {
  first: string;
  /** The day that is listed. */
  day: string;
  today: string;
  calendar: Calendar;
  /** What holidays are called, by their day. */
  holidays: ReadonlyMap<string, string | null>;
  counted: AlertDayView[];
  addressOn: (day: string) => string;
}

/** Draws a day of the calendar; a day of another month is left blank. */
function cellOf(date: string, wanted: CellWanted) {
  const { first, day, today, calendar, holidays, counted, addressOn } = wanted;
  if (date.slice(0, 7) !== first.slice(0, 7)) return null;
  const counts = counted.find((one) => one.day === date);
  return {
    date,
    number: Number(date.slice(8)),
    href: addressOn(date),
    isClosed: !calendar.isBusinessDay(date),
    holiday: holidays.get(date) ?? null,
    isToday: date === today,
    isChosen: date === day,
    counts: dayStandings.flatMap((standing) => {
      const count = counts?.[standing] ?? 0;
      return count > 0 ? [{ standing, count }] : [];
    }),
  };
}
