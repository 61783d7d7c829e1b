import pg from 'pg';
import {
  type AlertToStore,
  AlertStates,
  alertTransitions,
  type Claim,
  type DueClaim,
  shardOf,
} from '../../src/core/planning/alert-states.js';
import { PlanningService } from '../../src/core/planning/planning.service.js';
import { type AlertStatus, alertStatuses } from '../../src/core/planning/planning.types.js';
import { newId } from '../../src/platform/ids.js';
import { Database, type Transition } from '../../src/platform/database/database.js';
import { type AlertMade, type Row, SendingBench } from '../support/sending-bench.js';

// docs/design.md draws the states, and states.spec.ts compares the drawing with the table of transitions. Here each
// transition is tried from each state on real rows, and each condition of a statement with a row that it excludes.

let bench: SendingBench;
let alerts: AlertStates;
let database: Database;
beforeAll(async () => {
  bench = await SendingBench.start();
  alerts = bench.get(AlertStates);
  database = bench.get(Database);
});
afterAll(() => bench.stop());
beforeEach(() => bench.clear());

const claimId = '01900000-0000-7000-8000-0000000000c1';
const otherClaim = '01900000-0000-7000-8000-0000000000c2';
const now = new Date('2026-03-04T01:00:00Z');

const claim = (rest: Partial<Claim> = {}): Claim => ({
  claimId,
  leaseSeconds: 30,
  brakedDepartments: [],
  ...rest,
});
const dueClaim = (shard: number, rest: Partial<DueClaim> = {}): DueClaim => ({
  ...claim(),
  shard,
  dueUntil: new Date(Date.now() + 1000),
  limit: 100,
  ...rest,
});

/** An alert that has been through a lot, so that a column which a transition forgets shows. */
async function lived(
  status: AlertStatus,
  given: Parameters<SendingBench['alert']>[0] = {},
): Promise<AlertMade> {
  const messageId = status === 'messaged' ? (await bench.message()).id : undefined;
  const hasReason = !['planned', 'claimed', 'messaged'].includes(status);
  const alert = await bench.alert({
    status,
    ...(hasReason && { reason: 'suppressed' }),
    ...(messageId && { messageId }),
    claimedBy: claimId,
    retryInSeconds: -5,
    ...given,
  });
  await bench.sql(
    `UPDATE alert SET failure = 'before', updated_at = now() - interval '1 hour' WHERE id = $1`,
    [alert.id],
  );
  return alert;
}

/** The columns that transitions change, times as seconds from now. */
async function looked({ id }: { id: string }): Promise<Row> {
  const [row] = await bench.sql(
    `SELECT status, reason, failure, claimed_by AS claim, message_id AS message,
            extract(epoch FROM lease_until - clock_timestamp())::float8 AS lease,
            extract(epoch FROM retry_at - clock_timestamp())::float8 AS retry,
            extract(epoch FROM updated_at - clock_timestamp())::float8 AS updated
     FROM alert WHERE id = $1`,
    [id],
  );
  return row ?? {};
}
const statusOf = async (alert: { id: string }) => (await looked(alert))['status'];
const stored = async ({ id }: { id: string }) => bench.row('alert', id);

/** Seconds from now of a moment that a transition sets; a little is left for a slow machine. */
const inAbout = (seconds: number) => expect.closeTo(seconds, -1) as number;

function toStore(alert: AlertMade, rest: Partial<AlertToStore> = {}): AlertToStore {
  return {
    ...{ id: alert.id, isNew: false, contractId: alert.contractId, departmentId: alert.departmentId },
    ...{ milestoneId: alert.milestoneId, contactId: alert.contactId, number: alert.index.toString('hex') },
    ...{ code: 'signing', occurrence: 1, wording: 'milestone', status: 'held', reason: 'suspended' },
    ...{ dueAt: new Date('2026-05-06T01:00:00Z'), dueDay: '2026-05-06' },
    ...rest,
  };
}

interface Move {
  what: string;
  transition: Transition<AlertStatus>;
  act: (alert: AlertMade) => Promise<unknown>;
  /** What becomes of the row. */
  becomes: Row;
}

const letGo = { claim: null, lease: null, updated: inAbout(0) };
const { claim: claiming, giveBack, hold, miss, putIntoMessage, replan } = alertTransitions;

