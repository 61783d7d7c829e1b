// Writes data/euc-kr.txt: which characters EUC-KR (KS X 1001) writes in two bytes. Every character of the BMP is given to
// `iconv` of glibc, because its table is the standard's own: iconv-lite and browsers mean CP949 by the name, which phones
// do not share. Run with: node data/make-euc-kr.mjs
import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';

const characters = Array.from({ length: 0x10000 }, (_, code) =>
  (code >= 0xd800 && code <= 0xdfff) || code === 10 ? '' : String.fromCharCode(code),
);
const widths = execFileSync('iconv', ['-c', '-f', 'UTF-8', '-t', 'EUC-KR'], {
  input: characters.join('\n'),
  maxBuffer: 2 ** 22,
})
  .toString('latin1')
  .split('\n')
  .map((encoded) => encoded.length);

const lines = [];
for (let block = 0; block < 0x100; block += 1) {
  const bits = Array.from({ length: 256 }, (_, i) => (widths[block * 256 + i] === 2 ? 1 : 0));
  if (!bits.includes(1)) continue;
  const nibbles = Array.from({ length: 64 }, (_, i) => parseInt(bits.slice(4 * i, 4 * i + 4).join(''), 2));
  lines.push(
    `${block.toString(16).padStart(2, '0')} ${nibbles.map((nibble) => nibble.toString(16)).join('')}`,
  );
}

writeFileSync(
  new URL('euc-kr.txt', import.meta.url),
  `# Characters that EUC-KR (KS X 1001) writes in two bytes, made by make-euc-kr.mjs with iconv of glibc: for each block of 256
# code points (its high byte) a bit a character, the block's first character being the highest bit.
${lines.join('\n')}
`,
);
