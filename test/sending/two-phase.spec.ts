import fc from 'fast-check';
import { AttemptStates, type OpenAttempt } from '../../src/core/sending/attempt-states.js';
import type { BrakesService } from '../../src/core/sending/brakes.service.js';
import { DrainService } from '../../src/core/sending/drain.service.js';
import { ReconcileService } from '../../src/core/sending/reconcile.service.js';
import { ago, type MessageMade, type Row, SendingBench } from '../support/sending-bench.js';
import { PhasedTexts } from '../support/phased-texts.js';

let bench: SendingBench;
let texts: PhasedTexts;
beforeAll(async () => {
  bench = await SendingBench.start();
});
beforeEach(async () => {
  await bench.clear();
  texts = new PhasedTexts();
  bench.pigeon.twoPhase = texts;
  bench.pigeon.deduplication = { kind: 'two-phase' };
});
afterAll(() => bench.stop());

const reconcile = () => bench.get(ReconcileService).reconcileAttempts();
const statusOf = async (id: string) => (await bench.row('attempt', id))['status'];

/** A committed attempt of a message, open within its lease, as a process is about to call for it. */
async function open(given: Row = {}): Promise<OpenAttempt & { message: MessageMade }> {
  const message = await bench.message();
  const id = await bench.attempt(message, { two_phase: true, ...given });
  const { id: messageId, index: numberIndex, shard, to, text } = message;
  const frozen = { country: 'KR', templateKey: 'ko/any/signing', departments: [], provider: bench.pigeon };
  return { callAt: 0, ...frozen, id, messageId, numberIndex, shard, to, text, message };
}

async function call(attempt: OpenAttempt, calls = bench.calls()): Promise<void> {
  const room = await calls.takeRoom(bench.pigeon, 1);
  if (!room) throw new Error('there is no room');
  await calls.callWindow(room, [attempt]);
}

/** An attempt that nobody knows the outcome of, looked at now. */
const ambiguous = (given: Row = {}) =>
  open({ status: 'ambiguous', check_at: ago(1), detail: 'lease-ran-out', ...given });

