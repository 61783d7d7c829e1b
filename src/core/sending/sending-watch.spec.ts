import { SendingWatch } from './sending-watch.js';

const fault = new Error('a fault of this test');
const succeed = () => Promise.resolve(1);
const fail = () => Promise.reject(fault);
const config = { role: 'all', sending: { leaseSeconds: 60 }, limits: { standingMs: 120_000 } };
const inSeconds = (count: number) => performance.now() + count * 1000;

let watch: SendingWatch;
beforeEach(() => {
  watch = new SendingWatch(config);
});

const failing = (job: string, part?: string) => expect(watch.watchJob(job, fail, part)).rejects.toBe(fault);

it.each([
  ['all', true],
  ['worker', true],
  ['api', false],
])('a process of the role %s sends: %s', (role, sends) => {
  expect(new SendingWatch({ ...config, role }).sends).toBe(sends);
});

it('a job fails that has not succeeded for 10 s after a failure', async () => {
  await failing('tick');
  expect(watch.failingJob(inSeconds(9))).toBeNull();
  await failing('tick');
  expect(watch.failingJob(inSeconds(11))).toBe('tick');
  expect(await watch.watchJob('tick', succeed)).toBe(1);
  expect(watch.failingJob(inSeconds(11))).toBeNull();
  expect(watch.failures.get('tick')).toBe(2);
});

it('throws by the name of the job only while it fails', async () => {
  const now = jest.spyOn(performance, 'now').mockReturnValue(1000);
  await failing('tick');
  expect(() => watch.requireSuccess()).not.toThrow();
  now.mockReturnValue(12_000);
  expect(() => watch.requireSuccess()).toThrow(/tick/);
  now.mockRestore();
});

it('a part fails for itself: the others’ success does not hide it', async () => {
  await failing('drain', ' 5');
  await watch.watchJob('drain', succeed, ' 4');
  await watch.watchJob('tick', succeed);
  expect(watch.failingJob(inSeconds(11))).toBe('drain 5');
});

it('what has not failed again in a lease and 20 s has been done by another process', async () => {
  await failing('drain', ' 5');
  expect(watch.failingJob(inSeconds(79))).toBe('drain 5');
  expect(watch.failingJob(inSeconds(81))).toBeNull();
});

it('counts each time from the failure, however long the process has run', async () => {
  const now = jest.spyOn(performance, 'now').mockReturnValue(90_000_000);
  await failing('drain', ' 5');
  watch.awaitJob('poll');
  now.mockRestore();
  const after = (ms: number) => watch.failingJob(90_000_000 + ms);
  expect([after(10_000), after(10_001), after(80_000), after(80_001)]).toEqual([
    null,
    'drain 5',
    'drain 5',
    null,
  ]);
  expect([after(120_000), after(120_001)]).toEqual([null, 'poll']);
});

it('a job that is awaited for more than two minutes stands still', async () => {
  watch.awaitJob('drain');
  expect(watch.failingJob(inSeconds(119))).toBeNull();
  watch.awaitJob('drain');
  expect(watch.failingJob(inSeconds(121))).toBe('drain');
  await watch.watchJob('drain', succeed, ' 4');
  expect(watch.failingJob(inSeconds(121))).toBeNull();
  watch.awaitJob('drain');
  watch.awaitJob('drain', false);
  expect(watch.failingJob(inSeconds(121))).toBeNull();
});

describe.each([
  ['tick', '', true],
  ['drain', ' 5', true],
  ['sweep', '', false],
])('a job that does not come back: %s%s', (job, part, isVital) => {
  const startAgain = (seconds: number) => {
    try {
      watch.requireLife(inSeconds(seconds));
      return null;
    } catch (error) {
      return (error as Error).message;
    }
  };

  it(`stands still after two minutes, and calls for a new start: ${isVital}`, async () => {
    let end = () => undefined as void;
    const run = watch.watchJob(job, () => new Promise<void>((resolve) => (end = resolve)), part);
    await watch.watchJob(job, succeed, part);
    expect([watch.failingJob(inSeconds(119)), startAgain(119)]).toEqual([null, null]);
    expect(watch.failingJob(inSeconds(121))).toBe(`${job}${part}`);
    expect(startAgain(121)).toEqual(isVital ? expect.stringContaining(`${job}${part}`) : null);
    end();
    await run;
    expect([watch.failingJob(inSeconds(121)), startAgain(121)]).toEqual([null, null]);
  });
});

it('a job that fails calls for no new start', async () => {
  await failing('tick');
  expect(() => watch.requireLife(inSeconds(121))).not.toThrow();
});
