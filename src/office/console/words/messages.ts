import type { Section } from '../../../platform/words/words.js';

export const messages = {
  title: ['발송 기록', 'Message log'],
  lead: [
    '보낸 문자와 보내려 한 문자가 모두 여기에 있습니다. 지우거나 고칠 수 없습니다.',
    'Every text that was sent or tried is here; none can be removed or changed.',
  ],
  status: ['상태', 'Status'],
  from: ['부터', 'From'],
  to: ['까지', 'To'],
  milestone: ['단계', 'Milestone'],
  contract: ['계약', 'Contract'],
  number: ['번호', 'Number'],
  text: ['문안', 'Text'],
  sentAt: ['보낸 때', 'Sent'],
  dueAt: ['예정된 때', 'Due'],
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
  exportCsv: ['CSV로 내려받기', 'Download as CSV'],
  one: ['문자', 'Message'],
  provider: ['발송 업체', 'Provider'],
  sender: ['발신번호', 'Sender'],
  template: ['문안 양식', 'Template'],
  version: ['{version}판', 'version {version}'],
  attempts: ['발송 시도', 'Attempts'],
  attemptsLead: [
    '발송 업체에 부탁한 기록입니다. 한 문자가 두 번 나가지 않도록, 접수 여부를 확인한 뒤에만 다시 시도합니다.',
    'Each call to the provider. So that no text goes out twice, another is made only when it is known that the last was not accepted.',
  ],
  receipts: ['수신 보고', 'Receipts'],
  receiptsNone: ['아직 보고가 없습니다.', 'No report yet.'],
  attemptsNone: ['아직 시도하지 않았습니다.', 'No attempt yet.'],
  reference: ['업체의 접수번호', 'Provider’s reference'],
  code: ['업체의 코드', 'Provider’s code'],
  alerts: ['이 문자가 알린 것', 'What it tells'],
  finalAt: ['최종 처리 시각', 'Final'],
  nextAttemptAt: ['다시 시도할 때', 'Next attempt'],
  'origin-webhook': ['업체가 알려 옴', 'reported by the provider'],
  'origin-poll': ['업체에 물음', 'asked of the provider'],
  'origin-list': ['업체의 목록에서 찾음', 'found in the provider’s list'],
  releaseTitle: ['다시 보내기', 'Try again'],
  releaseLead: [
    '확인을 마쳤으면 사유를 적고 다시 보냅니다.',
    'Once looked into: give the reason, and it is tried again.',
  ],
} as const satisfies Section;

export const phones = {
  title: ['휴대전화', 'Phones'],
  lead: [
    '연습 환경에서 문자는 이 휴대전화들에만 도착합니다.',
    'In the sandbox, texts arrive on these phones alone.',
  ],
  empty: [
    '아직 도착한 문자가 없습니다. 시계를 다음 알림이 예정된 날로 옮겨 보세요.',
    'No text has arrived yet. Move the clock on to the day of the next alert.',
  ],
  clock: ['시계', 'Clock'],
  now: ['지금은 {now}입니다.', 'It is {now}.'],
  running: [
    '실제 시각으로 가고 있습니다. 옮기면 그 자리에 서고, 앞으로만 갑니다.',
    'It runs with the real time. Once moved, it stands still, and it only goes forward.',
  ],
  moveTo: ['이 날까지 옮기기', 'Move on to'],
  moveHint: ['그사이 때가 된 알림이 모두 나갑니다.', 'What falls due on the way is sent.'],
  move: ['시계 옮기기', 'Move the clock'],
  onlyAdmin: ['시계는 관리자만 옮길 수 있습니다.', 'Only an administrator moves the clock.'],
  receivedAt: ['{at} 도착', 'received {at}'],
} as const satisfies Section;

export const genuine = {
  title: ['받은 문자가 진짜인가요?', 'Is this text genuine?'],
  lead: [
    '{agency}의 청렴 알림 문자는 아래 번호에서만 오고, 아래에 적힌 문안과 같습니다. 돈을 요구하거나 링크를 누르게 하지 않습니다.',
    'Integrity alerts of {agency} come from the senders below and read as shown here. They never ask for money, and never ask you to follow a link.',
  ],
  senders: ['발신번호', 'Senders'],
  senderSandbox: ['연습 환경이므로 실제로 발송하지 않습니다.', 'This is a sandbox: nothing is sent.'],
  channels: ['신고하는 곳', 'Where to report'],
  channelsLead: [
    '금품이나 향응을 요구받았다면 아래로 신고하세요. 법이 신고한 사람을 보호합니다.',
    'If a gift or a favour was asked of you, report it here. The law protects those who report.',
  ],
  anonymous: ['익명 가능', 'anonymous reports taken'],
  never: ['이런 문자는 가짜입니다', 'Such a text is not from us'],
  neverMoney: [
    '돈을 보내라고 하거나 계좌번호를 적은 문자',
    'It asks you to pay, or gives an account number.',
  ],
  neverLink: ['모르는 주소를 누르라고 하는 문자', 'It asks you to follow a link that is not listed here.'],
  neverPassword: ['비밀번호나 인증번호를 묻는 문자', 'It asks for a password or a code.'],
  linksNone: ['우리 문자에는 링크가 없습니다.', 'Our texts hold no links.'],
  links: [
    '우리 문자의 링크는 이 주소만 씁니다: {domains}',
    'Links in our texts lead to these only: {domains}',
  ],
  plans: ['언제 문자가 오나요', 'When texts come'],
  texts: ['지금 쓰는 문안', 'Texts in force'],
  neutral: ['기록이 없을 때', 'when nothing was recorded'],
} as const satisfies Section;
