import { createHash } from 'node:crypto';
import { Claims } from '../../src/core/sending/drain.service.js';
import type { OpenAttempt } from '../../src/core/sending/attempt-states.js';
import type { Situation } from '../../src/core/sending/brakes.service.js';
import { MessageFreezer } from '../../src/core/sending/message-freezer.js';
import { SettingsService } from '../../src/core/settings/settings.service.js';
import { attemptStatuses } from '../../src/core/sending/sending.entities.js';
import { type AlertMade, ago, type Row, SendingBench } from '../support/sending-bench.js';

let bench: SendingBench;
beforeAll(async () => {
  bench = await SendingBench.start();
});
beforeEach(() => bench.clear());
afterAll(() => bench.stop());

/** Claims what is due in the shard of an alert; `between` is what happens before it is frozen. */
async function claimAndFreeze(
  alert: AlertMade,
  situation: Situation = bench.situation(),
  between: () => Promise<unknown> = () => Promise.resolve(),
): Promise<OpenAttempt[]> {
  // The claim is an ordinary one: what a test brakes or suspects is for the freezer to see.
  const { claimId, groups } = await bench.get(Claims).claimGroups(alert.shard, bench.situation());
  await between();
  return bench.get(MessageFreezer).freezeWindow(claimId, groups, situation);
}

const alertOf = ({ id }: AlertMade) => bench.row('alert', id);
const messages = () => bench.sql(`SELECT * FROM message ORDER BY id`);
const attempts = () => bench.sql(`SELECT * FROM attempt ORDER BY id`);

async function messageOf(alert: AlertMade): Promise<Row> {
  return bench.row('message', String((await alertOf(alert))['message_id']));
}

/** Expects that an alert was given back, to be looked at again in about so many seconds. */
async function expectGivenBack(alert: AlertMade, seconds: number): Promise<void> {
  const row = await alertOf(alert);
  expect(row).toMatchObject({ status: 'planned', claimed_by: null, message_id: null });
  // Both moments are the database's, of one statement.
  const wait = (row['retry_at'] as Date).getTime() - (row['updated_at'] as Date).getTime();
  expect(wait / 1000).toBeCloseTo(seconds, 1);
}

const setAgency = async (change: object) => {
  const settings = bench.get(SettingsService);
  await settings.put('set-up', 'agency', { ...(await settings.agency()).value, ...change });
};

