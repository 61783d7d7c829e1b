// Writes data/common-passwords.txt from the list "10-million-password-list-top-1000000.txt" (Mark Burnett; SecLists,
// Passwords/Common-Credentials, CC BY-SA 3.0), which is ordered by frequency. Taken are passwords of 12 and more characters among
// the 300,000 most frequent, and those of 5 and more among the 2,000 most frequent, which people lengthen with digits.
// Run with: node data/make-common-passwords.mjs <the list>
import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';

const [list] = process.argv.slice(2);
if (!list) throw new Error('name the list: node data/make-common-passwords.mjs <the list>');
const words = readFileSync(list, 'utf8')
  .split('\n')
  .map((word) => word.trim().toLowerCase());
const taken = [
  ...words.slice(0, 300_000).filter((word) => [...word].length >= 12),
  ...words.slice(0, 2000).filter((word) => [...word].length >= 5),
];
const digests = new Set(taken.map((word) => createHash('sha256').update(word).digest('hex').slice(0, 10)));

writeFileSync(
  new URL('common-passwords.txt', import.meta.url),
  `# Common passwords, made by make-common-passwords.mjs: the first 5 bytes of the SHA-256 of each in lower case, as hexadecimal,
# because a list of what people type is not pleasant to read.
${[...digests].sort().join('\n')}
`,
);
