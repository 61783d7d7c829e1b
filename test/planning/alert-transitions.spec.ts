import pg from 'pg';
import {
  type AlertToStore,
  AlertStates,
  alertTransitions,
  type DueWanted,
  shardOf,
} from '../../src/core/planning/alert-states.js';
import { PlanningService } from '../../src/core/planning/planning.service.js';
import { type AlertStatus, alertStatuses } from '../../src/core/planning/planning.types.js';
import { attemptStatuses } from '../../src/core/sending/sending.entities.js';
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

const now = new Date('2026-03-04T01:00:00Z');

type Asked = Partial<Omit<DueWanted, 'limits'>> & { limit?: number };
const wanted = (shard: number, { limit = 100, ...rest }: Asked = {}): DueWanted => ({
  limits: new Map([[shard, limit]]),
  dueUntil: new Date(Date.now() + 1000),
  pausedDepartments: [],
  slices: null,
  ...rest,
});

/** An alert that has been through a lot, so that a column which a transition forgets shows. */
async function lived(
  status: AlertStatus,
  given: Parameters<SendingBench['alert']>[0] = {},
): Promise<AlertMade> {
  const messageId = status === 'messaged' ? (await bench.message()).id : undefined;
  const hasReason = !['planned', 'messaged'].includes(status);
  const alert = await bench.alert({
    status,
    ...(hasReason && { reason: 'suppressed' }),
    ...(messageId && { messageId }),
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
    `SELECT status, reason, failure, message_id AS message,
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
    id: alert.id,
    isNew: false,
    contractId: alert.contractId,
    departmentId: alert.departmentId,
    milestoneId: alert.milestoneId,
    contactId: alert.contactId,
    number: alert.index.toString('hex'),
    code: 'signing',
    occurrence: 1,
    wording: 'milestone',
    status: 'held',
    reason: 'suspended',
    dueAt: new Date('2026-05-06T01:00:00Z'),
    dueDay: '2026-05-06',
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

const { hold, miss, putIntoMessage, replan } = alertTransitions;
const justNow = { updated: inAbout(0) };

/** A message for alerts to go into. */
let messageId: string;
const moves: Move[] = [
  {
    what: 'hold',
    transition: hold,
    act: ({ id }) => alerts.hold([id], 'x'.repeat(400)),
    becomes: { status: 'held', ...justNow, reason: 'text-failed', failure: 'x'.repeat(300) },
  },
  {
    what: 'miss',
    transition: miss,
    act: ({ id }) => alerts.miss([id], 'rehearsal'),
    becomes: { status: 'missed', ...justNow, reason: 'rehearsal', failure: null },
  },
  {
    what: 'put into a message',
    transition: putIntoMessage,
    act: ({ id }) => alerts.putIntoMessages([{ id, messageId }]),
    becomes: { status: 'messaged', ...justNow, retry: null },
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

describe('what a drain has locked', () => {
  const actions: [string, (ids: string[]) => Promise<unknown>][] = [
    ['holding', (ids) => alerts.hold(ids, 'why')],
    ['missing', (ids) => alerts.miss(ids, 'rehearsal')],
    ['putting off', (ids) => alerts.putOff(ids, 200)],
  ];

  it.each(actions)(
    '%s touches the alerts that it names, and of those the planned ones only',
    async (_, act) => {
      const [named, unnamed] = [await lived('planned'), await lived('planned')];
      const others = await Promise.all(
        alertStatuses.filter((status) => status !== 'planned').map((s) => lived(s)),
      );
      const before = await Promise.all([unnamed, ...others].map(stored));
      const seen = await stored(named);
      await act([named, ...others].map(({ id }) => id));
      expect(await stored(named)).not.toEqual(seen);
      expect(await Promise.all([unnamed, ...others].map(stored))).toEqual(before);
    },
  );

  it('is put off for as long as was asked, and stays planned as it was', async () => {
    const alert = await lived('planned');
    const before = await looked(alert);
    await alerts.putOff([alert.id], 200);
    expect(await looked(alert)).toEqual({
      ...before,
      retry: inAbout(200),
      updated: inAbout(Number(before['updated'])),
    });
  });

  it('goes into the messages that were frozen for it, each alert into its own', async () => {
    const [one, two] = [await lived('planned'), await lived('planned')];
    const [first, second] = [await bench.message(), await bench.message()];
    await alerts.putIntoMessages([
      { id: one.id, messageId: first.id },
      { id: two.id, messageId: second.id },
    ]);
    expect([(await looked(one))['message'], (await looked(two))['message']]).toEqual([first.id, second.id]);
  });

  it('goes into messages whole or not at all: one that is in a message already, or gone, would go out twice', async () => {
    const message = await bench.message();
    for (const given of ['messaged', 'cancelled'] as const) {
      const [own, other] = [await lived('planned'), await lived(given)];
      const before = await Promise.all([own, other].map(stored));
      const bound = database.inTransaction(() =>
        alerts.putIntoMessages([own, other].map(({ id }) => ({ id, messageId: message.id }))),
      );
      await expect(bound).rejects.toThrow('changed under the lock');
      expect(await Promise.all([own, other].map(stored))).toEqual(before);
    }
  });

  it('is kept from others until its transaction ends, and not changed by being locked', async () => {
    const [due, later] = [
      await lived('planned', { shard: 3 }),
      await lived('planned', { dueInSeconds: 3600 }),
    ];
    const before = await Promise.all([due, later].map(stored));
    const number = later.index.toString('hex');
    await database.inTransaction(async () => {
      await alerts.lockDue(wanted(3));
      await alerts.lockForDigests([{ number, dueDay: '2026-03-04', atLeast: 1 }], [], []);
      expect(await Promise.all([due, later].map(isLocked))).toEqual([true, true]);
    });
    expect(await Promise.all([due, later].map(isLocked))).toEqual([false, false]);
    expect(await Promise.all([due, later].map(stored))).toEqual(before);
  });
});

async function isLocked({ id }: { id: string }): Promise<boolean> {
  const rows = await bench.sql(`SELECT id FROM alert WHERE id = $1 FOR UPDATE SKIP LOCKED`, [id]);
  return rows.length === 0;
}

describe('what is due', () => {
  const shard = 3;
  const due = (rest: Parameters<SendingBench['alert']>[0] = {}) => bench.alert({ shard, ...rest });
  /** What is locked; it is counted as well, where nobody else has it locked. */
  const locked = async (rest: Asked = {}) => {
    const found = (await alerts.lockDue(wanted(shard, rest))).map(({ id }) => id);
    const { dueUntil, pausedDepartments } = wanted(shard, rest);
    const situation = bench.situation({
      now: dueUntil,
      aheadMs: 0,
      brakes: { departments: pausedDepartments },
    });
    expect(await bench.dueIn(shard, situation, rest)).toMatchObject({ alerts: found.length });
    return found;
  };
  const setDue = (alert: AlertMade, at: string) =>
    bench.sql(`UPDATE alert SET due_at = $2 WHERE id = $1`, [alert.id, at]);

  it('is of its shard only', async () => {
    const own = await due();
    await due({ shard: 4 });
    expect(await locked()).toEqual([own.id]);
  });

  it.each(alertStatuses)('is what is planned: now it is %s', async (status) => {
    const alert = await lived(status, { shard });
    expect(await locked()).toEqual(status === 'planned' ? [alert.id] : []);
  });

  it('is what falls due at the very moment, and nothing a millisecond later', async () => {
    const [at, after] = [await due(), await due()];
    await setDue(at, '2026-03-04T01:00:00Z');
    await setDue(after, '2026-03-04T01:00:00.001Z');
    expect(await locked({ dueUntil: now })).toEqual([at.id]);
  });

  it('leaves out what is to be looked at later, and departments whose sending is paused', async () => {
    const [ready, paused] = [await due({ retryInSeconds: -1 }), await due()];
    await due({ retryInSeconds: 60 });
    expect(await locked({ pausedDepartments: [paused.departmentId] })).toEqual([ready.id]);
    expect(new Set(await locked())).toEqual(new Set([ready.id, paused.id]));
  });

  it.each(attemptStatuses)('leaves out numbers with an attempt under way: one is %s', async (status) => {
    const alert = await due();
    await bench.attempt(await bench.message({ to: alert.to }), { status });
    expect(await locked()).toEqual(status === 'open' || status === 'ambiguous' ? [] : [alert.id]);
  });

  it('is the longest due first, and no more than is asked for', async () => {
    const [late, later, latest] = [await due(), await due(), await due()];
    await setDue(late, '2026-03-04T00:59:00Z');
    await setDue(later, '2026-03-04T00:58:00Z');
    await setDue(latest, '2026-03-04T00:57:00Z');
    expect(await locked({ dueUntil: now, limit: 2 })).toEqual([latest.id, later.id]);
    expect(await locked({ dueUntil: now })).toEqual([latest.id, later.id, late.id]);
  });

  it('passes over what another drain has locked, and does not wait for it', async () => {
    const [other, free] = [await due(), await due()];
    await whileLocked(other, async () => {
      expect((await alerts.lockDue(wanted(shard))).map(({ id }) => id)).toEqual([free.id]);
    });
  });

  it('tells the number and the day', async () => {
    const alert = await due({ dueDay: '2026-03-05' });
    expect(await alerts.lockDue(wanted(shard))).toEqual([
      { id: alert.id, number: alert.index.toString('hex'), dueDay: '2026-03-05' },
    ]);
  });
});

describe('what a provider carries', () => {
  /** An alert whose number is of the slot 0x1234, of a country by its contact or, where it keeps a number of its own, by itself. */
  async function inSlot(country: string, own: string | null = null) {
    const alert = await bench.alert({ shard: 3, country });
    await bench.sql(
      `UPDATE alert SET number_index = '\\x03123456', number_sealed = CASE WHEN $2::text IS NOT NULL THEN '\\x01'::bytea END,
         number_country = $2 WHERE id = $1`,
      [alert.id, own],
    );
    return alert;
  }
  const isCarried = async (...slices: [country: string, low: number, high: number][]) => {
    const [countries, lows, highs] = [0, 1, 2].map((n) => slices.map((slice) => slice[n]));
    const asked = { countries, lows, highs } as Exclude<DueWanted['slices'], null>;
    return (await alerts.lockDue(wanted(3, { slices: asked }))).length > 0;
  };

  it('is of its slots, from the first until before the end', async () => {
    await inSlot('KR');
    expect(await isCarried(['*', 0x1234, 0x1235])).toBe(true);
    expect(await isCarried(['*', 0x1235, 0xffff])).toBe(false);
    expect(await isCarried(['*', 0, 0x1234])).toBe(false);
    expect(await isCarried()).toBe(false);
  });

  it('is of its countries, and of all others by those of the rest', async () => {
    await inSlot('KR');
    expect(await isCarried(['KR', 0, 65_536], ['*', 0, 0])).toBe(true);
    expect(await isCarried(['KR', 0, 0], ['*', 0, 65_536])).toBe(false);
    expect(await isCarried(['GB', 0, 0], ['*', 0, 65_536])).toBe(true);
    expect(await isCarried(['GB', 0, 65_536])).toBe(false);
  });

  it('goes by the country of the number that an alert keeps, and not by its contact’s', async () => {
    await inSlot('KR', 'GB');
    expect(await isCarried(['GB', 0, 65_536], ['*', 0, 0])).toBe(true);
    expect(await isCarried(['KR', 0, 65_536], ['*', 0, 0])).toBe(false);
  });
});

describe('what is locked for a digest', () => {
  const day = '2026-03-09';
  const later = (to: string, rest: Parameters<SendingBench['alert']>[0] = {}) =>
    bench.alert({ to, dueDay: day, dueInSeconds: 7200, ...rest });
  const locked = async (to: string, atLeast: number, ours: string[] = [], paused: string[] = []) => {
    const number = bench.sealer.blindIndex(to).toString('hex');
    const found = await alerts.lockForDigests([{ number, dueDay: day, atLeast }], ours, paused);
    for (const one of found) expect(one).toEqual({ id: one.id, number, dueDay: day });
    return found.map(({ id }) => id).sort();
  };

  it('is what the number is told on that day, though it is not due yet, and nothing else', async () => {
    const [to, other] = [bench.number(), bench.number()];
    const pair = [await later(to), await later(to)].map(({ id }) => id).sort();
    await later(to, { dueDay: '2026-03-10' });
    await later(other);
    expect(await locked(to, 2)).toEqual(pair);
  });

  it('is nothing when there are too few', async () => {
    const to = bench.number();
    const pair = [await later(to), await later(to)];
    expect(await locked(to, 3)).toEqual([]);
    expect(await locked(to, 2)).toHaveLength(pair.length);
  });

  it('neither takes nor counts what is locked as due already', async () => {
    const to = bench.number();
    const [due, one] = [await later(to), await later(to)];
    expect(await locked(to, 2, [due.id])).toEqual([]);
    expect(await locked(to, 1, [due.id])).toEqual([one.id]);
  });

  it('neither takes nor counts what is not planned, or of a department whose sending is paused', async () => {
    const to = bench.number();
    const paused = await later(to);
    const planned = await later(to);
    await later(to, { status: 'held', reason: 'suspended' });
    await later(to, { messageId: (await bench.message()).id });
    expect(await locked(to, 2, [], [paused.departmentId])).toEqual([]);
    expect(await locked(to, 1, [], [paused.departmentId])).toEqual([planned.id]);
  });

  it('passes over what another drain has locked', async () => {
    const to = bench.number();
    const [other, free] = [await later(to), await later(to)];
    await whileLocked(other, async () => {
      expect(await locked(to, 1)).toEqual([free.id]);
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

async function withLock(id: string, work: (other: pg.Client) => Promise<void>): Promise<void> {
  const other = new pg.Client({ connectionString: bench.database.ownerUrl });
  await other.connect();
  try {
    await other.query('BEGIN');
    await other.query('SELECT id FROM alert WHERE id = $1 FOR UPDATE', [id]);
    await work(other);
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
    const failed = [];
    for (const minutes of [10.1, 60]) {
      const alert = await lived('held', { reason: 'text-failed' });
      await aged(alert, minutes);
      failed.push(alert);
    }
    const recent = await lived('held', { reason: 'text-failed' });
    await aged(recent, 9.5);
    const [suspended, missed] = [
      await lived('held', { reason: 'suspended' }),
      await lived('missed', { reason: 'text-failed' }),
    ];
    const [one, other] = failed as [AlertMade, AlertMade];
    return { one, other, others: [recent, suspended, missed, await lived('planned')] };
  }

  it('is a text that failed ten minutes ago; each contract is named once', async () => {
    const { one, other } = await beach();
    const same = await lived('held', {
      reason: 'text-failed',
      contractId: one.contractId,
      code: 'commencement',
    });
    await aged(same, 11);
    expect((await alerts.contractsWithStranded()).sort()).toEqual([one.contractId, other.contractId].sort());
  });

  it('is not waited for while somebody else plans it', async () => {
    const { one, other } = await beach();
    await whileLocked(one, async () => {
      expect(await alerts.contractsWithStranded()).toEqual([other.contractId]);
    });
  });

  it('is planned again without its old reason, contract by contract', async () => {
    const { one, other, others } = await beach();
    expect(await alerts.releaseStranded(one.contractId)).toBe(1);
    const planned = { status: 'planned', reason: null, failure: null, ...justNow };
    expect(await looked(one)).toMatchObject(planned);
    expect(await statusOf(other)).toBe('held');
    expect(await alerts.releaseStranded(other.contractId)).toBe(1);
    expect(await looked(other)).toMatchObject(planned);
    for (const left of others) {
      const before = await stored(left);
      expect(await alerts.releaseStranded(left.contractId)).toBe(0);
      expect(await stored(left)).toEqual(before);
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
      department_id: departmentId,
      wording: 'neutral',
      status: 'missed',
      reason: 'registered-late',
      number_index: Buffer.from(number, 'hex'),
      shard: 0xfe % 8,
      planned_at: now,
      retry_at: null,
      failure: null,
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
      status: 'planned',
      reason: null,
      reissue: 0,
      planned_at: now,
      message_id: null,
      contract_id: standing.contractId,
      contact_id: standing.contactId,
      milestone_id: standing.milestoneId,
    });
  });

  it('fails as a whole when one of its alerts was frozen meanwhile', async () => {
    const [planned, frozen] = [await lived('planned'), await lived('messaged')];
    const before = [await stored(planned), await stored(frozen)];
    const replanned = database.inTransaction(() => alerts.store([toStore(planned), toStore(frozen)], now));
    await expect(replanned).rejects.toThrow('frozen under the lock');
    expect([await stored(planned), await stored(frozen)]).toEqual(before);
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
        id: own.id,
        code: 'signing',
        occurrence: 1,
        contactId: own.contactId,
        wording: 'neutral',
        number: own.index.toString('hex'),
        status: 'missed',
        reason: 'suppressed',
        dueAt: (await stored(own))['due_at'],
      },
    ]);
  });

  it('waits for a drain that freezes its alerts, and then sees them as they are', async () => {
    const alert = await lived('planned');
    let isThrough = false;
    const message = await bench.message();
    let locking: Promise<Map<string, { status: string }[]>> | undefined;
    await withLock(alert.id, async (other) => {
      locking = alerts.lockAlertsOf([alert.contractId]).finally(() => (isThrough = true));
      await waitingForLocks();
      expect(isThrough).toBe(false);
      await other.query(`UPDATE alert SET status = 'messaged', message_id = $2 WHERE id = $1`, [
        alert.id,
        message.id,
      ]);
      await other.query('COMMIT');
    });
    expect((await locking)?.get(alert.contractId)).toMatchObject([{ status: 'messaged' }]);
  });

  it('moves the alerts of contracts to their new department, and those of no other', async () => {
    const [own, other] = [await lived('planned'), await lived('planned')];
    const departmentId = await bench.department();
    const written = async ({ id }: AlertMade) =>
      (await bench.sql(`SELECT xmin::text FROM alert WHERE id = $1`, [id]))[0];
    await bench.get(PlanningService).moveAlerts([own.contractId], departmentId);
    expect((await stored(own))['department_id']).toBe(departmentId);
    expect((await stored(other))['department_id']).toBe(other.departmentId);
    const before = await written(own);
    await bench.get(PlanningService).moveAlerts([own.contractId], departmentId);
    expect(await written(own)).toEqual(before);
  });
});

describe('an alert with a number of its own', () => {
  const own = (alert: AlertMade) =>
    bench.sql(`UPDATE alert SET number_sealed = '\\x01', number_country = 'KR' WHERE id = $1`, [alert.id]);
  const counterpartyOf = async ({ contactId }: AlertMade) =>
    (await bench.row('contact', contactId))['counterparty_id'] as string;
  const leaves = () => bench.sql(`SELECT kind, subject_id AS id FROM leaf ORDER BY id`);

  it('is planned beside that of its contact, and stands in the log by itself', async () => {
    const alert = await lived('planned');
    const id = newId();
    const planned = toStore(alert, { id, number: 'fe'.repeat(16), status: 'planned', reason: null });
    await alerts.planToOwnNumber(planned, { numberSealed: Buffer.from('x'), numberCountry: 'GB' }, now);
    expect(await bench.row('alert', id)).toMatchObject({
      ...{ reissue: 1, number_sealed: Buffer.from('x'), number_country: 'GB', status: 'planned' },
      ...{ number_index: Buffer.from('fe'.repeat(16), 'hex'), contact_id: alert.contactId },
    });
    expect(await leaves()).toMatchObject([{ id }]);
  });

  it.each(alertStatuses)('is taken back once the number is a contact’s again: %s', async (status) => {
    const alert = await lived(status);
    await own(alert);
    const before = await looked(alert);
    await alerts.takeBackOwnNumber(alert.contractId, await counterpartyOf(alert), alert.index);
    if (alertTransitions.takeBackOwnNumber.from.some((one) => one === status)) {
      const retry = inAbout(Number(before['retry']));
      const taken = { status: 'cancelled', reason: 'number-back', failure: null, retry, ...justNow };
      expect(await looked(alert)).toEqual({ ...before, ...taken });
      expect(await leaves()).toMatchObject([{ id: alert.id }]);
    } else {
      expect(await statusOf(alert)).toBe(status);
      expect(await leaves()).toEqual([]);
    }
  });

  it('stays where the contract, the number or the counterparty is another, or the number is its contact’s', async () => {
    const alert = await lived('planned');
    const [elsewhere, colleague, another, usual] = [
      await lived('planned', { to: alert.to }),
      await lived('planned', { to: alert.to, contractId: alert.contractId, code: 'commencement' }),
      await lived('planned', { contractId: alert.contractId, code: 'completion' }),
      await lived('planned', { to: alert.to, contractId: alert.contractId, code: 'final-payment' }),
    ];
    const counterparty = await counterpartyOf(alert);
    for (const { contactId } of [another, usual])
      await bench.sql(`UPDATE contact SET counterparty_id = $2 WHERE id = $1`, [contactId, counterparty]);
    for (const one of [alert, elsewhere, colleague, another]) await own(one);
    const others = [elsewhere, colleague, another, usual];
    const before = await Promise.all(others.map(stored));
    await alerts.takeBackOwnNumber(alert.contractId, counterparty, alert.index);
    expect(await statusOf(alert)).toBe('cancelled');
    expect(await Promise.all(others.map(stored))).toEqual(before);
  });

  it('has a leaf of its own when it is no longer stranded, for no plan tells of it', async () => {
    const [reissued, usual] = [
      await lived('held', { reason: 'text-failed' }),
      await lived('held', { reason: 'text-failed' }),
    ];
    await own(reissued);
    await bench.sql(`UPDATE alert SET reissue = 1 WHERE id = $1`, [reissued.id]);
    for (const { contractId } of [reissued, usual]) expect(await alerts.releaseStranded(contractId)).toBe(1);
    expect(await leaves()).toMatchObject([{ id: reissued.id }]);
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
