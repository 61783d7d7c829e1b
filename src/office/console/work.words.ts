import { defineWords } from '../../platform/words/words.js';

defineWords('work', {
  lead: [
    '알림이 빠지지 않도록 사람이 조치해야 하는 것들입니다. 조치하면 목록에서 저절로 사라집니다.',
    'What people have to mend so that nobody is left untold. Once mended, a row leaves its list by itself.',
  ],
  leadReader: [
    '부서가 조치해야 하는 것과, 오래 가면 알림을 피하려 한 것일 수 있는 것입니다. 이 때문에 보류되는 알림은 없습니다.',
    'What the departments have to mend, and what may be a way to avoid alerts when it lasts. Nothing is held because of it.',
  ],
  nothing: ['지금 조치할 일이 없습니다.', 'Nothing waits for you now.'],
  nothingFiltered: ['이 조건에는 조치할 일이 없습니다.', 'Nothing waits under these filters.'],
  teach: [
    '연락처나 번호가 없거나, 문자가 전달되지 않거나, 있어야 할 일이 기록되지 않으면 아래 목록에 나타납니다.',
    'When a contact or a number is missing, a text cannot be delivered, or something expected is not recorded, it shows up in the lists below.',
  ],
  admins: ['관리자가 조치할 일', 'For the admins to mend'],
  everyday: ['부서가 조치할 일', 'For the departments to mend'],
  signs: ['오래 가는 것', 'What lasts'],
  list: ['목록', 'List'],
  count: ['건수', 'How many'],
  oldest: ['가장 오래된 것', 'Waiting longest'],
  todo: ['할 일', 'What to do'],
  contract: ['계약', 'Contract'],
  whose: ['담당', 'Responsible'],
  what: ['내용', 'What it is'],
  since: ['발생일', 'Since'],
  mend: ['조치', 'Mend it'],
  anyOfficer: ['모든 담당 공무원', 'Any officer'],
  waitedToday: ['오늘부터', 'since today'],
  waitedOne: ['1일', '1 day'],
  waited: ['{count}일', '{count} day(days)'],
  longest: ['가장 오래된 것 {waited}', 'longest: {waited}'],
  sinceDay: ['{day}부터', 'since {day}'],
  noNumber: ['번호 없음', 'no number'],
  inFile: ['파일로 가져온 행', 'A row of a file'],
  empty: ['이 목록에는 아무것도 없습니다.', 'Nothing stands in this list.'],
  emptyFiltered: ['이 조건에 맞는 것이 없습니다.', 'Nothing matches these filters.'],
  emptyTeach: [
    '여기에 나타나는 것은 오래 기다린 것부터 놓이고, 조치하면 사라집니다.',
    'What turns up here is ordered by how long it has waited, and leaves once it is mended.',
  ],
  newNumber: ['새 번호', 'New number'],
  take: ['기록', 'Record it'],
  saveNumbers: ['입력한 번호 저장', 'Save the numbers'],
  recordTicked: ['선택한 일 기록', 'Record what is ticked'],
  lookFirst: [
    '저장하면 오늘 문자가 가거나 문자를 못 받는 사람이 생깁니다. 아래에서 확인하고 한 번 더 저장합니다.',
    'Saving it texts somebody today, or keeps a text from somebody. Look at it below, and save once more.',
  ],
  left: [
    '{mended}건을 저장했고, {left}건은 확인이 필요합니다. 입력한 내용은 그대로 있습니다.',
    '{mended} saved; {left} to look at. What was typed is still there.',
  ],
  'mend-no-contact': ['연락처 추가', 'Add a contact'],
  'mend-no-number': ['번호 넣기', 'Enter the number'],
  'mend-no-dates': ['날짜 넣기', 'Enter the dates'],
  'mend-dead-numbers': ['번호 고치기', 'Correct the number'],
  'mend-unrecorded': ['날짜 고치기', 'Correct the dates'],
  'mend-rows-to-mend': ['가져오기 열기', 'Open the import'],
  'mend-held-messages': ['문자 열기', 'Open the message'],
  'mend-drafts': ['체결 기록', 'Record the signing'],
});

defineWords('done', {
  mended: ['저장했습니다. 조치한 것은 목록에서 빠졌습니다.', 'Saved. What is mended has left the list.'],
  'mended-waits': [
    '저장했습니다. 일부는 다른 사람이 승인하면 적용되고, 그때까지 목록에 남습니다.',
    'Saved. Some of it holds once a second person has approved it, and stays in the list until then.',
  ],
});
