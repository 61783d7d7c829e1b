// `npm run bench -- lateness`: how long after its time a text leaves at half of the highest rate, against BullMQ's delayed jobs.
import { makeCity } from './city.mjs';
import { median, must, startPostgres, startRedis, startService } from './ground.mjs';
import { startPeer } from './peers.mjs';
import { mustBeOnce } from './sending.mjs';

export const options = {
  seconds: 10,
  rounds: 3,
  /** Messages a second; 0: half of what the same process sends of 12,000 that are due at once. */
  rate: 0,
};

export async function measure(folder, wish) {
  const postgres = await startPostgres(folder);
  const redis = await startRedis(folder);
  const city = await makeCity(folder, postgres);
  await city.service.stop();
  const { provider, secrets } = city;
  const service = await startService({
    folder,
    name: 'worker',
    environment: {
      ...city.environment,
      CHORONG_ROLE: 'worker',
      SMS_RATE: '10000',
      SMS_CONCURRENCY: '200',
      REDIS_URL: redis.url,
    },
  });
  const peer = await startPeer('delayed', { postgres, redis, provider, secrets, concurrency: 200 });
  let sent = 0;
  const fill = async (count, replacing = {}) => {
    const from = sent;
    sent += count;
    return city.due.copy(count, { prefix: 'T', from, replacing: replacing(from) });
  };
  await fill(4000, () => ({}));
  await must('it is warm', async () => (await provider.count()) === 4001, 120_000);
  await provider.forget();
  await fill(8000, () => ({}));
  await must('its rate is known', async () => (await provider.count()) === 8000, 120_000);
  const burst = await provider.ledger();
  const highest = (8000 / (burst.at(-1).at - burst[0].at)) * 1000;
  const rate = wish.rate || Math.round(highest / 2);
  const count = rate * wish.seconds;
  const rounds = [];
  for (let n = 0; n <= wish.rounds; n += 1) {
    const figures = {};
    for (const name of ['service', 'delayed']) {
      await provider.forget();
      const start = Date.now() + 3000 + count / 4;
      const dueOf = (i) => start + (i * 1000) / rate;
      const made =
        name === 'service'
          ? await fill(count, (from) => {
              const due = `to_timestamp(${start / 1000} + (s.n - ${from}) * ${1 / rate}::float8)`;
              return { 'alert.due_at': due, 'milestone.due_at': due };
            })
          : await peer.fill(count, dueOf);
      await must(
        'all are sent',
        async () => (await provider.count()) >= count,
        (wish.seconds + 60) * 1000,
        100,
      );
      if (name === 'delayed') await peer.rest();
      const ledger = await provider.ledger();
      mustBeOnce(ledger, made);
      const due = new Map(made.map(({ reference }, i) => [reference, dueOf(i)]));
      const late = ledger
        .map(({ at, body }) => at - due.get(/[A-Z]+-\d{7}/.exec(body)[0]))
        .sort((a, b) => a - b);
      if (late[0] < -5) throw new Error(`a text left ${-late[0]} ms before its time`);
      figures[name] = { p50: late[Math.floor(count / 2)], p99: late[Math.floor(count * 0.99)] };
    }
    if (n > 0) rounds.push(figures);
    const { service: own, delayed } = figures;
    console.error(
      `round ${n}, ${rate}/s: late p50 ${own.p50.toFixed(0)} p99 ${own.p99.toFixed(0)} ms; BullMQ delayed ${delayed.p50.toFixed(0)} and ${delayed.p99.toFixed(0)} ms; ratio of p99 ${(own.p99 / delayed.p99).toFixed(2)}`,
    );
  }
  await service.stop();
  const of = (who, what) => median(rounds.map((round) => round[who][what]));
  return {
    rate,
    highest,
    p50: of('service', 'p50'),
    p99: of('service', 'p99'),
    delayedP50: of('delayed', 'p50'),
    delayedP99: of('delayed', 'p99'),
    ratio: of('service', 'p99') / of('delayed', 'p99'),
    rounds,
  };
}
