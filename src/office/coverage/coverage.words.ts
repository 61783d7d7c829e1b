import { defineProblems } from '../../platform/app-error.js';

export const coverageProblems = defineProblems({
  'figures-by-officer': [
    'forbidden',
    '청렴 모니터는 부서별 수치만 볼 수 있습니다.',
    'Monitors read the figures of departments: leave officer out of groupBy, and officerId out of the request.',
  ],
});
