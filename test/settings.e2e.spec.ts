import pg from 'pg';
import { entryOf, type LeafContent } from '../src/core/proof/leaf.js';
import { defaultPlans } from '../src/core/planning/plans.default.js';
import { type ApiClient, ok, problem } from './support/api-client.js';
import { aContact } from './support/builders.js';
import { alertLines, contactIds } from './support/contract-reading.js';
import { startService, type TestService } from './support/service.js';

let service: TestService;
let admin: ApiClient;

/** Gives the tests of a block a service of their own, whose clock those of another cannot move. */
function withService() {
  beforeAll(async () => {
    service = await startService();
    admin = service.admin;
    await service.startAt('2026-03-02T09:00:00+09:00');
  });
  afterAll(() => service.close());
}

interface Version {
  name: string;
  version: number;
  value: Record<string, unknown>;
}
const versionsOf = async (path: string) => ok(await admin.get<{ items: Version[] }>(path)).items;

interface Said {
  what: string;
  params: Record<string, string>;
  before: unknown;
  after: unknown;
  actor: string;
  reason: string | null;
}
/** Fractions stand in a leaf as text: two languages write the same one differently. */
const wordsOf = ({ what, params, before, after, actor, reason }: Said) =>
  JSON.parse(
    JSON.stringify({ what, params, before, after, actor, reason }, (_key, value: unknown) =>
      typeof value === 'number' ? String(value) : value,
    ),
  ) as unknown;

const sparse = {
  ...defaultPlans.goods,
  milestones: defaultPlans.goods.milestones.slice(0, 1),
};

describe('a setting', () => {
  withService();

  it('gets a new version by every POST, and keeps the old ones', async () => {
    const [before, ...older] = await versionsOf('/calendar');
    const next = { ...before?.value, closed: ['2026-06-04', '2026-05-04'] };
    expect((await admin.post('/calendar', { ...next, reason: 'a bridge day' })).status).toBe(201);
    const [made, ...kept] = await versionsOf('/calendar');
    expect(made).toMatchObject({ version: Number(before?.version) + 1, value: next });
    expect(kept).toEqual([before, ...older]);
    ok(await admin.post('/calendar', before?.value));
  });

  it('takes effect on what is planned from then on', async () => {
    const [calendar] = await versionsOf('/calendar');
    ok(await admin.post('/calendar', { ...calendar?.value, closed: ['2026-03-04'] }));
    expect(alertLines(await service.register())[0]).toBe('signing 1: planned 2026-03-05T10:00:00+09:00');
    ok(await admin.post('/calendar', calendar?.value));
  });

  it.each([
    ['/calendar', { timeZone: 'Mars/Olympus' }, 'timeZone'],
    ['/calendar', { window: { from: '18:00', to: '09:00' } }, 'window'],
    ['/calendar', { terms: [{ inspectionDays: 7, paymentDays: 3 }] }, 'terms[0].source'],
    ['/agency', { graceHours: -1 }, 'graceHours'],
    ['/agency', { digestFrom: 1 }, 'digestFrom'],
    ['/reporting-channels', { channels: [] }, 'channels'],
  ])('of %s that makes no sense is refused by its path: %j', async (path, wrong, field) => {
    const [inForce] = await versionsOf(path);
    const answer = problem(await admin.post(path, { ...inForce?.value, ...wrong }));
    expect(answer.status).toBe(400);
    expect(answer.fields?.map((one) => one.path)).toContain(field);
    expect(await versionsOf(path)).toHaveLength(inForce?.version ?? 0);
  });

  it('of the agency that lists a number keeps it masked only', async () => {
    const [agency] = await versionsOf('/agency');
    const answer = await admin.post('/agency', {
      ...agency?.value,
      rehearsal: { on: false, numbers: ['010-0000-4321'] },
    });
    expect(answer.text).toContain('010-****-4321');
    expect(answer.text).not.toContain('00004321');
    const landline = await admin.post('/agency', {
      ...agency?.value,
      rehearsal: { on: true, numbers: ['010-0000-4321', '02-123-4567'] },
    });
    expect(problem(landline)).toMatchObject({ status: 422, fields: [{ path: 'rehearsal.numbers[1]' }] });
  });
});

