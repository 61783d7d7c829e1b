import { once } from 'node:events';
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { Pool } from 'undici';
import { startFakeTwilio, type FakeTwilio } from '../../../../test/support/fake-twilio.js';
import { fakeAccount } from '../../../../test/support/fake-twilio.wire.js';
import { callOnce } from '../call-once.js';
import { TwilioProvider } from './twilio.provider.js';

const to = '+12125550123';
const aText = (n = 0) => ({
  attemptId: `01900000-0000-7000-8000-00000000000${n}`,
  to,
  text: `Text ${n}`,
});

const aProvider = (baseUrl: string, changes: { timeoutMs?: number; connections?: number } = {}) =>
  new TwilioProvider({
    ...fakeAccount,
    messagingServiceSid: null,
    from: '+12125550100',
    baseUrl,
    publicUrl: 'http://127.0.0.1:9',
    // Far beyond what a call needs on a busy machine; what is to time out is given less.
    timeoutMs: 20_000,
    connections: 4,
    ...changes,
  });

/** A bare TCP server: what it does with a connection is the test's. */
async function aListener(onConnection: (socket: Socket) => void) {
  const sockets = new Set<Socket>();
  const server: Server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => {});
    onConnection(socket);
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const close = async () => {
    for (const socket of sockets) socket.destroy();
    server.close();
    await once(server, 'close');
  };
  return { port: (server.address() as AddressInfo).port, close };
}

describe('what was never written is refused, to be tried again', () => {
  it('nobody listens', async () => {
    const listener = await aListener(() => {});
    await listener.close();
    const provider = aProvider(`http://127.0.0.1:${listener.port}`);
    expect(await provider.send(aText())).toMatchObject({
      kind: 'refused',
      code: 'connection-refused',
      action: 'retry',
    });
    await provider.close();
  });

  it('the name cannot be resolved', async () => {
    const provider = aProvider('http://twilio.invalid');
    expect(await provider.send(aText())).toMatchObject({
      kind: 'refused',
      code: 'name-not-resolved',
      action: 'retry',
    });
    await provider.close();
  });

  it('the other side speaks no TLS', async () => {
    const listener = await aListener((socket) => socket.end('HTTP/1.1 200 OK\r\n\r\n'));
    const provider = aProvider(`https://127.0.0.1:${listener.port}`);
    expect(await provider.send(aText())).toMatchObject({
      kind: 'refused',
      code: 'tls-failed',
      action: 'retry',
    });
    await provider.close();
    await listener.close();
  });

  it('the connection is reset inside the TLS handshake', async () => {
    const listener = await aListener((socket) => socket.resetAndDestroy());
    const provider = aProvider(`https://127.0.0.1:${listener.port}`);
    expect(await provider.send(aText())).toMatchObject({ kind: 'refused', action: 'retry' });
    await provider.close();
    await listener.close();
  });

  it('a black hole: the handshake never ends', async () => {
    const listener = await aListener(() => {});
    const provider = aProvider(`https://127.0.0.1:${listener.port}`, { timeoutMs: 300 });
    const outcomes = await Promise.all([1, 2, 3, 4, 5, 6].map((n) => provider.send(aText(n))));
    for (const outcome of outcomes) {
      expect(outcome).toMatchObject({ kind: 'refused', code: 'not-sent-in-time', action: 'retry' });
    }
    await listener.close();
    await provider.close();
  });

  it('the provider is closed', async () => {
    const provider = aProvider('http://127.0.0.1:9');
    await provider.close();
    expect(await provider.send(aText())).toMatchObject({ kind: 'refused', code: 'closing', action: 'retry' });
    await provider.close();
  });
});

