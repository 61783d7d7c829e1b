import { ServiceClock } from '../../src/platform/clock/service-clock.js';
import { Schedule } from '../../src/core/sending/schedule.js';
import { SettingsService } from '../../src/core/settings/settings.service.js';
import { setProcessClock } from '../support/process-clock.js';
import { SendingBench } from '../support/sending-bench.js';
import { calendarOpenNow } from '../support/service.js';

let bench: SendingBench;
beforeAll(async () => {
  bench = await SendingBench.start();
});
beforeEach(() => bench.clear());
afterEach(() => jest.useRealTimers());
afterAll(() => bench.stop());

const hour = 3_600_000;

it.each([
  ['right', 0],
  ['an hour fast', hour],
  ['an hour slow', -hour],
])('what is due by one clock alone is not sent: the clock of the process is %s', async (_what, aheadMs) => {
  const due = await bench.alert({ shard: 3, dueInSeconds: -1 });
  await bench.alert({ shard: 4, dueInSeconds: 1800 });
  setProcessClock(aheadMs);
  const [first, second] = await bench.get(Schedule).whatIsDue([3, 4]);
  await bench.drains().drainAllShards();
  expect(bench.pigeon.called.map(({ to }) => to)).toEqual(aheadMs < 0 ? [] : [due.to]);
  expect([first?.alerts, second?.alerts]).toEqual(aheadMs < 0 ? [0, 0] : [1, 0]);
  const next = aheadMs < 0 ? hour - 1000 : hour / 2;
  const waits = [first, second].map((shard) => shard?.msUntilNext ?? Infinity);
  expect(Math.abs(Math.min(...waits) - next)).toBeLessThan(60_000);
});

it.each([
  ['right', 0, 1],
  ['an hour fast', hour, 0],
  ['an hour slow', -hour, 0],
])(
  'nothing is sent but within the window of both clocks: that of the process is %s',
  async (_what, aheadMs, sent) => {
    // It is between noon and one by the database's clock.
    const settings = bench.get(SettingsService);
    const calendar = calendarOpenNow();
    await settings.put('set-up', 'calendar', { ...calendar, window: { from: '12:00', to: '13:00' } });
    await bench.alert({ shard: 3, dueInSeconds: -7200 });
    setProcessClock(aheadMs);
    await bench.drains().drainAllShards();
    expect(bench.pigeon.called).toHaveLength(sent);
    jest.useRealTimers();
    await settings.put('set-up', 'calendar', calendar);
  },
);

it.each([
  ['warns once of clocks that are more than a minute apart', 62_000, 1],
  ['does not warn of clocks that are less than a minute apart', 50_000, 0],
])('%s', async (_what, aheadMs, warnings) => {
  const clock = bench.get(ServiceClock);
  const database = new Date();
  await clock.compareWith(database);
  setProcessClock(aheadMs);
  for (let n = 0; n < 3; n += 1) await clock.compareWith(database);
  expect(bench.logs.filter((line) => line.includes('differ'))).toHaveLength(warnings);
  expect(Math.abs((await clock.secondsAhead()) - aheadMs / 1000)).toBeLessThan(5);
  jest.useRealTimers();
  await clock.compareWith(database);
  setProcessClock(aheadMs);
  await clock.compareWith(database);
  expect(bench.logs.filter((line) => line.includes('differ'))).toHaveLength(2 * warnings);
});
