// `npm run bench -- workers`: several worker processes against one, in turn in one run, at the provider's answer time of 50 ms.
import { makeCity } from './city.mjs';
import { median, startPostgres, startRedis } from './ground.mjs';
import { round, startWorkers } from './sending.mjs';

export const options = {
  counts: '1,2,4',
  messages: 12_000,
  warmup: 4000,
  rounds: 3,
  latency: 50,
  concurrency: 200,
};

export async function measure(folder, wish) {
  const postgres = await startPostgres(folder);
  const redis = await startRedis(folder);
  const figures = {};
  const counts = wish.counts.split(',').map(Number);
  for (const count of counts) {
    // A database of its own for each, so that none finds the tables as another left them.
    const database = `workers_${count}`;
    await postgres.run(
      `CREATE DATABASE ${database} OWNER chorong_owner`,
      `GRANT CONNECT ON DATABASE ${database} TO chorong_app`,
    );
    const city = await makeCity(folder, postgres, { database });
    await city.service.stop();
    await city.provider.answerAfter(wish.latency);
    const service = await startWorkers(folder, city, { ...wish, workers: count, queue: 'redis' }, redis);
    const bench = { postgres, redis, provider: city.provider };
    await round(bench, service, wish.warmup);
    const rounds = [];
    for (let n = 1; n <= wish.rounds; n += 1) {
      rounds.push(await round(bench, service, wish.messages));
      const { perSecond, nodeUs, postgresUs } = rounds.at(-1);
      console.error(
        `${count} workers, round ${n}: ${perSecond.toFixed(0)}/s, CPU Node ${nodeUs.toFixed(0)} + PostgreSQL ${postgresUs.toFixed(0)} µs`,
      );
    }
    await service.stop();
    const of = (what) => median(rounds.map((one) => one[what]));
    figures[count] = { perSecond: of('perSecond'), cpuUs: of('cpuUs'), rounds };
  }
  // Each against the first; `ratio` is the second's, two against one.
  const ratios = counts.map((count) => figures[count].perSecond / figures[counts[0]].perSecond);
  for (const [n, count] of counts.entries())
    console.error(
      `${count} workers: ${figures[count].perSecond.toFixed(0)}/s, ÷ ${counts[0]}: ${ratios[n].toFixed(2)}`,
    );
  return { figures, ratio: ratios[1] };
}
