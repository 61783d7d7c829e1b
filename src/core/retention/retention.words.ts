import { defineProblems } from '../../platform/app-error.js';

export const retentionProblems = defineProblems({
  'erasing-kept.audit': [
    'conflict',
    '감사 담당자가 아직 확인하고 있는 계약이 있어 파기할 수 없습니다. 감사 부서에서 표시·통화·보류를 마친 뒤 다시 요청하세요.',
    'The audit office still looks into a contract in which the number stands. Ask again once its flags, calls and holds are done.',
  ],
  'erasing-kept.proposal': [
    'conflict',
    '이 번호가 있는 계약에 승인을 기다리는 변경이 있습니다. 결정된 뒤 다시 요청하세요.',
    'A change of a contract in which the number stands waits for a second person. Ask again once it is decided.',
  ],
  'erasing-kept.to-send': [
    'conflict',
    '이 번호로 보낼 문자가 남아 있습니다. 계약에서 연락처를 먼저 바꾸거나 삭제하고, 남은 문자가 끝난 뒤 다시 요청하세요.',
    'Something is still to be sent to the number. Change or remove the contact in its contract first, and ask again once that is settled.',
  ],
  'erasing-kept.still-contact': [
    'conflict',
    '끝나지 않은 계약의 수신자입니다. 계약에서 연락처를 먼저 바꾸거나 삭제하세요.',
    'The number is that of a contact of a contract that goes on. Change or remove the contact there first.',
  ],
  'erasing-alone': [
    'conflict',
    '파기는 요청한 사람이 아닌 감사 담당자가 결정해야 하는데, 결정할 사람이 없습니다. 감사 담당자를 먼저 초대하세요.',
    'Somebody else of the audit office has to decide this, and there is nobody. Invite an auditor first.',
  ],
  'person-unknown': [
    'not-found',
    '이 번호는 어디에도 없습니다. 번호를 확인하세요.',
    'The number stands nowhere here. See whether it is right.',
  ],
  'hold-twice': [
    'conflict',
    '이미 파기를 보류한 계약입니다.',
    'The personal data of this contract is held already.',
  ],
});
