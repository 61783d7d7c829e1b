import { BrakesService } from '../src/core/sending/brakes.service.js';
import { Routing } from '../src/core/sending/routing.js';
import { aContact, aCounterparty, aNumber } from './support/builders.js';
import type { FakeTwilio } from './support/fake-twilio.js';
import type { FakeBehaviour } from './support/fake-twilio.script.js';
import { secondSender, startBothFakes, startWithBoth } from './support/second-provider.js';
import { senderNumber, type TestService } from './support/service.js';
import { until } from './support/until.js';

// Two providers, each with a fake over HTTP, that share what is new.

let twilioFake: FakeTwilio;
let secondFake: FakeTwilio;
let service: TestService;

/** Starts the service, or starts it again on what it left behind, with these routes. */
async function start(routes: string): Promise<void> {
  const environment = { SMS_PROVIDER: 'twilio', SMS_ROUTES: routes };
  service = await startWithBoth({ twilioFake, secondFake }, environment, service);
}

beforeAll(async () => {
  ({ twilioFake, secondFake } = await startBothFakes());
  await start('*=twilio+second');
  await service.openAtAllHours();
});
afterAll(async () => {
  await service.close();
  await twilioFake.stop();
  await secondFake.stop();
});
beforeEach(async () => {
  await service.sql(
    `UPDATE message SET status = 'failed', next_attempt_at = NULL, poll_at = NULL WHERE status IN ('waiting', 'accepted')`,
  );
  await service.sql(`UPDATE attempt SET status = 'absent', detail = NULL, provider = 'forgotten'`);
  for (const fake of [twilioFake, secondFake]) {
    await fake.reset();
    await play(fake);
  }
});

/** Lets a fake meet every text like this, without a receipt. */
const play = (fake: FakeTwilio, ...behaviours: FakeBehaviour[]) =>
  fake.play({
    rules: behaviours.map((behaviour, n) => ({ behaviour, probability: 1 / (behaviours.length - n) })),
    steps: [],
    receipts: { copies: 0 },
  });

async function dueTexts(count: number, phoneOf = () => aNumber()): Promise<string[]> {
  const ids: string[] = [];
  for (let n = 0; n < count; n += 1) {
    const counterparties = [aCounterparty({ contacts: [aContact({ phone: phoneOf() })] })];
    ids.push((await service.registerDue({ counterparties })).id);
  }
  return ids;
}

interface Sent {
  contract: string;
  provider: string;
  sender: string;
  status: string;
  text: string;
  attempts: string[];
}

/** What became of contracts' texts, with the statuses of their attempts and whose they were. */
function sentOf(contracts: string[]): Promise<Sent[]> {
  return service.sql<Sent>(
    `SELECT a.contract_id AS contract, m.provider, m.sender, m.status, m.text,
            ARRAY(SELECT t.provider || ' ' || t.status FROM attempt t WHERE t.message_id = m.id ORDER BY t.id) AS attempts
     FROM message m JOIN alert a ON a.message_id = m.id WHERE a.contract_id = ANY($1)`,
    [contracts],
  );
}

/** Reads anew how the providers do, as each process does a second after it did last. */
async function look(): Promise<Record<string, number>> {
  const standings = await service.app.get(Routing)['standings'].read();
  return Object.fromEntries([...standings].map(([name, { share }]) => [name, share]));
}

/** Lets so many seconds have passed since calls erred. */
const age = (seconds: number) =>
  service.sql(
    `UPDATE attempt SET opened_at = opened_at - $1 * interval '1 second' WHERE detail IS NOT NULL`,
    [seconds],
  );

/** Expects that each text is at one provider, once. */
async function expectNoneDoubled(): Promise<void> {
  const texts = (await Promise.all([twilioFake, secondFake].map((fake) => fake.received()))).flatMap(
    ({ messages }) => messages.map(({ to, body }) => `${to} ${body}`),
  );
  expect(new Set(texts).size).toBe(texts.length);
}

it('sends through the provider of the number’s country, whose sender the text has, and elsewhere by the rest', async () => {
  await start('KR=second');
  const korean = await dueTexts(2);
  const other = await dueTexts(2, () => `+1212555${String(1000 + Math.floor(Math.random() * 9000))}`);
  expect(await service.drain()).toBe(4);
  for (const sent of await sentOf(korean))
    expect(sent).toMatchObject({ provider: 'second', sender: secondSender, attempts: ['second accepted'] });
  for (const sent of await sentOf(other))
    expect(sent).toMatchObject({ provider: 'twilio', sender: senderNumber, attempts: ['twilio accepted'] });
});

