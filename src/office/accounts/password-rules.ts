import { createHash } from 'node:crypto';
import { dataLines } from '../../platform/project-files.js';

/** Limits in characters: length counts, composition does not (NIST SP 800-63B-4, 3.1.1.2). */
export const shortestPassword = 12;
export const longestPassword = 128;

/** The beginnings of the SHA-256 of common passwords; `data/make-common-passwords.mjs` says which. */
const commonDigests = new Set(dataLines('common-passwords.txt'));
const digestLength = 10;
/** So many characters have to be left of a password without the words that anybody knows of its owner. */
const ownShare = 8;

export type PasswordProblem = 'password-short' | 'password-long' | 'password-common' | 'password-personal';

/**
 * Null when the password will do. `known`: what anybody knows of the person: the e-mail address, the name, the agency.
 */
export function whyPasswordWillNotDo(password: string, known: string[]): PasswordProblem | null {
  const plain = password.normalize('NFC').toLowerCase();
  const length = [...plain].length;
  if (length < shortestPassword) {
    return 'password-short';
  }
  if (length > longestPassword) return 'password-long';
  if (isCommon(plain) || isMonotonous(plain)) {
    return 'password-common';
  }
  if (isPersonal(plain, known)) {
    return 'password-personal';
  }
  return null;
}

/** On the list as it is, or without the digits and signs around it, or as one word said several times. */
function isCommon(plain: string): boolean {
  const word = plain.replace(/^[^\p{L}]+|[^\p{L}]+$/gu, '');
  return [plain, word, repeatedPart(plain)].some((one) => one.length >= 5 && isListed(one));
}

/** Tells whether a password has few characters, repeats a short part, or walks along the alphabet or the digits. */
function isMonotonous(plain: string): boolean {
  const characters = [...plain];
  if (new Set(characters).size < 5 || repeatedPart(plain).length < 6) return true;
  const steps = characters.slice(1).filter((character, n) => {
    const step = (character.codePointAt(0) ?? 0) - (characters[n]?.codePointAt(0) ?? 0);
    return Math.abs(step) <= 1 || Math.abs(step) === 9;
  });
  return steps.length >= (characters.length - 1) * 0.8;
}

function isPersonal(plain: string, known: string[]): boolean {
  const words = known
    .flatMap((each) =>
      each
        .normalize('NFC')
        .toLowerCase()
        .split(/[^\p{L}\p{N}]+/u),
    )
    .filter((word) => [...word].length >= 2)
    .sort((a, b) => b.length - a.length);
  const left = words.reduce((rest, word) => rest.replaceAll(word, ''), plain);
  return left !== plain && [...left].length < ownShare;
}

/** `abcabcabc` is `abc`; what does not repeat itself is itself. */
function repeatedPart(plain: string): string {
  const at = (plain + plain).indexOf(plain, 1);
  return plain.slice(0, at);
}

function isListed(word: string): boolean {
  return commonDigests.has(createHash('sha256').update(word).digest('hex').slice(0, digestLength));
}