describe('a text', () => {
  it('is prepared, its handle committed, and then it is released: no byte of `send` is needed', async () => {
    const attempt = await open();
    let seen: unknown;
    texts.beforeRelease = async () => (seen = (await bench.row('attempt', attempt.id))['handle']);
    await call(attempt);
    expect(seen).toBe('g-1');
    expect(texts.left).toEqual(['r-g-1']);
    expect(bench.pigeon.called).toEqual([]);
    expect(await bench.row('attempt', attempt.id)).toMatchObject({ status: 'accepted', reference: 'r-g-1' });
  });

  it('is opened in two phases where the provider says so, and not when it is suspected or otherwise sent', async () => {
    await bench.alert();
    await bench.get(DrainService).drainAllShards();
    expect(await bench.sql(`SELECT two_phase, handle FROM attempt`)).toEqual([
      { two_phase: true, handle: 'g-1' },
    ]);
    const states = bench.get(AttemptStates);
    const [one, other] = [await bench.message(), await bench.message()];
    const wish = (message: MessageMade) => ({
      ...message,
      messageId: message.id,
      numberIndex: message.index,
    });
    const ids = {
      suspect: '01900000-0000-7000-8000-000000000001',
      plain: '01900000-0000-7000-8000-000000000002',
    };
    const beside = { country: 'KR', templateKey: '', departments: [], callAt: 0 };
    await states.open([{ ...wish(one), ...beside, id: ids.suspect, provider: bench.pigeon }], new Date());
    await states.open([{ ...wish(other), ...beside, id: ids.plain, provider: bench.gull }], null);
    for (const id of Object.values(ids)) expect((await bench.row('attempt', id))['two_phase']).toBe(false);
  });

  it('does not leave when its attempt was settled while it was prepared', async () => {
    const attempt = await open();
    texts.afterPrepare = () =>
      bench.sql(`UPDATE attempt SET status = 'ambiguous', check_at = now() WHERE id = $1`, [attempt.id]);
    await call(attempt);
    expect(texts.left).toEqual([]);
    expect(await bench.row('attempt', attempt.id)).toMatchObject({ status: 'refused', handle: null });
  });

  it('does not leave when sending is paused between handle and release, and is taken back', async () => {
    const attempt = await open();
    texts.afterPrepare = () => bench.brake('agency');
    await call(attempt);
    expect(texts.left).toEqual([]);
    expect(texts.stateOf('g-1')).toBe('revoked');
    expect(await bench.row('attempt', attempt.id)).toMatchObject({ status: 'refused', detail: 'paused' });
  });

  it('does not leave after the deadline, though its process stood still when the handle was committed', async () => {
    const attempt = await open();
    // The lease of the bench is 30 s; this one is shorter than a call and its margins.
    const calls = bench.calls({ leaseSeconds: 2, timeoutMs: 1000 });
    texts.afterPrepare = () => standStill(900);
    await call(attempt, calls);
    expect(texts.left).toEqual([]);
    expect(await bench.row('attempt', attempt.id)).toMatchObject({
      status: 'refused',
      detail: 'deadline-passed',
    });
  });

  it('whose preparation fails is prepared again in place, three times at the most, and then waits', async () => {
    const attempt = await open();
    texts.prepares = ['lost', 'lost', 'ok'];
    await call(attempt);
    expect(texts.left).toEqual(['r-g-3']);
    const other = await open();
    texts.prepares = ['lost', 'lost', 'lost', 'ok'];
    await call(other);
    expect(await bench.row('attempt', other.id)).toMatchObject({ status: 'refused', handle: null });
    expect(await bench.row('message', other.messageId)).toMatchObject({ status: 'waiting' });
  });

  it('is not prepared again in place where the provider asks for a slower pace', async () => {
    texts.prepares = ['too-many', 'ok'];
    const attempt = await open();
    await call(attempt);
    expect(texts.left).toEqual([]);
    expect(await bench.row('attempt', attempt.id)).toMatchObject({ status: 'refused', code: '429' });
  });

  it('whose release was not answered is released again, and leaves once', async () => {
    texts.releases = ['left-lost', 'ok'];
    const attempt = await open();
    await call(attempt);
    expect(texts.left).toEqual(['r-g-1']);
    expect(await statusOf(attempt.id)).toBe('accepted');
  });

  it('whose release was not answered, and is then refused or stopped, may have left: it is ambiguous', async () => {
    for (const second of ['refused', 'paused'] as const) {
      const attempt = await open();
      texts.releases = ['left-lost', 'refused', 'refused'];
      let isPaused = false;
      texts.afterRelease = () => (isPaused = second === 'paused');
      const brakes = {
        recentBrakes: () => Promise.resolve({ ...bench.situation().brakes, everything: isPaused }),
      } as BrakesService;
      await call(attempt, bench.calls({ brakes }));
      expect(await statusOf(attempt.id)).toBe('ambiguous');
      await bench.sql(`UPDATE attempt SET check_at = now()`);
      await reconcile();
      expect(await statusOf(attempt.id)).toBe('accepted');
    }
    expect(texts.left).toHaveLength(2);
  });

  it('that the provider refuses to release, though it has left, counts as accepted', async () => {
    const attempt = await open();
    texts.releases = ['left-refused'];
    await call(attempt);
    expect(await bench.row('attempt', attempt.id)).toMatchObject({ status: 'accepted', reference: 'r-g-1' });
  });
});