describe('the calendar', () => {
  withService();

  interface Day {
    date: string;
    kind: string;
    name: { ko: string; en: string } | null;
    law: { source: { ko: string; en: string }; from: string } | null;
    isBusinessDay: boolean;
  }
  const daysOf = async (year: number) =>
    ok(await admin.get<{ items: Day[] }>(`/calendar/days?year=${year}`)).items;

  it('shows the days of a year by name, with the law that makes each', async () => {
    const [{ value }] = (await versionsOf('/calendar')) as [Version];
    ok(await admin.post('/calendar', { ...value, closed: ['2027-05-04'], open: ['2027-05-03'] }));
    expect((await daysOf(2027)).filter(({ date }) => date.startsWith('2027-05-0'))).toEqual([
      {
        date: '2027-05-01',
        kind: 'holiday',
        name: { ko: '노동절', en: 'Workers’ Day' },
        law: {
          source: {
            ko: '관공서의 공휴일에 관한 규정(대통령령 제36290호, 2026-04-30)',
            en: 'Regulation on Public Holidays of Government Offices (Presidential Decree 36290 of 2026-04-30)',
          },
          from: '2026-05-01',
        },
        isBusinessDay: false,
      },
      expect.objectContaining({ date: '2027-05-03', kind: 'substitute', isBusinessDay: true }) as Day,
      { date: '2027-05-03', kind: 'open', name: null, law: null, isBusinessDay: true },
      { date: '2027-05-04', kind: 'closed', name: null, law: null, isBusinessDay: false },
      expect.objectContaining({ date: '2027-05-05', name: { ko: '어린이날', en: 'Children’s Day' } }) as Day,
    ]);
    ok(await admin.post('/calendar', value));
    expect(problem(await admin.get('/calendar/days?year=1989')).status).toBe(400);
  });

  it('takes a region that the country has, and the holidays of it', async () => {
    const [{ value }] = (await versionsOf('/calendar')) as [Version];
    const london = { ...value, timeZone: 'Europe/London', country: 'GB' };
    const refused = problem(await admin.post('/calendar', { ...london, region: 'BY' }));
    expect(refused).toMatchObject({ status: 400, fields: [{ path: 'region', code: 'region-unknown' }] });
    expect(refused.fields?.[0]?.message).toContain('ALD, ENG, NIR, SCT, WLS');
    expect(problem(await admin.post('/calendar', { ...value, region: 'ENG' })).status).toBe(400);
    ok(await admin.post('/calendar', london));
    const august = async () => (await daysOf(2027)).filter(({ date }) => date.startsWith('2027-08'));
    expect(await august()).toEqual([]);
    ok(await admin.post('/calendar', { ...london, region: 'ENG' }));
    expect(await august()).toMatchObject([
      { date: '2027-08-30', name: { en: 'Summer bank holiday' }, law: null },
    ]);
    ok(await admin.post('/calendar', value));
  });

  // Ends on Friday 18 December 2026: 7 and 10 days later are Friday 25 December, a holiday, and Monday 28 December.
  it('gives the statutory terms that are in force when a contract ends', async () => {
    const [{ value }] = (await versionsOf('/calendar')) as [Version];
    const expected = async () => {
      const { milestones } = await service.register({ endsOn: '2026-12-18' });
      return milestones.flatMap(({ code, expectedBy }) => (expectedBy ? [`${code} ${expectedBy}`] : []));
    };
    expect(await expected()).toEqual(['completion-inspection 2027-01-04', 'final-payment 2027-01-06']);
    const source = '지방계약법 시행령의 한시적 특례';
    const terms = [{ from: '2026-07-01', until: '2026-12-31', inspectionDays: 7, paymentDays: 3, source }];
    ok(await admin.post('/calendar', { ...value, terms }));
    expect(await expected()).toEqual(['completion-inspection 2026-12-28', 'final-payment 2026-12-28']);
    ok(await admin.post('/calendar', value));
  });
});

