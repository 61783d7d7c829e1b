import { createHash } from 'node:crypto';
import pg from 'pg';
import type { OpenAttempt } from '../../src/core/sending/attempt-states.js';
import type { Situation } from '../../src/core/sending/brakes.service.js';
import { MessageFreezer, TextComposer } from '../../src/core/sending/message-freezer.js';
import { SettingsService } from '../../src/core/settings/settings.service.js';
import { type AlertMade, ago, type Row, SendingBench } from '../support/sending-bench.js';
import { until } from '../support/until.js';

let bench: SendingBench;
beforeAll(async () => {
  bench = await SendingBench.start();
});
beforeEach(() => bench.clear());
afterAll(() => bench.stop());

/** Freezes what is due in the shard of an alert. */
async function freeze(
  { shard }: { shard: number },
  situation: Situation = bench.situation(),
): Promise<OpenAttempt[]> {
  const share = { provider: bench.pigeon, limits: new Map([[shard, 100]]) };
  await bench.suspect(situation);
  return (await bench.get(MessageFreezer).freezeDue(share, situation)).attempts;
}

const alertOf = ({ id }: AlertMade) => bench.row('alert', id);
const messages = () => bench.sql(`SELECT * FROM message ORDER BY id`);
const attempts = () => bench.sql(`SELECT * FROM attempt ORDER BY id`);

async function messageOf(alert: AlertMade): Promise<Row> {
  return bench.row('message', String((await alertOf(alert))['message_id']));
}

/** Expects that an alert is planned still, to be looked at again in half a minute. */
async function expectPutOff(alert: AlertMade): Promise<void> {
  const row = await alertOf(alert);
  expect(row).toMatchObject({ status: 'planned', message_id: null });
  const wait = ((row['retry_at'] as Date).getTime() - Date.now()) / 1000;
  expect(wait).toBeGreaterThan(15);
  expect(wait).toBeLessThanOrEqual(30.5);
}

const setAgency = async (change: object) => {
  const settings = bench.get(SettingsService);
  await settings.put('set-up', 'agency', { ...(await settings.agency()).value, ...change });
};

