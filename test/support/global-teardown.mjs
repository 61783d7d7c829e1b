import { rmSync } from 'node:fs';
import { dirname } from 'node:path';

export default async function globalTeardown() {
  const { server, dataDir } = globalThis.chorongTestServer ?? {};
  if (!server) return;
  await server.stop();
  const home = dirname(server.dataPath);
  for (const folder of new Set([dataDir, home])) rmSync(folder, { recursive: true, force: true });
}
