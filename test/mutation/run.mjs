// `npm run test:mutation`: changes the code in one place after another, in a copy, and looks whether a test fails. See docs/mutation.md.
import { spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  appendFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import globalSetup from '../support/global-setup.mjs';
import globalTeardown from '../support/global-teardown.mjs';
import { areas } from './areas.mjs';
import { mutantsOf, mutated, withProbes } from './mutants.mjs';
import { pageOf, survivorsOf } from './report.mjs';

const root = fileURLToPath(new URL('../..', import.meta.url));
const results = join(root, '.cache/mutation');
/** A line for each change of statements and guards that was tried, in whichever run. */
const tried = join(results, 'tried.jsonl');

const usage = `npm run test:mutation -- [options]
  --area NAME     one of ${Object.keys(areas).join(', ')}; several, separated by commas; default all
  --sample N      only N changes of each area's statements and guards, and N lines of its pure parts; default all (hours)
  --seed S        which ones a sample takes; default 1
  --files PART    only files whose path contains it
  --specs PART    only specs whose path contains it: quicker, and what they do not notice others may
  --only WHAT     pure (by Stryker) or database (statements and guards)
  --list          prints the changes of statements and guards, and runs nothing
  --write         writes docs/mutation.md from the last result of each area`;

/** A mutant that keeps a spec busy for so many times as long as usual, and half a minute, has stopped it. */
const patience = 3;

/** What of the unchanged code is known is kept after so many specs. */
const specsAtOnce = 4;

const children = new Set();
const originals = new Map();
let folder;

async function main() {
  const { values } = parseArgs({
    options: {
      area: { type: 'string' },
      sample: { type: 'string' },
      seed: { type: 'string', default: '1' },
      files: { type: 'string', default: '' },
      specs: { type: 'string', default: '' },
      only: { type: 'string' },
      list: { type: 'boolean', default: false },
      write: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) return console.log(usage);
  const names = (values.area ?? (values.write ? '' : Object.keys(areas).join(',')))
    .split(',')
    .filter(Boolean);
  if (names.some((name) => !areas[name])) throw new Error(usage);
  if (values.list) return names.forEach((name) => list(chosen(areas[name], values)));
  mkdirSync(results, { recursive: true });
  for (const name of names) {
    for (const outcome of await measure(name, values)) {
      writeFileSync(join(results, `${name}-${outcome.part}.json`), JSON.stringify(outcome, null, 1));
      for (const line of survivorsOf(outcome)) console.log(line);
    }
  }
  if (values.write) writePage();
}

/* What is changed. */

function filesOf(patterns, part = '') {
  const { stdout } = spawnSync('git', ['ls-files', '-co', '--exclude-standard', 'src', 'test'], {
    cwd: root,
    encoding: 'utf8',
  });
  const files = stdout.split('\n').filter((file) => file.endsWith('.ts') && existsSync(join(root, file)));
  return files.filter((file) => file.includes(part) && patterns.some((pattern) => pattern.test(file)));
}

const isSpec = (file) => file.endsWith('.spec.ts');

/** The file as it was when the area was begun, so that one may go on working meanwhile. */
function read(file) {
  if (!originals.has(file)) originals.set(file, readFileSync(join(root, file), 'utf8'));
  return originals.get(file);
}

/** The changes of an area's statements and guards, or a sample of them, in the order of the files. */
function chosen({ database }, { sample, seed, files }) {
  const all = filesOf(database, files)
    .filter((file) => !isSpec(file))
    .flatMap((file) => mutantsOf(read(file), file).map((mutant) => ({ file, ...mutant })));
  return sampleOf(all, sample, seed);
}

/** Whether a change is taken depends on what it is, so that a sample stays the same where the code around does. */
function sampleOf(all, sample, seed) {
  if (sample === undefined) return all;
  const taken = new Set(ranked(all, seed).slice(0, Number(sample)));
  return all.filter((one) => taken.has(one));
}

/** In this order changes are taken into a sample, and tried: what of a sample has been tried is a smaller one. */
function ranked(all, seed) {
  const ranks = new Map(all.map((one) => [one, hashOf(seed, one.file, one.what ?? one.text)]));
  return all.toSorted((a, b) => (ranks.get(a) < ranks.get(b) ? -1 : 1));
}

function hashOf(...parts) {
  return createHash('sha256').update(JSON.stringify(parts)).digest('hex');
}

function list(mutants) {
  for (const { file, line, what } of mutants) console.log(`${file}:${line}  ${what}`);
  console.log(`${mutants.length} changes`);
}

/* How it is measured. */

async function measure(name, options) {
  console.log(`${name}: a copy of the checkout is changed, never the checkout`);
  originals.clear();
  folder = copyOfCheckout();
  try {
    const { sample = null, seed, files, specs, only } = options;
    const outcomes = [];
    for (const [part, by] of Object.entries({ pure: byStryker, database: bySpecs })) {
      if (only && only !== part) continue;
      outcomes.push({
        area: name,
        part,
        sample,
        seed,
        files,
        specs,
        mutants: await by(areas[name], options),
      });
    }
    return outcomes;
  } finally {
    rmSync(folder, { recursive: true, force: true });
    folder = undefined;
  }
}

function copyOfCheckout() {
  const copy = mkdtempSync(join(tmpdir(), 'chorong-mutation-'));
  const { stdout } = spawnSync('git', ['ls-files', '-co', '--exclude-standard'], {
    cwd: root,
    encoding: 'utf8',
  });
  for (const file of stdout.split('\n').filter((one) => one && existsSync(join(root, one)))) {
    cpSync(join(root, file), join(copy, file));
  }
  cpSync(join(root, 'dist'), join(copy, 'dist'), { recursive: true });
  symlinkSync(join(root, 'node_modules'), join(copy, 'node_modules'));
  return copy;
}

/** Stryker changes the pure parts, in a copy of the copy, and runs those unit tests that cover each change. */
async function byStryker({ pure }, { sample, seed, files }) {
  const paths = filesOf(pure, files).filter((file) => !isSpec(file));
  if (paths.length === 0) return [];
  const lines = paths.flatMap((file) =>
    read(file)
      .split('\n')
      .map((text, n) => ({ file, text, n: n + 1 })),
  );
  const mutate = sample
    ? sampleOf(
        lines.filter(({ text }) => isCode(text)),
        sample,
        seed,
      ).map(({ file, n }) => `${file}:${n}-${n}`)
    : paths;
  const report = join(folder, 'stryker.json');
  const settings = {
    testRunner: 'jest',
    jest: { configFile: 'test/mutation/jest.pure.mjs', enableFindRelatedTests: false },
    plugins: ['@stryker-mutator/jest-runner'],
    mutate,
    reporters: ['json'],
    jsonReporter: { fileName: report },
    coverageAnalysis: 'perTest',
    concurrency: 1,
    // Words are for people to read; specs compare the codes.
    mutator: { excludedMutations: ['StringLiteral'] },
    disableTypeChecks: false,
    timeoutMS: 20_000,
    logLevel: 'error',
  };
  writeFileSync(join(folder, 'stryker.config.json'), JSON.stringify(settings));
  const folders = [...new Set(paths.map((file) => dirname(file)))].join(',');
  const bin = join(
    dirname(createRequire(import.meta.url).resolve('@stryker-mutator/core/package.json')),
    'bin/stryker.js',
  );
  const { code, output } = await run(process.execPath, [bin, 'run', 'stryker.config.json'], {
    PURE_SPECS: folders,
  });
  if (!existsSync(report)) throw new Error(`Stryker ended with ${code}:\n${output}`);
  return Object.entries(JSON.parse(readFileSync(report, 'utf8')).files).flatMap(
    ([file, { source, mutants }]) => mutants.flatMap((mutant) => ofStryker(file, source, mutant)),
  );
}

const isCode = (text) => /\w/.test(text) && !/^\s*(\*|\/|import\b|export type|\} from)/.test(text);

function ofStryker(file, source, { status, location: { start, end }, replacement, mutatorName }) {
  const outcome = { Killed: 'killed', Timeout: 'killed', Survived: 'survived', NoCoverage: 'survived' }[
    status
  ];
  if (!outcome) return [];
  const lines = source.split('\n').slice(start.line - 1, end.line);
  const text = lines.join(' ').slice(start.column - 1, lines.length === 1 ? end.column - 1 : undefined);
  const short = (part) => part.replace(/\s+/g, ' ').slice(0, 60);
  return [
    {
      file,
      line: start.line,
      what: `${short(text)} → ${short(replacement ?? mutatorName)}`,
      outcome,
    },
  ];
}

async function bySpecs(area, options) {
  const specs = filesOf(area.specs, options.specs).filter(isSpec);
  const state = hashOf(...specs.map(read));
  const mutants = chosen(area, options).map((mutant) => ({
    ...mutant,
    key: hashOf(mutant.file, read(mutant.file), mutant.start, mutant.end, mutant.text),
  }));
  const outcomes = earlierOutcomes(mutants, state);
  const open = ranked(mutants, options.seed).filter(({ key }) => !outcomes.has(key));
  console.log(`${outcomes.size} of ${mutants.length} changes were tried before`);
  if (open.length > 0) await tryAll(open, area, specs, state, outcomes);
  return mutants
    .map(({ file, line, what, key }) => ({ file, line, what, ...outcomes.get(key) }))
    .filter(({ outcome }) => outcome !== 'invalid');
}

/** What is noticed stays noticed while its file is as it was. What is not, and has no reason for it, is tried on changed specs again. */
function earlierOutcomes(mutants, state) {
  const reasons = reasonsRead();
  const outcomes = new Map();
  for (const { key, state: then, by: _by, ...one } of linesOf(tried)) {
    const mutant = mutants.find((each) => each.key === key);
    if (!mutant) continue;
    if (one.outcome !== 'survived' || then === state || reasons[`${mutant.file}: ${mutant.what}`])
      outcomes.set(key, one);
  }
  return outcomes;
}

/** Which specs, as they were, did not notice a change, by its key: they need not try again. */
function blindSpecs() {
  const survived = linesOf(tried).filter(({ outcome }) => outcome === 'survived');
  return new Map(survived.map(({ key, by }) => [key, new Set(by)]));
}

async function tryAll(mutants, area, specs, state, outcomes) {
  await globalSetup();
  try {
    const reached = await reach(area, specs);
    const blind = blindSpecs();
    for (const [n, mutant] of mutants.entries()) {
      const judges = specsFor(mutant, reached);
      const didNotNotice = blind.get(mutant.key) ?? new Set();
      const outcome = await tryOut(
        mutant,
        judges.filter(({ hash }) => !didNotNotice.has(hash)),
      );
      if (judges.length === 0) outcome.unreached = true;
      outcomes.set(mutant.key, outcome);
      const by = outcome.outcome === 'survived' ? judges.map(({ hash }) => hash) : undefined;
      appendFileSync(tried, `${JSON.stringify({ key: mutant.key, state, ...outcome, by })}\n`);
      const { file, line, what } = mutant;
      console.log(
        `${String(n + 1).padStart(4)}/${mutants.length} ${outcome.outcome.padEnd(8)} ${file}:${line}  ${what}${outcome.why ? `  (${outcome.spec ?? 'no spec'}: ${outcome.why})` : ''}`,
      );
    }
  } finally {
    await globalTeardown();
  }
}

/**
 * Runs the specs once on unchanged code, with probes: how long each takes, and which functions it reaches. What is known of a spec
 * is kept while it and the files are as they are, so that one may try the changes in pieces of some minutes, and write tests between.
 */
async function reach(area, specs) {
  const files = filesOf(area.database).filter((file) => !isSpec(file));
  const kept = join(results, `reached-${hashOf(...files, ...files.map(read)).slice(0, 16)}.jsonl`);
  const known = linesOf(kept);
  const isKnown = (spec) => known.some((one) => one.spec === spec && one.hash === hashOf(read(spec)));
  const unknown = specs.filter((spec) => !isKnown(spec));
  console.log(`${unknown.length} specs run once on what is not changed`);
  for (const file of files) writeFileSync(join(folder, file), withProbes(read(file), file));
  for (let from = 0; from < unknown.length; from += specsAtOnce) {
    const found = await reachOf(unknown.slice(from, from + specsAtOnce));
    known.push(...found);
    appendFileSync(kept, found.map((one) => `${JSON.stringify(one)}\n`).join(''));
  }
  for (const file of files) writeFileSync(join(folder, file), read(file));
  const judges = known.filter(
    ({ spec, hash, passed }) => passed && specs.includes(spec) && hash === hashOf(read(spec)),
  );
  return judges.map((one) => ({ ...one, reached: new Set(one.reached) })).sort((a, b) => a.ms - b.ms);
}

async function reachOf(specs) {
  const [reached, report] = [join(folder, 'reached.jsonl'), join(folder, 'report.json')];
  for (const path of [reached, report]) rmSync(path, { force: true });
  const { output } = await jest([...specs, '--json', `--outputFile=${report}`, '-w', '1'], {
    MUTATION_REACHED: reached,
  });
  if (!existsSync(report)) throw new Error(`The specs did not run:\n${output.slice(-4000)}`);
  const places = linesOf(reached);
  return JSON.parse(readFileSync(report, 'utf8')).testResults.map(
    ({ name, status, message, startTime, endTime }) => {
      const spec = name.slice(folder.length + 1);
      // A spec that fails without any change would notice each.
      if (status !== 'passed')
        console.log(`left out, since it fails without any change: ${spec}\n${message.slice(0, 1000)}`);
      return {
        ...{ spec, hash: hashOf(read(spec)), ms: endTime - startTime, passed: status === 'passed' },
        reached: [...new Set(places.flatMap((one) => (one.spec === name ? one.reached : [])))],
      };
    },
  );
}

function linesOf(path) {
  if (!existsSync(path)) return [];
  const lines = readFileSync(path, 'utf8').split('\n').filter(Boolean);
  return lines.map((line) => JSON.parse(line));
}

function specsFor({ file, reach: place }, specs) {
  return specs.filter(({ reached }) => place === null || reached.has(`${file}:${place}`));
}

/** Runs the specs on one change in one process, the quickest first, until a test fails (first-failure.mjs). */
async function tryOut(mutant, specs) {
  if (specs.length === 0) return { outcome: 'survived' };
  const path = join(folder, mutant.file);
  writeFileSync(path, mutated(read(mutant.file), mutant));
  try {
    const order = specs.map(({ spec, ms }) => ({ spec, timeoutMs: patience * ms + 30_000 }));
    const { code, output } = await jest(
      [...specs.map(({ spec }) => spec), '-i'],
      { MUTATION_ORDER: JSON.stringify(order) },
      order.reduce((sum, { timeoutMs }) => sum + timeoutMs, 0),
    );
    if (code === 0) return { outcome: 'survived' };
    // Such a change says nothing of the tests: no statement like it would ever run.
    if (/syntax error at or near|could not determine data type|is ambiguous|Syntax Error/.test(output))
      return { outcome: 'invalid' };
    const [, spec, why] = /^noticed by (.*)\n(.*)/m.exec(output) ?? [];
    return { outcome: 'killed', spec, why: why ?? output.slice(-500) };
  } finally {
    writeFileSync(path, read(mutant.file));
  }
}

function jest(args, environment, timeoutMs) {
  const bin = join(root, 'node_modules/jest/bin/jest.js');
  return run(process.execPath, [bin, '--config', 'test/mutation/jest.mjs', ...args], environment, timeoutMs);
}

/** Runs a program in the copy. One that takes too long is ended with all that it started, and has failed. */
function run(program, args, environment, timeoutMs) {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, {
      cwd: folder,
      env: { ...process.env, ...environment },
      detached: true,
    });
    children.add(child);
    let output = '';
    const hear = (bytes) => void (output += bytes);
    child.stdout.on('data', hear);
    child.stderr.on('data', hear);
    const timer = timeoutMs && setTimeout(() => end(child), timeoutMs);
    child.on('error', reject);
    child.on('exit', () => end(child));
    child.on('close', (code) => {
      clearTimeout(timer);
      if (children.delete(child)) resolve({ code, output });
    });
  });
}

function end(child) {
  try {
    process.kill(-child.pid, 'SIGKILL');
  } catch {
    // It has ended by itself.
  }
}

/* What is reported. */

function writePage() {
  const outcomes = Object.keys(areas)
    .flatMap((name) => [`${name}-pure.json`, `${name}-database.json`].map((file) => join(results, file)))
    .filter((path) => existsSync(path))
    .map((path) => JSON.parse(readFileSync(path, 'utf8')));
  writeFileSync(join(root, 'docs/mutation.md'), pageOf(outcomes, reasonsRead()));
  console.log('docs/mutation.md is written');
}

function reasonsRead() {
  return JSON.parse(read('test/mutation/accepted.json'));
}

for (const signal of ['SIGINT', 'SIGTERM']) {
  process.once(signal, () => {
    const ended = [...children];
    // What comes of them is no outcome of a change.
    children.clear();
    for (const child of ended) end(child);
    if (folder) rmSync(folder, { recursive: true, force: true });
    void globalTeardown().finally(() => process.exit(130));
  });
}

await main();
