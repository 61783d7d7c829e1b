import { defineWords } from '../../../platform/words/words.js';

defineWords('referenceLists', {
  title: ['대조 목록', 'Reference lists'],
  lead: [
    '나라장터나 재무 시스템처럼 다른 곳에 있는 계약 목록입니다. 감사 부서만 올리고 볼 수 있으며, 계약 목록만으로는 문자가 나가지 않습니다. 여기에 등록되지 않았거나 다르게 등록된 계약은 표시로 알려 드립니다.',
    'What other systems, such as e-procurement or the treasury, know of contracts. Only auditors bring and see it, and a list of contracts sends nothing by itself. What is not registered here, or registered otherwise, becomes a flag.',
  ],
  name: ['목록 이름', 'Name of the list'],
  since: ['언제 체결한 계약부터 대조할지', 'Contracts signed from this day on'],
  sinceHint: [
    '이 날 전에 체결한 계약은 등록하지 않아도 되는 것으로 봅니다.',
    'What was signed before need not be registered here.',
  ],
  graceDays: ['체결 뒤 등록까지 기다릴 날수', 'Days to register after the signing'],
  department: ['부서가 적히지 않은 계약을 맡을 부서', 'Department of contracts that name none'],
  departmentHint: [
    '기관 설정에서 목록의 계약을 자동으로 등록하게 한 때에만 쓰입니다.',
    'It counts only where the agency’s settings have lists register contracts.',
  ],
  polled: ['나라장터에서 자동으로 채우기', 'Fill it from e-procurement'],
  polledAt: ['나라장터를 {at}까지 읽음', 'Read from e-procurement, last on {at}'],
  notPolledYet: ['아직 나라장터를 읽지 못함', 'E-procurement is not read yet'],
  'failure-service-away': ['나라장터가 답하지 않습니다.', 'E-procurement does not answer.'],
  'failure-service-refuses': [
    '나라장터가 조회를 받아 주지 않습니다. 인증키와 주소를 확인하세요.',
    'E-procurement refuses to answer: check its key and address.',
  ],
  'failure-service-unread': [
    '나라장터의 답을 처리하지 못했습니다. 서버 기록을 확인하세요.',
    'What e-procurement answered could not be kept: look at the server’s log.',
  ],
  add: ['목록 만들기', 'Make the list'],
  addTitle: ['새 목록', 'A new list'],
  none: ['아직 목록이 없습니다.', 'There is no list yet.'],
  records: ['목록의 계약', 'Contracts listed'],
  matched: ['여기에 등록됨', 'Registered here'],
  missing: ['등록되지 않음', 'Not registered'],
  file: ['파일', 'File'],
  fileHint: [
    '가져오기와 같은 파일을 읽습니다: 엑셀(.xlsx), CSV, OCDS. 같은 계약이 여러 번 있으면 차수가 가장 높은 것만 남깁니다.',
    'The files that imports read: .xlsx, CSV, OCDS. Of a contract that comes again the newest revision counts.',
  ],
  holds: ['파일의 내용', 'What the file holds'],
  holdsHint: [
    '지급·검사 내역은 계약번호, 지급구분, 지급일이나 검사일 열이 있는 파일입니다. 여기에 기록되지 않은 것은 바로 기록되어 업체에 안내됩니다.',
    'Payments and inspections have columns for the contract number, the kind of payment, and its day or that of the inspection. What is not recorded here is recorded at once, and the company is told.',
  ],
  'holds-contracts': ['계약', 'Contracts'],
  'holds-payments': ['지급·검사 내역', 'Payments and inspections'],
  files: ['올린 파일', 'Files'],
  'reading-contracts': [
    '읽는 중입니다({percent}%). 지금까지 계약 {records}건을 읽어 {changed}건을 새로 알게 되었습니다. 이 화면을 닫아도 계속됩니다.',
    'It is being read ({percent}%): {records} contract(contracts) so far, {changed} new or changed. It goes on when you leave this page.',
  ],
  'reading-payments': [
    '읽는 중입니다({percent}%). 지금까지 {records}행을 읽어 {changed}건을 새로 기록했습니다. 이 화면을 닫아도 계속됩니다.',
    'It is being read ({percent}%): {records} row(rows) so far, {changed} recorded. It goes on when you leave this page.',
  ],
  'failed-contracts': [
    '서버의 문제로 끝까지 읽지 못했습니다. 계약 {changed}건은 반영되어 있으니 파일을 다시 올려 주세요.',
    'Something went wrong here. {changed} contract(contracts) went in and stay; bring the file again.',
  ],
  'failed-payments': [
    '서버의 문제로 끝까지 읽지 못했습니다. {changed}건은 기록되어 있으니 파일을 다시 올려 주세요.',
    'Something went wrong here. {changed} row(rows) were recorded and stay; bring the file again.',
  ],
  'taken-payments': [
    '{records}행을 읽었습니다. 새로 기록한 것 {changed}건, 읽지 못했거나 맞는 계약·단계가 없는 것 {refused}건, 새 표시 {flags}건입니다. 나머지는 이미 기록되어 있습니다.',
    '{records} row(rows) read: {changed} recorded, {refused} not readable or of no contract or milestone here, {flags} flag(flags) raised. The others were recorded already.',
  ],
  bring: ['파일 올리기', 'Bring a file'],
  'taken-contracts': [
    '계약 {records}건을 읽었습니다. 새로 알게 된 것 {changed}건, 읽지 못한 것 {refused}건, 새 표시 {flags}건입니다.',
    '{records} contract(contracts) read: {changed} new or changed, {refused} not readable, {flags} flag(flags) raised.',
  ],
  line: ['{line}행 {field}', 'Line {line} {field}'],
  state: ['보기', 'Show'],
  'state-missing': ['등록되지 않은 것', 'not registered'],
  'state-matched': ['여기에 등록된 것', 'registered here'],
  'state-unmatched': ['짝을 찾지 못한 것 모두', 'all without a contract here'],
  listed: ['목록에 있는 계약', 'As listed'],
  here: ['여기의 계약', 'Contract here'],
  value: ['금액', 'Value'],
  empty: ['이 조건에 맞는 계약이 없습니다.', 'Nothing matches.'],
  'by-reference': ['계약번호로 찾음', 'found by its reference'],
  'by-terms': ['사업자번호·금액·날짜로 찾음', 'found by company, value and dates'],
  'by-auditor': ['감사 담당자가 정함', 'decided by an auditor'],
  days: ['체결한 지 {days}일', '{days} day(days) since it was signed'],
  cancelled: ['취소된 계약', 'Cancelled'],
  notNeeded: ['등록하지 않아도 되는 계약', 'Need not be registered'],
  nothingHere: ['없음', 'none'],
  companies: ['업체', 'Companies'],
  correct: ['짝 바로잡기', 'Correct the match'],
  reference: ['여기의 계약번호', 'Reference of the contract here'],
  referenceHint: [
    '비워 두면 여기에 등록하지 않아도 되는 계약으로 봅니다.',
    'Left blank, it is none that has to be registered here.',
  ],
  save: ['저장', 'Save'],
});

// What the settings of the agency call it.
defineWords('settings', {
  listsRegister: [
    '다른 목록에만 있는 계약을 자동으로 등록',
    'Register contracts that stand in a reference list alone',
  ],
  listsRegisterHint: [
    '감사 담당자가 올린 대조 목록에 있는데 기한까지 등록되지 않은 계약을 담당 부서에 등록합니다. 담당자가 업체의 연락처를 넣을 때까지 할 일에 남습니다.',
    'What stands in a list that auditors bring, and nobody registered in its days, is registered in its department. It waits in the work list until an officer adds a contact.',
  ],
});

defineWords('history', { 'reference-list': ['대조 목록', 'reference list'] });

defineWords('done', {
  'reference-matched': ['짝을 정했습니다.', 'The match is saved.'],
});