/** A message for alerts to go into. */
let messageId: string;
const moves: Move[] = [
  {
    what: 'claim what is due',
    transition: claiming,
    act: ({ shard }) => alerts.claimDue(dueClaim(shard, { claimId: otherClaim })),
    becomes: { status: 'claimed', claim: otherClaim, lease: inAbout(30), retry: null, updated: inAbout(0) },
  },
  {
    what: 'claim for a digest',
    transition: claiming,
    act: ({ index }) =>
      alerts.claimForDigests(claim({ claimId: otherClaim }), [
        { number: index.toString('hex'), dueDay: '2026-03-04', atLeast: 1 },
      ]),
    becomes: { status: 'claimed', claim: otherClaim, lease: inAbout(30), retry: null, updated: inAbout(0) },
  },
  {
    what: 'give back',
    transition: giveBack,
    act: ({ id }) => alerts.giveBack(claimId, [id], 200),
    becomes: { status: 'planned', ...letGo, retry: inAbout(200) },
  },
  {
    what: 'hold',
    transition: hold,
    act: ({ id }) => alerts.hold(claimId, [id], 'x'.repeat(400)),
    becomes: { status: 'held', ...letGo, reason: 'text-failed', failure: 'x'.repeat(300) },
  },
  {
    what: 'miss',
    transition: miss,
    act: ({ id }) => alerts.miss(claimId, [id], 'rehearsal'),
    becomes: { status: 'missed', ...letGo, reason: 'rehearsal', failure: null },
  },
  {
    what: 'put into a message',
    transition: putIntoMessage,
    act: ({ id }) => alerts.putIntoMessages(claimId, [{ id, messageId }]),
    becomes: { status: 'messaged', ...letGo },
  },
  {
    what: 'plan again',
    transition: replan,
    act: (alert) => alerts.store([toStore(alert)], now),
    becomes: { status: 'held', reason: 'suspended', failure: null, retry: null, updated: inAbout(0) },
  },
];

describe.each(moves)('to $what', ({ transition, act, becomes }) => {
  beforeEach(async () => (messageId = (await bench.message()).id));

  it.each(alertStatuses.map((status) => ({ status })))('from $status', async ({ status }) => {
    const alert = await lived(status);
    const other = await lived(status);
    const [before, untouched, others] = [await looked(alert), await stored(alert), await stored(other)];
    if (transition.from.includes(status)) {
      await act(alert);
      const retry = inAbout(Number(before['retry']));
      const into = transition === putIntoMessage ? { message: messageId } : {};
      expect(await looked(alert)).toEqual({ ...before, retry, ...becomes, ...into });
    } else {
      await act(alert).catch(() => undefined);
      expect(await stored(alert)).toEqual(untouched);
    }
    if (other.shard !== alert.shard) expect(await stored(other)).toEqual(others);
  });
});

describe('what a claim holds', () => {
  const actions: [string, (ids: string[]) => Promise<unknown>][] = [
    ['giving back', (ids) => alerts.giveBack(claimId, ids, 1)],
    ['holding', (ids) => alerts.hold(claimId, ids, 'why')],
    ['missing', (ids) => alerts.miss(claimId, ids, 'rehearsal')],
  ];

  it.each(actions)('%s touches the alerts that it names, and of those its own only', async (_, act) => {
    const [named, unnamed] = [await lived('claimed'), await lived('claimed')];
    const others = await lived('claimed', { claimedBy: otherClaim });
    const before = [await stored(unnamed), await stored(others)];
    await act([named.id, others.id]);
    expect(await statusOf(named)).not.toBe('claimed');
    expect([await stored(unnamed), await stored(others)]).toEqual(before);
  });

  it('goes into the messages that were frozen for it, each alert into its own', async () => {
    const [one, two] = [await lived('claimed'), await lived('claimed')];
    const [first, second] = [await bench.message(), await bench.message()];
    await alerts.putIntoMessages(claimId, [
      { id: one.id, messageId: first.id },
      { id: two.id, messageId: second.id },
    ]);
    expect([(await looked(one))['message'], (await looked(two))['message']]).toEqual([first.id, second.id]);
  });

  it('is not put into a message by another claim: all is undone, or a text would go out twice', async () => {
    const [own, others] = [await lived('claimed'), await lived('claimed', { claimedBy: otherClaim })];
    const message = await bench.message();
    const bound = database.inTransaction(() =>
      alerts.putIntoMessages(
        claimId,
        [own, others].map(({ id }) => ({ id, messageId: message.id })),
      ),
    );
    await expect(bound).rejects.toThrow('given away');
    expect([await statusOf(own), await statusOf(others)]).toEqual(['claimed', 'claimed']);
  });

  it('is locked while its lease lasts; what another holds, or nobody any more, is left out', async () => {
    const own = await lived('claimed');
    const unnamed = await lived('claimed');
    const others = await lived('claimed', { claimedBy: otherClaim });
    const lapsed = await lived('claimed', { leaseInSeconds: -1 });
    const planned = await lived('planned');
    const asked = [own, others, lapsed, planned].map(({ id }) => id);
    expect(await alerts.lockClaimed(claimId, asked)).toEqual(new Set([own.id]));
    expect(await alerts.lockClaimed(claimId, [unnamed.id])).toEqual(new Set([unnamed.id]));
  });

  it('is kept from the sweep while it is being frozen', async () => {
    const own = await lived('claimed');
    await database.inTransaction(async () => {
      await alerts.lockClaimed(claimId, [own.id]);
      expect(await isLocked(own)).toBe(true);
    });
    expect(await isLocked(own)).toBe(false);
  });
});

