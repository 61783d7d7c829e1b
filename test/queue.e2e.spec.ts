import { Logger } from '@nestjs/common';
import { Queues } from '../src/platform/queue/queues.js';
import { Proxy } from './support/proxy.js';
import { describeWithRedis } from './support/redis.js';
import { until } from './support/until.js';

beforeAll(() => void jest.spyOn(Logger.prototype, 'warn').mockReturnValue());
afterAll(() => jest.restoreAllMocks());

describeWithRedis('a queue in Redis', (redisUrl) => {
  let proxy: Proxy;
  let queues: Queues;
  let infos = 0;
  /** The driver asks for `info` when it has connected, and BullMQ once more when the driver is ready. */
  let stallAtInfo = Infinity;
  const done: unknown[] = [];

  beforeEach(async () => {
    [infos, stallAtInfo, done.length] = [0, Infinity, 0];
    proxy = await Proxy.to(redisUrl(), (chunk) => {
      infos += chunk.toString('latin1').toLowerCase().split('\r\ninfo\r\n').length - 1;
      if (infos === stallAtInfo) proxy.stall();
    });
    queues = new Queues({ redisUrl: proxy.at(redisUrl()), pool: {} });
  });
  afterEach(async () => {
    proxy.resume();
    await queues.beforeApplicationShutdown();
    await proxy.stop();
  });
  const isTaken = (n: number) =>
    queues.add('drain', { n }).then(
      () => true,
      () => false,
    );

  it('takes jobs, and runs them', async () => {
    queues.work('drain', 1, (data) => Promise.resolve(void done.push(data)));
    expect(await isTaken(1)).toBe(true);
    await until('it is run', () => done.length === 1);
    expect(done).toEqual([{ n: 1 }]);
  });

  it.each([1, 2])('takes jobs again after Redis stood still at answer %s of its start', async (answer) => {
    stallAtInfo = answer;
    expect(await isTaken(1)).toBe(false);
    stallAtInfo = Infinity;
    proxy.resume();
    await until('it takes a job', () => isTaken(2));
  });

  it('takes jobs again after Redis stood still for a while', async () => {
    expect(await isTaken(1)).toBe(true);
    proxy.stall();
    expect(await isTaken(2)).toBe(false);
    proxy.resume();
    await until('it takes a job', () => isTaken(3));
  });
});
