import { Get, Post } from '@nestjs/common';
import { z } from 'zod';
import { Allow } from '../../../core/access/rules.js';
import { regionsOf } from '../../../core/calendar/calendar.js';
import type { CalendarSetting } from '../../../core/calendar/calendar.schema.js';
import { koreanTerms } from '../../../core/calendar/korean-terms.js';
import { CalendarService } from '../../../core/replanning/replanning.service.js';
import { calendarBody, specialDaysQuery } from '../../../core/settings/settings.schema.js';
import { SettingsService } from '../../../core/settings/settings.service.js';
import { cursorSchema, pageLimit } from '../../../platform/http/query.schema.js';
import { AccountRecords } from '../../accounts/account-records.js';
import { ConsolePage } from '../console-page.js';
import { actorText } from '../contracts/history.js';
import type { Form } from '../form.js';
import { type FormShown, page, redirectAfter, ShownAgainBy, Visit, Visiting } from '../visit.js';
import './settings.words.js';

const path = '/console/settings/calendar';

/** CalendarPages show the agency's days: which are off and by which law, when texts may go out, and the statutory terms. */
@ConsolePage('console/settings/calendar')
@Allow('admin')
export class CalendarPages {
  constructor(
    private readonly settings: SettingsService,
    private readonly calendars: CalendarService,
    private readonly names: AccountRecords,
  ) {}

  @Get()
  @Allow('admin', 'auditor')
  async show(@Visiting() visit: Visit) {
    const setting = await this.settings.inForce<CalendarSetting>('calendar');
    const { timeZone, country, region = '', window, terms } = setting.value;
    visit.fill({ timeZone, country, region, ...window, ...fieldsOf(setting.value) });
    const thisYear = Number((await this.settings.today()).slice(0, 4));
    const { year } = visit.query(specialDaysQuery.partial());
    return page('settings/calendar', 'settings.calendar', {
      ...visit.shown,
      setting,
      who: actorText(setting.actor, await this.names.namesOfActors([setting.actor]), visit.locale),
      mayChange: visit.caller.role === 'admin',
      regions: regionsOf(country)
        .map(({ code, name }) => `${code} ${name}`)
        .join(', '),
      asked: terms !== undefined,
      termsOf: visit.choices('settings.terms-', country === 'KR' ? ['listed', 'state', 'local'] : ['listed']),
      terms: rowsShown(visit.shown),
      ...(await this.daysOf(year ?? thisYear)),
    });
  }

  /** Saves the calendar, or shows which alerts it would move; `cursor` asks for more of these. */
  @Post()
  @ShownAgainBy('show')
  async save(@Visiting() visit: Visit) {
    const { caller, form } = visit;
    const { reason, ...calendar } = form.read(calendarBody, {
      country: form.text('country')?.toUpperCase(),
      region: form.text('region')?.toUpperCase(),
      window: { from: form.text('from'), to: form.text('to') },
      closed: form.lines('closed'),
      open: form.lines('open'),
      terms: termsOf(form),
    });
    if (form.text('step') === 'preview' || form.has('cursor')) {
      const page = form.read(z.object({ cursor: cursorSchema.optional(), limit: pageLimit }));
      visit.shown = { values: form.values(), found: await this.calendars.preview(calendar, page) };
      return this.show(visit);
    }
    return redirectAfter(await this.calendars.put(caller, calendar, reason), path, 'calendar-saved');
  }

  private async daysOf(year: number) {
    const days = (await this.settings.calendar()).specialDays(year);
    return { year: String(year), days, before: String(year - 1), after: String(year + 1) };
  }
}

const termFields = ['from', 'until', 'inspectionDays', 'paymentDays', 'source'] as const;
type TermRow = Partial<Record<(typeof termFields)[number], string>>;

/** The most rows that a form may have: those of the schema, and a blank one. */
const mostRows = 21;

/** Reads the rows of terms that have something in them; a field's name ends with the place of its row. */
function rowsOf(values: FormShown['values']): TermRow[] {
  const rows = Array.from({ length: mostRows }, (_, n) =>
    Object.fromEntries(termFields.map((field) => [field, values[`${field}-${n}`]?.trim() ?? ''])),
  );
  return rows.filter((row) => Object.values(row).some((value) => value !== ''));
}

const sortSchema = z.object({ termsOf: z.enum(['listed', 'state', 'local']).default('listed') });

/** Returns the terms that were listed, or those that an agency of this sort has. */
function termsOf(form: Form): unknown {
  const { termsOf: sort } = form.read(sortSchema);
  if (sort !== 'listed') return koreanTerms[sort];
  return rowsOf(form.values()).map(({ from, until, inspectionDays, paymentDays, source }) => ({
    from: from || null,
    until: until || null,
    inspectionDays: Number(inspectionDays || NaN),
    paymentDays: Number(paymentDays || NaN),
    source,
  }));
}

/** Writes the calendar's lists as its form has them. */
function fieldsOf({ closed, open, terms = [] }: CalendarSetting): FormShown['values'] {
  const rows = terms.flatMap((term, n) =>
    termFields.map((field) => [`${field}-${n}`, String(term[field] ?? '')]),
  );
  return {
    closed: closed.join('\n'),
    open: open.join('\n'),
    ...(Object.fromEntries(rows) as FormShown['values']),
  };
}

/** Shows the rows of terms with what is wrong with each, and a blank one. */
function rowsShown({ values, problem }: FormShown) {
  return [...rowsOf(values), {}].map((row, n) => ({
    ...row,
    n,
    errors: Object.fromEntries(termFields.map((field) => [field, problem?.fields[`terms[${n}].${field}`]])),
  }));
}
