import type { LocalDate } from '../../../core/calendar/calendar.schema.js';
import type { Kind } from '../../../core/settings/plan.schema.js';
import type { Finding } from '../../../platform/findings.js';
import { isPlainLine, seenOnly } from '../../../platform/plain-text.js';
import { countryOf } from '../../../platform/phone-numbers/country.js';
import { type ParsedPhone, parsePhoneNumber } from '../../../platform/phone-numbers/phone-number.js';
import { phoneFinding } from '../../../platform/phone-numbers/phone-numbers.words.js';
import { importFinding } from '../import-problems.words.js';
import { isDay, type LegalBasis, referencePattern } from '../import.types.js';

/** Read is a cell's value, or what is wrong with it. */
export type Read<T> = { ok: true; value: T } | { ok: false; finding: Finding };

const value = <T>(v: T): Read<T> => ({ ok: true, value: v });
const wrong = (finding: Finding): Read<never> => ({ ok: false, finding });

/** Returns text to compare by: without case, spaces and punctuation. */
export function plainWord(text: string): string {
  return text
    .normalize('NFKC')
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]/gu, '');
}

export const textUpTo =
  (limit: number) =>
  (text: string): Read<string> => {
    const plain = seenOnly(text.normalize('NFC')).replace(/\s+/g, ' ').trim();
    // The character U+FFFD stands for bytes that the file's encoding does not know.
    if (!isPlainLine(plain)) return wrong(importFinding('text-unreadable'));
    return plain.length <= limit
      ? value(plain)
      : wrong(importFinding('text-too-long', { count: plain.length, limit }));
  };

/** Reads the number of a contract: what may stand as such in a text. */
export function readReference(text: string): Read<string> {
  const reference = seenOnly(text.normalize('NFKC'));
  return referencePattern.test(reference) ? value(reference) : wrong(importFinding('reference-unusable'));
}

/**
 * Reads the confirmed number of a contract in the Korean e-procurement (`dcsnCntrctNo`): its last two digits are the
 * revision, with or without a hyphen before them.
 */
export function readConfirmedNumber(text: string): Read<{ reference: string; revision: number }> {
  const [, number = '', revision = ''] = /^(.*\d.*?)-?(\d{2})$/.exec(text.normalize('NFKC').trim()) ?? [];
  const reference = readReference(number);
  return reference.ok ? value({ reference: reference.value, revision: Number(revision) }) : reference;
}

/**
 * Reads a day in the forms that Korean sheets hold: 2026-03-02, 2026.3.2., 2026/03/02, 20260302, 26-03-02 (of this
 * century, also with an apostrophe before the year, as ’26.3.2 of Hangul), 2026년 3월 2일; a weekday or a time behind it is left out, and never shifts the day.
 */
