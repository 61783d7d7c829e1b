import type { ContractView } from '../src/core/contracts/contract.view.js';
import type { AlertView, MessageItemView, MessageView, TimelineEntry } from '../src/core/log/log.schema.js';
import { type ApiClient, ok, problem } from './support/api-client.js';
import { aContact, aCounterparty } from './support/builders.js';
import { momentText } from '../src/office/console/formats.js';
import { startService, type TestService } from './support/service.js';

interface Page<T> {
  items: T[];
  nextCursor: string | null;
}

const landline = '010-0000-0001';
const number = '010-0000-7301';

let service: TestService;
let auditor: ApiClient;
let roads: string;
let parks: string;
let road: ContractView;
let goods: ContractView;
let park: ContractView;

beforeAll(async () => {
  service = await startService();
  await service.startAt('2026-03-02T09:00:00+09:00');
  roads = await service.departmentId('ROADS');
  parks = await service.departmentId('PARKS');
  road = await service.register({
    title: '중앙로 보도정비공사',
    counterparties: [
      aCounterparty({ contacts: [aContact({ phone: number }), aContact({ locale: 'en', phone: landline })] }),
    ],
  });
  // A name with a character that stands for any other in a search.
  const [agency] = ok(await service.admin.get<{ items: { value: object }[] }>('/agency')).items;
  const value = { ...agency?.value, rehearsal: undefined, referenceLetters: 'any' };
  ok(await service.admin.post('/agency', value));
  goods = await service.register({ kind: 'goods', reference: 'G_2026_LED', title: '가로등 교체' });
  park = await service.register({
    departmentId: parks,
    title: '호수공원 산책로',
    counterparties: [aCounterparty({ contacts: [aContact(), aContact({ phone: null })] })],
  });
  await service.advanceTo('2026-04-01T12:00:00+09:00');
  auditor = await service.as('auditor');
});
afterAll(() => service.close());

const messages = async (client: ApiClient, query = '') =>
  ok(await client.get<Page<MessageItemView>>(`/messages?limit=200${query && `&${query}`}`)).items;
const search = async (client: ApiClient, body: object) =>
  ok(await client.post<Page<MessageItemView>>('/messages/search', body)).items;
const alerts = async (client: ApiClient, query: string) =>
  ok(await client.get<Page<AlertView>>(`/alerts?limit=200&${query}`)).items;
const timeline = async (id: string) =>
  ok(await auditor.get<{ items: TimelineEntry[] }>(`/contracts/${id}/timeline`)).items;
const contractsOf = (items: MessageItemView[]) => [
  ...new Set(items.flatMap((item) => item.alerts.map((alert) => alert.contractId))),
];

