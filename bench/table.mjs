// Writes docs/performance.md from the results that bench/results keeps by commit.
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from './ground.mjs';

/** The commit whose figures stand beside the newest: the version before the sending path was made anew. */
const before = '8e097d2';

const perSecond = (value) => `${Math.round(value).toLocaleString('en')}/s`;
const ms = (value) => `${value.toFixed(value < 10 ? 1 : 0)} ms`;
const us = (value) => `${Math.round(value).toLocaleString('en')} µs`;
const atLeast = (goal) => ({ goal: `≥ ${goal}`, isReached: (value) => value >= goal });
const atMost = (goal) => ({ goal: `≤ ${goal}`, isReached: (value) => value <= goal });

const sent = (part, name) => part.medians[name];
const over = (name) => (part) => sent(part, 'service').perSecond / sent(part, name).perSecond;
const bestPeer = (part) => Math.max(sent(part, 'graphile').perSecond, sent(part, 'pg-boss').perSecond);
const rates =
  (...names) =>
  (part) =>
    ['service', ...names].map((name) => `${name} ${perSecond(sent(part, name).perSecond)}`).join(', ');
const costs = (part) => {
  const { cpuUs, nodeUs, postgresUs } = sent(part, 'service');
  return `${us(cpuUs)} (Node ${us(nodeUs)}, PostgreSQL ${us(postgresUs)}) and ${us(sent(part, 'undici').cpuUs)}`;
};

/** Home, coverage, work lists and metrics, which count; empty where they were not measured apart. */
const figuresOf = ({ questions }) =>
  Object.entries(questions).filter(([name]) =>
    /^(console|statistics|coverage|work lists|.metrics)/.test(name),
  );

