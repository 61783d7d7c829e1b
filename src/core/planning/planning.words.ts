import { defineProblems } from '../../platform/app-error.js';

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
  'occurrence-taken': [
    'conflict',
    '같은 순간에 다른 사람이 기록했습니다. 다시 확인하세요.',
    'This occurrence was recorded at the same moment; look again.',
  ],
});
