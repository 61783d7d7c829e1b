import { z } from 'zod';
import { kindSchema } from '../settings/plan.schema.js';
import { deliveryStatuses } from '../providers/sms-provider.js';
import { lengthsView } from '../texts/template.schema.js';
import { wordsOf } from '../../platform/search-words.js';
import { attemptStatuses, messageStatuses } from './status-words.js';

export const momentSchema = z.union([z.iso.datetime({ offset: true }), z.iso.date()], {
  error: 'a day such as 2026-03-04, or a moment with its offset such as 2026-03-04T09:00:00+09:00',
});
export const milestoneCode = z.string().regex(/^[a-z][a-z0-9-]{1,40}$/, 'a code such as final-payment');
export const pageLimit = z.coerce.number().int().min(1).max(200).default(50);
export const cursorSchema = z.string().max(200);

export const periodFields = {
  from: momentSchema.optional(),
  to: momentSchema.optional().meta({ description: 'A day is whole; a moment is not in it.' }),
};
export interface PeriodQuery {
  from?: string | undefined;
  to?: string | undefined;
}

const filterFields = {
  status: z.enum(messageStatuses).optional(),
  departmentId: z.uuid().optional().meta({ description: 'With the departments below it.' }),
  contractId: z.uuid().optional(),
  kind: kindSchema.optional(),
  milestone: milestoneCode.optional(),
  provider: z
    .string()
    .regex(/^[a-z][a-z0-9-]{0,39}$/)
    .optional(),
  ...periodFields,
};
export const messageListQuery = z.strictObject({
  ...filterFields,
  cursor: cursorSchema.optional(),
  limit: pageLimit,
});
export type MessageListQuery = z.infer<typeof messageListQuery>;
export type MessageFilterQuery = Omit<MessageListQuery, 'cursor' | 'limit'>;

export const messageExportQuery = z.strictObject({
  ...filterFields,
  format: z.enum(['csv', 'ndjson']).default('csv'),
});
export type MessageExportQuery = z.infer<typeof messageExportQuery>;

const tenWords = 10;

export const messageSearchSchema = z
  .strictObject({
    number: z
      .string()
      .trim()
      .min(1)
      .max(60)
      .optional()
      .meta({ description: 'Whole, as it would be dialled.' }),
    words: z
      .string()
      .trim()
      .max(200)
      .refine((words) => wordsOf(words).length > 0, 'at least one word')
      .refine(
        (words) => wordsOf(words).every((word) => [...word].length >= 2),
        'words of two characters and more',
      )
      .refine((words) => wordsOf(words).length <= tenWords, `at most ${tenWords} words`)
      .optional()
      .meta({ description: 'All of them stand in the text, in any order.' }),
    ...filterFields,
    cursor: cursorSchema.optional(),
    limit: z.int().min(1).max(200).default(50),
  })
  .refine((search) => search.number !== undefined || search.words !== undefined, {
    path: ['number'],
    message: 'send number, words or both',
  })
  .meta({ id: 'MessageSearch', example: { number: '010-0000-1234', words: '준공검사 C-2026' } });
export type MessageSearch = z.infer<typeof messageSearchSchema>;

export const wordsView = z.object({ ko: z.string(), en: z.string() });

export const messageAlertView = z.object({
  id: z.uuid(),
  contractId: z.uuid(),
  reference: z.string(),
  title: z.string(),
  kind: kindSchema,
  departmentId: z.uuid(),
  milestone: z.object({ code: z.string(), occurrence: z.int(), name: wordsView.nullable() }),
});

export const messageItemView = z
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
    number: z.string().meta({ description: 'Masked.' }),
    country: z.string().nullable(),
    locale: z.string(),
    template: z.object({ key: z.string(), version: z.int() }),
    text: z.string(),
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

export const attemptView = z.object({
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

export const receiptView = z.object({
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
