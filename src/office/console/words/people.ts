import type { Section } from '../../../platform/words/words.js';

export const people = {
  title: ['사람과 계정', 'People'],
  lead: ['초롱에 로그인하는 사람들입니다.', 'Those who sign in to Chorong.'],
  name: ['이름', 'Name'],
  email: ['전자우편', 'E-mail address'],
  role: ['역할', 'Role'],
  department: ['부서', 'Department'],
  departmentHint: [
    '담당자, 부서장, 청렴 모니터는 부서가 있어야 합니다.',
    'Officers, managers and monitors belong to a department.',
  ],
  officer: ['직원 명부의 사람', 'In the staff list'],
  officerHint: [
    '이 사람이 담당하는 계약과 이어집니다.',
    'Links the account with the contracts of this officer.',
  ],
  state: ['상태', 'State'],
  active: ['사용 중', 'active'],
  invited: ['초대됨', 'invited'],
  disabled: ['사용 중지', 'disabled'],
  lastSeen: ['마지막 접속', 'Last seen'],
  invite: ['초대하기', 'Invite somebody'],
  invited1: ['{name} 님을 초대했습니다', '{name} is invited'],
  resetDone: ['{name} 님의 비밀번호를 지웠습니다', 'The password of {name} is gone'],
  linkLead: [
    '아래 주소를 본인에게만 전하세요. 한 번만 쓸 수 있고 72시간 뒤에 사라집니다. 이 화면을 떠나면 다시 볼 수 없습니다.',
    'Hand this link to the person alone. It works once, for 72 hours, and is not shown again.',
  ],
  change: ['계정 변경', 'Change the account'],
  reset: ['비밀번호 지우고 새 주소 만들기', 'Remove the password and make a new link'],
  resetAsk: [
    '지금 비밀번호와 로그인된 모든 기기가 곧바로 끊깁니다.',
    'The present password and every session end at once.',
  ],
  disable: ['사용 중지', 'Disable'],
  enable: ['다시 사용', 'Enable'],
  disableAsk: [
    '로그인된 모든 기기가 곧바로 끊깁니다. 맡은 계약은 그대로이니 인계하세요.',
    'Every session ends at once. The contracts stay with the officer: hand them over.',
  ],
} as const satisfies Section;

export const departments = {
  title: ['부서', 'Departments'],
  lead: ['상위 부서는 하위 부서의 계약을 봅니다.', 'A department sees the contracts of those below it.'],
  add: ['부서 추가', 'Add a department'],
  code: ['부서 코드', 'Code'],
  codeHint: ['영문자와 숫자로, 예: ROADS', 'Letters and digits, such as ROADS'],
  nameKo: ['이름(한국어)', 'Name in Korean'],
  nameEn: ['이름(영어)', 'Name in English'],
  parent: ['상위 부서', 'Below'],
  goLive: ['시행일', 'Goes live on'],
  goLiveHint: [
    '이날보다 앞선 알림은 보내지도, 놓친 것으로 세지도 않습니다. 계약이 생기면 바꿀 수 없습니다.',
    'What fell due before it is neither sent nor missed. Once there are contracts it stands.',
  ],
  head: ['부서장', 'Head'],
  merged: ['{name}에 통합됨', 'merged into {name}'],
  change: ['부서 변경', 'Change the department'],
  officers: ['직원 명부', 'Staff'],
  officersHint: [
    '직원의 번호는 상대자의 연락처로 쓰였는지 확인하는 데 쓰입니다.',
    'Staff numbers are compared with the contacts of counterparties.',
  ],
  left: ['퇴직·전출', 'has left'],
  leave: ['퇴직·전출 처리', 'Has left'],
  return: ['다시 근무', 'Is back'],
  leaveHint: [
    '떠난 직원은 새 계약의 담당자로 고를 수 없습니다. 맡은 계약은 그대로이니 인계하고, 계정은 따로 사용 중지하세요.',
    'Who has left is no longer offered for contracts. His contracts stay his until they are handed over; his account is disabled under People.',
  ],
  addOfficer: ['직원 추가', 'Add an officer'],
  staffNumber: ['직원 번호', 'Staff number'],
  phone: ['휴대전화', 'Mobile number'],
  merge: ['다른 부서에 통합', 'Merge into another department'],
  mergeInto: ['통합할 부서', 'Merge into'],
  mergeAsk: [
    '계약, 직원, 계정이 모두 옮겨 갑니다. 이 부서의 이름은 이력에 남습니다. 되돌릴 수 없습니다.',
    'Contracts, staff and accounts move. The name stays in the history. This cannot be taken back.',
  ],
  mergeFound: [
    '계약 {contracts}건, 직원 {officers}명, 계정 {accounts}개가 옮겨 갑니다.',
    '{contracts} contracts, {officers} officers and {accounts} accounts move.',
  ],
  preview: ['무엇이 옮겨 가는지 보기', 'See what moves'],
} as const satisfies Section;

export const keys = {
  title: ['API 키', 'API keys'],
  lead: ['다른 시스템이 초롱을 부를 때 쓰는 키입니다.', 'Other systems call Chorong with these.'],
  name: ['이름', 'Name'],
  nameHint: ['어느 시스템이 쓰는지 적습니다.', 'Which system uses it.'],
  prefix: ['앞부분', 'Begins with'],
  expiresAt: ['만료일', 'Expires on'],
  lastUsed: ['마지막 사용', 'Last used'],
  make: ['키 만들기', 'Make a key'],
  made: ['새 키를 만들었습니다', 'The key is made'],
  madeLead: ['아래 키를 지금 옮겨 적으세요. 다시 볼 수 없습니다.', 'Copy it now: it is not shown again.'],
  revoke: ['폐기', 'Revoke'],
  revoked: ['폐기됨', 'revoked'],
  expired: ['만료됨', 'expired'],
  revokeAsk: ['이 키로 오는 요청은 곧바로 거절됩니다.', 'Calls with this key fail at once.'],
} as const satisfies Section;

export const handingOver = {
  title: ['계약 인계', 'Hand contracts over'],
  lead: [
    '담당자가 바뀌면 그 사람의 계약을 모두 새 담당자에게 넘깁니다. 이력은 그대로 남습니다.',
    'When an officer leaves, all of the contracts go to another, with their history.',
  ],
  from: ['넘기는 사람', 'From'],
  to: ['받는 사람', 'To'],
  preview: ['몇 건인지 보기', 'See how many'],
  found: [
    '계약 {contracts}건을 넘깁니다. 그중 {moved}건은 부서가 바뀝니다.',
    '{contracts} contracts change hands; {moved} of them come into another department.',
  ],
  none: ['넘길 계약이 없습니다.', 'There is nothing to hand over.'],
  submit: ['인계', 'Hand over'],
} as const satisfies Section;
