import { defineProblems } from '../../platform/app-error.js';

export const ladderProblems = defineProblems({
  'ladder-step-over': [
    'conflict',
    '이미 확인했거나 처리된 일입니다.',
    'Somebody has taken note of it already, or it waits no more.',
  ],
});
