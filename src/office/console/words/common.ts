import type { Section } from '../../../platform/words/words.js';

export const common = {
  product: ['초롱', 'Chorong'],
  tagline: ['청렴 알림 문자', 'Integrity alerts'],
  skip: ['본문으로 건너뛰기', 'Skip to the content'],
  language: ['English', '한국어'],
  theme: ['화면 밝기', 'Appearance'],
  themeAuto: ['기기 설정 따름', 'As the device'],
  themeLight: ['밝게', 'Light'],
  themeDark: ['어둡게', 'Dark'],
  signOut: ['로그아웃', 'Sign out'],
  account: ['내 계정', 'Your account'],
  sandbox: [
    '연습 환경입니다. 문자는 이 안의 휴대전화 화면에만 도착하며 실제로 발송되지 않습니다.',
    'This is a sandbox. Texts arrive on the phones inside it and are sent to nobody.',
  ],
  sandboxLabel: ['연습 환경', 'Sandbox'],
  seePhones: ['휴대전화 보기', 'See the phones'],
  genuine: ['받은 문자가 진짜인가요?', 'Is this text genuine?'],
  problemTitle: ['문제가 있습니다', 'There is a problem'],
  save: ['저장', 'Save'],
  cancel: ['취소', 'Cancel'],
  change: ['변경', 'Change'],
  search: ['찾기', 'Search'],
  filter: ['조건 적용', 'Apply filters'],
  clearFilters: ['조건 지우기', 'Clear filters'],
  all: ['전체', 'All'],
  none: ['없음', 'None'],
  no: ['아니요', 'No'],
  optional: ['선택', 'optional'],
  next: ['다음 쪽', 'Next page'],
  first: ['처음으로', 'First page'],
  reason: ['사유', 'Reason'],
  reasonHint: [
    '이력에 남으며 감사 부서가 읽습니다.',
    'It is kept in the history, and the audit office reads it.',
  ],
  details: ['자세히', 'Details'],
  unknown: ['알 수 없음', 'Unknown'],
  notGiven: ['적지 않음', 'Not given'],
  choose: ['고르세요', 'Choose'],
} as const satisfies Section;

export const navigation = {
  label: ['주 메뉴', 'Main'],
  home: ['오늘', 'Today'],
  contracts: ['계약', 'Contracts'],
  imports: ['가져오기', 'Imports'],
  work: ['할 일', 'Work list'],
  messages: ['발송 기록', 'Message log'],
  coverage: ['알림 현황', 'Coverage'],
  settings: ['설정', 'Settings'],
  phones: ['휴대전화', 'Phones'],
} as const satisfies Section;

export const roles = {
  officer: ['계약 담당자', 'Officer'],
  manager: ['부서장', 'Manager'],
  admin: ['관리자', 'Administrator'],
  auditor: ['감사관', 'Auditor'],
  monitor: ['청렴 모니터', 'Monitor'],
} as const satisfies Section;

export const kinds = {
  works: ['공사', 'Works'],
  service: ['용역', 'Service'],
  goods: ['물품', 'Goods'],
  consignment: ['위탁', 'Consignment'],
  grant: ['보조금', 'Grant'],
  permit: ['인허가', 'Permit'],
} as const satisfies Section;

export const states = {
  draft: ['작성 중', 'Draft'],
  signed: ['체결', 'Signed'],
  underway: ['이행 중', 'Under way'],
  suspended: ['중지', 'Suspended'],
  completed: ['완료', 'Completed'],
  terminated: ['해지', 'Terminated'],
} as const satisfies Section;
