import { setTimeout as sleep } from 'node:timers/promises';
import type { FeedItem, FeedPage } from '../src/core/feed/feed.schema.js';
import { Journal } from '../src/core/proof/journal.service.js';
import { Sequencer } from '../src/core/transparency/sequencer.service.js';
import { Database } from '../src/platform/database/database.js';
import { newId } from '../src/platform/ids.js';
import { type ApiClient, ok, problem } from './support/api-client.js';
import { aContact, aCounterparty } from './support/builders.js';
import { startService, type TestService } from './support/service.js';
import { until } from './support/until.js';

let service: TestService;
let roads: string;
let parks: string;
let auditor: ApiClient;

beforeAll(async () => {
  service = await startService();
  await service.startAt('2026-03-02T09:00:00+09:00');
  [roads, parks] = [await service.departmentId('ROADS'), await service.departmentId('PARKS')];
  auditor = await service.as('auditor');
});
afterAll(() => service.close());

const numbered = () => service.app.get(Sequencer).sequence();

/** Reads from a place to the end, as programs do. */
async function readFrom(client: ApiClient, after = 0, limit = 500): Promise<FeedItem[]> {
  const items: FeedItem[] = [];
  for (let next = after; ;) {
    const page = ok(await client.get<FeedPage>(`/feed?after=${next}&limit=${limit}`));
    items.push(...page.items);
    if (page.isAtEnd) return items;
    if (page.nextAfter <= next) throw new Error(`the feed does not go on from ${next}`);
    next = page.nextAfter;
  }
}

async function endOf(client: ApiClient): Promise<number> {
  await numbered();
  const { nextAfter } = ok(await client.get<FeedPage>(`/feed?after=${await sizeNow()}`));
  return nextAfter;
}

async function sizeNow(): Promise<number> {
  const [row] = await service.sql<{ size: number }>(`SELECT count(*)::int AS size FROM log_entry`);
  return row?.size ?? 0;
}

const told = ({ kind, code, status }: FeedItem) => [kind, code, status];

/** Registers a contract of roads and suspends it, which keeps its contact from being told. */
async function flagged() {
  const contract = await service.register();
  ok(await service.admin.post(`/contracts/${contract.id}/suspend`, { on: '2026-03-03', reason: 'rain' }));
  return contract;
}

