import { createServer } from 'node:net';
import type { Service } from '../faults/service.js';
import type { World, WorldWish } from '../faults/world.js';

/** Starts workers beside each other; all but the first are vouched for by the id of the instance. */
export async function startWorkers(
  world: World,
  count: number,
  extra: WorldWish['extra'] = {},
): Promise<Service[]> {
  const first = await world.start({ role: 'worker', name: 'worker-1', extra });
  const { id } = await world.api.must<{ id: string }>('GET', '/instance');
  const others = Array.from({ length: count - 1 }, (_, n) =>
    world.start({ role: 'worker', name: `worker-${n + 2}`, extra: { ...extra, CHORONG_INSTANCE: id } }),
  );
  return [first, ...(await Promise.all(others))];
}

/** Returns whether somebody listens at a port of this machine. */
export function isOpen(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const probe = createServer();
    probe.once('error', () => resolve(true));
    probe.listen(port, '127.0.0.1', () => probe.close(() => resolve(false)));
  });
}
