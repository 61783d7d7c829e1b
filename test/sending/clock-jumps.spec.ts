import { ClockJumps } from '../../src/core/sending/clock-jumps.js';
import { DrainService } from '../../src/core/sending/drain.service.js';
import { ago, type Row, SendingBench } from '../support/sending-bench.js';

let bench: SendingBench;
beforeAll(async () => {
  bench = await SendingBench.start();
});
beforeEach(() => bench.clear());
afterAll(() => bench.stop());

const isJump = (line: string) => line.includes('clock was set back');
const bringBack = () => bench.get(ClockJumps).bringBack();
/** A moment so many seconds from now, by this machine's clock, which is the database's too. */
const ahead = (seconds: number) => ago(-seconds);
const secondsAhead = (moment: unknown) => ((moment as Date).getTime() - Date.now()) / 1000;

interface Kind {
  /** Its column, with what makes a row whose column is so many seconds ahead. */
  column: string;
  make(seconds: number): Promise<string>;
  table: string;
  /** The furthest that the service sets it ahead, in seconds, and where it is brought back to. */
  furthest: number;
  to: number;
}

const message = (row: Row) => bench.message(row).then(({ id }) => id);
const attempt = async (row: Row) => bench.attempt(await bench.message(), row);
const polled = (polls: number, furthest: number): [string, Kind] => [
  `a poll after ${polls}`,
  {
    table: 'message',
    column: 'poll_at',
    make: (s) => message({ status: polls === 0 ? 'accepted' : 'sent', polls, poll_at: ahead(s) }),
    furthest,
    to: 0,
  },
];

/** Leases are 30 s here, graces and first polls 60 s. */
const kinds: [string, Kind][] = [
  [
    'the lease of an open attempt',
    {
      table: 'attempt',
      column: 'lease_until',
      make: (s) => attempt({ lease_until: ahead(s) }),
      furthest: 30,
      to: 30,
    },
  ],
  [
    'the look for an ambiguous attempt',
    {
      table: 'attempt',
      column: 'check_at',
      make: (s) => attempt({ status: 'ambiguous', check_at: ahead(s), lease_until: ago(1) }),
      furthest: 15,
      to: 0,
    },
  ],
  [
    'another attempt of a message',
    {
      table: 'message',
      column: 'next_attempt_at',
      make: (s) => message({ status: 'waiting', next_attempt_at: ahead(s) }),
      furthest: 900,
      to: 0,
    },
  ],
  polled(0, 60),
  polled(1, 300),
  polled(2, 1800),
  polled(7, 86_400),
  polled(9, 43_200),
];

describe('when the database’s clock is set back', () => {
  it.each(kinds)('%s waits for nothing that lies behind the jump', async (_what, kind) => {
    const id = await kind.make(kind.furthest + 60);
    await bringBack();
    const row = await bench.row(kind.table, id);
    expect(Math.abs(secondsAhead(row[kind.column]) - kind.to)).toBeLessThan(10);
  });

  it.each(kinds)('%s stays where the service has set it', async (_what, kind) => {
    const id = await kind.make(kind.furthest - 2);
    const before = await bench.row(kind.table, id);
    await bringBack();
    expect(await bench.row(kind.table, id)).toEqual(before);
    expect(bench.logs.filter(isJump)).toEqual([]);
  });

  it('alerts that were put off are looked at again, and what is not due yet stays', async () => {
    const due = await bench.alert({ retryInSeconds: 1000 });
    const [soon, later] = [
      await bench.alert({ retryInSeconds: 30 }),
      await bench.alert({ dueInSeconds: 3600, retryInSeconds: 1000 }),
    ];
    await bringBack();
    const retryOf = async ({ id }: { id: string }) => (await bench.row('alert', id))['retry_at'];
    expect(await retryOf(due)).toBeNull();
    expect(await retryOf(soon)).not.toBeNull();
    expect(await retryOf(later)).not.toBeNull();
  });

  it('the sender’s turns go on at once', async () => {
    await bench.insert('pace', { sender: 'PIGEON', next_at: ahead(3600) });
    await bench.alert();
    expect(await bench.get(DrainService).drainAllShards()).toBe(0);
    await bringBack();
    expect(await bench.get(DrainService).drainAllShards()).toBe(1);
  });

  it('a turn that was granted at a low rate stays where it is', async () => {
    bench.pigeon.rate = 0.05;
    await bench.insert('pace', { sender: 'PIGEON', next_at: ahead(45) });
    const before = await bench.contents('pace');
    await bringBack();
    expect(await bench.contents('pace')).toEqual(before);
  });

  it('what is settled keeps its times, and the jump is logged once', async () => {
    await attempt({ status: 'accepted', reference: 'p-1', lease_until: ahead(3600), check_at: ahead(3600) });
    await message({ status: 'delivered', poll_at: ahead(100_000) });
    const before = await bench.contents('attempt', 'message');
    await bringBack();
    expect(await bench.contents('attempt', 'message')).toEqual(before);
    expect(bench.logs.filter(isJump)).toEqual([]);
    await message({ status: 'waiting', next_attempt_at: ahead(3600) });
    await bringBack();
    await bringBack();
    expect(bench.logs.filter(isJump)).toHaveLength(1);
  });
});
