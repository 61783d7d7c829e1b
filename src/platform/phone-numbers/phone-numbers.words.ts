import type { AppError } from '../app-error.js';
import { defineProblems } from '../app-error.js';
import { type Both, defineWords } from '../words/words.js';

/** What is wrong with a number, and what to do about it. None of these sentences holds the number. */
const numberWords = {
  'number-missing': {
    problem: ['번호가 없습니다.', 'There is no number.'],
    advice: [
      '상대방에게 휴대전화 번호를 물어 적어 주십시오.',
      'Ask the counterparty for a mobile number and add it.',
    ],
  },
  'number-letters': {
    problem: ['번호가 아닌 것이 섞여 있습니다.', 'It holds something other than a number.'],
    advice: [
      '숫자만 남겨 주십시오. 이름은 따로 적습니다.',
      'Leave digits only; names go in their own column.',
    ],
  },
  'number-rounded': {
    problem: [
      '스프레드시트가 반올림한 번호입니다(1.01E+09와 같은 모양).',
      'A spreadsheet has rounded the number (it reads like 1.01E+09).',
    ],
    advice: [
      '열의 서식을 텍스트로 바꾸고 번호를 다시 적어 주십시오.',
      'Format the column as text and type the number again.',
    ],
  },
  'number-extension': {
    problem: [
      '내선번호가 있어 문자가 갈 수 없습니다.',
      'It has an extension, which no text message can reach.',
    ],
    advice: ['내선이 없는 휴대전화 번호를 적어 주십시오.', 'Give a mobile number without an extension.'],
  },
  'number-several': {
    problem: ['번호가 여러 개로 보입니다.', 'It looks like several numbers.'],
    advice: [
      '번호는 하나만 적고, 다른 사람은 행을 따로 둡니다.',
      'Give one number; a second person gets a line of their own.',
    ],
  },
  'number-country-unknown': {
    problem: [
      '상대방의 국가를 알 수 없고 번호에 국가번호가 없습니다.',
      'The country of the party is not known, and the number has no country code.',
    ],
    advice: [
      '주소의 국가를 적거나, +와 국가번호로 시작하게 적어 주십시오.',
      'Give the country of the address, or begin the number with + and its country code.',
    ],
  },
  'number-too-short': {
    problem: ['주소의 국가에서 쓰기에는 짧은 번호입니다.', 'It is too short for the country of the address.'],
    advice: ['빠진 숫자가 있는지 확인해 주십시오.', 'Check it for missing digits.'],
  },
  'number-too-long': {
    problem: ['주소의 국가에서 쓰기에는 긴 번호입니다.', 'It is too long for the country of the address.'],
    advice: ['숫자가 더 들어갔는지 확인해 주십시오.', 'Check it for extra digits.'],
  },
  'number-impossible': {
    problem: ['주소의 국가에 없는 번호입니다.', 'It is no number of the country of the address.'],
    advice: [
      '번호를 확인해 주십시오. 다른 나라의 번호는 +와 국가번호로 시작합니다.',
      'Check it; a number of another country begins with + and its country code.',
    ],
  },
  'number-ambiguous': {
    problem: [
      '앞의 0이나 +가 빠져 두 가지로 읽힐 수 있습니다.',
      'It has lost its leading zero, or its + sign: it may be read in two ways.',
    ],
    advice: [
      '앞의 0을 넣거나, +와 국가번호로 시작하게 적어 주십시오.',
      'Write it with its leading zero, or with + and its country code.',
    ],
  },
  'number-withdrawn': {
    problem: [
      '휴대전화 번호는 010으로 시작합니다. 011과 016~019는 회수되었습니다.',
      'Korean mobile numbers begin with 010; 011 and 016 to 019 were withdrawn.',
    ],
    advice: ['상대방에게 010 번호를 물어 주십시오.', 'Ask the counterparty for the 010 number.'],
  },
  'number-fiction': {
    problem: ['실제로 쓰이지 않는 가상의 번호입니다.', 'It is reserved for fiction.'],
    advice: ['실제 번호를 적어 주십시오.', 'Give the real number.'],
  },
  'number-landline': {
    problem: ['문자를 받지 못하는 유선전화입니다.', 'It is a landline, which gets no text messages.'],
    advice: ['휴대전화 번호를 적어 주십시오.', 'Give a mobile number.'],
  },
  'number-not-mobile': {
    problem: [
      '휴대전화 번호가 아닙니다(대표번호, 인터넷전화 등).',
      'It is no mobile number (a service, internet or shared-cost number).',
    ],
    advice: ['휴대전화 번호를 적어 주십시오.', 'Give a mobile number.'],
  },
} as const satisfies Record<string, { problem: Both; advice: Both }>;

export type PhoneProblemCode = keyof typeof numberWords;

type Said = 'problem' | 'advice';
const section = (said: Said): Record<string, Both> =>
  Object.fromEntries(Object.entries(numberWords).map(([code, words]) => [code, words[said]]));

defineWords('numberProblems', section('problem'));
defineWords('numberAdvice', section('advice'));

const both = ({ problem, advice }: { problem: Both; advice: Both }, language: 0 | 1) =>
  `${problem[language]} ${advice[language]}`;

const numberProblems = defineProblems(
  Object.fromEntries(
    Object.entries(numberWords).map(([code, words]) => [
      code,
      ['invalid', both(words, 0), both(words, 1)] as const,
    ]),
  ),
);

const problems = defineProblems({
  'number-unusable': ['invalid', '문자를 받을 수 없는 번호입니다. {why}', '{why}'],
});

/** Makes the refusal of a request's number. The field is marked with the number's own code. */
export function unusableNumber(code: PhoneProblemCode, path: string): AppError {
  const why = { word: `problems.${code}` };
  return problems.error('number-unusable', { why }, { fields: [numberField(code, path)] });
}

/** Makes the mark of a field whose number cannot be used. */
export function numberField(code: PhoneProblemCode, path: string) {
  return numberProblems.field(path, code);
}

export interface PhoneProblem {
  ok: false;
  code: PhoneProblemCode;
  /** The English sentence that says what is wrong; it never holds the number. */
  message: string;
  /** The English sentence that says what to do about it. */
  advice: string;
}

export function phoneProblem(code: PhoneProblemCode): PhoneProblem {
  const { problem, advice } = numberWords[code];
  return { ok: false, code, message: problem[1], advice: advice[1] };
}
