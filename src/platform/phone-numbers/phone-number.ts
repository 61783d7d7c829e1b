import {
  isSupportedCountry,
  parsePhoneNumberWithError,
  validatePhoneNumberLength,
  type CountryCode,
  type PhoneNumber,
} from 'libphonenumber-js/max';
import type { PhoneProblemCode } from './phone-numbers.words.js';

export interface ParsedPhone {
  ok: true;
  /** The number as E.164 writes it, such as +821012345678. */
  e164: string;
  /** ISO 3166-1 alpha-2 of the number, which need not be the party's. */
  country: string;
  /** What was assumed to read it; null when nothing was. */
  note: string | null;
}

interface UnreadablePhone {
  ok: false;
  code: PhoneProblemCode;
}

/**
 * Reads a number as the country of the party's address would dial it, so that a foreign number without
 * its prefix is refused and never taken for somebody else's (01234 345 346 of Barnet would be a possible
 * Korean number).
 * `country`: ISO 3166-1 alpha-2, or null when it is not known: the number then needs its + prefix.
 * `allowFiction`: let numbers reserved for fiction pass (sandbox and tests).
 */
export function parsePhoneNumber(
  raw: string,
  country: string | null,
  { allowFiction }: { allowFiction: boolean },
): ParsedPhone | UnreadablePhone {
  const plain = plainKorean(raw, country);
  if (plain) return plain;
  const text = tidy(raw);
  const why = whyUnreadable(text);
  if (why) return unreadable(why);
  const home = country !== null && isSupportedCountry(country) ? country : null;
  if (!home && !text.startsWith('+')) return unreadable('number-country-unknown');
  const number = read(text, home);
  if (typeof number === 'string') return unreadable(number);
  if (isFiction(number.number)) return allowFiction ? accept(number, text) : unreadable('number-fiction');
  return judge(number, text);
}

/**
 * Tells whether people can call a number as it is advertised: a short one such as 1398, or one that is possible in the
 * country (ISO 3166-1 alpha-2) or begins with the + of another.
 */
export function isCallable(advertised: string, country: string): boolean {
  if (!/^\+?[\d\s().-]+$/.test(advertised)) return false;
  if (/^[1-9]\d{2,5}$/.test(advertised.replace(/\D/g, ''))) return true;
  return typeof read(advertised, isSupportedCountry(country) ? country : null) !== 'string';
}

/** Returns a Korean number in E.164 as it is dialled in Korea; null for a number of another country. */
export function dialledInKorea(e164: string): string | null {
  return e164.startsWith('+82') ? `0${e164.slice(3)}` : null;
}

/**
 * The one rule by which a number is shown: `010-****-1234` for Korea, `+44 **** **0123` elsewhere.
 * At most the last four digits are shown, fewer of a short number.
 */
export function maskPhoneNumber(e164: string): string {
  // Nearly every number of a Korean agency, without the library's 30 µs: logs are long.
  const [, last] = /^\+8210\d{4}(\d{4})$/.exec(e164) ?? [];
  if (last !== undefined) return `010-****-${last}`;
  try {
    const number = parsePhoneNumberWithError(e164);
    if (number.countryCallingCode === '82') return maskKorean(number.formatNational());
    const national = number.formatInternational().slice(`+${number.countryCallingCode}`.length);
    return `+${number.countryCallingCode}${starDigits(national)}`;
  } catch {
    return starDigits(e164);
  }
}

/** Writes a number that may be seen as people dial it: `010-1234-5678` for Korea, `+44 7911 123456` elsewhere. */
export function shownPhoneNumber(e164: string): string {
  const number = parsePhoneNumberWithError(e164);
  return number.countryCallingCode === '82' ? number.formatNational() : number.formatInternational();
}

/**
 * Masks a name as `홍*동` or `J*** D**`: it keeps the first character of every word, and the last of a word in Hangul,
 * Han or Kana.
 */
export function maskName(name: string): string {
  return name.normalize('NFC').replace(/[\p{L}\p{M}\p{N}]+/gu, maskWord);
}

