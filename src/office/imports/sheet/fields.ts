import { type ImportedContract, referencePattern, type Weight } from '../import.types.js';
import { readCompanies } from './companies.js';
import {
  type Read,
  readAmount,
  readConfirmedNumber,
  readCountry,
  readCurrency,
  readDay,
  readKind,
  readLegalBasis,
  readLocale,
  readPeriod,
  readPhone,
  readReference,
  readRegistrationNumber,
  readRevision,
  readShare,
  textUpTo,
} from './values.js';

interface CellSpec {
  /**
   * What the cells hold. A spreadsheet makes a date of digits that merely look like one, and what was typed is gone; a
   * person's name is masked where a column is only guessed to hold one.
   */
  holds: 'text' | 'day' | 'digits' | 'person';
  /** Reads a cell. An amount and a phone number are read by more than their cell: see row.ts. */
  read: (text: string) => Read<unknown>;
  /** What a cell that cannot be read means: a fatal one refuses the contract, a warning leaves the cell out. */
  weight: Exclude<Weight, 'information'>;
  /** Says whether a value may stand in the field, to guess columns by; where absent, whatever can be read may. */
  looks?: (text: string) => boolean;
}

interface SheetFieldSpec {
  /** The heading that is asked for. */
  heading: readonly [ko: string, en: string];
  /** Further headings by which the field is known; compared without case, spaces and punctuation. */
  known: string;
  required?: true;
  /** The required field that may be missing where this one is there. */
  standsFor?: string;
  cell: CellSpec;
  /** The contract has a fact of the same name, which is taken from this field. */
  isFact?: true;
  /** How the template explains the column, unless it does without it. The company in it is invented. */
  template?: {
    ko: string;
    en: string;
    example: string;
    /** Characters; 16 when absent. */
    width?: number;
    /** What is offered to choose from, in words that `read` takes; other words are refused, or only asked about. */
    choices?: { words: readonly string[]; strict: boolean };
  };
}

/**
 * Every field of a sheet, in the order in which officers expect their columns: how it is headed, read, guessed and
 * explained. A new column is an entry here; the compiler then asks for its place in a contract, where it has one.
 */
