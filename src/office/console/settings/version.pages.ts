import { Get } from '@nestjs/common';
import { z } from 'zod';
import { Allow } from '../../../core/access/rules.js';
import type { Plan } from '../../../core/settings/plan.schema.js';
import { schemasOf } from '../../../core/settings/settings.schema.js';
import { SettingsService } from '../../../core/settings/settings.service.js';
import { placementOf } from '../../../core/texts/template-placement.js';
import { TemplatesService } from '../../../core/texts/templates.service.js';
import { notFound } from '../../../platform/app-error.js';
import { ConsolePage } from '../console-page.js';
import { planLines } from '../example-texts.js';
import { addressOf } from '../form.js';
import { page, Visit, Visiting } from '../visit.js';
import { comparedWords } from './comparing.js';
import { planTitle } from './plan-title.js';
import { TemplateNames } from '../template-names.js';
import './version.words.js';
import { VersionsShown } from './versions-shown.js';

const number = z.coerce.number().int().positive().optional();
const versionsQuery = z.strictObject({ name: z.string().max(120), older: number, newer: number });

/** VersionPages show the versions of a text or a plan, and what differs between two of them. */
@ConsolePage('console/settings/versions')
@Allow('manager', 'admin', 'auditor')
export class VersionPages {
  constructor(
    private readonly settings: SettingsService,
    private readonly templates: TemplatesService,
    private readonly names: TemplateNames,
    private readonly versions: VersionsShown,
  ) {}

  @Get()
  async list(@Visiting() visit: Visit) {
    const { name, older, newer } = visit.query(versionsQuery);
    const all = placementOf(name) ? await this.texts(name) : await this.plans(name);
    const { all: shown } = await this.versions.shown<(typeof all)[number]>(visit, all);
    const [newest] = shown;
    if (!newest) throw notFound('page');
    const after = shown.find(({ version }) => version === newer) ?? newest;
    const before =
      shown.find(({ version }) => version === older) ??
      shown.find(({ version }) => version < after.version) ??
      after;
    return page('settings/versions', 'versions.title', {
      name,
      title: await this.titleOf(name, visit),
      back: placementOf(name)
        ? { href: addressOf('/console/settings/templates/text', { key: name }), text: 'templates.text' }
        : { href: addressOf('/console/settings/plans/plan', { name }), text: 'settings.plans' },
      all: shown,
      choices: shown.map(({ version }) => ({
        value: String(version),
        text: visit.t('versions.one', { version }),
      })),
      older: String(before.version),
      newer: String(after.version),
      compared: before !== after && comparedValues(before.value, after.value, visit),
    });
  }

  private async texts(key: string) {
    return (await this.templates.versions(key)).map((version) => ({ ...version, value: version.body }));
  }

  private async plans(name: string) {
    if (!name.startsWith('plan:') || !schemasOf(name)) throw notFound('page');
    const versions = await this.settings.versions(name);
    return versions
      .filter((version) => version.name === name)
      .map((version) => ({ ...version, value: version.value as Plan }));
  }

  private async titleOf(name: string, visit: Visit): Promise<string> {
    return placementOf(name) ? (await this.names.inWords(visit.locale))(name) : planTitle(name, visit);
  }
}

function comparedValues(before: string | Plan, after: string | Plan, visit: Visit) {
  if (typeof before !== 'string' || typeof after !== 'string')
    return { rows: comparedPlans(before as Plan, after as Plan, visit) };
  const pieces = comparedWords(before, after);
  return {
    sides: [
      { title: 'versions.older', pieces: pieces.filter(({ kind }) => kind !== 'new') },
      { title: 'versions.newer', pieces: pieces.filter(({ kind }) => kind !== 'gone') },
    ],
  };
}

/** Lists the milestones that one plan has and the other has not, and what is another of those that both have. */
function comparedPlans(before: Plan, after: Plan, visit: Visit) {
  const [then, now] = [milestonesOf(before, visit), milestonesOf(after, visit)];
  const rows = [...new Set([...now.keys(), ...then.keys()])].map((code) => {
    const [old, own] = [then.get(code), now.get(code)];
    const how = !old ? 'added' : own ? 'changed' : 'removed';
    const parts = Object.entries(own?.parts ?? old?.parts ?? {}).map(([label]) => ({
      label: visit.t(label),
      before: old?.parts[label] ?? '',
      after: own?.parts[label] ?? '',
    }));
    return { how, name: (own ?? old)?.name, parts: parts.filter((part) => part.before !== part.after) };
  });
  return rows.filter(({ how, parts }) => how !== 'changed' || parts.length > 0);
}

function milestonesOf(plan: Plan, visit: Visit) {
  const lines = planLines(plan, visit.locale);
  const shown = plan.milestones.map(({ code, name, repeat }, i) => {
    const line = lines[i];
    const parts: Record<string, string> = {
      'settings.nameKo': name.ko,
      'settings.nameEn': name.en,
      'planFields.code': code,
      'plans.when': line?.when ?? '',
      'planFields.until': repeat ? visit.t(`planFields.until-${repeat.until}`) : '',
      'plans.hour': line?.hour ?? '',
      'plans.expected': line?.expected ?? '',
      'plans.optional': line?.optional ? visit.t('plans.optional') : '',
    };
    return [code, { name: name[visit.locale], parts }] as const;
  });
  return new Map(shown);
}
