/** C0, DEL and C1, halves of surrogate pairs, and the two separators of lines and paragraphs that Unicode has besides. */
const unusable = /[\p{Cc}\p{Cs}\u2028\u2029]/u;
const unusableWithinLines = /(?![\t\n\r])[\p{Cc}\p{Cs}\u2028\u2029]/u;

/** Tells whether a text of one line can be stored and shown as it is. */
export function isPlainLine(text: string): boolean {
  return !unusable.test(text);
}

/** Tells the same of a text that people may write on several lines, with tabs. */
export function isPlainText(text: string): boolean {
  return !unusableWithinLines.test(text);
}
