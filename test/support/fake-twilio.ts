import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { FakeMessage, FakeRecord, FakeScript } from './fake-twilio.script.js';
import { FakeProviderServer, type FakeReport } from './fake-twilio.server.js';
import { type FakeAccount, fakeAccount, TwilioWire } from './fake-twilio.wire.js';
import type { FakeWire } from './fake-wire.js';
import { type WireName, wires } from './fake-wires.js';

/** A stateful fake of a provider's API, and how a test drives it. */
export interface FakeProvider {
  baseUrl: string;
  wire: FakeWire;
  /** The variables of a service that sends through it and is reported to there. */
  environment(publicUrl: string): Promise<Record<string, string>>;
  /** Sends the reports there that no send names an address for. */
  reportTo(publicUrl: string): Promise<void>;
  /** Replaces the whole script; what is left out takes its default. */
  play(script: Partial<FakeScript>): Promise<void>;
  received(): Promise<FakeRecord>;
  /** Reports on a message by hand, and waits until the callback is answered. */
  report(report: FakeReport): Promise<void>;
  /** Forgets messages, requests and receipts, and goes back to the default script. */
  reset(): Promise<void>;
  stop(): Promise<void>;
}

/** A fake of Twilio's Messages API. */
export interface FakeTwilio extends FakeProvider {
  account: FakeAccount;
}

/** In this process. `held`: texts that it has accepted before. */
export async function startFakeTwilio(
  account: FakeAccount = fakeAccount,
  held: FakeMessage[] = [],
): Promise<FakeTwilio> {
  return { ...(await startFake(new TwilioWire(account), held)), account };
}

/** A fake of any provider, in this process. */
export async function startFake(wire: FakeWire, held: FakeMessage[] = []): Promise<FakeProvider> {
  const server = new FakeProviderServer(wire, held);
  const port = await server.listen();
  return driver(`http://127.0.0.1:${port}`, wire, () => server.close());
}

/** In a process of its own, which lives through kills of the service under test and ends with this one. */
export async function spawnFake(name: WireName): Promise<FakeProvider> {
  const main = join(process.cwd(), 'test/support/fake-twilio.main.mjs');
  const child = spawn(process.execPath, [main, name], { stdio: ['pipe', 'pipe', 'inherit'] });
  const lines = createInterface(child.stdout);
  const [line] = (await Promise.race([
    once(lines, 'line'),
    once(child, 'exit').then(() => Promise.reject(new Error('the fake provider did not start'))),
  ])) as [string];
  return driver(line, wires[name](), async () => {
    if (child.exitCode !== null) return;
    child.stdin.end();
    await once(child, 'exit');
  });
}

function driver(baseUrl: string, wire: FakeWire, stop: () => Promise<void>): FakeProvider {
  const post = async (path: string, body: unknown) => {
    const answer = await fetch(baseUrl + path, { method: 'POST', body: JSON.stringify(body) });
    if (!answer.ok) throw new Error(`the fake answered ${answer.status}: ${await answer.text()}`);
    await answer.arrayBuffer();
  };
  const reportTo = (publicUrl: string) => post('/_control', { reportTo: publicUrl });
  return {
    baseUrl,
    wire,
    reportTo,
    environment: async (publicUrl) => {
      await reportTo(publicUrl);
      return { SMS_PROVIDER: wire.provider, PUBLIC_URL: publicUrl, ...wire.environment(baseUrl) };
    },
    play: (script) => post('/_control', { script }),
    received: async () => (await (await fetch(`${baseUrl}/_received`)).json()) as FakeRecord,
    report: (report) => post('/_receipt', report),
    reset: () => post('/_control', { script: {}, forget: true }),
    stop,
  };
}
