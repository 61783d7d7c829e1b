import { workAtOnce } from './at-once.js';

/** Work that ends when the test says so. */
class Work {
  readonly begun: number[] = [];
  private readonly ends: (() => void)[] = [];

  readonly do = (value: number) => {
    this.begun.push(value);
    return new Promise<void>((resolve) => this.ends.push(resolve));
  };

  async endOne(): Promise<void> {
    this.ends.shift()?.();
    await new Promise(setImmediate);
  }
}

it('works on so many values at once, and on the next when one has ended', async () => {
  const work = new Work();
  let isOver = false;
  const all = workAtOnce(2, [1, 2, 3], work.do).then(() => (isOver = true));
  expect(work.begun).toEqual([1, 2]);
  await work.endOne();
  expect(work.begun).toEqual([1, 2, 3]);
  await work.endOne();
  expect(isOver).toBe(false);
  await work.endOne();
  await all;
});

it('begins no more after the signal, and waits for what it has begun', async () => {
  const work = new Work();
  const stopping = new AbortController();
  const all = workAtOnce(2, [1, 2, 3, 4], work.do, stopping.signal);
  stopping.abort();
  await work.endOne();
  await work.endOne();
  await all;
  expect(work.begun).toEqual([1, 2]);
});

it('works on all of them though one fails, and throws the first failure in the end', async () => {
  const done: number[] = [];
  const all = workAtOnce(2, [1, 2, 3, 4], (value) => {
    done.push(value);
    return value % 2 ? Promise.reject(new Error(`${value} failed`)) : Promise.resolve();
  });
  await expect(all).rejects.toThrow('1 failed');
  expect(done).toEqual([1, 2, 3, 4]);
});
