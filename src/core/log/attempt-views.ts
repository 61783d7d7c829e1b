import type { z } from 'zod';
import { zonedIso } from '../calendar/zoned-iso.js';
import type { SmsProvider } from '../providers/sms-provider.js';
import type { AttemptRow, ReceiptRow } from './attempt-rows.js';
import type { attemptView, receiptView } from './message.schema.js';
import { attemptWords, explain, explainInBoth, messageWords } from './status-words.js';

export function attemptViewOf(
  row: AttemptRow,
  provider: SmsProvider,
  timeZone: string,
): z.infer<typeof attemptView> {
  return {
    id: row.id,
    status: row.status,
    statusText: attemptWords[row.status],
    openedAt: zonedIso(row.openedAt, timeZone),
    settledAt: row.settledAt && zonedIso(row.settledAt, timeZone),
    reference: row.reference,
    code: row.code,
    detail: row.detail ?? explain(provider, row.provider, row.code),
    detailText: explainInBoth(provider, row.provider, row.code),
  };
}

export function receiptViewOf(
  row: ReceiptRow,
  provider: SmsProvider,
  timeZone: string,
): z.infer<typeof receiptView> {
  return {
    id: row.id,
    attemptId: row.attemptId,
    status: row.status,
    statusText: messageWords[row.status],
    receivedAt: zonedIso(row.receivedAt, timeZone),
    code: row.code,
    detail: explain(provider, row.provider, row.code),
    detailText: explainInBoth(provider, row.provider, row.code),
    origin: row.origin,
  };
}
