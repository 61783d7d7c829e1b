import { defineProblems } from '../../platform/app-error.js';

/** One key may make so many exports within an hour. */
export const exportQuota = 20;

/**
 * A search ends after so many seconds. Words of one or two characters have no trigram, so that a rare one is looked for in
 * every text.
 */
export const longestSearch = 10;

export const logProblems = defineProblems({
  'export-quota': [
    'limit',
    '한 시간에 내려받을 수 있는 횟수를 넘었습니다. 잠시 뒤 다시 하세요.',
    `This key has made ${exportQuota} exports within an hour, which is all it may: try again later.`,
  ],
  'search-too-wide': [
    'invalid',
    '찾는 범위가 너무 넓습니다. 더 긴 낱말이나 부서, 기간을 적으세요.',
    `The search was stopped after ${longestSearch} seconds: add a longer word, a department, or from and to.`,
  ],
  'text-failed': ['invalid', '문안을 만들 수 없습니다: {why}.', 'The text cannot be made: {why}.'],
  'milestone-unknown.preview': [
    'invalid',
    '이 계약의 계획에 {code} 단계가 없습니다. 있는 단계: {known}.',
    "This contract's plan has no milestone {code}; it has {known}.",
  ],
});
