import { Redis } from 'ioredis';
import { describeWithRedis, startRedis } from './redis.js';

describeWithRedis('a test Redis', (url) => {
  it('answers, is empty, and refuses writes rather than evict when it is full', async () => {
    const redis = new Redis(url());
    expect(await redis.dbsize()).toBe(0);
    expect(await redis.config('GET', 'maxmemory-policy')).toEqual(['maxmemory-policy', 'noeviction']);
    await redis.quit();
  });

  it('is gone once stopped', async () => {
    const server = await startRedis();
    await server!.stop();
    const redis = new Redis(server!.url, { lazyConnect: true, retryStrategy: () => null });
    redis.on('error', () => undefined);
    await expect(redis.connect()).rejects.toThrow();
  });
});