describe('a due alert', () => {
  it('is frozen with all that the text was made of, and its attempt committed', async () => {
    const alert = await bench.alert({ country: 'GB', reference: 'C-77', dueInSeconds: -5 });
    const now = ago(3);
    const [attempt, ...others] = await freeze(alert, bench.situation({ now }));
    expect(others).toEqual([]);
    const message = await messageOf(alert);
    const text = String(message['text']);
    expect(text).toBe('[한빛시] 계약 체결(C-77). 금품·향응 요구는 신고해 주세요 ☎1398');
    expect(message).toMatchObject({
      status: 'sending',
      provider: 'pigeon',
      sender: 'PIGEON',
      country: 'GB',
      shard: alert.shard,
      locale: 'ko',
      number_index: alert.index,
      service_time: now,
      attempts: 1,
      due_at: (await alertOf(alert))['due_at'],
      text_hash: createHash('sha256').update(text).digest(),
    });
    const [template] = await bench.sql<{ key: string }>(`SELECT key FROM template_version WHERE id = $1`, [
      message['template_version_id'],
    ]);
    expect(template?.key).toBe('ko/any/signing');
    expect(attempt).toMatchObject({ messageId: message['id'], to: alert.to, text, numberIndex: alert.index });
    expect(attempt?.provider).toBe(bench.pigeon);
    expect(await attempts()).toMatchObject([
      { id: attempt?.id, message_id: message['id'], status: 'open', suspect: false, provider: 'pigeon' },
    ]);
    expect(await alertOf(alert)).toMatchObject({ status: 'messaged', retry_at: null });
  });

  it('is written in the language of its contact, and in words that promise nothing where nobody recorded it', async () => {
    const english = await bench.alert({ locale: 'en' });
    const neutral = await bench.alert({ code: 'final-payment', wording: 'neutral' });
    for (const alert of [english, neutral]) await freeze(alert);
    const keys = await bench.sql<{ key: string }>(
      `SELECT v.key FROM message m JOIN template_version v ON v.id = m.template_version_id ORDER BY m.id`,
    );
    expect(keys.map(({ key }) => key)).toEqual(['en/any/signing', 'ko/works/final-payment.neutral']);
    expect(await messageOf(english)).toMatchObject({ locale: 'en' });
  });

  const spoilt: [string, string, RegExp][] = [
    ['has another number now', `phone_index = '\\x00'`, /another number/],
    ['has none any more', `phone_sealed = NULL, phone_index = NULL`, /another number/],
    ['has a number that cannot be read', `phone_sealed = '\\x00'`, /sealed/],
  ];
  it.each(spoilt)('is held when its contact %s, and holds up nobody', async (_what, change, failure) => {
    const to = bench.number();
    const [spoilt, sound] = [await bench.alert({ to }), await bench.alert({ to, dueDay: '2026-03-05' })];
    await bench.sql(`UPDATE contact SET ${change} WHERE id = $1`, [spoilt.contactId]);
    expect(await freeze(spoilt)).toHaveLength(1);
    expect(await alertOf(spoilt)).toMatchObject({
      status: 'held',
      reason: 'text-failed',
      message_id: null,
      failure: expect.stringMatching(failure) as string,
    });
    expect(await alertOf(sound)).toMatchObject({ status: 'messaged' });
    expect(await messages()).toHaveLength(1);
  });

  it.each([
    ['its alerts', 'BEFORE UPDATE ON alert', `NEW.status = 'messaged'`],
    ['its message', 'BEFORE INSERT ON message', 'true'],
    ['its attempt', 'BEFORE INSERT ON attempt', 'true'],
  ])('is frozen whole or not at all: %s cannot be stored', async (_what, when, condition) => {
    const alert = await bench.alert();
    const before = await alertOf(alert);
    await bench.sql(`CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE 'refused'; END $$;
      CREATE TRIGGER refuse ${when} FOR EACH ROW WHEN (${condition}) EXECUTE FUNCTION refuse()`);
    await expect(freeze(alert))
      .rejects.toThrow('refused')
      .finally(() => bench.sql(`DROP FUNCTION refuse CASCADE`));
    expect([await messages(), await attempts()]).toEqual([[], []]);
    expect(await alertOf(alert)).toEqual(before);
    expect(await freeze(alert)).toHaveLength(1);
  });

  it('is waited for by a change of its contract, which then finds it in a message', async () => {
    const alert = await bench.alert();
    const text = bench.get(TextComposer);
    const compose = text.composeMessages.bind(text);
    let change: Promise<Row[]> | undefined;
    text.composeMessages = async (...given) => {
      // Locked as a change of the contract locks it.
      change = bench.sql(`SELECT status FROM alert WHERE id = $1 FOR UPDATE`, [alert.id]);
      await until('the change waits', async () => (await waiting()) > 0);
      return compose(...given);
    };
    expect(await freeze(alert).finally(() => Reflect.deleteProperty(text, 'composeMessages'))).toHaveLength(
      1,
    );
    expect(await change).toEqual([{ status: 'messaged' }]);
  });
});

/** Counts the statements that wait for another transaction. */
const waiting = async () => (await bench.sql(`SELECT 1 FROM pg_locks WHERE NOT granted`)).length;

/** Works while another connection has an attempt of a number that is not committed; `end` ends that. */
async function besideAnAttempt<T>(
  { to, status }: { to: string; status: string },
  work: (end: (how: 'COMMIT' | 'ROLLBACK') => Promise<unknown>) => Promise<T>,
): Promise<T> {
  const other = new pg.Client({ connectionString: bench.database.ownerUrl });
  await other.connect();
  try {
    const message = await bench.message({ to, status: 'waiting' });
    await other.query('BEGIN');
    await other.query(
      `INSERT INTO attempt (id, message_id, number_index, provider, status, opened_at, lease_until)
       VALUES (gen_random_uuid(), $1, $2, 'pigeon', $3, now(), now() + interval '1 minute')`,
      [message.id, message.index, status],
    );
    return await work((how) => other.query(how));
  } finally {
    await other.end();
  }
}

