import { setImmediate } from 'node:timers/promises';

/** Milliseconds of work after which it is others' turn. */
const turnMs = 20;
let turnBegan = 0;

/**
 * Gives requests, timers and sockets their turn when work has gone on for 20 ms without one. A loop whose length people or
 * files decide awaits it at each step, because nobody else is answered while JavaScript runs.
 */
export async function breathe(): Promise<void> {
  if (!isLong()) return;
  await setImmediate();
  turnBegan = performance.now();
}

function isLong(): boolean {
  return performance.now() - turnBegan >= turnMs;
}

/** Runs steps to their end, with turns for others in between, and returns what they return. */
export async function inTurns<T>(steps: Generator<undefined, T>): Promise<T> {
  for (;;) {
    const { done, value } = steps.next();
    if (done) return value;
    await breathe();
  }
}

/** Maps values in their order, with turns for others in between. */
export async function mapInTurns<T, U>(
  values: Iterable<T>,
  map: (value: T) => U | Promise<U>,
): Promise<Awaited<U>[]> {
  const mapped: Awaited<U>[] = [];
  for (const value of values) {
    const made = map(value);
    // A promise that nobody needs costs as much as a short step.
    mapped.push(made instanceof Promise ? await made : (made as Awaited<U>));
    if (isLong()) await breathe();
  }
  return mapped;
}
