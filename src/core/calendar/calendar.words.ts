import { defineProblems } from '../../platform/app-error.js';

export const calendarProblems = defineProblems({
  'day-out-of-reach': [
    'invalid',
    '1990년부터 2100년까지의 날짜를 적으세요.',
    'Give a day from 1990 to 2100, such as 2026-03-04.',
  ],
});