describe('a number that gets an attempt between locking and opening', () => {
  const freezeBeside = (to: string, status: string, shard: number) =>
    besideAnAttempt({ to, status }, async (end) => {
      const frozen = freeze({ shard });
      await until('the freezer waits', async () => (await waiting()) > 0);
      await end('COMMIT');
      return frozen;
    });

  it.each(['open', 'ambiguous'])('is passed over, and no other of its window: it is %s', async (status) => {
    const [busy, ...free] = [
      await bench.alert({ shard: 2, dueInSeconds: -9 }),
      await bench.alert({ shard: 2, dueInSeconds: -90 }),
      await bench.alert({ shard: 2 }),
    ];
    const before = await alertOf(busy);
    const opened = await freezeBeside(busy.to, status, 2);
    expect(opened.map(({ to }) => to)).toEqual([free[0]?.to, free[1]?.to]);
    expect(await alertOf(busy)).toEqual(before);
    for (const alert of free) expect(await alertOf(alert)).toMatchObject({ status: 'messaged' });
    expect(await bench.sql(`SELECT 1 FROM message WHERE status = 'sending'`)).toHaveLength(2);

    await bench.sql(`UPDATE attempt SET status = 'refused'`);
    expect((await freeze({ shard: 2 })).map(({ to }) => to)).toEqual([busy.to]);
  });

  it('keeps a digest planned as a whole', async () => {
    const to = bench.number();
    const alerts = [await bench.alert({ to })];
    for (let i = 0; i < 2; i += 1) alerts.push(await bench.alert({ to, dueInSeconds: 3600 }));
    expect(await freezeBeside(to, 'open', alerts[0]?.shard ?? 0)).toEqual([]);
    for (const alert of alerts) expect(await alertOf(alert)).toMatchObject({ status: 'planned' });
  });

  it('gets one message of a window, and the next stays planned as it was', async () => {
    const to = bench.number();
    const first = await bench.alert({ to, dueInSeconds: -9 });
    const second = await bench.alert({ to, dueInSeconds: -2, dueDay: '2026-03-05' });
    const before = await alertOf(second);
    expect(await freeze(first)).toHaveLength(1);
    expect(await alertOf(first)).toMatchObject({ status: 'messaged' });
    expect(await alertOf(second)).toEqual(before);
    expect(await messages()).toHaveLength(1);
  });
});

describe('drains that freeze at the same time', () => {
  it('have no message of a number twice, and do not lock each other out', async () => {
    const numbers = Array.from({ length: 60 }, () => bench.number());
    // Each number is due twice, so that each drain gets one of it; their orders are opposite.
    for (const [i, to] of numbers.entries()) {
      await bench.alert({ to, shard: 2, dueInSeconds: -1000 + i });
      await bench.alert({ to, shard: 2, dueInSeconds: -100 - i, dueDay: '2026-03-05' });
    }
    const share = { provider: bench.pigeon, limits: new Map([[2, numbers.length]]) };
    // Both are under way before either can go on: what they have in common they have to take in the same order.
    const both = await besideAnAttempt({ to: numbers[30] ?? '', status: 'open' }, async (end) => {
      const frozen = [1, 2].map(() => bench.get(MessageFreezer).freezeDue(share, bench.situation()));
      await until('both wait', async () => (await waiting()) > 1);
      await end('ROLLBACK');
      return Promise.all(frozen);
    });
    const sent = both.flatMap((frozen) => frozen.attempts.map(({ to }) => to));
    expect(sent.sort()).toEqual([...numbers].sort());
    expect(await bench.sql(`SELECT 1 FROM message WHERE status = 'sending'`)).toHaveLength(numbers.length);
  });
});

describe('what is braked', () => {
  it.each<[string, Partial<Situation['brakes']>, boolean]>([
    ['its template', { templates: new Set(['ko/any/signing']) }, true],
    ['another template', { templates: new Set(['en/any/signing']) }, false],
    ['its route', { routes: new Set(['PIGEON/KR']) }, true],
    ['another sender’s route', { routes: new Set(['GULL/KR']) }, false],
    ['another country’s', { routes: new Set(['PIGEON/GB']) }, false],
  ])('by %s', async (_what, brakes, isBraked) => {
    const alert = await bench.alert();
    const opened = await freeze(alert, bench.situation({ brakes }));
    expect(opened).toHaveLength(isBraked ? 0 : 1);
    if (isBraked) {
      await expectPutOff(alert);
      expect(await messages()).toEqual([]);
    }
  });

  it('by the route to numbers of which no country is known', async () => {
    const alert = await bench.alert();
    await bench.sql(`UPDATE contact SET phone_country = NULL`);
    const situation = bench.situation({ brakes: { routes: new Set(['PIGEON/']) } });
    expect(await freeze(alert, situation)).toEqual([]);
    await expectPutOff(alert);
  });

  it('by one template leaves the others of the window alone', async () => {
    const to = bench.number();
    const [braked, free] = [
      await bench.alert({ to }),
      await bench.alert({ to, dueDay: '2026-03-05', locale: 'en' }),
    ];
    const situation = bench.situation({ brakes: { templates: new Set(['ko/any/signing']) } });
    expect(await freeze(braked, situation)).toHaveLength(1);
    await expectPutOff(braked);
    expect(await alertOf(free)).toMatchObject({ status: 'messaged' });
  });
});

