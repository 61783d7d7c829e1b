import { Get, Post } from '@nestjs/common';
import { z } from 'zod';
import type { Role } from '../../../core/access/roles.js';
import { Allow } from '../../../core/access/rules.js';
import { AgencyNumbers } from '../../../core/settings/agency-numbers.js';
import {
  type Agency,
  agencyBody,
  channelsBody,
  type ReportingChannels,
} from '../../../core/settings/settings.schema.js';
import { SettingActs } from '../../../core/settings/setting-acts.js';
import { SettingsService } from '../../../core/settings/settings.service.js';
import { AccountRecords } from '../../accounts/account-records.js';
import { contactChoices } from '../choices.js';
import { ConsolePage } from '../console-page.js';
import { actorText } from '../contracts/history.js';
import { planLines } from '../example-texts.js';
import type { Form } from '../form.js';
import { page, redirect, redirectAfter, ShownAgainBy, Visit, Visiting } from '../visit.js';
import './settings.words.js';
import { TemplateNames } from '../template-names.js';
import { answerSchema, type Offer } from '../../../core/setup/defaults.schema.js';
import { DefaultsService } from '../../../core/setup/defaults.service.js';
import { Id } from '../../../platform/http/query.schema.js';

const path = '/console/settings';

/** The pages below `/console/settings/`, with who finds them there: also those who only read one. */
const places: { key: string; roles: Role[] }[] = [
  { key: 'people', roles: ['admin'] },
  { key: 'departments', roles: ['admin'] },
  { key: 'hand-over', roles: ['manager', 'admin'] },
  { key: 'agency', roles: ['admin', 'auditor'] },
  { key: 'calendar', roles: ['admin', 'auditor'] },
  { key: 'channels', roles: ['admin', 'auditor'] },
  { key: 'plans', roles: ['manager', 'admin', 'auditor'] },
  { key: 'templates', roles: ['manager', 'admin', 'auditor'] },
  { key: 'defaults', roles: ['admin', 'auditor'] },
  { key: 'brakes', roles: ['admin', 'auditor'] },
  { key: 'keys', roles: ['admin'] },
  { key: 'retention', roles: ['admin', 'auditor'] },
  { key: 'personal-data', roles: ['admin', 'auditor'] },
  { key: 'history', roles: ['admin', 'auditor'] },
];

/** These settings have a form, by the last part of its address. */
const settingAt = { agency: 'agency', channels: 'reporting-channels' } as const;

/** SettingsPages show where settings are found. */
@ConsolePage('console/settings')
@Allow('manager', 'admin', 'auditor')
export class SettingsPages {
  @Get()
  places(@Visiting() { caller }: Visit) {
    const own = places
      .filter(({ roles }) => roles.includes(caller.role))
      .map(({ key }) => ({ key, lead: `settings.${key}Lead`, title: `settings.${key}` }));
    return page('settings/places', 'navigation.settings', { places: own });
  }
}

/** SettingFormPages are the settings that admins change: each change is a version of the whole setting, with who made it and why. */
@ConsolePage('console/settings')
@Allow('admin')
export class SettingFormPages {
  constructor(
    private readonly settings: SettingsService,
    private readonly acts: SettingActs,
    private readonly numbers: AgencyNumbers,
    private readonly names: AccountRecords,
  ) {}

  @Get('agency')
  @Allow('admin', 'auditor')
  async agency(@Visiting() visit: Visit) {
    const inForce = await this.inForce<Agency>(visit, 'agency');
    const { name, linkDomains, prices, rehearsal, ...plain } = inForce.setting.value;
    const texts = Object.entries(plain).map(([field, value]) => [field, String(value)]);
    visit.fill({
      ...(Object.fromEntries(texts) as Record<keyof typeof plain, string>),
      nameKo: name.ko,
      nameEn: name.en,
      linkDomains: linkDomains.join('\n'),
      priceSms: String(prices.sms ?? ''),
      priceLms: String(prices.lms ?? ''),
      pricePart: String(prices.part ?? ''),
      rehearsalOn: rehearsal.on ? 'on' : '',
      publishesContracts: plain.publishesContracts ? 'on' : '',
      requiresSecondFactor: plain.requiresSecondFactor ? 'on' : '',
      listsRegister: plain.listsRegister ? 'on' : '',
    });
    return page('settings/agency', 'settings.agency', {
      ...visit.shown,
      ...inForce,
      numbers: rehearsal.numbers.map(({ masked }) => masked).join(', ') || '–',
      ...contactChoices(visit),
      koreanTexts: visit.choices('settings.koreanTexts-', ['short', 'long']),
      referenceLetters: visit.choices('settings.referenceLetters-', ['latin', 'any']),
    });
  }

  @Post('agency')
  @ShownAgainBy('agency')
  async saveAgency(@Visiting() visit: Visit) {
    const { reason, ...input } = visit.form.read(agencyBody, agencyFields(visit.form));
    const agency = await this.numbers.indexed(input);
    // Numbers of a rehearsal are kept as blind indexes: a blank list leaves those there are.
    if (input.rehearsal.numbers.length === 0)
      agency.rehearsal.numbers = (await this.settings.agency()).value.rehearsal.numbers;
    return this.save(visit, 'agency', agency, reason);
  }

  @Get('channels')
  @Allow('admin', 'auditor')
  async channels(@Visiting() visit: Visit) {
    const inForce = await this.inForce<ReportingChannels>(visit, 'channels');
    const channels = inForce.setting.value.channels.map((channel, place) => ({
      ...channel,
      place,
      speaksKo: channel.languages.includes('ko'),
      speaksEn: channel.languages.includes('en'),
    }));
    return page('settings/channels', 'settings.channels', {
      ...inForce,
      channels,
      kinds: visit.choices('settings.kind-', ['telephone', 'website', 'office']),
      problem: visit.shown.problem,
      blank: { place: channels.length, kind: 'telephone', speaksKo: true },
    });
  }

