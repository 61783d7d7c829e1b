import { defineProblems } from '../../platform/app-error.js';
import { defineWords, wordsOf } from '../../platform/words/words.js';

export const settingProblems = defineProblems({
  'setting-missing': [
    'not-found',
    '{name} 설정이 아직 없습니다.',
    'The setting {name} has not been made yet.',
  ],
  'setting-missing.version': [
    'not-found',
    '{name} 설정의 버전 {version}은(는) 없습니다.',
    'There is no version {version} of {name}.',
  ],
  'setting-unreadable': [
    'unavailable',
    '저장된 {name} 설정의 버전 {version}을(를) 읽을 수 없어 이 설정이 필요한 일은 하지 않습니다. 관리자가 새 버전을 저장해야 합니다.',
    'Version {version} of {name} cannot be read, so that nothing is done that needs it: an admin has to put a new version.',
  ],
  'words-link': [
    'invalid',
    '문자에 적히는 말에 링크가 있거나 휴대전화에서 그렇게 보입니다. 기관 이름에는 허용된 주소만 쓸 수 있습니다.',
    'Words that stand in texts hold a link, or what a phone takes for one. The name of the agency may hold a listed domain.',
  ],
  'currency-unknown': [
    'invalid',
    '그런 통화는 없습니다. KRW처럼 ISO 4217의 세 글자로 적으세요.',
    'There is no such currency: give the three letters of ISO 4217, such as KRW.',
  ],
  'channel-number': [
    'invalid',
    '걸 수 있는 전화번호가 아닙니다. 1398이나 02-1234-5678처럼 숫자로 적으세요.',
    'Nobody can call this number: write it in digits, such as 1398 or 02-1234-5678.',
  ],
  'milestone-code-taken': [
    'invalid',
    '이 코드는 예전 번호에 보내는 안내에 쓰이므로 단계에 쓸 수 없습니다.',
    'This code is that of the text to a former number: give the milestone another one.',
  ],
  'begins-past': [
    'invalid',
    '이미 지난 날입니다. {today}이나 그 뒤의 날을 적거나, 비워 두면 바로 시행합니다.',
    'This day has passed: give {today} or a later one, or none to have it in force at once.',
  ],
  'begins-far': ['invalid', '{furthest}까지의 날을 적으세요.', 'Give a day until {furthest}.'],
  'begins-closed': [
    'invalid',
    '쉬는 날입니다. 시행은 업무일부터 합니다. 다음 업무일은 {next}입니다.',
    'This is no business day, from which a version holds: the next one is {next}.',
  ],
  'setting-unknown': ['invalid', '{name}이라는 설정은 없습니다.', 'There is no setting {name}.'],
  'plan-too-far': [
    'invalid',
    '{code} 단계의 날짜가 계약의 날짜에서 {years}년 넘게 떨어집니다. 그 단계와, 그 단계가 따르는 단계들의 간격을 줄이세요.',
    "The milestone {code} lies more than {years} years from a contract's own dates: shorten its offsets, or those of the milestones that it follows.",
  ],
  'plan-too-far.field': [
    'invalid',
    '계약의 날짜에서 {years}년 안으로',
    "within {years} years of the contract's dates",
  ],
  'setting-changed': [
    'conflict',
    '같은 순간에 {name} 설정이 바뀌었습니다. 다시 보고 하세요.',
    '{name} was changed at the same moment; look and try again.',
  ],
  'setting-changed.since-asked': [
    'conflict',
    '요청한 뒤에 {name} 설정이 바뀌었습니다. 이 요청은 반려하거나 철회하고, 지금 설정에서 다시 변경을 요청하세요.',
    '{name} was changed since this was asked for: refuse it or take it back, then ask again, from what is in force now.',
  ],
});

defineWords('milestones', { 'number-changed': ['연락처 변경', 'change of number'] });

/** What the milestone `number-changed`, which stands in no plan, is called. */
export const numberChangedName = wordsOf('milestones.number-changed');
