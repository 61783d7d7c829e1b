import { z } from 'zod';

/** An item of the feed is about one of these. */
export const feedKinds = ['contract', 'milestone', 'message', 'flag'] as const;
export type FeedKind = (typeof feedKinds)[number];

/** A page has at most so many items. */
export const mostItems = 500;
/** A program waits at most so many seconds for news. */
export const longestWaitSeconds = 30;

export const feedQuery = z.strictObject({
  after: z.coerce
    .number()
    .int()
    .min(0)
    .max(Number.MAX_SAFE_INTEGER)
    .default(0)
    .meta({ description: 'nextAfter of the page before, or the sequence of an item; 0 for the beginning.' }),
  limit: z.coerce.number().int().min(1).max(mostItems).default(100),
  wait: z.coerce.number().int().min(0).max(longestWaitSeconds).default(0).meta({
    description: 'Seconds to wait for news where there are none; an answer without items may come earlier.',
  }),
});
export type FeedQuery = z.infer<typeof feedQuery>;

export const feedItem = z
  .object({
    sequence: z.int().meta({
      description: 'Its place in the order: the index of its entry in the public log is one less.',
    }),
    id: z.uuid().meta({ description: 'Of this news: the same in each repetition.' }),
    at: z.string().meta({ description: 'When it was recorded, in the agency’s zone.' }),
    kind: z.enum(feedKinds),
    subjectId: z.uuid().meta({
      description: 'Of the contract, the message or the flag; of the contract for a milestone.',
    }),
    code: z.string().nullable().meta({ description: 'Of the milestone, or the kind of the flag.' }),
    status: z.string().meta({
      description:
        'The state of the contract or the status of the message; open or closed for a flag; for a milestone what was recorded (occurred, occurrence-corrected, occurrence-withdrawn), or what became of an alert that was due (held, missed).',
    }),
    contracts: z
      .array(z.object({ id: z.uuid(), reference: z.string() }))
      .meta({ description: 'Those that it is about and that the caller sees.' }),
  })
  .meta({ id: 'FeedItem' });
export type FeedItem = z.infer<typeof feedItem>;

export const feedPage = z
  .object({
    items: z.array(feedItem),
    nextAfter: z.int().meta({
      description:
        'It is handed back as after. It may be beyond the last item: the rest is not the caller’s.',
    }),
    isAtEnd: z.boolean().meta({ description: 'There was nothing behind it when it was read.' }),
  })
  .meta({ id: 'FeedPage' });
export type FeedPage = z.infer<typeof feedPage>;
