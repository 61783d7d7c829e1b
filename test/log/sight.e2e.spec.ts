import { parse } from 'csv-parse/sync';
import type { ContractView } from '../../src/core/contracts/contract.view.js';
import type { Role } from '../../src/core/access/roles.js';
import type { AlertView, MessageItemView, TimelineEntry } from '../../src/core/log/log.schema.js';
import { type ApiClient, ok } from '../support/api-client.js';
import { aContact, aCounterparty } from '../support/builders.js';
import { startService, type TestService } from '../support/service.js';

// Whatever shows something of a contract is asked by readers at each place of a tree three levels deep, and narrowed to each
// place of it: what they see is what lies below both.

const tree = {
  CITY: ['CITY', 'ROADS', 'LAMPS', 'PARKS'],
  ROADS: ['ROADS', 'LAMPS'],
  LAMPS: ['LAMPS'],
  PARKS: ['PARKS'],
};
type Code = keyof typeof tree;
const codes = Object.keys(tree) as Code[];

interface Items<T> {
  items: T[];
}

let service: TestService;
let auditor: ApiClient;
const ids = new Map<Code, string>();
const contracts = new Map<Code, ContractView>();
const idOf = (code: Code) => ids.get(code) ?? '';
const contractOf = (code: Code) => contracts.get(code)?.id ?? '';
/** A contract by the department that it was registered for. */
const codeOf = (contractId: string) => codes.find((code) => contractOf(code) === contractId) ?? contractId;

beforeAll(async () => {
  service = await startService();
  await service.startAt('2026-03-02T09:00:00+09:00');
  for (const code of ['CITY', 'ROADS', 'PARKS'] as const) ids.set(code, await service.departmentId(code));
  const lamps = { code: 'LAMPS', name: '가로등팀', parentId: idOf('ROADS') };
  ids.set('LAMPS', ok(await service.admin.post<{ id: string }>('/departments', lamps)).id);
  for (const code of codes) {
    const contacts = [aContact(), aContact({ phone: null })];
    const counterparties = [aCounterparty({ contacts })];
    contracts.set(code, await service.register({ departmentId: idOf(code), counterparties }));
  }
  await service.advanceTo('2026-03-05T12:00:00+09:00');
  auditor = await service.as('auditor');
});
afterAll(() => service.close());

const ofAlerts = (items: MessageItemView[]) =>
  items.flatMap(({ alerts }) => alerts.map((one) => one.contractId));

/** Each reading answers the contracts that it shows something of. */
const readings: Record<string, (client: ApiClient, within: string) => Promise<string[]>> = {
  messages: async (client, within) =>
    ofAlerts(ok(await client.get<Items<MessageItemView>>(`/messages?limit=200${within}`)).items),
  'messages of a kind': async (client, within) =>
    ofAlerts(ok(await client.get<Items<MessageItemView>>(`/messages?kind=works&limit=200${within}`)).items),
  'messages of a milestone and status': async (client, within) =>
    ofAlerts(
      ok(
        await client.get<Items<MessageItemView>>(
          `/messages?milestone=signing&status=delivered&provider=sandbox${within}`,
        ),
      ).items,
    ),
  'a search': async (client, within) => {
    const departmentId = within.split('=')[1];
    const body = { words: '한빛시', ...(departmentId && { departmentId }) };
    return ofAlerts(ok(await client.post<Items<MessageItemView>>('/messages/search', body)).items);
  },
  'alerts to come': async (client, within) =>
    ok(await client.get<Items<AlertView>>(`/alerts?limit=200${within}`)).items.map((one) => one.contract.id),
  'alerts that are held, of a kind': async (client, within) =>
    ok(await client.get<Items<AlertView>>(`/alerts?view=held&kind=works&limit=200${within}`)).items.map(
      (one) => one.contract.id,
    ),
  contracts: async (client, within) =>
    ok(await client.get<Items<{ id: string }>>(`/contracts?limit=200${within}`)).items.map(({ id }) => id),
  'milestones behind the figures': async (client, within) =>
    ok(
      await client.get<Items<{ contract: { id: string } }>>(`/statistics/milestones?limit=200${within}`),
    ).items.map(({ contract }) => contract.id),
  'what waits for somebody': async (client, within) =>
    ok(await client.get<Items<{ contract: { id: string } }>>(`/work/no-number?limit=200${within}`)).items.map(
      ({ contract }) => contract.id,
    ),
};

/** Figures and work lists take a department that the reader does not see for one that there is not. */
const notFound = ['milestones behind the figures', 'what waits for somebody'];

