import { Body, Get, Post, Req } from '@nestjs/common';
import type { Caller } from '../../../core/access/roles.js';
import { Allow, CurrentCaller } from '../../../core/access/rules.js';
import type { PageRequest } from '../../accounts/page-request.js';
import { calendarSchema, type CalendarSetting } from '../../../core/calendar/calendar.schema.js';
import { addDays, weekday } from '../../../core/calendar/local-date.js';
import { SettingsService } from '../../../core/settings/settings.service.js';
import { ConsolePage } from '../console-page.js';
import { Form, linesOf, parsed } from '../form.js';
import { type PageAnswer, page, redirect } from '../page.js';
import { PageWriter } from '../page-writer.js';
import type { ShownProblem } from '../problem-words.js';
import { SettingInForce } from './versioned.js';

/** Days off, and when texts may go out. */
@ConsolePage('console/settings/calendar')
@Allow('admin')
export class CalendarPages {
  constructor(
    private readonly settings: SettingsService,
    private readonly inForce: SettingInForce,
    private readonly writer: PageWriter,
  ) {}

  @Get()
  @Allow('admin', 'auditor')
  async form(@Req() request: PageRequest, @CurrentCaller() caller: Caller): Promise<PageAnswer> {
    const { setting } = await this.settings.calendar();
    return this.shown(request, caller, {
      timeZone: setting.timeZone,
      country: setting.country,
      from: setting.window.from,
      to: setting.window.to,
      closed: setting.closed.join('\n'),
      open: setting.open.join('\n'),
    });
  }

  @Post()
  async save(
    @Req() request: PageRequest,
    @CurrentCaller() caller: Caller,
    @Body() body: unknown,
  ): Promise<PageAnswer> {
    const form = new Form(body);
    try {
      const value = parsed(calendarSchema, {
        timeZone: form.text('timeZone'),
        country: form.text('country')?.toUpperCase(),
        window: { from: form.text('from'), to: form.text('to') },
        closed: linesOf(form.text('closed')),
        open: linesOf(form.text('open')),
      });
      await this.settings.put(caller, 'calendar', value, form.text('reason') ?? null);
      return redirect('/console/settings/calendar', 'settings-saved');
    } catch (error) {
      return this.shown(request, caller, form.values(), await this.writer.problem(request, error));
    }
  }

  private async shown(
    request: PageRequest,
    caller: Caller,
    values: Record<string, string>,
    problem?: ShownProblem,
  ): Promise<PageAnswer> {
    const setting = await this.inForce.of<CalendarSetting>('calendar', await this.writer.localeOf(request));
    const shown = {
      values,
      problem,
      setting,
      daysOff: await this.daysOff(),
      mayChange: caller.role === 'admin',
    };
    return page('settings/calendar', 'settings.calendar', shown, { status: problem?.status ?? 200 });
  }

  /** Weekdays of the next year on which nothing is sent. */
  private async daysOff(): Promise<string[]> {
    const calendar = await this.settings.calendar();
    const today = await this.settings.today();
    return Array.from({ length: 366 }, (_, n) => addDays(today, n)).filter(
      (day) => weekday(day) !== 0 && weekday(day) !== 6 && !calendar.isBusinessDay(day),
    );
  }
}
