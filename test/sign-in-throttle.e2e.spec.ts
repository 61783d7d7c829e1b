import { randomBytes } from 'node:crypto';
import { SignInSlowed, SignInThrottle } from '../src/office/accounts/sign-in-throttle.js';
import { networkOf } from '../src/platform/http/network-of.js';
import { Sealer } from '../src/platform/sealing/sealer.js';
import { startService, type TestService } from './support/service.js';

// Waits are read from the rows, and passed over by moving them: nothing here depends on how fast the machine is.

let service: TestService;
let throttle: SignInThrottle;
let account: Buffer;
let address: string;
let addresses = 0;

beforeAll(async () => {
  service = await startService();
  throttle = service.app.get(SignInThrottle);
});
afterAll(() => service.close());
beforeEach(() => {
  account = randomBytes(32);
  address = `198.51.100.${(addresses += 1)}`;
});

const sourceOf = (from: string) => service.app.get(Sealer).blindIndex(`address:${networkOf(from)}`);

interface Kept {
  failures: number;
  /** Seconds from the last failure to the end of its wait. */
  wait: number;
}

async function kept(source: Buffer): Promise<Kept | null> {
  const [row] = await service.sql<Kept>(
    `SELECT failures, round(extract(epoch FROM blocked_until - last_at))::int AS wait
     FROM sign_in_failure WHERE source = $1`,
    [source],
  );
  return row ?? null;
}

/** Sets what is kept of a source: so many failures, the last one so long ago, and a wait that has so long to go. */
async function keep(source: Buffer, failures: number, { lastAgo = '0 s', toGo = '0 s' } = {}): Promise<void> {
  await service.sql(
    `INSERT INTO sign_in_failure (source, failures, last_at, blocked_until)
     VALUES ($1, $2, clock_timestamp() - $3::interval, clock_timestamp() + $4::interval)
     ON CONFLICT (source) DO UPDATE
       SET failures = excluded.failures, last_at = excluded.last_at, blocked_until = excluded.blocked_until`,
    [source, failures, lastAgo, toGo],
  );
}

async function slowed(attempt: Promise<unknown>): Promise<number> {
  const error = await attempt.catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(SignInSlowed);
  return (error as SignInSlowed).seconds;
}

describe('the wait after a failure', () => {
  it.each([
    [1, 0],
    [4, 0],
    [5, 1],
    [6, 2],
    [7, 4],
    [9, 16],
    [10, 30],
    [40, 30],
    [1000, 30],
  ])('of an account, the %ith in a row, is %i s', async (failures, wait) => {
    if (failures > 1) await keep(account, failures - 1);
    await throttle.enter(account, null);
    expect(await kept(account)).toEqual({ failures, wait });
  });

  it.each([
    [1, 0],
    [29, 0],
    [30, 1],
    [31, 2],
    [38, 256],
    [39, 300],
    [1000, 300],
  ])('of an address, the %ith in a row, is %i s', async (failures, wait) => {
    if (failures > 1) await keep(sourceOf(address), failures - 1);
    await throttle.enter(account, address);
    expect(await kept(sourceOf(address))).toEqual({ failures, wait });
    expect(await kept(account)).toEqual({ failures: 1, wait: 0 });
  });
});

describe('an attempt during a wait', () => {
  it('of the account is refused, told how long, and neither counted nor punished with a longer wait', async () => {
    await keep(account, 7, { lastAgo: '10 minutes', toGo: '20 minutes' });
    const seconds = await slowed(throttle.enter(account, address));
    expect(seconds).toBeGreaterThan(19 * 60);
    expect(seconds).toBeLessThanOrEqual(20 * 60);
    expect(await kept(account)).toEqual({ failures: 7, wait: 30 * 60 });
  });

  it('of the address is refused before it counts for the account', async () => {
    await keep(sourceOf(address), 40, { toGo: '20 minutes' });
    await slowed(throttle.enter(account, address));
    expect(await kept(account)).toBeNull();
  });

  it('is none once the wait is over', async () => {
    await keep(account, 7, { lastAgo: '10 minutes', toGo: '-1 second' });
    await throttle.enter(account, address);
    expect((await kept(account))?.failures).toBe(8);
  });

  it('is refused as well when it is made at the same moment: no guess is free by haste', async () => {
    await keep(account, 999);
    const attempts = await Promise.allSettled(
      Array.from({ length: 20 }, (_, n) => throttle.enter(account, `203.0.113.${n}`)),
    );
    // One is let through and begins a wait of half a minute for the others.
    expect(attempts.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    expect((await kept(account))?.failures).toBe(1000);
  });

  it('comes from the whole network of IPv6 that a subscriber has, and from no other', async () => {
    await keep(sourceOf('2001:db8:0:7::1'), 40, { toGo: '20 minutes' });
    await slowed(throttle.enter(account, '2001:db8:0:7:ffff::2'));
    await throttle.enter(account, '2001:db8:0:8::1');
  });
});

describe('failures are forgotten', () => {
  it.each([
    ['of an account after a day', () => account, 5, '23 hours 59 minutes', '24 hours 1 minute'],
    ['of an address after an hour', () => sourceOf(address), 30, '59 minutes', '61 minutes'],
  ])('%s, and not sooner', async (_what, source, failures, before, after) => {
    await keep(source(), failures - 1, { lastAgo: before });
    await throttle.enter(account, address);
    expect(await kept(source())).toEqual({ failures, wait: 1 });
    await keep(source(), failures - 1, { lastAgo: after });
    await throttle.enter(account, address);
    expect(await kept(source())).toEqual({ failures: 1, wait: 0 });
  });

  it('of the account by a success, which takes back one of the address', async () => {
    await keep(account, 3);
    await keep(sourceOf(address), 29);
    const clear = await throttle.enter(account, address);
    expect(await kept(sourceOf(address))).toEqual({ failures: 30, wait: 1 });
    await clear();
    expect(await kept(account)).toBeNull();
    expect((await kept(sourceOf(address)))?.failures).toBe(29);
    // And the wait that the attempt itself had begun.
    await throttle.enter(account, address);
  });

  it('down to none, and not below', async () => {
    const clear = await throttle.enter(account, address);
    await keep(sourceOf(address), 0);
    await clear();
    expect(await kept(sourceOf(address))).toMatchObject({ failures: 0 });
  });

  it('of others by nobody’s success but their own', async () => {
    const other = randomBytes(32);
    await keep(other, 3);
    await keep(sourceOf('192.0.2.77'), 29);
    await (
      await throttle.enter(account, null)
    )();
    expect(await kept(other)).toMatchObject({ failures: 3 });
    expect(await kept(sourceOf('192.0.2.77'))).toMatchObject({ failures: 29 });
  });

  it('with their rows a day later, and not sooner', async () => {
    const [young, old] = [randomBytes(32), randomBytes(32)];
    await keep(young, 9, { lastAgo: '23 hours 59 minutes' });
    await keep(old, 9, { lastAgo: '24 hours 1 minute' });
    await (
      await throttle.enter(account, address)
    )();
    expect(await kept(young)).not.toBeNull();
    expect(await kept(old)).toBeNull();
  });
});