/** Each row: what it is, the part of the results that has it, the ratio, its goal, and the figures behind it. */
const rows = [
  ['full send ÷ bare undici, answered at once', 'sending', over('undici'), atLeast(0.45), rates('undici')],
  [
    'full send ÷ bare undici, answered after 50 ms',
    'sending-50',
    over('undici'),
    atLeast(0.95),
    rates('undici'),
  ],
  [
    'CPU of a message ÷ bare undici',
    'sending',
    (p) => sent(p, 'service').cpuUs / sent(p, 'undici').cpuUs,
    atMost(3.5),
    costs,
  ],
  ['÷ bare floor without a queue, answered at once', 'sending', over('floor'), null, rates('floor')],
  ['÷ bare floor without a queue, 50 ms', 'sending-50', over('floor'), null, rates('floor')],
  ['÷ first version, answered at once', 'sending', over('first'), atLeast(25), rates('first')],
  ['÷ first version, 50 ms', 'sending-50', over('first'), atLeast(12), rates('first')],
  [
    '÷ the better of graphile-worker and pg-boss, same work, at once',
    'sending',
    (p) => sent(p, 'service').perSecond / bestPeer(p),
    atLeast(1.3),
    rates('graphile', 'pg-boss'),
  ],
  [
    'the same, 50 ms',
    'sending-50',
    (p) => sent(p, 'service').perSecond / bestPeer(p),
    atLeast(1.3),
    rates('graphile', 'pg-boss'),
  ],
  [
    'CPU of a message, last round ÷ first',
    'sending',
    (p) => p.growth,
    atMost(1.1),
    (p) => p.rounds.map((r) => us(r.service.cpuUs)).join(', '),
  ],
  [
    'with many planned alerts ÷ with few',
    'planned',
    (p) => p.ratio,
    atLeast(0.9),
    (p) =>
      `${p.few.planned} planned: ${perSecond(p.few.perSecond)}; ${p.many.planned}: ${perSecond(p.many.perSecond)}`,
  ],
  [
    'two worker processes ÷ one, 50 ms',
    'workers',
    (p) => p.ratio,
    atLeast(1.6),
    (p) =>
      Object.entries(p.figures)
        .map(([n, f]) => `${n}: ${perSecond(f.perSecond)}`)
        .join(', '),
  ],
  [
    'lateness p99 at half of the highest rate ÷ BullMQ delayed jobs',
    'lateness',
    (p) => p.ratio,
    atMost(0.2),
    (p) =>
      `at ${p.rate}/s p50 ${ms(p.p50)}, p99 ${ms(p.p99)}; BullMQ ${ms(p.delayedP50)}, ${ms(p.delayedP99)}`,
  ],
  [
    'most in 100 ms ÷ ideal pacing',
    'pacing',
    (p) => p.worst,
    atMost(1.2),
    (p) =>
      Object.entries(p.rates)
        .map(([rate, r]) => `${rate}/s: ${r.service.toFixed(1)}, BullMQ’s limiter ${r.limiter.toFixed(1)}`)
        .join('; '),
  ],
  [
    'Redis memory with many planned ÷ with 10,000',
    'planned',
    (p) => p.memoryRatio,
    atMost(1.05),
    (p) => `${(p.memory.at10k / 2 ** 20).toFixed(2)} and ${(p.memory.atMany / 2 ** 20).toFixed(2)} MB`,
  ],
  [
    'import end to end ÷ raw COPY of all rows',
    'imports',
    (p) => p.ratio,
    atLeast(0.6),
    (p) =>
      `${Math.round(p.rowsPerSecond).toLocaleString('en')} and ${Math.round(p.copyRowsPerSecond).toLocaleString('en')} contracts and alerts a second, peak ${p.peakMb.toFixed(0)} MB`,
  ],
  [
    'contract over HTTP ÷ the same writes in pgbench',
    'registration',
    (p) => p.ratio,
    atLeast(0.45),
    (p) => `${perSecond(p.perSecond)}, p50 ${ms(p.p50)}; pgbench ${perSecond(p.writes)}`,
  ],
  [
    'receipts ÷ the same endpoint without a database',
    'receipts',
    (p) => p.ratio,
    atLeast(0.8),
    (p) => `${perSecond(p.perSecond)} and ${perSecond(p.bare)}`,
  ],
  [
    'search and lists, worst p50 with many messages ÷ with few',
    'search',
    (p) => p.worst,
    atMost(1.2),
    (p) =>
      `${p.flat} of ${Object.keys(p.questions).length} within it; worst: ${p.worstName}; ${p.wish.few} and ${p.wish.many} messages`,
  ],
  ['slowest of them, ms', 'search', (p) => p.slowestMs, atMost(300), (p) => p.slowestName],
  [
    'home, coverage, work lists and metrics, worst p50 with many messages ÷ with few',
    'search',
    (p) => Math.max(...figuresOf(p).map(([, { ratio }]) => ratio)),
    atMost(1.2),
    (p) =>
      figuresOf(p)
        .map(([name, { manyMs }]) => `${name} ${ms(manyMs)}`)
        .join(', '),
  ],
  [
    'export ÷ COPY of the same statement',
    'search',
    (p) => p.exportRatio,
    atLeast(0.8),
    (p) =>
      `${Math.round(p.exports.many.rowsPerSecond).toLocaleString('en')} and ${Math.round(p.exports.many.copyRowsPerSecond).toLocaleString('en')} rows/s`,
  ],
  [
    'memory of the export, many ÷ few',
    'search',
    (p) => p.exportMemory,
    atMost(1),
    (p) => `${p.exports.many.peakMb.toFixed(0)} and ${p.exports.few.peakMb.toFixed(0)} MB`,
  ],
  [
    'sending with the public log ÷ without it',
    'with-log',
    (p) => p.ratio,
    atLeast(0.9),
    (p) =>
      `${perSecond(p.with.perSecond)} and ${perSecond(p.without.perSecond)}; CPU ${us(p.with.cpuUs)} and ${us(p.without.cpuUs)}; ${p.with.leaves.toFixed(1)} leaves a text`,
  ],
  [
    'seconds to verify the whole log',
    'log',
    (p) => p.size / p.verifiedPerSecond,
    null,
    (p) =>
      `${p.size.toLocaleString('en')} leaves; ${perSecond(p.perSecond)} numbered, a checkpoint in ${ms(p.signMs)}, ${Math.round(p.bytesPerLeaf)} bytes of tables for each beside the leaf`,
  ],
  ['segment counting ÷ the npm calculator', 'segments', (p) => p.ratio, atLeast(2000), () => ''],
  [
    'segment counts that differ from it',
    'segments',
    (p) => p.mismatches,
    atMost(0),
    (p) => `of ${p.texts} texts`,
  ],
];

/** Returns the results of a commit; null where it has none. */
function resultsOf(commit) {
  try {
    return JSON.parse(readFileSync(join(root, 'bench/results', `${commit}.json`), 'utf8'));
  } catch {
    return null;
  }
}

/** Takes each part from the newest commit that it was measured at, which the part then names. */
function newestOf(results) {
  const parts = {};
  for (const { commit, parts: own } of results)
    for (const [name, part] of Object.entries(own)) parts[name] ??= { ...part, commit };
  return { ...results[0], parts };
}

