import { defineWords } from '../../platform/words/words.js';

defineWords('accesses', {
  lead: [
    '누가, 언제, 어디에서, 누구의 개인정보를 다루었는지 보여 줍니다. 가려진 이름과 번호를 화면에서 본 것은 기록하지 않습니다.',
    'Who handled whose personal data, when, from where and how. That somebody saw masked names and numbers on a page is not recorded.',
  ],
  month: ['달', 'Month'],
  monthFormat: ['예: 2026-11', 'such as 2026-11'],
  who: ['사용자', 'Who'],
  act: ['한 일', 'What was done'],
  'act-number-shown': ['번호 전체를 봄', 'Saw a whole number'],
  'act-number-searched': ['번호로 검색', 'Searched by a number'],
  'act-refused-rows-taken': ['거절된 행을 내려받음', 'Downloaded refused rows'],
  'act-messages-exported': ['문자 기록을 내려받음', 'Downloaded the message log'],
  'act-work-list-exported': ['업무 목록을 내려받음', 'Downloaded a work list'],
  'act-accounts-read': ['사용자 계정 목록을 봄', 'Read the list of accounts'],
  'act-person-exported': ['한 사람의 정보를 내려받음', 'Downloaded what is kept of a person'],
  at: ['일시', 'When'],
  address: ['접속지', 'From where'],
  ownCommand: ['서버 명령', 'command on the server'],
  whose: ['누구의 정보', 'Whose data'],
  accounts: ['사용자 {count}명', 'users: {count}'],
  import: ['가져온 파일', 'an import'],
  byPerson: ['사용자별', 'By person'],
  accesses: ['횟수', 'Accesses'],
  people: ['정보주체 수', 'People concerned'],
  addresses: ['접속지 수', 'Addresses'],
  atOddHours: ['평일 8~20시 밖', 'Outside of 8 to 20 on weekdays'],
  list: ['접속기록', 'Accesses'],
  empty: ['이 달에는 기록이 없습니다.', 'Nothing was recorded in this month.'],
  review: ['월별 점검', 'Monthly review'],
  reviewLead: [
    '매달 한 번, 끝난 달의 기록을 점검하고 결과를 남깁니다. 그 달 기록에 본인이 있으면 다른 사람이 한 번 더 점검해야 합니다.',
    'Once a month, somebody looks through the month that is over and writes down what they found. Whoever is in it themselves needs another person to look as well.',
  ],
  unreviewed: ['점검하지 않은 달이 있습니다:', 'Nobody has looked through:'],
  reviewed: ['점검 완료', 'reviewed'],
  reviewMissing: ['점검 전', 'not reviewed yet'],
  isInIt: ['본인 기록 있음', 'is in it themselves'],
  note: ['점검 결과', 'What was found'],
  sign: ['점검 결과 남기기', 'Sign off'],
});

defineWords('done', {
  'accesses-reviewed': ['점검 결과를 남겼습니다.', 'Signed off.'],
});
