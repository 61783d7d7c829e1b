import type { Section } from '../../../platform/words/words.js';

/** Where an import stands, in a word or two. */
export const importStates = {
  queued: ['대기 중', 'Waiting'],
  reading: ['읽는 중', 'Being read'],
  columns: ['열 확인 필요', 'Columns to check'],
  previewing: ['미리보기 만드는 중', 'Preview being made'],
  ready: ['적용 대기', 'Ready to apply'],
  running: ['적용 중', 'Being applied'],
  completed: ['적용됨', 'Applied'],
  failed: ['실패', 'Failed'],
  undone: ['되돌림', 'Undone'],
  discarded: ['버림', 'Discarded'],
} as const satisfies Section;

/** What an import changes of a contract; milestones have the names of their plan. */
export const importFields = {
  revision: ['차수', 'Revision'],
  title: ['계약명', 'Name'],
  departmentId: ['담당 부서', 'Department'],
  officerId: ['담당자', 'Officer'],
  state: ['상태', 'State'],
  resumesTo: ['재개하면', 'Resumes to'],
  signedOn: ['계약일', 'Signed on'],
  startsOn: ['착수일', 'Starts on'],
  endsOn: ['완료일', 'Ends on'],
  completedOn: ['완료한 날', 'Completed on'],
  terminatedOn: ['해지한 날', 'Terminated on'],
  amount: ['금액', 'Amount'],
  currency: ['통화', 'Currency'],
  method: ['계약방법', 'Method'],
  counterparty: ['계약상대자', 'Counterparty'],
  contact: ['연락처', 'Contact'],
  'contact.phone': ['휴대전화', 'Mobile number'],
  occurrence: ['이행 기록', 'Occurrence'],
} as const satisfies Section;
