import { createServer } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

/** Asks until the answer is true; false when it was not within `limitMs`. */
export async function until(
  condition: () => Promise<boolean> | boolean,
  limitMs: number,
  everyMs = 50,
): Promise<boolean> {
  const end = performance.now() + limitMs;
  for (;;) {
    if (await condition()) return true;
    if (performance.now() >= end) return false;
    await sleep(everyMs);
  }
}

export async function must(
  what: string,
  condition: () => Promise<boolean> | boolean,
  limitMs: number,
): Promise<void> {
  if (!(await until(condition, limitMs))) throw new Error(`not within ${limitMs / 1000} s: ${what}`);
}

/**
 * Below the ports that a system gives to outgoing connections: a service that was killed comes back to its own, and
 * nobody must have been given it meanwhile.
 */
export async function freePort(): Promise<number> {
  for (;;) {
    const port = 20_000 + Math.floor(Math.random() * 12_000);
    if (!given.has(port) && (await isFree(port))) {
      given.add(port);
      return port;
    }
  }
}

const given = new Set<number>();

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const probe = createServer();
    probe.once('error', () => resolve(false));
    probe.listen(port, '127.0.0.1', () => probe.close(() => resolve(true)));
  });
}

export function secondsSince(start: number): number {
  return (performance.now() - start) / 1000;
}

/** Mulberry32: a run can be repeated by its seed. */
export function randomBy(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
}
