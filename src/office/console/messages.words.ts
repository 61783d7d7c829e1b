import { defineWords } from '../../platform/words/words.js';

defineWords('messages', {
  lead: [
    '보낸 문자와 보내려 한 문자가 모두 여기에 있습니다. 지우거나 고칠 수 없고, 보관 기간이 지나면 번호와 문안만 파기합니다.',
    'Every text that was sent or tried is here; none can be removed or changed. Number and text are erased when their period ends.',
  ],
  status: ['상태', 'Status'],
  from: ['시작일', 'From'],
  to: ['종료일', 'To'],
  milestone: ['단계', 'Milestone'],
  contract: ['계약', 'Contract'],
  number: ['번호', 'Number'],
  text: ['문안', 'Text'],
  erased: ['파기됨', 'erased'],
  erasedText: [
    '보관 기간이 지났거나 당사자가 요청하여 번호와 문안을 파기했습니다. 보낸 사실은 로그에 남아 있습니다.',
    'Number and text were erased, because their period was over or the person asked for it. That it was sent stays in the log.',
  ],
  details: ['발송 정보', 'Details'],
  sentAt: ['발송 일시', 'Sent'],
  dueAt: ['예정 일시', 'Due'],
  empty: ['조건에 맞는 문자가 없습니다.', 'No message matches.'],
  emptyYet: [
    '아직 보낸 문자가 없습니다. 계약을 등록하면 알림이 계획되고, 때가 되면 여기에 나타납니다.',
    'Nothing has been sent yet. Register a contract: its alerts are planned, and appear here when their time comes.',
  ],
  searchTitle: ['번호나 낱말로 찾기', 'Search by number or words'],
  searchLead: [
    '번호는 주소에 남지 않도록 따로 보냅니다.',
    'A number is sent apart, so that it stays in no address.',
  ],
  words: ['문안에 든 낱말', 'Words in the text'],
  searchNumber: ['전화번호 전체', 'Whole number'],
  one: ['문자', 'Message'],
  provider: ['발송 업체', 'Provider'],
  sender: ['발신번호', 'Sender'],
  template: ['문안 양식', 'Template'],
  version: ['버전 {version}', 'version {version}'],
  attempts: ['발송 시도', 'Attempts'],
  attemptsLead: [
    '발송 업체에 발송을 요청한 기록입니다. 한 문자가 두 번 나가지 않도록, 접수 여부를 확인한 뒤에만 다시 시도합니다.',
    'Each call to the provider. So that no text goes out twice, another is made only when it is known that the last was not accepted.',
  ],
  receipts: ['수신 보고', 'Receipts'],
  receiptsNone: ['아직 보고가 없습니다.', 'No report yet.'],
  attemptsNone: ['아직 시도하지 않았습니다.', 'No attempt yet.'],
  reference: ['발송 업체의 접수번호', 'Provider’s reference'],
  code: ['발송 업체의 코드', 'Provider’s code'],
  alerts: ['이 문자가 알린 것', 'What it tells'],
  finalAt: ['최종 처리 시각', 'Final'],
  nextAttemptAt: ['다시 시도할 때', 'Next attempt'],
  'origin-webhook': ['발송 업체가 알려 옴', 'reported by the provider'],
  'origin-poll': ['발송 업체에 조회함', 'asked of the provider'],
  'origin-list': ['발송 업체의 목록에서 찾음', 'found in the provider’s list'],
  releaseTitle: ['다시 보내기', 'Try again'],
  releaseLead: [
    '확인을 마쳤으면 사유를 적고 다시 보냅니다.',
    'Once looked into: give the reason, and it is tried again.',
  ],
});

defineWords('done', {
  released: ['문자를 다시 보내도록 했습니다.', 'The message will be tried again.'],
});
