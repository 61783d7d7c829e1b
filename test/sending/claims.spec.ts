import { AlertStates } from '../../src/core/planning/alert-states.js';
import { type AlertStatus, alertStatuses } from '../../src/core/planning/planning.types.js';
import type { Situation } from '../../src/core/sending/brakes.service.js';
import { Claims } from '../../src/core/sending/drain.service.js';
import { type AlertMade, ago, SendingBench } from '../support/sending-bench.js';

let bench: SendingBench;
let claims: Claims;
beforeAll(async () => {
  bench = await SendingBench.start();
  claims = bench.get(Claims);
});
beforeEach(() => bench.clear());
afterAll(() => bench.stop());

/** What a drain of the shard of this alert claims, by the ids of alerts: one list for a message. */
async function claimedWith(alert: AlertMade, situation: Situation = bench.situation()): Promise<string[][]> {
  const { groups } = await claims.claimGroups(alert.shard, situation);
  return groups.map((group) => group.map(({ id }) => id));
}

const alertOf = (id: string) => bench.row('alert', id);
const inState = (status: AlertStatus) =>
  ['planned', 'claimed', 'messaged'].includes(status) ? {} : { reason: 'no-number' };

describe('an alert is claimed', () => {
  it('for the length of the lease, by this claim', async () => {
    const alert = await bench.alert({ retryInSeconds: -5 });
    const { claimId, groups } = await claims.claimGroups(alert.shard, bench.situation());
    expect(groups).toEqual([
      [
        expect.objectContaining({
          ...{ id: alert.id, number: alert.index.toString('hex'), dueDay: '2026-03-04' },
        }) as object,
      ],
    ]);
    const row = await alertOf(alert.id);
    expect(row).toMatchObject({ status: 'claimed', claimed_by: claimId, retry_at: null });
    const lease = (row['lease_until'] as Date).getTime() - Date.now();
    expect(lease).toBeGreaterThan(20_000);
    expect(lease).toBeLessThanOrEqual(30_500);
  });

  it('once it is due, and not a millisecond before', async () => {
    const alert = await bench.alert();
    const due = (await alertOf(alert.id))['due_at'] as Date;
    expect(await claimedWith(alert, bench.situation({ now: new Date(due.getTime() - 1) }))).toEqual([]);
    expect(await claimedWith(alert, bench.situation({ now: due }))).toEqual([[alert.id]]);
  });

  it('by a drain of its own shard', async () => {
    const alert = await bench.alert();
    for (let shard = 0; shard < 8; shard += 1) {
      if (shard !== alert.shard)
        expect((await claims.claimGroups(shard, bench.situation())).groups).toEqual([]);
    }
    expect(await claimedWith(alert)).toEqual([[alert.id]]);
  });

  it('again once its wait is over, and not before', async () => {
    const [over, waiting] = [
      await bench.alert({ retryInSeconds: -0.05 }),
      await bench.alert({ retryInSeconds: 20 }),
    ];
    expect(await claimedWith(over)).toEqual([[over.id]]);
    expect(await claimedWith(waiting)).toEqual([]);
  });

  it.each(alertStatuses.filter((status) => status !== 'messaged'))(
    'when it is planned: now it is %s',
    async (status) => {
      const alert = await bench.alert({ status, ...inState(status) });
      const before = await alertOf(alert.id);
      if (status === 'planned') expect(await claimedWith(alert)).toEqual([[alert.id]]);
      else {
        expect(await claimedWith(alert)).toEqual([]);
        expect(await alertOf(alert.id)).toEqual(before);
      }
    },
  );

  it('unless its department is braked; another’s goes on', async () => {
    const [braked, free] = [await bench.alert({ shard: 2 }), await bench.alert({ shard: 2 })];
    const situation = bench.situation({ brakes: { departments: [braked.departmentId] } });
    const { groups } = await claims.claimGroups(2, situation);
    expect(groups.map((group) => group.map(({ id }) => id))).toEqual([[free.id]]);
    expect(await alertOf(braked.id)).toMatchObject({ status: 'planned', retry_at: null });
  });

  it('by one drain: what another is claiming is passed over', async () => {
    const to = bench.number();
    const [held, free] = [await bench.alert({ to }), await bench.alert({ to, dueDay: '2026-03-05' })];
    const claimed = await bench.whileLocked('alert', [held.id], () => claimedWith(free));
    expect(claimed).toEqual([[free.id]]);
    expect(await claimedWith(held)).toEqual([[held.id]]);
    expect(await claimedWith(held)).toEqual([]);
  });

  it('the longest due first, no more than a quarter of the lease can send', async () => {
    const to = bench.number();
    // One text a second: a single alert at a time.
    bench.pigeon.rate = 1;
    const days = ['2026-03-04', '2026-03-05', '2026-03-06'];
    const due = [-5, -50, -20];
    const alerts = [];
    for (const [i, dueDay] of days.entries())
      alerts.push(await bench.alert({ to, dueDay, dueInSeconds: due[i] ?? 0 }));
    const [first, second, third] = alerts as [AlertMade, AlertMade, AlertMade];
    expect(await claimedWith(first)).toEqual([[second.id]]);
    expect(await claimedWith(first)).toEqual([[third.id]]);
    bench.pigeon.rate = 1000;
    expect(await claimedWith(first)).toEqual([[first.id]]);
  });

  it.each([
    ['a single text a second', 1, 1],
    ['less than the calls under way', 4, 4],
    ['a usual rate', 20, 18],
    ['a rate that could send more than we would hold', 1000, 500],
  ])(
    'no more of them than all shards can send in a quarter of the lease, at %s',
    async (_what, rate, most) => {
      bench.pigeon.rate = rate;
      const alert = await bench.alert();
      // Of as many days, so that no digest joins them.
      await bench.sql(
        `INSERT INTO alert (id, milestone_id, contract_id, contact_id, department_id, number_index, shard, wording, due_at,
                          due_day, status, planned_at, reissue)
       SELECT gen_random_uuid(), milestone_id, contract_id, contact_id, department_id, number_index, shard, wording, due_at,
              due_day + n, status, planned_at, n FROM alert, generate_series(1, 504) AS n`,
      );
      expect(await claimedWith(alert)).toHaveLength(most);
    },
  );

  it('as due since its milestone was, when it was planned later', async () => {
    const alert = await bench.alert();
    await bench.sql(`UPDATE milestone SET due_at = $2 WHERE id = $1`, [alert.milestoneId, ago(5000)]);
    const { groups } = await claims.claimGroups(alert.shard, bench.situation());
    const dueAt = groups[0]?.[0]?.dueAt.getTime() ?? 0;
    expect(Math.abs(dueAt - ago(5000).getTime())).toBeLessThan(10_000);
  });

  it('in the order in which messages fell due', async () => {
    const to = bench.number();
    const late = await bench.alert({ to, dueInSeconds: -10 });
    const early = await bench.alert({ to, dueDay: '2026-03-05', dueInSeconds: -90 });
    const middle = await bench.alert({ to, dueDay: '2026-03-06', dueInSeconds: -40 });
    expect(await claimedWith(late)).toEqual([[early.id], [middle.id], [late.id]]);
  });
});

