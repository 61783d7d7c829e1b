import type { Anchor, DatedAnchor, Offset, Plan, PlanMilestone } from '../../core/settings/plan.schema.js';
import type { Locale } from '../../platform/words/words.js';
import { translate } from './words/words.js';

export interface PlanLine {
  code: string;
  name: string;
  when: string;
  hour: string;
  expected: string | null;
  optional: boolean;
}

/** A plan as a contractor or an officer reads it. */
export function planLines(plan: Plan, locale: Locale): PlanLine[] {
  return plan.milestones.map((milestone) => ({
    code: milestone.code,
    name: milestone.name[locale],
    when: whenWords(milestone, plan, locale),
    hour: milestone.hour,
    expected: milestone.expectedBy
      ? offsetWords(
          anchorWords(milestone.expectedBy.anchor, plan, locale),
          milestone.expectedBy.offset,
          locale,
        )
      : null,
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
  if (anchor.type === 'milestone') {
    return plan.milestones.find((one) => one.code === anchor.code)?.name[locale] ?? anchor.code;
  }
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