/**
 * For a value that could not be read, in an error report: enough to find the cell, too little to use it.
 * Letters are masked too, because such a cell may hold a name beside the number.
 */
export function maskRaw(value: string): string {
  const shown = printable(value, 40);
  return starDigits(shown.replace(/[\p{L}\p{M}]+/gu, maskWord));
}

/**
 * A value of a column that holds no personal data, as an error report shows it: cut, without control
 * characters, and with what looks like a number or an e-mail address masked, since columns get shifted.
 */
export function showRaw(value: string): string {
  return printable(value, 60)
    .replace(/[^\s@]+@[^\s@]+/g, maskRaw)
    .replace(/\+\d[\d\s\-.()]{5,20}\d/g, starDigits)
    .replace(/(?<!\d)\(?0\d{1,4}\)?[\s\-.]?\d{3,4}[\s\-.]?\d{3,4}(?!\d)/g, starDigits)
    .replace(/(?<!\d)(82\D?)?10\D?\d{4}\D?\d{4}(?!\d)/g, starDigits);
}

/** Nearly every number of a Korean agency, read without the library's 30 µs, as `judge` would. */
function plainKorean(raw: string, country: string | null): ParsedPhone | null {
  if (country !== 'KR') return null;
  const [, middle, last] = /^010-?(\d{4})-?(\d{4})$/.exec(raw) ?? [];
  // 0000 is fiction, and 597 to 599 are not given out: the library says the rest of both.
  if (middle === undefined || last === undefined || /^(0000|59[7-9])/.test(middle)) return null;
  return { ok: true, e164: `+8210${middle}${last}`, country, note: null };
}