export function readDay(text: string): Read<LocalDate> {
  if (isDay(text)) return value(text);
  const day = text
    .normalize('NFKC')
    .trim()
    .replace(/^['‘’`](?=\d{2}\D)/, '')
    .replace(/[\s.]*\([월화수목금토일]\)$/u, '')
    .replace(/[T ]\d{1,2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}:?\d{2})?$/, '');
  const parts =
    /^(\d{4})(\d{2})(\d{2})$/.exec(day) ??
    /^(\d{4}|\d{2})\s*([-./])\s*(\d{1,2})\s*\2\s*(\d{1,2})\s*\.?$/.exec(day)?.filter((_, i) => i !== 2) ??
    /^(\d{4}|\d{2})\s*년\s*(\d{1,2})\s*월\s*(\d{1,2})\s*일?$/.exec(day);
  if (!parts) return unreadableDay(day);
  const [, year = '', month = '', dayOfMonth = ''] = parts;
  const written = `${year.padStart(4, '20')}-${month.padStart(2, '0')}-${dayOfMonth.padStart(2, '0')}`;
  return isDay(written) ? value(written) : wrong(importFinding('date-impossible'));
}

function unreadableDay(text: string): Read<never> {
  if (/^\d{1,2}[-./]\d{1,2}[-./]\d{4}$/.test(text)) return wrong(importFinding('date-ambiguous'));
  if (/^\d{5}(\.\d+)?$/.test(text)) return wrong(importFinding('date-serial'));
  return wrong(importFinding('date-unreadable'));
}

/** Reads `2020.05.01~2020.05.17`, `2015/10/01 ~ 2016/09/30`, `2026년 3월 2일부터 2026년 4월 1일까지`. */
export function readPeriod(text: string): Read<{ startsOn: LocalDate; endsOn: LocalDate }> {
  const plain = text.normalize('NFKC').trim();
  const [, from, to] =
    /^(.{6,30}?)\s*(?:[~∼〜]|부터|\s-\s|\sto\s)\s*(.{6,30}?)\s*(?:까지)?$/u.exec(plain) ?? [];
  const starts = from === undefined ? null : readDay(from);
  const ends = to === undefined ? null : readDay(to);
  if (starts?.ok && ends?.ok) return value({ startsOn: starts.value, endsOn: ends.value });
  return wrong(importFinding('period-unreadable'));
}

const currencySigns: Record<string, string> = {
  '₩': 'KRW',
  원: 'KRW',
  $: 'USD',
  '£': 'GBP',
  '€': 'EUR',
  '¥': 'JPY',
};

function currencyOf(mark: string): string | null {
  return currencySigns[mark] ?? (/^[A-Z]{3}$/.test(mark) ? mark : null);
}

/**
 * Reads an amount as a plain decimal string, with its currency if it names one. Thousands are set apart by commas only.
 * A unit is taken when it can be meant in one way only: `12,000천원`, `1.5억원`; a cell that names no currency and no
 * unit takes the unit of its column.
 */
export function readAmount(
  text: string,
  columnUnit: AmountUnit | null = null,
): Read<{ amount: string; currency: string | null }> {
  const plain = text.normalize('NFKC').replace(/\s+/g, '').replace(/^금/, '').replace(/정$/, '');
  const [, before = '', number = '', after = ''] = /^([^\d-]{0,4}?)([\d,.]+)(\D{0,4})$/.exec(plain) ?? [];
  const unit = unitOf(after);
  if ((!unit && /[십백천만억조]/.test(after)) || /\d[십백천만억조]+\d/.test(plain)) return unclearUnit;
  const mark = (before || (unit ? '원' : after)).toUpperCase();
  const currency = currencyOf(mark);
  const isNumber = /^(\d{1,3}(,\d{3})+|\d{1,15})(\.\d{1,4})?$/.test(number);
  if (!isNumber || (mark !== '' && !currency) || (before && after)) return unreadableAmount;
  const decimal = number.replace(/,/g, '').replace(/^0+(?=\d)/, '');
  // A cell that says 원 itself says that it is whole, whatever its column is.
  const scale = unit ?? (after === '' && before === '' ? columnUnit : null);
  const amount = inWhole(decimal, scale ?? { word: '', zeros: 0 });
  return amount === null ? unreadableAmount : value({ amount, currency });
}

const unclearUnit = wrong(importFinding('amount-unit'));
const unreadableAmount = wrong(importFinding('amount-unreadable'));

export function readCurrency(text: string): Read<string> {
  const currency = currencyOf(text.normalize('NFKC').trim().toUpperCase());
  return currency ? value(currency) : wrong(importFinding('currency-unknown'));
}

const kindWords: [Kind, string][] = [
  ['works', '공사|시설공사|건설공사|works|work|construction'],
  ['service', '용역|일반용역|기술용역|학술용역|service|services|general service|technical service'],
  ['goods', '물품|물품구매|구매|외자|goods|supplies|supply|purchase'],
  ['consignment', '위탁|민간위탁|사무위탁|consignment|outsourcing|entrustment'],
  ['grant', '보조금|민간보조|지방보조금|보조사업|grant|grants|subsidy'],
  ['permit', '인허가|인·허가|허가|민원|인허가/민원|permit|permits|licence|license'],
];
const kindByWord = new Map(
  kindWords.flatMap(([kind, words]) => words.split('|').map((w) => [plainWord(w), kind])),
);

export function readKind(text: string): Read<Kind> {
  const kind = kindByWord.get(plainWord(text));
  return kind ? value(kind) : wrong(importFinding('kind-unknown'));
}

/** Refuses a number that a spreadsheet has rounded to something like 1.01E+09. */
export function readRegistrationNumber(text: string): Read<string> {
  if (/^\d([.,]\d+)?e\+\d+$/i.test(text.trim())) return wrong(importFinding('digits-rounded'));
  return textUpTo(40)(text);
}

export function readRevision(text: string): Read<number> {
  const [, digits] = /^제?\s*(\d{1,4})\s*(차|회)?$/.exec(text.normalize('NFKC').trim()) ?? [];
  if (digits !== undefined) return value(Number(digits));
  return wrong(importFinding('revision-unreadable'));
}

export function readShare(text: string): Read<number> {
  const [, share] = /^(\d{1,3}(?:\.\d{1,6})?)\s*%?$/.exec(text.normalize('NFKC').trim()) ?? [];
  if (share !== undefined && Number(share) > 0 && Number(share) <= 100) return value(Number(share));
  return wrong(importFinding('share-unreadable'));
}

export function readLocale(text: string): Read<'ko' | 'en'> {
  const plain = plainWord(text);
  if (/^(ko|kor|kokr|korean|한국어|국문|한글)$/.test(plain)) return value('ko');
  if (/^(en|eng|engb|enus|english|영어|영문)$/.test(plain)) return value('en');
  return wrong(importFinding('language-unknown'));
}

/** Reads `동의(2026.3.2.)`, `계약`, `법령`; a date alone is the day of the consent. */
export function readLegalBasis(text: string): Read<{ basis: LegalBasis; on: LocalDate | null }> {
  const plain = text.normalize('NFKC').trim();
  const [dayText] = /\d[\d\s./년월일-]*\d[.일]?/.exec(plain) ?? [];
  const day = dayText === undefined ? null : readDay(dayText);
  if (day && !day.ok) return day;
  const on = day?.value ?? null;
  if (/동의|consent|opt.?in/i.test(plain)) return value({ basis: 'consent', on });
  if (/법령|법적|소관|공무|statut|law|legal/i.test(plain)) return value({ basis: 'statutory-task', on });
  if (/계약|협약|contract|agreement/i.test(plain)) return value({ basis: 'contract', on });
  if (on && /^[\d\s./년월일()-]+$/.test(plain)) return value({ basis: 'consent', on });
  return wrong(importFinding('basis-unknown'));
}

export function readCountry(text: string): Read<string> {
  const country = countryOf(text);
  return country === null ? wrong(importFinding('country-unknown')) : value(country);
}

/** Reads a phone number; where the country of its owner is not known, only one with a plus. */
export function readPhone(
  text: string,
  country: string | null = null,
  allowFiction = false,
): Read<ParsedPhone> {
  const parsed = parsePhoneNumber(text, country, { allowFiction });
  return parsed.ok ? value(parsed) : wrong(phoneFinding(parsed.code));
}

const zeros: Record<string, number> = { 천: 3, 만: 4, 백만: 6, 천만: 7, 억: 8, thousand: 3, million: 6 };

export interface AmountUnit {
  /** The unit as it is written, such as 천원. */
  word: string;
  /** The power of ten by which amounts are multiplied. */
  zeros: number;
}

/** Reads `천원`, `백만원`; null for anything that leaves room for doubt, such as a unit without 원. */
function unitOf(word: string): AmountUnit | null {
  const [, unit = ''] = /^(백만|천만|천|만|억)원$/.exec(word) ?? [];
  return zeros[unit] === undefined ? null : { word, zeros: zeros[unit] };
}

/** Finds the unit in a heading or a title above the table: `계약금액(천원)`, `(단위: 백만원)`; `원` says that there is none. */
function unitIn(text: string): AmountUnit | 'none' | null {
  const plain = text.normalize('NFKC').replace(/\s+/g, '');
  const [word, unit = ''] = /(백만|천만|천|만|억)원/.exec(plain) ?? [];
  if (word !== undefined) return { word, zeros: zeros[unit] ?? 0 };
  const [english] = /\bthousands?\b|\bmillions?\b/i.exec(text) ?? [];
  if (english !== undefined)
    return { word: english, zeros: zeros[english.toLowerCase().replace(/s$/, '')] ?? 0 };
  return /[(:]원\)?/.test(plain) ? 'none' : null;
}

/** Returns the whole amount; null when it would have more than two decimals. */
function inWhole(decimal: string, { zeros: places }: AmountUnit): string | null {
  const [whole = '', fraction = ''] = decimal.split('.');
  const moved = `${whole}${fraction.padEnd(places, '0').slice(0, places)}`.replace(/^0+(?=\d)/, '');
  const rest = fraction.slice(places).replace(/0+$/, '');
  if (rest.length > 2 || moved.length > 15) return null;
  return rest === '' ? moved : `${moved}.${rest.padEnd(2, '0')}`;
}

/** Returns the unit of the column of amounts; a finding when the title says one and the heading another. */
export function columnUnit(heading: string, titles: readonly string[]): AmountUnit | Finding | null {
  const named = unitIn(heading);
  const above = titles
    .filter((title) => /단위|unit/i.test(title))
    .map(unitIn)
    .find((unit) => unit !== null);
  const isSame = (a: AmountUnit | 'none', b: AmountUnit | 'none') =>
    a === b || (a !== 'none' && b !== 'none' && a.zeros === b.zeros);
  if (named && above && !isSame(named, above)) return importFinding('amount-unit-unclear');
  const unit = named ?? above ?? null;
  return unit === 'none' ? null : unit;
}
