import { defineWords } from '../../platform/words/words.js';

defineWords('signingIn', {
  title: ['로그인', 'Sign in'],
  email: ['전자우편', 'E-mail address'],
  password: ['비밀번호', 'Password'],
  forgotten: [
    '비밀번호를 잊었거나 계정이 없으면 기관의 관리자에게 요청하세요. 한 번만 쓸 수 있는 주소를 받게 됩니다.',
    'Forgotten your password, or have no account yet? Ask an administrator of your agency for a link that works once.',
  ],
  forgottenLink: ['비밀번호를 잊었습니다', 'I have forgotten my password'],
  forgottenTitle: ['비밀번호 찾기', 'Forgotten your password?'],
  forgottenLead: [
    '계정의 전자우편을 적으면, 비밀번호를 새로 정하는 주소를 그리로 보냅니다. 그때까지 지금 비밀번호도 그대로 쓸 수 있습니다.',
    'Give your account’s e-mail address: a link to choose a new password is sent there. Until you use it, your present password stays.',
  ],
  forgottenSend: ['주소 받기', 'Send me a link'],
  forgottenSent: [
    '{email}의 계정이 있으면 그리로 보냈습니다. 주소는 한 시간 동안 한 번만 열립니다. 오지 않으면 스팸함을 살펴보고, 30분 뒤에 다시 요청하거나 관리자에게 문의하세요.',
    'If {email} has an account, a link is on its way there. It opens once, within an hour. If it does not come, look among the spam, ask again in half an hour, or ask an administrator.',
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
  byIssuer: ['기관 통합 로그인', 'Sign in by your agency’s sign-in service'],
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

defineWords('secondFactor', {
  title: ['2단계 인증 설정', 'Set up the second step'],
  heading: ['2단계 인증', 'Signing in in two steps'],
  lead: [
    '휴대전화의 인증 앱(Google Authenticator, Microsoft Authenticator 등)으로 아래 QR 코드를 찍으세요. 찍을 수 없으면 앱에 키를 직접 입력하세요.',
    'Scan the code with an authenticator app on your phone, such as Google Authenticator or Microsoft Authenticator, or type the key into it.',
  ],
  key: ['키', 'Key'],
  firstCode: ['앱에 나온 인증번호 6자리', 'The six digits that the app shows'],
  confirm: ['확인하고 설정', 'Confirm'],
  code: ['인증번호', 'Code'],
  codeHint: [
    '인증 앱에 나온 6자리 번호. 휴대전화가 없으면 복구 코드 하나를 입력하세요.',
    'Six digits of your authenticator app; without your phone, one of your recovery codes.',
  ],
  lost: [
    '휴대전화와 복구 코드를 모두 잃어버렸으면 기관의 관리자에게 2단계 인증 해제를 요청하세요.',
    'Lost both your phone and your recovery codes? Ask an administrator of your agency to take the second step away.',
  ],
  codes: ['복구 코드', 'Recovery codes'],
  codesLead: [
    '휴대전화가 없을 때 인증번호 대신 입력합니다. 하나에 한 번씩만 쓸 수 있고, 이 화면을 떠나면 다시 볼 수 없으니 지금 인쇄하거나 적어서 안전한 곳에 보관하세요.',
    'Each takes the place of a code once, when you are without your phone. They are not shown again: print them or write them down now, and keep them safe.',
  ],
  codesKept: ['보관했으니 계속하기', 'I have kept them: go on'],
  isSet: ['사용 중입니다. 남은 복구 코드: {count}개', 'It is set up. Recovery codes left: {count}'],
  isNotSet: [
    '로그인할 때 비밀번호에 더해 인증 앱의 번호를 입력합니다.',
    'Signing in then takes a code of an authenticator app after the password.',
  ],
  isRequired: [
    '기관 설정에 따라 관리자와 감사 담당자는 해제할 수 없습니다.',
    'Your agency requires it of admins and auditors.',
  ],
  start: ['설정하기', 'Set it up'],
  move: ['다른 앱으로 바꾸기', 'Move it to another app'],
  newCodes: ['복구 코드 새로 받기', 'New recovery codes'],
  remove: ['해제', 'Take it away'],
});

defineWords('passkeys', {
  title: ['패스키', 'Passkeys'],
  lead: [
    '기기의 잠금을 풀 때처럼 지문이나 얼굴, PIN으로, 또는 보안 키로 한 번에 로그인합니다. 비밀번호와 인증번호를 대신하며, 위의 확인을 거쳐 추가하거나 삭제합니다.',
    'A passkey signs you in at once, by a finger, a face or a PIN on your device, or by a security key, in place of password and code. To add or remove one, give what is asked for above.',
  ],
  name: ['새 패스키 이름', 'Name of the new passkey'],
  nameHint: ['예: 내 휴대전화', 'For example: my phone'],
  add: ['패스키 추가', 'Add a passkey'],
  addLead: [
    '아래 단추를 누르면 기기가 확인을 요청합니다.',
    'Press the button: your device then asks you to confirm.',
  ],
  added: ['추가', 'added'],
  lastUsed: ['마지막 사용', 'last used'],
  neverUsed: ['아직 사용하지 않음', 'not used yet'],
  remove: ['삭제', 'Remove'],
  signIn: ['패스키로 로그인', 'Sign in with a passkey'],
  needed: [
    '이 계정은 패스키로 로그인합니다. 잃어버렸으면 기관의 관리자에게 2단계 인증 해제를 요청하세요.',
    'This account is signed in to with its passkey. Lost it? Ask an administrator of your agency to take the second step away.',
  ],
  failed: [
    '기기에서 패스키를 받지 못했습니다. 다시 하거나 다른 방법으로 로그인하세요.',
    'Your device gave no passkey. Try again, or go on another way.',
  ],
});

defineWords('session', {
  ending: [
    '한동안 아무것도 하지 않아 5분 안에 접속이 끝납니다.',
    'Nothing was done for a while: the session ends within five minutes.',
  ],
  stay: ['계속 접속하기', 'Stay signed in'],
  over: [
    '접속이 곧 끝나거나 이미 끝났습니다. 새 창에서 다시 로그인하면 적던 내용은 이 화면에 그대로 있습니다.',
    'The session is about to end, or has ended. Sign in again in a new window: what you have typed stays here.',
  ],
  again: ['새 창에서 다시 로그인', 'Sign in again in a new window'],
  back: ['접속이 이어집니다. 하던 일을 계속하세요.', 'You are signed in: go on where you were.'],
});

defineWords('account', {
  name: ['이름', 'Name'],
  role: ['역할', 'Role'],
  department: ['부서', 'Department'],
  language: ['언어', 'Language'],
  own: ['이름과 언어', 'Name and language'],
  nameHint: [
    '내가 한 일 옆에 이 이름이 보입니다. 바꾸어도 전에 한 일은 그대로 내 기록이며, 바꾼 것은 감사 담당자에게 보입니다.',
    'Others see it beside what you do. A new name leaves what you did before yours, and auditors see the change.',
  ],
  byAdmin: [
    '역할과 부서는 기관의 관리자가 바꿉니다.',
    'An administrator of your agency changes your role and department.',
  ],
  addressStays: [
    '전자우편은 바꿀 수 없으며, 새 주소로는 새로 초대받습니다.',
    'The address stays: with a new one, you are invited anew.',
  ],
  newAddress: ['전자우편 바꾸기', 'Change your address'],
  newAddressLead: [
    '새 주소로 확인 메일을 보냅니다. 한 시간 안에, 로그인한 브라우저에서 그 메일의 주소를 열어 확인할 때까지 지금 주소를 그대로 씁니다. 바뀌면 지금 주소로도 알립니다.',
    'A link is sent to the new address. Your present one stays until you open the link, within an hour and where you are signed in; it is then told of the change.',
  ],
  newAddressEmail: ['새 전자우편', 'New address'],
  newAddressSend: ['확인 메일 받기', 'Send me the link'],
  newAddressSent: [
    '{email}(으)로 확인 메일을 보냈습니다. 한 시간 안에 그 메일의 주소를 여세요. 오지 않으면 스팸함을 살펴보세요.',
    'A link is on its way to {email}. Open it within an hour. If it does not come, look among the spam.',
  ],
  newAddressAsk: [
    '이제부터 {email}(으)로 로그인하고 메일을 받습니다.',
    'From now on you sign in with {email}, and mail is sent there.',
  ],
  newAddressTake: ['이 주소로 바꾸기', 'Make it my address'],
  changePassword: ['비밀번호 바꾸기', 'Change your password'],
  signOutEverywhere: ['모든 기기에서 로그아웃', 'Sign out everywhere'],
});

defineWords('done', {
  'not-done-yet': [
    '다시 로그인했습니다. 접속이 끝난 뒤에 누른 것은 하지 않았습니다.',
    'You are signed in again. What you pressed after the session had ended was not done.',
  ],
  'signed-in-again': [
    '다시 로그인했습니다. 이 창을 닫고 하던 일을 계속하세요.',
    'You are signed in again: close this window and go on where you were.',
  ],
  'signed-out': ['로그아웃했습니다.', 'You are signed out.'],
  'account-saved': ['저장했습니다.', 'Saved.'],
  'address-changed': [
    '전자우편을 바꾸었습니다. 다음부터 새 주소로 로그인하세요.',
    'Your address is changed: sign in with the new one from now on.',
  ],
  'password-changed': ['비밀번호를 바꾸었습니다.', 'Your password is changed.'],
  'passkey-added': ['패스키를 추가했습니다.', 'The passkey is added.'],
  'passkey-removed': ['패스키를 삭제했습니다.', 'The passkey is removed.'],
  'second-factor-removed': ['2단계 인증을 해제했습니다.', 'The second step is taken away.'],
});
