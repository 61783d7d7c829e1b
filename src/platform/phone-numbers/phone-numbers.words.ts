import { type AppError, defineProblems, type FieldProblem } from '../app-error.js';
import { defineFindings, findingField, findingSentence } from '../findings.js';

/** Makes what is wrong with a phone number. No sentence ever holds the number. */
export const phoneFinding = defineFindings({
  'number-missing': [
    '번호가 없습니다.',
    'There is no number.',
    '상대방에게 휴대전화 번호를 물어 적어 주십시오.',
    'Ask the counterparty for a mobile number and add it.',
  ],
  'number-letters': [
    '번호가 아닌 것이 섞여 있습니다.',
    'It holds something other than a number.',
    '숫자만 남겨 주십시오. 이름은 따로 적습니다.',
    'Leave digits only; names go in their own column.',
  ],
  'number-rounded': [
    '스프레드시트가 반올림한 번호입니다(1.01E+09와 같은 모양).',
    'A spreadsheet has rounded the number (it reads like 1.01E+09).',
    '열의 서식을 텍스트로 바꾸고 번호를 다시 적어 주십시오.',
    'Format the column as text and type the number again.',
  ],
  'number-extension': [
    '내선번호가 있어 문자가 갈 수 없습니다.',
    'It has an extension, which no text message can reach.',
    '내선이 없는 휴대전화 번호를 적어 주십시오.',
    'Give a mobile number without an extension.',
  ],
  'number-several': [
    '번호가 여러 개로 보입니다.',
    'It looks like several numbers.',
    '번호는 하나만 적고, 다른 사람은 행을 따로 둡니다.',
    'Give one number; a second person gets a line of their own.',
  ],
  'number-country-unknown': [
    '상대방의 국가를 알 수 없고 번호에 국가번호가 없습니다.',
    'The country of the party is not known, and the number has no country code.',
    '주소의 국가를 적거나, +와 국가번호로 시작하게 적어 주십시오.',
    'Give the country of the address, or begin the number with + and its country code.',
  ],
  'number-too-short': [
    '주소의 국가에서 쓰기에는 짧은 번호입니다.',
    'It is too short for the country of the address.',
    '빠진 숫자가 있는지 확인해 주십시오.',
    'Check it for missing digits.',
  ],
  'number-too-long': [
    '주소의 국가에서 쓰기에는 긴 번호입니다.',
    'It is too long for the country of the address.',
    '숫자가 더 들어갔는지 확인해 주십시오.',
    'Check it for extra digits.',
  ],
  'number-impossible': [
    '주소의 국가에 없는 번호입니다.',
    'It is no number of the country of the address.',
    '번호를 확인해 주십시오. 다른 나라의 번호는 +와 국가번호로 시작합니다.',
    'Check it; a number of another country begins with + and its country code.',
  ],
  'number-ambiguous': [
    '앞의 0이나 +가 빠져 두 가지로 읽힐 수 있습니다.',
    'It has lost its leading zero, or its + sign: it may be read in two ways.',
    '앞의 0을 넣거나, +와 국가번호로 시작하게 적어 주십시오.',
    'Write it with its leading zero, or with + and its country code.',
  ],
  'number-withdrawn': [
    '휴대전화 번호는 010으로 시작합니다. 011과 016~019는 회수되었습니다.',
    'Korean mobile numbers begin with 010; 011 and 016 to 019 were withdrawn.',
    '상대방에게 010 번호를 물어 주십시오.',
    'Ask the counterparty for the 010 number.',
  ],
  'number-fiction': [
    '실제로 쓰이지 않는 가상의 번호입니다.',
    'It is reserved for fiction.',
    '실제 번호를 적어 주십시오.',
    'Give the real number.',
  ],
  'number-landline': [
    '문자를 받지 못하는 유선전화입니다.',
    'It is a landline, which gets no text messages.',
    '휴대전화 번호를 적어 주십시오.',
    'Give a mobile number.',
  ],
  'number-not-mobile': [
    '휴대전화 번호가 아닙니다(대표번호, 인터넷전화 등).',
    'It is no mobile number (a service, internet or shared-cost number).',
    '휴대전화 번호를 적어 주십시오.',
    'Give a mobile number.',
  ],
});

export type PhoneProblemCode = Parameters<typeof phoneFinding>[0];

export const phoneProblems = defineProblems({
  'number-unusable': ['invalid', '문자를 받을 수 없는 번호입니다. {why}', '{why}'],
  'country-unknown': [
    'invalid',
    '그런 국가 코드는 없습니다. KR처럼 ISO 3166-1의 두 글자로 적으세요.',
    'There is no such country: give the two letters of ISO 3166-1, such as KR.',
  ],
});

/** Makes the refusal of a request's number. The field is marked with the number's own code. */
export function unusableNumber(code: PhoneProblemCode, path: string): AppError {
  const why = findingSentence(phoneFinding(code));
  return phoneProblems.error('number-unusable', { why }, { fields: [numberField(code, path)] });
}

/** Makes the mark of a field whose number cannot be used. */
export function numberField(code: PhoneProblemCode, path: string): FieldProblem {
  return findingField(path, phoneFinding(code));
}
