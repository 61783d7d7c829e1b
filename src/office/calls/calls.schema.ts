import { z } from 'zod';
import { monthSchema } from '../../core/calendar/calendar.schema.js';
import { reasonSchema } from '../../platform/http/text.schema.js';

/** What a call comes to: the company, which had the text or did not, somebody else, or nobody at all. */
export const callOutcomes = ['reached', 'not-received', 'another-person', 'no-such-number'] as const;
export type CallOutcome = (typeof callOutcomes)[number];

/** Of these, the number is not the company's. */
export const wrongOutcomes: readonly CallOutcome[] = ['another-person', 'no-such-number'];

export const revealBody = z.strictObject({ reason: reasonSchema });
export const outcomeBody = z.strictObject({ outcome: z.enum(callOutcomes) });

/** These rules say how a sample is drawn; its leaf lays them down before. */
export const rulesSchema = z.strictObject({
  month: monthSchema,
  share: z.int().meta({ description: 'Percent of the candidates that are called, rounded up.' }),
  weights: z.strictObject({ new: z.int(), unmatched: z.int() }),
  candidates: z.int(),
  count: z.int().meta({ description: 'Of them that are drawn.' }),
  list: z.string().meta({ description: 'SHA-256 of the published list of candidates.' }),
});
export type CallRules = z.infer<typeof rulesSchema>;

export const publishedView = z
  .object({
    month: z.string(),
    commitment: z
      .object({
        id: z.string(),
        kind: z.string(),
        subject: z.string(),
        body: rulesSchema,
        salt: z.string().meta({ description: 'Hexadecimal.' }),
      })
      .meta({ description: 'The leaf of the log that laid it down; see docs/log.md for its entry.' }),
    drawn: z
      .object({
        index: z.int().meta({ description: 'Of the entry in the log.' }),
        proof: z
          .array(z.string())
          .meta({ description: 'That it stands in the checkpoint (RFC 6962), base64.' }),
        checkpoint: z.string().meta({ description: 'Its root is the seed.' }),
        sample: z.array(z.string()).meta({ description: 'Entries of the list, in the order of the calls.' }),
      })
      .nullable()
      .meta({ description: 'Null until a checkpoint holds the commitment.' }),
  })
  .meta({ id: 'CallSample' });
export type PublishedSample = z.infer<typeof publishedView>;

const rateView = z.object({
  calls: z.int(),
  wrong: z.int(),
  share: z.number().nullable().meta({ description: 'Estimated, each call counted for one over its weight.' }),
  low: z.number(),
  high: z.number().meta({ description: 'The ends of the 95 % interval of Clopper and Pearson.' }),
});

export const callFiguresQuery = z.strictObject({ from: monthSchema.optional(), to: monthSchema.optional() });
export type CallFiguresQuery = z.infer<typeof callFiguresQuery>;

export const callFiguresView = z
  .object({
    from: z.string(),
    to: z.string(),
    all: rateView,
    departments: z.array(
      rateView.extend({
        department: z.object({
          id: z.uuid(),
          code: z.string(),
          name: z.object({ ko: z.string(), en: z.string() }),
        }),
      }),
    ),
    officers: z.array(
      rateView.extend({
        officer: z.object({ id: z.uuid(), name: z.string() }).meta({ description: 'Masked.' }),
      }),
    ),
  })
  .meta({ id: 'CallFigures' });
export type CallFigures = z.infer<typeof callFiguresView>;
