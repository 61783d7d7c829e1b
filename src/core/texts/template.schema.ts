import { z } from 'zod';
import { reasonSchema } from '../../platform/http/text.schema.js';
import { kinds } from '../settings/plan.schema.js';
import { beginningView, fromOnSchema } from '../settings/settings.schema.js';
import { localeSchema } from './variables.service.js';

const wordings = ['milestone', 'neutral'] as const;

/** Far above the limit of a template, which the check explains. */
const longestBody = 20_000;

export const templatesQuery = z.strictObject({ key: z.string().max(120).optional() });

export const newTemplateSchema = z
  .strictObject({
    locale: localeSchema,
    kind: z.enum([...kinds, 'any']),
    milestone: z
      .string()
      .regex(/^[a-z][a-z0-9-]{1,40}$/, 'a code such as final-payment, or default, or digest')
      .meta({
        description:
          'A milestone’s code; default for those without their own; digest for several at once; number-changed for a number that is told no more.',
      }),
    wording: z.enum(wordings).default('milestone'),
    body: z.string().max(longestBody),
    fromOn: fromOnSchema,
    reason: reasonSchema.nullish(),
  })
  .refine(
    ({ milestone, kind, wording }) => milestone !== 'digest' || (kind === 'any' && wording === 'milestone'),
    {
      path: ['kind'],
      message: 'a digest is of any kind and has one wording',
    },
  )
  .meta({
    id: 'NewTemplate',
    example: {
      locale: 'ko',
      kind: 'works',
      milestone: 'final-payment',
      wording: 'milestone',
      body: '[{{> agency}}] {{contract.reference}} {{milestone.name}}({{date milestone.date}}). 금품 요구는 신고하세요. {{> channels}}',
      reason: 'Shorter',
    },
  });
export type NewTemplate = z.infer<typeof newTemplateSchema>;

export const templateVersionView = z
  .object({
    id: z.uuid(),
    key: z.string(),
    version: z.int(),
    inForce: z
      .boolean()
      .meta({ description: 'The newest version of its key that has begun; messages keep theirs.' }),
    body: z.string(),
    actor: z.string(),
    createdAt: z.string(),
    ...beginningView,
  })
  .meta({ id: 'TemplateVersion' });
export type TemplateVersionView = z.infer<typeof templateVersionView>;

const unencodableView = z.object({
  character: z
    .string()
    .meta({ description: 'One code point that EUC-KR lacks, and so no Korean phone is sure to show.' }),
  index: z.int().meta({ description: 'Its position, in UTF-16 code units from the start.' }),
  instead: z.string().nullable().meta({
    description:
      'What to write instead. Empty: leave it out; null: nothing replaces it, write it another way.',
  }),
  advice: z.string(),
});

export const lengthsView = z.object({
  sms: z
    .object({
      encoding: z.enum(['GSM-7', 'UCS-2']),
      units: z.int().meta({
        description: 'Septets in GSM-7 (an extension character is two), UTF-16 code units in UCS-2.',
      }),
      parts: z.int().meta({ description: 'Messages that the carrier bills; an empty text is one.' }),
    })
    .meta({ description: 'As carriers outside Korea count it.' }),
  korean: z
    .object({
      bytes: z.int().meta({
        description:
          'EUC-KR, without the line that the carrier puts before it. A character that cannot be encoded counts as 2, the most a substitute takes.',
      }),
      class: z.enum(['SMS', 'LMS', 'too-long']),
      unencodable: z
        .array(unencodableView)
        .meta({ description: 'In the order of the text; empty when the text can be sent as it is.' }),
    })
    .meta({ description: 'As Korean carriers count it.' }),
});
export type LengthsView = z.infer<typeof lengthsView>;
