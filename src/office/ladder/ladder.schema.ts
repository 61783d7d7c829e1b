import { z } from 'zod';
import { cursorSchema, pageLimit, wordsView } from '../../platform/http/query.schema.js';
import { textOf } from '../../platform/http/text.schema.js';

/** These learn of what waits: those responsible at once, auditors after a while, the head of audit last. */
export const ladderSteps = ['responsible', 'audit', 'head'] as const;
export type LadderStepName = (typeof ladderSteps)[number];

export const ladderStates = ['open', 'acknowledged', 'resolved'] as const;

export const ladderQuery = z.strictObject({
  step: z.enum(['audit', 'head']).optional(),
  state: z.enum(ladderStates).default('open'),
  departmentId: z.uuid().optional().meta({ description: 'With the departments below it.' }),
  cursor: cursorSchema.optional(),
  limit: pageLimit,
});
export type LadderQuery = z.infer<typeof ladderQuery>;

export const acknowledgeBody = z.strictObject({ note: textOf(500) }).meta({
  id: 'LadderAcknowledgement',
  example: { note: 'Called the department: it is recorded by Friday' },
});
export type AcknowledgeBody = z.infer<typeof acknowledgeBody>;

const stepView = z
  .object({
    id: z.uuid(),
    list: z.string(),
    name: wordsView,
    step: z.enum(ladderSteps),
    day: z.string().meta({ description: 'On which it came to this step.' }),
    waitingSince: z.string().meta({ description: 'The day on which those responsible were told.' }),
    climbed: z
      .array(z.object({ step: z.enum(ladderSteps), day: z.string() }))
      .meta({ description: 'The steps that it came to, from those responsible on.' }),
    contract: z.object({ id: z.uuid(), reference: z.string(), title: z.string() }).nullable(),
    department: z.object({ id: z.uuid(), code: z.string(), name: wordsView }).nullable(),
    acknowledged: z
      .object({ at: z.string(), by: z.string(), note: z.string() })
      .nullable()
      .meta({ description: 'Who took note of it, so that it climbs no further.' }),
    resolvedAt: z.string().nullable(),
  })
  .meta({ id: 'LadderStep' });
export type LadderStepView = z.infer<typeof stepView>;

export const ladderView = z
  .object({ items: z.array(stepView), nextCursor: z.string().nullable() })
  .meta({ id: 'Ladder' });
