import { z } from 'zod';
import { storedWordsSchema, textWordsSchema } from './words.schema.js';

export const kinds = ['works', 'service', 'goods', 'consignment', 'grant', 'permit'] as const;
export const kindSchema = z.enum(kinds);
export type Kind = z.infer<typeof kindSchema>;

const offsetSchema = z.strictObject({
  /** The distance; a negative one lies before the anchor. */
  amount: z.int().min(-3660).max(3660),
  unit: z.enum(['days', 'business-days', 'months']),
});
export type Offset = z.infer<typeof offsetSchema>;

const datedAnchor = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('signed') }),
  z.strictObject({ type: z.literal('starts') }),
  z.strictObject({ type: z.literal('ends') }),
  /** The anchor lies at a share of the period, 0.5 being its half: starts + ⌊(ends − starts) × of⌋ days. */
  z.strictObject({ type: z.literal('share'), of: z.number().gt(0).lt(1) }),
  /** The anchor is the day on which the contract was completed. */
  z.strictObject({ type: z.literal('completed') }),
  /** The anchor is another milestone's date, that of its first occurrence. */
  z.strictObject({ type: z.literal('milestone'), code: z.string() }),
]);
export type DatedAnchor = z.infer<typeof datedAnchor>;

const anchorSchema = z.discriminatedUnion('type', [
  ...datedAnchor.options,
  /** The anchor is a recorded occurrence; until one is recorded, `else` (when given) dates the first. */
  z.strictObject({ type: z.literal('occurrence'), else: datedAnchor.optional() }),
  /** The anchor is an amendment of the contract, which the service records as an occurrence. */
  z.strictObject({ type: z.literal('amendment') }),
]);
export type Anchor = z.infer<typeof anchorSchema>;

/** The milestone that a former number is told of; no plan may have it. See `FormerNumbers`. */
export const numberChanged = 'number-changed';

export const milestoneCode = z.string().regex(/^[a-z][a-z0-9-]{1,40}$/, 'a code such as final-payment');

/**
 * By which day an occurrence is expected. Where `term` names a statutory one, it goes before the offset as soon as the
 * agency's calendar has terms in force on the anchor's day; null keeps to the offset.
 */
const expectedBySchema = z
  .strictObject({
    anchor: datedAnchor,
    offset: offsetSchema,
    term: z.enum(['inspection', 'payment']).nullable().optional(),
  })
  .overwrite(withTerm);
type ExpectedBy = z.infer<typeof expectedBySchema>;

/** The offsets from the end by which default plans gave the statutory terms before these had a name. */
const formerTerms: Readonly<Record<number, ExpectedBy['term']>> = { 14: 'inspection', 19: 'payment' };

/** Finds the statutory term of a plan that was stored, or is put, without one. */
function withTerm(by: { anchor: DatedAnchor; offset: Offset; term?: ExpectedBy['term'] }) {
  const { anchor, offset, term } = by;
  if (term !== undefined || anchor.type !== 'ends' || offset.unit !== 'days') return by;
  const former = formerTerms[offset.amount];
  return former ? { ...by, term: former } : by;
}

export const planMilestoneSchema = z.strictObject({
  code: milestoneCode,
  name: textWordsSchema,
  anchor: anchorSchema,
  /** The shift leads from the anchor to the milestone's own date; without one it is the anchor's day. */
  shift: offsetSchema.optional(),
  /** The offset leads from the milestone's date to the day of the alert. */
  offset: offsetSchema,
  /** The hour at which the alert is due, in the agency's zone. */
  hour: z
    .string()
    .regex(/^([01]\d|2[0-3]):[0-5]\d$/)
    .default('10:00'),
  /** An optional milestone is planned when it is recorded, and coverage does not ask for it. */
  optional: z.boolean().default(false),
  /** The milestone occurs every so often from the anchor: strictly before `ends`, or to the end of liability, included. */
  repeat: z.strictObject({ every: offsetSchema, until: z.enum(['ends', 'liability-ends']) }).optional(),
  /** An occurrence is overdue from a dated anchor and an offset from it on. */
  expectedBy: expectedBySchema.optional(),
});
export type PlanMilestone = z.infer<typeof planMilestoneSchema>;

export const planSchema = z
  .strictObject({
    kind: kindSchema,
    /** The plan is for contracts of this value and more, in the agency's currency; the plain plan has none. */
    fromAmount: z
      .string()
      .regex(/^\d+(\.\d+)?$/)
      .nullable()
      .default(null),
    milestones: z.array(planMilestoneSchema).min(1).max(40),
  })
  .refine((plan) => new Set(plan.milestones.map((m) => m.code)).size === plan.milestones.length, {
    path: ['milestones'],
    message: 'a milestone code stands once in a plan',
  })
  .refine((plan) => plan.milestones.every((m) => !namesUnknownMilestone(m, plan.milestones)), {
    path: ['milestones'],
    message: 'an anchor names a milestone that this plan does not have, or itself',
  });
export type Plan = z.infer<typeof planSchema>;

/** A plan as it was stored: the names of its milestones are as they were put. */
export const storedPlanSchema = planSchema.safeExtend({
  milestones: z.array(planMilestoneSchema.extend({ name: storedWordsSchema })),
});

function namesUnknownMilestone(milestone: PlanMilestone, all: PlanMilestone[]): boolean {
  const anchors = [milestone.anchor, milestone.expectedBy?.anchor];
  if (milestone.anchor.type === 'occurrence') anchors.push(milestone.anchor.else);
  return anchors.some(
    (a) => a?.type === 'milestone' && (a.code === milestone.code || !all.some((m) => m.code === a.code)),
  );
}
