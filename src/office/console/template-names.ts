import { Injectable } from '@nestjs/common';
import { numberChanged } from '../../core/settings/plan.schema.js';
import { numberChangedName } from '../../core/settings/settings.words.js';
import { standingOf } from '../../core/settings/beginnings.js';
import { SettingsService } from '../../core/settings/settings.service.js';
import { placementOf, purposeOf, type TemplatePlacement } from '../../core/texts/template-placement.js';
import { TemplatesService } from '../../core/texts/templates.service.js';
import type { Choice } from './visit.js';
import { hasWords, type Locale, translate } from '../../platform/words/words.js';
import './settings/version.words.js';

/** TemplateNames writes in words where templates stand: at which milestone, for which kind of contract, in which language. */
@Injectable()
export class TemplateNames {
  constructor(
    private readonly settings: SettingsService,
    private readonly templates: TemplatesService,
  ) {}

  /** Returns the templates that there are, by their names. */
  async choices(locale: Locale): Promise<Choice[]> {
    const nameOf = await this.inWords(locale);
    const keys = new Set((await this.templates.versions()).map(({ key }) => key));
    const choices = [...keys].map((key) => ({ value: key, text: nameOf(key) }));
    return choices.sort((a, b) => a.text.localeCompare(b.text, locale));
  }

  /** Returns the templates that have all words of a search in their name or their text in force, with the words marked. */
  async search(locale: Locale, sought: string) {
    const words = sought.split(/\s+/).map((word) => word.toLowerCase());
    const [versions, today] = [await this.templates.versions(), await this.settings.today()];
    return (await this.choices(locale)).flatMap(({ value: key, text: name }) => {
      const { inForce } = standingOf(
        versions.filter((version) => version.key === key),
        today,
      );
      const body = inForce?.body ?? '';
      const whole = `${name}\n${body}`.toLowerCase();
      if (!words.every((word) => whole.includes(word))) return [];
      const lines = body.split('\n').map((line) => marked(line, words));
      return [{ key, name: marked(name, words), lines: lines.filter((parts) => parts.length > 1) }];
    });
  }

  /** Returns a function that names a template by its key. A milestone that no plan in force has keeps its code. */
  async inWords(locale: Locale): Promise<(key: string) => string> {
    const plans = await this.settings.plansInForce();
    const milestones = plans.flatMap(({ value: { kind, milestones: own } }) =>
      own.map(({ code, name }) => ({ kind, code, name: name[locale] })),
    );
    const milestoneOf = ({ kind, milestone: code }: TemplatePlacement) => {
      if (code === numberChanged) return numberChangedName[locale];
      if (hasWords(`templates.milestone-${code}`)) return translate(locale, `templates.milestone-${code}`);
      const ofCode = milestones.filter((one) => one.code === code);
      return (ofCode.find((one) => one.kind === kind) ?? ofCode[0])?.name ?? code;
    };
    return (key) => {
      const placement = placementOf(key);
      if (!placement) return key;
      const milestone = milestoneOf(placement);
      return translate(locale, `templates.name-${purposeOf(placement)}`, {
        milestone: milestone.charAt(0).toUpperCase() + milestone.slice(1),
        kind: translate(locale, `templates.kind-${placement.kind}`),
        language: translate(locale, `templates.in-${placement.locale}`),
      });
    };
  }
}

/** Cuts a text into parts, of which every second is one of the words, however they are spelt in capitals. */
function marked(text: string, words: string[]) {
  const anyOf = words.map((word) => word.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&')).join('|');
  return text.split(new RegExp(`(${anyOf})`, 'giu')).map((part, i) => ({ part, isFound: i % 2 === 1 }));
}
