import { setTimeout as sleep } from 'node:timers/promises';
import { Timers } from './timers.js';

describe('Timers', () => {
  it('does the work again and again, never twice at once', async () => {
    const timers = new Timers({ role: 'worker' });
    let now = 0;
    let most = 0;
    let runs = 0;
    timers.every(2, 'a test', async () => {
      most = Math.max(most, ++now);
      runs += 1;
      await sleep(15);
      now -= 1;
    });
    while (runs < 3) await sleep(5);
    await timers.onModuleDestroy();
    expect(most).toBe(1);
  });

  it('goes on after a failure, and waits at the end for what is under way', async () => {
    const timers = new Timers({ role: 'all' });
    const seen: string[] = [];
    timers.every(2, 'a test', async () => {
      seen.push('begun');
      if (seen.length === 1) throw new Error('the first time');
      await new Promise((resolve) => timers.stopping.addEventListener('abort', resolve));
      await sleep(10);
      seen.push('ended');
    });
    while (seen.length < 2) await sleep(5);
    await timers.onModuleDestroy();
    expect(seen).toEqual(['begun', 'begun', 'ended']);
    await sleep(10);
    expect(seen).toHaveLength(3);
  });

  it('does nothing in a process that only answers requests', async () => {
    const timers = new Timers({ role: 'api' });
    let runs = 0;
    timers.every(1, 'a test', () => Promise.resolve((runs += 1)));
    await sleep(20);
    expect(runs).toBe(0);
  });
});
