import { defineProblems } from '../../platform/app-error.js';

export const accountProblems = defineProblems({
  'email-taken': [
    'conflict',
    '같은 전자우편의 계정이 이미 있습니다.',
    'An account with this e-mail address exists.',
  ],
  'account-disabled': [
    'conflict',
    '사용이 중지된 계정입니다. 먼저 다시 사용하게 하세요.',
    'The account is disabled: enable it first.',
  ],
  'own-account': [
    'conflict',
    '자신의 계정은 이렇게 바꿀 수 없습니다. 다른 관리자에게 부탁하세요.',
    'You cannot disable your own account: ask another admin.',
  ],
  'name-taken': [
    'invalid',
    '다른 사람의 계정이 쓰는 이름입니다. 이름이 정말 같으면 관리자에게 부탁하세요.',
    'Another person’s account has this name. If it is yours as well, ask an admin.',
  ],
  'last-admin': [
    'conflict',
    '관리자가 한 사람은 남아야 합니다.',
    'This is the last admin: make another one first.',
  ],
  'department-needed': [
    'invalid',
    '담당 공무원, 부서장, 청렴 모니터는 부서가 있어야 합니다.',
    'Officers, managers and monitors belong to a department.',
  ],
  'officer-unknown.account': ['invalid', '그런 담당 공무원이 없습니다.', 'There is no such officer.'],
  'officer-taken': [
    'invalid',
    '이미 다른 계정이 쓰는 담당 공무원입니다.',
    'Another account is this officer’s.',
  ],
  'form-stale': [
    'forbidden',
    '이 양식은 더 이상 쓸 수 없습니다. 페이지를 다시 열고 시도하세요.',
    'This form is no longer valid: open the page again, and repeat what you did.',
  ],
  'origin-foreign': [
    'forbidden',
    '이 서비스의 페이지에서 보낸 것이 아닙니다.',
    'This was not sent from a page of this service.',
  ],
  'not-done-yet': [
    'conflict',
    '그 사이 접속이 끝나 아직 아무것도 하지 않았습니다. 적은 내용은 그대로이니, 확인하고 다시 누르세요.',
    'The session had ended, so nothing has been done yet. What you typed is still here: check it, and press the button again.',
  ],
  'sign-in-needed': ['unauthenticated', '이 페이지를 보려면 로그인하세요.', 'Sign in to see this page.'],
  'sign-in-failed': [
    'unauthenticated',
    '전자우편이나 비밀번호가 맞지 않습니다.',
    'The e-mail address or the password is not right. If you have forgotten it, ask an admin for a new link.',
  ],
  'sign-in-slowed': [
    'limit',
    '여러 번 틀렸습니다. {seconds}초 뒤에 다시 하세요.',
    'Too many attempts: wait {seconds} seconds, then try again.',
  ],
  'link-over': [
    'not-found',
    '이미 사용되었거나 기한이 지난 주소입니다. 관리자에게 새 주소를 요청하세요.',
    'This link was used, replaced or is past its time: ask an admin for a new one.',
  ],
  'no-account': [
    'forbidden',
    'API 키에는 계정이 없습니다. 개인 계정으로 로그인하세요.',
    'A key has no account: sign in as a person.',
  ],
  'password-wrong': ['invalid', '지금 비밀번호가 맞지 않습니다.', 'The present password is not right.'],
  'otp-wrong': [
    'unauthenticated',
    '인증번호가 맞지 않거나 이미 쓴 번호입니다. 앱에 새 번호가 나오면 다시 입력하세요.',
    'The code is not right, or was used already: wait for the next one in the app.',
  ],
  'sign-in-over': [
    'unauthenticated',
    '시간이 지났습니다. 처음부터 다시 로그인하세요.',
    'That took too long: sign in again from the beginning.',
  ],
  'passkey-refused': [
    'unauthenticated',
    '이 패스키로는 할 수 없습니다. 다시 해 보고, 그래도 안 되면 다른 방법으로 로그인하세요.',
    'The passkey was not taken. Try again; if that fails as well, sign in another way.',
  ],
  'second-factor-required': [
    'conflict',
    '기관 설정에 따라 관리자와 감사 담당자는 2단계 인증을, 그것이 없으면 마지막 패스키를 없앨 수 없습니다. 새 앱으로 바꿀 수는 있습니다.',
    'Your agency requires the second step of admins and auditors: it can be moved to another app, and not taken away, nor can the last passkey without it.',
  ],
  'password-unusable': ['invalid', '쓸 수 없는 비밀번호입니다. {why}', '{why}'],
  'password-short': [
    'invalid',
    '12자 이상으로 하세요. 낱말 서너 개를 이어 쓰면 됩니다.',
    'Take at least 12 characters: three or four words do well.',
  ],
  'password-long': ['invalid', '128자까지 쓸 수 있습니다.', 'Take at most 128 characters.'],
  'password-common': [
    'invalid',
    '널리 알려진 비밀번호입니다. 다른 것으로 하세요.',
    'This is among the first that a guesser tries: take words that do not belong together.',
  ],
  'password-personal': [
    'invalid',
    '이름이나 전자우편, 기관 이름이 들어 있습니다. 다른 것으로 하세요.',
    'It is little more than your name, your address or your agency’s name: take other words.',
  ],
});
