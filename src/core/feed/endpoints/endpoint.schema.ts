import { z } from 'zod';
import { httpProblems } from '../../../platform/http/http.words.js';
import { isPlainLine } from '../../../platform/plain-text.js';

/** What is pushed is what admins see, who register endpoints: flags are for auditors. */
export const pushedKinds = ['contract', 'milestone', 'message'] as const;
export type PushedKind = (typeof pushedKinds)[number];

export const newEndpoint = z.strictObject({
  url: z
    .url({ protocol: /^https?$/ })
    .max(500)
    .refine(isPlainLine, httpProblems.rule('characters-unusable'))
    .meta({ example: 'https://projects.example.go.kr/chorong' }),
  kinds: z.array(z.enum(pushedKinds)).min(1).max(pushedKinds.length),
  after: z.int().min(0).optional().meta({
    description: 'The place of the feed to begin behind; 0 for the beginning, left out for what is new.',
  }),
});
export type NewEndpoint = z.infer<typeof newEndpoint>;

export const endpointView = z
  .object({
    id: z.uuid(),
    url: z.string(),
    kinds: z.array(z.enum(pushedKinds)),
    status: z.enum(['active', 'paused']),
    after: z.int().meta({ description: 'It has the feed up to this place.' }),
    failingSince: z.string().nullable(),
    lastFailure: z
      .string()
      .nullable()
      .meta({ description: 'A code such as http-503, timed-out or address-inside.' }),
    createdAt: z.string(),
  })
  .meta({ id: 'FeedEndpoint' });
export type EndpointView = z.infer<typeof endpointView>;

export const endpointSecret = z.object({
  id: z.uuid(),
  secret: z.string().optional().meta({
    description:
      'whsec_ and 32 bytes in base64. Not in the answer to a repeated call with the same Idempotency-Key.',
  }),
});
