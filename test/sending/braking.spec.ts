import { Database } from '../../src/platform/database/database.js';
import type { ServiceClock } from '../../src/platform/clock/service-clock.js';
import type { Caller } from '../../src/core/access/roles.js';
import { Routing } from '../../src/core/sending/routing.js';
import type { Failure } from '../../src/core/providers/sms-provider.js';
import { BrakesService, Situations } from '../../src/core/sending/brakes.service.js';
import { SendingWatch } from '../../src/core/sending/sending-watch.js';
import { SettingsService } from '../../src/core/settings/settings.service.js';
import { calendarOpenNow } from '../support/service.js';
import { admin, ago, SendingBench } from '../support/sending-bench.js';

let bench: SendingBench;
beforeAll(async () => {
  bench = await SendingBench.start();
});
beforeEach(() => bench.clear());
afterAll(() => bench.stop());

const brakes = () => bench.get(BrakesService);
const release = (id: string) =>
  bench.sql(
    `UPDATE brake SET released_at = now(), released_by = 'test', release_reason = 'test' WHERE id = $1`,
    [id],
  );

describe('the brakes that are on', () => {
  it('are told by their scopes; a department’s with those below it', async () => {
    const top = await bench.department();
    const middle = await bench.department(top);
    const bottom = await bench.department(middle);
    await bench.department(top);
    const none = { everything: false, unreadable: false, instance: false };
    expect(await brakes().brakesOn()).toEqual({
      ...none,
      departments: [],
      senders: new Set(),
      templates: new Set(),
      routes: new Set(),
    });
    for (const [scope, target] of [
      ['department', middle],
      ['sender', 'GULL'],
      ['template', 'ko/any/signing'],
      ['route', 'PIGEON/GB'],
    ] as const)
      await bench.brake(scope, target);
    const { departments, ...others } = await brakes().brakesOn();
    expect(departments.sort()).toEqual([middle, bottom].sort());
    expect(others).toEqual({
      ...none,
      senders: new Set(['GULL']),
      templates: new Set(['ko/any/signing']),
      routes: new Set(['PIGEON/GB']),
    });
    await bench.brake('instance');
    expect(await brakes().brakesOn()).toMatchObject({ everything: false, instance: true });
    await bench.brake('agency');
    expect(await brakes().brakesOn()).toMatchObject({ everything: true, instance: true });
  });

  it('do not count once they are released', async () => {
    for (const [scope, target] of [
      ['agency', 'all'],
      ['instance', 'all'],
      ['sender', 'PIGEON'],
      ['department', await bench.department()],
    ] as const)
      await release(await bench.brake(scope, target));
    expect(await brakes().brakesOn()).toMatchObject({
      everything: false,
      instance: false,
      departments: [],
      senders: new Set(),
    });
  });

  it('stand in the list before those that were released, newest first', async () => {
    const old = await bench.brake('template', 'ko/any/signing');
    const [released, on] = [await bench.brake('agency'), await bench.brake('sender', 'PIGEON')];
    await release(released);
    const later = await bench.brake('agency');
    expect((await brakes().listBrakes()).map(({ id }) => id)).toEqual([later, on, old, released]);
  });
});

