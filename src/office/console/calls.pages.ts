import { Get, Post } from '@nestjs/common';
import { z } from 'zod';
import { Allow } from '../../core/access/rules.js';
import { SettingsService } from '../../core/settings/settings.service.js';
import { Id } from '../../platform/http/query.schema.js';
import { shownPhoneNumber } from '../../platform/phone-numbers/phone-number.js';
import type { Words } from '../../platform/words/words.js';
import { CallFigureReader } from '../calls/call-figures.service.js';
import { callFiguresQuery, callOutcomes, outcomeBody, revealBody } from '../calls/calls.schema.js';
import { type CallToMake, Calls } from '../calls/calls.service.js';
import type { Rate } from '../calls/interval.js';
import { scriptOf } from '../calls/script.js';
import { ConsolePage } from './console-page.js';
import { dayText, monthText, numberText } from './formats.js';
import { page, redirect, ShownAgainBy, Visit, Visiting } from './visit.js';
import './calls.words.js';

const path = '/console/calls';
const sheetQuery = z.object({ skip: z.coerce.number().int().min(0).max(10_000).default(0) });

/** CallPages show auditors one drawn number at a time, take what the call came to, and show the rates of wrong numbers. */
@ConsolePage('console/calls')
@Allow('auditor')
export class CallPages {
  constructor(
    private readonly calls: Calls,
    private readonly reader: CallFigureReader,
    private readonly settings: SettingsService,
  ) {}

  @Get()
  async list(@Visiting() visit: Visit) {
    const { skip } = visit.query(sheetQuery);
    return this.sheet(visit, await this.calls.next(skip), { skip: skip + 1 });
  }

  @Get('figures')
  async figures(@Visiting() visit: Visit) {
    const { all, departments, officers, ...period } = await this.reader.figures(
      visit.query(callFiguresQuery),
    );
    const shown = <T extends Rate>(rate: T) => ({
      ...rate,
      percent: rate.share === null ? '–' : percentText(rate.share, visit),
      interval: `${percentText(rate.low, visit)} – ${percentText(rate.high, visit)}`,
    });
    return page('calls/figures', 'calls.figures', {
      ...period,
      filtered: Object.keys(visit.filled).length > 0,
      all: shown(all),
      groups: [
        {
          heading: 'calls.byDepartment',
          rows: departments.map((one) => ({ ...shown(one), name: one.department.name[visit.locale] })),
        },
        {
          heading: 'calls.byOfficer',
          rows: officers.map((one) => ({ ...shown(one), name: one.officer.name })),
        },
      ],
    });
  }

  /** Shows a number that was drawn, masked. */
  @Get(':id')
  async one(@Visiting() visit: Visit, @Id() id: string) {
    return this.sheet(visit, await this.calls.call(id));
  }

  /** The number stands in the answer alone, and in no address. */
  @Post(':id/number')
  @ShownAgainBy('one')
  async reveal(@Visiting() visit: Visit, @Id() id: string) {
    const { caller, form } = visit;
    const number = await this.calls.reveal(caller, id, form.read(revealBody).reason);
    return this.sheet(visit, await this.calls.call(id), { number: shownPhoneNumber(number) });
  }

  @Post(':id/outcome')
  @ShownAgainBy('one')
  async record(@Visiting() { caller, form }: Visit, @Id() id: string) {
    await this.calls.record(caller, id, form.read(outcomeBody).outcome);
    return redirect(path, 'call-recorded');
  }

  private async sheet(visit: Visit, call: CallToMake | null, more: Record<string, unknown> = {}) {
    if (call)
      visit.fill({ reason: visit.t('calls.usualReason', { month: monthText(call.month, visit.locale) }) });
    const outcomes = visit.choices('calls.outcome-', callOutcomes);
    return page('calls/sheet', 'navigation.calls', {
      ...visit.shown,
      months: await this.calls.months(),
      call,
      script: call && (await this.scriptFor(call)),
      outcomes,
      results: await this.calls.results(),
      ...more,
    });
  }

  private async scriptFor({ at }: CallToMake): Promise<Words[]> {
    const calendar = await this.settings.calendar();
    const { value: agency } = await this.settings.agency();
    const { value: reporting } = await this.settings.reportingChannels();
    const day = calendar.localDateOf(at);
    return scriptOf({
      agency: agency.name,
      day: { ko: dayText(day, 'ko'), en: dayText(day, 'en') },
      channel: reporting.channels.find(({ kind }) => kind === 'telephone')?.address ?? '',
    });
  }
}

const percentText = (share: number, { locale }: Visit) =>
  `${numberText(Math.round(share * 1000) / 10, locale)}%`;
