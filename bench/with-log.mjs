// `npm run bench -- with-log`: what the public log costs a text: rounds with it and without it, in turn, of the same worker on
// the same database. Without it PostgreSQL drops each leaf before it is stored, so that there is nothing to number either; what
// Node takes to write and hash a leaf stays.
import { makeCity } from './city.mjs';
import { median, must, startPostgres, startRedis } from './ground.mjs';
import { round, startWorkers } from './sending.mjs';

export const options = { messages: 12_000, warmup: 4000, rounds: 3, latency: 0, concurrency: 200 };

export async function measure(folder, wish) {
  const postgres = await startPostgres(folder);
  const redis = await startRedis(folder);
  const city = await makeCity(folder, postgres);
  await city.service.stop();
  await city.provider.answerAfter(wish.latency);
  const service = await startWorkers(folder, city, { ...wish, workers: 1, queue: 'redis' }, redis);
  const bench = { postgres, redis, provider: city.provider };
  const { pool } = city;
  await pool.query(
    `CREATE FUNCTION drop_leaf() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END'`,
  );
  await pool.query(
    `CREATE TRIGGER drop_leaf BEFORE INSERT ON leaf FOR EACH ROW EXECUTE FUNCTION drop_leaf()`,
  );
  const keeps = (name) =>
    pool.query(`ALTER TABLE leaf ${name === 'with' ? 'DISABLE' : 'ENABLE'} TRIGGER drop_leaf`);
  const counted = async () => {
    const { rows } = await pool.query(
      `SELECT (SELECT count(*)::int FROM leaf) AS leaves, (SELECT count(*)::int FROM log_entry) AS numbered`,
    );
    return rows[0];
  };
  await round(bench, service, wish.warmup);
  const rounds = [];
  for (let n = 1; n <= wish.rounds; n += 1) {
    const figures = {};
    // Each goes first in every other round.
    for (const name of n % 2 === 1 ? ['with', 'without'] : ['without', 'with']) {
      await keeps(name);
      const before = await counted();
      figures[name] = await round(bench, service, wish.messages);
      const began = performance.now();
      await must('every leaf is numbered', async () =>
        ((now) => now.leaves === now.numbered)(await counted()),
      );
      figures[name].caughtUpMs = performance.now() - began;
      figures[name].leaves = ((await counted()).leaves - before.leaves) / wish.messages;
      const { perSecond, nodeUs, postgresUs, caughtUpMs, leaves } = figures[name];
      console.error(
        `round ${n}, ${name} the log: ${perSecond.toFixed(0)}/s, CPU Node ${nodeUs.toFixed(0)} + PostgreSQL ${postgresUs.toFixed(0)} µs, ${leaves.toFixed(1)} leaves a text, numbered ${caughtUpMs.toFixed(0)} ms after the last`,
      );
    }
    rounds.push(figures);
  }
  const of = (name, what) => median(rounds.map((one) => one[name][what]));
  const figures = Object.fromEntries(
    ['with', 'without'].map((name) => [
      name,
      { perSecond: of(name, 'perSecond'), cpuUs: of(name, 'cpuUs'), leaves: of(name, 'leaves') },
    ]),
  );
  const ratio = figures.with.perSecond / figures.without.perSecond;
  console.error(`with the log ÷ without: ${ratio.toFixed(2)}`);
  return { ...figures, ratio, rounds };
}
