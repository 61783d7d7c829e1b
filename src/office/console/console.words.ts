import type { DatedTerm } from '../../core/contracts/contract.entity.js';
import { type Both, defineWords, type Section } from '../../platform/words/words.js';

defineWords('common', {
  seeIt: ['그 계약 보기', 'See that contract'],
  product: ['초롱', 'Chorong'],
  tagline: ['청렴 알림 문자', 'Integrity alerts'],
  looksByItself: ['자동 새로 고침', 'Updates by itself'],
  newsAt: ['#에 새로 고쳤습니다.', 'Updated at #.'],
  skip: ['본문으로 건너뛰기', 'Skip to the content'],
  language: ['English', '한국어'],
  theme: ['화면 모드', 'Appearance'],
  themeAuto: ['기기 설정 따름', 'As the device'],
  themeLight: ['밝게', 'Light'],
  themeDark: ['어둡게', 'Dark'],
  signOut: ['로그아웃', 'Sign out'],
  account: ['내 계정', 'Your account'],
  sandbox: [
    '연습 환경입니다. 문자는 이 안의 휴대전화 화면에만 도착하며 실제로 발송되지 않습니다.',
    'This is a sandbox. Texts arrive on the phones inside it and are sent to nobody.',
  ],
  clockStopped: [
    '연습 시계는 {moment}에 멈추어 있으며, 모든 일시는 이 시계를 따릅니다.',
    'Its clock stands at {moment}, and every time shown goes by it.',
  ],
  sandboxLabel: ['연습 환경', 'Sandbox'],
  seePhones: ['휴대전화 보기', 'See the phones'],
  genuine: ['받은 문자가 진짜인가요?', 'Is this text genuine?'],
  problemTitle: ['문제가 있습니다', 'There is a problem'],
  requestId: ['요청 번호', 'Request'],
  typed: ['적었던 내용', 'What you had typed'],
  save: ['저장', 'Save'],
  cancel: ['취소', 'Cancel'],
  change: ['변경', 'Change'],
  search: ['찾기', 'Search'],
  filter: ['조건 적용', 'Apply filters'],
  filters: ['조건 펼치기', 'Show the filters'],
  filtersOn: ['적용 중', 'some are on'],
  clearFilters: ['조건 지우기', 'Clear filters'],
  all: ['전체', 'All'],
  narrow: ['목록에서 찾기', 'Find in this list'],
  narrowed: ['{count}건', '{count} found'],
  none: ['없음', 'None'],
  optional: ['선택', 'optional'],
  exportXlsx: ['엑셀로 내려받기', 'Download for Excel'],
  exportCsv: ['CSV로 내려받기', 'Download as CSV'],
  next: ['다음 쪽', 'Next page'],
  first: ['처음으로', 'First page'],
  reason: ['사유', 'Reason'],
  reasonHint: [
    '이력에 남으며 감사 부서가 읽습니다.',
    'It is kept in the history, and the audit office reads it.',
  ],
  unknown: ['알 수 없음', 'Unknown'],
  notGiven: ['적지 않음', 'Not given'],
  choose: ['고르세요', 'Choose'],
});

defineWords('navigation', {
  label: ['주 메뉴', 'Main'],
  home: ['오늘', 'Today'],
  figures: ['현황판', 'Dashboard'],
  reports: ['월간 보고', 'Monthly reports'],
  contracts: ['계약', 'Contracts'],
  outgoing: ['발송 일정', 'What goes out'],
  imports: ['가져오기', 'Imports'],
  work: ['할 일', 'Work list'],
  flags: ['확인할 표시', 'Flags'],
  calls: ['확인 전화', 'Calls'],
  ladder: ['올라온 일', 'Escalations'],
  accesses: ['개인정보 접속기록', 'Access log'],
  messages: ['발송 기록', 'Message log'],
  coverage: ['알림 현황', 'Coverage'],
  settings: ['설정', 'Settings'],
  phones: ['휴대전화', 'Phones'],
});

