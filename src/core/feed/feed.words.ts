import { defineProblems } from '../../platform/app-error.js';

export const feedProblems = defineProblems({
  'feed-ahead': [
    'conflict',
    'after={after}은(는) 피드의 끝({size})보다 뒤입니다. 데이터베이스를 이전 시점으로 복원했을 수 있습니다. 관리자에게 확인하고, 복원 전에 받아 둔 자리부터 다시 읽으세요.',
    'after={after} is beyond the end of the feed, {size}. The database may have been restored to an earlier moment: ask its admin, and read again from a place before that.',
  ],
  'endpoint-address': [
    'invalid',
    '이 주소로는 보낼 수 없습니다. https로 시작하는 외부 주소를 적으세요. 내부망 주소는 서버 관리자가 CHORONG_FEED_INSIDE에 적어 두어야 합니다.',
    'Nothing is pushed to this address. Name one outside by https; addresses inside the network are listed in CHORONG_FEED_INSIDE by whoever runs the server.',
  ],
});
