import { z } from 'zod';
import { monthSchema } from '../../core/calendar/calendar.schema.js';
import { accessActs } from '../../core/accesses/access.entities.js';
import { cursorSchema, pageLimit } from '../../platform/http/query.schema.js';
import { lineOf, textOf } from '../../platform/http/text.schema.js';

/** Left out, `month` is the one before this, which is to be looked through. */
export const accessesQuery = z.strictObject({
  month: monthSchema.optional(),
  act: z.enum(accessActs).optional(),
  actor: lineOf(200).optional(),
  cursor: cursorSchema.optional(),
  limit: pageLimit,
});
export type AccessesQuery = z.infer<typeof accessesQuery> & { month: string };

export const accessReviewBody = z.strictObject({ month: monthSchema, note: textOf(500) });
export type AccessReviewBody = z.infer<typeof accessReviewBody>;
