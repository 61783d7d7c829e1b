import { z } from 'zod';
import { cursorSchema, pageLimit } from '../../platform/http/query.schema.js';
import type { Change } from '../proof/change.entity.js';

/** Changes of these are of the whole agency. An index finds the changes of just these. */
export const agencySubjects = [
  'account',
  'api-key',
  'brake',
  'department',
  'endpoint',
  'officer',
  'proposal',
  'setting',
  'template',
] as const;

export const agencyChangesQuery = z.strictObject({
  /** Of one kind of thing alone. */
  subject: z.enum(agencySubjects).optional(),
  cursor: cursorSchema.optional(),
  limit: pageLimit,
});
export type AgencyChangesQuery = z.infer<typeof agencyChangesQuery>;

export const agencyChange = z
  .object({
    id: z.uuid(),
    at: z.string(),
    actor: z.string(),
    subject: z.enum(agencySubjects),
    subjectId: z.string(),
    what: z.string(),
    params: z.unknown(),
    before: z.unknown(),
    after: z.unknown(),
    reason: z.string().nullable(),
  })
  .meta({ id: 'AgencyChange' });

export type AgencyChangeRow = Pick<
  Change,
  'id' | 'at' | 'actor' | 'subject' | 'subjectId' | 'what' | 'params' | 'before' | 'after' | 'reason'
>;
export type AgencyChange = Omit<AgencyChangeRow, 'at'> & { at: string };
