import { defineWords } from '../../platform/words/words.js';

defineWords('signingIn', {
  title: ['로그인', 'Sign in'],
  email: ['전자우편', 'E-mail address'],
  password: ['비밀번호', 'Password'],
  forgotten: [
    '비밀번호를 잊었거나 계정이 없으면 기관의 관리자에게 요청하세요. 한 번만 쓸 수 있는 주소를 받게 됩니다.',
    'Forgotten your password, or have no account yet? Ask an administrator of your agency for a link that works once.',
  ],
  typedKept: [
    '그 사이 접속이 끝나 아직 아무것도 하지 않았습니다. 30분 안에 로그인하면 적은 내용이 그대로 나타납니다.',
    'The session had ended, so nothing has been done. Sign in within 30 minutes, and what you typed comes back.',
  ],
  typedTitle: ['적은 내용으로 돌아가기', 'Back to what you typed'],
  typedLead: [
    '로그인했습니다. 적은 내용이 담긴 양식이 곧 다시 나타납니다.',
    'You are signed in. The form that you had filled in is about to come back.',
  ],
  typedShow: ['적은 내용 보기', 'Show what I typed'],
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
});

defineWords('account', {
  name: ['이름', 'Name'],
  role: ['역할', 'Role'],
  department: ['부서', 'Department'],
  language: ['언어', 'Language'],
  changePassword: ['비밀번호 바꾸기', 'Change your password'],
  signOutEverywhere: ['모든 기기에서 로그아웃', 'Sign out everywhere'],
});

defineWords('done', {
  'not-done-yet': [
    '다시 로그인했습니다. 접속이 끝난 뒤에 누른 것은 하지 않았습니다.',
    'You are signed in again. What you pressed after the session had ended was not done.',
  ],
  'signed-out': ['로그아웃했습니다.', 'You are signed out.'],
  'password-changed': ['비밀번호를 바꾸었습니다.', 'Your password is changed.'],
});
