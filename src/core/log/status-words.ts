import { words, type Words } from '../../platform/words/words.js';
import type { Providers } from '../providers/providers.module.js';
import type { ReasonOrigin } from '../sending/message.entity.js';
import { reasonWords } from '../sending/sending.words.js';

export const messageStatuses = [
  'sending',
  'waiting',
  'accepted',
  'sent',
  'delivered',
  'failed',
  'held',
  'unconfirmed',
] as const;
export type MessageStatus = (typeof messageStatuses)[number];

export const attemptStatuses = ['open', 'accepted', 'refused', 'ambiguous', 'absent'] as const;
export type AttemptStatus = (typeof attemptStatuses)[number];

/** Receipts say some of the same of a message, in the same words. */
export const messageWords: Readonly<Record<MessageStatus, Words>> = {
  sending: words('발송 중', 'being sent'),
  waiting: words('다시 보내기를 기다림', 'waiting to be sent again'),
  accepted: words('발송 업체가 접수함', 'accepted by the provider'),
  sent: words('통신사로 넘겨짐', 'handed to the carrier'),
  delivered: words('수신됨', 'delivered'),
  failed: words('전송 실패', 'failed'),
  held: words('담당자 확인이 필요함', 'held for a person to look at'),
  unconfirmed: words('접수되었으나 수신 여부를 알 수 없음', 'accepted, and never reported on again'),
};

export const attemptWords: Readonly<Record<AttemptStatus, Words>> = {
  open: words('호출 중', 'the call is under way'),
  accepted: words('발송 업체가 접수함', 'the provider accepted it'),
  refused: words('발송 업체가 거절함', 'the provider refused it'),
  ambiguous: words('접수 여부를 확인하는 중', 'it is not known yet whether the provider accepted it'),
  absent: words('발송 업체에 없음', 'the provider does not have it'),
};

/**
 * Explains a code by whoever gave it: us, or the provider of the message. `origin` is null for what the version before has
 * written. Null without a code, or from a provider that is not registered.
 */
export function explainInBoth(
  providers: Providers,
  of: string,
  code: string | null,
  origin: ReasonOrigin | null = null,
): Words | null {
  if (code === null || code === '') return null;
  const own = origin === 'provider' ? null : reasonWords(code);
  return own ?? providers.explain(of, code);
}

export function explain(
  providers: Providers,
  of: string,
  code: string | null,
  origin: ReasonOrigin | null = null,
): string | null {
  return explainInBoth(providers, of, code, origin)?.en ?? null;
}
