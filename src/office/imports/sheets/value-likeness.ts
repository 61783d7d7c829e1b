import type { SheetField } from './sheet-fields.js';
import {
  readAmount,
  readCurrency,
  readDay,
  readKind,
  readLegalBasis,
  readLocale,
  readPeriod,
  readRevision,
  readShare,
} from './sheet-values.js';

const reads =
  (reader: (text: string) => { ok: boolean }) =>
  (text: string): boolean =>
    reader(text).ok;

const hasLetters = (text: string) => /\p{L}/u.test(text);

/** Whether a value may stand in a field; fields that are not here take any text. */
const looks: Partial<Record<SheetField, (text: string) => boolean>> = {
  reference: (text) =>
    /^[\p{L}\p{N}][\p{L}\p{N}._/()-]{0,59}$/u.test(text) && /\d/.test(text) && !isPhone(text),
  revision: reads(readRevision),
  kind: reads(readKind),
  title: (text) => hasLetters(text) && !readDay(text).ok,
  signedOn: isDay,
  startsOn: isDay,
  endsOn: isDay,
  legalBasisOn: isDay,
  period: reads(readPeriod),
  amount: (text) => readAmount(text).ok && !isPhone(text) && !/^\d{8}$/.test(text),
  currency: reads(readCurrency),
  department: hasLetters,
  officer: (text) => text.length <= 20 && !isPhone(text),
  counterparty: hasLetters,
  registrationNumber: (text) => /^\d{3}-\d{2}-\d{5}$/.test(text),
  share: reads(readShare),
  country: hasLetters,
  representative: isPerson,
  contact: isPerson,
  phone: isPhone,
  locale: reads(readLocale),
  legalBasis: reads(readLegalBasis),
};

/** The share of the values that may stand in the field, 0 to 1; 0 without any value. */
export function fitOf(field: SheetField, values: readonly string[]): number {
  const look = looks[field];
  if (values.length === 0) return 0;
  return look ? values.filter(look).length / values.length : 1;
}

/** A day, also as the number by which a spreadsheet counts it. */
function isDay(text: string): boolean {
  return readDay(text).ok || /^[34567]\d{4}$/.test(text);
}

/** A Korean mobile number, its zero or plus lost or not; or any number with a plus. */
function isPhone(text: string): boolean {
  const plain = text.normalize('NFKC').replace(/[\s.()-]/g, '');
  return /^(0|\+?82)?10\d{8}$/.test(plain) || /^\+\d{8,15}$/.test(plain);
}

function isPerson(text: string): boolean {
  return hasLetters(text) && text.length <= 40 && !/\d{3}/.test(text);
}
