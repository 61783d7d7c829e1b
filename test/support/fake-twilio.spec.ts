import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { spawnFake, type FakeProvider } from './fake-twilio.js';
import { fakeAccount } from './fake-twilio.wire.js';

let fake: FakeProvider;
let service: Server;
let callback: string;
/** The statuses that were called back, in order. */
const calledBack: string[] = [];

beforeAll(async () => {
  fake = await spawnFake('twilio');
  service = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      calledBack.push(new URLSearchParams(Buffer.concat(chunks).toString()).get('MessageStatus') ?? '');
      response.end();
    });
  });
  await once(service.listen(0, '127.0.0.1'), 'listening');
  callback = `http://127.0.0.1:${(service.address() as AddressInfo).port}/status`;
});
beforeEach(async () => {
  calledBack.length = 0;
  await fake.reset();
});
afterAll(async () => {
  await fake.stop();
  service.closeAllConnections();
  service.close();
});

function call(path: string, init: RequestInit = {}): Promise<Response> {
  const { accountSid, authToken } = fakeAccount;
  const authorization = `Basic ${Buffer.from(`${accountSid}:${authToken}`).toString('base64')}`;
  return fetch(`${fake.baseUrl}/2010-04-01/Accounts/${accountSid}/${path}`, {
    ...init,
    headers: { authorization },
  });
}

const send = (init: RequestInit = {}) =>
  call('Messages.json', {
    method: 'POST',
    body: new URLSearchParams({
      To: '+12125550123',
      From: '+12125550100',
      Body: 'A',
      StatusCallback: callback,
    }),
    ...init,
  });

async function listed(query = ''): Promise<number> {
  const page = (await (await call(`Messages.json?To=%2B12125550123${query}`)).json()) as {
    messages: unknown[];
  };
  return page.messages.length;
}

async function until(condition: () => Promise<boolean> | boolean): Promise<void> {
  while (!(await condition())) await new Promise((resolve) => setTimeout(resolve, 10));
}

it('hides by DateSent what is queued', async () => {
  await fake.play({ steps: [] });
  await send();
  expect(await listed()).toBe(1);
  expect(await listed('&DateSent%3E=2020-01-01')).toBe(0);
});

it('reports each step once, in order', async () => {
  await send();
  await until(() => calledBack.length === 2);
  expect(calledBack).toEqual(['sent', 'delivered']);
});

it('reports twice and in reverse', async () => {
  await fake.play({ receipts: { copies: 2, order: 'reversed' } });
  await send();
  await until(() => calledBack.length === 4);
  expect(calledBack).toEqual(['delivered', 'delivered', 'sent', 'sent']);
});

it('reports before it answers', async () => {
  await fake.play({ steps: [{ status: 'delivered', afterMs: 0 }], receipts: { beforeAnswer: true } });
  await send();
  expect(calledBack).toEqual(['delivered']);
});

it('moves on without a report', async () => {
  await fake.play({ receipts: { copies: 0 } });
  await send();
  await until(async () => (await fake.received()).messages[0]?.status === 'delivered');
  expect(calledBack).toEqual([]);
});

it('accepts late, though the client has gone', async () => {
  await fake.play({ rules: [{ behaviour: { kind: 'accept-late', afterMs: 150 } }], steps: [] });
  await expect(send({ signal: AbortSignal.timeout(50) })).rejects.toThrow();
  expect(await listed()).toBe(0);
  await until(async () => (await listed()) === 1);
});

it('lists late what it accepted at once', async () => {
  await fake.play({ steps: [], list: { lagMs: 150 } });
  await send();
  expect(await listed()).toBe(0);
  await until(async () => (await listed()) === 1);
});

it('faults by the same chance for the same seed', async () => {
  const codes: number[][] = [];
  for (let run = 0; run < 2; run += 1) {
    await fake.play({
      steps: [],
      seed: 7,
      rules: [{ probability: 0.5, behaviour: { kind: 'server-error', accept: false } }],
    });
    const statuses: number[] = [];
    for (let n = 0; n < 12; n += 1) statuses.push((await send()).status);
    codes.push(statuses);
  }
  expect(codes[0]).toEqual(codes[1]);
  expect(new Set(codes[0])).toEqual(new Set([201, 500]));
});