function tidy(raw: string): string {
  return (
    raw
      .normalize('NFKC')
      // Numbers copied from address books and pages carry invisible marks.
      .replace(/\p{Cf}/gu, '')
      .replace(/[\p{Pd}−]/gu, '-')
      .trim()
      .replace(/^'/, '')
      .replace(/^tel:/i, '')
      // 00 is not the international prefix in Korea, but is often written for it.
      .replace(/^00(?=82\D?\d)/, '+')
  );
}

function unreadable(code: PhoneProblemCode): UnreadablePhone {
  return { ok: false, code };
}

function whyUnreadable(text: string): PhoneProblemCode | null {
  if (text === '' || /^[\s.\-_/]+$/.test(text)) return 'number-missing';
  if (text.length > 60) return 'number-too-long';
  if (/^\d([.,]\d+)?e\+?\d+$/i.test(text)) return 'number-rounded';
  if (/\d\D{0,3}(ext\.?|extension|내선|구내|x|#)\D{0,3}\d{1,6}\)?$/i.test(text)) return 'number-extension';
  if (/\p{L}/u.test(text)) return 'number-letters';
  const parts = text.split(/[/,;&\r\n]|\+(?=\d)/).filter((part) => part.replace(/\D/g, '').length >= 7);
  if (parts.length > 1) return 'number-several';
  return null;
}

function read(text: string, home: CountryCode | null): PhoneNumber | PhoneProblemCode {
  const options = { ...(home && { defaultCountry: home }), extract: false };
  try {
    const number = parsePhoneNumberWithError(text, options);
    return number.isPossible() ? number : impossible(text, options);
  } catch {
    return impossible(text, options);
  }
}

function impossible(
  text: string,
  options: { defaultCountry?: CountryCode; extract: boolean },
): PhoneProblemCode {
  const length = validatePhoneNumberLength(text, options);
  if (length === 'TOO_SHORT') return 'number-too-short';
  return length === 'TOO_LONG' ? 'number-too-long' : 'number-impossible';
}

function judge(number: PhoneNumber, text: string): ParsedPhone | UnreadablePhone {
  if (number.ext) return unreadable('number-extension');
  const missing = digitsMissing(number);
  if (missing !== 0) return unreadable(missing > 0 ? 'number-too-short' : 'number-too-long');
  if (!number.isValid()) return unreadable('number-impossible');
  const type = number.getType();
  if (type === 'FIXED_LINE') return unreadable('number-landline');
  // Where mobiles and landlines share a range (North America) nobody can tell: the provider will.
  if (type !== 'MOBILE' && type !== 'FIXED_LINE_OR_MOBILE') return unreadable('number-not-mobile');
  // The metadata still holds the withdrawn prefixes, machines' numbers (012) and 010 with seven digits.
  if (number.countryCallingCode === '82' && !/^10\d{8}$/.test(number.nationalNumber)) {
    return unreadable(/^1[16-9]/.test(number.nationalNumber) ? 'number-withdrawn' : 'number-impossible');
  }
  return hasTwoReadings(number, text) ? unreadable('number-ambiguous') : accept(number, text);
}

/** What begins like a Korean mobile number has ten digits behind its zero: somebody has left one out, or put one in. */
function digitsMissing({ countryCallingCode, nationalNumber }: PhoneNumber): number {
  return countryCallingCode === '82' && nationalNumber.startsWith('10') ? 10 - nationalNumber.length : 0;
}

/** A spreadsheet takes the zero of 010-1234-5678 away; what is left may also be a foreign number without its +. */
function hasTwoReadings(number: PhoneNumber, text: string): boolean {
  if (!lostItsZero(number, text)) return false;
  try {
    const other = parsePhoneNumberWithError(`+${text.replace(/\D/g, '')}`);
    const type = other.getType();
    return other.isValid() && (type === 'MOBILE' || type === 'FIXED_LINE_OR_MOBILE');
  } catch {
    return false;
  }
}

function lostItsZero(number: PhoneNumber, text: string): boolean {
  const digits = text.replace(/\D/g, '');
  return (
    !text.startsWith('+') &&
    digits === number.nationalNumber &&
    !digits.startsWith('0') &&
    number.formatNational().replace(/\D/g, '').startsWith('0')
  );
}

/**
 * Ofcom's and NANPA's ranges for drama, and 010-0000-xxxx, which is not reserved but which no Korean
 * carrier assigns.
 */
function isFiction(e164: string): boolean {
  return /^\+(447700900\d{3}|1[2-9]\d{2}55501\d{2}|82100000\d{4})$/.test(e164);
}

function accept(number: PhoneNumber, text: string): ParsedPhone | UnreadablePhone {
  if (number.ext) return unreadable('number-extension');
  const country = number.country ?? (number.countryCallingCode === '44' ? 'GB' : 'US');
  const note = lostItsZero(number, text) ? 'The leading zero was missing and has been put back.' : null;
  return { ok: true, e164: number.number, country, note };
}

function maskKorean(national: string): string {
  const parts = national.split('-');
  const last = parts.at(-1) ?? '';
  if (parts.length < 3 || last.length > 4) return starDigits(national);
  return parts.map((p, i) => (i === 0 || i === parts.length - 1 ? p : '*'.repeat(p.length))).join('-');
}

function maskWord(word: string): string {
  const characters = Array.from(word);
  const hidden = characters.length - 1;
  const [first = ''] = characters;
  if (hidden === 0) return '*';
  const ideographic = /[\p{Script=Hangul}\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}]/u.test(word);
  if (ideographic && hidden > 1) return first + '*'.repeat(hidden - 1) + (characters.at(-1) ?? '');
  return first + '*'.repeat(hidden);
}

function starDigits(text: string): string {
  const total = text.match(/\p{Nd}/gu)?.length ?? 0;
  const kept = total >= 10 ? 4 : Math.min(3, Math.floor(total / 3));
  let seen = 0;
  return text.replace(/\p{Nd}/gu, (digit) => (seen++ < total - kept ? '*' : digit));
}

function printable(value: string, limit: number): string {
  const clean = value.replace(/[\p{C}\p{Z}\s]+/gu, ' ').trim();
  const characters = Array.from(clean);
  return characters.length > limit ? `${characters.slice(0, limit).join('')}…` : clean;
}