describe('a rehearsal', () => {
  afterEach(() => setAgency({ rehearsal: { on: false, numbers: [] } }));

  it('texts listed numbers, and misses the rest', async () => {
    const [listed, other] = [await bench.alert(), await bench.alert()];
    const numbers = [{ index: listed.index.toString('hex'), masked: '' }];
    await setAgency({ rehearsal: { on: true, numbers } });
    for (const alert of [listed, other]) await freeze(alert);
    expect(await alertOf(listed)).toMatchObject({ status: 'messaged' });
    expect(await alertOf(other)).toMatchObject({ status: 'missed', reason: 'rehearsal', message_id: null });
    expect(await messages()).toHaveLength(1);

    await setAgency({ rehearsal: { on: false, numbers } });
    const later = await bench.alert();
    expect(await freeze(later)).toHaveLength(1);
  });
});

describe('a digest', () => {
  const three = async () => {
    const to = bench.number();
    const late = await bench.alert({ to, dueInSeconds: -2, reference: 'C-late' });
    const early = await bench.alert({ to, dueInSeconds: -90, reference: 'C-early' });
    const next = await bench.alert({ to, dueInSeconds: 3600, reference: 'C-next' });
    return { late, early, next };
  };

  it('is one message for all of them, by the first that fell due', async () => {
    const { late, early, next } = await three();
    expect(await freeze(late)).toHaveLength(1);
    const message = await messageOf(late);
    for (const alert of [early, next]) expect(await messageOf(alert)).toEqual(message);
    expect(message['text']).toContain('안내 3건(C-early 등)');
    expect(message['text']).toContain('3월 4일');
    expect(message['due_at']).toEqual((await alertOf(early))['due_at']);
  });

  it('reads alike whichever of its alerts was planned first: after a restore it is found by its text', async () => {
    const { late, early, next } = await three();
    const ids = [late, early, next].map(({ id }) => id).sort();
    await bench.sql(`UPDATE alert SET id = gen_random_uuid() WHERE id = ANY($1)`, [ids]);
    await freeze(late);
    expect((await messages()).map((row) => String(row['text']))).toEqual([
      expect.stringContaining('안내 3건(C-early 등)') as string,
    ]);
  });

  it('is not made when the contact of one has another number now: that is held, and the rest goes by itself', async () => {
    const { late, early, next } = await three();
    await bench.sql(`UPDATE contact SET phone_index = '\\x00' WHERE id = $1`, [early.contactId]);
    expect(await freeze(late)).toEqual([]);
    for (const alert of [late, early, next])
      expect(await alertOf(alert)).toMatchObject({ status: 'held', reason: 'text-failed' });
  });
});

describe('two texts to one number never read alike', () => {
  const texts = async () => (await messages()).map((row) => String(row['text']));

  it('a second one gets a number at its end, and a third the next', async () => {
    const to = bench.number();
    for (const dueDay of ['2026-03-04', '2026-03-05', '2026-03-06']) {
      const alert = await bench.alert({ to, dueDay, reference: `R` });
      await freeze(alert);
      await bench.sql(`UPDATE attempt SET status = 'accepted'`);
      await bench.sql(`UPDATE contract SET reference = 'R-' || id`);
    }
    const [first = '', ...others] = await texts();
    expect(others).toEqual([`${first} (2)`, `${first} (3)`]);
    const hashes = (await messages()).map((row) => (row['text_hash'] as Buffer).toString('hex'));
    expect(hashes).toEqual([first, ...others].map((text) => createHash('sha256').update(text).digest('hex')));
  });

  it('another number’s text is none of its own', async () => {
    for (const to of [bench.number(), bench.number()]) {
      const alert = await bench.alert({ to, reference: `R` });
      await freeze(alert);
      await bench.sql(`UPDATE contract SET reference = 'R-' || id`);
    }
    const [first, second] = await texts();
    expect(second).toBe(first);
  });
});