export function write() {
  const reasons = JSON.parse(readFileSync(join(root, 'bench/reasons.json'), 'utf8'));
  const all = readdirSync(join(root, 'bench/results')).map((name) => resultsOf(name.replace('.json', '')));
  const measuredSince = all.filter(({ commit }) => commit !== before).sort((a, b) => (a.at < b.at ? 1 : -1));
  const newest = newestOf(measuredSince);
  const old = resultsOf(before);
  const lines = rows.map(([what, part, ratioOf, goal, figuresOf]) => {
    const [now, then] = [newest.parts[part], old?.parts[part]];
    const [ratio, ratioThen] = [measured(ratioOf, now), measured(ratioOf, then)];
    const missed = goal && ratio !== null && !goal.isReached(ratio);
    const cells = [
      what,
      shown(ratio),
      goal?.goal ?? '–',
      shown(ratioThen),
      ratio === null ? '' : `${figuresOf(now)}${now.commit === newest.commit ? '' : ` (of ${now.commit})`}`,
      ratioThen === null ? '' : figuresOf(then),
    ];
    return `| ${cells.join(' | ')} | ${missed ? (reasons[what] ?? 'missed') : ''} |`;
  });
  const commands = [...new Set(Object.values(newest.parts).map(({ command }) => command))];
  writeFileSync(join(root, 'docs/performance.md'), pageOf(newest, old, lines, commands));
}

/** Returns null where the part, or the contender beside it, was not measured. */
function measured(ratioOf, part) {
  if (!part) return null;
  const contenders =
    part.medians &&
    new Proxy(part.medians, { get: (all, name) => all[name] ?? { perSecond: NaN, cpuUs: NaN } });
  const ratio = ratioOf(contenders ? { ...part, medians: contenders } : part);
  return Number.isNaN(ratio) ? null : ratio;
}

/** The statements of a message by what they do, dearest first, and the sum of all. */
function statementsOf(results) {
  const { statements, indexes } = results?.parts.sending ?? {};
  if (!statements) return 'Not measured.';
  const line = (what, of) =>
    `| ${what} | ${of.usPerMessage.toFixed(0)} | ${of.blocksPerMessage.toFixed(1)} | ${of.walPerMessage.toFixed(0)} |`;
  const named = (query) => `\`${query.slice(0, 90).replaceAll('|', '¦')}\``;
  const dearest = statements.shown.slice(0, 10).map((row) => line(named(query(row)), row));
  const counts = Object.entries(indexes ?? {}).map(([table, count]) => `${count} of \`${table}\``);
  return `| statement | µs by the clock | blocks touched | bytes of WAL |
|---|---|---|---|
${line(`all, ${statements.total.callsPerMessage.toFixed(2)} calls`, statements.total)}
${dearest.join('\n')}

Indexes: ${counts.join(', ')}.`;
}

const query = (row) => row.query.replaceAll('`', '');

function shown(value) {
  if (value === null) return 'not measured';
  return value >= 100 ? String(Math.round(value)) : value.toFixed(value >= 10 ? 1 : 2);
}

function pageOf(newest, old, lines, commands) {
  const { cores, processor, memoryGb, node } = newest.machine;
  return `# Performance

\`npm run bench -- --write\` wrote this page from measurements of commit ${newest.commit} (${newest.at.slice(0, 10)})${old ? ` and of ${old.commit}, the version before` : ''}.
The machine has ${cores} cores (${processor}) and ${memoryGb} GB, Node ${node}, and runs everything: the service, its PostgreSQL with the
settings of production, Redis, a fake provider over HTTP, and whoever measures. What was measured at another commit names it. Contenders take turns in one run, each figure is a median of three rounds (of one where its command says \`--quick\`), and after
every round the provider's ledger has each text once. Absolute figures are the machine's; the ratios are what to read.

| what | now | goal | before | figures now | figures before | why missed |
|---|---|---|---|---|---|---|
${lines.join('\n')}

CPU is that of all processes of the service and of PostgreSQL, in microseconds a message. "The same work" of graphile-worker and pg-boss is decrypting,
rendering, counting, freezing, calling, outcome and proof in statements for 50 texts, on tables with fewer columns and indexes than the service's.

## What a message costs in PostgreSQL

All statements of a message, the ten dearest by name; the clock runs while a statement waits for the processor, too.

Now:

${statementsOf(newest)}

Before:

${statementsOf(old)}

## Commands

\`\`\`sh
${commands.join('\n')}
\`\`\`
`;
}