describe('an ambiguous attempt', () => {
  it('without a handle is absent at once, and nobody is asked', async () => {
    const attempt = await ambiguous();
    await reconcile();
    expect(await statusOf(attempt.id)).toBe('absent');
    expect(await bench.row('message', attempt.messageId)).toMatchObject({ status: 'waiting' });
    expect(bench.pigeon.searches).toEqual([]);
  });

  it('with a handle is absent once that is revoked, and a late release is refused', async () => {
    const handle = texts.add();
    const attempt = await ambiguous({ handle });
    await reconcile();
    expect(await statusOf(attempt.id)).toBe('absent');
    expect(texts.stateOf(handle)).toBe('revoked');
    expect(await texts.release(handle)).toMatchObject({ kind: 'ambiguous' });
    expect(texts.left).toEqual([]);
  });

  it('whose text has left is adopted, once', async () => {
    const handle = texts.add();
    await texts.release(handle);
    const attempt = await ambiguous({ handle });
    await reconcile();
    await reconcile();
    expect(await bench.row('attempt', attempt.id)).toMatchObject({
      status: 'accepted',
      reference: `r-${handle}`,
    });
    expect(await bench.row('message', attempt.messageId)).toMatchObject({ status: 'accepted' });
  });

  it('stays while the revocation is not answered, whatever was done, and is asked about again', async () => {
    const handle = texts.add();
    texts.revokes = ['lost'];
    const attempt = await ambiguous({ handle });
    await reconcile();
    expect(await statusOf(attempt.id)).toBe('ambiguous');
    await bench.sql(`UPDATE attempt SET check_at = now()`);
    await reconcile();
    expect(await statusOf(attempt.id)).toBe('absent');
  });

  it('whose handle the provider does not know is held for a person past the grace, and not before', async () => {
    const attempt = await ambiguous({ handle: 'gone' });
    bench.watch(attempt.id, 30);
    await reconcile();
    expect(await statusOf(attempt.id)).toBe('ambiguous');
    bench.watch(attempt.id, 700);
    await bench.sql(`UPDATE attempt SET check_at = now()`);
    await reconcile();
    expect(await bench.row('message', attempt.messageId)).toMatchObject({
      status: 'held',
      reason: 'handle-unknown',
    });
  });

  it('that was revoked and has left all the same is found, and counts as late', async () => {
    const handle = texts.add();
    const attempt = await ambiguous({ handle });
    await reconcile();
    await bench.attempt(attempt.message, { status: 'refused' });
    texts.leave(handle);
    await bench.sql(`UPDATE attempt SET check_at = now()`);
    await reconcile();
    expect(await bench.row('attempt', attempt.id)).toMatchObject({ status: 'accepted', late: true });
  });

  it('of before a restore is looked for by the list as well, with a grace: its handle may be lost, or another attempt', async () => {
    await bench.sql(`UPDATE instance SET suspect_from = now() - interval '1 hour', suspect_until = now()`);
    await bench.knownText();
    for (const handle of [null, texts.add()]) {
      const attempt = await ambiguous({ handle });
      bench.watch(attempt.id, 5);
      await reconcile();
      expect(await statusOf(attempt.id)).toBe('ambiguous');
      bench.pigeon.hold(attempt, `p-${handle}`);
      await bench.sql(`UPDATE attempt SET check_at = now()`);
      await reconcile();
      expect(await bench.row('attempt', attempt.id)).toMatchObject({
        status: 'accepted',
        reference: `p-${handle}`,
      });
    }
  });

  it('is asked about by its handle where texts are sent by one call again', async () => {
    bench.pigeon.deduplication = { kind: 'none', graceSeconds: 60 };
    const handle = texts.add();
    const attempt = await ambiguous({ handle });
    await reconcile();
    expect(await statusOf(attempt.id)).toBe('absent');
    expect(texts.stateOf(handle)).toBe('revoked');
  });
});

describe('the database', () => {
  const give = (id: string, handle: string | null) =>
    bench.get(AttemptStates)['database'].run(`UPDATE attempt SET handle = $2 WHERE id = $1`, [id, handle]);
  const refused = { driverError: { code: '42501' } };

  it('lets a handle be given once, to an open attempt that is made in two phases', async () => {
    const { id } = await open();
    expect(await give(id, 'g')).toBe(1);
    for (const handle of ['h', null]) await expect(give(id, handle)).rejects.toMatchObject(refused);
    for (const status of ['ambiguous', 'absent', 'refused', 'accepted'])
      await expect(give((await open({ status })).id, 'g')).rejects.toMatchObject(refused);
    await expect(give((await open({ two_phase: false })).id, 'g')).rejects.toMatchObject(refused);
  });

  it('does not let an attempt become one of one call', async () => {
    await expect(
      bench.get(AttemptStates)['database'].run(`UPDATE attempt SET two_phase = false`),
    ).rejects.toMatchObject(refused);
  });
});

