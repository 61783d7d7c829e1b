export type PhoneProblemCode =
  | 'number-missing'
  | 'number-letters'
  | 'number-rounded'
  | 'number-extension'
  | 'number-several'
  | 'number-country-unknown'
  | 'number-too-short'
  | 'number-too-long'
  | 'number-impossible'
  | 'number-ambiguous'
  | 'number-withdrawn'
  | 'number-fiction'
  | 'number-landline'
  | 'number-not-mobile';

export interface PhoneProblem {
  ok: false;
  code: PhoneProblemCode;
  /** What is wrong; never holds the number. */
  message: string;
  /** What to do about it. */
  advice: string;
}

const problems: Record<PhoneProblemCode, readonly [message: string, advice: string]> = {
  'number-missing': ['There is no number.', 'Ask the counterparty for a mobile number and add it.'],
  'number-letters': [
    'It holds something other than a number.',
    'Leave digits only; names go in their own column.',
  ],
  'number-rounded': [
    'A spreadsheet has rounded the number (it reads like 1.01E+09).',
    'Format the column as text and type the number again.',
  ],
  'number-extension': [
    'It has an extension, which no text message can reach.',
    'Give a mobile number without an extension.',
  ],
  'number-several': [
    'It looks like several numbers.',
    'Give one number; a second person gets a line of their own.',
  ],
  'number-country-unknown': [
    'The country of the party is not known, and the number has no country code.',
    'Give the country of the address, or begin the number with + and its country code.',
  ],
  'number-too-short': ['It is too short for the country of the address.', 'Check it for missing digits.'],
  'number-too-long': ['It is too long for the country of the address.', 'Check it for extra digits.'],
  'number-impossible': [
    'It is no number of the country of the address.',
    'Check it; a number of another country begins with + and its country code.',
  ],
  'number-ambiguous': [
    'It has lost its leading zero, or its + sign: it may be read in two ways.',
    'Write it with its leading zero, or with + and its country code.',
  ],
  'number-withdrawn': [
    'Korean mobile numbers begin with 010; 011 and 016 to 019 were withdrawn.',
    'Ask the counterparty for the 010 number.',
  ],
  'number-fiction': ['It is reserved for fiction.', 'Give the real number.'],
  'number-landline': ['It is a landline, which gets no text messages.', 'Give a mobile number.'],
  'number-not-mobile': [
    'It is no mobile number (a service, internet or shared-cost number).',
    'Give a mobile number.',
  ],
};

export function phoneProblem(code: PhoneProblemCode): PhoneProblem {
  const [message, advice] = problems[code];
  return { ok: false, code, message, advice };
}
