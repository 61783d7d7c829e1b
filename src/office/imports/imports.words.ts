import { defineProblems } from '../../platform/app-error.js';
import { type Both, defineWords } from '../../platform/words/words.js';
import type { EffectResult, ImportStatus } from './import.schema.js';

defineWords('importStatuses', {
  queued: ['읽기를 기다리는 중', 'waiting to be read'],
  reading: ['파일을 읽는 중', 'the file is being read'],
  columns: ['열 이름을 확인해 주세요', 'its columns wait for somebody to look at them'],
  previewing: ['미리보기를 만드는 중', 'what it would do is being worked out'],
  ready: ['적용할 수 있음', 'ready to be applied'],
  running: ['적용하는 중', 'being applied'],
  completed: ['적용됨', 'applied'],
  failed: ['실패함', 'failed'],
  undone: ['되돌림', 'undone'],
  discarded: ['적용하지 않고 버림', 'discarded, and nothing of it applied'],
} satisfies Record<ImportStatus, Both>);

defineWords('importResults', {
  created: ['새로 등록', 'created'],
  updated: ['변경', 'updated'],
  corrected: ['정정(같은 차수, 다른 내용)', 'corrected (same revision, other content)'],
  unchanged: ['변경 없음', 'unchanged'],
  ignored: ['이전 차수이므로 무시', 'ignored (an older revision)'],
  proposed: [
    '승인 대기(알림을 잃는 사람이 있음)',
    'waits for a second person, because somebody is no longer told',
  ],
  refused: ['거절', 'refused'],
} satisfies Record<EffectResult, Both>);

/** What people can do with an import, as `import-elsewhere` names it. */
export type ImportStep = 'viewColumns' | 'chooseColumns' | 'preview' | 'apply' | 'discard' | 'undo';

defineWords('importSteps', {
  viewColumns: ['열을 볼', 'looked at by its columns'],
  chooseColumns: ['열을 정할', 'given columns'],
  preview: ['미리 볼', 'previewed'],
  apply: ['적용할', 'applied'],
  discard: ['버릴', 'discarded'],
  undo: ['되돌릴', 'undone'],
} satisfies Record<ImportStep, Both>);

defineWords('importTexts', {
  textedToday: [
    '지금 적용하면 오늘 {people}명에게 문자가 발송됩니다(발송 중지와 예행연습 설정은 고려하지 않은 수).',
    'Applied now, it texts {people} person(people) today (brakes and a rehearsal disregarded).',
  ],
  textedTodayOne: [
    '지금 적용하면 오늘 1명에게 문자가 발송됩니다(발송 중지와 예행연습 설정은 고려하지 않은 수).',
    'Applied now, it texts 1 person today (brakes and a rehearsal disregarded).',
  ],
});

