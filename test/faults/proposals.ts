import { setTimeout as sleep } from 'node:timers/promises';
import { Api, daysFromToday } from './api.js';
import type { Scenario } from './bench.js';
import { faulty } from './kills.js';
import { randomBy, secondsSince } from './waiting.js';
import type { World } from './world.js';

const kills = 21;
/** Contracts of which a change is proposed in each life of the process, one for each decision. */
const decisions = ['approved', 'refused', 'waiting'] as const;
const proposed = 'P-change';

/** The start is two days ahead, and its text is put off by the change; what is due at once has nothing to do with it. */
const [starts, putOff, ends] = [daysFromToday(2), daysFromToday(60), daysFromToday(300)];

interface Outcome {
  reference: string;
  state: string;
  proposals: number;
  isChanged: boolean;
  /** Milestones that planning has put on the day on which the contract starts. */
  planned: number;
  changes: number;
  decided: number;
  flags: number;
}

/** Acts wait for a second person, are approved and refused by two at once, while the process is killed again and again. */
export const proposalsScenario: Scenario = {
  name: 'proposals',
  run: async (bench) => {
    const world = await bench.world({ receiptsTo: 'api' });
    try {
      const problems: string[] = [];
      const random = randomBy(bench.seed);
      await world.register(proposed, kills * decisions.length, { startsOn: starts, endsOn: ends });
      const auditors = [await auditor(world, 'first'), await auditor(world, 'second')];
      await world.play({ rules: faulty, seed: bench.seed, latencyMs: 120, receipts: { delayMs: 30 } });
      const contracts = await world.query<{ id: string; reference: string }>(
        `SELECT id, reference FROM contract WHERE starts_with(reference, $1) ORDER BY reference`,
        [proposed],
      );
      const work: Promise<void>[] = [];
      const begin = (task: Promise<void>) => {
        // Awaited at the end; until then, when something else breaks, it is nobody's.
        task.catch(() => undefined);
        work.push(task);
      };
      const began = performance.now();
      for (let life = 0; life < kills; life += 1) {
        const service = await world.spawn({});
        await service.ready();
        begin(world.register('P-due', 4));
        for (const [n, decision] of decisions.entries()) {
          const contract = contracts[life * decisions.length + n];
          if (contract) begin(proposeAndDecide(world, contract.id, decision, auditors));
        }
        await sleep(random() * 1000);
        await service.kill();
        problems.push(...(await halfDone(world)));
      }
      const running = secondsSince(began);
      await world.play({});
      await world.start();
      await Promise.all(work);
      const { seconds, tally } = await world.settle('P', 120);
      const outcomes = await outcomesOf(world);
      problems.push(...outcomes.flatMap(wrongIn));
      const counted = decisions.map(
        (decision) => `${outcomes.filter(({ state }) => state === decision).length} ${decision}`,
      );
      const figure = `${kills} kills in ${running.toFixed(0)} s; ${counted.join(', ')}, each once`;
      const how = 'kill -9 while changes wait, and two decide each at once';
      return [{ fault: 'killed at decisions', how, tally, seconds, figure, problems }];
    } finally {
      await world.end();
    }
  },
};

async function auditor(world: World, name: string): Promise<string> {
  return (await world.api.must<{ key: string }>('POST', '/api-keys', { name, role: 'auditor' })).key;
}

/** Asks the process that is killed, as long as it takes. */
async function proposeAndDecide(
  world: World,
  contractId: string,
  decision: Outcome['state'],
  auditors: string[],
): Promise<void> {
  const officer = new Api(world.serviceUrl, world.api.key);
  const body = { startsOn: putOff, reason: 'The site is not free yet' };
  const { proposal } = await insist<{ proposal: { id: string } }>(
    officer,
    'PATCH',
    `/contracts/${contractId}`,
    body,
  );
  if (decision === 'waiting') return;
  const path = `/proposals/${proposal.id}/${decision === 'approved' ? 'approve' : 'refuse'}`;
  const said =
    decision === 'approved' ? { note: 'The company confirmed it' } : { reason: 'The company knows nothing' };
  await Promise.all(auditors.map((key) => insist(new Api(world.serviceUrl, key), 'POST', path, said)));
}

/** Until it is answered; 409 is the answer to what was decided already. */
async function insist<T>(api: Api, method: string, path: string, body: unknown): Promise<T> {
  for (const end = performance.now() + 600_000; performance.now() < end; await sleep(50)) {
    const answer = await api.call<T>(method, path, body).catch(() => null);
    if (answer && (answer.status < 300 || answer.status === 409)) return answer.body;
    if (answer && answer.status < 500 && answer.status !== 429)
      throw new Error(`${method} ${path} answered ${answer.status}: ${JSON.stringify(answer.body)}`);
  }
  throw new Error(`${method} ${path} is not answered`);
}

/** A change whose proposal is not approved, or that is missing although it is. */
async function halfDone(world: World): Promise<string[]> {
  const rows = await world.query<{ reference: string; state: string }>(
    `SELECT c.reference, p.state FROM contract c JOIN proposal p ON p.contract_id = c.id
     WHERE (c.starts_on = $1) <> (p.state = 'approved')`,
    [putOff],
  );
  return rows.map(({ reference, state }) => `${reference} is half done: ${state}`);
}

function outcomesOf(world: World): Promise<Outcome[]> {
  const count = (from: string) => `(SELECT count(*)::int FROM ${from} AND x.contract_id = c.id)`;
  return world.query<Outcome & Record<string, unknown>>(
    `SELECT c.reference, (SELECT max(state) FROM proposal x WHERE x.contract_id = c.id) AS state, c.starts_on = $2 AS "isChanged",
       ${count('proposal x WHERE true')} AS proposals,
       ${count('milestone x WHERE x.date = c.starts_on')} AS planned,
       ${count(`change x WHERE x.subject = 'contract' AND x.params ->> 'field' = 'startsOn'`)} AS changes,
       ${count(`change x WHERE x.subject = 'proposal' AND x.what <> 'proposed'`)} AS decided,
       ${count('flag x WHERE x.approved_by IS NOT NULL')} AS flags
     FROM contract c WHERE starts_with(c.reference, $1) ORDER BY c.reference`,
    [proposed, putOff],
  );
}

function wrongIn(outcome: Outcome, n: number): string[] {
  const wanted = decisions[n % decisions.length];
  const done = wanted === 'approved' ? 1 : 0;
  const is = [outcome.state, outcome.proposals, outcome.isChanged, outcome.planned > 0].join(' ');
  const counts = [outcome.changes, outcome.flags, outcome.decided].join(' ');
  const expected = [wanted, 1, done === 1, true].join(' ');
  const isRight = is === expected && counts === [done, done, wanted === 'waiting' ? 0 : 1].join(' ');
  return isRight ? [] : [`${outcome.reference}: ${is}, changes, flags and decisions ${counts}`];
}
