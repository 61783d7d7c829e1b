import '../contracts/column.words.js';
import { defineWords } from '../../../platform/words/words.js';

defineWords('imports', {
  lead: [
    '계약을 적은 파일을 올리면, 적용하기 전에 무엇이 달라지고 오늘 몇 명에게 문자가 나가는지 보여 줍니다.',
    'Bring a file of contracts. Before anything is applied you see what would change, and how many people would be texted today.',
  ],
  bring: ['파일 올리기', 'Bring a file'],
  file: ['파일', 'File'],
  fileHint: [
    '엑셀(.xlsx), CSV, OCDS 공개 자료(.json). {megabytes} MB, {rows}행까지. 예전 엑셀(.xls)과 암호가 걸린 파일은 .xlsx로 다시 저장하세요.',
    'Excel (.xlsx), CSV or published OCDS data (.json), up to {megabytes} MB and {rows} rows. Save old .xls files, and those with a password, as .xlsx first.',
  ],
  departmentHint: [
    '부서가 적히지 않은 행은 이 부서의 계약이 됩니다.',
    'Rows that name no department become this department’s contracts.',
  ],
  ocds: ['공개 자료(OCDS)를 올릴 때', 'For published OCDS data'],
  ocdsKind: ['구분', 'Kind'],
  ocdsKindHint: [
    '조달 구분이 공개되지 않은 계약에만 쓰입니다.',
    'Of contracts for which no procurement category is published.',
  ],
  ocdsKindGuessed: ['품목 코드와 계약명으로 추정', 'Guess it from codes and titles'],
  buyerKinds: ['구매 기관별 구분', 'Kinds by buyer'],
  buyerKindsHint: [
    '한 줄에 한 기관씩 적습니다. 예: 한빛시설공단 = works. works는 공사, service는 용역, goods는 물품입니다.',
    'A line for each buyer, such as Hanbit Facilities = works; the kinds are works, service and goods.',
  ],
  awardsAsContracts: [
    '계약을 공개하지 않는 기관의 자료입니다. 공급자가 적힌 낙찰을 계약으로 가져옵니다.',
    'The publisher has no contracts: take its awards that name suppliers as contracts.',
  ],
  ownDepartment: ['내 부서', 'Your own department'],
  noDepartment: ['정하지 않음', 'None'],
  upload: ['올리고 미리보기', 'Upload and preview'],
  nothingYet: ['올리기만 해서는 아무것도 바뀌지 않습니다.', 'Uploading alone changes nothing.'],
  templateTitle: ['처음이라면', 'If this is your first file'],
  templateLead: [
    '빈 양식에는 열마다 설명이 있고, 고를 수 있는 값은 목록으로 나옵니다. 쓰던 파일이 있으면 그대로 올려도 됩니다. 모르는 열은 물어보고, 다음부터 기억합니다.',
    'The template explains each column, and lists what can be chosen. A sheet of your own will do as well: you are asked about headings that are not known, and the answer is remembered.',
  ],
  template: ['빈 양식 내려받기 (.xlsx)', 'Download the template (.xlsx)'],
  earlier: ['가져온 파일', 'Files brought in'],
  none: [
    '아직 가져온 파일이 없습니다. 위에서 첫 파일을 올리거나, 빈 양식을 내려받아 채우세요.',
    'No files have been brought in yet. Bring the first one above, or fill in the template.',
  ],
  noneToRead: ['아직 가져온 파일이 없습니다.', 'No files have been brought in yet.'],
  when: ['올린 때', 'Brought in'],
  who: ['올린 사람', 'By'],
  state: ['상태', 'State'],
  counts: ['내용', 'What it does'],
  broughtBy: ['{who}, {size}', '{who}, {size}'],
  listedCreated: ['등록 {count}', '{count} created'],
  listedChanged: ['변경 {count}', '{count} changed'],
  listedUnchanged: ['변경 없음 {count}', '{count} unchanged'],
  listedRefused: ['거절 {count}', '{count} refused'],
  stages: ['가져오기 단계', 'Steps of the import'],
  stageFile: ['파일', 'File'],
  stageColumns: ['열 확인', 'Columns'],
  stagePreview: ['미리보기', 'Preview'],
  stageApplied: ['적용', 'Apply'],
  notYours: [
    '이 파일은 올린 사람이나 부서장, 관리자가 정합니다. 여기서는 볼 수만 있습니다.',
    'Who brought this file in, a manager or an administrator decides on it. You can read it here.',
  ],

  queuedLead: ['곧 읽기 시작합니다.', 'It will be read in a moment.'],
  readingLead: ['제목과 첫 행들을 읽고 있습니다.', 'Its headings and first rows are being read.'],
  previewingLead: [
    '행마다 무엇이 달라지는지 따지고 있습니다. 아직 아무것도 바뀌지 않았습니다.',
    'What each row would do is being worked out. Nothing has been changed yet.',
  ],
  runningLead: [
    '계약에 적용하고 있습니다. 이 페이지를 닫아도 계속됩니다.',
    'The contracts are being changed. It goes on if you close this page.',
  ],
  progress: ['진행 정도', 'Progress'],
  progressUnits: ['계약 {done}/{total}건', '{done} of {total} contracts'],
  progressUnitsSoFar: ['계약 {done}건', '{done} contract(contracts)'],
  progressPercent: ['{percent}%', '{percent}%'],
  lookAgain: ['지금 상태 보기', 'See how far it is'],

  columnsTitle: ['열 확인', 'Check the columns'],
  columnsLead: [
    '파일의 열마다 무엇인지 골라 주세요. 파일을 적용하면 같은 부서의 다음 파일부터 묻지 않습니다.',
    'Say what each column of the file is. Once it is applied, files of the same department are not asked about these again.',
  ],
  columnsMissing: ['꼭 있어야 하는데 아직 열이 없는 것', 'Needed, and without a column yet'],
  column: ['열', 'Column'],
  heading: ['파일의 제목', 'Heading in the file'],
  headingNone: ['(제목 없음)', '(no heading)'],
  samples: ['값의 예', 'Samples'],
  samplesNone: ['비어 있음', 'Empty'],
  field: ['우리 항목', 'What it is'],
  fieldOf: ['{column}열이 무엇인지', 'What column {column} is'],
  fieldNone: ['읽지 않음', 'Do not read it'],
  fieldTwice: [
    '다른 열도 같은 항목입니다. 하나만 고르세요.',
    'Another column is said to be the same: choose one.',
  ],
  required: ['필수', 'needed'],
  'by-known': ['아는 제목', 'Known'],
  'by-remembered': ['기억한 제목', 'Remembered'],
  'by-guessed': ['추측: 확인하세요', 'Guessed: check it'],
  'by-chosen': ['직접 고름', 'Chosen'],
  'by-unknown': ['모르는 제목', 'Not known'],
  confirmColumns: ['이대로 미리보기', 'Preview with these columns'],
  correctColumns: ['열 다시 고르기', 'Correct the columns'],

  names: ['모르는 이름', 'Names that are not known'],
  namesLead: [
    '이 파일에 적힌 부서나 담당 공무원 가운데 여기에 없는 이름입니다. 누구를 뜻하는지 골라 주세요. 파일을 적용하면 같은 부서의 다음 파일부터 기억합니다.',
    'Departments and officers that the file names, and that are not known here. Choose which are meant: once the file is applied, this is remembered for the next files of the same department.',
  ],
  'nameOf-department': [
    '부서 ‘{name}’ (계약 {contracts}건, {line}행부터)',
    'Department “{name}” (contracts: {contracts}, first in row {line})',
  ],
  'nameOf-officer': [
    '{department} 담당 공무원 ‘{name}’ (계약 {contracts}건, {line}행부터)',
    'Officer “{name}” of {department} (contracts: {contracts}, first in row {line})',
  ],
  nameNone: ['모르는 이름으로 둠', 'Leave it unknown'],
  nameRemembered: [
    '앞서 적용한 파일에서 고른 것입니다.',
    'It was chosen for a file that was applied before.',
  ],
  confirmNames: ['이대로 다시 미리보기', 'Preview again with these names'],

  previewTitle: ['적용하면 이렇게 됩니다', 'What applying it would do'],
  appliedTitle: ['이렇게 적용했습니다', 'What it did'],
  people: ['{count}명', '{count}'],
  peopleToday: ['지금 적용하면 오늘 문자를 받는 사람', 'people would be texted today if it is applied now'],
  personToday: ['지금 적용하면 오늘 문자를 받는 사람', 'person would be texted today if it is applied now'],
  peopleHint: [
    '번호가 같으면 한 명으로 셉니다. 발송 중지와 예행연습은 따지지 않은 수입니다.',
    'The same number counts once. Brakes and a rehearsal are disregarded.',
  ],
  peopleNoneHint: ['알림은 계획된 날에 나갑니다.', 'Alerts go out on the days that are planned for them.'],
  aboveLimit: [
    '정해 둔 {limit}명보다 많습니다. 적용할 때 한 번 더 묻습니다.',
    'That is more than {limit}: you will be asked once more.',
  ],
  results: ['결과로 고르기', 'Choose by result'],
  'result-created': ['새로 등록', 'Created'],
  'result-updated': ['변경', 'Changed'],
  'result-corrected': ['정정', 'Corrected'],
  'result-unchanged': ['변경 없음', 'Unchanged'],
  'result-ignored': ['이전 차수라 무시', 'Ignored: older'],
  'result-proposed': ['승인 대기', 'Waits for a second person'],
  'result-refused': ['거절', 'Refused'],
  withoutNumber: [
    '번호가 없어 알림이 보류되는 연락처 {count}명',
    'contacts without a number, whose alerts are held: {count}',
  ],
  alertsSummary: [
    '발송 예정 알림 {planned}건 추가, {moved}건 변경, {cancelled}건 취소',
    '{planned} alert(alerts) to be sent added, {moved} changed, {cancelled} cancelled',
  ],
  differs: [
    '미리보기 뒤에 계약이 바뀌어 결과가 미리보기와 다릅니다. 달라진 계약에는 표시가 있습니다.',
    'Contracts were changed after the preview, so the result is not quite what it said; where it differs, it is marked.',
  ],
  previewedAs: ['미리보기에서는 ‘{result}’', 'the preview said: {result}'],
  effects: ['계약마다', 'Contract by contract'],
  effectsNone: ['그런 결과인 계약이 없습니다.', 'No contract has this result.'],
  effectsGone: ['계약별 내용이 없습니다.', 'There is nothing contract by contract.'],
  line: ['행', 'Row'],
  contract: ['계약', 'Contract'],
  result: ['결과', 'Result'],
  changes: ['달라지는 것', 'What changes'],
  alerts: ['알림', 'Alerts'],
  changesAll: ['{count}개 항목 보기', 'See {count} fields'],
  changesNone: ['없음', 'Nothing'],
  referenceNone: ['거절된 행', 'A refused row'],
  seeProblems: ['고칠 점 보기', 'See what to mend'],
  alertsAdded: ['{count}건 계획', '{count} planned'],
  alertsMoved: ['{count}건 변경', '{count} moved'],
  alertsCancelled: ['{count}건 취소', '{count} cancelled'],
  textsToday: ['오늘 {count}명', '{count} today'],
  blank: ['(없음)', '(nothing)'],
  problems: ['고칠 점과 알릴 점', 'Problems and notes'],
  problemsLead: [
    '‘거절’은 적용되지 않는 행이고, ‘참고’는 적용되지만 살펴볼 점입니다.',
    '“Refused” rows are not applied; “note” rows are, and something about them is worth a look.',
  ],
  problemsNone: ['파일에서 찾은 문제가 없습니다.', 'Nothing was found wrong with the file.'],
  problemFatal: ['거절', 'Refused'],
  problemNote: ['참고', 'Note'],
  where: ['위치', 'Where'],
  lineAt: ['{line}행', 'Row {line}'],
  whatIsWrong: ['문제와 고치는 방법', 'What is wrong, and what to do'],
  value: ['적힌 값', 'Value'],
  refusedLead: [
    '거절된 행만 모은 파일입니다. 고칠 점이 옆에 적혀 있으니, 고쳐서 다시 올리세요.',
    'A sheet of the refused rows alone, with what is wrong beside each. Mend them and bring it back.',
  ],
  refusedDownload: ['거절된 {count}건 내려받기 (.xlsx)', 'Download the refused rows ({count}, .xlsx)'],

  apply: ['적용', 'Apply'],
  applyTexting: ['적용하고 오늘 {count}명에게 문자 보내기', 'Apply, and text {count} person(people) today'],
  applyTextingOne: ['적용하고 오늘 1명에게 문자 보내기', 'Apply, and text 1 person today'],
  nothingToApply: [
    '적용할 것이 없습니다. 등록하거나 바꿀 계약이 이 파일에 없습니다.',
    'There is nothing to apply: no contract in this file would be created or changed.',
  ],
  previewAgain: ['미리보기 다시 만들기', 'Preview again'],
  discard: ['버리기', 'Discard'],
  discardTitle: ['이 파일을 버릴까요?', 'Discard this file?'],
  discardLead: [
    '적용하지 않고 파일을 지웁니다. 계약은 하나도 바뀌지 않습니다. 다시 필요하면 파일을 새로 올리면 됩니다.',
    'The file is forgotten and nothing of it is applied; no contract changes. If you need it again, bring it again.',
  ],
  discardYes: ['파일 버리기', 'Discard the file'],
  keep: ['돌아가기', 'Go back'],

  askTitle: ['오늘 {count}명에게 문자가 나갑니다', 'People who would be texted today: {count}'],
  askLead: [
    '기관이 정해 둔 {limit}명보다 많습니다. 적용하면 오늘 안에 발송되며, 나간 문자는 거둘 수 없고 이 가져오기도 되돌릴 수 없게 됩니다.',
    'That is more than the {limit} your agency has set. Once applied, the texts go out today: they cannot be called back, and the import can then no longer be undone.',
  ],
  askCheck: [
    '날짜가 잘못되어 지난 알림이 한꺼번에 나가는 것은 아닌지 확인하세요.',
    'Make sure that it is not wrong dates which make many alerts due at once.',
  ],
  askYes: ['{count}명에게 문자를 보내며 적용', 'Apply, and send these texts ({count})'],

  seeContracts: ['계약 목록 보기', 'See the contracts'],
  undoUntil: [
    '{moment}까지, 그 사이 문자가 나가거나 계약이 바뀌지 않으면 통째로 되돌릴 수 있습니다.',
    'Until {moment}, and while nobody was texted because of it and no contract was changed since, it can be undone as a whole.',
  ],
  undoOver: [
    '문자가 나갔거나 기한이 지나 더 이상 되돌릴 수 없습니다.',
    'It can no longer be undone: texts were sent because of it, or the time is over.',
  ],
  undo: ['되돌리기', 'Undo'],
  undoTitle: ['이 가져오기를 되돌릴까요?', 'Undo this import?'],
  undoDoes: ['되돌리면 이렇게 됩니다.', 'If you undo it:'],
  undoCreated: [
    '새로 등록된 계약 {count}건이 ‘작성 중’으로 바뀝니다. 지워지지는 않습니다.',
    'Contracts that it created become drafts; they are not deleted ({count}).',
  ],
  undoChanged: [
    '바뀐 계약 {count}건이 그 전의 내용과 번호로 돌아갑니다.',
    'Contracts that it changed go back to what they were, with their numbers ({count}).',
  ],
  undoAlerts: [
    '이 가져오기로 계획된 알림이 취소됩니다. 그래서 알림을 받지 못하게 되는 사람이 있으면 다른 사람이 승인한 뒤에 되돌립니다.',
    'Alerts that were planned because of it are cancelled. Where somebody would not be told then, a second person approves it first.',
  ],
  undoSeen: ['되돌린 사실과 사유는 이력에 남습니다.', 'That it was undone, and why, stays in the history.'],
  undoYes: ['되돌리기', 'Undo the import'],
  inTheWay: ['되돌리지 못하게 하는 계약', 'Contracts that stand in the way'],
  undoneLead: ['되돌린 사람: {who}, {moment}', 'Undone by {who} on {moment}.'],
  undoneCounts: [
    '{drafts}건은 작성 중으로, {restored}건은 이전 내용으로 돌아갔고 알림 {alerts}건이 취소되었습니다. 번호가 없어 보류된 것처럼 발송 예정이 아니던 알림도 셉니다.',
    '{drafts} became drafts, {restored} were put back, and {alerts} alerts were cancelled, those counted too that were not to be sent, such as held ones without a number.',
  ],
  undoneAgain: ['같은 파일을 다시 올리면 다시 적용할 수 있습니다.', 'The same file can be brought in again.'],
  failedReading: [
    '시스템 오류로 멈추었습니다. 아무것도 적용되지 않았습니다. 파일을 다시 올리세요.',
    'Something went wrong here, and nothing was applied. Bring the file again.',
  ],
  failedApplying: [
    '시스템 오류로 멈추었습니다. 그때까지 들어간 것은 남아 있습니다. 파일을 다시 올리면 나머지가 적용되고, 되돌릴 수도 있습니다.',
    'Something went wrong here; what had gone in stays in. Bring the file again for the rest, or undo it.',
  ],
  discardedLead: [
    '적용하지 않고 버린 파일입니다. 계약은 하나도 바뀌지 않았습니다.',
    'This file was discarded, and nothing of it was applied.',
  ],
  bringAnother: ['다른 파일 올리기', 'Bring another file'],
});

/** These tell where an import stands, in a word or two. */
defineWords('importStates', {
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
});

/** What an import can change of a contract beside its columns; milestones have the names of their plan. */
defineWords('importFields', {
  counterparty: ['계약상대자', 'Counterparty'],
  contact: ['연락처', 'Contact'],
  'contact.phone': ['휴대전화', 'Mobile number'],
  occurrence: ['이행 기록', 'Occurrence'],
});

defineWords('done', {
  'import-discarded': [
    '파일을 버렸습니다. 바뀐 계약은 없습니다.',
    'The file is discarded. No contract was changed.',
  ],
  'import-undone': ['가져오기를 되돌렸습니다.', 'The import is undone.'],
});
