import { z } from 'zod';
import { lengthsView } from '../texts/template.schema.js';
import { localeSchema } from '../texts/variables.service.js';
import { milestoneCode } from './message.schema.js';

export const previewSchema = z
  .strictObject({
    contractId: z.uuid(),
    milestone: milestoneCode,
    occurrence: z.int().min(1).default(1),
    wording: z
      .enum(['milestone', 'neutral'])
      .optional()
      .meta({ description: 'As planned for the milestone, when it is not given.' }),
    locale: localeSchema.optional().meta({ description: 'The agency’s, when it is not given.' }),
    body: z
      .string()
      .max(20_000)
      .optional()
      .meta({ description: 'A draft to show in place of the template in force; it is checked first.' }),
  })
  .meta({
    id: 'TextPreview',
    example: { contractId: '01996f3e-0000-7000-8000-000000000001', milestone: 'final-payment', locale: 'en' },
  });
export type PreviewBody = z.infer<typeof previewSchema>;

export const previewView = z
  .object({
    text: z.string(),
    key: z.string(),
    version: z.int().nullable().meta({ description: 'Null: a draft.' }),
    dateAssumed: z
      .boolean()
      .meta({ description: 'The milestone has no date yet, and the text shows today’s in its place.' }),
    lengths: lengthsView,
  })
  .meta({ id: 'TextPreviewed' });
export type PreviewView = z.infer<typeof previewView>;
