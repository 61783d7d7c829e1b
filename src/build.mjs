import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';

/** Compiles the program into `dist`, unless it was compiled from the same sources before: a start needs to wait but once. */
const below = (folder) => readdirSync(folder, { recursive: true }).map((path) => `${folder}/${path}`);
const settings = ['package-lock.json', 'tsconfig.json', 'tsconfig.build.json', 'nest-cli.json'];
const sources = [...below('src'), ...below('migrations')].filter((path) => /(?<!\.spec)\.ts$/.test(path));
const mark = 'dist/.sources';

const hash = createHash('sha256').update(process.version);
for (const path of [...sources.sort(), ...settings]) hash.update(`${path}\0`).update(readFileSync(path));
const digest = hash.digest('hex');

if (!existsSync(mark) || readFileSync(mark, 'utf8') !== digest) {
  const began = Date.now();
  const say = (what) => process.stdout.write(`${what}\n`);
  say(`Building ${sources.length} files, which is done again only when something has changed …`);
  // A slow machine takes minutes, in which the compiler says nothing.
  const clock = setInterval(() => say(`  compiling, ${Math.round((Date.now() - began) / 1000)} s`), 5000);
  const status = await new Promise((resolve) =>
    spawn('npm', ['run', '--silent', 'build:always'], { stdio: 'inherit' }).on('close', resolve),
  );
  clearInterval(clock);
  if (status !== 0) process.exit(status ?? 1);
  writeFileSync(mark, digest);
  say(`Built in ${Math.round((Date.now() - began) / 1000)} s.`);
}
