import { z } from 'zod';
import { textOf } from '../../platform/http/text.schema.js';
import { fatesOfTexts, findings, flagKinds } from '../planning/flag.entity.js';

export const flagsQuery = z.strictObject({ contractId: z.uuid() });
export type FlagsQuery = z.infer<typeof flagsQuery>;

const flagView = z.object({
  id: z.uuid(),
  kind: z.enum(flagKinds),
  at: z.string(),
  actor: z.string(),
  reason: z.string().nullable(),
  approvedBy: z.string().nullable().meta({ description: 'The second person who approved the change.' }),
  departmentId: z.uuid(),
  officerId: z.uuid().nullable(),
  lost: z.array(
    z.object({
      code: z.string(),
      occurrence: z.int(),
      contactId: z.uuid(),
      dueAt: z.string(),
      how: z.enum(fatesOfTexts),
    }),
  ),
  closedAt: z.string().nullable(),
  closedBy: z.string().nullable(),
  finding: z.enum(findings).nullable(),
  note: z.string().nullable(),
});
export type FlagView = z.infer<typeof flagView>;

export const flagListView = z.object({ items: z.array(flagView) }).meta({ id: 'FlagList' });

export const closingBody = z
  .strictObject({
    contractId: z.uuid(),
    kind: z.enum(flagKinds),
    finding: z.enum(findings),
    note: textOf(500),
  })
  .meta({
    id: 'FlagClosing',
    example: {
      contractId: '01996f3e-0000-7000-8000-00000000000a',
      kind: 'number-swapped',
      finding: 'explained',
      note: 'The site manager changed; the company confirmed it.',
    },
  });
export type ClosingBody = z.infer<typeof closingBody>;

export const closedView = z.object({ closed: z.int() }).meta({ id: 'FlagsClosed' });
