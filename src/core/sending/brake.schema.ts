import { z } from 'zod';
import { wordsView } from '../../platform/http/query.schema.js';
import { waitingView } from '../access/second-look.js';
import { reasonSchema } from '../../platform/http/text.schema.js';
import { brakeScopes } from './sending.entities.js';

const reason = reasonSchema.min(3);

/** A brake as people pull it. Whether its target fits its scope, and exists, is for `BrakesService.pullBrake` to say. */
export const newBrakeSchema = z
  .strictObject({
    scope: z.enum(['agency', 'department', 'template', 'sender']),
    target: z.string().min(1).max(200).default('all'),
    reason,
  })
  .meta({
    id: 'NewBrake',
    example: { scope: 'agency', target: 'all', reason: 'Wrong holiday list; being mended' },
  });

export const releaseSchema = z
  .strictObject({ reason })
  .meta({ id: 'BrakeRelease', example: { reason: 'Holiday list mended' } });

export const brakeView = z
  .object({
    id: z.uuid(),
    scope: z.enum(brakeScopes),
    target: z.string(),
    readable: z.boolean().meta({
      description:
        'False: the service has no such target, so that the brake stops everything until its release.',
    }),
    reason: z.string(),
    reasonText: wordsView.meta({
      description: 'What a person wrote, the same in both languages; or what the code of the service means.',
    }),
    actor: z.string(),
    pulledAt: z.string(),
    endsAt: z
      .string()
      .nullable()
      .meta({ description: 'When it ends by itself, unless a second person approves it.' }),
    proposal: waitingView.shape.proposal.optional().meta({ description: 'What waits for a second person.' }),
    releasedAt: z.string().nullable(),
    releasedBy: z.string().nullable(),
    releaseReason: z.string().nullable(),
  })
  .meta({ id: 'Brake' });