async function isLocked({ id }: { id: string }): Promise<boolean> {
  const rows = await bench.sql(`SELECT id FROM alert WHERE id = $1 FOR UPDATE SKIP LOCKED`, [id]);
  return rows.length === 0;
}

describe('claiming what is due', () => {
  const shard = 3;
  const due = (rest: Parameters<SendingBench['alert']>[0] = {}) => bench.alert({ shard, ...rest });
  const claimed = async (rest: Partial<DueClaim> = {}) =>
    (await alerts.claimDue(dueClaim(shard, rest))).map(({ id }) => id);
  const setDue = (alert: AlertMade, at: string) =>
    bench.sql(`UPDATE alert SET due_at = $2 WHERE id = $1`, [alert.id, at]);

  it('takes its shard only', async () => {
    const own = await due();
    await due({ shard: 4 });
    expect(await claimed()).toEqual([own.id]);
  });

  it('takes what falls due at the very moment, and nothing a millisecond later', async () => {
    const [at, after] = [await due(), await due()];
    await setDue(at, '2026-03-04T01:00:00Z');
    await setDue(after, '2026-03-04T01:00:00.001Z');
    expect(await claimed({ dueUntil: now })).toEqual([at.id]);
  });

  it('leaves out what is to be looked at later, and departments whose sending is paused', async () => {
    const [ready, paused] = [await due({ retryInSeconds: -1 }), await due()];
    await due({ retryInSeconds: 60 });
    expect(await claimed({ brakedDepartments: [paused.departmentId] })).toEqual([ready.id]);
    expect(await claimed()).toEqual([paused.id]);
  });

  it('takes the longest due first, and no more than it is to', async () => {
    const [late, later, latest] = [await due(), await due(), await due()];
    await setDue(late, '2026-03-04T00:59:00Z');
    await setDue(later, '2026-03-04T00:58:00Z');
    await setDue(latest, '2026-03-04T00:57:00Z');
    expect(new Set(await claimed({ dueUntil: now, limit: 2 }))).toEqual(new Set([latest.id, later.id]));
  });

  it('passes over what another drain is claiming, and does not wait for it', async () => {
    const [locked, free] = [await due(), await due()];
    await whileLocked(locked, async () => {
      expect(await claimed()).toEqual([free.id]);
    });
  });

  it('answers the number, the day, and when it should have gone out first', async () => {
    const [late, moved] = [await due({ dueDay: '2026-03-05' }), await due()];
    await setDue(late, '2026-03-04T00:30:00Z');
    await setDue(moved, '2026-03-04T00:30:00Z');
    const milestoneDue = `UPDATE milestone SET due_at = $2 WHERE id = $1`;
    await bench.sql(milestoneDue, [late.milestoneId, '2026-03-01T00:30:00Z']);
    await bench.sql(milestoneDue, [moved.milestoneId, '2026-03-06T00:30:00Z']);
    const found = new Map((await alerts.claimDue(dueClaim(shard))).map((one) => [one.id, one]));
    expect(found.get(late.id)).toEqual({
      ...{ id: late.id, number: late.index.toString('hex'), dueDay: '2026-03-05' },
      dueAt: new Date('2026-03-01T00:30:00Z'),
    });
    expect(found.get(moved.id)?.dueAt).toEqual(new Date('2026-03-04T00:30:00Z'));
  });
});