describe('a brake', () => {
  const wanted = { scope: 'agency', target: 'all', reason: 'a wrong list' } as const;

  it('is known at once to the calls of the process that pulls or releases it', async () => {
    expect((await brakes().recentBrakes()).everything).toBe(false);
    const { id } = await brakes().pullBrake(admin, { scope: 'agency', target: 'all', reason: 'a test' });
    expect((await brakes().recentBrakes()).everything).toBe(true);
    await brakes().releaseBrake(admin, id, 'a test');
    expect((await brakes().recentBrakes()).everything).toBe(false);
  });

  it('is pulled once; the service finds its own on, and nothing is recorded twice', async () => {
    const pulled = await brakes().pullBrake('system', wanted);
    expect((await brakes().pullBrake('system', { ...wanted, reason: 'again' })).id).toBe(pulled.id);
    await expect(brakes().pullBrake(admin, wanted)).rejects.toMatchObject({ code: 'brake-already-on' });
    expect(await bench.sql(`SELECT what, actor, reason FROM change`)).toEqual([
      { what: 'brake-pulled', actor: 'system', reason: 'a wrong list' },
    ]);
  });

  it('is released once, by whom and why stands in the row and in the journal', async () => {
    const { id } = await brakes().pullBrake(admin, wanted);
    const bystander = await bench.brake('sender', 'PIGEON');
    await brakes().releaseBrake(admin, id, 'mended');
    expect(await bench.row('brake', id)).toMatchObject({
      released_by: 'admin:test',
      release_reason: 'mended',
    });
    expect(await bench.row('brake', bystander)).toMatchObject({ released_at: null });
    const before = await bench.contents('brake', 'change');
    await expect(brakes().releaseBrake(admin, id, 'again')).rejects.toMatchObject({ kind: 'not-found' });
    expect(await bench.contents('brake', 'change')).toEqual(before);
    expect(await bench.sql(`SELECT what, subject_id, actor, reason, after FROM change ORDER BY id`)).toEqual([
      {
        what: 'brake-pulled',
        subject_id: id,
        actor: 'admin:test',
        reason: 'a wrong list',
        after: { scope: 'agency', target: 'all' },
      },
      {
        what: 'brake-released',
        subject_id: id,
        actor: 'admin:test',
        reason: 'mended',
        after: { scope: 'agency', target: 'all' },
      },
    ]);
    // Released, it may be pulled again.
    expect((await brakes().pullBrake(admin, wanted)).id).not.toBe(id);
  });
});

describe('a brake of the service itself', () => {
  const refusal = (code: string): Failure => ({ code, action: 'stop-line', detail: 'refused' });
  const texts = async () =>
    (await brakes().listBrakes()).map(({ reason, reasonText }) => ({ reason, ...reasonText }));

  it('says in both languages what the provider refuses, and why', async () => {
    await brakes().stopLine('PIGEON', refusal('http-403'));
    await brakes().holdRoute('GULL', 'GB', refusal('99999'));
    expect(await texts()).toEqual([
      {
        reason: 'route-refused-99999',
        ko: '발송 업체가 이 발신번호로는 이 나라에 보내지 못합니다. 99999: gull의 코드 99999',
        en: `The provider does not reach this country from this sender. 99999: gull's code 99999`,
      },
      {
        reason: 'line-refused-http-403',
        ko: '발송 업체가 이 발신번호의 문자를 모두 거절합니다. http-403: 발송 업체가 HTTP 403으로 답했습니다.',
        en: 'The provider refuses everything from this sender. http-403: The provider answered HTTP 403.',
      },
    ]);
  });

  it('explains its own codes, and leaves alone what people wrote', async () => {
    await brakes().pullBrake('system', { scope: 'instance', target: 'all', reason: 'database-older' });
    await brakes().pullBrake(admin, { scope: 'agency', target: 'all', reason: 'database-older' });
    expect(await texts()).toEqual([
      { reason: 'database-older', ko: 'database-older', en: 'database-older' },
      {
        reason: 'database-older',
        ko: '데이터베이스가 이 서비스가 이미 한 일보다 오래되었습니다. 복원되었습니다.',
        en: 'The database is older than what this service has done: it was restored.',
      },
    ]);
    expect(await brakes().stopsFor(admin)).toContainEqual({
      scope: 'instance',
      reason: expect.objectContaining({ ko: expect.stringContaining('복원되었습니다') as string }) as object,
    });
  });
});

describe('what stops a caller’s texts', () => {
  it('is what is on their department, above or below it, and what is on everybody', async () => {
    const top = await bench.department();
    const [middle, aside] = [await bench.department(top), await bench.department(top)];
    const bottom = await bench.department(middle);
    const officer: Caller = { ...admin, role: 'officer', departmentId: middle };
    const scopes = async () => (await brakes().stopsFor(officer)).map(({ scope }) => scope);
    const pulled = async (target: string) => {
      const id = await bench.brake('department', target);
      const seen = await scopes();
      await release(id);
      return seen;
    };
    expect(await pulled(top)).toEqual(['department']);
    expect(await pulled(middle)).toEqual(['department']);
    expect(await pulled(bottom)).toEqual(['department']);
    expect(await pulled(aside)).toEqual([]);
    await bench.brake('agency');
    expect(await brakes().stopsFor(officer)).toEqual([{ scope: 'agency', reason: null }]);
    expect(await brakes().stopsFor(admin)).toEqual([
      { scope: 'agency', reason: { ko: 'a test', en: 'a test' } },
    ]);
  });
});

