import type { ContractView } from '../src/core/contracts/contract.view.js';
import type { Role } from '../src/core/access/roles.js';
import { DepartmentsService } from '../src/core/departments/departments.service.js';
import { type ApiClient, ok } from './support/api-client.js';
import { startService, type TestService } from './support/service.js';

// A tree of departments three levels deep, one contract in each, and everything by which contracts are read: each reader
// shows the caller's department and those below it, at whatever depth, and nothing above it, beside it or elsewhere.

/** Each department with the one above it. */
const tree = { TOP: null, MIDDLE: 'TOP', LEAF: 'MIDDLE', BESIDE: 'TOP', ELSEWHERE: null } as const;
type Code = keyof typeof tree;
const codes = Object.keys(tree) as Code[];

const seenFrom: Record<Code, Code[]> = {
  TOP: ['TOP', 'MIDDLE', 'LEAF', 'BESIDE'],
  MIDDLE: ['MIDDLE', 'LEAF'],
  LEAF: ['LEAF'],
  BESIDE: ['BESIDE'],
  ELSEWHERE: ['ELSEWHERE'],
};

let service: TestService;
const departments = new Map<Code, string>();
const officers = new Map<Code, string>();
const contracts = new Map<Code, ContractView>();
const messages = new Map<Code, string>();
const of = <T>(map: Map<Code, T>, code: Code): T => {
  const value = map.get(code);
  if (value === undefined) throw new Error(`nothing was made for ${code}`);
  return value;
};

beforeAll(async () => {
  service = await startService();
  await service.startAt('2026-03-02T09:00:00+09:00');
  for (const code of codes) await furnish(code);
  await service.advanceTo('2026-03-05T09:00:00+09:00');
  for (const code of codes) {
    const [row] = await service.sql<{ id: string }>(
      `SELECT message_id AS id FROM alert WHERE contract_id = $1 AND message_id IS NOT NULL`,
      [of(contracts, code).id],
    );
    messages.set(code, row?.id ?? '');
  }
});
afterAll(() => service.close());

/** A department, its officer, a contract that a text was sent for, and one whose advance payment nobody recorded. */
async function furnish(code: Code): Promise<void> {
  const above = tree[code];
  const parentId = above === null ? null : of(departments, above);
  const department = { code, name: `부서 ${code}`, parentId };
  departments.set(code, ok(await service.admin.post<{ id: string }>('/departments', department)).id);
  const departmentId = of(departments, code);
  officers.set(
    code,
    ok(await service.admin.post<{ id: string }>('/officers', { departmentId, name: `담당 ${code}` })).id,
  );
  const officerId = of(officers, code);
  contracts.set(code, await service.register({ departmentId, officerId, reference: `REF-${code}-1` }));
  // It names nobody, and so stands in a work list.
  await service.register({ departmentId, officerId, reference: `REF-${code}-2`, counterparties: [] });
}

/** The departments whose contracts an answer names. */
const named = (text: string) => codes.filter((code) => text.includes(`REF-${code}-`));
/** The departments that an answer names by their codes, alone or in a name. */
const mentioned = (text: string) => codes.filter((code) => new RegExp(`\\b${code}\\b`).test(text));
/** The departments of whatever an answer lists. */
const placedIn = (text: string) =>
  codes.filter((code) => text.includes(`"departmentId":"${of(departments, code)}"`));

const get = async (client: ApiClient, path: string) => (await client.get(path)).text;

