// `npm run bench`: what the service costs beside its peers. Alone it measures all that the page has; a part is named by the
// first word, `--name value` changes an option of it, `--quick` takes one round instead of three, and `--keep` keeps the result
// by commit in bench/results. `npm run bench -- --write` writes docs/performance.md from what is kept.
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { cpus, totalmem } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { onGround, root } from './ground.mjs';

const parts = [
  'sending',
  'workers',
  'planned',
  'lateness',
  'pacing',
  'receipts',
  'registration',
  'imports',
  'search',
  'segments',
  'log',
  'with-log',
  'sheets',
  'replanning',
];

if (process.argv[2] === '--write') {
  (await import('./table.mjs')).write();
  process.exit(0);
}

/** What `npm run bench` alone measures, for the page. */
const standard = [
  ['sending', '--peers', 'all'],
  ['sending', '--peers', 'all', '--latency', '50', '--no-statements', '--keep', 'sending-50'],
  ...parts.filter((part) => !['sending', 'sheets', 'replanning'].includes(part)).map((part) => [part]),
];

const [part, ...args] = process.argv.slice(2);
if (part === undefined) {
  for (const words of standard) {
    const run = [fileURLToPath(import.meta.url), ...words, ...(words.includes('--keep') ? [] : ['--keep'])];
    console.error(`\n${words.join(' ')}`);
    const { status } = spawnSync(process.execPath, run, { stdio: 'inherit' });
    if (status !== 0) process.exitCode = 1;
  }
  process.exit();
}
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
  else if (name === 'quick') wish.rounds = 1;
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
    `${JSON.stringify({ ...known, at: new Date().toISOString(), machine, parts: { ...known.parts, ...results } }, null, 1)}\n`,
  );
  console.error(`kept in ${path}`);
}
