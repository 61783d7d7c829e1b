import { ReconcileService } from '../../src/core/sending/reconcile.service.js';
import { attemptStatuses } from '../../src/core/sending/sending.entities.js';
import { ago, type MessageMade, type Row, SendingBench } from '../support/sending-bench.js';

let bench: SendingBench;
beforeAll(async () => {
  bench = await SendingBench.start();
});
beforeEach(() => bench.clear());
afterAll(() => bench.stop());

/** Seconds for which the pigeon may hide a text; the gull may for longer. */
const grace = { pigeon: 60, gull: 300 };
beforeEach(() => {
  bench.pigeon.graceSeconds = grace.pigeon;
  bench.gull.graceSeconds = grace.gull;
});

const reconcile = () => bench.get(ReconcileService).reconcileAttempts();

type Ambiguous = MessageMade & { attempt: string };

/** A message with an attempt that is to be looked for now; its lease ended so many seconds ago. */
async function ambiguous({ endedAgo = 5, ...given }: Row & { endedAgo?: number } = {}): Promise<Ambiguous> {
  const message = await bench.message();
  const attempt = await bench.attempt(message, {
    ...{ status: 'ambiguous', check_at: ago(1), lease_until: ago(endedAgo), opened_at: ago(endedAgo + 30) },
    ...given,
  });
  return { ...message, attempt };
}

const attemptOf = ({ attempt }: Ambiguous) => bench.row('attempt', attempt);
const messageOf = ({ id }: Ambiguous) => bench.row('message', id);

/** Looks once, and again as though its next turn had come. */
async function lookTwice(): Promise<void> {
  await reconcile();
  await bench.sql(`UPDATE attempt SET check_at = now() - interval '1 second' WHERE status = 'ambiguous'`);
  await reconcile();
}

/** Expects that it stays ambiguous, and is not counted as absent. */
async function expectOpen(one: Ambiguous): Promise<void> {
  expect(await attemptOf(one)).toMatchObject({ status: 'ambiguous', checks: 0, reference: null });
  expect(await messageOf(one)).toMatchObject({ status: 'sending' });
}

describe('the turn of an attempt', () => {
  it.each(attemptStatuses)('comes while it is ambiguous: now it is %s', async (status) => {
    const message = await bench.message();
    await bench.attempt(message, { status, check_at: ago(1) });
    await reconcile();
    expect(bench.pigeon.searches).toHaveLength(status === 'ambiguous' ? 1 : 0);
  });

  it('comes when it is time, and then not at once again', async () => {
    const due = await ambiguous({ check_at: ago(0.05) });
    await ambiguous({ check_at: ago(-20) });
    await ambiguous({ check_at: null });
    await reconcile();
    await reconcile();
    expect(bench.pigeon.searches.map(({ to }) => to)).toEqual([due.to]);
  });

  it.each([
    ['a second after it was opened at the soonest', 0, 1, 2.9],
    ['as long as it has been open', 8, 8, 14.9],
    ['a quarter of the grace at the longest', 500, 15, 15],
  ])('comes again %s', async (_what, openedAgo, least, most) => {
    const one = await ambiguous({ opened_at: ago(openedAgo) });
    const before = Date.now();
    await reconcile();
    const after = Date.now();
    const next = ((await attemptOf(one))['check_at'] as Date).getTime();
    expect(next).toBeGreaterThanOrEqual(before + least * 1000);
    expect(next).toBeLessThanOrEqual(after + most * 1000);
  });

  it('is of fifty at a time, those first that were to be looked at first', async () => {
    const made = await Promise.all(
      Array.from({ length: 52 }, (_, i) => ambiguous({ check_at: ago(100 - i) })),
    );
    await reconcile();
    expect(new Set(bench.pigeon.searches.map(({ to }) => to))).toEqual(
      new Set(made.slice(0, 50).map(({ to }) => to)),
    );
  });

  it('comes at once for an attempt whose lease has just run out', async () => {
    const message = await bench.message();
    const attempt = await bench.attempt(message, { lease_until: ago(0.05) });
    bench.pigeon.hold(message, 'p-1');
    await reconcile();
    expect(await bench.row('attempt', attempt)).toMatchObject({ status: 'accepted', reference: 'p-1' });
  });

  it('is taken by one reconciler', async () => {
    const [held, free] = [await ambiguous(), await ambiguous()];
    await bench.whileLocked('attempt', [held.attempt], reconcile);
    expect(bench.pigeon.searches.map(({ to }) => to)).toEqual([free.to]);
  });
});

