import { defineProblems } from '../../platform/app-error.js';

export const departmentProblems = defineProblems({
  'department-merged': [
    'conflict',
    '{code} 부서는 다른 부서에 통합되었습니다. 통합된 부서를 고르세요.',
    '{code} was merged into another department: name that one.',
  ],
  'department-is-live': [
    'conflict',
    '계약이 있는 부서의 시행일은 옮길 수 없습니다.',
    'The department has contracts, which were planned by its go-live day: the day can no longer be moved.',
  ],
  'department-code-taken': [
    'conflict',
    '같은 부서 코드({code})가 이미 있습니다.',
    'A department with code {code} exists.',
  ],
  'officer-unknown': ['invalid', '그런 담당 공무원이 없습니다.', 'The officer named as head does not exist.'],
  'officer-unknown.head': [
    'invalid',
    '그런 담당 공무원이 없습니다.',
    'an id as GET /api/v1/officers shows it',
  ],
  'officer-unknown.head.page': [
    'invalid',
    '그런 담당 공무원이 없습니다.',
    'There is no such officer: choose one of the list.',
  ],
  'officer-left': [
    'invalid',
    '그만두었거나 자리를 옮긴 담당 공무원입니다. 지금 맡고 있는 담당 공무원을 고르세요.',
    'That officer has left: name one who is here.',
  ],
  'parent-unknown': ['invalid', '상위 부서가 없습니다.', 'The department named as parentId does not exist.'],
  'staff-number-taken': [
    'conflict',
    '같은 직원 번호({staffNumber})가 이미 있습니다.',
    'An officer with staff number {staffNumber} exists.',
  ],
});