describe('the message log', () => {
  it('shows every message that was frozen, newest first, with its number masked', async () => {
    const all = await messages(auditor);
    const [rows] = await service.sql<{ count: number }>(`SELECT count(*)::int AS count FROM message`);
    expect(all).toHaveLength(rows?.count ?? 0);
    expect(all.length).toBeGreaterThan(5);
    expect(all.map((item) => item.id)).toEqual(
      all
        .map((item) => item.id)
        .sort()
        .reverse(),
    );
    expect(all.every((item) => item.number.startsWith('010-****-'))).toBe(true);
    expect(new Set(contractsOf(all))).toEqual(new Set([road.id, goods.id, park.id]));
  });

  it('gives every message once when it is read page by page', async () => {
    for (const client of [auditor, await service.as('officer', roads)]) {
      const whole = (await messages(client)).map((item) => item.id);
      const read: string[] = [];
      let cursor: string | null = '';
      while (cursor !== null) {
        const page: Page<MessageItemView> = ok(
          await client.get<Page<MessageItemView>>(`/messages?limit=2${cursor && `&cursor=${cursor}`}`),
        );
        read.push(...page.items.map((item) => item.id));
        cursor = page.nextCursor;
      }
      expect(read).toEqual(whole);
      expect(read.length).toBeGreaterThan(4);
    }
  });

  it('is filtered by everything that an auditor asks for', async () => {
    const all = await messages(auditor);
    const idsOf = (items: MessageItemView[]) => items.map((item) => item.id);
    const among = (keep: (item: MessageItemView) => boolean) => idsOf(all.filter(keep));
    const cases: [string, (item: MessageItemView) => boolean][] = [
      [`contractId=${road.id}`, (m) => m.alerts.some((a) => a.contractId === road.id)],
      ['kind=goods', (m) => m.alerts.some((a) => a.kind === 'goods')],
      ['milestone=commencement', (m) => m.alerts.some((a) => a.milestone.code === 'commencement')],
      ['status=failed', (m) => m.status === 'failed'],
      ['status=delivered', (m) => m.status === 'delivered'],
      [`departmentId=${parks}`, (m) => m.alerts.some((a) => a.departmentId === parks)],
      [`departmentId=${roads}&status=failed`, (m) => m.status === 'failed'],
      [
        `departmentId=${roads}&status=delivered&kind=works&milestone=signing&provider=sandbox`,
        (m) =>
          m.status === 'delivered' &&
          m.alerts.some(
            (a) => a.departmentId === roads && a.milestone.code === 'signing' && a.kind === 'works',
          ),
      ],
      ['from=2026-03-05', (m) => m.frozenAt >= '2026-03-05'],
      ['to=2026-03-04', (m) => m.frozenAt < '2026-03-05'],
      ['from=2026-03-04&to=2026-03-04', (m) => m.frozenAt.startsWith('2026-03-04')],
      ['from=2026-03-04T10:00:00%2B09:00', (m) => m.frozenAt >= '2026-03-04T10:00:00+09:00'],
    ];
    for (const [query, keep] of cases) {
      expect({ query, ids: idsOf(await messages(auditor, query)) }).toEqual({ query, ids: among(keep) });
      expect({ query, some: among(keep).length > 0 }).toEqual({ query, some: true });
    }
    expect(await messages(auditor, 'provider=twilio')).toEqual([]);
    expect(all.length).toBeGreaterThan(among((m) => m.status === 'failed').length);
  });

  it('refuses an unknown filter and a cursor that it did not give', async () => {
    expect(problem(await auditor.get('/messages?number=01000007301')).code).toBe('validation-failed');
    expect(problem(await auditor.get('/messages?cursor=abc')).code).toBe('cursor-malformed');
  });

  it('shows departments their own messages and those of the departments below', async () => {
    const officer = await service.as('officer', parks);
    expect(contractsOf(await messages(officer))).toEqual([park.id]);
    expect(await messages(officer, `departmentId=${roads}`)).toEqual([]);
    const manager = await service.as('manager', await service.departmentId('CITY'));
    expect(await messages(manager)).toHaveLength((await messages(auditor)).length);
  });

  it('is closed to monitors', async () => {
    const monitor = await service.as('monitor', roads);
    const [one] = await messages(auditor);
    for (const path of [
      '/messages',
      `/messages/${one?.id}`,
      '/messages/export',
      `/contracts/${road.id}/timeline`,
    ]) {
      expect({ path, status: (await monitor.get(path)).status }).toEqual({ path, status: 403 });
    }
    expect((await monitor.post('/messages/search', { words: '공사' })).status).toBe(403);
  });
});