describe('a claimed alert', () => {
  it('is frozen with all that the text was made of, and its attempt committed', async () => {
    const alert = await bench.alert({ country: 'GB', reference: 'C-77' });
    const now = ago(3);
    const [attempt, ...others] = await claimAndFreeze(alert, bench.situation({ now }));
    expect(others).toEqual([]);
    const message = await messageOf(alert);
    const text = String(message['text']);
    expect(text).toBe('[한빛시] 계약 체결 안내(C-77). 금품·향응 요구는 신고해 주세요 ☎1398·110');
    expect(message).toMatchObject({
      ...{ status: 'sending', provider: 'pigeon', sender: 'PIGEON', country: 'GB', shard: alert.shard },
      ...{ locale: 'ko', number_index: alert.index, service_time: now, attempts: 1 },
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
    expect(await alertOf(alert)).toMatchObject({ status: 'messaged', claimed_by: null, lease_until: null });
  });

  it('is written in the language of its contact, and in words that promise nothing where nobody recorded it', async () => {
    const english = await bench.alert({ locale: 'en' });
    const neutral = await bench.alert({ code: 'final-payment', wording: 'neutral' });
    for (const alert of [english, neutral]) await claimAndFreeze(alert);
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
    const opened = await claimAndFreeze(spoilt, bench.situation(), () =>
      bench.sql(`UPDATE contact SET ${change} WHERE id = $1`, [spoilt.contactId]),
    );
    expect(opened).toHaveLength(1);
    expect(await alertOf(spoilt)).toMatchObject({
      ...{ status: 'held', reason: 'text-failed', message_id: null, claimed_by: null },
      failure: expect.stringMatching(failure) as string,
    });
    expect(await alertOf(sound)).toMatchObject({ status: 'messaged' });
    expect(await messages()).toHaveLength(1);
  });

  it('is not frozen when its lease ran out, or another has claimed it meanwhile', async () => {
    for (const lost of [
      `lease_until = now() - interval '50 ms'`,
      `claimed_by = '${'0'.repeat(8)}-0000-7000-8000-${'0'.repeat(12)}'`,
    ]) {
      const alert = await bench.alert();
      const opened = await claimAndFreeze(alert, bench.situation(), () =>
        bench.sql(`UPDATE alert SET ${lost} WHERE id = $1`, [alert.id]),
      );
      expect(opened).toEqual([]);
      expect(await alertOf(alert)).toMatchObject({ status: 'claimed', message_id: null });
    }
    expect([await messages(), await attempts()]).toEqual([[], []]);
  });

  it('is frozen whole or not at all', async () => {
    const alert = await bench.alert();
    const broken = claimAndFreeze(alert, bench.situation(), () =>
      bench.sql(`CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE 'refused'; END $$;
                 CREATE TRIGGER refuse BEFORE UPDATE ON alert FOR EACH ROW WHEN (NEW.status = 'messaged') EXECUTE FUNCTION refuse()`),
    );
    await expect(broken).rejects.toThrow('refused');
    await bench.sql(`DROP TRIGGER refuse ON alert; DROP FUNCTION refuse`);
    expect([await messages(), await attempts()]).toEqual([[], []]);
    expect(await alertOf(alert)).toMatchObject({ status: 'claimed' });
  });
});

describe('a number with an attempt under way', () => {
  it.each(attemptStatuses)('waits until that is settled: it is %s', async (status) => {
    const alert = await bench.alert();
    const other = await bench.message({ to: alert.to });
    await bench.attempt(other, { status });
    const opened = await claimAndFreeze(alert);
    if (status === 'open' || status === 'ambiguous') {
      expect(opened).toEqual([]);
      await expectGivenBack(alert, 2);
    } else expect(opened).toHaveLength(1);
  });

  it('gets one message of a window, and the next is given back', async () => {
    const to = bench.number();
    const first = await bench.alert({ to, dueInSeconds: -9 });
    const second = await bench.alert({ to, dueInSeconds: -2, dueDay: '2026-03-05' });
    expect(await claimAndFreeze(first)).toHaveLength(1);
    expect(await alertOf(first)).toMatchObject({ status: 'messaged' });
    await expectGivenBack(second, 2);
  });
});

describe('what is braked meanwhile', () => {
  it.each<[string, Partial<Situation['brakes']>, boolean]>([
    ['its template', { templates: new Set(['ko/any/signing']) }, true],
    ['another template', { templates: new Set(['en/any/signing']) }, false],
    ['its route', { routes: new Set(['PIGEON/KR']) }, true],
    ['another sender’s route', { routes: new Set(['GULL/KR']) }, false],
    ['another country’s', { routes: new Set(['PIGEON/GB']) }, false],
  ])('by %s', async (_what, brakes, isBraked) => {
    const alert = await bench.alert();
    const opened = await claimAndFreeze(alert, bench.situation({ brakes }));
    expect(opened).toHaveLength(isBraked ? 0 : 1);
    if (isBraked) {
      await expectGivenBack(alert, 30);
      expect(await messages()).toEqual([]);
    }
  });

  it('by the route to numbers of which no country is known', async () => {
    const alert = await bench.alert();
    const situation = bench.situation({ brakes: { routes: new Set(['PIGEON/']) } });
    const opened = await claimAndFreeze(alert, situation, () =>
      bench.sql(`UPDATE contact SET phone_country = NULL`),
    );
    expect(opened).toEqual([]);
    await expectGivenBack(alert, 30);
  });

  it('by one template leaves the others of the window alone', async () => {
    const to = bench.number();
    const [braked, free] = [
      await bench.alert({ to }),
      await bench.alert({ to, dueDay: '2026-03-05', locale: 'en' }),
    ];
    const situation = bench.situation({ brakes: { templates: new Set(['ko/any/signing']) } });
    expect(await claimAndFreeze(braked, situation)).toHaveLength(1);
    await expectGivenBack(braked, 30);
    expect(await alertOf(free)).toMatchObject({ status: 'messaged' });
  });
});

describe('a rehearsal', () => {
  afterEach(() => setAgency({ rehearsal: { on: false, numbers: [] } }));

  it('texts listed numbers, and misses the rest', async () => {
    const [listed, other] = [await bench.alert(), await bench.alert()];
    const numbers = [{ index: listed.index.toString('hex'), masked: '' }];
    await setAgency({ rehearsal: { on: true, numbers } });
    for (const alert of [listed, other]) await claimAndFreeze(alert);
    expect(await alertOf(listed)).toMatchObject({ status: 'messaged' });
    expect(await alertOf(other)).toMatchObject({ status: 'missed', reason: 'rehearsal', message_id: null });
    expect(await messages()).toHaveLength(1);

    await setAgency({ rehearsal: { on: false, numbers } });
    const later = await bench.alert();
    expect(await claimAndFreeze(later)).toHaveLength(1);
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
    expect(await claimAndFreeze(late)).toHaveLength(1);
    const message = await messageOf(late);
    for (const alert of [early, next]) expect(await messageOf(alert)).toEqual(message);
    expect(message['text']).toContain('안내 3건(C-early 등)');
    expect(message['text']).toContain('3월 4일');
    expect(message['due_at']).toEqual((await alertOf(early))['due_at']);
  });

  it('reads alike in whichever order its alerts were claimed: after a restore it is found by its text', async () => {
    const { late } = await three();
    const { claimId, groups } = await bench.get(Claims).claimGroups(late.shard, bench.situation());
    const freezer = bench.get(MessageFreezer);
    const reversed = groups.map((group) => [...group].reverse());
    expect(groups.map((group) => group.length)).toEqual([3]);
    await freezer.freezeWindow(claimId, reversed, bench.situation());
    expect((await messageOf(late))['text']).toContain('(C-early 등)');
  });

  it('goes on without those that it lost, and counts them out', async () => {
    const { late, early, next } = await three();
    await claimAndFreeze(late, bench.situation(), () =>
      bench.sql(`UPDATE alert SET lease_until = now() - interval '1 second' WHERE id = $1`, [early.id]),
    );
    const message = await messageOf(late);
    expect(message['text']).toContain('안내 2건(C-late 등)');
    expect(await messageOf(next)).toEqual(message);
    expect(await alertOf(early)).toMatchObject({ status: 'claimed' });
  });
});

describe('two texts to one number never read alike', () => {
  const texts = async () => (await messages()).map((row) => String(row['text']));

  it('a second one gets a number at its end, and a third the next', async () => {
    const to = bench.number();
    for (const dueDay of ['2026-03-04', '2026-03-05', '2026-03-06']) {
      const alert = await bench.alert({ to, dueDay, reference: `R` });
      await claimAndFreeze(alert);
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
      await claimAndFreeze(alert);
      await bench.sql(`UPDATE contract SET reference = 'R-' || id`);
    }
    const [first, second] = await texts();
    expect(second).toBe(first);
  });
});

describe('after a restore', () => {
  const suspicion = { from: ago(7200), until: ago(60) };

  it('what the other life may have sent is frozen to be looked for, and not called', async () => {
    const alert = await bench.alert({ dueInSeconds: -3600 });
    expect(await claimAndFreeze(alert, bench.situation({ suspicion }))).toEqual([]);
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
    expect(await claimAndFreeze(alert, bench.situation({ suspicion: span(0) }))).toEqual([]);
    const beyond = await bench.alert({ dueInSeconds: -3600 });
    await bench.sql(`UPDATE alert SET due_at = $1 WHERE id = $2`, [until, beyond.id]);
    expect(await claimAndFreeze(beyond, bench.situation({ suspicion: span(1) }))).toHaveLength(1);
    expect(await attempts()).toMatchObject([{ suspect: true }, { suspect: false }]);
  });

  it('what fell due later is sent, unless the instance is braked still', async () => {
    const free = await bench.alert({ dueInSeconds: -30 });
    expect(await claimAndFreeze(free, bench.situation({ suspicion }))).toHaveLength(1);
    const braked = await bench.alert({ dueInSeconds: -30 });
    const situation = bench.situation({ suspicion, brakes: { instance: true } });
    expect(await claimAndFreeze(braked, situation)).toEqual([]);
    await expectGivenBack(braked, 30);
    expect(await attempts()).toMatchObject([{ status: 'open', suspect: false }]);
  });

  it('a digest is looked for when any of its alerts may have been sent', async () => {
    const to = bench.number();
    const alerts = [];
    for (const dueInSeconds of [-10, -3600, -20]) alerts.push(await bench.alert({ to, dueInSeconds }));
    expect(await claimAndFreeze(alerts[0] as AlertMade, bench.situation({ suspicion }))).toEqual([]);
    expect(await attempts()).toMatchObject([{ status: 'ambiguous', suspect: true }]);
    expect(await messages()).toHaveLength(1);
  });

  it('suspects and the rest of one window each go their way', async () => {
    const to = bench.number();
    const suspect = await bench.alert({ to, dueInSeconds: -3600 });
    const sure = await bench.alert({ to: bench.number(), dueInSeconds: -30, shard: suspect.shard });
    const opened = await claimAndFreeze(suspect, bench.situation({ suspicion }));
    expect(opened.map(({ to: number }) => number)).toEqual([sure.to]);
    expect((await attempts()).map(({ status }) => status).sort()).toEqual(['ambiguous', 'open']);
  });
});
