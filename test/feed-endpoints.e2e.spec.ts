import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Webhook } from 'standardwebhooks';
import type { Role } from '../src/core/access/roles.js';
import type { EndpointView } from '../src/core/feed/endpoints/endpoint.schema.js';
import { isInside } from '../src/core/feed/endpoints/outside.js';
import { FeedPushing } from '../src/core/feed/endpoints/pushing.service.js';
import type { FeedItem, FeedPage } from '../src/core/feed/feed.schema.js';
import { Sequencer } from '../src/core/transparency/sequencer.service.js';
import { ok, problem } from './support/api-client.js';
import { aContact, aCounterparty } from './support/builders.js';
import { startService, type TestService } from './support/service.js';

interface Heard {
  headers: IncomingHttpHeaders;
  body: string;
}

/** A receiver that answers as a test lets it. */
class Receiver {
  heard: Heard[] = [];
  status = 204;
  location: string | null = null;

  private constructor(private readonly server: Server) {
    server.on('request', (request, response) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => {
        this.heard.push({ headers: request.headers, body: Buffer.concat(chunks).toString() });
        response.writeHead(this.status, this.location ? { location: this.location } : {}).end();
      });
    });
  }

  static async open(): Promise<Receiver> {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    return new Receiver(server);
  }

  get origin(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  items(): FeedItem[] {
    return this.heard.map(({ body }) => (JSON.parse(body) as { data: FeedItem }).data);
  }

  close(): void {
    this.server.close();
    this.server.closeAllConnections();
  }
}

let receiver: Receiver;
let other: Receiver;
let service: TestService;

beforeAll(async () => {
  [receiver, other] = [await Receiver.open(), await Receiver.open()];
  service = await startService({ environment: { CHORONG_FEED_INSIDE: receiver.origin } });
  await service.startAt('2026-03-02T09:00:00+09:00');
});
afterAll(async () => {
  await service.close();
  receiver.close();
  other.close();
});
beforeEach(async () => {
  await service.sql(`UPDATE feed_endpoint SET status = 'removed'`);
  Object.assign(receiver, { heard: [], status: 204, location: null });
});

const kinds = ['contract', 'milestone', 'message'];
const register = async (more: object = {}) =>
  ok(
    await service.admin.post<{ id: string; secret: string }>('/feed/endpoints', {
      url: `${receiver.origin}/chorong?for=tests`,
      kinds,
      ...more,
    }),
  );
const endpoint = async (id: string) => {
  const { items } = ok(await service.admin.get<{ items: EndpointView[] }>('/feed/endpoints'));
  return items.find((one) => one.id === id);
};

/** Delivers what is due, as if all waiting were over. */
async function push(): Promise<void> {
  await service.app.get(Sequencer).sequence();
  await service.sql(`UPDATE feed_endpoint SET next_at = clock_timestamp() - interval '1 second'`);
  await service.app.get(FeedPushing).pushDue();
}

const readAll = async (after: number) =>
  ok(await service.admin.get<FeedPage>(`/feed?after=${after}&limit=500`)).items;

it('pushes what the feed has, in its order, signed, and says nothing of anybody', async () => {
  const { id, secret } = await register();
  const { after = 0 } = (await endpoint(id)) ?? {};
  const counterparties = [
    aCounterparty({ name: '(주)비밀건설', contacts: [aContact({ name: '남모름', phone: '010-0000-8321' })] }),
  ];
  await service.register({ title: '비밀 공사', counterparties });
  await service.advanceTo('2026-03-05T09:00:00+09:00');
  await push();
  expect(receiver.items()).toEqual(await readAll(after));
  expect(receiver.items().length).toBeGreaterThanOrEqual(4);
  for (const { headers, body } of receiver.heard) {
    const { type, data } = new Webhook(secret).verify(body, headers as Record<string, string>) as {
      type: string;
      data: FeedItem;
    };
    expect(type).toBe(`${data.kind}.${data.status}`);
    expect(headers['webhook-id']).toBe(data.id);
    expect(body).not.toMatch(/비밀|남모름|8321/);
  }
  const { headers = {}, body = '' } = receiver.heard[0] ?? {};
  const stranger = new Webhook(`whsec_${Buffer.alloc(32, 1).toString('base64')}`);
  expect(() => stranger.verify(body, headers as Record<string, string>)).toThrow('signature');
  await push();
  expect(receiver.items()).toEqual(await readAll(after));
});

it('pushes the kinds that are wanted, from the place that is named', async () => {
  await register({ kinds: ['contract'], after: 0 });
  await push();
  const contracts = (await readAll(0)).filter(({ kind }) => kind === 'contract');
  expect(receiver.items()).toEqual(contracts);
  expect(
    problem(await service.admin.post('/feed/endpoints', { url: receiver.origin, kinds: ['flag'] })),
  ).toMatchObject({ status: 400, code: 'validation-failed' });
});

it('gives a receiver that was away for an hour all that it missed, in order and once', async () => {
  const { id } = await register();
  const { after = 0 } = (await endpoint(id)) ?? {};
  receiver.status = 503;
  const waits: number[] = [];
  // An hour of waiting, at 15 minutes at the most each time.
  for (let hour = 0; hour < 3600;) {
    await service.register();
    await push();
    const [row] = await service.sql<{ seconds: number }>(
      `SELECT extract(epoch FROM next_at - clock_timestamp())::float8 AS seconds FROM feed_endpoint WHERE id = $1`,
      [id],
    );
    waits.push(row?.seconds ?? 0);
    hour += row?.seconds ?? 0;
  }
  expect(waits[0]).toBeLessThan(3);
  expect(Math.max(...waits)).toBeGreaterThan(400);
  expect(Math.max(...waits)).toBeLessThanOrEqual(900);
  expect(new Set(receiver.items().map((item) => item.id)).size).toBe(1);
  expect(await endpoint(id)).toMatchObject({ status: 'active', lastFailure: 'http-503', after });
  Object.assign(receiver, { heard: [], status: 200 });
  await push();
  expect(receiver.items()).toEqual(await readAll(after));
  expect(receiver.items().length).toBe(waits.length);
  expect(await endpoint(id)).toMatchObject({ status: 'active', failingSince: null, lastFailure: null });
});

