import { setTimeout as sleep } from 'node:timers/promises';

/** Only what never comes is to meet it, however busy the machine. */
const withinMs = 120_000;

/** Waits until the condition holds, looking every 10 ms; fails with what it waited for. Returns what it held with. */
export async function until<T>(what: string, condition: () => Promise<T> | T): Promise<NonNullable<T>> {
  const deadline = Date.now() + withinMs;
  for (;;) {
    const value = await condition();
    if (value) return value;
    if (Date.now() > deadline) throw new Error(`waited ${withinMs} ms in vain until ${what}`);
    await sleep(10);
  }
}
