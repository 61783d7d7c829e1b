import { z } from 'zod';
import { cursorSchema, pageLimit, wordsView } from '../../platform/http/query.schema.js';
import { lineOf } from '../../platform/http/text.schema.js';
import { wordsOf } from '../../platform/search-words.js';
import { localDateSchema, momentSchema } from '../calendar/calendar.schema.js';
import { daysBetween } from '../calendar/local-date.js';
import { alertStatuses } from '../planning/planning.types.js';
import { deliveryStatuses } from '../providers/sms-provider.js';
import { attemptStatuses, messageStatuses } from '../sending/sending.entities.js';
import { kindSchema, milestoneCode } from '../settings/plan.schema.js';
import { lengthsView } from '../texts/template.schema.js';
import { localeSchema } from '../texts/variables.service.js';

const wording = z.enum(['milestone', 'neutral']);

const alertFilters = {
  departmentId: z.uuid().optional().meta({ description: 'With the departments below it.' }),
  contractId: z.uuid().optional(),
  kind: kindSchema.optional(),
  milestone: milestoneCode.optional(),
};
const period = {
  from: momentSchema.optional(),
  to: momentSchema.optional().meta({ description: 'A day is whole; a moment is not in it.' }),
};
const place = { cursor: cursorSchema.optional(), limit: pageLimit };

export const alertListQuery = z.strictObject({
  view: z
    .enum(['planned', 'due', 'missed', 'held'])
    .default('planned')
    .meta({ description: 'due: planned, and its time has come by the service clock.' }),
  ...alertFilters,
  ...period,
  ...place,
});
export type AlertListQuery = z.infer<typeof alertListQuery>;
export type Period = Pick<AlertListQuery, 'from' | 'to'>;

/** At the most so many days may be asked for at once. */
const mostDays = 92;

export const alertDaysQuery = z
  .strictObject({
    from: localDateSchema,
    to: localDateSchema.meta({ description: `The last day; at most ${mostDays} days from the first.` }),
    departmentId: alertFilters.departmentId,
    officerId: z.uuid().optional(),
  })
  .refine(({ from, to }) => from <= to && daysBetween(from, to) < mostDays, {
    path: ['to'],
    message: `from the first day to ${mostDays - 1} days later`,
  });
export type AlertDaysQuery = z.infer<typeof alertDaysQuery>;

/** How an alert of a day stands: to come, not to go out as it is, too late for, sent, or sent in vain. */
export const dayStandings = ['planned', 'held', 'missed', 'sent', 'failed'] as const;
export type DayStanding = (typeof dayStandings)[number];

const messageFilters = {
  status: z.enum(messageStatuses).optional(),
  ...alertFilters,
  provider: z
    .string()
    .regex(/^[a-z][a-z0-9-]{0,39}$/)
    .optional(),
  ...period,
};
export const messageListQuery = z.strictObject({ ...messageFilters, ...place });
export type MessageListQuery = z.infer<typeof messageListQuery>;

export const messageExportQuery = z.strictObject({
  ...messageFilters,
  format: z.enum(['csv', 'ndjson']).default('csv'),
});
export type MessageExportQuery = z.infer<typeof messageExportQuery>;

const mostWords = 10;

export const messageSearchSchema = z
  .strictObject({
    number: lineOf(60).optional().meta({ description: 'Whole, as it would be dialled.' }),
    words: lineOf(200)
      .refine((words) => wordsOf(words).length > 0, 'at least one word')
      .refine(
        (words) => wordsOf(words).every((word) => [...word].length >= 2),
        'words of two characters and more',
      )
      .refine((words) => wordsOf(words).length <= mostWords, `at most ${mostWords} words`)
      .optional()
      .meta({ description: 'All of them stand in the text, in any order.' }),
    ...messageFilters,
    cursor: cursorSchema.optional(),
    limit: z.int().min(1).max(200).default(50),
  })
  .refine((search) => search.number !== undefined || search.words !== undefined, {
    path: ['number'],
    message: 'send number, words or both',
  })
  .meta({ id: 'MessageSearch', example: { number: '010-0000-1234', words: '준공검사 C-2026' } });
export type MessageSearch = z.infer<typeof messageSearchSchema>;

const alertStanding = {
  status: z.enum(alertStatuses),
  statusText: wordsView,
  reason: z.string().nullable(),
  reasonText: wordsView.nullable(),
  wording,
};
const milestoneView = z.object({ code: z.string(), occurrence: z.int(), name: wordsView.nullable() });
const contactView = z.object({
  id: z.uuid(),
  name: z.string().nullable().meta({ description: 'Masked.' }),
  role: z.string().nullable(),
  number: z.string().nullable().meta({ description: 'Masked; null when there is no usable number.' }),
});

const alertView = z
  .object({
    id: z.uuid(),
    dueAt: z.string(),
    ...alertStanding,
    departmentId: z.uuid(),
    contract: z.object({ id: z.uuid(), reference: z.string(), title: z.string(), kind: kindSchema }),
    milestone: milestoneView,
    contact: contactView,
  })
  .meta({ id: 'Alert' });
export type AlertView = z.infer<typeof alertView>;

const alertDayView = z
  .object({
    day: z.string(),
    planned: z.int(),
    held: z.int().meta({ description: 'As they are, they do not go out.' }),
    missed: z.int(),
    sent: z.int().meta({ description: 'By the day on which the text was made, by the service clock.' }),
    delivered: z.int().meta({ description: 'Of those sent, how many are known to have been delivered.' }),
    failed: z.int(),
  })
  .meta({ id: 'AlertDay' });
