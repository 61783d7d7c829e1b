import { setTimeout as sleep } from 'node:timers/promises';
import type { WireName } from '../support/fake-wires.js';
import type { Bench, Row, Scenario } from './bench.js';
import { faulty, killAgainAndAgain } from './kills.js';
import type { Tally } from './ledger.js';
import type { World } from './world.js';

/** The provider takes some releases so long after the call: far past the time-out, the lease and any look at what became of it. */
const lateMs = 15_000;

/** Four calls in ten go wrong; some of them are taken when nobody waits for them any more. */
const late = [
  { probability: 0.08, behaviour: { kind: 'accept-late' as const, afterMs: lateMs } },
  ...faulty.map((rule) => ({ ...rule, probability: (rule.probability ?? 0) * 0.85 })),
];

/** `PHASED_TEXTS=5000 PHASED_KILLS=50` makes a longer run of it. */
const kills = Number(process.env['PHASED_KILLS'] ?? 15);
const each = Math.ceil(Number(process.env['PHASED_TEXTS'] ?? 180) / kills);
/** Texts that come afterwards, from processes that live long enough to take something for absent. */
const unkilled = 120;

interface Variant {
  name: string;
  provider: WireName;
  how: string;
  /** By default it is the longest that the provider asks for, which the run never waits for. */
  graceSeconds: number;
  mustDouble?: boolean;
}

const variants: Variant[] = [
  {
    name: 'on',
    provider: 'solapi-groups',
    graceSeconds: 600,
    how: `SOLAPI's groups, a grace of 600 s that nothing waits for`,
  },
  {
    name: 'off',
    provider: 'solapi',
    graceSeconds: 4,
    mustDouble: true,
    how: 'control: one call a text, a grace of 4 s',
  },
];

/** A provider that takes texts late doubles nothing where they are given to it in two phases. */
export const twoPhaseScenarios: Scenario[] = variants.map((variant) => ({
  name: `two phases: ${variant.name}`,
  run: async (bench) => [await takenLate(bench, variant)],
}));

async function takenLate(bench: Bench, { provider, how, graceSeconds, mustDouble }: Variant): Promise<Row> {
  const world = await bench.world({
    provider,
    extra: { RECONCILE_GRACE_SECONDS: String(graceSeconds) },
  });
  try {
    const script = { rules: late, preparing: faulty };
    await killAgainAndAgain(world, { kills, each, script }, bench.seed);
    // The more texts, the more of them are put off again and again, for minutes in the end.
    await world.settle('K', 120 + (kills * each) / 15);
    await world.play({ ...script, seed: bench.seed, receipts: { copies: 0 } });
    await world.register('L', unkilled);
    const { seconds } = await world.settle('L', 120);
    // What was given up long ago may still be taken.
    await sleep(lateMs + 2000);
    const tally = sumOf(await world.ledger.tally('K'), await world.ledger.tally('L'));
    const revoked = await world.count(`attempt WHERE status = 'absent' AND handle IS NOT NULL`);
    const figure = [
      `${await world.count('attempt')} attempts, ${revoked} revoked`,
      `lateness p99 ${await lateness(world, 'K')} s while it is killed, ${await lateness(world, 'L')} s while it lives`,
    ].join('; ');
    const full = `${how}; kill -9 ${kills} times, faults 4 in 10, some taken ${lateMs / 1000} s late`;
    const row = { fault: 'taken late', how: full, tally, seconds, figure, problems: [] };
    return mustDouble ? { ...row, mustDouble } : row;
  } finally {
    await world.end();
  }
}

/** Seconds from when a text could go out until the provider's answer that it is accepted was committed. */
async function lateness(world: World, prefix: string): Promise<string> {
  const [row] = await world.query<{ seconds: number }>(
    `SELECT percentile_cont(0.99) WITHIN GROUP (ORDER BY extract(epoch FROM t.settled_at - greatest(a.planned_at, a.due_at)))::float8
              AS seconds
     FROM alert a JOIN contract c ON c.id = a.contract_id JOIN attempt t ON t.message_id = a.message_id AND t.status = 'accepted'
     WHERE starts_with(c.reference, $1)`,
    [prefix],
  );
  return (row?.seconds ?? NaN).toFixed(1);
}

function sumOf(one: Tally, other: Tally): Tally {
  const { alerts, texts, lost, doubled, unfinished, strays } = other;
  return {
    alerts: one.alerts + alerts,
    texts: one.texts + texts,
    lost: one.lost + lost,
    doubled: one.doubled + doubled,
    unfinished: one.unfinished + unfinished,
    strays: one.strays + strays,
  };
}
