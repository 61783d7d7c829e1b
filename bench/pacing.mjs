// `npm run bench -- pacing`: how evenly texts leave at a rate that a provider allows, against BullMQ's limiter.
import { makeCity } from './city.mjs';
import { must, startPostgres, startRedis, startService } from './ground.mjs';
import { startPeer } from './peers.mjs';
import { mustBeOnce } from './sending.mjs';

export const options = { rates: '20,100', seconds: 6, rounds: 3 };

export async function measure(folder, { rates, seconds, rounds: times }) {
  const postgres = await startPostgres(folder);
  const redis = await startRedis(folder);
  const city = await makeCity(folder, postgres);
  await city.service.stop();
  const { provider, secrets } = city;
  let sent = 0;
  const results = {};
  for (const rate of rates.split(',').map(Number)) {
    const peer = await startPeer('limiter', { postgres, redis, provider, secrets, concurrency: 200, rate });
    const service = await startService({
      folder,
      // One data folder: another one would be another life of the database.
      name: 'worker',
      environment: {
        ...city.environment,
        CHORONG_ROLE: 'worker',
        SMS_RATE: String(rate),
        SMS_CONCURRENCY: '200',
        REDIS_URL: redis.url,
      },
    });
    const rounds = [];
    for (let n = 0; n <= times; n += 1) {
      const count = rate * seconds;
      const figures = {};
      for (const fill of [() => city.due.copy(count, { prefix: 'P', from: sent }), () => peer.fill(count)]) {
        await provider.forget();
        const made = await fill();
        sent += count;
        await must(
          'all are sent',
          async () => (await textsOf(provider)).length >= count,
          seconds * 3000 + 60_000,
          100,
        );
        const ledger = await textsOf(provider);
        mustBeOnce(ledger, made);
        figures[figures.service === undefined ? 'service' : 'limiter'] =
          mostWithin(
            ledger.map(({ at }) => at),
            100,
          ) /
          (rate / 10);
      }
      if (n > 0) rounds.push(figures);
      console.error(
        `${rate}/s, round ${n}: most in 100 ms ÷ ideal ${figures.service.toFixed(2)}; BullMQ's limiter ${figures.limiter.toFixed(2)}`,
      );
    }
    await service.stop();
    results[rate] = {
      service: Math.max(...rounds.map((r) => r.service)),
      limiter: Math.max(...rounds.map((r) => r.limiter)),
      rounds,
    };
  }
  return { worst: Math.max(...Object.values(results).map((r) => r.service)), rates: results };
}

/** The prototype goes with the first, and counts for nothing. */
async function textsOf(provider) {
  return (await provider.ledger()).filter(({ body }) => !body.includes('P-DUE'));
}

/** The most moments that any window of so many milliseconds holds, its end left out. */
function mostWithin(moments, ms) {
  const sorted = [...moments].sort((a, b) => a - b);
  let most = 0;
  for (let from = 0, to = 0; from < sorted.length; from += 1) {
    while (to < sorted.length && sorted[to] < sorted[from] + ms) to += 1;
    most = Math.max(most, to - from);
  }
  return most;
}
