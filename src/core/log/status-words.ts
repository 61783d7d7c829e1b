import type { AlertReason, AlertStatus } from '../planning/planning.types.js';
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

export const alertWords: Readonly<Record<AlertStatus, Words>> = {
  planned: words('예정', 'planned'),
  claimed: words('발송 준비 중', 'about to be sent'),
  messaged: words('문자로 작성됨', 'in a message'),
  held: words('보류', 'held'),
  missed: words('발송하지 못함', 'missed'),
  covered: words('다른 연락처로 안내됨', 'covered by another contact'),
  history: words('시행일 이전', 'before the department went live'),
  cancelled: words('취소', 'cancelled'),
};

const alertReasons: Readonly<Record<AlertReason, Words>> = {
  'no-number': words('문자를 받을 수 있는 번호가 없음', 'the contact has no usable number'),
  suspended: words('계약이 중지됨', 'the contract is suspended'),
  suppressed: words('문자를 보내지 않도록 지정된 번호임', 'the number must not be texted'),
  'same-number': words(
    '같은 번호로 이미 안내됨',
    'the same number is told of this milestone through another contact',
  ),
  'registered-late': words(
    '계약이 늦게 등록되어 시기가 지남',
    'the contract was registered when it was too late to tell',
  ),
  'suspended-too-long': words(
    '중지가 길어져 시기가 지남',
    'the contract was suspended until it was too late to tell',
  ),
  'number-added-late': words(
    '번호가 늦게 등록되어 시기가 지남',
    'the number was added when it was too late to tell',
  ),
  'contact-added-late': words(
    '연락처가 늦게 등록되어 시기가 지남',
    'the contact was added when it was too late to tell',
  ),
  'before-go-live': words('부서의 시행일보다 앞섬', 'it fell due before the department went live'),
  rehearsal: words(
    '예행 연습 중이며 대상 번호가 아님',
    'a rehearsal was on, and the number is not listed in it',
  ),
  'contact-removed': words('연락처가 삭제됨', 'the contact was removed'),
  terminated: words('계약이 해지됨', 'the contract was terminated'),
  'milestone-gone': words('해당 단계가 없어짐', 'the contract no longer has this milestone'),
};

/** Why an alert stands where it does; null when nothing needs to be said. */
export function alertReasonWords(reason: string | null): Words | null {
  if (reason === null) return null;
  if (Object.hasOwn(alertReasons, reason)) return alertReasons[reason as AlertReason];
  const [, failure] = /^text-failed: (.*)$/s.exec(reason) ?? [];
  if (failure !== undefined)
    return words(`문안을 만들 수 없음: ${failure}`, `the text could not be made: ${failure}`);
  return words(reason, reason);
}

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