describe('a message in full', () => {
  it('tells what became of it, attempt by attempt, with the code explained', async () => {
    const [failed] = await messages(auditor, 'status=failed');
    const message = ok(await auditor.get<MessageView>(`/messages/${failed?.id}`));
    expect(message).toMatchObject({
      status: 'failed',
      statusText: { ko: '전송 실패', en: 'failed' },
      reason: 'sandbox-landline',
      reasonDetail: 'A landline.',
      number: '010-****-0001',
      locale: 'en',
      template: { version: 1 },
      lengths: { sms: { parts: message.parts }, korean: { class: expect.any(String) as string } },
    });
    expect(message.text).toContain(road.reference);
    expect(message.alerts[0]).toMatchObject({ contractId: road.id, reference: road.reference });
    expect(message.attemptsMade).toMatchObject([
      { status: 'refused', code: 'sandbox-landline', detail: 'A landline.', reference: null },
    ]);
    expect(message.receipts).toEqual([]);
  });

  it('shows the receipts of one that arrived', async () => {
    const [delivered] = await messages(auditor, 'status=delivered');
    const message = ok(await auditor.get<MessageView>(`/messages/${delivered?.id}`));
    expect(message.attemptsMade).toMatchObject([{ status: 'accepted' }]);
    expect(message.receipts).toMatchObject([
      { status: 'delivered', statusText: { en: 'delivered' }, attemptId: message.attemptsMade[0]?.id },
    ]);
    expect(message.finalAt).not.toBeNull();
  });

  it('was attempted, received and settled on its page when the sandbox’s clock says that it was sent', async () => {
    const [delivered] = await messages(auditor, 'status=delivered');
    const page = await (await service.person('auditor')).get(`/console/messages/${delivered?.id}`);
    const sentAt = momentText(delivered?.frozenAt ?? '', 'ko', 'Asia/Seoul');
    const [, attempts = '', receipts = ''] = page.body.split('<ol class="steps">');
    expect([attempts.includes(sentAt), receipts.split(sentAt).length - 1]).toEqual([true, 4]);
  });

  it('is not found by another department, nor when there is none', async () => {
    const officer = await service.as('officer', parks);
    const [other] = await messages(auditor, `contractId=${road.id}`);
    const [own] = await messages(officer);
    expect((await officer.get(`/messages/${own?.id}`)).status).toBe(200);
    const hidden = problem(await officer.get(`/messages/${other?.id}`));
    const absent = problem(await officer.get('/messages/01996f3e-0000-7000-8000-000000000001'));
    expect({ ...hidden, requestId: '' }).toEqual({ ...absent, requestId: '' });
    expect(hidden.status).toBe(404);
  });

  it('shows of a digest only the alerts of departments that the reader sees', async () => {
    const [message] = await messages(auditor, `contractId=${road.id}`);
    const [elsewhere] = await service.sql<{ id: string }>(
      `UPDATE alert SET message_id = $1, status = 'messaged', reason = NULL
       WHERE id = (SELECT id FROM alert WHERE contract_id = $2 AND number_index IS NOT NULL ORDER BY id DESC LIMIT 1)
       RETURNING id`,
      [message?.id, park.id],
    );
    const officer = await service.as('officer', parks);
    const seen = ok(await officer.get<MessageView>(`/messages/${message?.id}`));
    expect(seen.alerts.map((alert) => alert.id)).toEqual([elsewhere?.id]);
    await service.sql(`UPDATE alert SET message_id = NULL, status = 'planned' WHERE id = $1`, [
      elsewhere?.id,
    ]);
  });
});

describe('a search', () => {
  it('finds a number however it is written, and only whole', async () => {
    for (const written of [number, '01000007301', '+82 10-0000-7301']) {
      const found = await search(auditor, { number: written });
      expect(found.length).toBeGreaterThan(1);
      expect(new Set(found.map((item) => item.number))).toEqual(new Set(['010-****-7301']));
    }
    expect(await search(auditor, { number: '010-0000-7309' })).toEqual([]);
  });

  it('says why a number cannot be searched for', async () => {
    const refused = problem(await auditor.post('/messages/search', { number: '02-123-4567' }));
    expect(refused).toMatchObject({ status: 422, code: 'number-unusable' });
    expect(refused.fields).toMatchObject([{ path: 'number', code: 'number-landline' }]);
  });

  it('finds texts that hold every word, taking wildcards for what they are', async () => {
    const both = await search(auditor, { words: `착공 ${road.reference}` });
    expect(both.length).toBeGreaterThan(0);
    expect(both.every((m) => m.text.includes('착공') && m.text.includes(road.reference))).toBe(true);
    expect(await search(auditor, { words: `착공 ${road.reference} 없는말` })).toEqual([]);
    expect(contractsOf(await search(auditor, { words: 'g_2026_led' }))).toEqual([goods.id]);
    for (const words of ['G%LED', 'G_2026%', '_-2026', 'G_2026__ED']) {
      expect({ words, found: await search(auditor, { words }) }).toEqual({ words, found: [] });
    }
  });

  it('joins number, words and filters, and keeps to the department', async () => {
    const found = await search(auditor, { number, words: '신고해 한빛시', milestone: 'signing' });
    expect(found).toHaveLength(1);
    const officer = await service.as('officer', parks);
    expect(await search(officer, { number })).toEqual([]);
    expect(contractsOf(await search(officer, { words: '한빛시' }))).toEqual([park.id]);
  });

  it.each([[{}], [{ words: '공' }], [{ words: ' ' }], [{ number, phone: '1' }], [{ kind: 'works' }]])(
    'refuses %j',
    async (body) => {
      expect(problem(await auditor.post('/messages/search', body)).status).toBe(400);
    },
  );
});

