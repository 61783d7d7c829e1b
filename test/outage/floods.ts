import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Bench } from '../faults/bench.js';
import type { Service } from '../faults/service.js';
import type { World } from '../faults/world.js';
import { countsText, startFlood } from './flood.js';
import { Probe, signIn, watch } from './watch.js';

/** Contracts a second that are registered, each with a text that is due at once. */
const perSecond = 15;
const seconds = 15;

/** What the issue asks for: with the flood against without it. */
const mostLaterMs = 200;
const mostPageMs = 1000;
const mostGrowthMb = 250;

export interface FloodRow {
  load: string;
  texts: number;
  /** Milliseconds from the answer to the registration until the provider had the text. */
  lateMs: { half: number; most: number };
  pageMs: { half: number; most: number };
  /** Megabytes of the process at their most. */
  memoryMb: number;
  flood: string;
}

/** One process does everything; texts go out at a rate, a person looks at pages, without a flood and beside one. */
export async function measureFloods(bench: Bench): Promise<{ rows: FloodRow[]; problems: string[] }> {
  const world = await bench.world({ extra: { DATABASE_POOL: '20', REQUEST_STALL_SECONDS: '5' } });
  try {
    const service = await world.start();
    const cookie = await signIn(world, service.url);
    await measure(world, service, cookie, 'warming up', 'W', null);
    const quiet = await measure(world, service, cookie, 'no flood', 'N', null);
    const wish = { parallel: 64, slow: 300, pipelined: 10_000 };
    const load = '64 loops of public pages, 300 slow connections, 10,000 requests on one connection';
    const flooded = await measure(world, service, cookie, load, 'F', wish);
    return { rows: [quiet, flooded], problems: problemsOf(quiet, flooded, service) };
  } finally {
    await world.end();
  }
}

function problemsOf(quiet: FloodRow, flooded: FloodRow, service: Service): string[] {
  const later = flooded.lateMs.most - quiet.lateMs.most;
  return [
    ...(later > mostLaterMs ? [`texts were ${later.toFixed(0)} ms later`] : []),
    ...(flooded.pageMs.most > mostPageMs ? [`a page took ${flooded.pageMs.most.toFixed(0)} ms`] : []),
    ...(flooded.memoryMb - quiet.memoryMb > mostGrowthMb ? ['the memory grew'] : []),
    ...(flooded.texts < quiet.texts ? ['texts are missing'] : []),
    ...(service.running ? [] : ['the service ended']),
  ];
}

async function measure(
  world: World,
  service: Service,
  cookie: string,
  load: string,
  prefix: string,
  wish: Parameters<typeof startFlood>[1] | null,
): Promise<FloodRow> {
  const pages = new Probe('pages', `${service.url}/console`, { cookie });
  const endFlood = wish ? startFlood(service.url, wish) : null;
  if (endFlood) await sleep(2000);
  let memoryMb = 0;
  const watchingMemory = setInterval(() => (memoryMb = Math.max(memoryMb, memoryOf(service.pid))), 200);
  const endWatch = watch([pages]);
  const answeredAt = new Map<string, number>();
  const registrations: Promise<unknown>[] = [];
  for (const contract of world.ledger.expect(prefix, perSecond * seconds)) {
    registrations.push(
      world.api.register(contract).then(() => answeredAt.set(contract.reference, Date.now())),
    );
    await sleep(1000 / perSecond);
  }
  await Promise.all(registrations);
  await endWatch();
  clearInterval(watchingMemory);
  await world.settle(prefix, 60);
  const flood = endFlood ? countsText(await endFlood()) : '–';
  const { messages } = await world.fake.received();
  const late = [...answeredAt].flatMap(([reference, at]) => {
    const text = messages.find(({ body }) => body.includes(reference));
    return text ? [text.createdAt - at] : [];
  });
  return { load, texts: late.length, lateMs: spread(late), pageMs: spread(pages.ms), memoryMb, flood };
}

/** The half and the 99th percentile. */
function spread(values: number[]): { half: number; most: number } {
  const sorted = [...values].sort((a, b) => a - b);
  const at = (share: number) => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? NaN;
  return { half: at(0.5), most: at(0.99) };
}

/** Of Linux alone; 0 elsewhere. */
function memoryOf(pid: number): number {
  try {
    return Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0) / 1024;
  } catch {
    return 0;
  }
}
