/** Returns the words of a search as texts hold them (NFC), each once. */
export function wordsOf(words: string): string[] {
  return [...new Set(words.normalize('NFC').split(/\s+/u))].filter((word) => word !== '');
}

/** Writes an ILIKE pattern that finds the word anywhere and takes nothing in it for a wildcard. */
export function containing(word: string): string {
  return `%${word.replace(/[\\%_]/g, '\\$&')}%`;
}
