import { defineWords } from '../../platform/words/words.js';

defineWords('signingIn', {
  title: ['로그인', 'Sign in'],
  email: ['전자우편', 'E-mail address'],
  password: ['비밀번호', 'Password'],
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
  'signed-out': ['로그아웃했습니다.', 'You are signed out.'],
  'password-changed': ['비밀번호를 바꾸었습니다.', 'Your password is changed.'],
});
