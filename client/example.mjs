// CHORONG_URL=http://127.0.0.1:3000 CHORONG_KEY=chr_… node client/example.mjs
// Prints what happens to contracts, and keeps its place in a file, so that it goes on from there when it is started again.
import { readFileSync, writeFileSync } from 'node:fs';
import { chorong, follow } from './index.js';

const { CHORONG_URL: url = 'http://127.0.0.1:3000', CHORONG_KEY: key = '' } = process.env;
const file = 'feed-place.txt';

function place() {
  try {
    return Number(readFileSync(file, 'utf8'));
  } catch {
    return 0;
  }
}

for await (const { items, nextAfter } of follow(chorong({ url, key }), { after: place() })) {
  for (const { at, kind, code, status, contracts } of items)
    console.log(at, contracts.map(({ reference }) => reference).join(', '), kind, code ?? '', status);
  writeFileSync(file, String(nextAfter));
}
