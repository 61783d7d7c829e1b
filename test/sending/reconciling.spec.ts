import { Outcomes } from '../../src/core/sending/outcomes.js';
import { Providers } from '../../src/core/providers/providers.module.js';
import { ReconcileService } from '../../src/core/sending/reconcile.service.js';
import { attemptStatuses } from '../../src/core/sending/sending.entities.js';
import { ago, type MessageMade, type Row, SendingBench } from '../support/sending-bench.js';
import { until } from '../support/until.js';

let bench: SendingBench;
beforeAll(async () => {
  bench = await SendingBench.start();
});
beforeEach(() => bench.clear());
afterAll(() => bench.stop());

/** Seconds for which the pigeon may hide a text; the gull may for longer. */
const grace = { pigeon: 60, gull: 300 };
beforeEach(() => {
  bench.pigeon.deduplication = { kind: 'none', graceSeconds: grace.pigeon };
  bench.gull.deduplication = { kind: 'none', graceSeconds: grace.gull };
});

const reconcile = () => bench.get(ReconcileService).reconcileAttempts();

type Ambiguous = MessageMade & { attempt: string };

type AmbiguousGiven = Row & { watched?: number; to?: string };

/** A message with an attempt that is to be looked for now; the reconciler has watched it for so many seconds. */
async function ambiguous({ watched = 5, to, ...given }: AmbiguousGiven = {}): Promise<Ambiguous> {
  const message = await bench.message(to ? { to } : {});
  const attempt = await bench.attempt(message, {
    status: 'ambiguous',
    check_at: ago(1),
    opened_at: ago(watched + 30),
    detail: 'timed-out',
    ...given,
  });
  bench.watch(attempt, watched);
  return { ...message, attempt };
}

/** Seconds for which the call of an attempt without an answer may still be made: the lease of the bench. */
const lease = 30;

const attemptOf = ({ attempt }: Ambiguous) => bench.row('attempt', attempt);
const messageOf = ({ id }: Ambiguous) => bench.row('message', id);

/** Looks as though its next turn had come. */
async function lookAgain(): Promise<void> {
  await bench.sql(`UPDATE attempt SET check_at = now() - interval '1 second'`);
  await reconcile();
}

