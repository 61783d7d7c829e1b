/**
 * Spreadsheets run a cell that begins like a formula: a leading apostrophe makes it text again (OWASP, "CSV
 * Injection"). Full-width forms are taken for the same characters by some of them.
 */
function guarded(value: string): string {
  return /^[=+\-@\t\r\n＝＋－＠]/.test(value) ? `'${value}` : value;
}

/** One line of CSV by RFC 4180, with its line break. */
export function csvLine(cells: readonly (string | number | null)[]): string {
  return `${cells.map(csvCell).join(',')}\r\n`;
}

function csvCell(value: string | number | null): string {
  if (value === null) return '';
  if (typeof value === 'number') return String(value);
  const safe = guarded(value);
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
