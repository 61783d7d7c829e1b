import { setTimeout as sleep } from 'node:timers/promises';

/** Waits until the condition holds, looking every 10 ms; fails with what it waited for. Returns what it held with. */
export async function until<T>(
  what: string,
  condition: () => Promise<T> | T,
  { withinMs = 30_000 }: { withinMs?: number } = {},
): Promise<NonNullable<T>> {
  const deadline = Date.now() + withinMs;
  for (;;) {
    const value = await condition();
    if (value) return value;
    if (Date.now() > deadline) throw new Error(`waited ${withinMs} ms in vain until ${what}`);
    await sleep(10);
  }
}