async function lookTwice(): Promise<void> {
  await reconcile();
  await lookAgain();
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
  it('for the number', async () => {
    const one = await ambiguous();
    await reconcile();
    expect(bench.pigeon.searches).toEqual([{ to: one.to }]);
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

  it('for itself: while one does not answer, the others’ attempts are settled', async () => {
    const { all } = bench.get(Providers);
    const [mute, other] = [bench.pigeon, bench.gull].sort((a, b) => all.indexOf(a) - all.indexOf(b));
    if (!mute || !other) throw new Error('there are two providers');
    let giveUp = () => {};
    mute.find = () => new Promise((_, reject) => (giveUp = () => reject(new Error('too late'))));
    await ambiguous({ provider: mute.name });
    const theirs = await ambiguous({ provider: other.name });
    other.hold(theirs);
    const reconciled = reconcile();
    await until('it is settled', async () => (await attemptOf(theirs))['status'] === 'accepted');
    giveUp();
    await reconciled;
    Reflect.deleteProperty(mute, 'find');
  });

  it('about attempts of a number one after the other, and about several numbers at once', async () => {
    const find = bench.pigeon.find.bind(bench.pigeon);
    const underWay: string[] = [];
    let most = 0;
    bench.pigeon.find = async (sought) => {
      const { to } = sought;
      expect(underWay).not.toContain(to);
      most = Math.max(most, underWay.push(to));
      await until('both numbers are asked about', () => most === 2);
      underWay.splice(underWay.indexOf(to), 1);
      return find(sought);
    };
    const absent = { status: 'absent', settled_at: ago(60) };
    for (const one of [await ambiguous(absent), await ambiguous(absent)])
      await bench.attempt(one, { ...absent, check_at: ago(1) });
    await reconcile();
    Reflect.deleteProperty(bench.pigeon, 'find');
    expect(bench.pigeon.searches).toHaveLength(4);
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

  it.each([200, 24 * 3600])(
    'is adopted though the provider’s clock is %i s behind, and with its report',
    async (behind) => {
      const one = await ambiguous();
      bench.pigeon.hold(one, 'p-1', ago(behind));
      Object.assign(bench.pigeon.held[0] ?? {}, { status: 'delivered' });
      await reconcile();
      expect(await messageOf(one)).toMatchObject({ status: 'delivered' });
      expect(await bench.sql(`SELECT reference, origin FROM receipt`)).toEqual([
        { reference: 'p-1', origin: 'list' },
      ]);
    },
  );

  it('twice is adopted once, the older of the two', async () => {
    const one = await ambiguous();
    bench.pigeon.hold(one, 'p-younger', ago(10));
    bench.pigeon.hold(one, 'p-older', ago(20));
    await reconcile();
    expect(await attemptOf(one)).toMatchObject({ reference: 'p-older' });
    expect(await bench.sql(`SELECT reference FROM receipt`)).toEqual([{ reference: 'p-older' }]);
  });

  it('is not adopted again by a second attempt of its message', async () => {
    const one = await ambiguous({ watched: 100 });
    await bench.attempt(one, { status: 'accepted', reference: 'p-1', settled_at: ago(90) });
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
    const one = await ambiguous({ watched: 1000, checks: 1 });
    bench.pigeon.hold(one, 'p-1');
    await reconcile();
    expect(await attemptOf(one)).toMatchObject({ status: 'accepted', late: false });
  });
});

describe('a text that the provider does not hold', () => {
  it('is absent once it was looked for twice past the grace, and is attempted again', async () => {
    const one = await ambiguous({ watched: grace.pigeon + 1 });
    await reconcile();
    expect(await attemptOf(one)).toMatchObject({ status: 'ambiguous', checks: 1 });
    expect(await messageOf(one)).toMatchObject({ status: 'sending' });
    await bench.sql(`UPDATE attempt SET check_at = now()`);
    await reconcile();
    expect(await attemptOf(one)).toMatchObject({ status: 'absent' });
    expect(await messageOf(one)).toMatchObject({ status: 'waiting' });
  });

  it('is not absent before, however often it was looked for', async () => {
    const one = await ambiguous({ watched: grace.pigeon - 20, opened_at: ago(500) });
    for (let i = 0; i < 3; i += 1) await lookTwice();
    await expectOpen(one);
  });

  it('is not absent because the database’s clock has jumped: the reconciler has not watched it as long', async () => {
    // As an hour's jump leaves it: its lease has run out at once.
    const expired = { status: 'open', lease_until: ago(3600), opened_at: ago(3660) };
    const one = await ambiguous({ ...expired, watched: 0 });
    for (let i = 0; i < 3; i += 1) await lookTwice();
    await expectOpen(one);
  });

  it('is absent for a process that has started lately only once it has watched it itself', async () => {
    const one = await ambiguous({ watched: grace.pigeon + 1, checks: 1 });
    await bench.boot();
    await lookTwice();
    expect(await attemptOf(one)).toMatchObject({ status: 'ambiguous' });
  });

  it.each([
    ['whose lease ran out', { detail: 'lease-ran-out', suspect: false }],
    ['of before a restore', { detail: 'before-restore', suspect: true }],
  ])('of a call %s may be made until the lease ends: the grace begins there', async (_what, given) => {
    const longest = given.suspect ? grace.gull : grace.pigeon;
    const early = await ambiguous({ ...given, watched: longest + lease - 5 });
    await lookTwice();
    await expectOpen(early);
    bench.watch(early.attempt, longest + lease + 1);
    await lookAgain();
    await lookAgain();
    expect(await attemptOf(early)).toMatchObject({ status: 'absent' });
  });

  it('has the same grace still when the answer is lost of a call whose lease was taken for over early', async () => {
    const one = await ambiguous({
      detail: 'lease-ran-out',
      watched: grace.pigeon + 5,
      lease_until: ago(-20),
    });
    const outcome = { kind: 'ambiguous', detail: 'timed-out' } as const;
    await bench
      .get(Outcomes)
      .addAnswer({ id: one.attempt, messageId: one.id, provider: bench.pigeon, outcome });
    await lookTwice();
    await expectOpen(one);
  });

  it('waits twice as long after each absence of its message', async () => {
    await bench.knownText();
    const one = await ambiguous({ watched: 4 * grace.pigeon - 20 });
    for (let i = 0; i < 2; i += 1) await bench.attempt(one, { status: 'absent' });
    await lookTwice();
    await expectOpen(one);
    bench.watch(one.attempt, 4 * grace.pigeon + 1);
    for (let i = 0; i < 2; i += 1) await lookAgain();
    expect(await attemptOf(one)).toMatchObject({ status: 'absent' });
  });

  it('waits for the grace that was set, where one was', async () => {
    await bench.boot({ RECONCILE_GRACE_SECONDS: '120' });
    await bench.knownText();
    const [early, late] = [await ambiguous({ watched: 100 }), await ambiguous({ watched: 121 })];
    await lookTwice();
    await expectOpen(early);
    expect(await attemptOf(late)).toMatchObject({ status: 'absent' });
    await bench.boot();
  });

  it('is not absent because the list fails: that proves nothing', async () => {
    const one = await ambiguous({ watched: 1000, checks: 1 });
    bench.pigeon.isMute = true;
    await lookTwice();
    expect(await attemptOf(one)).toMatchObject({ status: 'ambiguous', checks: 1 });
    expect(await messageOf(one)).toMatchObject({ status: 'sending' });
  });

  describe('since its number cannot be read', () => {
    const poisoned = async (watched: number) => {
      const one = await ambiguous({ watched, check_at: ago(9) });
      await bench.sql(`UPDATE message SET number_sealed = '\\x00' WHERE id = $1`, [one.id]);
      return one;
    };

    it('does not hold up the others', async () => {
      const [one, sound] = [await poisoned(5), await ambiguous()];
      bench.pigeon.hold(sound);
      await reconcile();
      expect(await attemptOf(sound)).toMatchObject({ status: 'accepted' });
      await expectOpen(one);
    });

    it('is held for a person past the grace, and its number is free for others', async () => {
      const one = await poisoned(grace.pigeon + 1);
      await reconcile();
      expect(await messageOf(one)).toMatchObject({ status: 'held', reason: 'number-unreadable' });
      expect(await attemptOf(one)).toMatchObject({ status: 'absent', detail: 'number-unreadable' });
    });
  });
});

describe('a list without the text', () => {
  const past = { watched: grace.pigeon + 1 };

  /** It was looked for twice, and its absence stands or falls by the list. */
  async function expectAbsent(one: Ambiguous, isAbsent: boolean): Promise<void> {
    for (let i = 0; i < 2; i += 1) await lookAgain();
    if (isAbsent) expect(await messageOf(one)).toMatchObject({ status: 'waiting' });
    else await expectOpen(one);
  }

  const forget = (reference: string) => {
    const { held } = bench.pigeon;
    held.splice(
      held.findIndex((text) => text.reference === reference),
      1,
    );
  };

  it('proves its absence when it shows what the number has accepted, and what another has', async () => {
    const to = bench.number();
    await bench.knownText(bench.pigeon, to);
    const one = await ambiguous({ ...past, to });
    const other = await bench.knownText();
    await expectAbsent(one, true);
    const another = bench.pigeon.held.find(({ reference }) => reference === other)?.to;
    expect(bench.pigeon.searches.map((search) => search.to)).toEqual([to, another, to, another]);
  });

  it('proves nothing when it does not show what the number has accepted', async () => {
    const to = bench.number();
    forget(await bench.knownText(bench.pigeon, to));
    const one = await ambiguous({ ...past, to });
    await bench.knownText();
    await expectAbsent(one, false);
  });

  it('proves it though it does not show what the number accepted months ago', async () => {
    const to = bench.number();
    forget(await bench.knownText(bench.pigeon, to));
    await bench.sql(`UPDATE attempt SET settled_at = now() - interval '31 days'`);
    const one = await ambiguous({ ...past, to });
    await bench.knownText();
    await expectAbsent(one, true);
  });

  it.each([
    ['since the attempt', 'after'],
    ['before the attempt', 'before'],
  ])('proves nothing when the text accepted last %s is not shown', async (_when, order) => {
    if (order === 'before') forget(await bench.knownText());
    const one = await ambiguous(past);
    if (order === 'after') forget(await bench.knownText());
    await expectAbsent(one, false);
  });

  it('proves nothing by an older text than the first since the attempt', async () => {
    await bench.knownText();
    const one = await ambiguous(past);
    forget(await bench.knownText());
    await bench.knownText();
    await expectAbsent(one, false);
  });

  it('proves nothing when a known text is shown in other words', async () => {
    const one = await ambiguous(past);
    await bench.knownText();
    Object.assign(bench.pigeon.held[0] ?? {}, { text: '[REDACTED]' });
    await expectAbsent(one, false);
  });

  describe('of a provider that shows the sought text alone', () => {
    beforeEach(() => {
      bench.pigeon.listsNumbers = false;
    });

    it('proves its absence when each known text is shown to who asks for it', async () => {
      const to = bench.number();
      await bench.knownText(bench.pigeon, to);
      await expectAbsent(await ambiguous({ ...past, to }), true);
    });

    it('proves nothing when a known text of the number is not shown', async () => {
      const to = bench.number();
      forget(await bench.knownText(bench.pigeon, to));
      const one = await ambiguous({ ...past, to });
      await bench.knownText();
      await expectAbsent(one, false);
    });

    it('never proves it for a suspect of a restore, which may read otherwise: a person is to look', async () => {
      const one = await ambiguous({ suspect: true, watched: 6 * grace.gull + lease + 1 });
      await bench.knownText();
      await lookTwice();
      expect(await messageOf(one)).toMatchObject({ status: 'held', reason: 'absence-not-proved' });
    });
  });

  it.each([
    ['is watched for the grace', { kind: 'none', graceSeconds: 90 }, 90],
    ['is watched for a quarter of the window', { kind: 'key', windowSeconds: 1200 }, 300],
    ['is watched for a quarter of the window', { kind: 'content', windowSeconds: 1600 }, 400],
    ['is watched for ten minutes of a long window', { kind: 'key', windowSeconds: 86_400 }, 600],
  ] as const)('%s: %p', async (_how, deduplication, seconds) => {
    bench.pigeon.deduplication = deduplication;
    const [early, late] = [
      await ambiguous({ watched: seconds - 10 }),
      await ambiguous({ watched: seconds + 1 }),
    ];
    await bench.knownText();
    await expectAbsent(early, false);
    await expectAbsent(late, true);
  });

  it('proves nothing by what another provider has accepted', async () => {
    await bench.knownText(bench.gull);
    await bench.attempt(await bench.message(), { status: 'absent' });
    await expectAbsent(await ambiguous(past), false);
  });

  it('is believed once while nothing is known that the provider must show', async () => {
    const [first, second] = [await ambiguous(past), await ambiguous(past)];
    await expectAbsent(first, true);
    await expectAbsent(second, false);
    await bench.knownText();
    await expectAbsent(second, true);
  });

  it('has its message held for a person when it has proved nothing for six graces', async () => {
    const [early, late] = [
      await ambiguous({ watched: 6 * grace.pigeon - 20 }),
      await ambiguous({ watched: 6 * grace.pigeon + 1 }),
    ];
    forget(await bench.knownText());
    await reconcile();
    await expectOpen(early);
    expect(await messageOf(late)).toMatchObject({ status: 'held', reason: 'absence-not-proved' });
  });

  it('proves nothing beside a text without words, and its message is held for a person', async () => {
    await bench.knownText();
    const one = await ambiguous(past);
    bench.pigeon.hold({ to: one.to, text: '' });
    await reconcile();
    expect(await messageOf(one)).toMatchObject({ status: 'held', reason: 'text-not-shown' });
  });

  it('proves it beside a text without words that is days older, or another attempt’s', async () => {
    const to = bench.number();
    await bench.knownText(bench.pigeon, to);
    await bench.sql(`UPDATE attempt SET settled_at = now() - interval '31 days'`);
    Object.assign(bench.pigeon.held[0] ?? {}, { text: '' });
    const one = await ambiguous({ ...past, to });
    bench.pigeon.hold({ to, text: '' }, 'p-old', ago(26 * 3600));
    await bench.knownText();
    await expectAbsent(one, true);
  });

  it('but with one that reads alike and is days older, has its message held for a person', async () => {
    const one = await ambiguous(past);
    bench.pigeon.hold(one, 'p-old', ago(26 * 3600));
    await reconcile();
    expect(await messageOf(one)).toMatchObject({ status: 'held', reason: 'look-at-provider' });
    expect(await attemptOf(one)).toMatchObject({ status: 'absent', detail: 'another-text-p-old' });
  });
});

describe('a text that turns up after it was taken for absent', () => {
  const absent = (given: Row = {}) =>
    ambiguous({ status: 'absent', settled_at: ago(60), opened_at: ago(900), ...given });

  it('is given to its attempt, and is not sent again', async () => {
    const one = await absent();
    await bench.sql(`UPDATE message SET status = 'waiting', next_attempt_at = now() WHERE id = $1`, [one.id]);
    bench.pigeon.hold(one, 'p-late');
    await reconcile();
    expect(await attemptOf(one)).toMatchObject({ status: 'accepted', reference: 'p-late', late: false });
    expect(await messageOf(one)).toMatchObject({ status: 'accepted' });
  });

  it('is counted though it was sent again meanwhile, and the other is that attempt’s', async () => {
    const one = await absent();
    const second = await bench.attempt(one, { status: 'ambiguous', check_at: ago(1) });
    bench.pigeon.hold(one, 'p-1');
    bench.pigeon.hold(one, 'p-2');
    await reconcile();
    expect(await bench.row('attempt', second)).toMatchObject({ status: 'accepted', late: false });
    expect(await attemptOf(one)).toMatchObject({ status: 'accepted', late: true });
    expect(await bench.sql(`SELECT 1 FROM attempt WHERE reference IN ('p-1', 'p-2')`)).toHaveLength(2);
  });

  it('is looked for again after as long as the attempt is old', async () => {
    const one = await absent();
    await reconcile();
    const next = ((await attemptOf(one))['check_at'] as Date).getTime();
    expect(Math.abs(next - Date.now() - 900_000)).toBeLessThan(20_000);
    expect(await attemptOf(one)).toMatchObject({ status: 'absent', checks: 0 });
    expect(await messageOf(one)).toMatchObject({ status: 'sending' });
  });

  it('is not looked for once it was absent for more than a day', async () => {
    await absent({ settled_at: ago(26 * 3600) });
    await absent({ settled_at: null });
    await reconcile();
    expect(bench.pigeon.searches).toEqual([]);
  });
});

describe('a suspect of a restore', () => {
  const suspect = (given: Row & { watched?: number } = {}) => ambiguous({ suspect: true, ...given });

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
    const one = await suspect({ watched: 1000, checks: 1 });
    bench.gull.isMute = true;
    await lookTwice();
    expect(await attemptOf(one)).toMatchObject({ status: 'ambiguous', checks: 1 });
  });

  it('is absent only past the grace of the slowest', async () => {
    const [early, late] = [
      await suspect({ watched: grace.gull + lease - 20 }),
      await suspect({ watched: grace.gull + lease + 1 }),
    ];
    await bench.knownText();
    await lookTwice();
    await expectOpen(early);
    expect(await attemptOf(late)).toMatchObject({ status: 'absent' });
    expect(await messageOf(late)).toMatchObject({ status: 'waiting' });
  });

  describe('whose contract the provider holds another text of', () => {
    const beside = async (given: Row & { watched?: number }) => {
      const one = await ambiguous(given);
      await bench.alert({ messageId: one.id, reference: 'C-4711' });
      bench.pigeon.hold({ to: one.to, text: 'In other words, of C-4711.' }, 'p-other');
      return one;
    };

    it('is held for a person: it may be this one in other words', async () => {
      const one = await beside({ suspect: true, watched: 1000 });
      await reconcile();
      expect(await messageOf(one)).toMatchObject({ status: 'held', reason: 'look-at-provider' });
      expect(await attemptOf(one)).toMatchObject({ status: 'absent', detail: 'another-text-p-other' });
    });

    it('is not held before the grace is over', async () => {
      const one = await beside({ suspect: true, watched: 10 });
      await lookTwice();
      await expectOpen(one);
    });

    it('is not held when that text was adopted by an attempt of its own', async () => {
      const one = await beside({ suspect: true, watched: 1000 });
      const other = await bench.message({ to: one.to, text: bench.pigeon.held[0]?.text ?? '' });
      await bench.attempt(other, { status: 'accepted', reference: 'p-other', settled_at: ago(10) });
      await lookTwice();
      expect(await messageOf(one)).toMatchObject({ status: 'waiting' });
    });

    it('is not held when it was called in this life: its text is known word for word', async () => {
      const one = await beside({ watched: 1000 });
      await lookTwice();
      expect(await messageOf(one)).toMatchObject({ status: 'waiting' });
    });

    it('is not held for a text of another contract', async () => {
      const one = await suspect({ watched: 1000 });
      await bench.alert({ messageId: one.id, reference: 'C-4712' });
      await bench.alert({ reference: 'C-9999' });
      bench.pigeon.hold({ to: one.to, text: 'Of C-9999.' });
      await lookTwice();
      expect(await messageOf(one)).toMatchObject({ status: 'waiting' });
    });
  });
});