it('divides numbers by the weights, and stays with a number’s provider', async () => {
  await start('*=twilio:75+second:25');
  const phones = Array.from({ length: 40 }, () => aNumber());
  const first = await dueTexts(40, () => phones.pop() ?? '');
  expect(await service.drain()).toBe(40);
  const sent = await sentOf(first);
  const ofSecond = sent.filter(({ provider }) => provider === 'second');
  expect(ofSecond.length).toBeGreaterThan(1);
  expect(ofSecond.length).toBeLessThan(22);

  const [known] = ofSecond;
  const received = (await secondFake.received()).messages.find(({ body }) => body === known?.text);
  const again = await dueTexts(3, () => received?.to ?? '');
  while ((await service.drain()) > 0);
  for (const { provider } of await sentOf(again)) expect(provider).toBe('second');
});

describe('a provider that goes down', () => {
  const routes = '*=twilio:100+second:0';

  /** Sends texts at a fake that fails each of them, and keeps every second one. Returns the contracts. */
  async function fail(count: number): Promise<string[]> {
    await play(
      twilioFake,
      { kind: 'server-error', status: 503, accept: true },
      { kind: 'drop', accept: false },
    );
    const contracts = await dueTexts(count);
    expect(await service.drain()).toBe(count);
    return contracts;
  }

  it('loses its share at the fiftieth error, not at the forty-ninth, and wins it back', async () => {
    await start(routes);
    await fail(49);
    expect(await look()).toEqual({ twilio: 100, second: 100 });
    await fail(1);
    expect(await look()).toEqual({ twilio: 0, second: 100 });
    const moved = await dueTexts(5);
    const began = performance.now();
    expect(await service.drain()).toBe(5);
    expect(performance.now() - began).toBeLessThan(2000);
    for (const sent of await sentOf(moved))
      expect(sent).toMatchObject({ provider: 'second', sender: secondSender, status: 'accepted' });
    expect(service.heard.logs.filter((line) => line.includes('has lost of its share'))).toEqual([
      expect.stringMatching(/"provider":"twilio","share":0,"why":"errors"/),
    ]);

    await play(twilioFake);
    await age(65);
    expect(await look()).toEqual({ twilio: 10, second: 100 });
    await age(540);
    expect(await look()).toEqual({ twilio: 100, second: 100 });
    const back = await dueTexts(3);
    expect(await service.drain()).toBe(3);
    for (const { provider } of await sentOf(back)) expect(provider).toBe('twilio');
    await expectNoneDoubled();
  });

  it('has erred where a call ended openly or could not be made, and not by our crash, a brake, a refusal or its pace', async () => {
    await start(routes);
    await dueTexts(50);
    expect(await service.drain()).toBe(50);
    const shareAfter = async (detail: string) => {
      await service.sql(`UPDATE attempt SET detail = $1 WHERE provider = 'twilio'`, [detail]);
      return (await look())['twilio'];
    };
    for (const error of ['timed-out', 'http-503', 'http-408', 'connection-refused', 'answer-unreadable'])
      expect([error, await shareAfter(error)]).toEqual([error, 0]);
    for (const other of ['lease-ran-out', 'paused', 'too-many-requests', 'text-too-long', 'http-404'])
      expect([other, await shareAfter(other)]).toEqual([other, 100]);
  });

  it('keeps what is ambiguous until it is settled, and sends it again by itself alone', async () => {
    await start(routes);
    const failed = await fail(50);
    expect(await look()).toMatchObject({ twilio: 0 });
    const passed = async () => {
      await service.letTimePass();
      await service.sweep();
      return service.drain();
    };
    await twilioFake.play({ list: { failStatus: 500 }, steps: [] });
    for (let n = 0; n < 3; n += 1) expect(await passed()).toBe(0);
    for (const { attempts, provider } of await sentOf(failed))
      expect({ attempts, provider }).toEqual({ attempts: ['twilio ambiguous'], provider: 'twilio' });

    await play(twilioFake);
    await until('all are settled', async () => {
      await passed();
      return !(await sentOf(failed)).some(({ attempts }) => attempts.includes('twilio ambiguous'));
    });
    const ways = new Set((await sentOf(failed)).map(({ attempts }) => attempts.join(', ')));
    // What the list that failed kept from being proved absent waits for a person.
    ways.delete('twilio absent');
    expect(ways).toEqual(new Set(['twilio accepted', 'twilio absent, twilio accepted']));
    expect((await secondFake.received()).messages).toEqual([]);
    await expectNoneDoubled();
  });

  it('is as good as the others where all are down: nothing is lost', async () => {
    await start('*=twilio+second');
    const down: FakeBehaviour = { kind: 'server-error', status: 503, accept: false };
    await play(twilioFake, down);
    await play(secondFake, down);
    await dueTexts(60);
    await service.drain();
    // As many at each.
    await service.sql(
      `UPDATE attempt SET detail = 'http-503', opened_at = clock_timestamp(), suspect = false, provider = p.name
       FROM (SELECT id, (ARRAY['twilio', 'second'])[1 + row_number() OVER () % 2] AS name FROM attempt
             WHERE id IN (SELECT id FROM attempt ORDER BY id DESC LIMIT 120)) p WHERE p.id = attempt.id`,
    );
    expect(await look()).toEqual({ twilio: 0, second: 0 });
    await play(twilioFake);
    await play(secondFake);
    const later = await dueTexts(6);
    expect(await service.drain()).toBe(6);
    for (const { status } of await sentOf(later)) expect(status).toBe('accepted');
  });
});