/** What may happen to one text, in any order: what its process does next, what reconciliation does, and what comes late. */
const events = ['step', 'expire', 'reconcile', 'late release', 'brake', 'unbrake', 'again'] as const;

it('leaves once at the most in every order of events, and is not lost: it can always be brought to an end', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.constantFrom(...events), { maxLength: 14 }),
      fc.array(fc.constantFrom('ok', 'lost', 'left-lost', 'refused'), { maxLength: 6 }),
      async (order, answers) => {
        await bench.clear();
        texts = new PhasedTexts();
        bench.pigeon.twoPhase = texts;
        bench.pigeon.deduplication = { kind: 'two-phase' };
        texts.prepares = answers.map((answer) => (answer === 'lost' ? 'lost' : 'ok'));
        texts.releases = [...answers];
        texts.revokes = answers.map((answer) => (answer === 'ok' ? 'ok' : 'lost'));
        const life = await Life.of(bench, texts);
        for (const event of order) await life.happens(event);
        await life.end();
        expect(texts.left).toHaveLength(1);
        expect(await bench.row('message', life.messageId)).toMatchObject({ status: 'accepted' });
        const [{ n } = { n: 0 }] = await bench.sql<{ n: number }>(
          `SELECT count(*)::int AS n FROM attempt WHERE status = 'accepted' AND reference = $1`,
          [texts.left[0]],
        );
        expect(n).toBe(1);
      },
    ),
    { numRuns: Number(process.env['ORDERS'] ?? 8) },
  );
}, 300_000);

/** One text, and the processes that send it: a step of a process is held back until it is asked for. */
class Life {
  private readonly calls: Promise<unknown>[] = [];

  private constructor(
    private readonly bench: SendingBench,
    private readonly texts: PhasedTexts,
    readonly messageId: string,
  ) {}

  static async of(bench: SendingBench, texts: PhasedTexts): Promise<Life> {
    const { id } = await bench.message({ status: 'waiting' });
    const life = new Life(bench, texts, id);
    texts.holdsSteps = true;
    await life.drain();
    return life;
  }

  async happens(event: (typeof events)[number]): Promise<void> {
    switch (event) {
      case 'step':
        return this.texts.step();
      case 'expire':
        await this.bench.sql(
          `UPDATE attempt SET lease_until = now() - interval '1 second' WHERE status = 'open'`,
        );
        return;
      case 'reconcile':
        return this.reconcile();
      case 'late release':
        return this.texts.releaseLate();
      case 'brake':
        if ((await this.bench.sql(`SELECT FROM brake WHERE released_at IS NULL`)).length === 0)
          await this.bench.brake('agency');
        return;
      case 'unbrake':
        return this.unbrake();
      case 'again':
        return this.drain();
    }
  }

  /** Lets all come to its end, as it does when nothing more goes wrong. */
  async end(): Promise<void> {
    this.texts.heal();
    await this.unbrake();
    for (let round = 0; round < 40; round += 1) {
      await this.texts.step();
      await this.texts.releaseLate();
      await this.happens('expire');
      await this.reconcile();
      await this.drain();
      const { status } = await this.bench.row('message', this.messageId);
      if (status === 'accepted') break;
    }
    this.texts.holdsSteps = false;
    await this.texts.step();
    await Promise.all(this.calls);
    await this.texts.releaseLate();
    await this.reconcile();
  }

  private async unbrake(): Promise<void> {
    await this.bench.sql(
      `UPDATE brake SET released_at = now(), released_by = 'test', release_reason = 'test' WHERE released_at IS NULL`,
    );
  }

  private async reconcile(): Promise<void> {
    await this.bench.sql(`UPDATE attempt SET check_at = now() - interval '1 second'`);
    await reconcile();
  }

  private async drain(): Promise<void> {
    await this.bench.sql(
      `UPDATE message SET next_attempt_at = now() - interval '1 second' WHERE status = 'waiting'`,
    );
    const drained = this.bench.drains(this.bench.calls()).drainAllShards();
    this.calls.push(drained);
    await Promise.race([drained, this.texts.untilHeld()]);
  }
}

function standStill(ms: number): void {
  const until = performance.now() + ms;
  while (performance.now() < until);
}
