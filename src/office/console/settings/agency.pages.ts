import { Body, Get, Post, Req } from '@nestjs/common';
import type { Caller } from '../../../core/access/roles.js';
import { Allow, CurrentCaller } from '../../../core/access/rules.js';
import type { PageRequest } from '../../accounts/page-request.js';
import { RehearsalNumbers } from '../../../core/settings/rehearsal-numbers.js';
import { type Agency, agencyInputSchema } from '../../../core/settings/settings.schema.js';
import { SettingsService } from '../../../core/settings/settings.service.js';
import { ConsolePage } from '../console-page.js';
import { contactChoices } from '../contracts/form-choices.js';
import { Form, linesOf, parsed } from '../form.js';
import { type PageAnswer, page, redirect } from '../page.js';
import { PageWriter } from '../page-writer.js';
import type { ShownProblem } from '../problem-words.js';
import { SettingInForce } from './versioned.js';

const path = '/console/settings/agency';

/** The agency's name, and how it sends. */
@ConsolePage('console/settings/agency')
@Allow('admin')
export class AgencyPages {
  constructor(
    private readonly settings: SettingsService,
    private readonly inForce: SettingInForce,
    private readonly rehearsal: RehearsalNumbers,
    private readonly writer: PageWriter,
  ) {}

  @Get()
  @Allow('admin', 'auditor')
  async form(@Req() request: PageRequest, @CurrentCaller() caller: Caller): Promise<PageAnswer> {
    const { value } = await this.settings.agency();
    return this.shown(request, caller, {
      nameKo: value.name.ko,
      nameEn: value.name.en,
      locale: value.locale,
      currency: value.currency,
      graceHours: String(value.graceHours),
      digestFrom: String(value.digestFrom),
      importAskAbove: String(value.importAskAbove),
      linkDomains: value.linkDomains.join('\n'),
      rehearsalOn: value.rehearsal.on ? 'on' : '',
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
      await this.settings.put(caller, 'agency', await this.agencyOf(form), form.text('reason') ?? null);
      return redirect(path, 'settings-saved');
    } catch (error) {
      return this.shown(request, caller, form.values(), await this.writer.problem(request, error));
    }
  }

  /** Numbers of a rehearsal are kept as blind indexes: a blank list leaves those there are. */
  private async agencyOf(form: Form): Promise<Agency> {
    const numbers = linesOf(form.text('rehearsalNumbers'));
    const on = form.has('rehearsalOn');
    const wanted = await this.rehearsal.indexed(
      parsed(agencyInputSchema, {
        name: { ko: form.text('nameKo'), en: form.text('nameEn') },
        locale: form.text('locale'),
        currency: form.text('currency'),
        graceHours: Number(form.text('graceHours') ?? NaN),
        digestFrom: Number(form.text('digestFrom') ?? NaN),
        importAskAbove: Number(form.text('importAskAbove') ?? NaN),
        linkDomains: linesOf(form.text('linkDomains')),
        rehearsal: { on, numbers },
      }),
    );
    if (numbers.length > 0) return wanted;
    return { ...wanted, rehearsal: { on, numbers: (await this.settings.agency()).value.rehearsal.numbers } };
  }

  private async shown(
    request: PageRequest,
    caller: Caller,
    values: Record<string, string>,
    problem?: ShownProblem,
  ): Promise<PageAnswer> {
    const locale = await this.writer.localeOf(request);
    const setting = await this.inForce.of<Agency>('agency', locale);
    const numbers = setting.value.rehearsal.numbers.map(({ masked }) => masked).join(', ');
    const shown = {
      values,
      problem,
      setting,
      numbers: numbers || '–',
      mayChange: caller.role === 'admin',
      ...contactChoices(locale),
    };
    return page('settings/agency', 'settings.agency', shown, { status: problem?.status ?? 200 });
  }
}
