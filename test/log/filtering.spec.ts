import fc from 'fast-check';
import { AlertsService } from '../../src/core/log/alerts.service.js';
import { type AlertFilters, type MessageFilters, messagePageSql } from '../../src/core/log/log-filters.js';
import type { AlertListQuery } from '../../src/core/log/log.schema.js';
import { MessagesService } from '../../src/core/log/messages.service.js';
import type { Role } from '../../src/core/access/roles.js';
import { TallyService } from '../../src/core/tally/tally.service.js';
import { Database } from '../../src/platform/database/database.js';
import { admin, type AlertMade, SendingBench } from '../support/sending-bench.js';

// What a list of the log answers is compared with what a reader of the same rows would pick out, whatever is asked for together.

interface AlertOf extends AlertMade {
  kind: 'works' | 'grant';
  code: string;
  status: string;
  dueAt: Date;
}
interface MessageOf {
  id: string;
  status: string;
  provider: string;
  index: Buffer;
  text: string;
  at: Date;
  alerts: AlertOf[];
}

const noon = Date.parse('2026-03-04T12:00:00Z');
const hour = (n: number) => new Date(noon + n * 3_600_000);
const statuses = ['delivered', 'failed', 'sending'] as const;

let bench: SendingBench;
let above: string;
let below: string;
let beside: string;
const messages: MessageOf[] = [];
const alerts: AlertOf[] = [];

beforeAll(async () => {
  bench = await SendingBench.start();
  above = await bench.department();
  below = await bench.department(above);
  beside = await bench.department();
  const departments = [above, below, beside];
  const [twice, once] = [bench.number(), bench.number()];
  for (let n = 0; n < 18; n += 1) {
    const to = n % 3 ? twice : once;
    const row = {
      to,
      status: statuses[n % statuses.length] ?? '',
      provider: n % 4 ? 'pigeon' : 'gull',
      text: `착공${n % 2 ? ' 준공' : ''}${n % 5 ? ' 100%_\\' : ''} ${n}`,
      service_time: hour(n % 6),
    };
    const { id, index } = await bench.message(row);
    const message = { ...row, id, index, at: row.service_time, alerts: [] as AlertOf[] };
    messages.push(message);
    // Two of one department, as in a digest, or one of each of two departments.
    const own = [departments[n % 3], departments[(n + (n % 2)) % 3]];
    for (const [of, departmentId = ''] of own.entries())
      message.alerts.push(await anAlert(n + of, { departmentId, to, messageId: id }));
  }
  for (let n = 0; n < 18; n += 1) {
    const status = ['planned', 'held', 'missed'][n % 5] ?? 'planned';
    await anAlert(n, { departmentId: departments[n % 3] ?? '', status });
  }
});
afterAll(() => bench.stop());

async function anAlert(
  n: number,
  given: { departmentId: string; to?: string; messageId?: string; status?: string },
): Promise<AlertOf> {
  const kind: AlertOf['kind'] = n % 3 ? 'works' : 'grant';
  const code = n % 2 ? 'signing' : 'commencement';
  const dueAt = new Date(noon + Math.floor(n / 2) * 3_600_000);
  const reason = given.status === 'held' || given.status === 'missed' ? 'no-number' : undefined;
  const made = await bench.alert({ ...given, code, ...(reason && { reason }) });
  await bench.sql(`UPDATE contract SET kind = $2 WHERE id = $1`, [made.contractId, kind]);
  await bench.sql(`UPDATE alert SET due_at = $2 WHERE id = $1`, [made.id, dueAt]);
  const alert = { ...made, kind, code, dueAt, status: given.status ?? 'messaged' };
  alerts.push(alert);
  return alert;
}

const matches = ({ contractId, kind, milestone }: AlertFilters, alert: AlertOf) =>
  (contractId === undefined || alert.contractId === contractId) &&
  (kind === undefined || alert.kind === kind) &&
  (milestone === undefined || alert.code === milestone);
const byId = (a: { id: string }, b: { id: string }) => (a.id < b.id ? -1 : 1);
const maybe = <T>(...values: T[]) => fc.constantFrom(undefined, ...values);
const orNull = <T>(...values: T[]) => fc.constantFrom(null, null, ...values);

