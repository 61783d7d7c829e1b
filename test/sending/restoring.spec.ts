import {
  copyFileSync,
  cpSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { BrakesService } from '../../src/core/sending/brakes.service.js';
import { DrainService } from '../../src/core/sending/drain.service.js';
import { ForeignTexts } from '../../src/core/sending/foreign-texts.js';
import { InstanceMarker, InstanceService } from '../../src/core/sending/instance.service.js';
import { Receipts } from '../../src/core/sending/receipts.service.js';
import { SendingWatch } from '../../src/core/sending/sending-watch.js';
import { ReconcileService } from '../../src/core/sending/reconcile.service.js';
import { Database } from '../../src/platform/database/database.js';
import { firstIdAt } from '../../src/platform/ids.js';
import { admin, ago, type Row, SendingBench } from '../support/sending-bench.js';

let bench: SendingBench;
let healthy: { row: Row; marker: string };
beforeAll(async () => {
  bench = await SendingBench.start();
  // Of the version before, which did not know files: what is put back would be a copy.
  changeMarker({ file: undefined });
  healthy = { row: await instance(), marker: readFileSync(markerPath(), 'utf8') };
});
beforeEach(async () => {
  await bench.clear();
  await bench.sql(`UPDATE instance SET fingerprint = $1, epoch = $2, active_at = now()`, [
    healthy.row['fingerprint'],
    healthy.row['epoch'],
  ]);
  writeFileSync(markerPath(), healthy.marker);
  start();
});
afterAll(() => bench.stop());

const markerPath = () => join(bench.dataDir, 'instance.json');
const marker = () => JSON.parse(readFileSync(markerPath(), 'utf8')) as Row;
const changeMarker = (change: Row) => writeFileSync(markerPath(), JSON.stringify({ ...marker(), ...change }));

/** What a process that starts has of its database and of itself. */
let service: InstanceService;
let kept: InstanceMarker;
function start(configured: string | null = null): void {
  kept = new InstanceMarker({ dataDir: bench.dataDir });
  const [database, brakes] = [bench.get(Database), bench.get(BrakesService)];
  const [watch, foreign] = [bench.get(SendingWatch), bench.get(ForeignTexts)];
  service = new InstanceService({ instance: configured }, database, brakes, kept, watch, foreign);
}

const instance = async () => (await bench.sql(`SELECT * FROM instance`))[0] ?? {};
const recognise = () => service.recogniseDatabase();
const brakes = () =>
  bench.sql<{ id: string; actor: string; reason: string }>(
    `SELECT id, actor, reason FROM brake WHERE scope = 'instance' AND target = 'all' AND released_at IS NULL`,
  );
const stranger = '01900000-0000-7000-8000-00000000dead';

describe('its own database', () => {
  it('is recognised, shows a sign of life each time, and is never paused', async () => {
    await recognise();
    start();
    await recognise();
    expect(await brakes()).toEqual([]);
    expect(await instance()).toMatchObject({ suspect_from: null, suspect_until: null });
    const { id, epoch } = await instance();
    expect(marker()).toMatchObject({ id, epoch: Number(epoch) });
    expect(Number(epoch)).toBe(Number(healthy.row['epoch']) + 2);
  });

  it('is known by the last attempt, as long as it has it', async () => {
    const attempt = await bench.attempt(await bench.message());
    changeMarker({ lastAttempt: attempt });
    await recognise();
    expect(await brakes()).toEqual([]);
    expect(marker()['lastAttempt']).toBe(attempt);
  });

  it('may be ahead of what the service remembers: another process has beaten since', async () => {
    await bench.sql(`UPDATE instance SET epoch = epoch + 5`);
    await recognise();
    expect(await brakes()).toEqual([]);
    expect(marker()['epoch']).toBe(Number(healthy.row['epoch']) + 6);
  });

  it('is vouched for by its id where the data folder is new', async () => {
    rmSync(markerPath());
    start(String(healthy.row['id']));
    await recognise();
    expect(await brakes()).toEqual([]);
  });

  it('takes the id that the environment gives when it is new, so that workers which start at once know each other', async () => {
    await bench.sql(`DELETE FROM instance`);
    rmSync(markerPath());
    start(stranger);
    await recognise();
    rmSync(markerPath());
    start(stranger);
    await recognise();
    expect([(await instance())['id'], await brakes()]).toEqual([stranger, []]);
    await bench.sql(`UPDATE instance SET id = $1`, [healthy.row['id']]);
  });

  it('beats with the time of the database', async () => {
    await bench.sql(`UPDATE instance SET active_at = now() - interval '1 day'`);
    await service.beat();
    expect(Date.now() - ((await instance())['active_at'] as Date).getTime()).toBeLessThan(10_000);
  });
});

describe('a strange database pauses sending', () => {
  const strange: [string, () => unknown, string | null, string][] = [
    [
      'in another server',
      () => bench.sql(`UPDATE instance SET fingerprint = 'elsewhere'`),
      null,
      'database-elsewhere',
    ],
    ['that this service has not run before', () => rmSync(markerPath()), null, 'database-unknown'],
    [
      'whose data folder is new, by the id of another',
      () => rmSync(markerPath()),
      stranger,
      'database-unknown',
    ],
    ['of another instance', () => changeMarker({ id: stranger }), null, 'database-replaced'],
    [
      'that is older than what was done',
      () => changeMarker({ epoch: Number(marker()['epoch']) + 1 }),
      null,
      'database-older',
    ],
    [
      'that does not know the last text',
      () => changeMarker({ lastAttempt: stranger }),
      null,
      'last-text-unknown',
    ],
    ['whose marker cannot be read', () => writeFileSync(markerPath(), '{'), null, 'database-unknown'],
  ];

  it.each(strange)('%s', async (_what, change, configured, reason) => {
    await change();
    start(configured);
    await bench.sql(`UPDATE instance SET active_at = now() - interval '1000 seconds'`);
    await recognise();
    const [brake, ...others] = await brakes();
    expect(others).toEqual([]);
    expect(brake).toMatchObject({ actor: 'system', reason });
    const row = await instance();
    expect(row['fingerprint']).toBe(healthy.row['fingerprint']);
    // An hour before the last sign of life, until now.
    expect(secondsAgo(row['suspect_from'])).toBeCloseTo(4600, -1.6);
    expect(secondsAgo(row['suspect_until'])).toBeCloseTo(0, -1.6);
    expect(marker()).toMatchObject({ id: row['id'], epoch: Number(row['epoch']), lastAttempt: null });
  });

  it('once: after the next start it is known, and still paused', async () => {
    changeMarker({ lastAttempt: stranger });
    start();
    await recognise();
    const before = await instance();
    start();
    await recognise();
    expect(await brakes()).toHaveLength(1);
    expect((await instance())['suspect_until']).toEqual(before['suspect_until']);
  });

  it('while it runs, too: at the next beat', async () => {
    await recognise();
    await kept.rememberAttempt(stranger);
    await service.beat();
    expect(await brakes()).toHaveLength(1);
    await service.beat();
    expect(await brakes()).toHaveLength(1);
  });

  it('and goes on counting from what was remembered, so that it is not taken for older for ever', async () => {
    changeMarker({ epoch: 900 });
    start();
    await recognise();
    expect(Number((await instance())['epoch'])).toBe(901);
    expect(marker()['epoch']).toBe(901);
  });

  it('again keeps the beginning of what the first restore made suspect', async () => {
    await bench.sql(
      `UPDATE instance SET suspect_from = now() - interval '9 days', suspect_until = now() - interval '8 days'`,
    );
    changeMarker({ lastAttempt: stranger });
    start();
    await recognise();
    const row = await instance();
    expect(secondsAgo(row['suspect_from'])).toBeCloseTo(9 * 86_400, -1.6);
    expect(secondsAgo(row['suspect_until'])).toBeCloseTo(0, -1.6);
  });
});

describe('a fail-over', () => {
  const isSameLife = () => bench.get(Database).inTransaction(() => service.isSameLife());
  /** The database as it was before it failed over to the replica that it is now. */
  const elsewhere = () => bench.sql(`UPDATE instance SET timeline = '000000FF'`);

  beforeEach(recognise);

  const lost: [string, () => unknown][] = [
    ['nothing that is known of', () => undefined],
    ['the last attempt', () => kept.rememberAttempt(stranger)],
    ['some beats', () => changeMarker({ epoch: Number(marker()['epoch']) + 30 })],
  ];
  it.each(lost)(
    'that lost %s makes suspect what fell due until then, and pauses nothing',
    async (_what, lose) => {
      await bench.sql(`UPDATE instance SET active_at = now() - interval '1000 seconds'`);
      await lose();
      start();
      await elsewhere();
      expect(await isSameLife()).toBe(false);
      const row = await instance();
      expect(secondsAgo(row['suspect_from'])).toBeCloseTo(4600, -1.6);
      expect(secondsAgo(row['suspect_until'])).toBeCloseTo(0, -1.6);
      expect(marker()).toMatchObject({ epoch: Number(row['epoch']), lastAttempt: null });
      expect(await isSameLife()).toBe(true);
      expect(await brakes()).toEqual([]);
    },
  );

  it('is noticed by a process, too, that looks after another has', async () => {
    await kept.rememberAttempt(stranger);
    changeMarker({ timeline: '000000FF' });
    start();
    expect(await isSameLife()).toBe(false);
    expect(await brakes()).toEqual([]);
    expect(await isSameLife()).toBe(true);
  });

  it('is noticed where the data folder was lost with it', async () => {
    rmSync(markerPath());
    await elsewhere();
    start(String(healthy.row['id']));
    await recognise();
    expect(await brakes()).toEqual([]);
    expect((await instance())['suspect_until']).not.toBeNull();
  });

  it('that lost more beats than a replica lags behind is a restore to a point in time', async () => {
    changeMarker({ epoch: Number(marker()['epoch']) + 31 });
    start();
    await elsewhere();
    expect(await isSameLife()).toBe(false);
    expect(await brakes()).toMatchObject([{ reason: 'database-older' }]);
  });

  it('is none to a database that was not looked at before', async () => {
    await bench.sql(`UPDATE instance SET timeline = NULL`);
    changeMarker({ timeline: null });
    start();
    await service.beat();
    expect(await instance()).toMatchObject({ suspect_until: null, timeline: marker()['timeline'] });
    expect(marker()['timeline']).toMatch(/^[0-9A-F]{8}$/);
  });

  it('is none without a change of timeline: a lost attempt is then a restore', async () => {
    await kept.rememberAttempt(stranger);
    expect(await isSameLife()).toBe(false);
    expect(await brakes()).toHaveLength(1);
  });
});

describe('a data folder', () => {
  /** The marker as a process of this version leaves it. */
  beforeEach(async () => {
    await recognise();
    start();
  });
  const copy = () => copyFileSync(markerPath(), `${markerPath()}.copy`);
  const putCopyBack = () => renameSync(`${markerPath()}.copy`, markerPath());

  it('that was moved is known', async () => {
    renameSync(markerPath(), `${markerPath()}.moved`);
    renameSync(`${markerPath()}.moved`, markerPath());
    await recognise();
    expect(await brakes()).toEqual([]);
  });

  const others: [string, () => unknown][] = [
    ['copied', () => (copy(), putCopyBack())],
    [
      'restored with its times',
      () => {
        cpSync(markerPath(), `${markerPath()}.copy`, { preserveTimestamps: true });
        putCopyBack();
      },
    ],
    [
      'restored into the same files',
      async () => {
        copy();
        await kept.rememberAttempt(null);
        copyFileSync(`${markerPath()}.copy`, markerPath());
        rmSync(`${markerPath()}.copy`);
      },
    ],
    [
      'restored to an inode that came free',
      () => {
        const { ino, birthtimeNs } = statSync(markerPath(), { bigint: true });
        changeMarker({ file: `${ino}:${birthtimeNs - 1n}` });
      },
    ],
  ];
  it.each(others)('that was %s pauses sending, though all that it says is true', async (_what, change) => {
    await change();
    start();
    await recognise();
    expect(await brakes()).toMatchObject([{ reason: 'folder-copied' }]);
    start();
    const { suspect_until: until } = await instance();
    await recognise();
    expect((await instance())['suspect_until']).toEqual(until);
  });
});

describe('the texts that the provider holds', () => {
  const hold = (createdAt: Date, to = bench.number(), text = 'of another life') =>
    bench.pigeon.hold({ to, text }, undefined, createdAt);
  beforeEach(() => bench.sql(`UPDATE instance SET active_at = now() - interval '1 hour'`));

  it('pause sending at the start when no attempt knows one of them', async () => {
    hold(ago(1800));
    await recognise();
    expect(await brakes()).toMatchObject([{ reason: 'texts-unknown' }]);
    const row = await instance();
    expect(secondsAgo(row['suspect_from'])).toBeCloseTo(7200, -1.6);
    expect(secondsAgo(row['suspect_until'])).toBeCloseTo(0, -1.6);
  });

  it('pause it when they seem a little older than the last sign of life: clocks differ', async () => {
    hold(ago(3600 + 240));
    await recognise();
    expect(await brakes()).toMatchObject([{ reason: 'texts-unknown' }]);
  });

  it('are a stranger’s where the message waits, since it was not accepted', async () => {
    const message = await bench.message({ status: 'waiting' });
    await bench.attempt(message, { status: 'refused' });
    hold(ago(1800), message.to, message.text);
    await recognise();
    expect(await brakes()).toHaveLength(1);
  });

  const known: [string, () => unknown][] = [
    [
      'an attempt has its reference',
      async () => {
        const reference = hold(ago(1800));
        await bench.attempt(await bench.message(), { status: 'accepted', reference });
      },
    ],
    ...['open', 'ambiguous', 'absent'].map((status): [string, () => unknown] => [
      `the answer to it was lost (${status})`,
      async () => {
        const message = await bench.message();
        await bench.attempt(message, { status });
        hold(ago(1800), message.to, message.text);
      },
    ]),
    [
      'the provider shows no texts, and the answer to one was lost',
      async () => {
        const message = await bench.message();
        await bench.attempt(message, { status: 'ambiguous' });
        hold(ago(1800), message.to, '');
      },
    ],
    ['it is older than the last sign of life', () => hold(ago(3600 + 301))],
    [
      'it is older than the restore that is known',
      async () => {
        await bench.sql(
          `UPDATE instance SET suspect_from = now() - interval '3 hours', suspect_until = now() - interval '25 minutes'`,
        );
        hold(ago(1800));
        // The provider's clock is ahead.
        hold(ago(20 * 60 + 1));
      },
    ],
  ];
  it.each(known)('pause nothing when %s', async (_what, make) => {
    const { suspect_until: until } = await instance();
    await make();
    const before = await instance();
    await recognise();
    expect(await brakes()).toEqual([]);
    expect((await instance())['suspect_until']).toEqual(before['suspect_until']);
    expect(until).toBeNull();
  });

  it('are asked for again at each beat until the provider answers, and not after that', async () => {
    hold(ago(1800));
    bench.pigeon.isMute = true;
    await recognise();
    await service.beat();
    expect(await brakes()).toEqual([]);
    bench.pigeon.isMute = false;
    await service.beat();
    const [brake] = await brakes();
    await bench.get(BrakesService).releaseBrake(admin, brake?.id ?? '', 'looked at');
    hold(new Date(Date.now() + 400_000));
    await service.beat();
    expect(await brakes()).toEqual([]);
  });
});

describe('a receipt', () => {
  const report = (attemptId: string | null, reference = 'p-1') =>
    bench
      .get(Receipts)
      .receive(bench.pigeon, { attemptId, reference, status: 'sent', code: null, origin: 'webhook' });
  const madeAt = (seconds: number) => firstIdAt(ago(seconds));

  // The installation is a day old.
  beforeEach(() => bench.sql(`UPDATE instance SET id = $1`, [madeAt(86_400)]));
  afterEach(() => bench.sql(`UPDATE instance SET id = $1`, [healthy.row['id']]));

  it('of an attempt that was never made here pauses sending, and is kept', async () => {
    await report(madeAt(3));
    expect(await brakes()).toMatchObject([{ reason: 'receipt-unknown' }]);
    expect(secondsAgo((await instance())['suspect_until'])).toBeCloseTo(0, -1.6);
    expect(await bench.sql(`SELECT reference FROM receipt`)).toEqual([{ reference: 'p-1' }]);
  });

  it('of an attempt that was made here pauses nothing, nor does one that names none', async () => {
    await report(await bench.attempt(await bench.message()));
    await report(null, 'p-2');
    expect(await brakes()).toEqual([]);
  });

  it('of what another life sent before the restore that is known pauses nothing more', async () => {
    await bench.sql(
      `UPDATE instance SET suspect_from = now() - interval '3 hours', suspect_until = now() - interval '1 hour'`,
    );
    await report(madeAt(3600 - 299));
    expect(await brakes()).toEqual([]);
    await report(madeAt(3600 - 301), 'p-2');
    expect(await brakes()).toHaveLength(1);
  });

  it('of an attempt older than the installation pauses nothing', async () => {
    await report(madeAt(86_401));
    expect(await brakes()).toEqual([]);
  });

  it('of what a fail-over has lost makes suspect what fell due until then, and pauses nothing', async () => {
    await bench.sql(`UPDATE instance SET timeline = '000000FF'`);
    await report(madeAt(3));
    expect(await brakes()).toEqual([]);
    expect(secondsAgo((await instance())['suspect_until'])).toBeCloseTo(0, -1.6);
  });
});

describe('the marker', () => {
  it('is the owner’s alone, and replaced whole', async () => {
    await kept.rememberAttempt(stranger);
    expect(statSync(markerPath()).mode & 0o777).toBe(0o600);
    expect(marker()['lastAttempt']).toBe(stranger);
    expect(readdirSync(bench.dataDir).filter((name) => name.startsWith('instance'))).toEqual([
      'instance.json',
    ]);
  });

  it('keeps the last attempt when it remembers a beat, and forgets it when it is told to', async () => {
    const file = expect.stringMatching(/^\d+:\d+$/) as string;
    await kept.rememberAttempt(stranger);
    await kept.rememberDatabase({ id: stranger, epoch: 77, timeline: '00000001' });
    expect(marker()).toEqual({ id: stranger, epoch: 77, lastAttempt: stranger, timeline: '00000001', file });
    await kept.rememberAttempt(null);
    expect(marker()).toEqual({ id: stranger, epoch: 77, lastAttempt: null, timeline: '00000001', file });
  });

  it('is written by several processes on one data folder at once, and none of them fails', async () => {
    const others = Array.from({ length: 4 }, () => new InstanceMarker({ dataDir: bench.dataDir }));
    const round = () => Promise.all(others.map((other) => other.rememberAttempt(stranger)));
    for (let i = 0; i < 20; i += 1) await round();
    expect(new InstanceMarker({ dataDir: bench.dataDir }).isCopied()).toBe(false);
    expect(marker()['lastAttempt']).toBe(stranger);
  });

  it('holds the last of what a process remembers at once', async () => {
    const epochs = Array.from({ length: 20 }, (_, i) => i);
    await Promise.all(epochs.map((epoch) => kept.rememberDatabase({ id: stranger, epoch, timeline: null })));
    expect(marker()['epoch']).toBe(19);
  });
});

describe('a release', () => {
  const release = async () => {
    const [brake] = await brakes();
    return bench.get(BrakesService).releaseBrake(admin, brake?.id ?? '', 'looked at');
  };
  const paused = async () => {
    await bench.brake('instance');
    await bench.sql(
      `UPDATE instance SET suspect_from = now() - interval '2 hours', suspect_until = now() - interval '1 minute'`,
    );
  };
  /** The end of the suspected span, and so many milliseconds after it. */
  const dueAfterSpan = async (id: string, ms: number) =>
    bench.sql(
      `UPDATE alert SET due_at = (SELECT suspect_until FROM instance) + $2 * interval '1 ms' WHERE id = $1`,
      [id, ms],
    );

  const open: [string, (isOpen: boolean) => Promise<unknown>][] = [
    ['an attempt is open', () => bench.message().then((message) => bench.attempt(message))],
    [
      'an attempt is ambiguous',
      () => bench.message().then((message) => bench.attempt(message, { status: 'ambiguous' })),
    ],
    ['an alert of the lost hours is planned', () => bench.alert({ dueInSeconds: -3600 })],
    ['one fell due at their very end', async () => dueAfterSpan((await bench.alert()).id, 0)],
  ];
  it.each(open)('is refused while %s', async (_what, make) => {
    await paused();
    await make(true);
    const before = await bench.contents('brake', 'change');
    await expect(release()).rejects.toMatchObject({ kind: 'conflict', code: 'not-settled' });
    expect(await bench.contents('brake', 'change')).toEqual(before);
    expect(await service.describeInstance()).toMatchObject({
      unsettled: expect.objectContaining({}) as object,
    });
  });

  it('is made once all is settled, whatever else there is', async () => {
    await paused();
    for (const status of ['accepted', 'refused', 'absent'])
      await bench.attempt(await bench.message(), { status });
    await bench.message({ status: 'waiting' });
    await dueAfterSpan((await bench.alert()).id, 1);
    for (const status of ['held', 'missed', 'cancelled'])
      await bench.alert({ status, reason: 'suspended', dueInSeconds: -3600 });
    await release();
    expect(await brakes()).toEqual([]);
  });

  it('of another brake asks for nothing of the kind', async () => {
    await bench.attempt(await bench.message());
    const id = await bench.brake('agency');
    await bench.get(BrakesService).releaseBrake(admin, id, 'looked at');
    expect(await bench.sql(`SELECT 1 FROM brake WHERE released_at IS NULL`)).toEqual([]);
  });

  it('is told how much there is to settle, and what may have gone out twice', async () => {
    await paused();
    await bench.attempt(await bench.message(), { status: 'ambiguous' });
    await bench.attempt(await bench.message({ resent_unproved: 2 }), { status: 'accepted', late: true });
    await bench.alert({ dueInSeconds: -3600 });
    await bench.alert({ dueInSeconds: -3500 });
    const { id, active_at: active, suspect_from: from, suspect_until: until } = await instance();
    expect(await service.describeInstance()).toEqual({
      id,
      activeAt: iso(active),
      suspectFrom: iso(from),
      suspectUntil: iso(until),
      unsettled: { alerts: 2, attempts: 1 },
      possiblyDoubled: 1,
      resentUnproved: 2,
    });
  });
});

describe('from a restore to its release', () => {
  it('what the other life may have sent is looked for, and called only then; the rest waits', async () => {
    await recognise();
    changeMarker({ lastAttempt: stranger });
    start();
    await bench.sql(`UPDATE instance SET active_at = now() - interval '1 day'`);
    const [sent, unsent] = [
      await bench.alert({ dueInSeconds: -3600 }),
      await bench.alert({ dueInSeconds: -3600 }),
    ];
    const texts = new Map<string, string>();
    await recognise();
    const later = await bench.alert({ dueInSeconds: 0 });
    const drain = () => bench.get(DrainService).drainAllShards();
    const look = async () => {
      const attempts = await bench.sql<{ id: string }>(
        `UPDATE attempt SET check_at = now() WHERE status = 'ambiguous' RETURNING id`,
      );
      for (const { id } of attempts) bench.watch(id, 100);
      await bench.get(ReconcileService).reconcileAttempts();
    };

    expect(await drain()).toBe(0);
    for (const { to, text } of await bench.sql<{ to: string; text: string }>(
      `SELECT encode(number_index, 'hex') AS to, text FROM message`,
    ))
      texts.set(to, text);
    expect([...texts.keys()].sort()).toEqual([sent, unsent].map(({ index }) => index.toString('hex')).sort());
    bench.pigeon.hold({ to: sent.to, text: texts.get(sent.index.toString('hex')) ?? '' }, 'p-of-before');
    await expect(releaseIt()).rejects.toMatchObject({ code: 'not-settled' });
    // The first look may find what was sent only after it asked about the other.
    for (let n = 0; n < 3; n += 1) await look();
    expect(await drain()).toBe(0);
    expect(bench.pigeon.called).toEqual([]);
    expect(await bench.row('alert', later.id)).toMatchObject({ status: 'planned' });

    await releaseIt();
    await bench.sql(`UPDATE alert SET retry_at = NULL`);
    expect(await drain()).toBe(2);
    expect(bench.pigeon.called.map(({ to }) => to).sort()).toEqual([unsent.to, later.to].sort());
    expect(await bench.sql(`SELECT reference FROM attempt WHERE suspect AND status = 'accepted'`)).toEqual([
      { reference: 'p-of-before' },
    ]);
  });

  const releaseIt = async () => {
    const [brake] = await brakes();
    return bench.get(BrakesService).releaseBrake(admin, brake?.id ?? '', 'looked at');
  };
});

const secondsAgo = (moment: unknown) => (Date.now() - (moment as Date).getTime()) / 1000;
const iso = (moment: unknown) => (moment as Date).toISOString();
