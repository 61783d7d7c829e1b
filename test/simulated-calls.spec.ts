import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { countOf, drawn, weightOf } from '../src/office/calls/draw.js';
import { rateOf } from '../src/office/calls/interval.js';

/** `DOCS=calls`, as `npm run docs:calls` sets it, writes the page instead of comparing it. */
const pagePath = 'docs/calls-simulated.md';
const months = 1000;
const share = 10;
const officers = 2;
const numbersOfOfficer = 50;

/** An officer's number, in the order 0 to 49. The first officer's first ten are false. */
interface Simulated {
  entry: string;
  weight: number;
  isOurs: boolean;
  isWrong: boolean;
}

const worlds: [name: string, isNew: (number: number) => boolean][] = [
  ['no number is new', () => false],
  ['each third number is new, false or not', (number) => number % 3 === 0],
  ['all false numbers are new, and five others', (number) => number < 15],
];

function numbersOf(month: number, isNew: (number: number) => boolean): Simulated[] {
  return Array.from({ length: officers * numbersOfOfficer }, (_, n) => {
    const [officer, number] = [Math.floor(n / numbersOfOfficer), n % numbersOfOfficer];
    const isOurs = officer === 0;
    return {
      entry: `${month}-${n}`,
      weight: weightOf({ isNew: isNew(number), isUnmatched: false }),
      isOurs,
      isWrong: isOurs && number < 10,
    };
  });
}

/** Returns what the calls of a month say of the officer who gives false numbers. */
async function callsOf(month: number, isNew: (number: number) => boolean): Promise<Simulated[]> {
  const numbers = numbersOf(month, isNew);
  const seed = createHash('sha256').update(`month ${month}`).digest();
  const sample = new Set(await drawn(seed, numbers, countOf(numbers.length, share)));
  return numbers.filter(({ entry, isOurs }) => isOurs && sample.has(entry));
}

async function simulate(isNew: (number: number) => boolean) {
  const counts = { found: [0, 0, 0], covered: { one: 0, three: 0 }, calls: 0 };
  for (let month = 0; month < months; month += 1) {
    const rounds: Simulated[][] = [];
    for (let n = 0; n < 3; n += 1) rounds.push(await callsOf(3 * month + n, isNew));
    rounds.forEach((_, n) => {
      const isFound = rounds.slice(0, n + 1).some((calls) => calls.some(({ isWrong }) => isWrong));
      counts.found[n] = (counts.found[n] ?? 0) + Number(isFound);
    });
    counts.covered.one += Number(holdsTruth(rounds[0] ?? []));
    counts.covered.three += Number(holdsTruth(rounds.flat()));
    counts.calls += rounds[0]?.length ?? 0;
  }
  return counts;
}

function holdsTruth(calls: Simulated[]): boolean {
  const { low, high } = rateOf(calls);
  return low <= 0.2 && 0.2 <= high;
}

const percent = (count: number) => `${((count / months) * 100).toFixed(1)} %`;

it('finds who gives false numbers within three months, and the interval holds the truth', async () => {
  const rows: string[] = [];
  for (const [name, isNew] of worlds) {
    const { found, covered, calls } = await simulate(isNew);
    const least = Math.min(found[2] ?? 0, covered.one, covered.three) / months;
    expect(least).toBeGreaterThanOrEqual(0.95);
    const shares = [...found, covered.one, covered.three].map(percent).join(' | ');
    rows.push(`| ${name} | ${(calls / months).toFixed(1)} | ${shares} |`);
  }
  if (process.env['DOCS'] === 'calls') writeFileSync(pagePath, pageOf(rows));
  expect(existsSync(pagePath) ? readFileSync(pagePath, 'utf8') : '').toBe(pageOf(rows));
}, 120_000);

function pageOf(rows: string[]): string {
  return `# What ${months.toLocaleString('en')} simulated months of calls found

Written by \`npm run docs:calls\` from the functions that draw and count. Do not edit: run it again.

Two officers have ${numbersOfOfficer} numbers each that were texted, and ${share} % of all are called. One officer has given ten false numbers, which is 20 % of
theirs. They are found when a call reaches a false number. The interval is that of this officer’s calls, of one month and of
three together, and holds the truth when 20 % lies in it.

| which numbers are new | calls of the officer, a month | found in the first month | within two | within three | the interval of one month holds the truth | of three |
| --- | --- | --- | --- | --- | --- | --- |
${rows.join('\n')}
`;
}
