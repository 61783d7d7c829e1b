import { defineProblems } from '../../platform/app-error.js';
import { defineWords, type Locale, translate, type Words, wordsOf } from '../../platform/words/words.js';
import type { Kind } from '../settings/plan.schema.js';

export const textProblems = defineProblems({
  'template-missing': ['not-found', '쓸 문안이 없습니다({place}).', 'There is no template for {place}.'],
  'template-refused': ['invalid', '문안에 쓸 수 없는 것이 있습니다. {problems}', '{problems}'],
  'template-changed': [
    'conflict',
    '같은 순간에 다른 사람이 이 문안을 바꾸었습니다. 다시 확인하세요.',
    'This text was changed at the same moment; look and try again.',
  ],
  'template-changed.since-asked': [
    'conflict',
    '요청한 뒤에 이 문안이 바뀌었습니다. 이 요청은 반려하거나 철회하고, 지금 문안에서 다시 변경을 요청하세요.',
    'This text was changed since the change was asked for: refuse it or take it back, then ask again, from the text in force now.',
  ],
  // What one field of the refusal says: its code is the problem's.
  'template-problem': ['invalid', '{problem}', '{problem}'],
  'template-alternatives': [
    'invalid',
    '{problem} 쓸 수 있는 것: {allowed}',
    '{problem} What may stand here: {allowed}',
  ],
});

/** These say why a template is refused. The part of a key before its dot is published as the problem's code. */
export const templateProblemWords = defineWords('templateProblems', {
  at: ['{line}행 {column}열: {problem}', 'Line {line}, column {column}: {problem}'],
  empty: ['빈 문안입니다.', 'The template is empty.'],
  'too-long': [
    '문안은 {limit}자까지입니다. 이 문안은 {length}자입니다.',
    'A template has at most {limit} characters; this one has {length}.',
  ],
  'syntax.unclosed': ['{{ 뒤에 }}가 없습니다.', 'This {{ is never closed by }}.'],
  'syntax.stray': ['괄호의 짝이 맞지 않습니다.', 'Braces without their other half.'],
  'syntax.unreadable': ['문안으로 읽을 수 없습니다. {reason}', 'This cannot be read as a template. {reason}'],
  'not-allowed.backslash': ['{{ 앞에 역슬래시를 쓸 수 없습니다.', 'A backslash before {{ is not allowed.'],
  'not-allowed.block': [
    '블록({{#…}}, {{^…}})은 쓸 수 없습니다. 문안은 모두에게 같은 말을 합니다.',
    'Blocks ({{#…}}, {{^…}}) are not allowed: a text says one thing to everybody.',
  ],
  'not-allowed.partial-block': [
    '부분 블록({{#> …}})은 쓸 수 없습니다.',
    'Partial blocks ({{#> …}}) are not allowed.',
  ],
  'not-allowed.decorator': ['장식자({{* …}})는 쓸 수 없습니다.', 'Decorators ({{* …}}) are not allowed.'],
  'not-allowed.decorator-block': [
    '문안 안의 부분 문안과 장식 블록({{#* …}})은 쓸 수 없습니다.',
    'Inline partials and decorator blocks ({{#* …}}) are not allowed.',
  ],
  'not-allowed.statement': ['{statement}은(는) 쓸 수 없습니다.', '{statement} is not allowed.'],
  'not-allowed.whitespace-control': [
    '공백 제어(~)는 쓸 수 없습니다.',
    'Whitespace control (~) is not allowed.',
  ],
  'not-allowed.raw': [
    '{{…}}만 쓸 수 있습니다. {{{…}}}와 {{&…}}는 쓸 수 없습니다.',
    'Only {{…}} is allowed, neither {{{…}}} nor {{&…}}.',
  ],
  'not-allowed.sub-expression': [
    '식 안의 식((…))은 쓸 수 없습니다.',
    'Sub-expressions ((…)) are not allowed.',
  ],
  'not-allowed.literal': ['여기에 값을 바로 쓸 수 없습니다.', 'A literal is not allowed here.'],
  'not-allowed.data': ['@ 변수는 쓸 수 없습니다.', '@ variables are not allowed.'],
  'not-allowed.parent': ['../은 쓸 수 없습니다.', '../ is not allowed.'],
  'not-allowed.this': [
    'this와 ./은 쓸 수 없습니다. 변수의 이름을 쓰세요.',
    'this and ./ are not allowed: name the variable.',
  ],
  'not-allowed.named-parameter': [
    '이름 붙은 인자(name=value)는 쓸 수 없습니다.',
    'Named parameters (name=value) are not allowed.',
  ],
  'not-allowed.plain-variable': ['{{{names}}}처럼 쓰세요.', 'Write it plainly: {{{names}}}.'],
  'not-allowed.plain-partial': ['{{> {name}}}처럼 쓰세요.', 'Write it plainly: {{> {name}}}.'],
  'not-allowed.bare-date': ['날짜는 {{date {name}}}처럼 씁니다.', 'A date is written {{date {name}}}.'],
  'not-allowed.date-missing': ['date에는 날짜 하나가 필요합니다.', 'date needs one date.'],
  'not-allowed.date-parameter': [
    'date에는 여기 있는 날짜 가운데 하나만 씁니다.',
    'date takes exactly one of the dates that there are here.',
  ],
  'not-allowed.variable-parameter': [
    '“{name}”은(는) 변수이므로 인자가 없습니다.',
    '“{name}” is a variable and takes no parameter.',
  ],
  'not-allowed.partial-parameter': ['부분 문안에는 인자가 없습니다.', 'A partial takes no parameter.'],
  'unknown-variable': ['“{name}”은(는) 여기에 없는 변수입니다.', '“{name}” is no variable here.'],
  'unknown-helper': ['“{name}”은(는) 없는 도우미입니다.', '“{name}” is no helper.'],
  'unknown-partial': ['“{name}”은(는) 없는 부분 문안입니다.', '“{name}” is no partial.'],
  'missing-reference.digest': [
    '묶음 문안에는 건수와 날짜가 있어야 합니다. 그래야 같은 문자가 둘이 되지 않습니다.',
    'A digest must hold its count and its day, so that no two texts read alike.',
  ],
  'missing-reference': [
    '문안에는 계약번호가 있어야 합니다. 그래야 같은 문자가 둘이 되지 않습니다.',
    "A text must hold the contract's reference, so that no two read alike.",
  ],
  'missing-channel': ['문안에는 신고하는 곳이 있어야 합니다.', 'A text must say where to report.'],
  link: [
    '“{link}”은(는) 허용되지 않은 주소의 링크이거나 휴대전화에서 그렇게 보입니다.',
    '“{link}” is, or looks to a phone like, a link to a domain that is not listed.',
  ],
  invisible: ['{code}은(는) 보이지 않는 문자입니다. 빼세요.', '{code} is invisible; leave it out.'],
  unencodable: ['{advice}', '{advice}'],
});