it('shows what each provider carries, and why it is not what was set, on the page of brakes and as metrics', async () => {
  await start('KR=twilio:75+second:25');
  await dueTexts(50);
  expect(await service.drain()).toBe(50);
  await service.sql(
    `UPDATE attempt SET provider = 'second', detail = 'timed-out', opened_at = clock_timestamp() - interval '3 minutes'
     WHERE id IN (SELECT id FROM attempt ORDER BY id DESC LIMIT 50)`,
  );
  expect(await look()).toEqual({ twilio: 100, second: 30 });
  const page = (await (await service.person('admin')).get('/console/settings/brakes')).text;
  const rows = [...page.matchAll(/<tr>\s*<td>(.*?)<\/tr>/gs)].map(([row]) =>
    row
      .replace(/<[^>]*>/g, ' ')
      .replace(/\s+/g, ' ')
      .trim(),
  );
  expect(rows).toEqual([
    expect.stringMatching(/^대한민국 twilio \+12125550100 93% \(설정 75%\)$/),
    expect.stringMatching(/^대한민국 second \+12125550199 8% \(설정 25%\) 3분 전, 1분 안에 오류가 많이 나서/),
    expect.stringMatching(/^그 밖의 나라 twilio \+12125550100 100% \(설정 100%\)$/),
  ]);
  await dueTexts(1);
  await service.drain();
  const { body } = await service.app.inject({ method: 'GET', url: '/metrics' });
  expect(body).toContain('chorong_provider_share{provider="second"} 30');
  expect(body).toMatch(/chorong_call_seconds_count\{provider="twilio",outcome="accepted"\} [1-9]/);
  const genuine = (await service.app.inject({ method: 'GET', url: '/genuine' })).body;
  for (const sender of [senderNumber, secondSender]) expect(genuine).toContain(sender.slice(1));
});

it('leaves fewer new texts to a provider whose texts take longer than five minutes', async () => {
  await start('*=twilio+second');
  await dueTexts(40);
  expect(await service.drain()).toBe(40);
  // Of twilio's all were delivered after three minutes; of the second's none has been heard of for six minutes.
  await service.sql(
    `UPDATE message SET frozen_at = clock_timestamp() - interval '6 minutes',
       status = CASE provider WHEN 'twilio' THEN 'delivered' ELSE 'accepted' END,
       final_at = CASE provider WHEN 'twilio' THEN clock_timestamp() - interval '3 minutes' END
     WHERE id IN (SELECT id FROM message ORDER BY id DESC LIMIT 40)`,
  );
  await service.app.get(Routing)['slowness'].read();
  const { twilio, second: ofSecond } = await look();
  expect(twilio).toBeGreaterThan(50);
  expect(ofSecond).toBeLessThan(60);
});

describe('a brake', () => {
  const release = () =>
    service.sql(
      `UPDATE brake SET released_at = now(), released_by = 'test', release_reason = 'test' WHERE released_at IS NULL`,
    );
  afterEach(release);
  const pull = (scope: string, target: string) =>
    service.admin.post('/brakes', { scope, target, reason: 'test' });

  it('on a sender, or its route to a country, lets texts go by the other', async () => {
    await start('*=twilio:100+second:0');
    await pull('sender', senderNumber);
    const texts = await dueTexts(2);
    expect(await service.drain()).toBe(2);
    await release();
    // Of routes the service itself pulls the brake.
    const route = { scope: 'route', target: `${senderNumber}/KR`, reason: 'route-refused-21408' } as const;
    await service.app.get(BrakesService).pullBrake('system', route);
    texts.push(...(await dueTexts(2)));
    expect(await service.drain()).toBe(2);
    for (const { provider } of await sentOf(texts)) expect(provider).toBe('second');
    const elsewhere = await dueTexts(1, () => '+12125550177');
    expect(await service.drain()).toBe(1);
    for (const { provider } of await sentOf(elsewhere)) expect(provider).toBe('twilio');
  });

  it('on both senders holds everything until one is released', async () => {
    await start('*=twilio+second');
    await pull('sender', senderNumber);
    await pull('sender', secondSender);
    const texts = await dueTexts(2);
    expect(await service.drain()).toBe(0);
    expect(await sentOf(texts)).toEqual([]);
  });

  it('on a department or a template is not walked around by another provider', async () => {
    await start('*=twilio+second');
    const [first = '', ...others] = await dueTexts(6);
    const { departmentId } = await service.contract(first);
    await pull('department', departmentId);
    expect(await service.drain()).toBe(0);
    await release();
    for (const { key } of await service.sql<{ key: string }>(`SELECT DISTINCT key FROM template_version`))
      await pull('template', key);
    expect(await service.drain()).toBe(0);
    expect(await sentOf([first, ...others])).toEqual([]);
  });
});
