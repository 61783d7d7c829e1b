import { readFileSync } from 'node:fs';
import { constants, type PerformanceEntry, PerformanceObserver } from 'node:perf_hooks';

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

/** Stretch is what was done between two turns of the event loop; times as `performance.now()` says them. */
interface Stretch {
  from: number;
  to: number;
  ms: number;
}

/**
 * Runs work and returns the milliseconds of CPU that the process spent at most between two turns of the event loop. CPU
 * is counted and not time, so that other programs on the machine make no difference: on Linux it is that of the main
 * thread (schedstat, proc(5)), elsewhere that of the process. Whole collections of garbage are taken off, since they
 * cost by what the tests before have left in this process, and come when they like.
 */
export async function longestStretch<T>(
  work: () => Promise<T>,
): Promise<{ value: T; ms: number; allowed: number }> {
  const sampled = sampleMs();
  const stretches: Stretch[] = [];
  const collections: Collection[] = [];
  const observer = new PerformanceObserver((list) => collections.push(...collectionsOf(list.getEntries())));
  observer.observe({ entryTypes: ['gc'] });
  let before = { at: performance.now(), cpu: cpuMs() };
  const turn = () => {
    const now = { at: performance.now(), cpu: cpuMs() };
    stretches.push({ from: before.at, to: now.at, ms: now.cpu - before.cpu });
    before = now;
  };
  const timer = setInterval(turn, 1);
  try {
    const value = await work();
    turn();
    collections.push(...collectionsOf(observer.takeRecords()));
    const own = stretches.map((stretch) => stretch.ms - collectedMs(stretch, collections));
    const allowed = Math.max(longestAllowed, samplesAllowed * Math.max(sampled, sampleMs()));
    return { value, ms: Math.max(...own), allowed };
  } finally {
    clearInterval(timer);
    observer.disconnect();
  }
}

type Collection = PerformanceEntry & { detail?: { kind?: number } };

/** Picks the collections for which the process stands still while all its memory is gone through. */
function collectionsOf(entries: Collection[]): Collection[] {
  return entries.filter(({ detail }) => detail?.kind === constants.NODE_PERFORMANCE_GC_MAJOR);
}

function collectedMs({ from, to }: Stretch, collections: Collection[]): number {
  return collections
    .filter(({ startTime }) => startTime >= from && startTime < to)
    .reduce((sum, { duration }) => sum + duration, 0);
}

function cpuMs(): number {
  if (process.platform !== 'linux') {
    const { user, system } = process.cpuUsage();
    return (user + system) / 1000;
  }
  return Number(readFileSync(`/proc/self/task/${process.pid}/schedstat`, 'utf8').split(' ')[0]) / 1e6;
}
