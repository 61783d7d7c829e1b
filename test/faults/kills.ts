import { setTimeout as sleep } from 'node:timers/promises';
import type { FakeRule } from '../support/fake-twilio.script.js';
import type { Bench, Row, Scenario } from './bench.js';
import { randomBy, secondsSince } from './waiting.js';
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
}

/** Kills the service again and again, at any moment of its work, while contracts come in and the provider faults. */
async function killAgainAndAgain(world: World, { kills, each, program }: Run, seed: number): Promise<void> {
  const random = randomBy(seed);
  await world.play({ rules: faulty, seed, latencyMs: 20, receipts: { copies: 1, delayMs: 30 } });
  const wish = program ? { program } : {};
  for (let kill = 0; kill < kills; kill += 1) {
    const service = await world.spawn(wish);
    const registering = world.register('K', each);
    // One in eight dies while it starts.
    if (random() > 0.125) await service.ready();
    await sleep(random() * 900);
    await service.kill();
    await registering;
  }
  await world.play({});
  await world.start(wish);
}

export const killsScenario: Scenario = {
  name: 'random kills',
  run: async (bench) => {
    const kills = bench.quick ? 10 : 50;
    const world = await bench.world();
    try {
      const began = performance.now();
      await killAgainAndAgain(world, { kills, each: bench.quick ? 8 : 5 }, bench.seed);
      const running = secondsSince(began);
      const { seconds, tally } = await world.settle('K', 90);
      const attempts = await world.count('attempt');
      const cutOff = await world.count(`attempt WHERE detail LIKE 'its lease ran out%'`);
      const figure = `${kills} kills in ${running.toFixed(0)} s; ${attempts} attempts, ${cutOff} of them cut off`;
      return [
        {
          fault: 'killed at random',
          how: 'kill -9, provider faults 4 in 10',
          tally,
          seconds,
          figure,
          problems: [],
        },
      ];
    } finally {
      await world.end();
    }
  },
};

/** The same test has to find out a service that commits its attempts behind its calls. */
export const mutantScenario: Scenario = {
  name: 'mutant',
  run: async (bench: Bench): Promise<Row[]> => {
    const kills = 6;
    const world = await bench.world();
    try {
      await killAgainAndAgain(world, { kills, each: 15, program: bench.mutant }, bench.seed);
      const { tally } = await world.settle('K', 60);
      return [
        {
          fault: 'mutant',
          how: `${kills} kills, attempts committed behind their calls`,
          tally,
          seconds: null,
          figure: 'caught by the same test',
          problems: [],
          mustDouble: true,
        },
      ];
    } finally {
      await world.end();
    }
  },
};
