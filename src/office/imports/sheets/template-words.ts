import type { SheetField } from './sheet-fields.js';

interface FieldWords {
  ko: string;
  en: string;
  example: string;
}

/** The columns of the template, in their order, and what is to be written in them. The company is invented. */
export const templateColumns: Readonly<Partial<Record<SheetField, FieldWords>>> = {
  reference: {
    ko: '문자에 표시되는 번호입니다. 같은 계약의 행에는 모두 같은 번호를 씁니다. 공백 없이 60자까지.',
    en: 'The number that the texts name; the same on every row of a contract. No spaces, 60 characters at most.',
    example: 'C-2026-0143',
  },
  revision: {
    ko: '변경 차수입니다. 계약이 바뀔 때마다 1씩 늘립니다. 처음은 0.',
    en: 'Goes up by one with each amendment; 0 at first.',
    example: '0',
  },
  kind: {
    ko: '공사, 용역, 물품, 위탁, 보조금, 인허가 가운데 하나를 고릅니다.',
    en: 'Choose one: works, service, goods, consignment, grant or permit.',
    example: '공사',
  },
  title: { ko: '계약의 이름입니다.', en: 'What the contract is called.', example: '중앙로 보도정비공사' },
  method: { ko: '계약방법입니다.', en: 'How the contract was awarded.', example: '제한경쟁' },
  signedOn: {
    ko: '계약을 맺은 날입니다. 보조금은 교부결정일, 인허가는 접수일을 씁니다.',
    en: 'The day it was signed; for a grant its decision, for a permit the day it was received.',
    example: '2026-03-03',
  },
  startsOn: { ko: '착공일 또는 착수일입니다.', en: 'The day on which work starts.', example: '2026-03-16' },
  endsOn: {
    ko: '준공일, 완료일 또는 납품기한입니다.',
    en: 'The day by which it is to be completed or delivered.',
    example: '2026-11-27',
  },
  amount: {
    ko: '원 단위의 전체 금액을 숫자로 씁니다.',
    en: 'The whole amount in won, in digits.',
    example: '110000000',
  },
  department: { ko: '담당 부서를 고릅니다.', en: 'Choose the department.', example: '' },
  officer: {
    ko: '담당공무원의 이름 또는 직원번호입니다.',
    en: 'The name or the staff number of the officer in charge.',
    example: '박서준',
  },
  counterparty: {
    ko: '계약상대자입니다. 공동도급은 업체마다 한 행씩 씁니다.',
    en: 'The company; in a joint venture each has a row of its own.',
    example: '(주)새솔건설',
  },
  registrationNumber: {
    ko: '사업자등록번호 10자리입니다.',
    en: 'Its business registration number, ten digits.',
    example: '000-00-00001',
  },
  representative: { ko: '대표자의 이름입니다.', en: 'The name of its representative.', example: '한맑음' },
  contact: {
    ko: '문자를 받을 사람입니다. 여러 명이면 한 사람에 한 행씩 씁니다.',
    en: 'Who gets the texts; several people have a row each.',
    example: '이가람',
  },
  phone: {
    ko: '휴대전화 번호입니다. 유선전화로는 문자가 가지 않습니다. 외국 번호는 +와 국가번호로 시작합니다.',
    en: 'A mobile number: landlines get no texts. A foreign one begins with + and its country code.',
    example: '010-0000-1234',
  },
  locale: { ko: '문자의 언어입니다.', en: 'The language of the texts.', example: '한국어' },
  legalBasis: {
    ko: '연락처를 쓰는 근거입니다: 계약, 법령, 동의. 동의이면 동의일도 씁니다.',
    en: 'Why the number may be used: contract (계약), law (법령) or consent (동의), consent with its day.',
    example: '계약',
  },
  legalBasisOn: { ko: '동의를 받은 날입니다.', en: 'The day of the consent.', example: '' },
};

export const templateTitles = {
  sheet: '계약 Contracts',
  explanations: '설명 How to',
  lists: 'lists',
  columns: ['열 Column', '필수 Required', '설명', 'Explanation', '예 Example'],
  required: '필수 required',
  general: [
    [
      '첫 번째 시트에 한 행에 한 사람씩 쓰고, 저장한 뒤 이 서비스에 올려 주십시오. 이 시트는 읽지 않습니다.',
      'Write one person a row on the first sheet, save, and bring the file here. This sheet is not read.',
    ],
    [
      '가져온 파일에 없다고 해서 사람이나 계약이 지워지지는 않으며, 빈 칸이 이미 있는 값을 지우지도 않습니다.',
      'What a file leaves out is never deleted, and an empty cell takes nothing back.',
    ],
  ],
} as const;

/** What is offered to choose from. Each choice is one that the reader knows. */
export const templateChoices: Readonly<
  Partial<Record<SheetField, { words: readonly string[]; strict: boolean }>>
> = {
  kind: { words: ['공사', '용역', '물품', '위탁', '보조금', '인허가'], strict: true },
  locale: { words: ['한국어', 'English'], strict: true },
  legalBasis: { words: ['계약', '법령', '동의'], strict: false },
};
