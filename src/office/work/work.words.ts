import { defineWords, type Words, wordsOf } from '../../platform/words/words.js';
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
  'held-messages.name': ['사람의 확인을 기다리는 문자', 'Messages held for a person'],
  'held-messages.todo': [
    '문자가 이미 나갔는지 발송 업체에 확인하고, 나가지 않았으면 그 문자의 화면에서 다시 보내세요.',
    'Ask the provider whether it went out; if it did not, have it tried again on the message’s page.',
  ],
  'held-messages.what': ['발송이 멈춰 있습니다: {carrier}', 'Its message is held: {carrier}'],
  'long-suspended.name': ['오래 중지된 계약', 'Suspended for long'],
  'long-suspended.todo': look,
  'long-suspended.what': [
    '{times}번에 걸쳐 모두 {days}일 중지되었습니다.',
    'Suspended for {days} day(days) in all, {times} time(times).',
  ],
  'long-suspended.running': [
    '{times}번에 걸쳐 모두 {days}일 중지되었습니다. 지금도 안내가 보류되고 있습니다.',
    'Suspended for {days} day(days) in all, {times} time(times): its alerts are held.',
  ],
  'old-drafts.name': ['오래된 작성 중 계약', 'Old drafts'],
  'old-drafts.todo': look,
  'old-drafts.what': [
    '{days}일 넘게 작성 중이어서 아무도 안내받지 못합니다.',
    'A draft for more than {days} days: nobody is told anything.',
  ],
});

/** Says what a row of a list is about. Places take what the facts name, as people read it, and else the facts. */
export function rowWords({ code, sentence }: WorkList, facts: Facts, named: Named): Words {
  const { name = 'what', params } = sentence?.(facts) ?? {};
  const plain = Object.fromEntries(Object.entries(facts).map(([key, fact]) => [key, String(fact)]));
  return wordsOf(`workLists.${code}.${name}`, {
    ...plain,
    milestone: named.milestone ?? plain['milestone'],
    carrier: named.carrier ?? plain['carrierCode'],
    ...params,
  });
}