describe.each(Object.entries(readings))('%s', (name, read) => {
  const seen = async (client: ApiClient, within?: Code) => {
    const found = await read(client, within ? `&departmentId=${idOf(within)}` : '');
    return [...new Set(found.map(codeOf))].sort();
  };

  it.each(codes.flatMap((reader) => [undefined, ...codes].map((within) => ({ reader, within }))))(
    'are seen by $reader, within $within',
    async ({ reader, within }) => {
      const client = await service.as('officer', idOf(reader));
      if (within && notFound.includes(name) && !tree[reader].includes(within)) {
        await expect(seen(client, within)).rejects.toThrow(/^404/);
        return;
      }
      const below: string[] = within ? tree[within] : codes;
      expect(await seen(client, within)).toEqual(tree[reader].filter((code) => below.includes(code)).sort());
    },
  );

  it.each([undefined, ...codes])('are seen by an auditor, within %s', async (within) => {
    expect(await seen(auditor, within)).toEqual([...(within ? tree[within] : codes)].sort());
  });
});

describe('of one contract', () => {
  const paths: [string, (code: Code) => string][] = [
    ['the contract', (code) => `/contracts/${contractOf(code)}`],
    ['its time line', (code) => `/contracts/${contractOf(code)}/timeline`],
    ['its changes', (code) => `/contracts/${contractOf(code)}/changes`],
    ['its message', (code) => `/messages/${messages.get(code)}`],
  ];
  const messages = new Map<Code, string>();
  beforeAll(async () => {
    for (const code of codes) {
      const query = `/messages?contractId=${contractOf(code)}`;
      messages.set(code, ok(await auditor.get<Items<{ id: string }>>(query)).items[0]?.id ?? '');
    }
  });

  it.each(paths)('%s is found by those above it, and by nobody beside or below it', async (_, pathOf) => {
    for (const reader of codes) {
      const client = await service.as('officer', idOf(reader));
      const found: Code[] = [];
      for (const code of codes) if ((await client.get(pathOf(code))).status === 200) found.push(code);
      expect([reader, found]).toEqual([reader, codes.filter((code) => tree[reader].includes(code))]);
    }
  });
});

it.each<[Role, Code]>(
  codes.flatMap((code) => [['manager', code] as [Role, Code], ['monitor', code] as [Role, Code]]),
)('figures by department: a %s of %s reads those of what lies below', async (role, code) => {
  const client = await service.as(role, idOf(code));
  const body = { groupBy: ['department'] };
  const answer = await client.post<{ rows: { department: { code: string } }[] }>('/statistics', body);
  expect(
    ok(answer)
      .rows.map(({ department }) => department.code)
      .sort(),
  ).toEqual([...tree[code]].sort());
});

it.each(codes)('how much waits for somebody is counted for %s by what lies below', async (code) => {
  const client = await service.as('manager', idOf(code));
  const { items } = ok(await client.get<Items<{ list: string; count: number }>>('/work'));
  expect(items.find(({ list }) => list === 'no-number')?.count).toBe(tree[code].length);
});

describe('one text for two departments', () => {
  let message: MessageItemView;
  beforeAll(async () => {
    const query = `/messages?contractId=${contractOf('LAMPS')}`;
    [message] = ok(await auditor.get<Items<MessageItemView>>(query)).items as [MessageItemView];
    await service.sql(
      `UPDATE alert SET message_id = $1, status = 'messaged', reason = NULL
       WHERE id = (SELECT id FROM alert WHERE contract_id = $2 AND number_index IS NOT NULL AND status = 'planned'
                   ORDER BY due_at, id LIMIT 1)`,
      [message.id, contractOf('PARKS')],
    );
  });

  it.each<[Code, Code[]]>([
    ['CITY', ['LAMPS', 'PARKS']],
    ['ROADS', ['LAMPS']],
    ['LAMPS', ['LAMPS']],
    ['PARKS', ['PARKS']],
  ])(
    'is shown to %s with the alerts of %j only, in the list, in full, found, and in the file',
    async (reader, of) => {
      const client = await service.as('manager', idOf(reader));
      const codesIn = (item: MessageItemView | undefined) =>
        (item?.alerts ?? []).map(({ contractId }) => codeOf(contractId)).sort();
      const listed = ok(await client.get<Items<MessageItemView>>('/messages?limit=200')).items;
      expect(codesIn(listed.find(({ id }) => id === message.id))).toEqual(of);
      expect(codesIn(ok(await client.get<MessageItemView>(`/messages/${message.id}`)))).toEqual(of);
      const search = { words: message.text.split(' ').at(-1) };
      const found = ok(await client.post<Items<MessageItemView>>('/messages/search', search)).items;
      expect(codesIn(found.find(({ id }) => id === message.id))).toEqual(of);

      const file = await client.get('/messages/export');
      ok(file);
      const lines: Record<string, string>[] = parse(file.text, { bom: true, columns: true });
      const line = lines.find(({ message_id }) => message_id === message.id);
      const references = of.map((code) => contracts.get(code)?.reference).sort();
      expect([line?.['departments'], line?.['contracts']]).toEqual([of.join('; '), references.join('; ')]);
      const own = (found: string) => found.split('; ').every((code) => tree[reader].includes(code));
      expect(lines.filter(({ departments = '' }) => !own(departments))).toEqual([]);
    },
  );

  it('stands in the time line of each of its contracts, with that contract’s alerts alone', async () => {
    for (const code of ['LAMPS', 'PARKS'] as const) {
      const entries = ok(
        await auditor.get<Items<TimelineEntry>>(`/contracts/${contractOf(code)}/timeline`),
      ).items;
      const texts = entries.filter((entry) => entry.type === 'message' && entry.id === message.id);
      expect(texts).toHaveLength(1);
      const alertIds = entries.filter((entry) => entry.type === 'alert').map(({ id }) => id);
      const rows = await service.sql<{ id: string }>(`SELECT id FROM alert WHERE contract_id = $1`, [
        contractOf(code),
      ]);
      expect([...alertIds].sort()).toEqual(rows.map(({ id }) => id).sort());
    }
  });
});

