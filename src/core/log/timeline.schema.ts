import { z } from 'zod';
import { alertStatuses } from '../planning/planning.types.js';
import { attemptView, receiptView, wordsView } from './message.schema.js';
import { messageStatuses } from './status-words.js';

const wording = z.enum(['milestone', 'neutral']);
const at = z.string().meta({ description: 'By the service clock, in the agency’s zone.' });

const milestoneFields = {
  milestone: z.string(),
  occurrence: z.int(),
  name: wordsView.nullable(),
};

const milestoneEntry = z.object({
  type: z.literal('milestone'),
  at: at.nullable().meta({ description: 'The beginning of its day; null, and last, while it has none.' }),
  id: z.uuid(),
  ...milestoneFields,
  date: z.string().nullable(),
  occurredOn: z.string().nullable(),
  expectedBy: z.string().nullable(),
  wording,
  withdrawn: z.boolean().meta({ description: 'The plan or the dates have taken it away.' }),
  note: z.string().nullable(),
});

const alertEntry = z.object({
  type: z.literal('alert'),
  at,
  id: z.uuid(),
  ...milestoneFields,
  contact: z.object({
    id: z.uuid(),
    name: z.string().nullable().meta({ description: 'Masked.' }),
    role: z.string().nullable(),
    number: z.string().nullable().meta({ description: 'Masked.' }),
  }),
  wording,
  status: z.enum(alertStatuses),
  statusText: wordsView,
  reason: z.string().nullable(),
  reasonText: wordsView.nullable(),
  messageId: z.uuid().nullable(),
});

const messageEntry = z.object({
  type: z.literal('message'),
  at,
  id: z.uuid(),
  number: z.string().meta({ description: 'Masked.' }),
  text: z.string(),
  template: z.object({ key: z.string(), version: z.int() }),
  parts: z.int(),
  status: z.enum(messageStatuses),
  statusText: wordsView,
  reason: z.string().nullable(),
  reasonDetail: z.string().nullable(),
  reasonText: wordsView.nullable(),
});

const attemptEntry = attemptView.extend({ type: z.literal('attempt'), at, messageId: z.uuid() });
const receiptEntry = receiptView.extend({ type: z.literal('receipt'), at, messageId: z.uuid() });

const timelineEntry = z.discriminatedUnion('type', [
  milestoneEntry,
  alertEntry,
  messageEntry,
  attemptEntry,
  receiptEntry,
]);
export type TimelineEntry = z.infer<typeof timelineEntry>;

export const timelineView = z
  .object({ items: z.array(timelineEntry), nextCursor: z.null() })
  .meta({ id: 'Timeline' });