describe('whether anything may be sent', () => {
  const situation = (...clocks: Date[]) => {
    const times = clocks.length > 0 ? clocks : [new Date()];
    const read = { moments: times, isStopped: false };
    const clock = { compareWith: () => Promise.resolve(read) } as unknown as ServiceClock;
    const [database, routing] = [bench.get(Database), bench.get(Routing)];
    const [settings, watch] = [bench.get(SettingsService), bench.get(SendingWatch)];
    return new Situations(database, routing, clock, settings, brakes(), watch).readSituation();
  };
  const suspect = (from: Date | null, until: Date | null) =>
    bench.sql(`UPDATE instance SET suspect_from = $1, suspect_until = $2`, [from, until]);
  const setCalendar = (value: object) => bench.get(SettingsService).put('set-up', 'calendar', value);

  it('is told with the time, the provider for what is new, the brakes and the suspicion', async () => {
    const now = new Date();
    await bench.brake('sender', 'GULL');
    const [from, until] = [ago(7200), ago(60)];
    await suspect(from, until);
    const told = await situation(now);
    expect(told).toMatchObject({ now, suspicion: { from, until } });
    expect(told?.routes.slicesOf([bench.pigeon])).toBeNull();
    expect(told?.routes.slicesOf([bench.gull])).toMatchObject({ countries: [] });
    expect(told?.brakes.senders).toEqual(new Set(['GULL']));
    await suspect(null, null);
    expect(await situation(now)).toMatchObject({ suspicion: null });
  });

  it('is no while the agency is braked, a restore or not', async () => {
    await bench.brake('agency');
    expect(await situation()).toBeNull();
    await bench.brake('instance');
    await suspect(ago(7200), ago(60));
    expect(await situation()).toBeNull();
  });

  it('is no while the instance is braked, but to ask about what a restore made suspect', async () => {
    await bench.brake('instance');
    expect(await situation()).toBeNull();
    await suspect(null, ago(60));
    expect(await situation()).toBeNull();
    await suspect(ago(7200), ago(60));
    expect(await situation()).toMatchObject({ brakes: { instance: true } });
  });

  describe('at a time of day', () => {
    beforeAll(() =>
      setCalendar({
        timeZone: 'Asia/Seoul',
        country: 'KR',
        window: { from: '09:00', to: '18:00' },
        closed: ['2026-03-05'],
        open: ['2026-03-07'],
      }),
    );
    afterAll(() => setCalendar(calendarOpenNow()));

    it.each([
      ['a Tuesday before nine', '2026-03-03T08:59:59.999+09:00', false],
      ['nine', '2026-03-03T09:00:00+09:00', true],
      ['a moment before six', '2026-03-03T17:59:59+09:00', true],
      ['six', '2026-03-03T18:00:00+09:00', false],
      ['a public holiday', '2026-03-02T12:00:00+09:00', false],
      ['a day that the agency closed', '2026-03-05T12:00:00+09:00', false],
      ['a Saturday that it opened', '2026-03-07T12:00:00+09:00', true],
      ['a Sunday', '2026-03-08T12:00:00+09:00', false],
    ])('%s', async (_what, moment, isOpen) => {
      expect((await situation(new Date(moment))) !== null).toBe(isOpen);
    });

    it.each([
      ['before nine by one of them', '08:30', '09:30', false],
      ['after six by one of them', '17:30', '18:30', false],
      ['before six by both', '16:30', '17:30', true],
    ])('by two clocks, %s', async (_what, early, late, isOpen) => {
      const [one, other] = [new Date(`2026-03-03T${early}+09:00`), new Date(`2026-03-03T${late}+09:00`)];
      const told = [await situation(one, other), await situation(other, one)];
      expect(told.map((it) => it?.now ?? null)).toEqual(isOpen ? [one, one] : [null, null]);
    });

    it('a restored database is asked about at night, too', async () => {
      const night = new Date('2026-03-03T23:00:00+09:00');
      await suspect(ago(7200), ago(60));
      expect(await situation(night)).toBeNull();
      await bench.brake('instance');
      expect(await situation(night)).toMatchObject({ now: night });
    });
  });
});