describe('the feed', () => {
  it('tells what became of a contract, its milestones and its texts, in order, and says nothing of anybody', async () => {
    const start = await endOf(service.admin);
    const counterparties = [
      aCounterparty({
        name: '(주)비밀건설',
        contacts: [aContact({ name: '남모름', phone: '010-0000-8123' })],
      }),
    ];
    const { id, reference } = await service.register({ title: '비밀 공사', counterparties });
    await service.advanceTo('2026-03-05T09:00:00+09:00');
    const day = { occurredOn: '2026-03-04', note: '비밀 메모' };
    ok(await service.admin.post(`/contracts/${id}/milestones/advance-payment/occurrences`, day));
    ok(await service.admin.post(`/contracts/${id}/suspend`, { on: '2026-03-05', reason: '비밀 사유' }));
    await numbered();
    const answer = await service.admin.get<FeedPage>(`/feed?after=${start}&limit=500`);
    const own = ok(answer).items.filter(({ contracts }) => contracts.some((one) => one.id === id));
    expect(own.map(told)).toEqual([
      ['contract', null, 'signed'],
      ['message', null, 'sending'],
      ['message', null, 'accepted'],
      ['message', null, 'delivered'],
      ['milestone', 'advance-payment', 'occurred'],
      ['contract', null, 'suspended'],
    ]);
    const [message] = await service.sql<{ id: string }>(
      `SELECT message_id AS id FROM alert WHERE contract_id = $1 AND message_id IS NOT NULL`,
      [id],
    );
    expect(own.map(({ subjectId }) => subjectId)).toEqual([
      id,
      ...Array<string>(3).fill(message?.id ?? ''),
      id,
      id,
    ]);
    expect(own.map(({ contracts }) => contracts)).toEqual(own.map(() => [{ id, reference }]));
    expect(answer.text).not.toMatch(/비밀|남모름|8123|rain/);
    const entries = await service.sql<{ sequence: number; id: string }>(
      `SELECT (index + 1)::int AS sequence, leaf_id AS id FROM log_entry WHERE leaf_id = ANY($1) ORDER BY index`,
      [own.map((item) => item.id)],
    );
    expect(own.map(({ sequence, id: leaf }) => ({ sequence, id: leaf }))).toEqual(entries);
  });

  it('begins behind the place that is named, and goes on page by page without a repetition', async () => {
    await flagged();
    await numbered();
    const whole = await readFrom(service.admin);
    expect(await readFrom(service.admin, 0, 1)).toEqual(whole);
    const [first, second] = whole;
    const { items } = ok(await service.admin.get<FeedPage>(`/feed?after=${first?.sequence}&limit=1`));
    expect(items).toEqual([second]);
  });

  it('shows a contract to its department, and to the one that it moved to in place of the one that it left', async () => {
    const { id } = await service.register();
    await numbered();
    const sees = async (client: ApiClient) =>
      (await readFrom(client)).some(({ contracts }) => contracts.some((one) => one.id === id));
    const [ofRoads, ofParks] = [await service.as('officer', roads), await service.as('officer', parks)];
    expect([await sees(ofRoads), await sees(ofParks)]).toEqual([true, false]);
    ok(await service.admin.patch(`/contracts/${id}`, { departmentId: parks, reason: 'reorganised' }));
    expect([await sees(ofRoads), await sees(ofParks)]).toEqual([false, true]);
  });

  it('names, of the contracts of a digest, those that the reader sees', async () => {
    const phone = '010-0000-8456';
    const parties = () => [aCounterparty({ contacts: [aContact({ phone })] })];
    const start = await endOf(service.admin);
    const made = [
      await service.register({ signedOn: '2026-03-09', counterparties: parties() }),
      await service.register({ signedOn: '2026-03-09', counterparties: parties() }),
      await service.register({ signedOn: '2026-03-09', counterparties: parties() }),
    ];
    ok(await service.admin.patch(`/contracts/${made[2]?.id}`, { departmentId: parks, reason: 'theirs' }));
    await service.advanceTo('2026-03-12T09:00:00+09:00');
    await numbered();
    const ids = made.map((contract) => contract.id).sort();
    const digestOf = async (client: ApiClient) =>
      (await readFrom(client, start))
        .find(({ kind, contracts }) => kind === 'message' && contracts.some((one) => ids.includes(one.id)))
        ?.contracts.map((one) => one.id);
    expect(await digestOf(service.admin)).toEqual(ids);
    expect(await digestOf(await service.as('officer', parks))).toEqual([made[2]?.id]);
  });

  it('tells of flags to auditors alone, and to others as if there were none', async () => {
    const start = await endOf(service.admin);
    const { id } = await flagged();
    ok(
      await auditor.post('/flags/close', {
        contractId: id,
        kind: 'not-told',
        finding: 'explained',
        note: 'seen',
      }),
    );
    await numbered();
    const all = await readFrom(auditor, start);
    expect(all.filter(({ kind }) => kind === 'flag').map(told)).toEqual([
      // Its signing was due two days before it was registered.
      ['flag', 'registered-late', 'open'],
      ['flag', 'not-told', 'open'],
      ['flag', 'not-told', 'closed'],
    ]);
    const others = all.filter(({ kind }) => kind !== 'flag');
    for (const client of [
      service.admin,
      await service.as('manager', roads),
      await service.as('officer', roads),
    ])
      expect(await readFrom(client, start)).toEqual(others);
  });

  it('misses nothing that four writers commit in a shuffled order', async () => {
    const { id: contractId } = await service.register();
    let after = await endOf(auditor);
    const heard: string[] = [];
    const listen = async () => {
      await numbered();
      const items = await readFrom(auditor, after);
      heard.push(...items.map((item) => item.subjectId));
      after = items.at(-1)?.sequence ?? after;
    };
    const written: string[] = [];
    for (let round = 0; round < 10; round += 1) {
      const gates = [0, 1, 2, 3].map(() => {
        const gate = {
          open: () => undefined as void,
          opened: Promise.resolve(),
          wrote: () => undefined as void,
          done: Promise.resolve(),
        };
        gate.opened = new Promise((resolve) => (gate.open = resolve));
        gate.done = new Promise((resolve) => (gate.wrote = resolve));
        return gate;
      });
      const writers: Promise<void>[] = [];
      // Their leaves get their ids in this order, and become visible in another.
      for (const gate of gates) {
        const subjects = [newId(), newId()];
        written.push(...subjects);
        writers.push(
          service.app.get(Database).inTransaction(async () => {
            const body = { kind: 'not-told', contract_id: contractId };
            await service.app
              .get(Journal)
              .leaves(subjects.map((subjectId) => ({ kind: 'flag', subjectId, body })));
            gate.wrote();
            await gate.opened;
          }),
        );
        await gate.done;
      }
      const order = [...gates.keys()].map((n) => (n * 3 + round) % 4).reverse();
      for (const n of order) {
        gates[n]?.open();
        await writers[n];
        await listen();
      }
    }
    expect(heard.toSorted()).toEqual(written.toSorted());
  });

  it('says in words what it cannot read', async () => {
    const size = await endOf(service.admin);
    const refused = async (query: string) => problem(await service.admin.get(`/feed?${query}`));
    expect(await refused(`after=${size + 1}`)).toMatchObject({
      status: 409,
      code: 'feed-ahead',
      detail: expect.stringContaining(`beyond the end of the feed, ${size}`) as string,
    });
    for (const query of ['limit=0', 'limit=501', 'after=-1', 'after=x', 'wait=31', 'since=2'])
      expect(await refused(query)).toMatchObject({ status: 400, code: 'validation-failed' });
    expect(problem(await service.client(null).get('/feed')).status).toBe(401);
    expect(problem(await (await service.as('monitor', roads)).get('/feed')).status).toBe(403);
  });
});