  /** `place` is that of the channel in the list, or the list's end for a new one; `take` takes it off. */
  @Post('channels')
  @ShownAgainBy('channels')
  async saveChannel(@Visiting() visit: Visit) {
    const { form } = visit;
    const { value } = await this.settings.reportingChannels();
    const end = value.channels.length;
    const take = form.has('take');
    const placeSchema = z.object({ place: z.int().max(take ? end - 1 : end) });
    const { place } = form.read(placeSchema, { place: form.whole('place') ?? (take ? undefined : end) });
    const channels: unknown[] = [...value.channels];
    channels.splice(place, 1, ...(take ? [] : [channelOf(form)]));
    const { reason, ...wanted } = form.read(channelsBody, { channels });
    return this.save(visit, 'channels', wanted, reason);
  }

  private async save(
    { caller }: Visit,
    place: keyof typeof settingAt,
    value: unknown,
    reason?: string | null,
  ) {
    const put = await this.acts.put(caller, settingAt[place], value, reason);
    return redirectAfter(put, `${path}/${place}`, 'settings-saved');
  }

  /** Reads the version in force with who made it; an auditor only reads it. */
  private async inForce<T>({ caller, locale }: Visit, place: keyof typeof settingAt) {
    const setting = await this.settings.inForce<T>(settingAt[place]);
    const who = actorText(setting.actor, await this.names.namesOfActors([setting.actor]), locale);
    return { setting: { ...setting, who }, mayChange: caller.role === 'admin' };
  }
}

function agencyFields(form: Form) {
  const numberOf = (name: string) => Number(form.text(name) ?? NaN);
  const priceOf = (name: string) => (form.has(name) ? numberOf(name) : null);
  return {
    name: { ko: form.text('nameKo'), en: form.text('nameEn') },
    graceHours: numberOf('graceHours'),
    lateDays: numberOf('lateDays'),
    digestFrom: numberOf('digestFrom'),
    importAskAbove: numberOf('importAskAbove'),
    callShare: numberOf('callShare'),
    failureShare: numberOf('failureShare'),
    koreanTexts: form.text('koreanTexts'),
    referenceLetters: form.text('referenceLetters'),
    publishesContracts: form.has('publishesContracts'),
    requiresSecondFactor: form.has('requiresSecondFactor'),
    listsRegister: form.has('listsRegister'),
    prices: { sms: priceOf('priceSms'), lms: priceOf('priceLms'), part: priceOf('pricePart') },
    linkDomains: form.lines('linkDomains'),
    rehearsal: { on: form.has('rehearsalOn'), numbers: form.lines('rehearsalNumbers') },
  };
}

function channelOf(form: Form): Record<keyof ReportingChannels['channels'][number], unknown> {
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

const defaultsPath = '/console/settings/defaults';
const allSchema = answerSchema.extend({ offers: z.array(z.uuid()).min(1).max(500) });
const stepSchema = answerSchema.extend({ step: z.enum(['accept', 'decline']) });

/** DefaultsPages show plans and texts of a newer release beside those in force, to be accepted or declined. */
@ConsolePage('console/settings/defaults')
@Allow('admin')
export class DefaultsPages {
  constructor(
    private readonly defaults: DefaultsService,
    private readonly names: AccountRecords,
    private readonly templates: TemplateNames,
  ) {}

  @Get()
  @Allow('admin', 'auditor')
  async list(@Visiting() visit: Visit) {
    const offers = await this.defaults.offers();
    const template = await this.templates.inWords(visit.locale);
    const names = await this.names.namesOfActors(offers.flatMap(({ inForce }) => inForce?.actor ?? []));
    return page('settings/defaults', 'settings.defaults', {
      problem: visit.shown.problem,
      mayChange: visit.caller.role === 'admin',
      all: offers.length > 1 && offers.map(({ id }) => id).join(','),
      offers: offers.map((offer) => ({
        id: offer.id,
        title: titleOf(offer, visit, template),
        inForce: offer.inForce && {
          version: offer.inForce.version,
          who: actorText(offer.inForce.actor, names, visit.locale),
          ...contentOf(offer.inForce.value, visit),
        },
        offered: contentOf(offer.value, visit),
      })),
    });
  }

  @Post()
  @ShownAgainBy('list')
  async acceptAll(@Visiting() { caller, form }: Visit) {
    const { offers, reason = null } = form.read(allSchema, { offers: form.text('offers')?.split(',') });
    await this.defaults.acceptAll(caller, offers, reason);
    return redirect(defaultsPath, 'defaults-accepted');
  }

  @Post(':id')
  @ShownAgainBy('list')
  async answer(@Visiting() { caller, form }: Visit, @Id() id: string) {
    const { step, reason = null } = form.read(stepSchema);
    if (step === 'accept') {
      await this.defaults.accept(caller, id, reason);
      return redirect(defaultsPath, 'default-accepted');
    }
    await this.defaults.decline(caller, id, reason);
    return redirect(defaultsPath, 'default-declined');
  }
}

function titleOf({ name, value }: Offer, visit: Visit, template: (key: string) => string): string {
  return typeof value === 'string'
    ? visit.t('defaults.template', { name: template(name) })
    : visit.t('defaults.plan', { kind: { word: `kinds.${value.kind}` } });
}

function contentOf(value: Offer['value'], visit: Visit) {
  return typeof value === 'string' ? { body: value } : { lines: planLines(value, visit.locale) };
}