export type AlertDayView = z.infer<typeof alertDayView>;
export const alertDaysView = z.object({ items: z.array(alertDayView) }).meta({ id: 'AlertDays' });

/** AlertOfDayView is an alert of a day, with the message that it became. */
export type AlertOfDayView = AlertView & { at: string; standing: DayStanding; messageId: string | null };

export const alertListView = z
  .object({ items: z.array(alertView), nextCursor: z.string().nullable() })
  .meta({ id: 'AlertList' });

const messageAlertView = z.object({
  id: z.uuid(),
  contractId: z.uuid(),
  reference: z.string(),
  title: z.string(),
  kind: kindSchema,
  departmentId: z.uuid(),
  milestone: milestoneView,
});
export type MessageAlertView = z.infer<typeof messageAlertView>;

const messageItemView = z
  .object({
    id: z.uuid(),
    frozenAt: z.string().meta({ description: 'By the service clock.' }),
    dueAt: z.string(),
    status: z.enum(messageStatuses),
    statusText: wordsView,
    reason: z.string().nullable().meta({ description: 'A code of the provider’s, or a word of ours.' }),
    reasonDetail: z.string().nullable(),
    reasonText: wordsView.nullable().meta({ description: 'The same in both languages.' }),
    provider: z.string(),
    sender: z.string(),
    number: z.string().meta({ description: 'Masked; empty, as the text, once it is erased.' }),
    country: z.string().nullable(),
    locale: z.string(),
    template: z.object({ key: z.string(), version: z.int() }),
    text: z.string(),
    erased: z
      .boolean()
      .meta({ description: 'Number and text were destroyed; their commitments stay in the log.' }),
    encoding: z.string(),
    parts: z.int(),
    attempts: z.int(),
    alerts: z
      .array(messageAlertView)
      .meta({ description: 'Those of departments that you see; a digest may stand for others too.' }),
  })
  .meta({ id: 'MessageOfLog' });
export type MessageItemView = z.infer<typeof messageItemView>;

export const messageListView = z
  .object({ items: z.array(messageItemView), nextCursor: z.string().nullable() })
  .meta({ id: 'MessageLog' });

const attemptView = z.object({
  id: z.uuid(),
  status: z.enum(attemptStatuses),
  statusText: wordsView,
  openedAt: z.string().meta({ description: 'By the database’s clock, as all that follows.' }),
  settledAt: z.string().nullable(),
  reference: z.string().nullable().meta({ description: 'The provider’s id for it.' }),
  code: z.string().nullable(),
  detail: z.string().nullable(),
  detailText: wordsView.nullable().meta({ description: 'What the code says, in both languages.' }),
});
export type AttemptView = z.infer<typeof attemptView>;

const receiptView = z.object({
  id: z.uuid(),
  attemptId: z.uuid(),
  status: z.enum(deliveryStatuses),
  statusText: wordsView,
  receivedAt: z.string(),
  code: z.string().nullable(),
  detail: z.string().nullable(),
  detailText: wordsView.nullable(),
  origin: z.enum(['webhook', 'poll', 'list']),
});
export type ReceiptView = z.infer<typeof receiptView>;

export const messageView = messageItemView
  .extend({
    finalAt: z.string().nullable().meta({ description: 'By the database’s clock.' }),
    nextAttemptAt: z.string().nullable().meta({ description: 'By the database’s clock.' }),
    lengths: lengthsView,
    attemptsMade: z.array(attemptView),
    receipts: z.array(receiptView),
  })
  .meta({ id: 'MessageInFull' });
export type MessageView = z.infer<typeof messageView>;

const at = z.string().meta({ description: 'By the service clock, in the agency’s zone.' });
const ofMilestone = { milestone: z.string(), occurrence: z.int(), name: wordsView.nullable() };

const timelineEntry = z.discriminatedUnion('type', [
  z.object({
    type: z.literal('milestone'),
    at: at.nullable().meta({ description: 'The beginning of its day; null, and last, while it has none.' }),
    id: z.uuid(),
    ...ofMilestone,
    date: z.string().nullable(),
    occurredOn: z.string().nullable(),
    expectedBy: z.string().nullable(),
    wording,
    withdrawn: z.boolean().meta({ description: 'The plan or the dates have taken it away.' }),
    note: z.string().nullable(),
  }),
  z.object({
    type: z.literal('alert'),
    at,
    id: z.uuid(),
    ...ofMilestone,
    contact: contactView,
    ...alertStanding,
    messageId: z.uuid().nullable(),
  }),
  messageItemView
    .pick({
      number: true,
      text: true,
      template: true,
      parts: true,
      status: true,
      statusText: true,
      reason: true,
      reasonDetail: true,
      reasonText: true,
    })
    .extend({ type: z.literal('message'), at, id: z.uuid() }),
  attemptView.extend({ type: z.literal('attempt'), at, messageId: z.uuid() }),
  receiptView.extend({ type: z.literal('receipt'), at, messageId: z.uuid() }),
]);
export type TimelineEntry = z.infer<typeof timelineEntry>;

export const timelineView = z
  .object({ items: z.array(timelineEntry), nextCursor: z.null() })
  .meta({ id: 'Timeline' });

export const previewSchema = z
  .strictObject({
    contractId: z.uuid(),
    milestone: milestoneCode,
    occurrence: z.int().min(1).default(1),
    wording: wording.optional().meta({ description: 'As planned for the milestone, when it is not given.' }),
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
