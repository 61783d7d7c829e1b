import { setTimeout as sleep } from 'node:timers/promises';
import { Kept } from './kept.js';

it('reads once for all who ask at once, and for some time after', async () => {
  let readings = 0;
  const kept = new Kept(60_000, () => Promise.resolve(++readings));
  expect(await Promise.all([kept.get(), kept.get(), kept.get()])).toEqual([1, 1, 1]);
  expect(await kept.get()).toBe(1);
});

it('reads anew once its time is over, and for whoever has to see the newest', async () => {
  let readings = 0;
  const kept = new Kept(5, () => Promise.resolve(++readings));
  await kept.get();
  await sleep(10);
  expect(await kept.get()).toBe(2);
  expect(await kept.read()).toBe(3);
});

it('keeps no failure, and still knows the last value', async () => {
  let fails = false;
  const kept = new Kept(0, () => (fails ? Promise.reject(new Error('away')) : Promise.resolve('read')));
  await kept.get();
  fails = true;
  await expect(kept.read()).rejects.toThrow('away');
  expect(kept.last).toBe('read');
  fails = false;
  expect(await kept.get()).toBe('read');
});

it('starts no second reading while the first one lasts, however long', async () => {
  let readings = 0;
  const kept = new Kept(1, () => sleep(20).then(() => ++readings));
  const first = kept.get();
  await sleep(5);
  expect(await Promise.all([first, kept.get()])).toEqual([1, 1]);
});