describe('claiming for a digest', () => {
  const day = '2026-03-09';
  const later = (to: string, rest: Parameters<SendingBench['alert']>[0] = {}) =>
    bench.alert({ to, dueDay: day, dueInSeconds: 7200, ...rest });
  const claimed = async (to: string, atLeast: number, rest: Partial<Claim> = {}) =>
    (
      await alerts.claimForDigests(claim(rest), [
        { number: bench.sealer.blindIndex(to).toString('hex'), dueDay: day, atLeast },
      ])
    )
      .map(({ id }) => id)
      .sort();

  it('takes what the number is told on that day, though it is not due yet, and nothing else', async () => {
    const [to, other] = [bench.number(), bench.number()];
    const wanted = [await later(to), await later(to)].map(({ id }) => id).sort();
    await later(to, { dueDay: '2026-03-10' });
    await later(other);
    expect(await claimed(to, 2)).toEqual(wanted);
  });

  it('takes nothing when there are too few', async () => {
    const to = bench.number();
    const pair = [await later(to), await later(to)];
    expect(await claimed(to, 3)).toEqual([]);
    expect(await claimed(to, 2)).toHaveLength(pair.length);
  });

  it('neither takes nor counts what is not planned, or of a department whose sending is paused', async () => {
    const to = bench.number();
    const braked = await later(to);
    const planned = await later(to);
    await later(to, { status: 'held', reason: 'suspended' });
    await later(to, { status: 'claimed', claimedBy: otherClaim });
    const brakedDepartments = [braked.departmentId];
    expect(await claimed(to, 2, { brakedDepartments })).toEqual([]);
    expect(await claimed(to, 1, { brakedDepartments })).toEqual([planned.id]);
  });

  it('passes over what another drain is claiming', async () => {
    const to = bench.number();
    const [locked, free] = [await later(to), await later(to)];
    await whileLocked(locked, async () => {
      expect(await claimed(to, 1)).toEqual([free.id]);
    });
  });
});

/** Runs the work while somebody else holds the row; it fails when the work waits for them. */
async function whileLocked({ id }: { id: string }, work: () => Promise<void>): Promise<void> {
  await withLock(id, async () => {
    let timer: NodeJS.Timeout | undefined;
    const waited = new Promise((_, reject) => {
      timer = setTimeout(() => reject(new Error('it waits for the lock')), 5000);
    });
    await Promise.race([work(), waited]).finally(() => clearTimeout(timer));
  });
}

async function withLock(id: string, work: () => Promise<void>): Promise<void> {
  const other = new pg.Client({ connectionString: bench.database.ownerUrl });
  await other.connect();
  try {
    await other.query('BEGIN');
    await other.query('SELECT id FROM alert WHERE id = $1 FOR UPDATE', [id]);
    await work();
  } finally {
    await other.end();
  }
}

describe('what is stranded', () => {
  const aged = (alert: AlertMade, minutes: number) =>
    bench.sql(`UPDATE alert SET updated_at = clock_timestamp() - $2 * interval '1 minute' WHERE id = $1`, [
      alert.id,
      minutes,
    ]);
  /** Alerts of contracts of their own: two that are stranded, and those that only look like it. */
  async function beach() {
    const lapsed = await lived('claimed', { leaseInSeconds: -1 });
    const failed = await lived('held', { reason: 'text-failed' });
    await aged(failed, 10.1);
    const recent = await lived('held', { reason: 'text-failed' });
    await aged(recent, 9.5);
    const suspended = await lived('held', { reason: 'suspended' });
    const missed = await lived('missed', { reason: 'text-failed' });
    return {
      lapsed,
      failed,
      others: [await lived('claimed'), recent, suspended, missed, await lived('planned')],
    };
  }

  it('is a claim that ran out, and a text that failed ten minutes ago; each contract is named once', async () => {
    const { lapsed, failed } = await beach();
    await lived('claimed', { leaseInSeconds: -1, contractId: lapsed.contractId, code: 'commencement' });
    expect((await alerts.contractsWithStranded()).sort()).toEqual(
      [lapsed.contractId, failed.contractId].sort(),
    );
  });

  it('is not waited for while somebody else plans it', async () => {
    const { lapsed, failed } = await beach();
    await whileLocked(lapsed, async () => {
      expect(await alerts.contractsWithStranded()).toEqual([failed.contractId]);
    });
  });

  it('is planned again without its old reason, contract by contract', async () => {
    const { lapsed, failed, others } = await beach();
    expect(await alerts.releaseStranded(failed.contractId)).toBe(1);
    expect(await looked(failed)).toMatchObject({ status: 'planned', reason: null, failure: null, ...letGo });
    expect(await statusOf(lapsed)).toBe('claimed');
    expect(await alerts.releaseStranded(lapsed.contractId)).toBe(1);
    expect(await looked(lapsed)).toMatchObject({ status: 'planned', reason: null, failure: null, ...letGo });
    for (const other of others) {
      const before = await stored(other);
      expect(await alerts.releaseStranded(other.contractId)).toBe(0);
      expect(await stored(other)).toEqual(before);
    }
  });
});

