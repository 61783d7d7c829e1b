import { Injectable } from '@nestjs/common';
import type { Caller } from '../../../core/access/roles.js';
import { DepartmentsService } from '../../../core/departments/departments.service.js';
import { OfficersService } from '../../../core/departments/officers.service.js';
import type { EffectView } from '../../imports/import.schema.js';
import { kinds } from '../../../core/settings/plan.schema.js';
import { SettingsService } from '../../../core/settings/settings.service.js';
import { nameIn } from '../choices.js';
import { dayText, numberText } from '../formats.js';
import type { Locale } from '../../../platform/words/words.js';
import { hasWords, translate } from '../words/words.js';
import { resultTones } from './import-tones.js';

interface Names {
  departments: Map<string, string>;
  officers: Map<string, string>;
  milestones: Map<string, string>;
}

type Value = EffectView['changes'][number]['from'];

/** What an import does to each contract, in the reader's words. */
@Injectable()
export class EffectsShown {
  constructor(
    private readonly departments: DepartmentsService,
    private readonly officers: OfficersService,
    private readonly settings: SettingsService,
  ) {}

  async of(caller: Caller, effects: EffectView[], locale: Locale) {
    const names = await this.namesFor(caller, effects, locale);
    return effects.map((effect) => ({
      ...effect,
      tone: resultTones[effect.result],
      // What the preview had said is worth a word only where it came otherwise.
      otherwise: effect.previewed !== null && effect.previewed !== effect.result ? effect.previewed : null,
      isFolded: effect.result === 'created' && effect.changes.length > 3,
      changes: effect.changes.map(({ field, from, to }) => ({
        name: fieldText(field, names, locale),
        from: valueText(field, from, names, locale),
        to: valueText(field, to, names, locale),
      })),
    }));
  }

  private async namesFor(caller: Caller, effects: EffectView[], locale: Locale): Promise<Names> {
    const fields = new Set(effects.flatMap((effect) => effect.changes.map((change) => change.field)));
    const occurred = [...fields].some((field) => field.startsWith('occurrence.'));
    const departments = fields.has('departmentId') ? await this.departments.list(caller) : [];
    const officers = fields.has('officerId') ? await this.officers.named(caller) : [];
    return {
      departments: new Map(departments.map((one) => [one.id, nameIn(one, locale)])),
      officers: new Map(officers.map(({ id, name }) => [id, name])),
      milestones: occurred ? await this.milestones(locale) : new Map<string, string>(),
    };
  }

  private async milestones(locale: Locale): Promise<Map<string, string>> {
    const plans = await Promise.all(kinds.map((kind) => this.settings.plansFor(kind)));
    return new Map(
      plans.flatMap(({ plain }) =>
        plain.value.milestones.map(({ code, name }) => [code, name[locale]] as const),
      ),
    );
  }
}

function fieldText(field: string, { milestones }: Names, locale: Locale): string {
  const key = `importFields.${field}`;
  if (hasWords(key)) return translate(locale, key);
  const code = field.replace(/^occurrence\./, '');
  return `${translate(locale, 'importFields.occurrence')}: ${milestones.get(code) ?? code}`;
}

function valueText(
  field: string,
  value: Value,
  { departments, officers }: Names,
  locale: Locale,
): string | null {
  if (value === null || value === '') return null;
  const text = String(value);
  if (field === 'departmentId') return departments.get(text) ?? translate(locale, 'common.unknown');
  if (field === 'officerId') return officers.get(text) ?? translate(locale, 'common.unknown');
  if (field === 'state' || field === 'resumesTo')
    return hasWords(`states.${text}`) ? translate(locale, `states.${text}`) : text;
  if (field === 'amount') return numberText(text, locale);
  return /^\d{4}-\d{2}-\d{2}$/.test(text) && field !== 'title' ? dayText(text, locale) : text;
}
