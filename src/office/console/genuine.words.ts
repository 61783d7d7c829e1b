import type { Anchor, Offset } from '../../core/settings/plan.schema.js';
import { type Both, defineWords, type Section } from '../../platform/words/words.js';

defineWords('genuine', {
  lead: [
    '{agency}의 청렴 알림 문자는 아래 번호에서만 오고, 아래에 적힌 문안과 같습니다. 돈을 요구하거나 링크를 누르게 하지 않습니다.',
    'Integrity alerts of {agency} come from the senders below and read as shown here. They never ask for money, and never ask you to follow a link.',
  ],
  senders: ['발신번호', 'Senders'],
  senderSandbox: ['연습 환경이므로 실제로 발송하지 않습니다.', 'This is a sandbox: nothing is sent.'],
  channels: ['신고하는 곳', 'Where to report'],
  channelsLead: [
    '금품이나 향응을 요구받았다면 아래로 신고하세요. 법이 신고한 사람을 보호합니다.',
    'If a gift or a favour was asked of you, report it here. The law protects those who report.',
  ],
  anonymous: ['익명 가능', 'anonymous reports taken'],
  never: ['이런 문자는 가짜입니다', 'Such a text is not from us'],
  neverMoney: [
    '돈을 보내라고 하거나 계좌번호를 적은 문자',
    'It asks you to pay, or gives an account number.',
  ],
  neverLink: ['모르는 주소를 누르라고 하는 문자', 'It asks you to follow a link that is not listed here.'],
  neverPassword: ['비밀번호나 인증번호를 묻는 문자', 'It asks for a password or a code.'],
  linksNone: ['우리 문자에는 링크가 없습니다.', 'Our texts hold no links.'],
  links: [
    '우리 문자의 링크는 이 주소만 씁니다: {domains}',
    'Links in our texts lead to these only: {domains}',
  ],
  plans: ['언제 문자가 오나요', 'When texts come'],
  texts: ['지금 쓰는 문안', 'Texts in force'],
  neutral: ['기록이 없을 때', 'when nothing was recorded'],
});

type PlanWord =
  `anchor-${Anchor['type']}` | `${'after' | 'before'}-${Offset['unit']}` | `unit-${Offset['unit']}`;

/** When a milestone is alerted, in words: the anchor, and the distance from it. */
defineWords('plans', {
  'anchor-signed': ['계약일', 'the day the contract is signed'],
  'anchor-starts': ['착수일', 'the start'],
  'anchor-ends': ['완료예정일', 'the planned end'],
  'anchor-share': ['기간의 {percent}% 되는 날', '{percent}% of the period'],
  'anchor-completed': ['완료된 날', 'completion'],
  'anchor-milestone': ['{name}', '{name}'],
  'anchor-occurrence': ['있었다고 기록된 날', 'the day it is recorded to happen'],
  'anchor-else': ['{anchor} (기록이 없으면 {other})', '{anchor} (unrecorded: {other})'],
  'anchor-amendment': ['변경계약일', 'an amendment'],
  same: ['{anchor} 당일', 'on {anchor}'],
  'after-days': ['{anchor} {count}일 뒤', '{count} day(days) after {anchor}'],
  'before-days': ['{anchor} {count}일 전', '{count} day(days) before {anchor}'],
  'after-business-days': ['{anchor} {count}영업일 뒤', '{count} business days after {anchor}'],
  'before-business-days': ['{anchor} {count}영업일 전', '{count} business days before {anchor}'],
  'after-months': ['{anchor} {count}개월 뒤', '{count} month(months) after {anchor}'],
  'before-months': ['{anchor} {count}개월 전', '{count} month(months) before {anchor}'],
  'after-business-day': ['{anchor} 다음 영업일', 'the business day after {anchor}'],
  'before-business-day': ['{anchor} 전 영업일', 'the business day before {anchor}'],
  repeated: ['{every}마다 되풀이', 'repeated every {every}'],
  'unit-days': ['{count}일', '{count} day(days)'],
  'unit-business-days': ['{count}영업일', '{count} business days'],
  'unit-months': ['{count}개월', '{count} month(months)'],
  milestone: ['단계', 'Milestone'],
  when: ['문자가 가는 날', 'Day of the text'],
  hour: ['시각', 'Hour'],
  expected: ['기록 기한', 'To be recorded by'],
  'term-inspection': [
    '법정 검사 기한 (정해진 것이 없으면 {other})',
    'the statutory term of inspection (while there is none: {other})',
  ],
  'term-payment': [
    '법정 대가 지급 기한 (정해진 것이 없으면 {other})',
    'the statutory term of payment (while there is none: {other})',
  ],
  optional: ['있을 때만', 'only if it happens'],
} satisfies Section & Record<PlanWord, Both>);
