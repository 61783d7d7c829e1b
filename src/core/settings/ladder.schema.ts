import { z } from 'zod';

/** Business days after which what still waits climbs; null: it does not. */
const waitDays = z.int().min(1).max(60).nullable();

/**
 * The setting `ladder` says, for each kind of work, after how many business days the auditors learn that it still waits, and
 * after how many more the head of audit.
 */
export const ladderSchema = z.strictObject({
  days: z.record(
    z.string().regex(/^[a-z][a-z-]{0,40}$/),
    z.strictObject({ audit: waitDays, head: waitDays }),
  ),
  /** Null: every auditor. */
  headAccountId: z.uuid().nullable().default(null),
});
export type LadderSetting = z.infer<typeof ladderSchema>;

/** What holds until an agency sets its own; a kind that is left out does not climb. */
export const defaultLadder: LadderSetting = {
  days: {
    'no-contact': { audit: 3, head: 5 },
    'no-number': { audit: 3, head: 5 },
    'dead-numbers': { audit: 3, head: 5 },
    'no-dates': { audit: 5, head: 10 },
    unrecorded: { audit: 5, head: 10 },
    'rows-to-mend': { audit: 5, head: null },
  },
  headAccountId: null,
};
