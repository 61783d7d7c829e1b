import { defineProblems } from '../../platform/app-error.js';

export const handingOverProblems = defineProblems({
  'officer-inactive': [
    'invalid',
    '퇴직했거나 옮긴 담당 공무원입니다. 재직 중인 사람을 고르세요.',
    'This officer has left: name one who is there.',
  ],
  'same-officer': [
    'invalid',
    '이미 그 담당 공무원의 계약입니다. 다른 사람을 고르세요.',
    'They are this officer’s already: name another one.',
  ],
  'merge-into-itself': [
    'conflict',
    '부서를 자신에게 통합할 수는 없습니다.',
    'A department cannot be merged into itself.',
  ],
  'merge-downwards': [
    'conflict',
    '하위 부서에 통합할 수는 없습니다. 하위 부서를 이 부서에 통합하세요.',
    'The department named stands below this one: merge that one into this.',
  ],
  'department-merged.already': [
    'conflict',
    '이미 다른 부서에 통합된 부서입니다.',
    'It was merged into another department already.',
  ],
  'department-merged.into': [
    'conflict',
    '고른 부서가 다른 부서에 통합되었습니다. 통합된 부서를 고르세요.',
    'The department named was itself merged: name the one it became part of.',
  ],
});