describe('the time line of a contract', () => {
  it('tells in order what was planned, written, sent and reported', async () => {
    const entries = await timeline(road.id);
    const moments = entries.flatMap((entry) => (entry.at === null ? [] : [Date.parse(entry.at)]));
    expect(moments).toEqual([...moments].sort((a, b) => a - b));
    expect(new Set(entries.map((entry) => entry.type))).toEqual(
      new Set(['milestone', 'alert', 'message', 'attempt', 'receipt']),
    );
    const undated = entries.findIndex((entry) => entry.at === null);
    expect(undated === -1 || entries.slice(undated).every((entry) => entry.at === null)).toBe(true);
  });

  it('sets each message after its alert, and its attempts and receipts after it', async () => {
    const entries = await timeline(road.id);
    const sent = entries.filter((entry) => entry.type === 'message');
    expect(sent.length).toBeGreaterThan(2);
    for (const message of sent) {
      const places = entries.flatMap((entry, place) => {
        const own =
          entry.type === 'message'
            ? entry.id === message.id
            : 'messageId' in entry && entry.messageId === message.id;
        return own ? [{ type: entry.type, place }] : [];
      });
      const types = places.map(({ type }) => type);
      expect(types.slice(0, 3)).toEqual(['alert', 'message', 'attempt']);
    }
  });

  it('masks names and numbers, and says in words why nothing was sent', async () => {
    const entries = await timeline(park.id);
    const held = entries.find((entry) => entry.type === 'alert' && entry.status === 'held');
    expect(held).toMatchObject({
      contact: { name: '이*람', number: null },
      statusText: { ko: '보류', en: 'held' },
      reason: 'no-number',
      reasonText: { en: 'the contact has no usable number' },
      name: { ko: expect.any(String) as string },
    });
    const whole = JSON.stringify(await timeline(road.id));
    expect(whole).toContain('010-****-7301');
    expect(whole).not.toMatch(/0000-?7301/);
    expect(whole).not.toContain('이가람');
  });

  it('is not found for a contract of another department', async () => {
    const officer = await service.as('officer', parks);
    expect((await officer.get(`/contracts/${park.id}/timeline`)).status).toBe(200);
    expect((await officer.get(`/contracts/${road.id}/timeline`)).status).toBe(404);
  });
});

describe('the list of alerts', () => {
  it('tells what is to come, in the order of due time', async () => {
    const planned = await alerts(auditor, 'view=planned');
    expect(planned.length).toBeGreaterThan(5);
    expect(planned.map((a) => a.dueAt)).toEqual(planned.map((a) => a.dueAt).sort());
    expect(planned[0]).toMatchObject({
      status: 'planned',
      contact: { number: expect.stringMatching(/^010-\*{4}-/) as string },
    });
    expect(await alerts(auditor, 'view=due')).toEqual([]);
  });

  it('tells what is due by the service clock', async () => {
    const [next] = await alerts(auditor, 'view=planned');
    await service.sql(`UPDATE alert SET due_at = '2026-04-01T10:00:00+09:00' WHERE id = $1`, [next?.id]);
    expect((await alerts(auditor, 'view=due')).map((a) => a.id)).toEqual([next?.id]);
    await service.sql(`UPDATE alert SET due_at = $2 WHERE id = $1`, [next?.id, next?.dueAt]);
  });

  it('tells what is held and why, of a department and of a kind', async () => {
    const held = await alerts(auditor, `view=held&departmentId=${parks}&kind=works`);
    expect(held.length).toBeGreaterThan(0);
    expect(held.every((a) => a.contract.id === park.id && a.reason === 'no-number')).toBe(true);
    expect(await alerts(auditor, 'view=held&kind=goods')).toEqual([]);
    const [one] = held;
    expect(await alerts(auditor, `view=held&milestone=${one?.milestone.code}`)).toContainEqual(one);
  });

  it('gives every alert once when it is read page by page, also of one moment', async () => {
    const whole = (await alerts(auditor, `from=2026-05-01&to=2026-12-31`)).map((a) => a.id);
    const read: string[] = [];
    let cursor: string | null = '';
    while (cursor !== null) {
      const page: Page<AlertView> = ok(
        await auditor.get<Page<AlertView>>(
          `/alerts?limit=1&from=2026-05-01&to=2026-12-31${cursor && `&cursor=${cursor}`}`,
        ),
      );
      read.push(...page.items.map((a) => a.id));
      cursor = page.nextCursor;
    }
    expect(read).toEqual(whole);
    expect(read.length).toBeGreaterThan(3);
  });

  it('keeps to the department of officers, and is closed to monitors', async () => {
    const seen = await alerts(await service.as('officer', parks), 'view=planned');
    expect(new Set(seen.map((a) => a.contract.id))).toEqual(new Set([park.id]));
    expect((await (await service.as('monitor', parks)).get('/alerts')).status).toBe(403);
  });
});