describe('a program that waits for news', () => {
  const later = async <T>(waiting: Promise<T>[]) => {
    const state = await Promise.race([Promise.all(waiting), sleep(1500).then(() => 'waits')]);
    expect(state).toBe('waits');
  };

  it('holds neither a turn nor a connection, and is told when there are any', async () => {
    const after = await endOf(service.admin);
    // The process has 8 connections, and lets 4 requests of callers begin at a time.
    const waiting = Array.from({ length: 60 }, () =>
      service.admin.get<FeedPage>(`/feed?after=${after}&wait=30`),
    );
    await later(waiting);
    const began = performance.now();
    ok(await service.admin.get('/departments'));
    expect(performance.now() - began).toBeLessThan(1000);
    const { id } = await service.register();
    await numbered();
    for (const answer of await Promise.all(waiting)) {
      const [item] = ok(answer).items;
      expect(item).toMatchObject({ kind: 'contract', subjectId: id });
    }
  });

  it('goes on waiting when what came is not for it, and is answered when its time is over', async () => {
    const officer = await service.as('officer', parks);
    const after = await endOf(officer);
    const waiting = officer.get<FeedPage>(`/feed?after=${after}&wait=4`);
    await sleep(500);
    await service.register();
    await numbered();
    await later([waiting]);
    const page = ok(await waiting);
    expect(page).toEqual({ items: [], nextAfter: await sizeNow(), isAtEnd: true });
    expect(page.nextAfter).toBeGreaterThan(after);
  });

  it('is told nothing more once its key was revoked', async () => {
    const made = ok(
      await service.admin.post<{ id: string; key: string }>('/api-keys', { name: 'briefly', role: 'admin' }),
    );
    const after = await endOf(service.admin);
    const waiting = service.client(made.key).get<FeedPage>(`/feed?after=${after}&wait=30`);
    await sleep(500);
    ok(await service.admin.delete(`/api-keys/${made.id}`));
    await service.register();
    await numbered();
    expect(ok(await waiting).items).toEqual([]);
  });

  it('is let go when the process ends', async () => {
    const other = await startService();
    const waiting = other.admin.get<FeedPage>('/feed?wait=30&after=0');
    await until(
      'it waits',
      async () => (await other.sql(`SELECT FROM api_key WHERE last_used_at IS NOT NULL`)).length > 0,
    );
    await sleep(500);
    const began = performance.now();
    await other.close();
    expect(ok(await waiting)).toEqual({ items: [], nextAfter: 0, isAtEnd: true });
    expect(performance.now() - began).toBeLessThan(10_000);
  });
});