describe('a plan', () => {
  withService();

  it('in a new version is for new contracts; a contract keeps its own', async () => {
    const goods = { kind: 'goods' as const, startsOn: null };
    const before = await service.register(goods);
    ok(await admin.post('/plans', { plan: sparse, reason: 'fewer texts' }));
    const after = await service.register(goods);
    expect([before.planVersion, after.planVersion]).toEqual([1, 2]);
    expect(after.milestones.map((milestone) => milestone.code)).toEqual(['signing']);

    const replanned = ok(
      await admin.patch<typeof before>(`/contracts/${before.id}`, { endsOn: '2026-12-18' }),
    );
    expect(replanned.planVersion).toBe(1);
    expect(replanned.milestones.map((milestone) => milestone.code)).toEqual(
      before.milestones.map((milestone) => milestone.code),
    );
  });

  it('that is denser is chosen by a contract’s value', async () => {
    ok(await admin.post('/plans', { plan: { ...sparse, kind: 'service', fromAmount: '50000000' } }));
    const worth = async (amount: string) =>
      (await service.register({ kind: 'service', value: { amount, currency: 'KRW' } })).milestones.length;
    expect(await worth('49999999')).toBe(6);
    expect(await worth('50000000')).toBe(1);
  });

  it('whose anchor names a milestone that it does not have is refused', async () => {
    const [first] = sparse.milestones;
    const plan = { ...sparse, milestones: [{ ...first, anchor: { type: 'milestone', code: 'opening' } }] };
    expect((await admin.post('/plans', { plan })).status).toBe(400);
  });
});

describe('a template', () => {
  withService();

  const template = {
    locale: 'ko',
    kind: 'works',
    milestone: 'final-payment',
    body: '[{{> agency}}] {{contract.reference}} 준공대금. 신고 {{> channels}}',
  };

  it('with an unknown variable is refused with its line and column', async () => {
    const body = `[{{> agency}}] {{contract.reference}}\n준공대금 {{contract.price}} 신고 {{> channels}}`;
    const answer = problem(await admin.post('/templates', { ...template, body }));
    expect(answer).toMatchObject({
      status: 422,
      code: 'template-refused',
      fields: [{ path: 'body:2:6', code: 'unknown-variable' }],
    });
    expect(answer.detail).toContain('Line 2, column 6');
  });

  it.each([
    ['a helper', '{{contract.reference}} {{#each contracts}}x{{/each}} {{> channels}}'],
    ['a link to anywhere', '{{contract.reference}} bit.ly/abc {{> channels}}'],
    ['no reference', '신고 {{> channels}}'],
    ['no reporting channel', '{{contract.reference}}'],
    ['a character that Korean carriers cannot carry', '{{contract.reference}} 👍 {{> channels}}'],
  ])('with %s is refused', async (_what, body) => {
    const before = await service.contents();
    expect(problem(await admin.post('/templates', { ...template, body }))).toMatchObject({
      status: 422,
      code: 'template-refused',
    });
    expect(await service.contents()).toEqual(before);
  });

  it('in a new version is what is sent from then on; a message keeps the one it was sent with', async () => {
    await service.register();
    await service.advanceTo('2026-03-04T12:00:00+09:00');
    const signing = { ...template, kind: 'any', milestone: 'signing' };
    const made = ok(
      await admin.post<{ key: string; version: number }>('/templates', {
        ...signing,
        body: '[{{> agency}}] 새 안내({{contract.reference}}) {{> channels}}',
        reason: 'shorter',
      }),
    );
    expect(made).toMatchObject({ version: 2 });
    await service.register({ signedOn: '2026-03-04' });
    await service.advanceTo('2026-03-05T12:00:00+09:00');
    expect((await service.texts()).at(-1)?.text).toMatch(/^\[한빛시\] 새 안내/);
    const used = await service.sql<{ version: number }>(
      `SELECT DISTINCT v.version FROM message m JOIN template_version v ON v.id = m.template_version_id
       WHERE v.key = $1 ORDER BY 1`,
      [made.key],
    );
    expect(used).toEqual([{ version: 1 }, { version: 2 }]);
  });
});