describe('after a restore', () => {
  const suspicion = { from: ago(7200), until: ago(60) };

  it('only what the other life may have sent is claimed while the instance is braked', async () => {
    const to = bench.number();
    const before = await bench.alert({ to, dueInSeconds: -3600 });
    const after = await bench.alert({ to, dueInSeconds: -30, dueDay: '2026-03-05' });
    const braked = bench.situation({ suspicion, brakes: { instance: true } });
    expect(await claimedWith(before, braked)).toEqual([[before.id]]);
    expect(await alertOf(after.id)).toMatchObject({ status: 'planned' });
    expect(await claimedWith(after, bench.situation({ suspicion }))).toEqual([[after.id]]);
  });

  it('up to its end, and by the service’s clock where that is behind it', async () => {
    const alert = await bench.alert({ dueInSeconds: -30 });
    const due = (await alertOf(alert.id))['due_at'] as Date;
    const until = (ms: number) => ({ from: ago(7200), until: new Date(due.getTime() + ms) });
    const brakes = { instance: true };
    expect(await claimedWith(alert, bench.situation({ brakes, suspicion: until(-1) }))).toEqual([]);
    const now = new Date(due.getTime() - 1);
    expect(await claimedWith(alert, bench.situation({ brakes, suspicion: until(0), now }))).toEqual([]);
    expect(await claimedWith(alert, bench.situation({ brakes, suspicion: until(0) }))).toEqual([[alert.id]]);
  });
});

