import { z } from 'zod';
import { daySchema } from '../../core/calendar/calendar.schema.js';
import { cursorSchema, pageLimit, wordsView } from '../../platform/http/query.schema.js';
import { kindSchema } from '../../core/settings/plan.schema.js';
import { outcomes, reasons } from './coverage.words.js';

/** Milestones can be told apart by these. */
export const dimensions = ['department', 'kind', 'officer', 'month'] as const;
export type Dimension = (typeof dimensions)[number];

const filterFields = {
  from: daySchema.optional().meta({ description: 'The first day on which they should have been told.' }),
  to: daySchema.optional().meta({ description: 'The last; itself in it.' }),
  departmentId: z.uuid().optional().meta({ description: 'With the departments below it.' }),
  below: z.enum(['no']).optional().meta({ description: 'no: without the departments below it.' }),
  kind: kindSchema.optional(),
  officerId: z
    .union([z.uuid(), z.literal('none')])
    .optional()
    .meta({ description: 'none: contracts that name nobody.' }),
};

export const statisticsSchema = z
  .strictObject({
    ...filterFields,
    groupBy: z
      .array(z.enum(dimensions))
      .max(dimensions.length)
      .refine((all) => new Set(all).size === all.length, 'each once')
      .default([]),
    rollUp: z
      .boolean()
      .default(false)
      .meta({ description: 'Each department’s row holds those below it as well: rows then overlap.' }),
    format: z.enum(['json', 'csv']).default('json'),
  })
  .meta({
    id: 'StatisticsRequest',
    example: { from: '2026-03-01', to: '2026-03-31', groupBy: ['department', 'month'] },
  });
export type StatisticsRequest = z.infer<typeof statisticsSchema>;
export type StatisticsInput = z.input<typeof statisticsSchema>;

const because = z
  .partialRecord(z.enum(reasons), z.int())
  .meta({ description: 'By reason; it adds up to its outcome.' });

const figuresView = z
  .object({
    called: z.int().meta({ description: 'delivered + alerted + partly + missed' }),
    delivered: z.int(),
    alerted: z.int(),
    partly: z.int(),
    missed: z.int(),
    neutral: z.int().meta({ description: 'Of those told, how many by the neutral wording.' }),
    toCome: z.int().meta({ description: 'Not due yet; outside the share.' }),
    share: z.number().nullable().meta({ description: '(delivered + alerted) / called' }),
    partlyBecause: because,
    missedBecause: because,
  })
  .meta({ id: 'CoverageFigures' });
export type Figures = z.infer<typeof figuresView>;

const departmentLabel = z.object({ id: z.uuid(), code: z.string(), name: wordsView });
const officerLabel = z.object({ id: z.uuid(), name: z.string().meta({ description: 'Masked.' }) });

const rowView = z.object({
  department: departmentLabel.optional(),
  kind: kindSchema.optional(),
  officer: officerLabel.nullable().optional().meta({ description: 'null: the contracts name nobody.' }),
  month: z.string().optional(),
  figures: figuresView,
});
export type StatisticsRow = z.infer<typeof rowView>;

export const statisticsView = z
  .object({
    asOf: z.string(),
    groupBy: z.array(z.enum(dimensions)),
    total: figuresView,
    rows: z.array(rowView),
  })
  .meta({ id: 'Statistics' });
export type Statistics = z.infer<typeof statisticsView>;

export const coveredMilestonesQuery = z.strictObject({
  ...filterFields,
  outcome: z.enum([...outcomes, 'to-come']).optional(),
  reason: z.enum(reasons).optional(),
  only: z.enum(['neutral']).optional().meta({ description: 'neutral: those told by the neutral wording.' }),
  format: z.enum(['json', 'csv']).default('json'),
  cursor: cursorSchema.optional(),
  limit: pageLimit,
});
export type CoveredMilestonesQuery = z.infer<typeof coveredMilestonesQuery>;

const milestoneView = z
  .object({
    id: z.uuid(),
    at: z.string().meta({ description: 'When it should have been told, or is to be.' }),
    contract: z.object({ id: z.uuid(), reference: z.string(), title: z.string(), kind: kindSchema }),
    department: departmentLabel,
    officer: officerLabel.nullable(),
    milestone: z.object({ code: z.string(), occurrence: z.int(), name: wordsView.nullable() }),
    outcome: z.enum([...outcomes, 'to-come']),
    outcomeText: wordsView,
    reason: z.enum(reasons).nullable(),
    reasonText: wordsView.nullable(),
    neutral: z.boolean(),
    counterparties: z.int(),
    untold: z.int().meta({ description: 'How many of the counterparties were not told.' }),
  })
  .meta({ id: 'CoveredMilestone' });
export type CoveredMilestone = z.infer<typeof milestoneView>;

export const coveredMilestonesView = z
  .object({ items: z.array(milestoneView), nextCursor: z.string().nullable() })
  .meta({ id: 'CoveredMilestoneList' });