export const sheetFields = {
  reference: {
    heading: ['계약번호', 'Contract number'],
    known: '통합계약번호|접수번호|관리번호|contract no|reference|contract id|untycntrctno',
    required: true,
    cell: {
      holds: 'digits',
      read: readReference,
      weight: 'fatal',
      looks: (text) => referencePattern.test(text) && /\d/.test(text) && !isPhone(text),
    },
    template: {
      ko: '문자에 표시되는 번호입니다. 같은 계약의 행에는 모두 같은 번호를 씁니다. 공백 없이 60자까지.',
      en: 'The number that the texts name; the same on every row of a contract. No spaces, 60 characters at most.',
      example: 'C-2026-0143',
    },
  },
  confirmedNumber: {
    heading: ['확정계약번호', 'Confirmed contract number'],
    known: 'dcsncntrctno',
    standsFor: 'reference',
    cell: { holds: 'digits', read: readConfirmedNumber, weight: 'fatal', looks: nothing },
  },
  revision: {
    heading: ['차수', 'Revision'],
    known: '계약차수|변경차수|rev',
    cell: { holds: 'digits', read: readRevision, weight: 'fatal' },
    template: {
      ko: '변경 차수입니다. 계약이 바뀔 때마다 1씩 늘립니다. 처음은 0.',
      en: 'Goes up by one with each amendment; 0 at first.',
      example: '0',
    },
  },
  kind: {
    heading: ['구분', 'Kind'],
    known: '업무구분|업무구분명|계약구분|사업구분|type|category|contract type',
    required: true,
    cell: { holds: 'text', read: readKind, weight: 'fatal' },
    isFact: true,
    template: {
      ko: '공사, 용역, 물품, 위탁, 보조금, 인허가 가운데 하나를 고릅니다.',
      en: 'Choose one: works, service, goods, consignment, grant or permit.',
      example: '공사',
      choices: { words: ['공사', '용역', '물품', '위탁', '보조금', '인허가'], strict: true },
    },
  },
  title: {
    heading: ['계약명', 'Contract title'],
    known: '공사명|용역명|사업명|건명|민원명|title|contract name|name',
    required: true,
    cell: {
      holds: 'text',
      read: textUpTo(500),
      weight: 'fatal',
      looks: (text) => hasLetters(text) && !readDay(text).ok,
    },
    isFact: true,
    template: {
      ko: '계약의 이름입니다.',
      en: 'What the contract is called.',
      example: '중앙로 보도정비공사',
      width: 36,
    },
  },
  method: {
    heading: ['계약방법', 'Contract method'],
    known: '계약체결방법|method|procurement method',
    cell: { holds: 'text', read: textUpTo(100), weight: 'warning', looks: anything },
    isFact: true,
    template: { ko: '계약방법입니다.', en: 'How the contract was awarded.', example: '제한경쟁' },
  },
  signedOn: {
    heading: ['계약일', 'Signed on'],
    known: '계약일자|계약체결일|계약체결일자|교부결정일|협약일|date signed|contract date|signed',
    required: true,
    cell: { holds: 'day', read: readDay, weight: 'fatal', looks: isDay },
    isFact: true,
    template: {
      ko: '계약을 맺은 날입니다. 보조금은 교부결정일, 인허가는 접수일을 씁니다.',
      en: 'The day it was signed; for a grant its decision, for a permit the day it was received.',
      example: '2026-03-03',
    },
  },
  startsOn: {
    heading: ['착공(착수)일', 'Starts on'],
    known: '착공일|착수일|착공일자|착수일자|시작일|사업시작일|start date|start|commencement date',
    cell: { holds: 'day', read: readDay, weight: 'fatal', looks: isDay },
    isFact: true,
    template: { ko: '착공일 또는 착수일입니다.', en: 'The day on which work starts.', example: '2026-03-16' },
  },
  endsOn: {
    heading: ['준공(완료)일', 'Ends on'],
    known:
      '준공일|완료일|준공예정일|완료예정일|준공일자|완료일자|종료일|납품기한|사업종료일|' +
      'end date|end|completion date',
    cell: { holds: 'day', read: readDay, weight: 'fatal', looks: isDay },
    isFact: true,
    template: {
      ko: '준공일, 완료일 또는 납품기한입니다.',
      en: 'The day by which it is to be completed or delivered.',
      example: '2026-11-27',
    },
  },
  period: {
    heading: ['계약기간', 'Contract period'],
    known: '사업기간|공사기간|용역기간|period',
    cell: { holds: 'text', read: readPeriod, weight: 'warning' },
  },
  amount: {
    heading: ['계약금액', 'Amount'],
    known: '총계약금액|계약금액(원)|금액|보조금액|contract amount|contract value|value',
    cell: {
      holds: 'digits',
      read: (text) => readAmount(text),
      weight: 'fatal',
      looks: (text) => readAmount(text).ok && !isPhone(text) && !/^\d{8}$/.test(text),
    },
    template: {
      ko: '원 단위의 전체 금액을 숫자로 씁니다.',
      en: 'The whole amount in won, in digits.',
      example: '110000000',
    },
  },
  currency: {
    heading: ['통화', 'Currency'],
    known: '',
    cell: { holds: 'text', read: readCurrency, weight: 'fatal' },
  },
  department: {
    heading: ['담당부서', 'Department'],
    known: '부서|계약부서|발주부서|소관부서',
    cell: { holds: 'text', read: textUpTo(200), weight: 'fatal', looks: hasLetters },
    isFact: true,
    template: { ko: '담당 부서를 고릅니다.', en: 'Choose the department.', example: '', width: 22 },
  },
  officer: {
    heading: ['담당공무원', 'Officer'],
    known: '공무원|감독공무원|계약담당자|responsible officer|official in charge',
    cell: {
      holds: 'person',
      read: textUpTo(100),
      weight: 'fatal',
      looks: (text) => text.length <= 20 && !isPhone(text),
    },
    isFact: true,
    template: {
      ko: '담당공무원의 이름 또는 직원번호입니다.',
      en: 'The name or the staff number of the officer in charge.',
      example: '박서준',
    },
  },
  counterparty: {
    heading: ['업체명', 'Company'],
    known: '상호|계약상대자|계약업체|회사명|단체명|신청인|supplier|counterparty|company name',
    required: true,
    cell: { holds: 'text', read: textUpTo(200), weight: 'fatal', looks: hasLetters },
    template: {
      ko: '계약상대자입니다. 공동도급은 업체마다 한 행씩 씁니다.',
      en: 'The company; in a joint venture each has a row of its own.',
      example: '(주)새솔건설',
      width: 22,
    },
  },
  companies: {
    heading: ['업체목록', 'Companies'],
    known: 'corplist|계약업체목록',
    standsFor: 'counterparty',
    cell: { holds: 'text', read: readCompanies, weight: 'fatal' },
  },
  registrationNumber: {
    heading: ['사업자번호', 'Business number'],
    known: '사업자등록번호|registration number|business registration number|company number',
    cell: {
      holds: 'digits',
      read: readRegistrationNumber,
      weight: 'warning',
      looks: (text) => /^\d{3}-\d{2}-\d{5}$/.test(text),
    },
    template: {
      ko: '사업자등록번호 10자리입니다.',
      en: 'Its business registration number, ten digits.',
      example: '000-00-00001',
    },
  },
  role: {
    heading: ['업체구분', 'Supplier role'],
    known: '공동도급방식|role',
    cell: { holds: 'text', read: textUpTo(60), weight: 'warning', looks: anything },
  },
  share: {
    heading: ['지분율', 'Share'],
    known: '지분',
    cell: { holds: 'digits', read: readShare, weight: 'warning' },
  },
  country: {
    heading: ['국적', 'Country'],
    known: '국가',
    cell: { holds: 'text', read: readCountry, weight: 'warning', looks: hasLetters },
  },
  representative: {
    heading: ['대표자', 'Representative'],
    known: '대표자명|대표|ceo',
    cell: { holds: 'person', read: textUpTo(100), weight: 'warning', looks: isPerson },
    template: { ko: '대표자의 이름입니다.', en: 'The name of its representative.', example: '한맑음' },
  },
  contact: {
    heading: ['업체 담당자', 'Contact'],
    known: '담당자|담당자명|현장대리인|contact person|contact name',
    cell: { holds: 'person', read: textUpTo(100), weight: 'warning', looks: isPerson },
    template: {
      ko: '문자를 받을 사람입니다. 여러 명이면 한 사람에 한 행씩 씁니다.',
      en: 'Who gets the texts; several people have a row each.',
      example: '이가람',
    },
  },
  phone: {
    heading: ['휴대전화', 'Mobile number'],
    known: '휴대폰|휴대전화번호|휴대폰번호|핸드폰|연락처|mobile|mobile phone|phone|phone number',
    required: true,
    cell: { holds: 'digits', read: (text) => readPhone(text), weight: 'warning', looks: isPhone },
    template: {
      ko: '휴대전화 번호입니다. 유선전화로는 문자가 가지 않습니다. 외국 번호는 +와 국가번호로 시작합니다.',
      en: 'A mobile number: landlines get no texts. A foreign one begins with + and its country code.',
      example: '010-0000-1234',
    },
  },
  locale: {
    heading: ['언어', 'Language'],
    known: 'locale',
    cell: { holds: 'text', read: readLocale, weight: 'warning' },
    template: {
      ko: '문자의 언어입니다.',
      en: 'The language of the texts.',
      example: '한국어',
      choices: { words: ['한국어', 'English'], strict: true },
    },
  },
  legalBasis: {
    heading: ['수신근거(동의일)', 'Legal basis (consent date)'],
    known: '수신근거|수신근거 동의일|legal basis|basis',
    cell: { holds: 'text', read: readLegalBasis, weight: 'warning' },
    template: {
      ko: '연락처를 쓰는 근거입니다: 계약, 법령, 동의. 동의이면 동의일도 씁니다.',
      en: 'Why the number may be used: contract (계약), law (법령) or consent (동의), consent with its day.',
      example: '계약',
      choices: { words: ['계약', '법령', '동의'], strict: false },
    },
  },
  legalBasisOn: {
    heading: ['동의일', 'Consent date'],
    known: '동의일자|consented on|consent',
    cell: { holds: 'day', read: readDay, weight: 'warning', looks: isDay },
    template: { ko: '동의를 받은 날입니다.', en: 'The day of the consent.', example: '' },
  },
} satisfies Record<string, SheetFieldSpec>;

