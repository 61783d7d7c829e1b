import { defineProblems } from '../../platform/app-error.js';
import { words, type Words } from '../../platform/words/words.js';

/** One of these became of each milestone that called for an alert; see docs/coverage.md. */
export const outcomes = ['delivered', 'alerted', 'partly', 'missed'] as const;
export type Outcome = (typeof outcomes)[number];

export const outcomeWords: Readonly<Record<Outcome | 'to-come', Words>> = {
  delivered: words('모두 수신됨', 'delivered to every counterparty'),
  alerted: words('모두 발송됨', 'sent to every counterparty'),
  partly: words('일부 업체만 안내됨', 'only some counterparties were told'),
  missed: words('미발송', 'nobody was told'),
  'to-come': words('예정', 'to come'),
};

/**
 * These say why a counterparty was not notified. Of several reasons the first in this order counts: what a person can correct
 * comes before what nobody can.
 */
export const reasonWords = {
  'no-contact': words('연락처가 없는 업체가 있음', 'a counterparty has no contact'),
  'no-number': words('문자를 받을 수 있는 번호가 없음', 'there is no usable number'),
  suppressed: words('문자를 보내지 않도록 지정된 번호임', 'the number must not be texted'),
  failed: words('발송 업체나 통신사가 전달하지 못함', 'the provider or the carrier could not deliver it'),
  held: words('확인 대기 중', 'the text waits for a person to look at it'),
  suspended: words(
    '계약이 중지되었거나 중지 중에 시기가 지남',
    'the contract is suspended, or was until it was too late',
  ),
  paused: words('발송이 일시 중지되어 있음', 'sending is paused'),
  unrecorded: words(
    '예정일이 지나도록 기록되지 않음',
    'it was expected by a day that has passed, and nobody recorded it',
  ),
  'number-added-late': words('번호가 늦게 등록됨', 'the number was added when it was too late'),
  'contact-added-late': words('연락처가 늦게 등록됨', 'the contact was added when it was too late'),
  'registered-late': words('계약이 늦게 등록됨', 'it was registered when it was too late'),
  rehearsal: words('예행 연습 중이었음', 'a rehearsal was on'),
  withdrawn: words('시기가 지난 뒤 취소됨', 'it was taken back after it had fallen due'),
  waiting: words('시기가 되어 발송을 기다림', 'it is due, and about to go out'),
  'no-dates': words(
    '계약에 착수일이나 완료일이 없음',
    'the contract has no start or no end, so that it has no day',
  ),
  'department-not-live': words('부서가 아직 시행 전이었음', 'the department was not live yet'),
};
export type Reason = keyof typeof reasonWords;
export const reasons = Object.keys(reasonWords) as Reason[];

export const coverageProblems = defineProblems({
  'figures-by-officer': [
    'forbidden',
    '청렴 모니터는 부서별 수치만 볼 수 있습니다.',
    'Monitors read the figures of departments: leave officer out of groupBy, and officerId out of the request.',
  ],
});
