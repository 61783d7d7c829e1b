import { defineProblems } from '../../platform/app-error.js';
import { type Both, defineWords, hasWords, type Words, words, wordsOf } from '../../platform/words/words.js';
import type { Alert } from './planning.entities.js';
import type { AlertReason, AlertStatus } from './planning.types.js';

export const planningProblems = defineProblems({
  'milestone-unknown': [
    'invalid',
    '이 계약의 계획에 {code} 단계가 없습니다. 기록할 수 있는 단계: {recordable}.',
    "This contract's plan has no milestone {code}. What can be recorded: {recordable}.",
  ],
  'milestone-not-recorded': [
    'invalid',
    '{code}은(는) 계약의 날짜로 정해지는 단계입니다. 그 날짜를 바꾸세요. 기록할 수 있는 단계: {recordable}.',
    "{code} follows from the contract's dates: change those instead. What can be recorded: {recordable}.",
  ],
  'plan-too-large.alerts': [
    'invalid',
    '이 계약의 알림(단계와 연락처마다 하나)이 {limit}개를 넘게 됩니다. 기간을 줄이거나, 연락처를 여러 계약에 나누어 등록하세요.',
    'This contract would have more than {limit} alerts, one for each milestone and contact: shorten its period, or divide its contacts among several contracts.',
  ],
  'plan-too-large.milestones': [
    'invalid',
    '이 계약의 단계가 {limit}개를 넘게 됩니다. 기간을 줄이거나, 관리자에게 계획에서 반복되는 간격을 늘려 달라고 하세요.',
    "This contract would have more than {limit} milestones: shorten its period, or ask an admin to let the plan's milestones repeat less often.",
  ],
  'plan-too-large.several': [
    'invalid',
    '한꺼번에 계획하는 계약들의 알림이 {limit}개를 넘게 됩니다. 계약을 나누어 처리하세요.',
    'These contracts together would get more than {limit} new alerts: take fewer of them at once.',
  ],
  'occurrence-taken': [
    'conflict',
    '같은 순간에 다른 사람이 기록했습니다. 다시 확인하세요.',
    'This occurrence was recorded at the same moment; look again.',
  ],
  'occurrence-listed': [
    'conflict',
    '다른 시스템의 목록에서 {day}로 이미 기록되었습니다. 날짜가 다르면 그 기록을 고치세요.',
    'A list of another system has recorded it for {day} already: correct that record if its day is wrong.',
  ],
});

defineWords('alertStatuses', {
  planned: ['예정', 'planned'],
  messaged: ['문자로 작성됨', 'in a message'],
  held: ['보류', 'held'],
  missed: ['미발송', 'missed'],
  covered: ['다른 연락처로 안내됨', 'covered by another contact'],
  history: ['시행일 이전', 'before the department went live'],
  cancelled: ['취소', 'cancelled'],
} satisfies Record<AlertStatus, Both>);

defineWords('alertReasons', {
  'no-number': ['문자를 받을 수 있는 번호가 없음', 'the contact has no usable number'],
  suspended: ['계약이 중지됨', 'the contract is suspended'],
  suppressed: ['문자를 보내지 않도록 지정된 번호임', 'the number must not be texted'],
  'same-number': [
    '같은 번호로 이미 안내됨',
    'the same number is told of this milestone through another contact',
  ],
  'registered-late': [
    '계약이 늦게 등록되어 시기가 지남',
    'the contract was registered when it was too late to tell',
  ],
  'suspended-too-long': [
    '중지가 길어져 시기가 지남',
    'the contract was suspended until it was too late to tell',
  ],
  'number-added-late': [
    '번호가 늦게 등록되어 시기가 지남',
    'the number was added when it was too late to tell',
  ],
  'contact-added-late': [
    '연락처가 늦게 등록되어 시기가 지남',
    'the contact was added when it was too late to tell',
  ],
  'before-go-live': ['부서의 시행일보다 앞섬', 'it fell due before the department went live'],
  rehearsal: ['예행 연습 중이며 대상 번호가 아님', 'a rehearsal was on, and the number is not listed in it'],
  'text-failed': ['문안을 만들 수 없음: {failure}', 'the text could not be made: {failure}'],
  'contact-removed': ['연락처가 삭제됨', 'the contact was removed'],
  'number-back': ['번호가 되돌려짐', 'the number was put back'],
  terminated: ['계약이 해지됨', 'the contract was terminated'],
  'milestone-gone': ['해당 단계가 없어짐', 'the contract no longer has this milestone'],
} satisfies Record<AlertReason, Both>);

export function alertStatusText(status: AlertStatus): Words {
  return wordsOf(`alertStatuses.${status}`);
}

type StoredReason = Pick<Alert, 'reason' | 'failure'>;

/** Writes why an alert stands where it does as programs read it: a code, and behind `text-failed` what failed. */
export function alertReason({ reason, failure }: StoredReason): string | null {
  return reason === 'text-failed' ? `${reason}: ${failure}` : reason;
}

/** Explains the reason of an alert; null when there is nothing to explain. */
export function alertReasonText({ reason, failure }: StoredReason): Words | null {
  if (reason === null) return null;
  const key = `alertReasons.${reason}`;
  return hasWords(key) ? wordsOf(key, { failure: failure ?? '' }) : words(reason, reason);
}
