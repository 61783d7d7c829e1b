import { readFileSync } from 'node:fs';

/** Work of one stretch that others may have to wait for; milliseconds of CPU. */
// The aim is 100 ms. The most that was seen alone is 123, and 273 in a run of all tests: crowded caches, and collecting the
// garbage of the tests themselves, cost CPU too.
export const longestAllowed = 300;

/**
 * Runs work and returns the milliseconds of CPU that the process spent at most between two turns of the event loop. CPU
 * is counted and not time, so that other programs on the machine make no difference: on Linux it is that of the main
 * thread (schedstat, proc(5)), elsewhere that of the process.
 */
export async function longestStretch<T>(work: () => Promise<T>): Promise<{ value: T; ms: number }> {
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
    return { value, ms: longest };
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