export type TemplateProblemCode = Exclude<keyof typeof templateProblemWords, 'at'>;

export const unencodableWords = defineWords('unencodable', {
  'has-substitute': [
    '“{character}”({code})는 EUC-KR로 보낼 수 없습니다. “{instead}”(으)로 쓰세요.',
    '“{character}” ({code}) cannot be sent in EUC-KR; write “{instead}” instead.',
  ],
  invisible: [
    '{code}은(는) 보이지 않는 문자이며 EUC-KR로 보낼 수 없습니다. 빼세요.',
    '{code} is invisible and cannot be sent in EUC-KR; leave it out.',
  ],
  emoji: [
    '“{character}”({code})는 그림 문자이며 EUC-KR로 보낼 수 없습니다. 빼세요.',
    '“{character}” ({code}) is an emoji and cannot be sent in EUC-KR; leave it out.',
  ],
  hangul: [
    '“{character}”({code})는 KS X 1001의 2,350자에 없습니다. 달리 적으세요.',
    '“{character}” ({code}) is not among the 2,350 syllables of KS X 1001; spell it another way.',
  ],
  'decomposed-hangul': [
    '“{character}”({code})는 낱자입니다. 완성된 글자(유니코드 NFC)로 쓰세요.',
    '“{character}” ({code}) is a loose Hangul letter; write whole syllables (Unicode NFC).',
  ],
  other: [
    '“{character}”({code})는 EUC-KR로 보낼 수 없습니다. 달리 적으세요.',
    '“{character}” ({code}) cannot be sent in EUC-KR; write it another way.',
  ],
});

export type UnencodableReason = keyof typeof unencodableWords;

/** Tells the person who wrote a text what to do about a character that EUC-KR lacks. */
export function adviceOn(found: {
  character: string;
  instead: string | null;
  reason: UnencodableReason;
}): Words {
  const { character, instead, reason } = found;
  return wordsOf(`unencodable.${reason}`, {
    character,
    code: codePointName(character),
    instead: instead ?? '',
  });
}

/** Names a character by its code point, such as `U+200B`. */
export function codePointName(character: string): string {
  return `U+${(character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}`;
}

defineWords('kindsInTexts', {
  works: ['공사', 'works'],
  service: ['용역', 'service'],
  goods: ['물품', 'goods'],
  consignment: ['위탁', 'consignment'],
  grant: ['보조금', 'grant'],
  permit: ['인허가', 'permit'],
});

/** Writes a kind of contract as a text calls it; pages write it with a capital. */
export function kindWord(kind: Kind, locale: Locale): string {
  return translate(locale, `kindsInTexts.${kind}`);
}
