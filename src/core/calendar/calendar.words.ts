import { defineProblems } from '../../platform/app-error.js';

export const calendarProblems = defineProblems({
  'day-out-of-reach': [
    'invalid',
    '1990년부터 2100년까지의 날짜를 적으세요.',
    'Give a day from 1990 to 2100, such as 2026-03-04.',
  ],
  'region-unknown': [
    'invalid',
    '이 국가에 그런 지역이 없습니다. 쓸 수 있는 지역: {known}',
    'The country has no such region. Its regions: {known}.',
  ],
  'terms-end-early': [
    'invalid',
    '법정 기한의 종료일이 시작일보다 빠릅니다.',
    'These terms end before they begin.',
  ],
  'terms-begin-together': [
    'invalid',
    '법정 기한 둘이 같은 날 시작합니다. 어느 쪽이 우선하는지 알 수 없습니다.',
    'Two of the statutory terms begin on the same day, so that neither goes before the other.',
  ],
  'time-zone-unknown': [
    'invalid',
    '그런 시간대가 없거나 데이터베이스가 모릅니다. Asia/Seoul처럼 적으세요.',
    'There is no such time zone, or the database does not know it: give one such as Asia/Seoul.',
  ],
});
