import { defineProblems } from '../../platform/app-error.js';

export const feedProblems = defineProblems({
  'feed-ahead': [
    'conflict',
    'after={after}은(는) 피드의 끝({size})보다 뒤입니다. 데이터베이스를 이전 시점으로 복원했을 수 있습니다. 관리자에게 확인하고, 복원 전에 받아 둔 자리부터 다시 읽으세요.',
    'after={after} is beyond the end of the feed, {size}. The database may have been restored to an earlier moment: ask its admin, and read again from a place before that.',
  ],
});
