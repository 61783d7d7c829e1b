import { z } from 'zod';
import { dimensions } from '../../coverage/coverage-figures.js';
import { kindSchema } from '../../../core/settings/plan.schema.js';

/** What the address of the page says. */
export const coveragePageQuery = z.strictObject({
  from: z.iso.date().optional(),
  to: z.iso.date().optional(),
  departmentId: z.uuid().optional(),
  kind: kindSchema.optional(),
  officerId: z.union([z.uuid(), z.literal('none')]).optional(),
  groupBy: z.enum(dimensions).default('department'),
  rollUp: z.literal('on').optional(),
  csv: z.enum(['table', 'heat']).optional(),
});

/** With its period settled. */
export type CoverageAsked = Omit<z.infer<typeof coveragePageQuery>, 'csv'> & { from: string; to: string };