describe('after a restore', () => {
  const suspicion = { from: ago(7200), until: ago(60) };

  it('is not judged by what was read before another process noticed it', async () => {
    const alert = await bench.alert({ dueInSeconds: -3600 });
    await bench.suspect(bench.situation({ suspicion }));
    const share = { provider: bench.pigeon, limits: new Map([[alert.shard, 100]]) };
    const frozen = await bench.get(MessageFreezer).freezeDue(share, bench.situation());
    expect(frozen.attempts).toEqual([]);
    expect(await alertOf(alert)).toMatchObject({ status: 'planned' });
  });

  it('what the other life may have sent is frozen to be looked for, and not called', async () => {
    const alert = await bench.alert({ dueInSeconds: -3600 });
    expect(await freeze(alert, bench.situation({ suspicion }))).toEqual([]);
    expect(await attempts()).toMatchObject([
      { status: 'ambiguous', suspect: true, detail: 'before-restore', opened_at: suspicion.from },
    ]);
    expect(await alertOf(alert)).toMatchObject({ status: 'messaged' });
  });

  it('up to the very end of its span', async () => {
    const alert = await bench.alert({ dueInSeconds: -3600 });
    const until = (await alertOf(alert))['due_at'] as Date;
    await bench.sql(`UPDATE milestone SET due_at = $1`, [until]);
    const span = (msBefore: number) => ({ from: ago(7200), until: new Date(until.getTime() - msBefore) });
    expect(await freeze(alert, bench.situation({ suspicion: span(0) }))).toEqual([]);
    const beyond = await bench.alert({ dueInSeconds: -3600 });
    await bench.sql(`UPDATE alert SET due_at = $1 WHERE id = $2`, [until, beyond.id]);
    expect(await freeze(beyond, bench.situation({ suspicion: span(1) }))).toHaveLength(1);
    expect(await attempts()).toMatchObject([{ suspect: true }, { suspect: false }]);
  });

  it('what fell due later is sent, unless the instance is braked still', async () => {
    const free = await bench.alert({ dueInSeconds: -30 });
    expect(await freeze(free, bench.situation({ suspicion }))).toHaveLength(1);
    const braked = await bench.alert({ dueInSeconds: -30 });
    const situation = bench.situation({ suspicion, brakes: { instance: true } });
    const before = await alertOf(braked);
    expect(await freeze(braked, situation)).toEqual([]);
    expect(await freeze(braked, { ...situation, suspicion: null })).toEqual([]);
    expect(await alertOf(braked)).toEqual(before);
    expect(await attempts()).toMatchObject([{ status: 'open', suspect: false }]);
  });

  it('a digest is looked for when any of its alerts may have been sent', async () => {
    const to = bench.number();
    const alerts = [];
    for (const dueInSeconds of [-10, -3600, -20]) alerts.push(await bench.alert({ to, dueInSeconds }));
    expect(await freeze(alerts[0] as AlertMade, bench.situation({ suspicion }))).toEqual([]);
    expect(await attempts()).toMatchObject([{ status: 'ambiguous', suspect: true }]);
    expect(await messages()).toHaveLength(1);
  });

  it('makes a suspect of what fell due before the restore and was put off beyond it', async () => {
    const put = (alert: AlertMade, seconds: number) =>
      bench.sql(`UPDATE milestone SET due_at = now() - $2 * interval '1 second' WHERE id = $1`, [
        alert.milestoneId,
        seconds,
      ]);
    const [putOff, broughtForward] = [
      await bench.alert({ to: bench.number(), dueInSeconds: -30 }),
      await bench.alert({ to: bench.number(), dueInSeconds: -3600 }),
    ];
    await put(putOff, 3600);
    await put(broughtForward, 30);
    for (const alert of [putOff, broughtForward]) {
      expect(await freeze(alert, bench.situation({ suspicion }))).toEqual([]);
    }
    expect(await attempts()).toMatchObject([{ suspect: true }, { suspect: true }]);
  });

  it('suspects and the rest of one window each go their way', async () => {
    const to = bench.number();
    const suspect = await bench.alert({ to, dueInSeconds: -3600 });
    const sure = await bench.alert({ to: bench.number(), dueInSeconds: -30, shard: suspect.shard });
    const opened = await freeze(suspect, bench.situation({ suspicion }));
    expect(opened.map(({ to: number }) => number)).toEqual([sure.to]);
    expect((await attempts()).map(({ status }) => status).sort()).toEqual(['ambiguous', 'open']);
  });
});
