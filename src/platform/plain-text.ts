/**
 * C0, DEL and C1, halves of surrogate pairs, the two separators of lines and paragraphs that Unicode has besides, and U+FFFD, which
 * stands where bytes of an address or a file were no UTF-8.
 */
const unusable = /[\p{Cc}\p{Cs}\u2028\u2029\ufffd]/u;
const unusableWithinLines = /(?![\t\n\r])[\p{Cc}\p{Cs}\u2028\u2029\ufffd]/u;

/** Tells whether a text of one line can be stored and shown as it is. */
export function isPlainLine(text: string): boolean {
  return !unusable.test(text);
}

/** Tells the same of a text that people may write on several lines, with tabs. */
export function isPlainText(text: string): boolean {
  return !unusableWithinLines.test(text);
}

/**
 * Format characters, such as those that turn words round (U+202E), and letters of Hangul that show nothing. The two that
 * join letters belong to Arabic and Indic words, and to emoji.
 */
const invisible =
  /(?![\u200c\u200d])[\p{Cf}\u115f\u1160\u3164\uffa0]|(?<![\p{M}\p{Script=Arabic}\p{Extended_Pictographic}])[\u200c\u200d]/u;
const everyInvisible = new RegExp(invisible, 'gu');

/** Tells whether all characters of a text can be seen, in the order in which they are read. */
export function isSeen(text: string): boolean {
  return !invisible.test(text);
}

/** Leaves out characters that nobody sees: files hold them because programs put them there. */
export function seenOnly(text: string): string {
  return text.replace(everyInvisible, '');
}

/** A Flaw is what keeps a value of JSON from being read, and where it stands. */
export interface Flaw {
  code: 'too-deep' | 'characters-unusable';
  path: (string | number)[];
}

/**
 * Finds the first text, a name of a member included, that cannot be stored: PostgreSQL keeps no NUL, and half of a
 * surrogate pair would become another character. Arrays and objects may stand in each other `levels` deep. Paths are put
 * together on the way back, so that a large value without flaws costs no text.
 */
export function flawIn(value: unknown, levels: number): Flaw | null {
  if (typeof value === 'string') return isStorable(value) ? null : { code: 'characters-unusable', path: [] };
  if (typeof value !== 'object' || value === null) return null;
  if (levels === 0) return { code: 'too-deep', path: [] };
  for (const [key, member] of Array.isArray(value) ? value.entries() : Object.entries(value)) {
    const flaw = (typeof key === 'string' ? flawIn(key, 0) : null) ?? flawIn(member, levels - 1);
    if (flaw) return { ...flaw, path: [key, ...flaw.path] };
  }
  return null;
}

function isStorable(text: string): boolean {
  return !/[\0\p{Cs}]/u.test(text);
}
