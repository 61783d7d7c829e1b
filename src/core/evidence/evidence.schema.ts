import { z } from 'zod';
import { reasonSchema } from '../../platform/http/text.schema.js';
import { kindSchema } from '../settings/plan.schema.js';

const opening = z
  .object({
    path: z
      .string()
      .meta({ description: 'Where the commitment stands in the body, such as `after.commitment`.' }),
    salt: z.string().meta({ description: 'Hex.' }),
    value: z.string().meta({ description: 'The commitment is SHA-256 of the salt and this in UTF-8.' }),
  })
  .meta({ description: 'What a commitment in the body of a leaf stands for.' });
export type Opening = z.infer<typeof opening>;

const evidenceItem = z.object({
  index: z
    .int()
    .nullable()
    .meta({ description: 'Its place in the log; null until it is numbered, a second later.' }),
  leaf: z.object({ id: z.uuid(), kind: z.string(), subject: z.string(), body: z.unknown() }),
  salt: z.string().nullable().meta({ description: 'Hex. Null: from before the log was public.' }),
  openings: z.array(opening),
  number: z.string().optional().meta({ description: 'To whom a message went, masked.' }),
  erased: z.literal(true).optional().meta({
    description: 'The personal data that the leaf commits to was destroyed; a leaf `erased` says why.',
  }),
  proof: z
    .string()
    .nullable()
    .meta({ description: 'A proof of C2SP’s tlog-proof; null while no checkpoint covers the entry.' }),
});
export type EvidenceItem = z.infer<typeof evidenceItem>;

export const evidenceHead = z.object({
  format: z.literal('chorong-evidence@v1'),
  contract: z.object({ id: z.uuid(), reference: z.string(), title: z.string(), kind: kindSchema }),
  takenAt: z.string(),
  numbersAreOpen: z.boolean(),
});
export type EvidenceHead = z.infer<typeof evidenceHead>;

export const evidenceView = evidenceHead
  .extend({ items: z.array(evidenceItem).meta({ description: 'In the order of the log.' }) })
  .meta({ id: 'EvidencePack' });

export const openingSchema = z
  .strictObject({ reason: reasonSchema })
  .meta({ id: 'EvidenceOpening', example: { reason: 'Complaint 2026-118: who was texted' } });
export type OpeningBody = z.infer<typeof openingSchema>;
