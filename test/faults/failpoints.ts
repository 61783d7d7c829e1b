import type { FailpointName } from '../../src/core/sending/failpoints.js';
import type { FakeBehaviour, FakeScript } from '../support/fake-twilio.script.js';
import type { Bench, Row, Scenario } from './bench.js';
import type { World } from './world.js';

const alerts = 12;

interface Failpoint {
  name: FailpointName;
  expected: string;
  /** What brings the service to the place where it dies. */
  fake: Partial<FakeScript>;
}

/** For the first calls; then the provider is well. */
const first = (behaviour: FakeBehaviour): Partial<FakeScript> => ({
  rules: [{ times: 6, behaviour }],
  // A receipt would settle what reconciliation is to settle here.
  receipts: { copies: 0 },
});
const acceptedAndDropped = first({ kind: 'drop', accept: true });
const refusedWithoutTrace = first({ kind: 'server-error', accept: false });

const failpoints: Failpoint[] = [
  { name: 'before-attempt', expected: 'planned as before', fake: {} },
  { name: 'after-attempt', expected: 'ambiguous, absent, sent', fake: {} },
  { name: 'after-accept', expected: 'adopted', fake: {} },
  { name: 'after-outcome', expected: 'nothing happens', fake: {} },
  { name: 'reconcile-before-adopting', expected: 'adopted', fake: acceptedAndDropped },
  { name: 'reconcile-after-adopting', expected: 'stays adopted', fake: acceptedAndDropped },
  { name: 'reconcile-before-absent', expected: 'sent', fake: refusedWithoutTrace },
  { name: 'reconcile-after-absent', expected: 'sent once', fake: refusedWithoutTrace },
];

/** Those of texts in two phases, which wait for no grace. */
const inTwoPhases: Failpoint[] = [
  { name: 'after-prepare', expected: 'absent at once, sent', fake: {} },
  { name: 'after-handle', expected: 'revoked, sent', fake: {} },
  { name: 'after-accept', expected: 'found by its handle, adopted', fake: {} },
];

/** The process dies as by a power cut at each place of the path where that could cost or double an alert. */
export const failpointScenarios: Scenario[] = [
  ...failpoints.map((failpoint) => ({
    name: failpoint.name,
    run: async (bench: Bench) => [await bench.inSharedWorld((world) => dieAt(failpoint, world, 'failpoint'))],
  })),
  ...inTwoPhases.map((failpoint) => ({
    name: `two-phase ${failpoint.name}`,
    run: async (bench: Bench) => {
      const extra = { RECONCILE_GRACE_SECONDS: '600' };
      const world = await bench.world({ provider: 'solapi-groups', extra });
      return [
        await dieAt(failpoint, world, 'failpoint, in two phases, a grace of 600 s').finally(() =>
          world.end(),
        ),
      ];
    },
  })),
];

async function dieAt({ name, expected, fake }: Failpoint, world: World, how: string): Promise<Row> {
  await world.play(fake);
  await world.register(name, alerts);
  const doomed = await world.spawn({ extra: { CHORONG_FAILPOINT: name } });
  await world.crashed(doomed, 90);
  const since = performance.now();
  await world.start();
  const { seconds, tally } = await world.settle(name, 90, since);
  return { fault: `killed at ${name}`, how, tally, seconds, figure: expected, problems: [] };
}
