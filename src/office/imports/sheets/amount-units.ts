import type { Finding } from '../../../platform/findings.js';
import { importFinding } from '../import-problems.words.js';

const zeros: Record<string, number> = { 천: 3, 만: 4, 백만: 6, 천만: 7, 억: 8, thousand: 3, million: 6 };

export interface AmountUnit {
  /** As written, such as 천원. */
  word: string;
  /** A power of ten. */
  zeros: number;
}

/** `천원`, `백만원`: null for anything that leaves room for doubt, such as a unit without 원. */
export function unitOf(word: string): AmountUnit | null {
  const [, unit = ''] = /^(백만|천만|천|만|억)원$/.exec(word) ?? [];
  return zeros[unit] === undefined ? null : { word, zeros: zeros[unit] };
}

/** Of a column, by its heading or a title above the table: `계약금액(천원)`, `(단위: 백만원)`; `원` says that there is none. */
export function unitIn(text: string): AmountUnit | 'none' | null {
  const plain = text.normalize('NFKC').replace(/\s+/g, '');
  const [word, unit = ''] = /(백만|천만|천|만|억)원/.exec(plain) ?? [];
  if (word !== undefined) return { word, zeros: zeros[unit] ?? 0 };
  const [english] = /\bthousands?\b|\bmillions?\b/i.exec(text) ?? [];
  if (english !== undefined)
    return { word: english, zeros: zeros[english.toLowerCase().replace(/s$/, '')] ?? 0 };
  return /[(:]원\)?/.test(plain) ? 'none' : null;
}

/** The whole amount; null when it would have more than two decimals. */
export function inWhole(decimal: string, { zeros: places }: AmountUnit): string | null {
  const [whole = '', fraction = ''] = decimal.split('.');
  const moved = `${whole}${fraction.padEnd(places, '0').slice(0, places)}`.replace(/^0+(?=\d)/, '');
  const rest = fraction.slice(places).replace(/0+$/, '');
  if (rest.length > 2 || moved.length > 15) return null;
  return rest === '' ? moved : `${moved}.${rest.padEnd(2, '0')}`;
}

/** The unit of the column of amounts; a finding when the title says one and the heading another. */
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