describe('what was written and not answered is ambiguous', () => {
  it('the connection is reset after the request', async () => {
    const listener = await aListener((socket) => socket.once('data', () => socket.resetAndDestroy()));
    const provider = aProvider(`http://127.0.0.1:${listener.port}`);
    expect(await provider.send(aText())).toMatchObject({ kind: 'ambiguous' });
    await provider.close();
    await listener.close();
  });

  it('the answer trickles in past the time-out', async () => {
    let trickle: NodeJS.Timeout | undefined;
    let trickled = 0;
    const listener = await aListener((socket) =>
      socket.once('data', () => {
        socket.write('HTTP/1.1 201 Created\r\nContent-Length: 1000\r\n\r\n');
        trickle = setInterval(() => {
          socket.write(' ');
          trickled += 1;
        }, 50);
      }),
    );
    // Long enough to be written in on a busy machine, and far shorter than the answer would take.
    const provider = aProvider(`http://127.0.0.1:${listener.port}`, { timeoutMs: 2000 });
    expect(await provider.send(aText())).toMatchObject({ kind: 'ambiguous' });
    expect(trickled).toBeLessThan(1000);
    clearInterval(trickle);
    await provider.close();
    await listener.close();
  });

  it('is not written a second time when a kept connection breaks under it', async () => {
    let requests = 0;
    const listener = await aListener((socket) =>
      socket.on('data', () => {
        requests += 1;
        if (requests > 1) return socket.resetAndDestroy();
        const body = `{"sid":"SM${'0'.repeat(32)}"}`;
        socket.write(`HTTP/1.1 201 Created\r\nContent-Length: ${body.length}\r\n\r\n${body}`);
      }),
    );
    const provider = aProvider(`http://127.0.0.1:${listener.port}`, { connections: 1 });
    expect(await provider.send(aText(1))).toMatchObject({ kind: 'accepted' });
    expect(await provider.send(aText(2))).toMatchObject({ kind: 'ambiguous' });
    expect(requests).toBe(2);
    await provider.close();
    await listener.close();
  });
});

describe('a call that waits for a connection', () => {
  let fake: FakeTwilio;
  let pool: Pool;
  beforeAll(async () => {
    fake = await startFakeTwilio();
    pool = new Pool(fake.baseUrl, { connections: 1 });
  });
  afterAll(async () => {
    await pool.close();
    await fake.stop();
  });

  const call = (body: string, timeoutMs: number, notAfter?: number) => {
    const { accountSid, authToken } = fakeAccount;
    const headers = {
      authorization: `Basic ${Buffer.from(`${accountSid}:${authToken}`).toString('base64')}`,
      'content-type': 'application/x-www-form-urlencoded',
    };
    const form = new URLSearchParams({ To: to, From: '+12125550100', Body: body }).toString();
    const path = `/2010-04-01/Accounts/${accountSid}/Messages.json`;
    return callOnce(pool, { path, method: 'POST', headers, body: form }, timeoutMs, notAfter);
  };

  it('is never written once its time is over, though the connection comes free, and costs it nothing', async () => {
    const late = { textIncludes: 'Text 1', behaviour: { kind: 'accept-late', afterMs: 500 } } as const;
    await fake.play({ rules: [late] });
    const first = call('Text 1', 60_000);
    await expect(call('Text 2', 100)).rejects.toMatchObject({ reason: 'not-sent-in-time', written: false });
    expect(await first).toMatchObject({ status: 201 });
    expect(await call('Text 3', 60_000)).toMatchObject({ status: 201 });
    const { requests } = await fake.received();
    expect(requests.map((request) => request.form.Body)).toEqual(['Text 1', 'Text 3']);
    expect(new Set(requests.map((request) => request.port)).size).toBe(1);
  });

  it('is not written past its last moment, though its own time is not over', async () => {
    await fake.play({ rules: [] });
    const { requests: before } = await fake.received();
    // As a process sees it that stood still between setting the moment and writing: no timer has run yet.
    await expect(call('Text 4', 60_000, performance.now() - 1)).rejects.toMatchObject({
      reason: 'not-sent-in-time',
      written: false,
    });
    expect(await call('Text 5', 60_000, performance.now() + 60_000)).toMatchObject({ status: 201 });
    const { requests } = await fake.received();
    expect(requests.slice(before.length).map((request) => request.form.Body)).toEqual(['Text 5']);
  });
});