describe('a period', () => {
  const at = (moment: string) => encodeURIComponent(moment);
  /** The messages whose service time lies in a period; one message has been put at a moment of its own. */
  const within = async (query: string) =>
    ok(await auditor.get<Items<MessageItemView>>(`/messages?limit=200&${query}`)).items.map(({ id }) => id);
  let id: string;
  beforeAll(async () => {
    const [message] = await service.sql<{ id: string }>(`SELECT id FROM message ORDER BY id LIMIT 1`);
    id = message?.id ?? '';
    await service.sql(`UPDATE message SET service_time = '2026-03-04T00:00:00+09:00' WHERE id = $1`, [id]);
  });

  it.each([
    [`from=${at('2026-03-04T00:00:00+09:00')}`, true],
    [`from=${at('2026-03-04T00:00:00.001+09:00')}`, false],
    [`to=${at('2026-03-04T00:00:00+09:00')}`, false],
    [`to=${at('2026-03-04T00:00:00.001+09:00')}`, true],
    ['from=2026-03-04', true],
    ['from=2026-03-05', false],
    ['to=2026-03-03', false],
    ['to=2026-03-04', true],
  ])('of messages, %s, has the one of that moment: %s', async (query, isIn) => {
    expect((await within(query)).includes(id)).toBe(isIn);
    const file = await auditor.get(`/messages/export?${query}`);
    expect(file.text.includes(id)).toBe(isIn);
  });

  it.each([
    [`from=${at('2026-04-01T09:00:00+09:00')}`, true],
    [`from=${at('2026-04-01T09:00:00.001+09:00')}`, false],
    [`to=${at('2026-04-01T09:00:00+09:00')}`, false],
    [`to=${at('2026-04-01T09:00:00.001+09:00')}`, true],
    ['to=2026-04-01', true],
    ['from=2026-04-02', false],
  ])('of alerts, %s, has the one that falls due at that moment: %s', async (query, isIn) => {
    const [alert] = await service.sql<{ id: string }>(
      `UPDATE alert SET due_at = '2026-04-01T09:00:00+09:00'
       WHERE id = (SELECT id FROM alert WHERE status = 'planned' ORDER BY id LIMIT 1) RETURNING id`,
    );
    const found = ok(await auditor.get<Items<AlertView>>(`/alerts?limit=200&${query}`)).items;
    expect(found.some((one) => one.id === alert?.id)).toBe(isIn);
  });

  it.each([
    ['2026-03-05T12:00:00+09:00', true],
    ['2026-03-05T12:00:00.001+09:00', false],
  ])('an alert that falls due at %s is due now: %s', async (dueAt, isDue) => {
    const [alert] = await service.sql<{ id: string }>(
      `UPDATE alert SET due_at = $1
       WHERE id = (SELECT id FROM alert WHERE status = 'planned' ORDER BY id LIMIT 1) RETURNING id`,
      [dueAt],
    );
    const found = ok(await auditor.get<Items<AlertView>>(`/alerts?limit=200&view=due`)).items;
    expect(found.some((one) => one.id === alert?.id)).toBe(isDue);
    const missed = ok(await auditor.get<Items<AlertView>>(`/alerts?limit=200&view=missed`)).items;
    expect(missed.some((one) => one.id === alert?.id)).toBe(false);
  });
});