describe('a page of messages', () => {
  const asked = () =>
    fc.record({
      departments: fc.constantFrom<(string[] | null)[]>(
        null,
        [],
        [above],
        [beside],
        [above, below],
        [above, below, beside],
      ),
      contractId: maybe(...messages.slice(0, 3).map(({ alerts: [one] }) => one?.contractId ?? '')),
      kind: maybe('works' as const, 'grant' as const),
      milestone: maybe('signing', 'commencement'),
      status: maybe(...statuses),
      provider: maybe('pigeon', 'gull'),
      from: orNull(hour(1), hour(3)),
      before: orNull(hour(3), hour(5)),
      numberIndex: orNull(...messages.slice(0, 2).map(({ index }) => index)),
      words: fc.constantFrom<string[][]>(
        [],
        [],
        ['착공'],
        ['준공', '착공'],
        ['100%'],
        ['0%_\\'],
        ['없는 말'],
      ),
      ids: fc.record({ from: orNull(messages[4]?.id ?? ''), before: orNull(messages[12]?.id ?? '') }),
    });
  const place = () =>
    fc.record({
      after: orNull(messages[15]?.id ?? '', messages[9]?.id ?? ''),
      limit: fc.constantFrom(1, 2, 3, 50),
    });

  const expected = (
    filters: Omit<MessageFilters, 'seen'>,
    { after, limit }: { after: string | null; limit: number },
  ) => {
    const { departments, contractId, kind, milestone, status, provider, from, before, ids } = filters;
    const isAskedOfAlerts = [departments ?? undefined, contractId, kind, milestone].some(
      (one) => one !== undefined,
    );
    return messages
      .filter(
        (one) =>
          (status === undefined || one.status === status) &&
          (provider === undefined || one.provider === provider) &&
          (from === null || one.at >= from) &&
          (before === null || one.at < before) &&
          (ids.from === null || one.id >= ids.from) &&
          (ids.before === null || one.id < ids.before) &&
          (filters.numberIndex === null || one.index.equals(filters.numberIndex)) &&
          filters.words.every((word) => one.text.includes(word)) &&
          (!isAskedOfAlerts ||
            one.alerts.some(
              (alert) =>
                (departments === null || departments.includes(alert.departmentId)) && matches(filters, alert),
            )) &&
          (after === null || one.id < after),
      )
      .sort(byId)
      .reverse()
      .slice(0, limit)
      .map(({ id }) => id);
  };

  it('has the newest of those that satisfy all that is asked, each once, behind the page before', async () => {
    const database = bench.get(Database);
    await bench.get(TallyService).countMarked();
    await fc.assert(
      fc.asyncProperty(asked(), place(), async (filters, page) => {
        const { sql, parameters } = messagePageSql({ ...filters, seen: null }, page);
        const found = await database.rows<{ id: string }>(sql, parameters);
        expect(found.map(({ id }) => id)).toEqual(expected(filters, page));
      }),
      { numRuns: 600, seed: 9 },
    );
  });
});

describe('a list of alerts', () => {
  const callers = () => [
    { caller: admin, sees: [above, below, beside] },
    { caller: { ...admin, role: 'officer' as Role, departmentId: above }, sees: [above, below] },
    { caller: { ...admin, role: 'officer' as Role, departmentId: below }, sees: [below] },
  ];
  const asked = () =>
    fc.record({
      view: fc.constantFrom('planned' as const, 'held' as const, 'missed' as const),
      departmentId: maybe(above, below, beside),
      contractId: maybe(...alerts.slice(-3).map(({ contractId }) => contractId)),
      kind: maybe('works' as const, 'grant' as const),
      milestone: maybe('signing', 'commencement'),
      from: maybe(hour(1).toISOString(), hour(5).toISOString()),
      to: maybe(hour(5).toISOString(), hour(8).toISOString()),
    });
  const within = (departmentId: string | undefined) => {
    if (departmentId === undefined) return [above, below, beside];
    return departmentId === above ? [above, below] : [departmentId];
  };

  it('has, page by page, those that satisfy all that is asked, in the order of their due times', async () => {
    const service = bench.get(AlertsService);
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...callers()),
        asked(),
        fc.constantFrom(1, 2, 5, 200),
        async ({ caller, sees }, query, limit) => {
          const read: string[] = [];
          let cursor: string | undefined;
          do {
            const page = await service.list(caller, { ...(query as AlertListQuery), cursor, limit });
            expect(page.items.length).toBeLessThanOrEqual(limit);
            read.push(...page.items.map(({ id }) => id));
            cursor = page.nextCursor ?? undefined;
          } while (cursor !== undefined);
          const expected = alerts
            .filter(
              (one) =>
                one.status === query.view &&
                sees.includes(one.departmentId) &&
                within(query.departmentId).includes(one.departmentId) &&
                (query.from === undefined || one.dueAt >= new Date(query.from)) &&
                (query.to === undefined || one.dueAt < new Date(query.to)) &&
                matches(query, one),
            )
            .sort((a, b) => a.dueAt.getTime() - b.dueAt.getTime() || byId(a, b));
          expect(read).toEqual(expected.map(({ id }) => id));
        },
      ),
      { numRuns: 300, seed: 9 },
    );
  });
});

describe('a message of no alert', () => {
  it('is shown to those who see every department, and to nobody else', async () => {
    const { id } = await bench.message();
    const service = bench.get(MessagesService);
    expect(await service.get(admin, id)).toMatchObject({ id, alerts: [] });
    const officer = { ...admin, role: 'officer' as Role, departmentId: above };
    await expect(service.get(officer, id)).rejects.toMatchObject({ code: 'not-found' });
  });
});
