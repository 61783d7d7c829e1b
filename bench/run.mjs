// `npm run bench`: what the service costs beside its peers. The first word names a part, and `--name value` changes an
// option of it. `--keep` keeps the result in
// bench/results, by commit.
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { cpus, totalmem } from 'node:os';
import { join } from 'node:path';
import { onGround, root } from './ground.mjs';

const parts = ['sending', 'sheets'];

const [part = 'sheets', ...args] = process.argv.slice(2);
if (!parts.includes(part)) {
  console.error(`There is no part ${part}: it is one of ${parts.join(', ')}.`);
  process.exit(1);
}
const { measure, options } = await import(`./${part}.mjs`);
const wish = { ...options };
let as = null;
for (let i = 0; i < args.length; i += 1) {
  const name = args[i].replace(/^--(no-)?/, '');
  // Under which name: the same part may be measured with other options.
  if (name === 'keep') as = args[i + 1]?.startsWith('--') === false ? args[++i] : part;
  else if (!(name in options))
    throw new Error(`${part} has no option ${args[i]}: it has ${Object.keys(options).join(', ')}`);
  else if (typeof options[name] === 'boolean') wish[name] = !args[i].startsWith('--no-');
  else wish[name] = typeof options[name] === 'number' ? Number(args[++i]) : args[++i];
}
const result = await onGround((folder) => measure(folder, wish));
if (as)
  keep({
    [as]: {
      at: new Date().toISOString(),
      command: `npm run bench -- ${process.argv.slice(2).join(' ')}`,
      wish,
      ...result,
    },
  });
process.exit(0);

function keep(results) {
  const git = (...words) => execFileSync('git', words, { cwd: root, encoding: 'utf8' }).trim();
  const commit = process.env.BENCH_COMMIT ?? git('rev-parse', '--short=7', 'HEAD');
  const folder = process.env.BENCH_RESULTS ?? join(root, 'bench/results');
  mkdirSync(folder, { recursive: true });
  const path = join(folder, `${commit}.json`);
  const known = existsSync(path) ? JSON.parse(readFileSync(path, 'utf8')) : { commit };
  const machine = {
    cores: cpus().length,
    processor: cpus()[0].model,
    memoryGb: Math.round(totalmem() / 2 ** 30),
    node: process.version,
  };
  writeFileSync(
    path,
    `${JSON.stringify({ ...known, machine, parts: { ...known.parts, ...results } }, null, 1)}\n`,
  );
  console.error(`kept in ${path}`);
}
