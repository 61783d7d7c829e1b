import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { FakeMessage, FakeRecord, FakeScript } from './fake-twilio.script.js';
import { FakeTwilioServer, type FakeAccount, type FakeReport } from './fake-twilio.server.js';

/** Made up; the shape is Twilio's. */
export const fakeAccount: FakeAccount = {
  accountSid: `AC${'0123456789abcdef'.repeat(2)}`,
  authToken: 'fedcba9876543210'.repeat(2),
};

/** A stateful fake of Twilio's Messages API, and how a test drives it. */
export interface FakeTwilio {
  baseUrl: string;
  account: FakeAccount;
  /** Replaces the whole script; what is left out takes its default. */
  play(script: Partial<FakeScript>): Promise<void>;
  received(): Promise<FakeRecord>;
  /** Reports on a message by hand, and waits until the callback is answered. */
  report(report: FakeReport): Promise<void>;
  /** Forgets messages, requests and receipts, and goes back to the default script. */
  reset(): Promise<void>;
  stop(): Promise<void>;
}

/** In this process. `held`: texts that it has accepted before. */
export async function startFakeTwilio(
  account: FakeAccount = fakeAccount,
  held: FakeMessage[] = [],
): Promise<FakeTwilio> {
  const server = new FakeTwilioServer(account, held);
  const port = await server.listen();
  return driver(`http://127.0.0.1:${port}`, account, () => server.close());
}

/** In a process of its own, which lives through kills of the service under test and ends with this one. */
export async function spawnFakeTwilio(account: FakeAccount = fakeAccount): Promise<FakeTwilio> {
  const main = join(process.cwd(), 'test/support/fake-twilio.main.mjs');
  const child = spawn(process.execPath, [main, JSON.stringify(account)], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const lines = createInterface(child.stdout);
  const [line] = (await Promise.race([
    once(lines, 'line'),
    once(child, 'exit').then(() => Promise.reject(new Error('the fake Twilio did not start'))),
  ])) as [string];
  return driver(line, account, async () => {
    if (child.exitCode !== null) return;
    child.stdin.end();
    await once(child, 'exit');
  });
}

function driver(baseUrl: string, account: FakeAccount, stop: () => Promise<void>): FakeTwilio {
  const post = async (path: string, body: unknown) => {
    const answer = await fetch(baseUrl + path, { method: 'POST', body: JSON.stringify(body) });
    if (!answer.ok) throw new Error(`the fake Twilio answered ${answer.status}: ${await answer.text()}`);
    await answer.arrayBuffer();
  };
  return {
    baseUrl,
    account,
    play: (script) => post('/_control', { script }),
    received: async () => (await (await fetch(`${baseUrl}/_received`)).json()) as FakeRecord,
    report: (report) => post('/_receipt', report),
    reset: () => post('/_control', { script: {}, forget: true }),
    stop,
  };
}