/** What lists, by whom it may be read, and which departments its answer shows. */
const lists: [string, Role[], (client: ApiClient) => Promise<Code[]>][] = [
  ['contracts', ['officer', 'manager'], async (c) => named(await get(c, '/contracts?limit=200'))],
  ['messages', ['officer', 'manager'], async (c) => named(await get(c, '/messages?limit=200'))],
  [
    'messages that are searched',
    ['officer', 'manager'],
    async (c) => named((await c.post('/messages/search', { words: 'REF' })).text),
  ],
  ['messages as a file', ['manager'], async (c) => named(await get(c, '/messages/export?format=csv'))],
  ['alerts', ['officer', 'manager'], async (c) => named(await get(c, '/alerts?limit=200'))],
  ['departments', ['officer', 'manager'], async (c) => mentioned(await get(c, '/departments'))],
  ['officers', ['manager'], async (c) => placedIn(await get(c, '/officers'))],
  [
    'figures',
    ['officer', 'manager', 'monitor'],
    async (c) => mentioned((await c.post('/statistics', { groupBy: ['department'] })).text),
  ],
  [
    'figures, rolled up',
    ['manager'],
    async (c) => mentioned((await c.post('/statistics', { groupBy: ['department'], rollUp: true })).text),
  ],
  [
    'figures as a file',
    ['manager'],
    async (c) => mentioned((await c.post('/statistics', { groupBy: ['department'], format: 'csv' })).text),
  ],
  [
    'milestones behind figures',
    ['officer', 'manager'],
    async (c) => named(await get(c, '/statistics/milestones?limit=200')),
  ],
  ['a work list', ['manager'], async (c) => named(await get(c, '/work/no-contact?limit=200'))],
  ['a work list as a file', ['manager'], async (c) => named(await get(c, '/work/no-contact?format=csv'))],
];

describe.each(lists)('%s', (_what, allowed, shown) => {
  const callers = allowed.flatMap((role) => codes.map((code): [Role, Code] => [role, code]));
  it.each(callers)('are, for %s of %s, of that department and those below', async (role, code) => {
    expect(await shown(await service.as(role, of(departments, code)))).toEqual(seenFrom[code]);
  });

  it('are everybody’s for admins and auditors', async () => {
    for (const role of ['admin', 'auditor'] as const)
      expect(await shown(await service.as(role))).toEqual(codes);
  });
});

it('a caller who belongs to no department sees none, unless they see all', async () => {
  const caller = { keyId: null, accountId: 'somebody', name: '', departmentId: null, officerId: null };
  const departmentsService = service.app.get(DepartmentsService);
  for (const role of ['officer', 'manager', 'monitor'] as const)
    expect(await departmentsService.seenBy({ ...caller, role })).toEqual([]);
  for (const role of ['admin', 'auditor'] as const)
    expect(await departmentsService.seenBy({ ...caller, role })).toBeNull();
});

describe('a list that is asked for one department', () => {
  const asked: [string, (client: ApiClient, id: string) => Promise<Code[]>][] = [
    ['contracts', async (c, id) => named(await get(c, `/contracts?limit=200&departmentId=${id}`))],
    ['messages', async (c, id) => named(await get(c, `/messages?limit=200&departmentId=${id}`))],
    ['alerts', async (c, id) => named(await get(c, `/alerts?limit=200&departmentId=${id}`))],
  ];
  const within = (caller: Code, code: Code) => seenFrom[code].filter((one) => seenFrom[caller].includes(one));

  it.each(asked)('of %s shows it and those below, as far as the caller sees them', async (_what, shown) => {
    for (const caller of codes) {
      const client = await service.as('manager', of(departments, caller));
      for (const code of codes) {
        const found = await shown(client, of(departments, code));
        expect([caller, code, found]).toEqual([caller, code, within(caller, code)]);
      }
    }
  });

  it('of milestones behind figures is there only for those who see it', async () => {
    for (const caller of codes) {
      const client = await service.as('manager', of(departments, caller));
      for (const code of codes) {
        const answer = await client.get(
          `/statistics/milestones?limit=200&departmentId=${of(departments, code)}`,
        );
        const expected = seenFrom[caller].includes(code) ? [200, seenFrom[code]] : [404, []];
        expect([caller, code, answer.status, named(answer.text)]).toEqual([caller, code, ...expected]);
      }
    }
  });

  it.each(asked)('of %s shows an auditor it and those below', async (_what, shown) => {
    const auditor = await service.as('auditor');
    for (const code of codes) expect(await shown(auditor, of(departments, code))).toEqual(seenFrom[code]);
  });
});

