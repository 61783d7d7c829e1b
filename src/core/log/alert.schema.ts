import { z } from 'zod';
import { kindSchema } from '../settings/plan.schema.js';
import { alertStatuses } from '../planning/planning.types.js';
import { cursorSchema, milestoneCode, pageLimit, periodFields, wordsView } from './message.schema.js';

export const alertListQuery = z.strictObject({
  view: z
    .enum(['planned', 'due', 'missed', 'held'])
    .default('planned')
    .meta({ description: 'due: planned, and its time has come by the service clock.' }),
  departmentId: z.uuid().optional().meta({ description: 'With the departments below it.' }),
  contractId: z.uuid().optional(),
  kind: kindSchema.optional(),
  milestone: milestoneCode.optional(),
  ...periodFields,
  cursor: cursorSchema.optional(),
  limit: pageLimit,
});
export type AlertListQuery = z.infer<typeof alertListQuery>;

export const alertView = z
  .object({
    id: z.uuid(),
    dueAt: z.string(),
    status: z.enum(alertStatuses),
    statusText: wordsView,
    reason: z.string().nullable(),
    reasonText: wordsView.nullable(),
    wording: z.enum(['milestone', 'neutral']),
    departmentId: z.uuid(),
    contract: z.object({ id: z.uuid(), reference: z.string(), title: z.string(), kind: kindSchema }),
    milestone: z.object({ code: z.string(), occurrence: z.int(), name: wordsView.nullable() }),
    contact: z.object({
      id: z.uuid(),
      name: z.string().nullable().meta({ description: 'Masked.' }),
      role: z.string().nullable(),
      number: z.string().nullable().meta({ description: 'Masked; null when there is no usable number.' }),
    }),
  })
  .meta({ id: 'Alert' });
export type AlertView = z.infer<typeof alertView>;

export const alertListView = z
  .object({ items: z.array(alertView), nextCursor: z.string().nullable() })
  .meta({ id: 'AlertList' });
