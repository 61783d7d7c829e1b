import { z } from 'zod';
import { cursorSchema, pageLimit, wordsView } from '../../platform/http/query.schema.js';
import { dryRunQuery } from '../contracts/contract.schema.js';
import { alertStatuses } from '../planning/planning.types.js';

export const calendarQuery = dryRunQuery.extend({ cursor: cursorSchema.optional(), limit: pageLimit });
export type CalendarPreviewQuery = Pick<z.infer<typeof calendarQuery>, 'cursor' | 'limit'>;

export const calendarPreviewView = z
  .object({
    counts: z.object({
      contracts: z
        .int()
        .meta({ description: 'Contracts under way that were looked at, from the cursor on.' }),
      moved: z.int(),
      added: z.int(),
      cancelled: z.int(),
      complete: z
        .boolean()
        .meta({ description: 'False when there was no time for all: there are more than these.' }),
    }),
    items: z.array(
      z.object({
        how: z.enum(['moved', 'added', 'cancelled']),
        contract: z.object({ id: z.uuid(), reference: z.string() }),
        milestone: z.object({ code: z.string(), occurrence: z.int(), name: wordsView.nullable() }),
        contact: z
          .object({ id: z.uuid(), name: z.string().nullable(), number: z.string().nullable() })
          .meta({ description: 'Masked.' }),
        from: z.object({ dueAt: z.string(), status: z.enum(alertStatuses) }).nullable(),
        to: z.object({ dueAt: z.string(), status: z.enum(alertStatuses), reason: z.string().nullable() }),
      }),
    ),
    nextCursor: z.string().nullable(),
  })
  .meta({ id: 'CalendarPreview' });
export type CalendarPreviewView = z.infer<typeof calendarPreviewView>;