export type SheetField = keyof typeof sheetFields;

/** What a cell of a field holds once it is read. */
export type ValueOf<F extends SheetField> = (typeof sheetFields)[F]['cell']['read'] extends (
  text: string,
) => Read<infer T>
  ? T
  : never;

type FactField = {
  [F in SheetField]: (typeof sheetFields)[F] extends { isFact: true } ? F : never;
}[SheetField];

/** What a row says of its contract; a row that continues a contract may leave out what the first one said. */
export type RowFacts = { [F in FactField | 'value']: Exclude<ImportedContract[F], undefined> | null };

export const fieldNames = Object.keys(sheetFields) as SheetField[];

export function specOf(field: SheetField): SheetFieldSpec {
  return sheetFields[field];
}

export const requiredFields = fieldNames.filter((field) => specOf(field).required);

/** Returns the required fields that a sheet with these fields is without. */
export function missingFields(has: (field: SheetField) => boolean): SheetField[] {
  const stoodFor = new Set(fieldNames.filter(has).map((field) => specOf(field).standsFor));
  return requiredFields.filter((field) => !has(field) && !stoodFor.has(field));
}

export function isSheetField(name: string): name is SheetField {
  return Object.hasOwn(sheetFields, name);
}

/** Returns the share of the values that may stand in the field, 0 to 1; 0 without any value. */
export function fitOf(field: SheetField, values: readonly string[]): number {
  const { read, looks = (text) => read(text).ok } = specOf(field).cell;
  return values.length === 0 ? 0 : values.filter(looks).length / values.length;
}

function anything(): boolean {
  return true;
}

/** Nothing tells such a number from that of a contract but its heading. */
function nothing(): boolean {
  return false;
}

function hasLetters(text: string): boolean {
  return /\p{L}/u.test(text);
}

/** Tells a day, also as the number by which a spreadsheet counts it. */
function isDay(text: string): boolean {
  return readDay(text).ok || /^[34567]\d{4}$/.test(text);
}

/** Tells a Korean mobile number, its zero or plus lost or not, and any number with a plus. */
function isPhone(text: string): boolean {
  const plain = text.normalize('NFKC').replace(/[\s.()-]/g, '');
  return /^(0|\+?82)?10\d{8}$/.test(plain) || /^\+\d{8,15}$/.test(plain);
}

function isPerson(text: string): boolean {
  return hasLetters(text) && text.length <= 40 && !/\d{3}/.test(text);
}
