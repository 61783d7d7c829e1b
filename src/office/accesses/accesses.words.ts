import { defineProblems } from '../../platform/app-error.js';

export const accessProblems = defineProblems({
  'month-not-over': [
    'conflict',
    '아직 끝나지 않은 달은 점검을 마칠 수 없습니다.',
    'A month can be signed off once it is over.',
  ],
  'month-reviewed': ['conflict', '이미 이 달을 점검했습니다.', 'You have signed this month off already.'],
});
