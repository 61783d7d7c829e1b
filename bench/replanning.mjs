// `npm run bench -- replanning`: a calendar that moves alerts of a very large agency, while texts fall due and go out.
import { daysFromToday } from './api.mjs';
import { makeCity } from './city.mjs';
import { must, startPostgres, startService } from './ground.mjs';

export const options = {
  contracts: 50_000,
  /** Texts that fall due a second, from the moment that the calendar is put. */
  rate: 5,
};

export async function measure(folder, wish) {
  const postgres = await startPostgres(folder);
  const city = await makeCity(folder, postgres);
  await city.service.stop();
  await city.fillPlanned(wish.contracts * city.planned.alerts);
  await city.client.query('ANALYZE');
  const { provider, pool } = city;
  const service = await startService({
    folder,
    name: 'all',
    environment: { ...city.environment, CHORONG_ROLE: 'all', SMS_RATE: '1000' },
  });
  city.api.url = service.url;
  await must('it is at rest', async () => (await provider.count()) === 1);
  await provider.forget();
  const start = Date.now() + 10_000;
  const due = `to_timestamp(${start / 1000} + s.n / ${wish.rate}::float8)`;
  const made = await city.due.copy(wish.rate * 600, {
    prefix: 'T',
    from: 0,
    // They stay as they are: planned again, they would be due at once.
    replacing: { 'alert.due_at': due, 'milestone.due_at': due, 'contract.calendar_version': '1000' },
  });
  const behind = async () => {
    const { rows } = await pool.query(
      `SELECT count(*)::int AS count FROM contract
       WHERE calendar_version < (SELECT max(version) FROM setting WHERE name = 'calendar')`,
    );
    return rows[0].count;
  };
  await lagOf(service);
  await new Promise((resolve) => setTimeout(resolve, 5000));
  const restLag = await lagOf(service);
  const { items } = await city.api.call('GET', '/calendar');
  const began = Date.now();
  await city.api.call('POST', '/calendar', {
    ...items[0].value,
    closed: Array.from({ length: 12 }, (_, n) => daysFromToday(48 + n)),
  });
  const answered = Date.now() - began;
  let [lag, slowest] = [0, 0];
  await must(
    'all are planned by it',
    async () => {
      const asked = performance.now();
      await fetch(`${service.url}/health/live`);
      slowest = Math.max(slowest, performance.now() - asked);
      lag = Math.max(lag, await lagOf(service));
      return (await behind()) === 0;
    },
    3_600_000,
    1000,
  );
  const seconds = (Date.now() - began) / 1000;
  const dueBy = new Map(made.map(({ reference }, n) => [reference, start + (n * 1000) / wish.rate]));
  const ledger = await provider.ledger();
  const late = ledger
    .map(({ at, body }) => at - dueBy.get(/[A-Z]+-\d{7}/.exec(body)[0]))
    .sort((a, b) => a - b);
  const { rows } = await pool.query(
    `SELECT count(*)::int AS count FROM change WHERE what = 'calendar-applied'`,
  );
  const figures = {
    contracts: wish.contracts,
    seconds,
    answeredMs: answered,
    restLagMs: restLag,
    lagMs: lag,
    slowestMs: slowest,
    moved: rows[0].count,
    texts: late.length,
    dueMeanwhile: Math.floor((Date.now() - start) / 1000) * wish.rate,
    lateP50: late[Math.floor(late.length / 2)],
    lateP99: late[Math.floor(late.length * 0.99)],
    peakMb: service.peakMb(),
  };
  console.error(JSON.stringify(figures));
  await service.stop();
  return figures;
}

/** The longest that the event loop was behind since this was last asked, in milliseconds. */
async function lagOf({ url }) {
  const text = await (await fetch(`${url}/metrics`)).text();
  return Number(/^nodejs_eventloop_lag_max_seconds (\S+)/m.exec(text)[1]) * 1000;
}