export const importProblems = defineProblems({
  'import-elsewhere': [
    'conflict',
    '이 가져오기는 지금 {step} 수 없습니다. 현재 상태는 "{status}"({statusText})입니다. 페이지를 다시 여세요.',
    'This import cannot be {step} now: it is "{status}" ({statusText}).',
  ],
  'import-of-another': [
    'forbidden',
    '가져온 사람이나 그 부서장, 관리자만 할 수 있습니다.',
    'Only who brought the file in, a manager of the department or an admin decides what becomes of it.',
  ],
  'multipart-needed': [
    'malformed',
    '파일을 multipart/form-data로 보내야 합니다. file이라는 이름의 칸에 파일을 넣어 보내 주십시오.',
    'Send the file as multipart/form-data, in a field named file.',
  ],
  'upload-unreadable': [
    'malformed',
    '업로드가 끝까지 오지 않았거나 형식이 깨졌습니다. 아무것도 저장되지 않았습니다. 파일을 다시 올려 주십시오.',
    'The upload breaks off, or is not put together as multipart/form-data with few fields and one file. Nothing was stored: send it again.',
  ],
  'upload-part-unexpected': [
    'malformed',
    '{name}: 이 칸은 여기에 올 수 없습니다. 다른 칸은 파일보다 앞에 한 번씩만, 파일은 file이라는 칸에 하나만 넣어 보내십시오. 아무것도 저장되지 않았습니다.',
    'The part {name} may not stand where it does: send the other fields once at the most and before the file, and one file in the field named file. Nothing was stored.',
  ],
  'file-missing': [
    'malformed',
    '파일이 없습니다. 파일을 골라 주십시오.',
    'There is no file in the field named file.',
  ],
  'file-missing.page': ['malformed', '파일이 없습니다. 파일을 골라 주십시오.', 'Choose a file.'],
  'file-too-large': [
    'too-large',
    '파일이 200 MB보다 큽니다. 나누어 차례로 올려 주십시오.',
    'The file is larger than 200 MB: split it.',
  ],
  'file-empty': [
    'invalid',
    '파일에 내용이 없습니다. 올바른 파일인지 확인해 주십시오.',
    'The file is empty: check that the right one was chosen.',
  ],
  'imports-undecided': [
    'limit',
    '아직 결정하지 않은 가져오기가 {most}건입니다. 적용하거나 버린 뒤에 다시 올리세요.',
    '{most} of your imports wait to be read, applied or discarded: apply or discard some, and bring this file then.',
  ],
  'no-columns': [
    'conflict',
    '공개 자료(OCDS)에는 고를 열이 없습니다.',
    'A published file has no columns to choose.',
  ],
  'columns-unsound': [
    'invalid',
    '이 열로는 읽을 수 없습니다. 표시된 열을 고치세요({problems}).',
    'The columns cannot be read so: {problems}.',
  ],
  'columns-unsound.both': ['invalid', '{first}; {second}', '{first}; {second}'],
  'heading-unknown': ['invalid', '이 파일에 없는 열입니다.', 'the sheet has no such heading'],
  'field-unknown': ['invalid', '그런 항목이 없습니다.', 'no field of a contract is called so'],
  'field-twice': ['invalid', '{field} 항목을 두 열에서 골랐습니다.', 'two columns are said to be {field}'],
  'field-missing': ['invalid', '{field} 항목을 고른 열이 없습니다.', 'no column is said to be {field}'],
  'names-unsound': [
    'invalid',
    '이름을 이렇게 정할 수 없습니다. 볼 수 있는 부서와, 그 부서에 있는 담당 공무원 가운데서 고르세요.',
    'The names cannot be settled so: choose departments that the import reaches, and officers of them who have not left.',
  ],
  'name-not-of-import': ['invalid', '이 파일에 없는 이름입니다.', 'the import has no such name'],
  'name-out-of-reach': [
    'invalid',
    '없거나 고를 수 없는 부서 또는 담당 공무원입니다.',
    'there is no such department or officer, or not for this import',
  ],
  'preview-out-of-date': [
    'conflict',
    '다른 날에 한 미리보기입니다. 오늘 받을 사람이 달라졌을 수 있으니 다시 미리보기를 하세요.',
    'The preview was made on another day, and whom it would text today may have changed: preview it again, and look.',
  ],
  'texts-to-confirm': [
    'conflict',
    '오늘 {people}명에게 문자가 나갑니다. 다시 확인하고, 맞으면 {people}명으로 확정하세요.',
    'This would text {people} person(people) today: look at it again, and send confirmTexts: {people} if it is right.',
  ],
  'texts-to-confirm.above': [
    'conflict',
    '오늘 {people}명에게 문자가 나갑니다. 정해 둔 수({most}명)보다 많습니다. 다시 확인하고, 맞으면 {people}명으로 확정하세요.',
    'This would text {people} person(people) today, which is more than {most}: look at it again, and send confirmTexts: {people} if it is right.',
  ],
  'texts-to-confirm.people': ['conflict', '{people}', '{people}'],
  'nothing-refused': [
    'not-found',
    '거절된 행이 없거나 더 이상 보관하지 않습니다.',
    'There are no refused rows of this import: nothing was refused, or they are no longer kept.',
  ],
  'undo-time-over': [
    'conflict',
    '되돌릴 수 있는 기간({days}일)이 지났거나 이미 문자가 나갔습니다.',
    'An import can be undone for {days} days and while nothing of it was sent; what it was before is no longer kept.',
  ],
  'nothing-to-undo': [
    'conflict',
    '되돌릴 것이 없습니다.',
    'This import changed nothing, or was made before undoing was possible.',
  ],
  'import-not-undoable': [
    'conflict',
    '계약 {total}건 가운데 {count}건에서 이미 문자가 나갔거나 그 뒤에 내용이 바뀌어, 아무것도 되돌리지 않았습니다.',
    '{count} of {total} contracts stand in the way, and nothing was undone: texts were sent because of the import, or somebody changed them since.',
  ],
  'already-sent': [
    'conflict',
    '이 가져오기 때문에 문자가 나갔습니다.',
    'Somebody was texted because of the import.',
  ],
  'changed-since': ['conflict', '가져온 뒤에 바뀌었습니다.', 'It was changed after the import.'],
});
