import { defineProblems } from '../../platform/app-error.js';

export const calendarProblems = defineProblems({
  'day-out-of-reach': [
    'invalid',
    '1990년부터 2100년까지의 날짜를 적으세요.',
    'Give a day from 1990 to 2100, such as 2026-03-04.',
  ],
  'time-zone-unknown': [
    'invalid',
    '그런 시간대가 없거나 데이터베이스가 모릅니다. Asia/Seoul처럼 적으세요.',
    'There is no such time zone, or the database does not know it: give one such as Asia/Seoul.',
  ],
});