describe('one thing by its id', () => {
  const readers: [string, (code: Code) => string][] = [
    ['a contract', (code) => `/contracts/${of(contracts, code).id}`],
    ['the changes of a contract', (code) => `/contracts/${of(contracts, code).id}/changes`],
    ['the time line of a contract', (code) => `/contracts/${of(contracts, code).id}/timeline`],
    ['a message', (code) => `/messages/${of(messages, code)}`],
  ];
  it.each(readers)(
    '%s is there for those who see its department, and for nobody else',
    async (_what, path) => {
      for (const caller of codes) {
        const client = await service.as('officer', of(departments, caller));
        for (const code of codes) {
          const { status } = await client.get(path(code));
          const expected = seenFrom[caller].includes(code) ? 200 : 404;
          expect([caller, code, status]).toEqual([caller, code, expected]);
        }
      }
    },
  );
});

describe('a change', () => {
  it('of a contract is for those who see its department', async () => {
    for (const caller of codes) {
      const client = await service.as('officer', of(departments, caller));
      for (const code of codes) {
        const { status } = await client.patch(`/contracts/${of(contracts, code).id}`, { title: '교량 보수' });
        const expected = seenFrom[caller].includes(code) ? 200 : 404;
        expect([caller, code, status]).toEqual([caller, code, expected]);
      }
    }
  });

  it('moves a contract only into a department that the caller sees', async () => {
    const client = await service.as('manager', of(departments, 'MIDDLE'));
    const { id } = of(contracts, 'MIDDLE');
    for (const code of codes.filter((one) => !seenFrom.MIDDLE.includes(one))) {
      const answer = await client.patch(`/contracts/${id}`, { departmentId: of(departments, code) });
      expect([code, answer.status]).toEqual([code, 404]);
    }
    for (const code of ['LEAF', 'MIDDLE'] as const)
      ok(await client.patch(`/contracts/${id}`, { departmentId: of(departments, code) }));
  });

  it('names only an officer whom the caller sees', async () => {
    const client = await service.as('manager', of(departments, 'MIDDLE'));
    const { id } = of(contracts, 'MIDDLE');
    for (const code of codes) {
      const { status } = await client.patch(`/contracts/${id}`, { officerId: of(officers, code) });
      expect([code, status]).toEqual([code, seenFrom.MIDDLE.includes(code) ? 200 : 422]);
    }
  });

  it('hands over only what the caller sees, to whom they see, and all of it or nothing', async () => {
    const client = await service.as('manager', of(departments, 'MIDDLE'));
    const handOver = async (which: object, to: Code) =>
      (
        await client.post('/contracts/hand-over?dryRun=true', {
          ...which,
          to: of(officers, to),
          reason: '인사',
        })
      ).status;
    for (const code of codes) {
      const seen = seenFrom.MIDDLE.includes(code);
      const other = code === 'LEAF' ? 'MIDDLE' : 'LEAF';
      expect([code, await handOver({ from: of(officers, code) }, other)]).toEqual([code, seen ? 200 : 404]);
      const one = { contractIds: [of(contracts, code).id] };
      expect([code, await handOver(one, 'LEAF')]).toEqual([code, seen ? 200 : 404]);
      const two = { contractIds: [of(contracts, 'LEAF').id, of(contracts, code).id] };
      expect([code, await handOver(two, 'LEAF')]).toEqual([code, seen ? 200 : 404]);
      if (code !== 'LEAF')
        expect([code, await handOver({ from: of(officers, 'LEAF') }, code)]).toEqual([
          code,
          seen ? 200 : 404,
        ]);
    }
  });
});