describe('the provider is asked', () => {
  it('for the number, since five minutes before the attempt, for clocks that differ', async () => {
    const openedAt = ago(40);
    const one = await ambiguous({ opened_at: openedAt });
    await reconcile();
    expect(bench.pigeon.searches).toEqual([{ to: one.to, since: new Date(openedAt.getTime() - 300_000) }]);
  });

  it('alone: another’s attempts are another’s, and of one that is not configured nobody is asked', async () => {
    const own = await ambiguous();
    const theirs = await ambiguous({ provider: 'gull' });
    const gone = await ambiguous({ provider: 'dodo' });
    for (const { to, text } of [own, theirs]) bench.gull.hold({ to, text });
    await reconcile();
    expect(bench.pigeon.searches.map(({ to }) => to)).toEqual([own.to]);
    expect(bench.gull.searches.map(({ to }) => to)).toEqual([theirs.to]);
    for (const one of [own, gone]) await expectOpen(one);
    expect(await attemptOf(theirs)).toMatchObject({ status: 'accepted' });
  });

  it('says once which provider is not configured any more', async () => {
    await bench.boot();
    await ambiguous({ provider: 'dodo' });
    await bench.message({ provider: 'heron', status: 'accepted' });
    await bench.message({ provider: 'stork', status: 'delivered' });
    for (let i = 0; i < 3; i += 1) await reconcile();
    const said = bench.logs.filter((line) => line.includes('a provider is not configured'));
    expect(said.map((line) => (JSON.parse(line) as { provider: string }).provider).sort()).toEqual([
      'dodo',
      'heron',
    ]);
  });
});

describe('a text that the provider holds', () => {
  it('is adopted when it reads as the frozen one, and no other', async () => {
    const one = await ambiguous();
    for (const text of [`${one.text} (2)`, one.text.slice(0, -1), one.text.toUpperCase(), ` ${one.text}`])
      bench.pigeon.hold({ to: one.to, text });
    await reconcile();
    await expectOpen(one);
    const reference = bench.pigeon.hold(one);
    await bench.sql(`UPDATE attempt SET check_at = now()`);
    await reconcile();
    expect(await attemptOf(one)).toMatchObject({ status: 'accepted', reference });
    expect(await messageOf(one)).toMatchObject({ status: 'accepted' });
  });

  it('is adopted though it was created before the attempt by the provider’s clock, and with its report', async () => {
    const one = await ambiguous();
    bench.pigeon.hold(one, 'p-1', ago(200));
    Object.assign(bench.pigeon.held[0] ?? {}, { status: 'delivered' });
    await reconcile();
    expect(await messageOf(one)).toMatchObject({ status: 'delivered' });
    expect(await bench.sql(`SELECT reference, origin FROM receipt`)).toEqual([
      { reference: 'p-1', origin: 'list' },
    ]);
  });

  it('twice is adopted once, the older of the two', async () => {
    const one = await ambiguous();
    bench.pigeon.hold(one, 'p-younger', ago(10));
    bench.pigeon.hold(one, 'p-older', ago(20));
    await reconcile();
    expect(await attemptOf(one)).toMatchObject({ reference: 'p-older' });
    expect(await bench.sql(`SELECT reference FROM receipt`)).toEqual([{ reference: 'p-older' }]);
  });

  it('is not adopted again by a second attempt of its message', async () => {
    const one = await ambiguous({ endedAgo: 100 });
    await bench.attempt(one, { status: 'accepted', reference: 'p-1' });
    bench.pigeon.hold(one, 'p-1');
    await lookTwice();
    expect(await attemptOf(one)).toMatchObject({ status: 'absent', reference: null });
  });

  it('is not taken for adopted because another provider counts alike', async () => {
    const other = await bench.message({ provider: 'gull' });
    await bench.attempt(other, { provider: 'gull', status: 'accepted', reference: 'same' });
    const one = await ambiguous();
    bench.pigeon.hold(one, 'same');
    await reconcile();
    expect(await attemptOf(one)).toMatchObject({ status: 'accepted', reference: 'same' });
  });

  it('is adopted past the grace, too', async () => {
    const one = await ambiguous({ endedAgo: 1000, checks: 1 });
    bench.pigeon.hold(one, 'p-1');
    await reconcile();
    expect(await attemptOf(one)).toMatchObject({ status: 'accepted', late: false });
  });
});

