import { defineProblems } from '../../platform/app-error.js';

export const officerFigureProblems = defineProblems({
  'period-unfit': [
    'invalid',
    '시작일부터 종료일까지는 5년을 넘을 수 없습니다.',
    'A period runs from a first day to a last one, and is no longer than five years.',
  ],
});