describe('a digest', () => {
  /** The agency joins three alerts of a number and a day. */
  const to = () => bench.number();
  const later = { dueInSeconds: 3600 };

  it('takes what falls due later that day, when there are enough', async () => {
    const number = to();
    const due = await bench.alert({ to: number });
    const others = [await bench.alert({ to: number, ...later }), await bench.alert({ to: number, ...later })];
    const [group, ...rest] = await claimedWith(due);
    expect(rest).toEqual([]);
    expect(new Set(group)).toEqual(new Set([due, ...others].map(({ id }) => id)));
    for (const { id } of others) expect(await alertOf(id)).toMatchObject({ status: 'claimed' });
  });

  it('is not made of too few: what falls due later stays planned', async () => {
    const number = to();
    const [due, other] = [await bench.alert({ to: number }), await bench.alert({ to: number, ...later })];
    expect(await claimedWith(due)).toEqual([[due.id]]);
    expect(await alertOf(other.id)).toMatchObject({ status: 'planned' });
  });

  it('counts what is due with it', async () => {
    const number = to();
    const due = [await bench.alert({ to: number }), await bench.alert({ to: number })];
    const other = await bench.alert({ to: number, ...later });
    const [group, ...rest] = await claimedWith(other);
    expect(rest).toEqual([]);
    expect(new Set(group)).toEqual(new Set([...due, other].map(({ id }) => id)));
  });

  it('of two that are due is two messages', async () => {
    const number = to();
    const due = [
      await bench.alert({ to: number, dueInSeconds: -9 }),
      await bench.alert({ to: number, dueInSeconds: -2 }),
    ];
    expect(await claimedWith(due[0] as AlertMade)).toEqual(due.map(({ id }) => [id]));
  });

  it.each<[string, Parameters<SendingBench['alert']>[0]]>([
    ['another day', { dueDay: '2026-03-05' }],
    ['another number', { to: '+821000099999' }],
    ['what is held', { status: 'held', reason: 'suspended' }],
    ['what was cancelled', { status: 'cancelled', reason: 'terminated' }],
    ['what was missed', { status: 'missed', reason: 'rehearsal' }],
    ['what another drain has claimed', { status: 'claimed' }],
  ])('leaves out %s, and is not made of what is left', async (_what, given) => {
    const number = to();
    const due = await bench.alert({ to: number });
    const beside = await bench.alert({ to: number, ...later });
    const other = await bench.alert({ to: number, ...later, ...given });
    const before = await alertOf(other.id);
    expect(await claimedWith(due)).toEqual([[due.id]]);
    expect(await alertOf(beside.id)).toMatchObject({ status: 'planned' });
    expect(await alertOf(other.id)).toEqual(before);
  });

  it('leaves out braked departments, and is made of the rest', async () => {
    const number = to();
    const braked = await bench.alert({ to: number, ...later });
    const due = await bench.alert({ to: number });
    const rest = [await bench.alert({ to: number, ...later }), await bench.alert({ to: number, ...later })];
    const situation = bench.situation({ brakes: { departments: [braked.departmentId] } });
    const [group, ...others] = await claimedWith(due, situation);
    expect(others).toEqual([]);
    expect(new Set(group)).toEqual(new Set([due, ...rest].map(({ id }) => id)));
    expect(await alertOf(braked.id)).toMatchObject({ status: 'planned' });
  });

  it('leaves another number’s day alone, though that has enough', async () => {
    const due = await bench.alert({ to: to() });
    const number = to();
    const others = [];
    for (let i = 0; i < 4; i += 1) others.push(await bench.alert({ to: number, ...later }));
    expect(await claimedWith(due)).toEqual([[due.id]]);
    for (const { id } of others) expect(await alertOf(id)).toMatchObject({ status: 'planned' });
  });

  it('is not made when a braked department has what is wanting', async () => {
    const number = to();
    const braked = await bench.alert({ to: number, ...later });
    const [due, beside] = [await bench.alert({ to: number }), await bench.alert({ to: number, ...later })];
    const situation = bench.situation({ brakes: { departments: [braked.departmentId] } });
    expect(await claimedWith(due, situation)).toEqual([[due.id]]);
    for (const { id } of [braked, beside]) expect(await alertOf(id)).toMatchObject({ status: 'planned' });
  });

  it('is made for each number on its own, however many are due that day', async () => {
    const alerts = [];
    for (let i = 0; i < 4; i += 1) alerts.push(await bench.alert({ shard: 2, dueInSeconds: -9 + i }));
    const { groups } = await claims.claimGroups(2, bench.situation());
    expect(groups.map((group) => group.map(({ id }) => id))).toEqual(alerts.map(({ id }) => [id]));
  });

  it('is made for each day on its own', async () => {
    const number = to();
    const one = await bench.alert({ to: number });
    const other = await bench.alert({ to: number, dueDay: '2026-03-05' });
    for (const dueDay of ['2026-03-04', '2026-03-04', '2026-03-05'])
      await bench.alert({ to: number, ...later, dueDay });
    const groups = await claimedWith(one);
    expect(groups.map((group) => group.length).sort()).toEqual([1, 3]);
    expect(groups.find((group) => group.length === 1)).toEqual([other.id]);
  });
});

