import { importFinding } from '../import-problems.words.js';
import type { ImportedCounterparty } from '../import.types.js';
import { type Read, readCountry, readShare, textUpTo } from './values.js';

/** A ListedCompany is a company of a list; `person` is who answers for it there. */
export interface ListedCompany extends Omit<ImportedCounterparty, 'contacts' | 'country'> {
  person: string | null;
  /** Null when the list names none; undefined when it names one that nobody knows. */
  country: string | null | undefined;
}

/**
 * Reads the list of companies of the Korean e-procurement (data.go.kr dataset 15129427, `corpList`): for each company of a
 * joint venture `[순번^업체구분^공동도급방식^업체명^대표자명^국적^지분율^채권자명^담당자성명^사업자등록번호]`.
 */
export function readCompanies(text: string): Read<ListedCompany[]> {
  const plain = text.normalize('NFKC');
  const companies = [...plain.matchAll(/\[([^[\]]*)\]/g)].map(([, fields = '']) => companyOf(fields));
  const isWhole = /^[\s,;]*$/.test(plain.replace(/\[[^[\]]*\]/g, ''));
  const read = companies.filter((company) => company !== null);
  return isWhole && read.length > 0 && read.length === companies.length
    ? { ok: true, value: read }
    : { ok: false, finding: importFinding('companies-unreadable') };
}

function companyOf(text: string): ListedCompany | null {
  const fields = text.split('^').map((field) => field.trim());
  const [
    ,
    kind = '',
    way = '',
    called = '',
    head = '',
    nation = '',
    part = '',
    ,
    person = '',
    registered = '',
  ] = fields;
  const name = textUpTo(200)(called);
  if (!name.ok || name.value === '' || fields.length > 10) return null;
  const share = readShare(part);
  const country = nation === '' ? null : readCountry(nation);
  return {
    externalId: null,
    name: name.value,
    registrationNumber: registered === '' ? null : inTenDigits(registered),
    role: kind || way || null,
    share: share.ok ? share.value : null,
    country: country === null ? null : country.ok ? country.value : undefined,
    person: person || head || null,
  };
}

/** Writes a Korean business number as 000-00-00000; any other text stays what it is. */
export function inTenDigits(text: string): string {
  const digits = text.replace(/-/g, '');
  return /^\d{10}$/.test(digits) ? digits.replace(/^(\d{3})(\d{2})/, '$1-$2-') : text;
}
