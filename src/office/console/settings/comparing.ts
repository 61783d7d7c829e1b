/** A Piece is a run of text that two versions share, or that one of them has alone. */
export interface Piece {
  kind: 'same' | 'gone' | 'new';
  text: string;
}

/**
 * Compares two texts word by word; a placeholder is a word. What is gone stands before what is new in its place. The work grows with
 * the product of the lengths, which templates keep below a thousand characters.
 */
export function comparedWords(before: string, after: string): Piece[] {
  const [a, b] = [wordsOf(before), wordsOf(after)];
  const common = longestCommon(a, b);
  const pieces: Piece[] = [];
  const add = (kind: Piece['kind'], text: string) => {
    const last = pieces.at(-1);
    if (last?.kind === kind) last.text += text;
    else pieces.push({ kind, text });
  };
  let [i, j] = [0, 0];
  for (const [atA, atB] of [...common, [a.length, b.length] as const]) {
    while (i < atA) add('gone', a[i++] ?? '');
    while (j < atB) add('new', b[j++] ?? '');
    if (i < a.length && j < b.length) {
      add('same', a[i++] ?? '');
      j++;
    }
  }
  return pieces;
}

function wordsOf(text: string): string[] {
  return text.match(/\{\{.*?\}\}|[\p{L}\p{N}]+|\s+|[^\s\p{L}\p{N}]/gsu) ?? [];
}

/** Returns the places of the longest sequence of words that stands in both. */
function longestCommon(a: string[], b: string[]): [number, number][] {
  const lengths = Array.from({ length: a.length + 1 }, () => new Uint16Array(b.length + 1));
  const lengthAt = (i: number, j: number) => lengths[i]?.[j] ?? 0;
  for (let i = a.length - 1; i >= 0; i--)
    for (let j = b.length - 1; j >= 0; j--) {
      const row = lengths[i] as Uint16Array;
      row[j] = a[i] === b[j] ? lengthAt(i + 1, j + 1) + 1 : Math.max(lengthAt(i + 1, j), lengthAt(i, j + 1));
    }
  const found: [number, number][] = [];
  for (let [i, j] = [0, 0]; i < a.length && j < b.length;)
    if (a[i] === b[j]) found.push([i++, j++]);
    else if (lengthAt(i + 1, j) >= lengthAt(i, j + 1)) i++;
    else j++;
  return found;
}
