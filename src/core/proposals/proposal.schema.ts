import { z } from 'zod';
import { cursorSchema, pageLimit } from '../../platform/http/query.schema.js';
import { reasonSchema, textOf } from '../../platform/http/text.schema.js';
import { waysLost } from '../planning/planning.types.js';

/** A text that a number was about to get, and that it will not get, or much later. */
export const lossShown = z.object({
  milestone: z.string(),
  occurrence: z.int(),
  contactId: z.uuid(),
  how: z.enum(waysLost),
  dueAt: z.string(),
});
export type LossShown = z.infer<typeof lossShown>;

/** Of a proposal so many lost texts are shown, in a list and by itself; it is counted how many there are. */
export const lostLimits = { listed: 20, whole: 500 };

const lostCounts = {
  lostCount: z.int().meta({ description: 'How many texts are lost, of which `lost` holds the first.' }),
  lostPeople: z.int().meta({ description: 'How many contacts lose one.' }),
};

export const proposalStates = ['waiting', 'approved', 'refused', 'withdrawn'] as const;
export type ProposalState = (typeof proposalStates)[number];

export const proposalView = z
  .object({
    id: z.uuid(),
    act: z.string(),
    contract: z.object({ id: z.uuid(), reference: z.string(), title: z.string() }).nullable(),
    at: z.string(),
    proposer: z.string(),
    reason: z.string().nullable(),
    lost: z.array(lossShown),
    ...lostCounts,
    changes: z
      .array(
        z.object({
          what: z.string(),
          subjectId: z.string().optional(),
          params: z.unknown(),
          before: z.unknown(),
          after: z.unknown(),
        }),
      )
      .meta({ description: 'What the history would say; names and numbers are masked.' }),
    state: z.enum(proposalStates),
    openFrom: z
      .string()
      .meta({ description: 'From when auditors may decide beside the person on whom the lot fell.' }),
    mayDecide: z.boolean().meta({ description: 'Whether the caller may approve or refuse it now.' }),
    isOwn: z.boolean().meta({ description: 'Whether the caller proposed it, and may withdraw it.' }),
    decidedAt: z.string().nullable(),
    decidedBy: z.string().nullable(),
    note: z.string().nullable(),
  })
  .meta({ id: 'Proposal' });
export type ProposalView = z.infer<typeof proposalView>;

export const proposalsQuery = z.strictObject({
  state: z.enum(proposalStates).optional(),
  contractId: z.uuid().optional(),
  cursor: cursorSchema.optional(),
  limit: pageLimit,
});
export type ProposalsQuery = z.infer<typeof proposalsQuery>;

export const approvalBody = z
  .strictObject({
    note: textOf(500).optional(),
    seen: z
      .string()
      .max(64)
      .optional()
      .meta({ description: '`lossTag` of the proposal as it was read: refused when more is lost by now.' }),
  })
  .meta({ id: 'Approval', example: { note: 'The company confirmed it.' } });
export type ApprovalBody = z.infer<typeof approvalBody>;

export const refusalBody = z
  .strictObject({ reason: reasonSchema })
  .meta({ id: 'Refusal', example: { reason: 'The company knows nothing of it.' } });

/** A proposal with what it would do now, which may be another thing than when it was proposed. */
export const proposalNow = proposalView
  .extend({
    now: z
      .object({ lost: z.array(lossShown), ...lostCounts, lossTag: z.string() })
      .nullable()
      .meta({ description: 'Computed again; null once it is decided, or when it can no longer be done.' }),
    problem: z.string().nullable().meta({ description: 'Why it can no longer be done as it was proposed.' }),
  })
  .meta({ id: 'ProposalNow' });
export type ProposalNow = z.infer<typeof proposalNow>;
