import { Injectable } from '@nestjs/common';
import { Providers } from '../../core/providers/providers.module.js';
import {
  type Anchor,
  type DatedAnchor,
  type Kind,
  kinds,
  numberChanged,
  type Offset,
  type Plan,
  type PlanMilestone,
} from '../../core/settings/plan.schema.js';
import { SettingsService } from '../../core/settings/settings.service.js';
import { numberChangedName } from '../../core/settings/settings.words.js';
import { lengthsOfText } from '../../core/texts/lengths.js';
import { compileTemplate } from '../../core/texts/rendering.js';
import { TemplatesService } from '../../core/texts/templates.service.js';
import { purposeOf, templateKey, type TemplatePlacement } from '../../core/texts/template-placement.js';
import { type TextSubject, VariablesService } from '../../core/texts/variables.service.js';
import type { LocalDate } from '../../core/calendar/calendar.schema.js';
import { type Locale, translate, type Words } from '../../platform/words/words.js';
import './genuine.words.js';

const samples: Record<Kind, { ko: string; en: string }> = {
  works: { ko: '중앙로 보도정비공사', en: 'Jungang-ro pavement works' },
  service: { ko: '청사 청소용역', en: 'Cleaning of the city hall' },
  goods: { ko: '사무용 의자 구매', en: 'Office chairs' },
  consignment: { ko: '복지관 위탁운영', en: 'Running of the welfare centre' },
  grant: { ko: '마을축제 보조사업', en: 'Village festival' },
  permit: { ko: '도로점용 허가', en: 'Use of a road' },
};

/** ExampleTexts are the texts in force as a recipient would read them, of an invented contract. */
@Injectable()
export class ExampleTexts {
  constructor(
    private readonly providers: Providers,
    private readonly settings: SettingsService,
    private readonly templates: TemplatesService,
    private readonly variables: VariablesService,
  ) {}

  async textsIn(locale: Locale) {
    const inForce = await this.templates.inForce();
    const variables = await this.variables.from(this.providers.forSending.sender);
    const date = await this.settings.today();
    const ofKinds = [];
    for (const kind of kinds) {
      const { value: plan } = (await this.settings.plansFor(kind)).plain;
      const beside = { code: numberChanged, name: numberChangedName, wording: 'milestone' as const };
      // An agency that has not accepted it yet has no text for a former number.
      const all = inForce.serves({ locale, kind, milestone: numberChanged, wording: 'milestone' })
        ? [...wordingsOf(plan), beside]
        : wordingsOf(plan);
      const texts = all.map(({ code, name, wording }) => {
        const template = inForce.choose({ locale, kind, milestone: code, wording });
        const subject = subjectOf({ locale, kind, wording }, name, date);
        const text = compileTemplate(template.body)(variables.milestone(subject));
        const own = templateKey({ locale, kind, milestone: code, wording });
        return { name: name[locale], wording, text, lengths: lengthsOfText(text), key: template.key, own };
      });
      ofKinds.push({ kind, plan, texts });
    }
    return ofKinds;
  }

  /** Makes the text of a body at a place. Throws when the body wants what the place does not have. */
  async exampleOf(placement: TemplatePlacement, body: string) {
    const { locale, milestone: code } = placement;
    const date = await this.settings.today();
    const variables = await this.variables.from(this.providers.forSending.sender);
    const plans = await Promise.all(kinds.map((one) => this.settings.plansFor(one)));
    const found = plans
      .flatMap(({ plain: { value } }) =>
        value.milestones.map(({ name, ...one }) => ({ ...one, kind: value.kind, name })),
      )
      .filter((one) => one.code === code || code === 'default')
      .find(({ kind }) => placement.kind === 'any' || kind === placement.kind);
    const kind = found?.kind ?? (placement.kind === 'any' ? 'works' : placement.kind);
    const subject = subjectOf({ ...placement, kind }, found?.name ?? numberChangedName, date);
    const text = compileTemplate(body)(
      purposeOf(placement) === 'digest'
        ? variables.digest(locale, { count: 3, day: date, first: subject })
        : variables.milestone(subject),
    );
    return { reference: subject.reference, title: subject.title, text, lengths: lengthsOfText(text) };
  }

  /** The senders that new texts may come from, that of the examples first. */
  get senders(): string[] {
    const { carriers, forSending } = this.providers;
    return [...new Set([forSending, ...carriers].map(({ sender }) => sender))];
  }
}

/** Invents a contract that a text is about. */
function subjectOf(
  { locale, kind, wording }: Pick<TemplatePlacement, 'locale' | 'wording'> & { kind: Kind },
  milestoneName: Words,
  date: LocalDate,
): TextSubject {
  return {
    locale,
    kind,
    reference: `C-${date.slice(0, 4)}-0143`,
    signedOn: date,
    title: samples[kind][locale],
    departmentName: locale === 'ko' ? '담당부서' : 'Department',
    departmentNameEn: null,
    milestoneName,
    date: wording === 'neutral' ? null : date,
  };
}

/** Lists what is sent of a plan: each milestone, and, where one is expected by a day, its neutral wording too. */
function wordingsOf({ milestones }: Plan) {
  return milestones.flatMap(({ code, name, expectedBy }) =>
    (['milestone', 'neutral'] as const)
      .filter((wording) => wording === 'milestone' || expectedBy)
      .map((wording) => ({ code, name, wording })),
  );
}

/** Writes a plan as a contractor or an officer reads it. */
export function planLines(plan: Plan, locale: Locale) {
  const dayWords = ({ anchor, offset, term }: NonNullable<PlanMilestone['expectedBy']>) => {
    const other = offsetWords(anchorWords(anchor, plan, locale), offset, locale);
    return term ? translate(locale, `plans.term-${term}`, { other }) : other;
  };
  return plan.milestones.map((milestone) => ({
    code: milestone.code,
    name: milestone.name[locale],
    when: whenWords(milestone, plan, locale),
    hour: milestone.hour,
    expected: milestone.expectedBy && dayWords(milestone.expectedBy),
    optional: milestone.optional,
  }));
}

function whenWords({ anchor, shift, offset, repeat }: PlanMilestone, plan: Plan, locale: Locale): string {
  const own = anchorWords(anchor, plan, locale);
  const from = shift ? offsetWords(own, shift, locale) : own;
  const words = offsetWords(from, offset, locale);
  if (!repeat) return words;
  const every = translate(locale, `plans.unit-${repeat.every.unit}`, { count: repeat.every.amount });
  return `${words}, ${translate(locale, 'plans.repeated', { every })}`;
}

function anchorWords(anchor: Anchor | DatedAnchor, plan: Plan, locale: Locale): string {
  if (anchor.type === 'milestone')
    return plan.milestones.find((one) => one.code === anchor.code)?.name[locale] ?? anchor.code;
  if (anchor.type === 'share')
    return translate(locale, 'plans.anchor-share', { percent: Math.round(anchor.of * 100) });
  const words = translate(locale, `plans.anchor-${anchor.type}`);
  if (anchor.type !== 'occurrence' || !anchor.else) return words;
  return translate(locale, 'plans.anchor-else', {
    anchor: words,
    other: anchorWords(anchor.else, plan, locale),
  });
}

function offsetWords(anchor: string, { amount, unit }: Offset, locale: Locale): string {
  if (amount === 0) return translate(locale, 'plans.same', { anchor });
  const way = amount > 0 ? 'after' : 'before';
  if (unit === 'business-days' && Math.abs(amount) === 1)
    return translate(locale, `plans.${way}-business-day`, { anchor });
  return translate(locale, `plans.${way}-${unit}`, { anchor, count: Math.abs(amount) });
}
