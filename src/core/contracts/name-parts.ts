/** Legal forms, which people leave out of a name or write in many ways: (주) and ㈜ are 주식회사. */
const legalForms =
  /주식회사|유한회사|유한책임회사|합자회사|합명회사|사회적협동조합|(?:^\s*|\()(?:주|유|합|재|사|복|학|의)\)|\b(?:co|corp|inc|ltd|llc|plc)\b\.?/giu;

const letter = /[\p{L}\p{N}]/gu;

/** Returns the letters and digits by which a name is compared: legal forms, spaces, marks and case do not count. */
function lettersOf(name: string): string[] {
  const plain = name.normalize('NFKC').toLowerCase();
  // A name that is nothing but a legal form is still a name.
  return plain.replace(legalForms, ' ').match(letter) ?? plain.match(letter) ?? [];
}

function runsOf(letters: string[], length: number): string[] {
  return letters
    .slice(0, Math.max(0, letters.length - length + 1))
    .map((_, n) => letters.slice(n, n + length).join(''));
}

/** Returns each run of two and of three letters of a name, once. */
export function namePartsOf(name: string): string[] {
  const letters = lettersOf(name);
  return [...new Set([...runsOf(letters, 2), ...runsOf(letters, 3)])];
}

/**
 * Returns the runs that a name has when it contains these letters: pairs of two letters, else runs of three, which few names
 * have without having the letters in a row. Of fewer than two letters there are none.
 */
export function soughtPartsOf(letters: string): string[] {
  const sought = lettersOf(letters);
  return [...new Set(runsOf(sought, sought.length === 2 ? 2 : 3))];
}