defineWords('home', {
  greeting: ['{name} 님, 안녕하세요', 'Hello, {name}'],
  calls: [
    '감사부서는 매달 문자를 보낸 번호의 {share}%를 추첨해 업체에 직접 전화로 확인합니다.',
    'Each month the audit office draws {share}% of the numbers that were texted by lot, and calls them.',
  ],
  needs: ['조치할 일', 'What needs you'],
  nothing: ['지금 조치할 일이 없습니다.', 'Nothing needs you now.'],
  next: ['다음에 나갈 알림', 'Alerts to come'],
  nextNone: ['예정된 알림이 없습니다.', 'No alerts are planned.'],
  sent: ['최근에 나간 문자', 'Texts sent lately'],
  sentNone: ['아직 나간 문자가 없습니다.', 'No texts have been sent yet.'],
  paused: ['발송 중지 중', 'Sending is paused'],
  pausedWhy: ['{scope}: {reason}', '{scope}: {reason}'],
  askTerms: [
    '기관의 공휴일 지역과 법정 기한(검사, 대가 지급)을 아직 정하지 않았습니다.',
    'The agency has not said yet which region’s holidays and which statutory terms of inspection and payment it has.',
  ],
  answerTerms: ['달력에서 정하기', 'Answer in the calendar'],
  seeAll: ['모두 보기', 'See all'],
  monitorLead: [
    '청렴 모니터는 부서별 알림 현황을 봅니다. 계약과 사람의 정보는 보이지 않습니다.',
    'As a monitor you read the figures of your department; contracts and people are not shown.',
  ],
});

defineWords('phones', {
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
  mails: ['보낸 메일', 'Mail'],
  mailsLead: [
    '연습 환경에서 메일은 밖으로 나가지 않고 여기에 남습니다. 관리자만 볼 수 있습니다.',
    'In the sandbox, mail goes nowhere and stays here. Only administrators see it.',
  ],
  endings: ['실패를 시험하는 번호', 'Numbers that fail, to try it out'],
  endingsLead: [
    '연습 환경에서는 번호의 끝 네 자리에 따라 문자가 이렇게 됩니다. 그 밖의 번호는 모두 도착합니다.',
    'In the sandbox, the last four digits of a number decide what becomes of a text. Every other number receives it.',
  ],
  ending: ['끝 네 자리', 'Ends with'],
  outcome: ['문자는', 'A text to it'],
  'ending-0001': ['유선전화라서 거절됩니다.', 'is refused: a landline.'],
  'ending-0002': [
    '접수되지만 전화가 꺼져 있어 실패합니다.',
    'is accepted, and fails: the phone cannot be reached.',
  ],
  'ending-0003': [
    '접수되지만 응답이 사라져, 나중에 확인됩니다.',
    'is accepted, but the answer is lost; it is found out later.',
  ],
  'ending-0004': [
    '요청이 도중에 사라져, 확인한 뒤 다시 보냅니다.',
    'is lost on its way once, and sent again.',
  ],
  'ending-0005': [
    '요청이 너무 많다는 응답을 두 번 받은 뒤 도착합니다.',
    'meets “too many requests” twice, then arrives.',
  ],
  'ending-0006': ['보냈지만 도착 보고가 오지 않습니다.', 'is sent, and never reported on again.'],
  'ending-0007': [
    '이 국가로는 보낼 수 없다고 거절되며, 세 번호가 그러면 그 국가로 가는 발송이 멈춥니다.',
    'may not go to this country; after three such numbers the route pauses.',
  ],
  'ending-0008': [
    '알 수 없는 코드로 거절되어, 사람이 확인할 때까지 보류됩니다.',
    'is refused by a code that nobody knows, and held for a person.',
  ],
  'ending-0009': [
    '발송 업체가 계정을 정지하여, 발송이 모두 멈춥니다.',
    'finds the account suspended: all sending pauses.',
  ],
});

defineWords('roles', {
  officer: ['담당 공무원', 'Officer'],
  manager: ['부서장', 'Manager'],
  admin: ['관리자', 'Administrator'],
  auditor: ['감사관', 'Auditor'],
  monitor: ['청렴 모니터', 'Monitor'],
});

