import type { DatedAnchor, Offset, Plan, PlanMilestone } from './plan.schema.js';
import { settingProblems } from './settings.words.js';

/**
 * Days that a plan may lead away from the dates of a contract, offsets of the milestones in between added up: 20 years.
 * Contracts are of 1990 to 2100, so that every day which is planned has four digits of a year and known holidays.
 */
export const furthestReach = 7320;

/** Days that an offset spans at most. Where every second day is closed, business days take twice as many. */
const longest = { days: 1, 'business-days': 2, months: 31 } as const satisfies Record<Offset['unit'], number>;

/** Throws `plan-too-far`, with every milestone that lies further from a contract's dates than `furthestReach`. */
export function requireNearPlan(plan: Plan): void {
  const far = plan.milestones.flatMap((rule, i) =>
    reachOf(rule, plan) > furthestReach ? [{ code: rule.code, path: `plan.milestones[${i}]` }] : [],
  );
  const [first] = far;
  if (!first) return;
  const years = Math.floor(furthestReach / 366);
  const fields = far.map(({ path }) => settingProblems.field(path, 'plan-too-far.field', { years }));
  throw settingProblems.error('plan-too-far', { code: first.code, years }, { fields });
}

/** Returns the days that a plan leads away from the dates of a contract at most. */
export function reachOfPlan(plan: Plan): number {
  return Math.max(...plan.milestones.map((rule) => reachOf(rule, plan)));
}

function reachOf(rule: PlanMilestone, plan: Plan): number {
  const { expectedBy, offset } = rule;
  const expected = expectedBy ? reachOfAnchor(expectedBy.anchor, plan, []) + spanOf(expectedBy.offset) : 0;
  return Math.max(expected, reachOfDate(rule, plan, []) + spanOf(offset));
}

/** A circle of milestones has no date, and so no reach: `above` are the codes that lead here. */
function reachOfDate(rule: PlanMilestone, plan: Plan, above: string[]): number {
  const anchor = rule.anchor.type === 'occurrence' ? rule.anchor.else : rule.anchor;
  const base =
    !anchor || anchor.type === 'amendment' ? 0 : reachOfAnchor(anchor, plan, [...above, rule.code]);
  return base + spanOf(rule.shift);
}

function reachOfAnchor(anchor: DatedAnchor, plan: Plan, above: string[]): number {
  if (anchor.type !== 'milestone' || above.includes(anchor.code)) return 0;
  const rule = plan.milestones.find((one) => one.code === anchor.code);
  return rule ? reachOfDate(rule, plan, above) : 0;
}

function spanOf(offset: Offset | undefined): number {
  return offset ? Math.abs(offset.amount) * longest[offset.unit] : 0;
}
