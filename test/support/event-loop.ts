import { readFileSync } from 'node:fs';

/** Work of one stretch that others may have to wait for; milliseconds of CPU on a machine that has nothing else to do. */
// The aim is 100 ms. The most that was seen alone is 200: what the driver makes of 15,000 rows.
const longestAllowed = 300;

/** A busy machine takes more CPU for the same work, since caches and cores are shared: this many times the sample's. */
const samplesAllowed = 15;

/** Rows that are written and read as JSON to see how fast the machine is; 20 ms on one that is quiet. */
const sample = Array.from({ length: 10_000 }, (_, n) => ({
  id: String(n).padStart(36, '0'),
  dueAt: new Date(n * 1e9),
  status: 'planned',
  reason: null,
}));

function sampleMs(): number {
  const times = Array.from({ length: 5 }, () => {
    const before = cpuMs();
    JSON.parse(JSON.stringify(sample));
    return cpuMs() - before;
  });
  return times.sort((a, b) => a - b)[2] ?? 0;
}

/**
 * Runs work and returns the milliseconds of CPU that the process spent at most between two turns of the event loop. CPU
 * is counted and not time, so that other programs on the machine make no difference: on Linux it is that of the main
 * thread (schedstat, proc(5)), elsewhere that of the process.
 */
export async function longestStretch<T>(
  work: () => Promise<T>,
): Promise<{ value: T; ms: number; allowed: number }> {
  const sampled = sampleMs();
  let before = cpuMs();
  let longest = 0;
  const turn = () => {
    const now = cpuMs();
    longest = Math.max(longest, now - before);
    before = now;
  };
  const timer = setInterval(turn, 1);
  try {
    const value = await work();
    turn();
    const allowed = Math.max(longestAllowed, samplesAllowed * Math.max(sampled, sampleMs()));
    return { value, ms: longest, allowed };
  } finally {
    clearInterval(timer);
  }
}

function cpuMs(): number {
  if (process.platform !== 'linux') {
    const { user, system } = process.cpuUsage();
    return (user + system) / 1000;
  }
  return Number(readFileSync(`/proc/self/task/${process.pid}/schedstat`, 'utf8').split(' ')[0]) / 1e6;
}
