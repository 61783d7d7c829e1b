// Loaded before the service that is fuzzed: measures each request inside the process, and reports its memory when asked.
import { subscribe } from 'node:diagnostics_channel';
import { setTimeout as sleep } from 'node:timers/promises';

const begun = new WeakMap();

subscribe('http.server.request.start', ({ request }) => {
  if (request.headers['x-fuzz']) begun.set(request, process.cpuUsage());
});

subscribe('http.server.response.finish', ({ request }) => {
  const before = begun.get(request);
  if (!before) return;
  const { user, system } = process.cpuUsage(before);
  process.send({ request: request.headers['x-fuzz'], cpuMs: (user + system) / 1000 });
});

process.on('message', async () => {
  // Twice: what finalisers let go in the first round is collected in the second.
  for (const _ of [1, 2]) {
    globalThis.gc();
    await sleep(50);
  }
  const { heapUsed, external } = process.memoryUsage();
  process.send({ heldMegabytes: (heapUsed + external) / 1024 ** 2 });
});
process.on('disconnect', () => process.exit(1));
process.channel?.unref();
