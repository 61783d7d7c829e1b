// `npm run bench -- planned`: what alerts cost that only wait: sending with few and with many of them, and Redis's memory.
import { makeCity } from './city.mjs';
import { median, must, startPostgres, startRedis } from './ground.mjs';
import { round, startWorkers } from './sending.mjs';

export const options = {
  few: 100_000,
  many: 1_000_000,
  messages: 12_000,
  warmup: 4000,
  rounds: 3,
  concurrency: 200,
};

export async function measure(folder, wish) {
  const postgres = await startPostgres(folder);
  const redis = await startRedis(folder);
  const city = await makeCity(folder, postgres);
  await city.service.stop();
  let planned = await city.fillPlanned(10_000);
  const service = await startWorkers(folder, city, { ...wish, workers: 1, queue: 'redis' }, redis);
  const bench = { postgres, redis, provider: city.provider };
  await round(bench, service, wish.warmup);
  const memory = { at10k: await redis.memory() };
  const figures = {};
  for (const name of ['few', 'many']) {
    planned = await city.fillPlanned(wish[name] - planned, planned).then((made) => planned + made);
    // The worker counts the new contracts for its figures, which is no text's cost, and would hold up the fill of a round.
    const isCounted = async () =>
      (await city.pool.query('SELECT 1 FROM tally_mark LIMIT 1')).rows.length === 0;
    await must('what was planned is counted', isCounted, 1_800_000, 1000);
    if (planned > 200_000) await city.pool.query('CHECKPOINT');
    const rounds = [];
    for (let n = 1; n <= wish.rounds; n += 1) {
      rounds.push(await round(bench, service, wish.messages));
      const { perSecond, nodeUs, postgresUs } = rounds.at(-1);
      console.error(
        `${planned} planned, round ${n}: ${perSecond.toFixed(0)}/s, CPU Node ${nodeUs.toFixed(0)} + PostgreSQL ${postgresUs.toFixed(0)} µs`,
      );
    }
    const of = (what) => median(rounds.map((one) => one[what]));
    figures[name] = { planned, perSecond: of('perSecond'), cpuUs: of('cpuUs'), rounds };
  }
  memory.atMany = await redis.memory();
  const ratio = figures.many.perSecond / figures.few.perSecond;
  const memoryRatio = memory.atMany / memory.at10k;
  console.error(
    `with ${figures.many.planned} planned ÷ with ${figures.few.planned}: ${ratio.toFixed(2)} of the rate, ${(figures.many.cpuUs / figures.few.cpuUs).toFixed(2)} of the CPU; Redis ${(memory.at10k / 2 ** 20).toFixed(2)} MB → ${(memory.atMany / 2 ** 20).toFixed(2)} MB`,
  );
  return { ...figures, ratio, cpuRatio: figures.many.cpuUs / figures.few.cpuUs, memory, memoryRatio };
}