it('pauses an endpoint that fails for a day, tells admins, and goes on when they say so', async () => {
  const { id } = await register();
  receiver.status = 500;
  await service.register();
  await push();
  await service.sql(
    `UPDATE feed_endpoint SET failing_since = clock_timestamp() - interval '23 hours' WHERE id = $1`,
    [id],
  );
  await push();
  expect(await endpoint(id)).toMatchObject({ status: 'active' });
  await service.sql(
    `UPDATE feed_endpoint SET failing_since = clock_timestamp() - interval '25 hours' WHERE id = $1`,
    [id],
  );
  await push();
  expect(await endpoint(id)).toMatchObject({ status: 'paused', lastFailure: 'http-500' });
  const { EndpointsMail } = await import('../src/office/rounds/endpoints-mail.js');
  const mailTo = (role: Role) => {
    const caller = {
      keyId: id,
      accountId: null,
      name: 'somebody',
      role,
      departmentId: null,
      officerId: null,
    };
    return service.app.get(EndpointsMail).paragraphsFor({ caller, locale: 'en' });
  };
  expect(await mailTo('admin')).toEqual([expect.stringContaining(new URL(receiver.origin).host)]);
  expect(await mailTo('auditor')).toEqual([]);
  const calls = receiver.heard.length;
  await push();
  expect(receiver.heard.length).toBe(calls);
  Object.assign(receiver, { heard: [], status: 200 });
  ok(await service.admin.post(`/feed/endpoints/${id}/resume`));
  await push();
  expect(receiver.items()).toHaveLength(1);
  expect(await mailTo('admin')).toEqual([]);
  expect(problem(await service.admin.post(`/feed/endpoints/${id}/resume`)).status).toBe(404);
});

it('pauses at once when the receiver says that it is gone, and pushes nothing to what was removed', async () => {
  const { id } = await register();
  receiver.status = 410;
  await service.register();
  await push();
  expect(await endpoint(id)).toMatchObject({ status: 'paused', lastFailure: 'http-410' });
  ok(await service.admin.post(`/feed/endpoints/${id}/resume`));
  ok(await service.admin.delete(`/feed/endpoints/${id}`));
  receiver.heard = [];
  await push();
  expect(receiver.heard).toEqual([]);
  expect(await endpoint(id)).toBeUndefined();
  const [row] = await service.sql(`SELECT secret_sealed FROM feed_endpoint WHERE id = $1`, [id]);
  expect(row).toEqual({ secret_sealed: null });
});

it('does not follow a redirect', async () => {
  const { id } = await register();
  Object.assign(receiver, { status: 302, location: `${other.origin}/inside` });
  await service.register();
  await push();
  expect(await endpoint(id)).toMatchObject({ lastFailure: 'http-302' });
  expect(other.heard).toEqual([]);
});

it('lets the secret before sign beside its successor for a day', async () => {
  const { id, secret: first } = await register();
  const { secret: second = '' } = ok(
    await service.admin.post<{ secret?: string }>(`/feed/endpoints/${id}/secret`),
  );
  const opens = async (secret: string) => {
    receiver.heard = [];
    await service.register();
    await push();
    const { headers = {}, body = '' } = receiver.heard[0] ?? {};
    try {
      return Boolean(new Webhook(secret).verify(body, headers as Record<string, string>));
    } catch {
      return false;
    }
  };
  expect([await opens(first), await opens(second)]).toEqual([true, true]);
  await service.sql(`UPDATE feed_endpoint SET former_until = clock_timestamp() WHERE id = $1`, [id]);
  expect([await opens(first), await opens(second)]).toEqual([false, true]);
  expect(JSON.stringify(await endpoint(id))).not.toMatch(/whsec|secret/);
});

describe('what is inside the network', () => {
  it.each([
    'http://projects.example.go.kr/',
    'https://10.1.2.3/',
    'https://169.254.169.254/latest',
    'https://0x7f.1/',
    'https://[::1]/',
    'https://[::ffff:192.168.0.1]/',
    'https://user:secret@projects.example.go.kr/',
  ])('is no address of an endpoint: %s', async (url) => {
    expect(problem(await service.admin.post('/feed/endpoints', { url, kinds }))).toMatchObject({
      status: 422,
      code: 'endpoint-address',
    });
  });

  it('is not called by a name that leads there', async () => {
    const { port } = new URL(other.origin);
    const { id } = await register({ url: `https://localhost:${port}/` });
    await service.register();
    await push();
    expect(await endpoint(id)).toMatchObject({ lastFailure: 'address-inside' });
  });

  it('is told from what is outside', () => {
    const outside = ['8.8.8.8', '1.1.1.1', '172.32.0.1', '2606:4700::1111', '::ffff:8.8.8.8'];
    const within = ['127.0.0.1', '172.31.0.1', '100.64.0.1', 'fe80::1', 'fd00::1', '::', '64:ff9b::a00:1'];
    expect([...outside.filter(isInside), ...within.filter((one) => !isInside(one))]).toEqual([]);
  });
});
