import { Body, Get, Post, Req } from '@nestjs/common';
import type { Caller } from '../../../core/access/roles.js';
import { Allow, CurrentCaller } from '../../../core/access/rules.js';
import type { PageRequest } from '../../accounts/page-request.js';
import { type ReportingChannels, reportingChannelsSchema } from '../../../core/settings/settings.schema.js';
import { SettingsService } from '../../../core/settings/settings.service.js';
import { ConsolePage } from '../console-page.js';
import { contactChoices } from '../contracts/form-choices.js';
import { Form, parsed } from '../form.js';
import { type PageAnswer, page, redirect } from '../page.js';
import { PageWriter } from '../page-writer.js';
import type { ShownProblem } from '../problem-words.js';
import { translate } from '../words/words.js';
import { SettingInForce } from './versioned.js';

type Channel = ReportingChannels['channels'][number];

const path = '/console/settings/channels';

/** Where recipients are told to report: each change of one channel is a version of all. */
@ConsolePage('console/settings/channels')
@Allow('admin')
export class ChannelsPages {
  constructor(
    private readonly settings: SettingsService,
    private readonly inForce: SettingInForce,
    private readonly writer: PageWriter,
  ) {}

  @Get()
  @Allow('admin', 'auditor')
  list(@Req() request: PageRequest, @CurrentCaller() caller: Caller): Promise<PageAnswer> {
    return this.shown(request, caller);
  }

  /** `place` is that of the channel in the list, or the list's end for a new one; `take` takes it off. */
  @Post()
  async save(
    @Req() request: PageRequest,
    @CurrentCaller() caller: Caller,
    @Body() body: unknown,
  ): Promise<PageAnswer> {
    const form = new Form(body);
    try {
      const { value } = await this.settings.reportingChannels();
      const place = Number(form.text('place') ?? value.channels.length);
      const channels: unknown[] = [...value.channels];
      if (form.has('take')) channels.splice(place, 1);
      else channels[place] = channelOf(form);
      const reason = form.text('reason') ?? null;
      await this.settings.put(
        caller,
        'reporting-channels',
        parsed(reportingChannelsSchema, { channels }),
        reason,
      );
      return redirect(path, 'settings-saved');
    } catch (error) {
      return this.shown(request, caller, await this.writer.problem(request, error));
    }
  }

  private async shown(request: PageRequest, caller: Caller, problem?: ShownProblem): Promise<PageAnswer> {
    const locale = await this.writer.localeOf(request);
    const setting = await this.inForce.of<ReportingChannels>('reporting-channels', locale);
    const kinds = (['telephone', 'website', 'office'] as const).map((kind) => ({
      value: kind,
      text: translate(locale, `settings.kind-${kind}`),
    }));
    const channels = setting.value.channels.map((channel, place) => ({
      ...channel,
      place,
      speaksKo: channel.languages.includes('ko'),
      speaksEn: channel.languages.includes('en'),
    }));
    const shown = {
      setting,
      channels,
      kinds,
      problem,
      blank: { place: channels.length, kind: 'telephone', speaksKo: true },
      mayChange: caller.role === 'admin',
      ...contactChoices(locale),
    };
    return page('settings/channels', 'settings.channels', shown, { status: problem?.status ?? 200 });
  }
}

function channelOf(form: Form): Record<keyof Channel, unknown> {
  const hours = { ko: form.text('hoursKo'), en: form.text('hoursEn') };
  return {
    name: { ko: form.text('nameKo'), en: form.text('nameEn') },
    address: form.text('address'),
    kind: form.text('kind'),
    hours: hours.ko === undefined && hours.en === undefined ? null : hours,
    languages: (['ko', 'en'] as const).filter((language) => form.has(`speaks-${language}`)),
    anonymous: form.has('anonymous'),
  };
}
