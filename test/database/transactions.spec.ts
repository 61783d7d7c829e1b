import { Change, Leaf } from '../../src/core/proof/change.entity.js';
import { newId } from '../../src/platform/ids.js';
import { Database, wholeNumber } from '../../src/platform/database/database.js';
import { SendingBench } from '../support/sending-bench.js';
import { until } from '../support/until.js';

let bench: SendingBench;
let database: Database;
beforeAll(async () => {
  bench = await SendingBench.start();
  database = bench.get(Database);
});
afterAll(() => bench.stop());
beforeEach(() => bench.clear());

const brakes = async () =>
  (await bench.sql<{ reason: string }>(`SELECT reason FROM brake ORDER BY id`)).map(({ reason }) => reason);
const write = (reason: string) =>
  database.run(`INSERT INTO brake (id, scope, target, reason, actor) VALUES ($1, 'route', $2, $2, 'test')`, [
    newId(),
    reason,
  ]);
const fail = () => {
  throw new Error('cut off');
};

describe('a transaction', () => {
  it('is joined by every statement inside, however deep, and undone as a whole', async () => {
    const broken = database.inTransaction(async () => {
      await write('outer');
      await database.inTransaction(async () => {
        await write('inner');
        await database.inTransaction(() => write('innermost'));
      });
      expect(await database.rows(`SELECT 1 FROM brake`)).toHaveLength(3);
      expect(await brakes()).toEqual([]);
      fail();
    });
    await expect(broken).rejects.toThrow('cut off');
    expect(await brakes()).toEqual([]);
  });

  it('does not commit with an inner one', async () => {
    await database.inTransaction(async () => {
      await database.inTransaction(() => write('inner'));
      expect(await brakes()).toEqual([]);
    });
    expect(await brakes()).toEqual(['inner']);
  });

  it('is undone by an inner one that fails', async () => {
    const broken = database.inTransaction(async () => {
      await write('outer');
      await database.inTransaction(async () => {
        await write('inner');
        fail();
      });
    });
    await expect(broken).rejects.toThrow('cut off');
    expect(await brakes()).toEqual([]);
  });

  it('is joined by repositories too', async () => {
    const id = newId();
    const broken = database.inTransaction(async () => {
      await database.repository(Change).insert({
        id,
        subject: 's',
        subjectId: 's',
        what: 'amended',
        actor: 'test',
        at: new Date(),
      });
      fail();
    });
    await expect(broken).rejects.toThrow('cut off');
    expect(await bench.sql(`SELECT 1 FROM change WHERE id = $1`, [id])).toEqual([]);
  });

  it('has one of so many connections to itself, for statements of a minute, and loses it when it idles for a lease', async () => {
    let [begun, most] = [0, 0];
    const limits: unknown[] = [];
    let end = () => {};
    const ended = new Promise<void>((resolve) => (end = resolve));
    const all = Array.from({ length: 12 }, () =>
      database.inTransaction(async () => {
        most = Math.max(most, (begun += 1));
        limits.push(
          ...(await database.rows(
            `SELECT current_setting('idle_in_transaction_session_timeout') AS idle, current_setting('statement_timeout') AS statement`,
          )),
        );
        await ended;
        begun -= 1;
      }),
    );
    let refused = 0;
    for (const one of all) one.catch(() => (refused += 1));
    await until('every connection is taken', () => limits.length >= 6);
    const connections = await bench.sql(
      `SELECT 1 FROM pg_stat_activity WHERE application_name = 'chorong' AND datname = current_database()`,
    );
    await until('those that wait are refused', () => refused === 6);
    end();
    const [first] = await Promise.allSettled(all);
    expect([first?.status, most, connections.length]).toEqual(['fulfilled', 6, 6]);
    expect(limits[0]).toEqual({ idle: '30s', statement: '1min' });
  });

  it('is not shared by work that runs beside it', async () => {
    const broken = database.inTransaction(async () => {
      await write('undone');
      fail();
    });
    await Promise.all([expect(broken).rejects.toThrow('cut off'), write('kept')]);
    expect(await brakes()).toEqual(['kept']);
  });
});

describe('what is to be done after the commit', () => {
  it('is done when everything is committed, in order', async () => {
    const done: string[] = [];
    await database.inTransaction(async () => {
      database.afterCommit(async () => void done.push(`first, with ${(await brakes()).join()}`));
      await database.inTransaction(async () => {
        database.afterCommit(() => void done.push('second'));
        await write('a brake');
      });
      expect(done).toEqual([]);
    });
    expect(done).toEqual(['first, with a brake', 'second']);
  });

  it('is not done when nothing was committed', async () => {
    const done: string[] = [];
    const broken = database.inTransaction(async () => {
      database.afterCommit(() => void done.push('done'));
      await write('a brake');
      fail();
    });
    await expect(broken).rejects.toThrow('cut off');
    expect(done).toEqual([]);
  });

  it('undoes nothing when it fails, and does not keep the next from being done', async () => {
    const done: string[] = [];
    await database.inTransaction(async () => {
      database.afterCommit(fail);
      database.afterCommit(() => Promise.reject(new Error('cut off')));
      database.afterCommit(() => void done.push('done'));
      await write('a brake');
    });
    expect([done, await brakes()]).toEqual([['done'], ['a brake']]);
    expect(bench.logs.filter((line) => line.includes('after a transaction failed'))).toHaveLength(2);
  });

  it('is done at once outside of a transaction', () => {
    const done: string[] = [];
    database.afterCommit(() => void done.push('done'));
    expect(done).toEqual(['done']);
  });
});

