import type { z } from 'zod';
import { zonedIso } from '../calendar/zoned-iso.js';
import type { Providers } from '../providers/providers.module.js';
import type { AttemptRow, ReceiptRow } from './attempt-rows.js';
import type { attemptView, receiptView } from './message.schema.js';
import { reasonWords } from '../sending/sending.words.js';
import { attemptWords, explain, explainInBoth, messageWords } from './status-words.js';

export function attemptViewOf(
  row: AttemptRow,
  providers: Providers,
  timeZone: string,
): z.infer<typeof attemptView> {
  const own = row.late ? 'accepted-late' : row.detail;
  const words = own === null ? null : reasonWords(own);
  return {
    id: row.id,
    status: row.status,
    statusText: attemptWords[row.status],
    openedAt: zonedIso(row.openedAt, timeZone),
    settledAt: row.settledAt && zonedIso(row.settledAt, timeZone),
    reference: row.reference,
    code: row.code,
    // The version before may have written a sentence.
    detail: words?.en ?? row.detail ?? explain(providers, row.provider, row.code),
    detailText: words ?? explainInBoth(providers, row.provider, row.code),
  };
}

export function receiptViewOf(
  row: ReceiptRow,
  providers: Providers,
  timeZone: string,
): z.infer<typeof receiptView> {
  return {
    id: row.id,
    attemptId: row.attemptId,
    status: row.status,
    statusText: messageWords[row.status],
    receivedAt: zonedIso(row.receivedAt, timeZone),
    code: row.code,
    detail: explain(providers, row.provider, row.code),
    detailText: explainInBoth(providers, row.provider, row.code),
    origin: row.origin,
  };
}
