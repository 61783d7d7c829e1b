import { setTimeout as sleep } from 'node:timers/promises';
import type { FakeList } from '../support/fake-twilio.script.js';
import type { Row, Scenario } from './bench.js';
import { must, until } from './waiting.js';
import type { World } from './world.js';

const alerts = 12;
/** Some share a number, and wait for each other. */
const alertsAtOnce = 10;
const graceSeconds = 10;
const hourMs = 3_600_000;

interface Variant {
  name: string;
  how: string;
  list: FakeList;
  /** What happens once the answers are lost. Returns what is told of it. */
  meanwhile?: (world: World) => Promise<string>;
  /** The provider hides texts for longer than the grace. */
  mustDouble?: boolean;
}

/** Each answer is lost of texts that the provider has accepted: what its list shows decides whether they are sent again. */
const variants: Variant[] = [
  { name: 'control', how: 'control: the list is whole', list: {} },
  {
    name: 'clock-behind',
    how: "the provider's clock is a day behind ours",
    list: { clockAheadMs: -24 * hourMs },
  },
  { name: 'clock-ahead', how: "the provider's clock is a day ahead", list: { clockAheadMs: 24 * hourMs } },
  {
    name: 'clock-jump',
    how: "the database's clock jumps an hour forward, texts are listed after 8 s",
    list: { lagMs: 8000 },
    meanwhile: async (world) => {
      await world.query(
        `UPDATE attempt SET opened_at = opened_at - interval '1 hour', lease_until = lease_until - interval '1 hour',
                check_at = check_at - interval '1 hour', settled_at = settled_at - interval '1 hour'`,
      );
      return 'the grace is watched by another clock';
    },
  },
  {
    name: 'list-empty',
    how: 'the list is empty for 25 s',
    list: { empty: true },
    meanwhile: (world) => showAfter(world, 25),
  },
  {
    name: 'list-redacted',
    how: 'the list shows no bodies for 25 s',
    list: { hideBodies: true },
    meanwhile: (world) => showAfter(world, 25),
  },
  {
    name: 'list-late',
    how: 'the list is behind by 30 s, three times the grace',
    list: { lagMs: 30_000 },
    mustDouble: true,
  },
];

export const absenceScenarios: Scenario[] = variants.map((variant) => ({
  name: `absence: ${variant.name}`,
  run: async (bench) => {
    const world = await bench.world({ extra: { RECONCILE_GRACE_SECONDS: String(graceSeconds) } });
    try {
      return [await lostAnswers(world, variant)];
    } finally {
      await world.end();
    }
  },
}));

async function lostAnswers(
  world: World,
  { how, list, meanwhile, mustDouble: doubles = false }: Variant,
): Promise<Row> {
  // A provider that refuses twins doubles nothing, however late it shows what it holds.
  const refusesTwins = world.fake.wire.twinOf !== undefined;
  const mustDouble = doubles && !refusesTwins;
  const problems: string[] = [];
  await world.start();
  // What the provider is known to hold; its list shows that in time.
  await world.register('K', 3);
  await world.settle('K', 30);
  await sleep(list.lagMs ?? 0);
  await world.play({
    rules: [{ times: alerts, behaviour: { kind: 'drop', accept: true } }],
    // A receipt would settle what the list is to settle.
    receipts: { copies: 0 },
    list,
  });
  await world.register('L', alerts);
  const since = performance.now();
  const isLost = async () => (await world.count(`attempt WHERE detail = 'connection-lost'`)) >= alertsAtOnce;
  await must('answers are lost', isLost, 30_000);
  const told = await meanwhile?.(world);
  const { seconds, tally: settled } = await world.settle('L', 90, since);
  const counted = await countedLate(world, settled.doubled);
  const tally = await world.ledger.tally('L');
  if (counted !== tally.doubled && !refusesTwins) problems.push(`${counted} counted as late`);
  const figure = told ?? (doubles ? `${counted} counted as late` : 'all adopted');
  return {
    fault: 'answers lost',
    how,
    tally,
    seconds,
    figure,
    problems,
    ...(mustDouble ? { mustDouble } : {}),
  };
}

/** The list is whole again after so many seconds. */
async function showAfter(world: World, seconds: number): Promise<string> {
  await sleep(seconds * 1000);
  const held = await world.count(`message WHERE status = 'held' AND reason = 'text-not-shown'`);
  await world.play({ receipts: { copies: 0 } });
  return held > 0 ? `${held} held for a person, and found late` : 'absence is not proved';
}

/** Texts that turn up late are looked for after as long as their attempts are old. */
async function countedLate(world: World, doubled: number): Promise<number> {
  const late = () => world.count(`attempt WHERE late AND status = 'accepted'`);
  await until(async () => (await late()) >= doubled, 90_000);
  return late();
}
