import { z } from 'zod';
import { cursorSchema, pageLimit, wordsView } from '../../platform/http/query.schema.js';
import { kindSchema } from '../../core/settings/plan.schema.js';
import { contractStates } from '../../core/planning/planning.types.js';

const scopeFields = {
  departmentId: z.uuid().optional().meta({ description: 'With the departments below it.' }),
  officerId: z.uuid().optional().meta({ description: 'Contracts that name this officer.' }),
};

export const workQuery = z.strictObject(scopeFields);
export type WorkQuery = z.infer<typeof workQuery>;

export const workListQuery = z.strictObject({
  ...scopeFields,
  format: z.enum(['json', 'csv']).default('json'),
  cursor: cursorSchema.optional(),
  limit: pageLimit,
});
export type WorkListQuery = z.infer<typeof workListQuery>;

export const workListParam = z.string().regex(/^[a-z][a-z-]{0,40}$/);

const headView = {
  list: z.string(),
  name: wordsView,
  todo: wordsView.meta({ description: 'What to do about each row.' }),
};

const days = z.int().meta({ description: 'Whole days that it has waited, by the service clock.' });

export const workView = z
  .object({
    items: z.array(
      z.object({
        ...headView,
        count: z.int(),
        oldest: z.object({ since: z.string(), days }).nullable(),
      }),
    ),
  })
  .meta({ id: 'Work' });
export type Work = z.infer<typeof workView>;

const rowView = z
  .object({
    id: z.uuid(),
    contract: z
      .object({
        id: z.uuid(),
        reference: z.string(),
        title: z.string(),
        kind: kindSchema,
        state: z.enum(contractStates),
      })
      .nullable(),
    department: z.object({ id: z.uuid(), code: z.string(), name: wordsView }).nullable(),
    officer: z.object({ id: z.uuid(), name: z.string() }).nullable().meta({ description: 'Masked.' }),
    contact: z
      .object({
        id: z.uuid(),
        name: z.string().nullable(),
        role: z.string().nullable(),
        number: z.string().nullable(),
      })
      .nullable()
      .meta({ description: 'Masked.' }),
    since: z.string(),
    days,
    what: wordsView,
    facts: z.record(z.string(), z.unknown()).meta({
      description: 'What the row is about, for programs: a milestone’s code, an import’s id, dates.',
    }),
  })
  .meta({ id: 'WorkRow' });
export type WorkRow = z.infer<typeof rowView>;

export const workListView = z
  .object({ ...headView, items: z.array(rowView), nextCursor: z.string().nullable() })
  .meta({ id: 'WorkList' });
export type WorkListPage = z.infer<typeof workListView>;