defineWords('kinds', {
  works: ['공사', 'Works'],
  service: ['용역', 'Service'],
  goods: ['물품', 'Goods'],
  consignment: ['위탁', 'Consignment'],
  grant: ['보조금', 'Grant'],
  permit: ['인허가', 'Permit'],
});

defineWords('states', {
  draft: ['작성 중', 'Draft'],
  signed: ['체결', 'Signed'],
  underway: ['이행 중', 'Under way'],
  suspended: ['중지', 'Suspended'],
  completed: ['완료', 'Completed'],
  terminated: ['해지', 'Terminated'],
});

/** What a field wants, when what was sent does not do; by the last part of its path. */
defineWords('wanted', {
  reference: [
    '계약번호를 C-2026-0143 같은 형식으로 적으세요. 빈칸 없이 60자까지입니다.',
    'Give a reference such as C-2026-0143: no spaces, at most 60 characters.',
  ],
  title: ['계약명을 적으세요. 500자까지입니다.', 'Give the contract’s name, at most 500 characters.'],
  kind: ['계약 종류를 고르세요.', 'Choose the kind of contract.'],
  departmentId: ['담당 부서를 고르세요.', 'Choose the department.'],
  officerId: ['담당 공무원을 고르세요.', 'Choose the officer.'],
  signedOn: ['날짜를 2026-03-03처럼 적으세요.', 'Give a day such as 2026-03-03.'],
  startsOn: ['날짜를 2026-03-16처럼 적으세요.', 'Give a day such as 2026-03-16.'],
  endsOn: ['날짜를 2026-11-27처럼 적으세요.', 'Give a day such as 2026-11-27.'],
  liabilityEndsOn: ['날짜를 2028-11-27처럼 적으세요.', 'Give a day such as 2028-11-27.'],
  occurredOn: ['날짜를 2026-07-22처럼 적으세요.', 'Give a day such as 2026-07-22.'],
  from: ['날짜를 2026-03-01처럼 적으세요.', 'Give a day such as 2026-03-01.'],
  to: ['날짜를 2026-03-31처럼 적으세요.', 'Give a day such as 2026-03-31.'],
  on: ['날짜를 2026-07-22처럼 적으세요.', 'Give a day such as 2026-07-22.'],
  amount: ['금액을 숫자로 적으세요. 예: 110000000', 'Give the amount in digits, such as 110000000.'],
  currency: ['통화를 KRW처럼 적으세요.', 'Give a currency such as KRW.'],
  name: ['이름을 적으세요.', 'Give a name.'],
  phone: ['휴대전화 번호를 010-0000-1234처럼 적으세요.', 'Give a mobile number such as 010-0000-1234.'],
  country: ['국가를 KR처럼 두 글자로 적으세요.', 'Give the country as two letters, such as KR.'],
  registrationNumber: ['사업자등록번호를 확인하세요.', 'Check the registration number.'],
  share: ['지분율은 0보다 크고 100 이하입니다.', 'The share is more than 0 and at most 100.'],
  legalBasisOn: ['동의를 근거로 하면 동의한 날을 적으세요.', 'Consent is kept with the day it was given.'],
  reason: ['사유를 적으세요. 500자까지입니다.', 'Give the reason, at most 500 characters.'],
  email: [
    '전자우편 주소를 name@agency.example처럼 적으세요.',
    'Give an e-mail address such as name@agency.example.',
  ],
  password: ['비밀번호를 적으세요.', 'Give the password.'],
  number: ['전화번호나 찾을 낱말을 적으세요.', 'Give a telephone number, or words to look for.'],
  words: ['두 글자 이상인 낱말을 10개까지 적으세요.', 'Give up to 10 words of two characters and more.'],
} satisfies Section & Record<DatedTerm, Both>);

/** Shown at the top of the page that follows a change; each feature has its own. */
defineWords('done', {
  'clock-moved': ['시계를 옮겼습니다.', 'The clock was moved on.'],
});
