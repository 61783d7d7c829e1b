import { defineWords } from '../../platform/words/words.js';

/** These words stand in mail. Names of companies and people, and numbers, never do: mail is read elsewhere. */
defineWords('mails', {
  'subject-invitation': ['[{agency}] 초롱에 초대합니다', '[{agency}] An invitation to Chorong'],
  'text-invitation': [
    '{agency} 청렴 알림 서비스(초롱)의 계정이 만들어졌습니다. 아래 주소에서 비밀번호를 정하면 쓸 수 있습니다. 이 주소는 {hours}시간 동안 한 번만 열립니다.',
    'An account of yours was made at {agency}’s integrity alerts (Chorong). Choose a password at this address to use it. The address opens once, within {hours} hours.',
  ],
  'subject-reset': [
    '[{agency}] 초롱 비밀번호를 다시 정하세요',
    '[{agency}] Choose a new password for Chorong',
  ],
  'text-reset': [
    '관리자가 계정의 비밀번호를 초기화했습니다. 아래 주소에서 새로 정하세요. 이 주소는 {hours}시간 동안 한 번만 열립니다. 요청하신 일이 아니면 감사 부서에 알리세요.',
    'An administrator has reset the password of your account. Choose a new one at this address, which opens once, within {hours} hours. If you did not ask for it, tell the audit office.',
  ],
  'subject-forgotten': [
    '[{agency}] 초롱 비밀번호를 새로 정하는 주소',
    '[{agency}] A link to choose a new password for Chorong',
  ],
  'text-forgotten': [
    '로그인 화면에서 이 전자우편의 비밀번호를 새로 정하겠다고 했습니다. 아래 주소에서 정하세요. 이 주소는 {hours}시간 동안 한 번만 열립니다. 요청하신 일이 아니면 그냥 두세요. 지금 비밀번호를 그대로 쓸 수 있습니다.',
    'Somebody asked, where people sign in, for a new password of this address. Choose it here; the address opens once, within {hours} hour(s). If it was not you, do nothing: your present password stays.',
  ],
  'subject-new-address': [
    '[{agency}] 초롱의 새 전자우편 확인',
    '[{agency}] Confirm your new address for Chorong',
  ],
  'text-new-address': [
    '초롱 계정의 전자우편을 이 주소로 바꾸겠다고 했습니다. 로그인한 브라우저에서 아래 주소를 열어 확인하세요. {hours}시간 안에 확인하지 않으면 전자우편은 그대로입니다. 요청하신 일이 아니면 그냥 두세요.',
    'Somebody wants this to be the address of their account. If it was you, open this where you are signed in, within {hours} hour(s), and confirm it; until then the old address stays. If it was not you, do nothing.',
  ],
  'subject-address-changed': [
    '[{agency}] 초롱 계정의 전자우편이 바뀌었습니다',
    '[{agency}] The address of your account was changed',
  ],
  'text-address-changed': [
    '초롱 계정의 전자우편이 이 주소에서 다른 주소로 바뀌었습니다. 이제 새 주소로 로그인합니다. 본인이 한 일이 아니면 곧바로 기관의 관리자나 감사 부서에 알리세요.',
    'Your account no longer has this address: you sign in with the new one. If it was not you who changed it, tell an administrator or the audit office at once.',
  ],
  'subject-morning': ['[{agency}] {day} 청렴 알림 소식', '[{agency}] Integrity alerts, {day}'],
  'subject-brake': ['[{agency}] 문자 발송이 멈췄습니다', '[{agency}] Sending is paused'],
  'text-brake': [
    '서비스가 문자 발송을 멈췄습니다. 그동안 보낼 문자는 기다리며, 관리자가 다시 시작하면 나갑니다.',
    'The service has paused sending. What falls due waits, and goes out once an admin resumes it.',
  ],
  told: [
    '맡은 계약의 업체에 청렴 알림을 보냈습니다 ({count}건).',
    'The companies of your contracts were sent integrity alerts ({count}).',
  ],
  failed: [
    '보냈으나 닿지 못했습니다 ({count}건). 번호를 확인하세요.',
    'These did not arrive ({count}). Look at the numbers.',
  ],
  decide: ['결정을 기다리는 변경이 {count}건 있습니다.', 'Changes that wait for your decision: {count}.'],
  work: ['처리할 일이 있습니다.', 'There is something to deal with.'],
  log: [
    '야간 확인에서 로그와 맞지 않는 기록이 나왔습니다. {what}',
    'The check of the night found something that does not fit the log. {what}',
  ],
  flags: ['새로 생긴 표시가 {count}건 있습니다.', 'New flags: {count}.'],
  report: [
    '{month} 보고: 알려야 할 단계 {called}개 가운데 {told}개를 알렸고 {untold}개는 미발송입니다. 발송한 알림은 {sent}건(수신 {delivered}건), 실패는 {failed}건입니다.',
    'Report of {month}: of {called} milestones that called for an alert, {told} were told and {untold} were not. Alerts sent: {sent} ({delivered} delivered); failed: {failed}.',
  ],
  line: ['- {what}: {count}건', '- {what}: {count}'],
  alertLine: ['- {reference} {title}: {milestone}', '- {reference} {title}: {milestone}'],
  more: ['- 그 밖에 {count}건', '- and {count} more'],
  why: [
    '이 메일은 초롱이 보냈습니다. 답장은 읽지 않습니다.',
    'This mail was sent by Chorong. Nobody reads answers to it.',
  ],
});
