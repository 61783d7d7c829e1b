import { once } from 'node:events';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { until } from '../../../test/support/until.js';
import { makeServer, type ServerLimits } from './http-server.js';

let server: Server;

/** Sends the head of a request to a server that never answers. Returns both ends of it. */
async function send(head: string, limits: ServerLimits) {
  server = makeServer(() => undefined, limits);
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const asked = once(server, 'request') as Promise<[IncomingMessage, ServerResponse]>;
  const socket = connect((server.address() as AddressInfo).port, '127.0.0.1');
  socket.write(`${head}\r\nHost: h\r\n\r\n`);
  const [request, response] = await asked;
  return { socket, request, response };
}

afterEach(() => {
  jest.useRealTimers();
  server.closeAllConnections();
  server.close();
});

it('closes a connection on which nothing moves, though an answer is being made', async () => {
  const { socket } = await send('GET / HTTP/1.1', { stallSeconds: 30, idleMs: 50 });
  await until('it is closed', () => socket.closed);
});

it.each([
  ['10 kB', 10_000, false],
  ['a byte less', 9999, true],
])('lets a body bring 1 kB a second: in ten seconds %s', async (_what, bytes, isRefused) => {
  // Only the looks at the body are made to pass.
  jest.useFakeTimers({
    doNotFake: ['Date', 'setTimeout', 'clearTimeout', 'setImmediate', 'nextTick', 'queueMicrotask'],
  });
  const head = 'POST / HTTP/1.1\r\nContent-Length: 20000';
  const { socket, request, response } = await send(head, { stallSeconds: 10, idleMs: 600_000 });
  const before = request.socket.bytesRead;
  socket.write('x'.repeat(bytes));
  await until('it was brought', () => request.socket.bytesRead - before === bytes);
  jest.advanceTimersByTime(9999);
  expect(response.headersSent).toBe(false);
  jest.advanceTimersByTime(1);
  expect(response.headersSent).toBe(isRefused);
});

it('closes at once beside a connection on which nothing was asked, and waits for what was', async () => {
  const { socket, response } = await send('GET / HTTP/1.1', { stallSeconds: 3600, idleMs: 3_600_000 });
  const asksNothing = connect((server.address() as AddressInfo).port, '127.0.0.1').resume();
  await once(server, 'connection');
  const closed = once(server, 'close');
  server.close();
  await once(asksNothing, 'close');
  expect(socket.closed).toBe(false);
  const heard = once(socket, 'data');
  response.end('answered');
  await closed;
  expect(String(await heard)).toContain('answered');
}, 60_000);
