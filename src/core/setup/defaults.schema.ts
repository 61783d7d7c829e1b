import { z } from 'zod';
import { reasonSchema } from '../../platform/http/text.schema.js';
import { planSchema } from '../settings/plan.schema.js';

const offerOf = <K extends string, V extends z.ZodType>(kind: K, value: V) =>
  z.object({
    id: z.uuid().meta({ description: 'Changes with the default and with what is in force.' }),
    kind: z.literal(kind),
    name: z.string().meta({ description: 'A setting such as plan:works, or the key of a template.' }),
    value,
    inForce: z.object({ version: z.int(), value, actor: z.string() }).nullable(),
  });

/** What this release would put in force, beside what is in force now. */
export const offerSchema = z
  .discriminatedUnion('kind', [offerOf('plan', planSchema), offerOf('template', z.string())])
  .meta({ id: 'OfferedDefault' });
export type Offer = z.infer<typeof offerSchema>;

export const answerSchema = z.strictObject({ reason: reasonSchema.nullish() });
