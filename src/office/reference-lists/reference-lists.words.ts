import { defineProblems } from '../../platform/app-error.js';

export const listProblems = defineProblems({
  'list-name-taken': [
    'conflict',
    '같은 이름의 대조 목록이 이미 있습니다.',
    'There is a reference list of that name already.',
  ],
  'list-polled-already': [
    'conflict',
    '나라장터에서 자동으로 채우는 목록은 하나만 둘 수 있습니다.',
    'Another list is filled from e-procurement: one at most is.',
  ],
  'match-unknown': [
    'invalid',
    '그 번호의 계약이 하나로 정해지지 않습니다. 계약번호를 확인하세요.',
    'No single contract has that reference: check how it is written.',
  ],
});
