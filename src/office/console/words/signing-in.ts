import type { Section } from '../../../platform/words/words.js';

export const signingIn = {
  title: ['로그인', 'Sign in'],
  email: ['전자우편', 'E-mail address'],
  password: ['비밀번호', 'Password'],
  submit: ['로그인', 'Sign in'],
  forgotten: [
    '비밀번호를 잊었거나 계정이 없으면 기관의 관리자에게 요청하세요. 한 번만 쓸 수 있는 주소를 받게 됩니다.',
    'Forgotten your password, or have no account yet? Ask an administrator of your agency for a link that works once.',
  ],
  needed: ['계속하려면 로그인하세요.', 'Sign in to go on.'],
  sandboxHint: [
    '연습용 계정은 서비스를 시작한 화면에 표시되어 있습니다.',
    'The accounts of the sandbox are printed where the service was started.',
  ],
  welcomeTitle: ['비밀번호 정하기', 'Choose your password'],
  welcomeLead: [
    '{name} 님, 초롱에서 쓸 비밀번호를 정하세요.',
    '{name}, choose the password that you will sign in with.',
  ],
  linkOver: ['쓸 수 없는 주소입니다', 'This link cannot be used'],
  linkOverText: [
    '이미 사용되었거나 기한이 지났습니다. 관리자에게 새 주소를 요청하세요.',
    'It has been used, or its time is over. Ask an administrator for a new one.',
  ],
  newPassword: ['새 비밀번호', 'New password'],
  passwordHint: [
    '12자 이상. 길수록 좋으며, 낱말 여러 개를 이어 써도 됩니다. 기호나 숫자를 섞지 않아도 됩니다.',
    '12 characters or more: the longer the better. Several words in a row will do; no need for digits or symbols.',
  ],
  setPassword: ['비밀번호 정하기', 'Set the password'],
  oldPassword: ['지금 비밀번호', 'Present password'],
} as const satisfies Section;

export const account = {
  title: ['내 계정', 'Your account'],
  name: ['이름', 'Name'],
  role: ['역할', 'Role'],
  department: ['부서', 'Department'],
  language: ['언어', 'Language'],
  changePassword: ['비밀번호 바꾸기', 'Change your password'],
  signOutEverywhere: ['모든 기기에서 로그아웃', 'Sign out everywhere'],
} as const satisfies Section;

/** Said at the top of the page that follows a change. */
export const done = {
  'signed-out': ['로그아웃했습니다.', 'You are signed out.'],
  'password-changed': ['비밀번호를 바꾸었습니다.', 'Your password is changed.'],
  registered: ['계약을 등록했습니다.', 'The contract is registered.'],
  amended: ['계약을 변경했습니다.', 'The contract is changed.'],
  moved: ['계약 상태를 바꾸었습니다.', 'The contract’s state is changed.'],
  recorded: ['이행 사실을 기록했습니다.', 'The occurrence is recorded.'],
  'contact-added': ['연락처를 추가했습니다.', 'The contact is added.'],
  'contact-changed': ['연락처를 변경했습니다.', 'The contact is changed.'],
  'contact-removed': ['연락처를 삭제했습니다.', 'The contact is removed.'],
  'counterparty-added': ['계약상대자를 추가했습니다.', 'The counterparty is added.'],
  released: ['문자를 다시 보내도록 했습니다.', 'The message will be tried again.'],
  'clock-moved': ['시계를 옮겼습니다.', 'The clock was moved on.'],
  'account-changed': ['계정을 변경했습니다.', 'The account is changed.'],
  'department-saved': ['부서를 저장했습니다.', 'The department is saved.'],
  'officer-left': ['떠난 직원으로 기록했습니다.', 'The officer is noted as having left.'],
  'officer-returned': ['다시 근무하는 직원으로 기록했습니다.', 'The officer is noted as being back.'],
  'officer-added': ['직원을 추가했습니다.', 'The officer is added.'],
  merged: ['부서를 통합했습니다.', 'The departments are merged.'],
  'handed-over': ['계약을 인계했습니다.', 'The contracts are handed over.'],
  'key-revoked': ['키를 폐기했습니다.', 'The key is revoked.'],
  'settings-saved': ['설정을 저장했습니다.', 'The settings are saved.'],
  'import-discarded': [
    '파일을 버렸습니다. 바뀐 계약은 없습니다.',
    'The file is discarded. No contract was changed.',
  ],
  'import-undone': ['가져오기를 되돌렸습니다.', 'The import is undone.'],
} as const satisfies Section;