describe('a claim’s alerts', () => {
  const lock = async (claimId: string, ids: string[]) => [
    ...(await bench.get(AlertStates).lockClaimed(claimId, ids)),
  ];
  const claimId = '01900000-0000-7000-8000-0000000000c1';
  const another = '01900000-0000-7000-8000-0000000000c2';

  it('are its own while the lease runs', async () => {
    const own = await bench.alert({ status: 'claimed', claimedBy: claimId, leaseInSeconds: 20 });
    const expired = await bench.alert({ status: 'claimed', claimedBy: claimId, leaseInSeconds: -0.05 });
    const taken = await bench.alert({ status: 'claimed', claimedBy: another, leaseInSeconds: 20 });
    const planned = await bench.alert();
    const unasked = await bench.alert({ status: 'claimed', claimedBy: claimId, leaseInSeconds: 20 });
    const held = await lock(
      claimId,
      [own, expired, taken, planned].map(({ id }) => id),
    );
    expect(held).toEqual([own.id]);
    expect(held).not.toContain(unasked.id);
  });

  const alerts = () => bench.get(AlertStates);
  const leave: [string, (id: string) => Promise<unknown>, object][] = [
    ['given back', (id) => alerts().giveBack(claimId, [id], 100), { status: 'planned', reason: null }],
    [
      ...(['held', (id: string) => alerts().hold(claimId, [id], 'no template')] as const),
      { status: 'held', reason: 'text-failed', failure: 'no template', retry_at: null },
    ],
    [
      ...(['missed', (id: string) => alerts().miss(claimId, [id], 'rehearsal')] as const),
      { status: 'missed', reason: 'rehearsal', failure: null },
    ],
  ];

  describe.each(leave)('are %s', (_what, act, expected) => {
    it.each(alertStatuses.filter((status) => status !== 'messaged'))('from %s', async (status) => {
      const alert = await bench.alert({ status, claimedBy: claimId, ...inState(status) });
      const before = await alertOf(alert.id);
      await act(alert.id);
      if (status !== 'claimed') expect(await alertOf(alert.id)).toEqual(before);
      else
        expect(await alertOf(alert.id)).toMatchObject({ claimed_by: null, lease_until: null, ...expected });
    });

    it('by their own claim alone', async () => {
      const [alert, bystander] = [
        await bench.alert({ status: 'claimed', claimedBy: another }),
        await bench.alert({ status: 'claimed', claimedBy: claimId }),
      ];
      const before = await bench.contents('alert');
      await act(alert.id);
      expect(await bench.contents('alert')).toEqual(before);
      expect(await alertOf(bystander.id)).toMatchObject({ status: 'claimed' });
    });
  });

  it('that are given back wait as long as was said', async () => {
    const alert = await bench.alert({ status: 'claimed', claimedBy: claimId });
    await alerts().giveBack(claimId, [alert.id], 100);
    const retry = (await alertOf(alert.id))['retry_at'] as Date;
    expect(Math.abs(retry.getTime() - ago(-100).getTime())).toBeLessThan(10_000);
  });

  it.each<[string, object]>([
    ['planned again', { status: 'planned' }],
    ['claimed by another', { status: 'claimed', claimedBy: another }],
  ])('are not put into a message when they are %s', async (_what, given) => {
    const message = await bench.message();
    const alert = await bench.alert(given);
    const before = await bench.contents('alert');
    const put = alerts().putIntoMessages(claimId, [{ id: alert.id, messageId: message.id }]);
    await expect(put).rejects.toThrow('given away');
    expect(await bench.contents('alert')).toEqual(before);
  });
});
