import { kinds } from './bends.js';
import { callers } from './cast.js';
import type { Finding, Fuzzer } from './fuzzer.js';
import { faultKinds } from './verdict.js';

/** Each finding as what happened, and below it the least request that made it happen. */
export function lines(findings: ReadonlyMap<string, Finding>): string[] {
  return [...findings.values()].map(
    ({ kind, times, route, caller, what, request }) =>
      `${kind}${times > 1 ? ` (${times} times)` : ''}, ${route} by ${caller}: ${what}\n    ${request}`,
  );
}

/** docs/fuzz.md: what a run did, and what it found. */
export function page({ counts, findings, heldMegabytes, routes }: Fuzzer, seed: number): string {
  const times = (kind: string) =>
    [...findings.values()].filter((one) => one.kind === kind).reduce((sum, one) => sum + one.times, 0);
  const rarest = Math.min(...routes.map(({ method, path }) => counts.byRoute.get(`${method} ${path}`) ?? 0));
  const [before = 0, after = 0] = heldMegabytes;
  const statuses = [...counts.byStatus].sort(([a], [b]) => a - b).map(([status, n]) => `${n} × ${status}`);
  return [
    '# What a run of the fuzzer found',
    '',
    `Written by \`npm run test:fuzz -- --seed ${seed} --requests ${counts.calls} --write\`. Do not edit: run it again.`,
    '',
    'The built service runs as a process of its own. Every route is called by each role and by nobody, with requests that',
    'are taken from examples, from the OpenAPI document and from the forms of the pages, and then bent in up to three ways.',
    'A finding is left without the bends that it does not need, and becomes a case in `test/fuzz/cases.ts` once it is fixed.',
    '',
    `${counts.calls} requests on ${routes.length} routes, each at least ${rarest} times; and ${counts.requests - counts.calls} that looked at what`,
    `they left behind. Memory that is reachable: ${before.toFixed()} MB after the first, ${after.toFixed()} MB after the last. The dearest request`,
    `took ${counts.dearestMs.toFixed()} ms of CPU (${counts.dearest}).`,
    '',
    ...table(
      'failure',
      faultKinds.map((kind) => [kind, times(kind)]),
    ),
    ...table(
      'caller',
      callers.map((caller) => [caller, counts.byCaller.get(caller) ?? 0]),
    ),
    ...table(
      'bend',
      kinds.map((kind) => [kind, counts.byKind.get(kind) ?? 0]),
    ),
    `Answers: ${statuses.join(', ')}.`,
    '',
  ].join('\n');
}

/** Padded as the formatter of the project pads it. */
function table(heading: string, rows: [string, number][]): string[] {
  const all = [[heading, 'times'], ...rows.map(([name, n]) => [name, String(n)])];
  const widths = [0, 1].map((at) => Math.max(...all.map((row) => row[at]?.length ?? 0)));
  const line = (row: string[]) => `| ${row.map((cell, at) => cell.padEnd(widths[at] ?? 0)).join(' | ')} |`;
  return [line(all[0] ?? []), line(widths.map((width) => '-'.repeat(width))), ...all.slice(1).map(line), ''];
}
