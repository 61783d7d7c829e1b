import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

interface FloodWish {
  /** Loops that ask for public pages, each again as soon as it was answered. */
  parallel?: number;
  /** Connections that never end their headers. */
  slow?: number;
  /** Requests that one connection sends without waiting for an answer. */
  pipelined?: number;
}

export interface FloodCounts {
  answered: Record<string, number>;
  failed: number;
  slowClosed: number;
  pipesClosed: number;
}

/** Starts a flood of strangers at an address. Returns what ends it, and says what they were answered. */
export function startFlood(address: string, wish: FloodWish): () => Promise<FloodCounts> {
  const program = fileURLToPath(new URL('./flood.mjs', import.meta.url));
  const child = spawn(process.execPath, [program, address, JSON.stringify(wish)], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  child.stdin.on('error', () => undefined);
  const lines = createInterface(child.stdout);
  return async () => {
    child.stdin.write('end\n');
    const [line] = (await once(lines, 'line')) as [string];
    await once(child, 'exit');
    return JSON.parse(line) as FloodCounts;
  };
}

/** Writes what a flood was answered, such as `200: 512, 503: 40`. */
export function countsText({ answered, failed }: FloodCounts): string {
  const statuses = Object.entries(answered).map(([status, n]) => `${status}: ${n}`);
  return [...statuses, ...(failed > 0 ? [`no answer: ${failed}`] : [])].join(', ');
}