describe('a rehearsal', () => {
  it('answers what the work answers, and leaves nothing behind', async () => {
    const done: string[] = [];
    const answer = await database.rehearse(async () => {
      await write('rehearsed');
      database.afterCommit(() => void done.push('done'));
      return (await database.rows(`SELECT 1 FROM brake`)).length;
    });
    expect([answer, await brakes(), done]).toEqual([1, [], []]);
  });

  it('fails as the work fails', async () => {
    await expect(database.rehearse(() => Promise.reject(new Error('cut off')))).rejects.toThrow('cut off');
  });

  it('inside a transaction undoes its own part alone', async () => {
    const done: string[] = [];
    await database.inTransaction(async () => {
      await write('before');
      database.afterCommit(() => void done.push('before'));
      await database.rehearse(async () => {
        await write('rehearsed');
        database.afterCommit(() => void done.push('rehearsed'));
      });
      await write('after');
      database.afterCommit(() => void done.push('after'));
    });
    expect([await brakes(), done]).toEqual([
      ['before', 'after'],
      ['before', 'after'],
    ]);
  });
});

describe('many rows', () => {
  const change = (n: number): Partial<Change> => ({
    id: newId(),
    subject: 's',
    subjectId: String(n),
    what: 'amended',
    actor: 'test',
    at: new Date(),
    params: { version: n },
    before: n % 2 ? { n, bytes: 'a' } : null,
  });

  it('are all inserted, however many, as they were given', async () => {
    const rows = Array.from({ length: 4001 }, (_, n) => change(n));
    await database.insert(Change, rows);
    const [found] = await bench.sql(
      `SELECT count(*)::int AS count, count(before)::int AS before, sum((params ->> 'version')::int)::int AS sum,
              count(recorded_at)::int AS recorded FROM change`,
    );
    expect(found).toEqual({ count: 4001, before: 2000, sum: (4000 * 4001) / 2, recorded: 4001 });
  });

  it('are none without a statement', async () => {
    await database.insert(Change, []);
    expect(await bench.sql(`SELECT 1 FROM change`)).toEqual([]);
  });

  it('cannot hold what is no column, which would be lost', async () => {
    await expect(database.insert(Change, [{ ...change(1), colour: 'red' } as never])).rejects.toThrow(
      'the table change has no column for colour',
    );
  });
});

it('takes turns, each inside of one that has its turn already: nobody waits for themselves', async () => {
  const done: string[] = [];
  const turn = (name: string, work: () => Promise<unknown>) =>
    database.inTurn('a turn', async () => {
      await work();
      done.push(name);
    });
  await turn('outer', () => turn('inner', () => write('one')));
  await database.inTransaction(() => turn('middle', () => turn('innermost', () => write('two'))));
  expect([done, await brakes()]).toEqual([
    ['inner', 'outer', 'innermost', 'middle'],
    ['one', 'two'],
  ]);
});

it('a turn comes after one that failed, and one of another name waits for nobody', async () => {
  let isOver: () => void = fail;
  const first = database.inTurn('one', () => new Promise<void>((resolve) => (isOver = resolve)));
  const order: string[] = [];
  const failed = database.inTurn('one', () => Promise.reject(new Error('cut off')));
  const third = database.inTurn('one', () => Promise.resolve(void order.push('third')));
  await database.inTurn('other', () => Promise.resolve(void order.push('other')));
  await until('the first has its turn', () => Promise.resolve(isOver !== fail));
  isOver();
  await expect(failed).rejects.toThrow('cut off');
  await Promise.all([first, third]);
  expect(order).toEqual(['other', 'third']);
});

it('those that wait for a turn leave the connections to others', async () => {
  let end: (() => void) | undefined;
  const first = database.inTurn('one', () => new Promise<void>((resolve) => (end = resolve)));
  const waiting = Array.from({ length: 8 }, () => database.inTurn('one', () => Promise.resolve()));
  const isOver = await until('the first has its turn', () => end);
  expect(await database.rows(`SELECT 1 AS one`)).toEqual([{ one: 1 }]);
  isOver();
  await Promise.all([first, ...waiting]);
});

