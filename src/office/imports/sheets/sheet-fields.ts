export type SheetField =
  | 'reference'
  | 'revision'
  | 'kind'
  | 'title'
  | 'method'
  | 'signedOn'
  | 'startsOn'
  | 'endsOn'
  | 'period'
  | 'amount'
  | 'currency'
  | 'department'
  | 'officer'
  | 'counterparty'
  | 'registrationNumber'
  | 'role'
  | 'share'
  | 'country'
  | 'representative'
  | 'contact'
  | 'phone'
  | 'locale'
  | 'legalBasis'
  | 'legalBasisOn';

/** Headings by field, the first being the one that is asked for; compared without case, spaces and punctuation. */
const headings: Readonly<Record<SheetField, string>> = {
  reference:
    '계약번호|통합계약번호|확정계약번호|접수번호|관리번호|contract number|contract no|reference|contract id',
  revision: '차수|계약차수|변경차수|revision|rev',
  kind: '구분|업무구분|업무구분명|계약구분|사업구분|kind|type|category|contract type',
  title: '계약명|공사명|용역명|사업명|건명|민원명|title|contract name|contract title|name',
  method: '계약방법|계약체결방법|method|procurement method|contract method',
  signedOn:
    '계약일|계약일자|계약체결일|계약체결일자|교부결정일|협약일|signed on|date signed|contract date|signed',
  startsOn:
    '착공(착수)일|착공일|착수일|착공일자|착수일자|시작일|사업시작일|starts on|start date|start|commencement date',
  endsOn:
    '준공(완료)일|준공일|완료일|준공예정일|완료예정일|준공일자|완료일자|종료일|납품기한|사업종료일|' +
    'ends on|end date|end|completion date',
  period: '계약기간|사업기간|공사기간|용역기간|contract period|period',
  amount: '계약금액|총계약금액|계약금액(원)|금액|보조금액|amount|contract amount|contract value|value',
  currency: '통화|currency',
  department: '담당부서|부서|계약부서|발주부서|소관부서|department',
  officer: '담당공무원|공무원|감독공무원|계약담당자|officer|responsible officer|official in charge',
  counterparty:
    '업체명|상호|계약상대자|계약업체|회사명|단체명|신청인|supplier|company|counterparty|company name',
  registrationNumber:
    '사업자번호|사업자등록번호|business number|registration number|business registration number|company number',
  role: '업체구분|공동도급방식|role|supplier role',
  share: '지분율|지분|share',
  country: '국적|국가|country',
  representative: '대표자|대표자명|대표|representative|ceo',
  contact: '담당자|담당자명|업체담당자|현장대리인|contact|contact person|contact name',
  phone:
    '휴대전화|휴대폰|휴대전화번호|휴대폰번호|핸드폰|연락처|mobile|mobile phone|mobile number|phone|phone number',
  locale: '언어|language|locale',
  legalBasis: '수신근거(동의일)|수신근거|수신근거 동의일|legal basis|basis|legal basis (consent date)',
  legalBasisOn: '동의일|동의일자|consent date|consented on|consent',
};

export const requiredFields = ['reference', 'kind', 'title', 'signedOn', 'counterparty', 'phone'] as const;

const english: Record<SheetField, string> = {
  reference: 'Contract number',
  revision: 'Revision',
  kind: 'Kind',
  title: 'Contract title',
  method: 'Contract method',
  signedOn: 'Signed on',
  startsOn: 'Starts on',
  endsOn: 'Ends on',
  period: 'Contract period',
  amount: 'Amount',
  currency: 'Currency',
  department: 'Department',
  officer: 'Officer',
  counterparty: 'Company',
  registrationNumber: 'Business number',
  role: 'Supplier role',
  share: 'Share',
  country: 'Country',
  representative: 'Representative',
  contact: 'Contact',
  phone: 'Mobile number',
  locale: 'Language',
  legalBasis: 'Legal basis (consent date)',
  legalBasisOn: 'Consent date',
};

export interface SheetFieldName {
  field: SheetField;
  ko: string;
  en: string;
  required: boolean;
}

/** Every field of a sheet, in the order in which officers expect them. */
export const sheetFields: readonly SheetFieldName[] = (Object.keys(headings) as SheetField[]).map(
  (field) => ({
    field,
    ko: askedFor(field),
    en: english[field],
    required: (requiredFields as readonly SheetField[]).includes(field),
  }),
);

export function isSheetField(name: string): name is SheetField {
  return Object.hasOwn(headings, name);
}

export function isDayField(field: SheetField): boolean {
  return field === 'signedOn' || field === 'startsOn' || field === 'endsOn' || field === 'legalBasisOn';
}

/** The Korean heading of a field. */
export function askedFor(field: SheetField): string {
  return headings[field].split('|')[0] ?? field;
}

/** The heading of what is wrong with refused rows: the column is left out, without a word, when the sheet comes back. */
export const whatIsWrong = '고칠 점 What to mend';

/** Every name by which a field is known, compared without case, spaces and punctuation. */
export function namesOf(field: SheetField): string[] {
  return headings[field].split('|').map(plain);
}

const fieldByHeading = new Map(
  (Object.keys(headings) as SheetField[]).flatMap((field) =>
    namesOf(field).map((name): [string, SheetField] => [name, field]),
  ),
);

/**
 * The field that a heading is known to name: as a whole, by one of its lines (Korean above, English below), or
 * without what only explains it, such as (천원) or (필수).
 */
export function fieldOf(heading: string): SheetField | null {
  // No heading is as long; a cell may be, and each row's is looked at.
  if (heading.length > 200) return null;
  const candidates = [
    heading,
    ...heading.split(/[\r\n]+/),
    heading.replace(/[([（【][^)\]）】]*[)\]）】]|[*※]/g, ''),
  ];
  for (const candidate of candidates) {
    const field = fieldByHeading.get(plain(candidate));
    if (field) return field;
  }
  return null;
}

export function plain(heading: string): string {
  return heading
    .normalize('NFKC')
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]/gu, '');
}
