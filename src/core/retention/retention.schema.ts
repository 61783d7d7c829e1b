import { z } from 'zod';
import { lineOf, reasonSchema } from '../../platform/http/text.schema.js';
import { keptBy } from './erasing.js';

const number = lineOf(60).meta({ description: 'Whole, as it would be dialled.' });

export const personSearch = z
  .strictObject({ number })
  .meta({ id: 'PersonSearch', example: { number: '010-0000-1234' } });

export const personRequest = z.strictObject({ number, reason: reasonSchema }).meta({
  id: 'PersonRequest',
  example: { number: '010-0000-1234', reason: 'Asked for by letter of 2 March' },
});
export type PersonRequest = z.infer<typeof personRequest>;

export const personView = z
  .object({
    number: z.string().meta({ description: 'Masked.' }),
    contacts: z
      .array(
        z.object({
          id: z.uuid(),
          contractId: z.uuid(),
          reference: z.string(),
          title: z.string(),
          company: z.string(),
          name: z.string().nullable().meta({ description: 'Masked.' }),
          role: z.string().nullable(),
          removed: z.boolean(),
        }),
      )
      .meta({ description: 'The contracts in which the number stands, at most 500.' }),
    messages: z.int().meta({ description: 'Texts that were sent to it.' }),
    alerts: z.int(),
    isStaff: z.boolean().meta({ description: 'It is the number of an officer, which is no part of this.' }),
    kept: z
      .array(z.object({ contractId: z.uuid(), reference: z.string(), why: z.enum(keptBy) }))
      .meta({ description: 'What keeps it from being erased.' }),
  })
  .meta({ id: 'Person' });
export type PersonView = z.infer<typeof personView>;

export const personFile = z
  .object({
    format: z.literal('chorong-person@v1'),
    number: z.string(),
    takenAt: z.string(),
    contacts: z.array(z.record(z.string(), z.unknown())),
    items: z
      .array(z.record(z.string(), z.unknown()))
      .meta({ description: 'The texts that were sent to it.' }),
  })
  .meta({ id: 'PersonFile' });

export const holdBody = z
  .strictObject({ reason: reasonSchema })
  .meta({ id: 'RetentionHoldBody', example: { reason: 'Inquiry 2026-118' } });

export const holdView = z
  .object({ held: z.object({ reason: z.string(), actor: z.string(), at: z.string() }).nullable() })
  .meta({ id: 'RetentionHold' });