it('writes bytes as PostgreSQL reads them, one or several', () => {
  const written = database.recordset(Change, [
    { id: 'a', before: [Buffer.from('ab'), 'c', [Buffer.from('d')]] as never },
    { id: 'b', before: Buffer.from('e') as never },
  ]);
  expect(JSON.parse(written)).toEqual([
    { id: 'a', before: ['\\x6162', 'c', ['\\x64']] },
    { id: 'b', before: '\\x65' },
  ]);
});

it('reads a whole number that PostgreSQL gives as a text, and none where there is none', () => {
  expect([wholeNumber.from('12'), wholeNumber.from(null), wholeNumber.to(12), wholeNumber.to(null)]).toEqual([
    12,
    null,
    12,
    null,
  ]);
});

it('counts the rows that a statement changed, and names its columns in camel case', async () => {
  await write('one');
  await write('two');
  expect(await database.run(`UPDATE brake SET release_reason = 'x' WHERE reason = $1`, ['one'])).toBe(1);
  expect(await database.run(`UPDATE brake SET release_reason = 'x' WHERE reason = $1`, ['three'])).toBe(0);
  const rows = await database.rows<{ theReason: string; n1: number }>(
    `SELECT reason AS the_reason, 1 AS n_1 FROM brake ORDER BY reason`,
  );
  expect(rows).toEqual([
    { theReason: 'one', n1: 1 },
    { theReason: 'two', n1: 1 },
  ]);
});

it('gives its connections back: more transactions one after another than it has connections', async () => {
  for (let n = 0; n < 12; n += 1) {
    await database.inTransaction(() => write(String(n)));
    await expect(database.run(`SELECT no_such_column`)).rejects.toThrow('no_such_column');
  }
  expect(await brakes()).toHaveLength(12);
});

describe('inserts that go together', () => {
  let subjectId: string;
  beforeEach(() => (subjectId = newId()));
  const change = (id = newId()) => ({
    id,
    contractId: null,
    params: {},
    subject: 'test',
    subjectId,
    what: 'created' as const,
    before: null,
    after: null,
    actor: 'test',
    reason: null,
    at: new Date(),
  });
  const leaf = () => ({ id: newId(), kind: 'test', subjectId, body: {}, hash: Buffer.alloc(32) });
  const insertBoth = async () => {
    await database.insert(Change, [change()]);
    await database.insert(Leaf, [leaf()]);
  };
  /** How many statements wrote the rows of each transaction, by PostgreSQL's count of its commands. */
  const commands = async () =>
    (
      await bench.sql<{ n: number }>(
        `SELECT count(DISTINCT command)::int AS n FROM (
           SELECT xmin::text, cmin::text AS command FROM change WHERE subject_id = $1
           UNION SELECT xmin::text, cmin::text FROM leaf WHERE subject_id = $1) AS written
         GROUP BY xmin`,
        [subjectId],
      )
    ).map(({ n }) => n);
  const undone = () => bench.sql(`SELECT 1 FROM leaf WHERE subject_id = $1`, [subjectId]);

  it('are one statement, and others one each', async () => {
    await database.together(insertBoth);
    expect(await commands()).toEqual([1]);
    subjectId = newId();
    await database.inTransaction(insertBoth);
    expect(await commands()).toEqual([2]);
  });

  it('are found by every statement behind them, also by that of a repository', async () => {
    await database.together(async () => {
      await insertBoth();
      expect(await database.repository(Change).countBy({ subjectId })).toBe(1);
      await insertBoth();
      expect(await database.rows(`SELECT 1 FROM leaf WHERE subject_id = $1`, [subjectId])).toHaveLength(2);
    });
    expect(await commands()).toEqual([2]);
  });

  it('are sent when they are many, and all written before the work returns', async () => {
    const many = Array.from({ length: 1200 }, leaf);
    await database.inTransaction(async () => {
      await database.together(async () => {
        for (let from = 0; from < many.length; from += 100)
          await database.insert(Leaf, many.slice(from, from + 100));
      });
      expect(await database.repository(Leaf).countBy({ subjectId })).toBe(1200);
    });
    expect(await commands()).toEqual([3]);
  });

  it('fail by their own error, whatever fails behind them, and are undone', async () => {
    const { id } = change();
    const twice = async () => {
      await database.insert(Leaf, [leaf()]);
      await database.insert(Change, [change(id), change(id)]);
    };
    await expect(database.together(twice)).rejects.toThrow('change_pkey');
    const behind = async () => {
      await twice();
      await database.rows(`SELECT 1`);
    };
    await expect(database.together(behind)).rejects.toThrow('change_pkey');
    const early = async () => {
      await database.insert(Leaf, Array.from({ length: 600 }, leaf));
      await twice();
      await database.insert(Leaf, Array.from({ length: 600 }, leaf));
    };
    await expect(database.together(early)).rejects.toThrow('change_pkey');
    await expect(database.together(async () => insertBoth().then(fail))).rejects.toThrow('cut off');
    expect(await undone()).toEqual([]);
  });
});
