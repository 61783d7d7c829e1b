import { defineProblems } from '../../platform/app-error.js';

export const officerFigureProblems = defineProblems({
  'period-unfit': [
    'invalid',
    '기간은 첫날부터 마지막 날까지 5년을 넘을 수 없습니다.',
    'A period runs from a first day to a last one, and is no longer than five years.',
  ],
});
