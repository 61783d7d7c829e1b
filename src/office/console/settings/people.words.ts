import { defineWords } from '../../../platform/words/words.js';

defineWords('people', {
  lead: ['초롱에 로그인하는 사람들입니다.', 'Those who sign in to Chorong.'],
  officer: ['직원 명부의 사람', 'In the staff list'],
  officerHint: [
    '이 사람이 담당하는 계약과 이어집니다.',
    'Links the account with the contracts of this officer.',
  ],
  state: ['상태', 'State'],
  active: ['사용 중', 'active'],
  invited: ['초대됨', 'invited'],
  linkUntil: ['{when}까지 수락 가능', 'may accept until {when}'],
  linkOver: ['수락 기한이 지남', 'the invitation has expired'],
  sendAgain: ['초대 다시 보내기', 'Send the invitation again'],
  sendAgainAsk: [
    '앞서 보낸 주소는 쓸 수 없게 되고, 새 주소가 72시간 동안 유효합니다.',
    'The link that was sent before stops working, and a new one works for 72 hours.',
  ],
  cancelInvitation: ['초대 취소', 'Cancel the invitation'],
  cancelInvitationAsk: [
    '보낸 주소로 더는 들어올 수 없습니다. 나중에 다시 초대할 수 있습니다.',
    'The link lets nobody in any more. You can invite the person again later.',
  ],
  disabled: ['사용 중지', 'disabled'],
  lastSeen: ['마지막 접속', 'Last seen'],
  neverSeen: ['접속한 적 없음', 'never'],
  invite: ['초대하기', 'Invite somebody'],
  invited1: ['{name} 님을 초대했습니다', '{name} is invited'],
  resetDone: ['{name} 님의 비밀번호를 지웠습니다', 'The password of {name} is gone'],
  linkLead: [
    '아래 주소를 본인에게만 전하세요. 한 번만 쓸 수 있고 72시간 뒤에 사라집니다. 이 화면을 떠나면 다시 볼 수 없습니다.',
    'Hand this link to the person alone. It works once, for 72 hours, and is not shown again.',
  ],
  linkMailed: ['본인에게 메일로도 보냈습니다.', 'It was mailed to the person.'],
  change: ['계정 변경', 'Change the account'],
  reset: ['비밀번호 지우고 새 주소 만들기', 'Remove the password and make a new link'],
  resetAsk: [
    '지금 비밀번호와 로그인된 모든 기기가 곧바로 끊깁니다.',
    'The present password and every session end at once.',
  ],
  secondFactor: ['2단계 인증', 'two steps'],
  resetFactor: ['2단계 인증과 패스키도 해제', 'Take the second step and the passkeys away, too'],
  resetFactorHint: [
    '휴대전화와 복구 코드를 모두 잃어버린 사람에게만 쓰세요. 본인인지 직접 확인한 뒤에 하세요.',
    'For somebody who has lost the device and the recovery codes: make sure in person that it is them.',
  ],
  disable: ['사용 중지', 'Disable'],
  enable: ['다시 사용', 'Enable'],
  disableAsk: [
    '로그인된 모든 기기가 곧바로 끊깁니다. 맡은 계약은 그대로이니 인계하세요.',
    'Every session ends at once. The contracts stay with the officer: hand them over.',
  ],
});
