import { setTimeout as sleep } from 'node:timers/promises';
import { type Row, type Scenario, startServer } from '../faults/bench.js';
import type { Service } from '../faults/service.js';
import { secondsSince } from '../faults/waiting.js';
import { World } from '../faults/world.js';
import { startWorkers } from './machines.js';
import { buildVersionBefore } from './version-before.js';

/** How long both versions work, before anything is replaced, on the schema of the newer one. */
const besideMs = 6000;

/**
 * An upgrade as a rollout does it, while contracts come in: two workers and the API of the version before run on its schema; the migration
 * runs; they go on beside the new schema, and are then replaced one after another.
 */
export const rollingScenario: Scenario = {
  name: 'rolling upgrade',
  run: async (bench) => {
    const before = buildVersionBefore(bench);
    if (!before) return [];
    const server = await startServer(bench.workplace, before.program, 'before');
    const world = await World.make(bench.workplace, server, before.program, { receiptsTo: 'api' });
    try {
      return [await upgrade(world, before.commit, bench.program)];
    } finally {
      await world.end();
    }
  },
};

async function upgrade(world: World, commit: string, program: string): Promise<Row> {
  const workers = await startWorkers(world, 2);
  const api = world.running().filter(({ url }) => url === world.api.url);
  await world.play({ latencyMs: 40 });
  const reader = await Reader.of(world);
  const load = startLoad(world);
  const known = await world.count('migrations');
  await sleep(2000);
  await reader.readAll('version before');

  const began = performance.now();
  await world.runCommand(program, 'migrate.cli.js', { DATABASE_OWNER_URL: world.urls.owner });
  const migrating = secondsSince(began);
  const migrations = (await world.count('migrations')) - known;
  const sentBefore = await sent(world);
  await Promise.all([reader.readAll('version before on the new schema'), sleep(besideMs)]);
  const beside = (await sent(world)) - sentBefore;

  const { id } = await world.api.must<{ id: string }>('GET', '/instance');
  const codes = [
    ...(await replace(world, program, workers, id)),
    ...(await replace(world, program, api, id)),
  ];
  await reader.readAll('new version');
  const registered = await load.stop();
  const running = secondsSince(began);
  const { seconds, tally } = await world.settle('V', 90);
  const cutOff = await world.count(`attempt WHERE detail = 'lease-ran-out'`);
  const log = await world.runCommand(program, 'verify.cli.js').catch((error: unknown) => String(error));
  const fits = log.includes('The log fits');
  const problems = [
    ...codes.filter((code) => code !== 0).map((code) => `a stop ended with ${code ?? 'a signal'}`),
    ...(cutOff > 0 ? [`${cutOff} calls cut off`] : []),
    ...(beside === 0 ? ['the version before sent nothing on the new schema'] : []),
    ...(fits ? [] : [`the log does not fit: ${log}`]),
    ...reader.problems,
  ];
  const repeated =
    [...world.api.repeated].map(([why, times]) => `${times} after ${why}`).join(', ') || 'none';
  const figure = [
    `${registered} contracts in ${running.toFixed(0)} s`,
    `${migrations} migrations in ${migrating.toFixed(1)} s under load`,
    `the version before sent ${beside} texts in the ${besideMs / 1000} s after them`,
    `${reader.paths.length} lists read by each`,
    `calls made again: ${repeated}`,
    ...(fits ? ['the log fits'] : []),
  ].join('; ');
  const how = `from ${commit}: 2 workers and the API, one after another`;
  return { fault: 'rolling upgrade', how, tally, seconds, figure, problems };
}

/** Starts the new version in the place of each process, and returns the codes with which those of the version before ended. */
async function replace(
  world: World,
  program: string,
  services: Service[],
  id: string,
): Promise<(number | null)[]> {
  const codes: (number | null)[] = [];
  for (const [n, service] of services.entries()) {
    await service.stop();
    codes.push(service.exitCode);
    const place =
      service.url === world.api.url
        ? ({ role: 'api', name: 'api' } as const)
        : ({ role: 'worker', name: `worker-${n + 1}` } as const);
    await world.start({ ...place, program, extra: { CHORONG_INSTANCE: id } });
    await sleep(1000);
  }
  return codes;
}

/** Registers contracts until it is stopped; a call is made again until it is answered with 2xx, or fails the run. */
function startLoad(world: World): { stop(): Promise<number> } {
  let isOver = false;
  let registered = 0;
  const load = (async () => {
    while (!isOver) {
      await world.register('V', 10);
      registered += 10;
    }
  })();
  // Whoever stops it gets its failure.
  load.catch(() => undefined);
  return {
    stop: async () => {
      isOver = true;
      await load;
      return registered;
    },
  };
}

async function sent(world: World): Promise<number> {
  return world.count(`attempt WHERE status = 'accepted'`);
}

/** Reads every list of the API that the version before has, and that it answers. */
class Reader {
  readonly problems: string[] = [];

  private constructor(
    private readonly world: World,
    readonly paths: string[],
  ) {}

  static async of(world: World): Promise<Reader> {
    const answer = await fetch(`${world.api.url}/openapi.json`);
    const { paths } = (await answer.json()) as { paths: Record<string, { get?: object }> };
    const all = Object.keys(paths).filter((path) => paths[path]?.get && !path.includes('{'));
    const read = await Promise.all(
      all.map(async (path) => ((await statusOf(world, path)) < 300 ? path : '')),
    );
    return new Reader(world, read.filter(Boolean));
  }

  /** An answer of 5xx, or none, may be mended by asking again; any other is a problem. */
  async readAll(by: string): Promise<void> {
    for (const path of this.paths) {
      let status = 0;
      for (let tries = 0; tries < 5 && (status === 0 || status >= 500); tries += 1) {
        if (tries > 0) await sleep(500);
        status = await statusOf(this.world, path);
      }
      if (status < 200 || status > 299) this.problems.push(`${by}: GET ${path} answers ${status}`);
    }
  }
}

/** Returns 0 where nothing is answered. */
async function statusOf({ api }: World, path: string): Promise<number> {
  try {
    const answer = await fetch(api.url + path, {
      headers: { authorization: `Bearer ${api.key}` },
      signal: AbortSignal.timeout(40_000),
    });
    await answer.arrayBuffer();
    return answer.status;
  } catch {
    return 0;
  }
}
