import { setTimeout as sleep } from 'node:timers/promises';
import type { FakeRule, FakeScript } from '../support/fake-twilio.script.js';
import type { Bench, Row, Scenario } from './bench.js';
import { randomBy, secondsSince, until } from './waiting.js';
import type { World } from './world.js';

/** Four calls in ten go wrong, in every way that leaves it open whether the text was accepted, and in some that do not. */
export const faulty: FakeRule[] = [
  { probability: 0.07, behaviour: { kind: 'drop', accept: true } },
  { probability: 0.06, behaviour: { kind: 'drop', accept: false } },
  { probability: 0.05, behaviour: { kind: 'drop-inside-answer', accept: true } },
  { probability: 0.06, behaviour: { kind: 'server-error', accept: true } },
  { probability: 0.06, behaviour: { kind: 'server-error', status: 503, accept: false } },
  { probability: 0.06, behaviour: { kind: 'too-many', retryAfter: 1 } },
  { probability: 0.04, behaviour: { kind: 'hang', accept: true } },
  { probability: 0.03, behaviour: { kind: 'hang', accept: false } },
  { probability: 0.05, behaviour: { kind: 'accept-late', afterMs: 600 } },
  { probability: 0.03, behaviour: { kind: 'raw', status: 200, body: '<html>', accept: true } },
];

interface Run {
  kills: number;
  /** Contracts registered in each life of the process. */
  each: number;
  program?: string;
  /** What goes wrong at the provider. */
  script?: Partial<FakeScript>;
  /** Ends the run before its last kill. */
  enough?: () => Promise<boolean>;
}

/**
 * Kills the service again and again, at any moment of its work, while contracts come in and the provider faults. Returns
 * how often.
 */
export async function killAgainAndAgain(
  world: World,
  { kills, each, program, script = { rules: faulty }, enough }: Run,
  seed: number,
): Promise<number> {
  const random = randomBy(seed);
  const wish = program ? { program } : {};
  await world.play({ ...script, seed, latencyMs: 120, receipts: { delayMs: 30 } });
  let killed = 0;
  let registering = Promise.resolve();
  const register = () => {
    registering = registering.then(() => world.register('K', each));
    // Awaited at the end; until then, when something else breaks, it is nobody's.
    registering.catch(() => undefined);
  };
  while (killed < kills && !(await enough?.())) {
    // Some find work when they come up, and some get it while they run.
    register();
    const service = await world.spawn(wish);
    // One in eight dies while it starts.
    if (random() > 0.125) await service.ready();
    await sleep(random() * 1200);
    await service.kill();
    killed += 1;
  }
  await registering;
  await world.play({});
  await world.start(wish);
  return killed;
}

export const killsScenario: Scenario = {
  name: 'random kills',
  run: async (bench) => {
    const kills = bench.quick ? 10 : 50;
    const world = await bench.world();
    try {
      const began = performance.now();
      await killAgainAndAgain(world, { kills, each: 6 }, bench.seed);
      const running = secondsSince(began);
      const { seconds, tally } = await world.settle('K', 120);
      const attempts = await world.count('attempt');
      const cutOff = await world.count(`attempt WHERE detail = 'lease-ran-out'`);
      const figure = `${kills} kills in ${running.toFixed(0)} s; ${attempts} attempts, ${cutOff} of them cut off`;
      const how = 'kill -9, provider faults 4 in 10';
      return [{ fault: 'killed at random', how, tally, seconds, figure, problems: [] }];
    } finally {
      await world.end();
    }
  },
};

/** A burst through faults that stay: what a provider is shown to be worth in a minute. */
export const oneKillScenario: Scenario = {
  name: 'one kill',
  run: async (bench) => {
    const world = await bench.world();
    try {
      await world.play({ rules: faulty, seed: bench.seed, latencyMs: 20, receipts: { delayMs: 30 } });
      await world.register('B', 200);
      const service = await world.start();
      await until(async () => (await world.count('attempt')) >= 60, 30_000);
      await service.kill();
      const since = performance.now();
      await world.start();
      const { seconds, tally } = await world.settle('B', 240, since);
      const figure = `${await world.count('attempt')} attempts`;
      const how = '200 texts, provider faults 4 in 10, kill -9 once';
      return [{ fault: 'killed in a burst', how, tally, seconds, figure, problems: [] }];
    } finally {
      await world.end();
    }
  },
};

/** The same test has to find out a service that commits its attempts behind its calls. */
export const mutantScenario: Scenario = {
  name: 'mutant',
  run: async (bench: Bench): Promise<Row[]> => {
    const world = await bench.world();
    try {
      const enough = async () => (await world.ledger.tally('K')).doubled > 0;
      const kills = await killAgainAndAgain(
        world,
        { kills: 20, each: 12, program: bench.mutant, enough },
        bench.seed,
      );
      const { tally } = await world.settle('K', 90);
      const how = `killed ${kills} times, attempts committed behind their calls`;
      const figure = tally.doubled > 0 ? 'caught by the same test' : 'not caught';
      return [{ fault: 'mutant', how, tally, seconds: null, figure, problems: [], mustDouble: true }];
    } finally {
      await world.end();
    }
  },
};
