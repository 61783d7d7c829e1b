import type { Agency } from './settings.schema.js';

/** ReferenceFlaw is what keeps a reference out of texts: how it is written, its length, or a telephone number in it. */
export type ReferenceFlaw = 'characters' | 'long' | 'number';

/** The characters that a reference may have, so that a text of one SMS has room for it. */
export const referenceLimit = 30;

const latin = /^[A-Za-z0-9][A-Za-z0-9./-]*$/;
/**
 * It takes letters of any script, with one digit at the least. More than eight letters of other scripts could be a sentence.
 */
const any = /^(?=.*\d)(?!(.*[^\p{ASCII}]){9})[\p{L}\p{N}][\p{L}\p{N}._/()-]*$/u;

/**
 * Tells why a reference may not stand in a text, by the agency's rule for its letters; null when it may. Whoever writes
 * references writes a part of every text: one that holds a telephone number, or says something, would speak for the agency.
 */
export function flawOfReference(
  reference: string,
  letters: Agency['referenceLetters'],
): ReferenceFlaw | null {
  if (!(letters === 'any' ? any : latin).test(reference)) return 'characters';
  if (reference.length > referenceLimit) return 'long';
  return holdsTelephoneNumber(reference) ? 'number' : null;
}

/** Finds, among the groups of digits of a text, some in a row that read as one telephone number. */
function holdsTelephoneNumber(text: string): boolean {
  const rows = text.match(/\d+(?:[-./()]+\d+)*/g) ?? [];
  return rows.some((row) => {
    const groups = row.split(/\D+/);
    return groups.some((_, from) =>
      groups.slice(from).some((_, more) => isTelephoneNumber(groups.slice(from, from + more + 1))),
    );
  });
}

function isTelephoneNumber(groups: string[]): boolean {
  const digits = groups.join('');
  const shape = groups.map((group) => group.length).join('-');
  // With the 0 of a call inside the country: 010-0000-0000, 02-120-0000.
  if (/^0[1-9]\d{7,10}$/.test(digits) && /^\d{2,5}$|^\d{9,11}$/.test(groups[0] ?? '')) return true;
  // Korean service numbers such as 1588-0000.
  if (shape === '4-4') return /^1[568]/.test(digits);
  // With the country's own code, as Korea's and North America's are written.
  if (groups[0] === '82') return groups.length > 2 && /^82[1-9]\d{7,9}$/.test(digits);
  return shape === '3-3-4' || shape === '1-3-3-4';
}