describe('a text that the provider does not hold', () => {
  it('is absent once it was looked for twice past the grace, and is attempted again', async () => {
    const one = await ambiguous({ endedAgo: grace.pigeon + 1 });
    await reconcile();
    expect(await attemptOf(one)).toMatchObject({ status: 'ambiguous', checks: 1 });
    expect(await messageOf(one)).toMatchObject({ status: 'sending' });
    await bench.sql(`UPDATE attempt SET check_at = now()`);
    await reconcile();
    expect(await attemptOf(one)).toMatchObject({ status: 'absent' });
    expect(await messageOf(one)).toMatchObject({ status: 'waiting' });
  });

  it('is not absent before, however often it was looked for', async () => {
    // The call was made up to the end of the lease: the grace begins there, not when the attempt was opened.
    const one = await ambiguous({ endedAgo: grace.pigeon - 20, opened_at: ago(500) });
    for (let i = 0; i < 3; i += 1) await lookTwice();
    await expectOpen(one);
  });

  it('waits for the grace that was set, where one was', async () => {
    await bench.boot({ RECONCILE_GRACE_SECONDS: '120' });
    const [early, late] = [await ambiguous({ endedAgo: 100 }), await ambiguous({ endedAgo: 121 })];
    await lookTwice();
    await expectOpen(early);
    expect(await attemptOf(late)).toMatchObject({ status: 'absent' });
    await bench.boot();
  });

  it('is not absent because the list fails: that proves nothing', async () => {
    const one = await ambiguous({ endedAgo: 1000, checks: 1 });
    bench.pigeon.isMute = true;
    await lookTwice();
    expect(await attemptOf(one)).toMatchObject({ status: 'ambiguous', checks: 1 });
    expect(await messageOf(one)).toMatchObject({ status: 'sending' });
  });

  it('does not hold up the others, when its number cannot be read', async () => {
    const [poisoned, sound] = [await ambiguous({ check_at: ago(9) }), await ambiguous()];
    await bench.sql(`UPDATE message SET number_sealed = '\\x00' WHERE id = $1`, [poisoned.id]);
    bench.pigeon.hold(sound);
    await reconcile();
    expect(await attemptOf(sound)).toMatchObject({ status: 'accepted' });
    await expectOpen(poisoned);
  });
});

describe('a suspect of a restore', () => {
  const suspect = (given: Row & { endedAgo?: number } = {}) => ambiguous({ suspect: true, ...given });

  it('is looked for at every provider, and becomes that one’s which holds it', async () => {
    const one = await suspect();
    bench.gull.hold(one, 'g-1');
    await reconcile();
    expect(bench.pigeon.searches.map(({ to }) => to)).toEqual([one.to]);
    expect(await attemptOf(one)).toMatchObject({ status: 'accepted', provider: 'gull', reference: 'g-1' });
    expect(await messageOf(one)).toMatchObject({ status: 'accepted', provider: 'gull', sender: 'GULL' });
  });

  it('is adopted where it is held, though another provider does not answer', async () => {
    const one = await suspect();
    bench.gull.isMute = true;
    bench.pigeon.hold(one, 'p-1');
    await reconcile();
    expect(await attemptOf(one)).toMatchObject({ status: 'accepted', provider: 'pigeon' });
  });

  it('is not absent while one of them does not answer', async () => {
    const one = await suspect({ endedAgo: 1000, checks: 1 });
    bench.gull.isMute = true;
    await lookTwice();
    expect(await attemptOf(one)).toMatchObject({ status: 'ambiguous', checks: 1 });
  });

  it('is absent only past the grace of the slowest', async () => {
    const [early, late] = [
      await suspect({ endedAgo: grace.gull - 20 }),
      await suspect({ endedAgo: grace.gull + 1 }),
    ];
    await lookTwice();
    await expectOpen(early);
    expect(await attemptOf(late)).toMatchObject({ status: 'absent' });
    expect(await messageOf(late)).toMatchObject({ status: 'waiting' });
  });

  describe('whose contract the provider holds another text of', () => {
    const beside = async (given: Row & { endedAgo?: number }) => {
      const one = await ambiguous(given);
      await bench.alert({ messageId: one.id, reference: 'C-4711' });
      bench.pigeon.hold({ to: one.to, text: 'In other words, of C-4711.' }, 'p-other');
      return one;
    };

    it('is held for a person: it may be this one in other words', async () => {
      const one = await beside({ suspect: true, endedAgo: 1000 });
      await reconcile();
      expect(await messageOf(one)).toMatchObject({ status: 'held', reason: 'look-at-provider' });
      expect(await attemptOf(one)).toMatchObject({ status: 'absent', detail: 'another-text-p-other' });
    });

    it('is not held before the grace is over', async () => {
      const one = await beside({ suspect: true, endedAgo: 10 });
      await lookTwice();
      await expectOpen(one);
    });

    it('is not held when that text was adopted by an attempt of its own', async () => {
      const one = await beside({ suspect: true, endedAgo: 1000 });
      const other = await bench.message();
      await bench.attempt(other, { status: 'accepted', reference: 'p-other' });
      await lookTwice();
      expect(await messageOf(one)).toMatchObject({ status: 'waiting' });
    });

    it('is not held when it was called in this life: its text is known word for word', async () => {
      const one = await beside({ endedAgo: 1000 });
      await lookTwice();
      expect(await messageOf(one)).toMatchObject({ status: 'waiting' });
    });

    it('is not held for a text of another contract', async () => {
      const one = await suspect({ endedAgo: 1000 });
      await bench.alert({ messageId: one.id, reference: 'C-4712' });
      await bench.alert({ reference: 'C-9999' });
      bench.pigeon.hold({ to: one.to, text: 'Of C-9999.' });
      await lookTwice();
      expect(await messageOf(one)).toMatchObject({ status: 'waiting' });
    });
  });
});
