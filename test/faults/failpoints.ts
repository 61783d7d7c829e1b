import type { FailpointName } from '../../src/core/sending/failpoints.js';
import type { FakeBehaviour, FakeScript } from '../support/fake-twilio.script.js';
import type { Row, Scenario } from './bench.js';
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

/** The process dies as by a power cut at each place of the path where that could cost or double an alert. */
export const failpointScenarios: Scenario[] = failpoints.map((failpoint) => ({
  name: failpoint.name,
  run: async (bench) => [await bench.inSharedWorld((world) => dieAt(failpoint, world))],
}));

async function dieAt({ name, expected, fake }: Failpoint, world: World): Promise<Row> {
  await world.play(fake);
  await world.register(name, alerts);
  const doomed = await world.spawn({ extra: { CHORONG_FAILPOINT: name } });
  await world.crashed(doomed, 90);
  const since = performance.now();
  await world.start();
  const { seconds, tally } = await world.settle(name, 90, since);
  return { fault: `killed at ${name}`, how: 'failpoint', tally, seconds, figure: expected, problems: [] };
}
