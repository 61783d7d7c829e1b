import type { AnchoringTerm } from '../../core/contracts/lifecycle.js';
import { type Both, defineWords, type Words, wordsOf } from '../../platform/words/words.js';
import type { Facts, Named, WorkList } from './work-query.js';

const look = [
  '계약의 이력과 담당 공무원의 설명을 확인하세요.',
  'Look at the contract’s history, and ask why.',
] as const;

/**
 * The words of the work lists: of each its name, what to do, and the sentence about a row, whose places are filled by the
 * row's facts. Where a list has several sentences, the others have a name instead of `what`.
 */
defineWords('workLists', {
  'no-contact.name': ['연락처가 없는 계약', 'Contracts without a contact'],
  'no-contact.todo': [
    '업체마다 안내받을 사람과 휴대전화 번호를 등록하세요.',
    'Add a person with a mobile number for each counterparty.',
  ],
  'no-contact.what': [
    '업체 {counterparties}곳 가운데 {without}곳에 연락처가 없습니다.',
    '{without} of {counterparties} counterparties have no contact.',
  ],
  'no-contact.nobody': ['등록된 업체가 없습니다.', 'No counterparty is registered.'],
  'no-number.name': ['번호가 없는 연락처', 'Contacts without a number'],
  'no-number.todo': ['휴대전화 번호를 확인해 등록하세요.', 'Find out the mobile number, and enter it.'],
  'no-number.what': [
    '이 연락처에는 문자를 받을 수 있는 번호가 없습니다.',
    'This contact has no number that can be texted.',
  ],
  'no-dates.name': ['날짜가 없는 계약', 'Contracts without dates'],
  'no-dates.todo': [
    '착수(착공)일과 완료(준공)일을 적으세요. 날짜가 없으면 안내할 수 없습니다.',
    'Enter the start and the end: what has no day cannot be told.',
  ],
  'no-dates.what': [
    '착수일과 완료일이 없어 단계 {milestones}개의 안내 날짜를 정할 수 없습니다.',
    'It has neither start nor end, so that {milestones} milestones have no day.',
  ],
  'no-dates.start': [
    '착수일이 없어 단계 {milestones}개의 안내 날짜를 정할 수 없습니다.',
    'It has no start, so that {milestones} milestones have no day.',
  ],
  'no-dates.end': [
    '완료일이 없어 단계 {milestones}개의 안내 날짜를 정할 수 없습니다.',
    'It has no end, so that {milestones} milestones have no day.',
  ],
  'dead-numbers.name': ['문자가 전달되지 않는 번호', 'Dead numbers'],
  'dead-numbers.todo': [
    '번호가 맞는지 업체에 확인하고 고치세요.',
    'Ask the counterparty for the right number, and correct it.',
  ],
  'dead-numbers.what': [
    '마지막 문자가 전달되지 않았습니다: {carrier}',
    'The last text was not delivered: {carrier}',
  ],
  'unrecorded.name': ['기록되지 않은 단계', 'Expected, and not recorded'],
  'unrecorded.todo': [
    '이미 있었던 일이면 날짜를 기록하고, 아니면 계약의 날짜를 고치세요.',
    'If it happened, record its day; if not, correct the contract’s dates.',
  ],
  'unrecorded.what': [
    '{milestone}: {expectedBy}까지 있어야 했으나 기록되지 않았습니다.',
    '{milestone}: expected by {expectedBy}, and not recorded.',
  ],
  'rows-to-mend.name': ['고쳐서 다시 올릴 행', 'Rows to mend'],
  'rows-to-mend.todo': [
    '가져오기에서 거절된 행을 내려받아 고친 뒤 그 파일을 다시 올리세요.',
    'Download the refused rows of the import, mend them, and bring that sheet.',
  ],
  'rows-to-mend.what': [
    '{file} {line}행 {field}: {message} {advice}',
    '{file}, line {line}, {field}: {message} {advice}',
  ],
  'drafts.name': ['작성 중인 계약', 'Drafts'],
  'drafts.todo': [
    '체결되었으면 체결일을 기록하고, 아니면 종료하세요.',
    'If it was signed, record the day; if it came to nothing, end it.',
  ],
  'drafts.what': [
    '아직 체결되지 않아 아무도 안내받지 못합니다.',
    'It is not signed, so nobody is told anything.',
  ],
  'staff-numbers.name': ['직원 번호와 같은 연락처', 'Numbers that belong to staff'],
  'staff-numbers.todo': [
    '업체 사람의 번호가 맞는지 업체에 직접 확인하세요.',
    'Ask the counterparty itself whose number this is.',
  ],
  'staff-numbers.what': [
    '이 번호는 직원({officer})의 번호입니다.',
    'This is the number of a member of staff ({officer}).',
  ],
  'shared-numbers.name': ['서로 다른 업체의 같은 번호', 'One number at unrelated counterparties'],
  'shared-numbers.todo': [
    '번호의 주인을 업체에 직접 확인하세요.',
    'Ask the counterparties themselves whose number this is.',
  ],
  'shared-numbers.what': [
    '다른 업체의 연락처에도 있는 번호입니다: {others}',
    'Another counterparty has the same number: {others}',
  ],
  'registered-late.name': ['늦게 등록된 계약', 'Registered after their milestones'],
  'registered-late.todo': look,
  'registered-late.what': [
    '단계 {milestones}개의 안내 시기가 지난 뒤 {registeredAt}에 등록되었습니다(가장 늦은 것 {late}일).',
    'Registered on {registeredAt}, too late for {milestones} milestones (the first by {late} days).',
  ],
  'dates-moved-back.name': ['뒤로 미뤄진 날짜', 'Dates moved back'],
  'dates-moved-back.todo': look,
  'dates-moved-back.what': [
    '{field} {from}에서 {to}(으)로 미뤄졌습니다({actor}).{unsent}',
    'The {field} ({from}) was put off to {to} by {actor}{unsent}.',
  ],
  'dates-moved-back.history': [
    '{field} {from}에서 부서의 시행일 전인 {to}(으)로 옮겨졌습니다({actor}).{unsent}',
    'The {field} ({from}) was moved to {to}, before the department’s go-live day, by {actor}{unsent}.',
  ],
  'dates-moved-back.cleared': [
    '{field} {from}이(가) 지워졌습니다({actor}).{unsent}',
    'The {field} ({from}) was cleared by {actor}{unsent}.',
  ],
  'dates-moved-back.unsent': [' 그때까지 보내지 않은 안내가 있었습니다.', ', before an alert had gone out'],
  'changed-before-alert.name': ['안내 직전에 바뀐 연락처', 'Contacts changed shortly before an alert'],
  'changed-before-alert.todo': [
    '이전 번호로 업체에 직접 확인하세요.',
    'Ask the counterparty itself, by the number from before.',
  ],
  'changed-before-alert.what': [
    '{milestone} 안내 직전에 번호가 {from}에서 {to}(으)로 바뀌었습니다({actor}).',
    'The number was changed from {from} to {to} shortly before {milestone} was to be told, by {actor}.',
  ],
  'changed-before-alert.removed': [
    '{milestone} 안내 직전에 연락처({from})가 삭제되었습니다({actor}).',
    'The contact ({from}) was removed shortly before {milestone} was to be told, by {actor}.',
  ],
  'changed-before-alert.none': ['없음', 'none'],
  'terminated-early.name': ['안내 전에 해지된 계약', 'Terminated before they were told'],
  'terminated-early.todo': [
    '실제로 해지되었는지 업체에 직접 확인하세요.',
    'Ask the counterparty itself whether the contract came to an end.',
  ],
  'terminated-early.what': [
    '보내지 않은 안내 {alerts}건을 남기고 {on}자로 해지되었습니다({actor}).',
    'Terminated as of {on} by {actor}, with {alerts} alerts unsent.',
  ],
  'terminated-early.draft': [
    '체결되었다가 작성 중으로 되돌아간 계약이 {on}자로 해지되었습니다({actor}).',
    'It had been signed, became a draft again, and was terminated as of {on} by {actor}.',
  ],
  'long-suspended.name': ['오래 중지된 계약', 'Suspended for long'],
  'long-suspended.todo': look,
  'long-suspended.what': [
    '{times}번에 걸쳐 모두 {days}일 중지되었습니다.',
    'Suspended for {days} days in all, {times} times.',
  ],
  'long-suspended.running': [
    '{times}번에 걸쳐 모두 {days}일 중지되었습니다. 지금도 안내가 보류되고 있습니다.',
    'Suspended for {days} days in all, {times} times: its alerts are held.',
  ],
  'moved-department.name': ['부서가 바뀐 계약', 'Moved to another department'],
  'moved-department.todo': [
    '두 부서에 옮긴 까닭을 확인하고, 받은 부서의 연락처를 살펴보세요.',
    'Ask both departments why, and look at its contacts.',
  ],
  'moved-department.what': [
    '{from}에서 {to}(으)로 옮겨졌습니다({actor}).',
    'Moved from {from} to {to} by {actor}.',
  ],
  'old-drafts.name': ['오래된 작성 중 계약', 'Old drafts'],
  'old-drafts.todo': look,
  'old-drafts.what': [
    '{days}일 넘게 작성 중이어서 아무도 안내받지 못합니다.',
    'A draft for more than {days} days: nobody is told anything.',
  ],
  'undone-imports.name': ['취소된 가져오기', 'Undone imports'],
  'undone-imports.todo': ['무엇을 왜 취소했는지 확인하세요.', 'Look at what was undone, and why.'],
  'undone-imports.what': [
    '{file} 가져오기가 취소되었습니다({actor}): {reason}',
    'The import of {file} was undone by {actor}: {reason}',
  ],
  'undone-imports.no-reason': ['사유 없음', 'no reason given'],
});

/** What the list of dates that moved back calls them. */
defineWords('movedDates', {
  signedOn: ['계약일', 'signing day'],
  startsOn: ['착수일', 'start'],
  endsOn: ['완료일', 'end'],
} satisfies Record<AnchoringTerm, Both>);

/** Says what a row of a list is about. Places take what the facts name, as people read it, and else the facts. */
export function rowWords({ code, sentence }: WorkList, facts: Facts, named: Named): Words {
  const { name = 'what', params } = sentence?.(facts) ?? {};
  const plain = Object.fromEntries(Object.entries(facts).map(([key, fact]) => [key, String(fact)]));
  return wordsOf(`workLists.${code}.${name}`, {
    ...plain,
    milestone: named.milestone ?? plain['milestone'],
    carrier: named.carrier ?? plain['carrierCode'],
    officer: named.officer ?? '?',
    actor: named.actor ?? plain['actor'],
    ...params,
  });
}