describe('planning again', () => {
  it('stores every column that a decision has, of each alert its own', async () => {
    const [one, two] = [await lived('planned'), await lived('cancelled')];
    const departmentId = await bench.department();
    const number = 'fe'.repeat(16);
    const changed = toStore(one, {
      departmentId,
      number,
      wording: 'neutral',
      status: 'missed',
      reason: 'registered-late',
    });
    await alerts.store([changed, toStore(two, { number: null })], now);
    const [row, other] = [await stored(one), await stored(two)];
    expect(row).toMatchObject({
      ...{ department_id: departmentId, wording: 'neutral', status: 'missed', reason: 'registered-late' },
      ...{
        number_index: Buffer.from(number, 'hex'),
        shard: 0xfe % 8,
        planned_at: now,
        retry_at: null,
        failure: null,
      },
      due_at: new Date('2026-05-06T01:00:00Z'),
    });
    expect(other).toMatchObject({ number_index: null, shard: null, status: 'held', reason: 'suspended' });
    const days = await bench.sql(`SELECT due_day::text FROM alert WHERE id = ANY($1)`, [[one.id, two.id]]);
    expect(days).toEqual([{ due_day: '2026-05-06' }, { due_day: '2026-05-06' }]);
  });

  it('adds what is new beside what stands', async () => {
    const standing = await lived('planned');
    await bench.sql(`DELETE FROM alert WHERE id = $1`, [standing.id]);
    const id = newId();
    await alerts.store([toStore(standing, { id, isNew: true, status: 'planned', reason: null })], now);
    expect(await bench.row('alert', id)).toMatchObject({
      ...{ status: 'planned', reason: null, reissue: 0, planned_at: now, message_id: null, claimed_by: null },
      ...{
        contract_id: standing.contractId,
        contact_id: standing.contactId,
        milestone_id: standing.milestoneId,
      },
    });
  });

  it('fails as a whole when one of its alerts was claimed meanwhile', async () => {
    const [planned, claimed] = [await lived('planned'), await lived('claimed')];
    const before = [await stored(planned), await stored(claimed)];
    const replanned = database.inTransaction(() => alerts.store([toStore(planned), toStore(claimed)], now));
    await expect(replanned).rejects.toThrow('claimed under the lock');
    expect([await stored(planned), await stored(claimed)]).toEqual(before);
  });

  it('reads the alerts of its contracts, each as it stands, without what was issued again', async () => {
    const [own, other] = [await lived('missed', { wording: 'neutral' }), await lived('planned')];
    const third = await lived('planned');
    const again = await lived('planned', { contractId: own.contractId, code: 'commencement' });
    await bench.sql(`UPDATE alert SET reissue = 1 WHERE id = $1`, [again.id]);
    const found = await alerts.lockAlertsOf([own.contractId, other.contractId]);
    expect([...found.keys()].sort()).toEqual([own.contractId, other.contractId].sort());
    expect(found.has(third.contractId)).toBe(false);
    expect(found.get(own.contractId)).toMatchObject([
      {
        ...{ id: own.id, code: 'signing', occurrence: 1, contactId: own.contactId, wording: 'neutral' },
        ...{ number: own.index.toString('hex'), status: 'missed', reason: 'suppressed' },
        dueAt: (await stored(own))['due_at'],
      },
    ]);
  });

  it('waits for a claim that is under way, and then sees it', async () => {
    const alert = await lived('planned');
    let isThrough = false;
    let locking: Promise<Map<string, { status: string }[]>> | undefined;
    await withLock(alert.id, async () => {
      locking = alerts.lockAlertsOf([alert.contractId]).finally(() => (isThrough = true));
      await waitingForLocks();
      expect(isThrough).toBe(false);
    });
    expect((await locking)?.get(alert.contractId)).toHaveLength(1);
  });

  it('moves the alerts of contracts to their new department, and those of no other', async () => {
    const [own, other] = [await lived('planned'), await lived('planned')];
    const departmentId = await bench.department();
    await bench.get(PlanningService).moveAlerts([own.contractId], departmentId);
    expect((await stored(own))['department_id']).toBe(departmentId);
    expect((await stored(other))['department_id']).toBe(other.departmentId);
  });
});

/** Waits until a statement of the service waits for a lock. */
async function waitingForLocks(): Promise<void> {
  for (let n = 0; n < 500; n += 1) {
    const rows = await bench.sql(`SELECT 1 FROM pg_locks WHERE NOT granted`);
    if (rows.length > 0) return;
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  throw new Error('nothing waits for a lock');
}

it('puts a number into the shard of the first byte of its index', () => {
  expect(['00', '07', '08', 'fe', 'ff'].map((byte) => shardOf(`${byte}aa`))).toEqual([0, 7, 0, 6, 7]);
});