describe('what has been said', () => {
  withService();

  beforeAll(async () => {
    const contract = await service.register({ departmentId: await service.departmentId('PARKS') });
    const path = `/contracts/${contract.id}`;
    ok(await admin.patch(path, { endsOn: '2026-12-18', reason: 'rain' }));
    ok(await admin.post(`${path}/counterparties/${contract.counterparties[0]?.id}/contacts`, aContact()));
    ok(await admin.delete(`${path}/contacts/${contactIds(contract)[0]}?reason=a+test`));
    ok(await admin.post(`${path}/milestones/advance-payment/occurrences`, { occurredOn: '2026-04-01' }));
    ok(await admin.post(`${path}/start`, { on: '2026-03-16' }));
    const brake = { scope: 'agency', target: 'all', reason: 'for a test' };
    const { id } = ok(await admin.post<{ id: string }>('/brakes', brake));
    ok(await admin.post(`/brakes/${id}/release`, { reason: 'tested' }));
    await service.advanceTo('2026-03-20T12:00:00+09:00');
  });

  it.each(['leaf', 'change', 'setting', 'template_version', 'receipt', 'contract_revision'])(
    'cannot be rewritten, removed or emptied by the service’s own role: %s',
    async (table) => {
      const [{ n } = { n: 0 }] = await service.sql<{ n: number }>(`SELECT count(*)::int AS n FROM ${table}`);
      expect(n).toBeGreaterThan(0);
      const app = new pg.Client({ connectionString: service.ground.database.appUrl });
      await app.connect();
      try {
        const [column] = await service.sql<{ name: string }>(
          `SELECT column_name AS name FROM information_schema.columns
           WHERE table_schema = 'public' AND table_name = $1 LIMIT 1`,
          [table],
        );
        for (const statement of [
          `UPDATE ${table} SET ${column?.name} = ${column?.name}`,
          `DELETE FROM ${table}`,
          `TRUNCATE ${table}`,
          `ALTER TABLE ${table} ADD COLUMN x int`,
          `DROP TABLE ${table}`,
        ]) {
          await expect(app.query(statement)).rejects.toThrow(/permission denied|must be owner/);
        }
      } finally {
        await app.end();
      }
      expect(await service.sql(`SELECT count(*)::int AS n FROM ${table}`)).toEqual([{ n }]);
    },
  );

  it('stands in a leaf for every change, word for word', async () => {
    const changes = await service.sql<{ change: Said; leaves: Said[] }>(
      `SELECT to_jsonb(c) AS change, jsonb_agg(l.body) AS leaves
       FROM change c LEFT JOIN leaf l ON l.kind = 'change' AND l.body->>'id' = c.id::text GROUP BY c.id`,
    );
    expect(changes.length).toBeGreaterThan(100);
    for (const { change, leaves } of changes) expect(leaves.map(wordsOf)).toEqual([wordsOf(change)]);
    const said = new Set(
      changes.map(({ change: { what, params } }) =>
        [what, params['move'], params['milestone'], params['field']].filter(Boolean).join(' '),
      ),
    );
    for (const what of [
      'registered',
      'amended endsOn',
      'contact-added',
      'contact-removed',
      'occurred advance-payment',
      'moved start state',
      'brake-pulled',
      'brake-released',
    ])
      expect(said).toContain(what);
  });

  it('stands in a leaf for every text that was sent and delivered', async () => {
    const without = await service.sql(
      `SELECT m.id FROM message m WHERE (SELECT count(*) FROM leaf l
         WHERE l.subject_id = m.id::text AND l.kind IN ('message-sent', 'message-delivered')) <> 2`,
    );
    expect(without).toEqual([]);
    const sent = await service.sql(`SELECT 1 FROM leaf WHERE kind = 'message-sent'`);
    expect(sent.length).toBeGreaterThan(0);
  });

  it('has a hash in every leaf that whoever has its salt can compute again, and that covers every word', async () => {
    const leaves = await service.sql<LeafContent & { salt: Buffer; hash: Buffer }>(
      `SELECT id, kind, subject_id AS "subjectId", body, salt, hash FROM leaf`,
    );
    expect(leaves.length).toBeGreaterThan(100);
    expect(leaves.filter((leaf) => !entryOf(leaf, leaf.salt).equals(leaf.hash))).toEqual([]);
    for (const { body, ...leaf } of leaves.filter(({ kind }) => kind === 'change')) {
      const altered = { ...leaf, body: { ...(body as object), actor: 'nobody' } };
      expect(entryOf(altered, leaf.salt)).not.toEqual(leaf.hash);
    }
  });
});
