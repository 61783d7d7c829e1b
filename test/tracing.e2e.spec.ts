import { execFileSync } from 'node:child_process';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { inSpan, startTracing } from '../src/platform/tracing.js';
import { ok } from './support/api-client.js';
import { aContact, aCounterparty } from './support/builders.js';
import { startFakeTwilio, type FakeTwilio } from './support/fake-twilio.js';
import { startService, type TestService } from './support/service.js';
import { until } from './support/until.js';

interface Sent {
  resourceSpans: {
    scopeSpans: { spans: { name: string; spanId: string; parentSpanId?: string }[] }[];
  }[];
}

/** Everything that a collector of OpenTelemetry was sent, as it came. */
const bodies: Buffer[] = [];
let collector: Server;
let service: TestService;
let twilio: FakeTwilio;
let stopTracing: () => Promise<void>;
beforeAll(async () => {
  collector = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      expect([request.method, request.url]).toEqual(['POST', '/v1/traces']);
      bodies.push(Buffer.concat(chunks));
      response.setHeader('content-type', 'application/json').end('{}');
    });
  }).listen(0, '127.0.0.1');
  await until('the collector listens', () => collector.listening);
  const endpoint = `http://127.0.0.1:${(collector.address() as AddressInfo).port}`;
  stopTracing = await startTracing({ endpoint, role: 'all' });
  twilio = await startFakeTwilio();
  service = await startService({
    role: 'all',
    twilio,
    environment: { OTEL_EXPORTER_OTLP_ENDPOINT: endpoint },
  });
  await service.openAtAllHours();
});
afterAll(async () => {
  await service.stop();
  await twilio.stop();
  await new Promise((done) => collector.close(done));
});

const secrets = {
  reference: 'C-2026-7777',
  title: '별빛로 육교보수공사',
  party: '(주)반달토건',
  contact: '한서우',
  number: '010-0000-7654',
};

it('sends spans of requests, drains and calls to a collector, and nothing of anybody in them', async () => {
  const contact = aContact({ name: secrets.contact, phone: secrets.number });
  await service.registerDue({
    reference: secrets.reference,
    title: secrets.title,
    counterparties: [aCounterparty({ name: secrets.party, contacts: [contact] })],
  });
  const officer = await service.person('auditor');
  await officer.get(`/console/contracts?q=${encodeURIComponent(secrets.party)}`);
  ok(await service.admin.get(`/contracts?reference=${secrets.reference}`));
  await until('the text is sent', async () => (await twilio.received()).messages.length > 0);
  await expect(
    inSpan('failing', {}, () => Promise.reject(new TypeError(`cannot read ${secrets.number}`))),
  ).rejects.toThrow();
  await until(
    'the text is known to be sent',
    async () => (await service.sql(`SELECT 1 FROM attempt WHERE status = 'accepted'`)).length > 0,
  );
  // Closing waits for the drain, which ends with its turn.
  await service.app.close();
  await stopTracing();

  const spans = bodies
    .map((body) => JSON.parse(body.toString()) as Sent)
    .flatMap(({ resourceSpans }) => resourceSpans.flatMap(({ scopeSpans }) => scopeSpans))
    .flatMap((scope) => scope.spans);
  const names = new Set(spans.map(({ name }) => name));
  for (const name of ['POST /api/v1/contracts', 'GET /console/contracts', 'drain', 'call', 'failing'])
    expect(names).toContain(name);
  const call = spans.find(({ name }) => name === 'call');
  expect(spans.find(({ spanId }) => spanId === call?.parentSpanId)?.name).toBe('drain');

  const sent = bodies.map((body) => body.toString()).join('\n');
  expect(sent).toContain('TypeError');
  const [text] = (await twilio.received()).messages;
  const digits = secrets.number.replaceAll('-', '');
  const kept = [
    ...Object.values(secrets),
    digits,
    `+82${digits.slice(1)}`,
    digits.slice(-8),
    '7654',
    text?.sid ?? '',
    text?.body ?? '',
    service.ground.adminKey,
    'Bearer',
    'postgres:',
    'SELECT',
    '127.0.0.1',
    ...Object.values(secrets).map((value) => encodeURIComponent(value)),
  ];
  for (const value of kept) {
    expect(value).not.toBe('');
    expect([value, sent.includes(value)]).toEqual([value, false]);
  }
});

it('does not load the SDK while no collector is named', () => {
  const program = `
    import { createRequire } from 'node:module';
    const { startTracing } = await import('./dist/src/platform/tracing.js');
    await (await startTracing(null))();
    const loaded = Object.keys(createRequire(import.meta.url).cache);
    console.log(loaded.length > 0, loaded.filter((path) => path.includes('@opentelemetry/') && !path.includes('@opentelemetry/api/')).length);
    await startTracing({ endpoint: 'http://127.0.0.1:9', role: 'all' });
    console.log(Object.keys(createRequire(import.meta.url).cache).some((path) => path.includes('@opentelemetry/sdk-trace')));
    process.exit();`;
  const said = execFileSync(process.execPath, ['--input-type=module', '-e', program], { encoding: 'utf8' });
  expect(said).toBe('true 0\ntrue\n');
});
