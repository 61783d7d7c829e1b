import type { Section } from '../../../platform/words/words.js';

/**
 * Errors by their code, for people: what happened and how to mend it. English is the error's own sentence, which may say
 * more; a code that is not here is shown in it.
 */
export const problems = {
  'text-failed': ['문안을 만들 수 없습니다.', ''],
  'figures-by-officer': ['청렴 모니터는 부서별 수치만 볼 수 있습니다.', ''],
  'file-not-what-its-name-says': [
    '파일의 내용이 이름과 다릅니다. 엑셀에서 .xlsx나 CSV(UTF-8)로 다시 저장하세요.',
    '',
  ],
  'format-not-read': ['읽을 수 없는 형식입니다. 엑셀에서 .xlsx나 CSV(UTF-8)로 저장해 올리세요.', ''],
  'export-quota': ['한 시간에 내려받을 수 있는 횟수를 넘었습니다. 잠시 뒤 다시 하세요.', ''],
  'search-too-wide': ['찾는 범위가 너무 넓습니다. 더 긴 낱말이나 부서, 기간을 적으세요.', ''],
} as const satisfies Section;

/** What a field wants, when what was sent does not do; by the last part of its path. */
export const wanted = {
  reference: [
    '계약번호를 C-2026-0143 같은 형식으로 적으세요. 빈칸 없이 60자까지입니다.',
    'Give a reference such as C-2026-0143: no spaces, at most 60 characters.',
  ],
  title: ['계약명을 적으세요. 500자까지입니다.', 'Give the contract’s name, at most 500 characters.'],
  kind: ['계약 종류를 고르세요.', 'Choose the kind of contract.'],
  departmentId: ['담당 부서를 고르세요.', 'Choose the department.'],
  officerId: ['담당자를 고르세요.', 'Choose the officer.'],
  signedOn: ['날짜를 2026-03-03처럼 적으세요.', 'Give a day such as 2026-03-03.'],
  startsOn: ['날짜를 2026-03-16처럼 적으세요.', 'Give a day such as 2026-03-16.'],
  endsOn: ['날짜를 2026-11-27처럼 적으세요.', 'Give a day such as 2026-11-27.'],
  liabilityEndsOn: ['날짜를 2028-11-27처럼 적으세요.', 'Give a day such as 2028-11-27.'],
  occurredOn: ['날짜를 2026-07-22처럼 적으세요.', 'Give a day such as 2026-07-22.'],
  from: ['날짜를 2026-03-01처럼 적으세요.', 'Give a day such as 2026-03-01.'],
  to: ['날짜를 2026-03-31처럼 적으세요.', 'Give a day such as 2026-03-31.'],
  on: ['날짜를 2026-07-22처럼 적으세요.', 'Give a day such as 2026-07-22.'],
  amount: ['금액을 숫자로 적으세요. 예: 110000000', 'Give the amount in digits, such as 110000000.'],
  currency: ['통화를 KRW처럼 적으세요.', 'Give a currency such as KRW.'],
  name: ['이름을 적으세요.', 'Give a name.'],
  phone: ['휴대전화 번호를 010-0000-1234처럼 적으세요.', 'Give a mobile number such as 010-0000-1234.'],
  country: ['국가를 KR처럼 두 글자로 적으세요.', 'Give the country as two letters, such as KR.'],
  registrationNumber: ['사업자등록번호를 확인하세요.', 'Check the registration number.'],
  share: ['지분율은 0보다 크고 100 이하입니다.', 'The share is more than 0 and at most 100.'],
  legalBasisOn: ['동의를 근거로 하면 동의한 날을 적으세요.', 'Consent is kept with the day it was given.'],
  reason: ['사유를 적으세요. 500자까지입니다.', 'Give the reason, at most 500 characters.'],
  email: [
    '전자우편 주소를 name@agency.example처럼 적으세요.',
    'Give an e-mail address such as name@agency.example.',
  ],
  password: ['비밀번호를 적으세요.', 'Give the password.'],
} as const satisfies Section;
