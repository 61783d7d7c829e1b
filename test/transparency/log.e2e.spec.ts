import { Journal } from '../../src/core/proof/journal.service.js';
import { LogTree } from '../../src/core/transparency/log-tree.js';
import { Sequencer } from '../../src/core/transparency/sequencer.service.js';
import { Database } from '../../src/platform/database/database.js';
import { Timers } from '../../src/platform/timers.js';
import { NoteSigner } from '../../src/platform/sealing/signed-note.js';
import { newId } from '../../src/platform/ids.js';
import { startService, type TestService } from '../support/service.js';
import { checkpointOf, consistencyHolds, inclusionHolds, readLog } from '../support/stranger.js';

let service: TestService;
let sequencer: Sequencer;
let verifierKey: string;

beforeAll(async () => {
  service = await startService();
  sequencer = service.app.get(Sequencer);
  ({ verifierKey } = service.app.get(NoteSigner));
});
afterAll(() => service.close());

const write = (count: number) =>
  service.app
    .get(Journal)
    .leaves(Array.from({ length: count }, () => ({ kind: 'test', subjectId: newId(), body: {} })));
const ask = (path: string) => service.app.inject({ method: 'GET', url: path });
const get = async (path: string) => {
  const answer = await ask(path);
  if (answer.statusCode !== 200) throw new Error(`${path}: ${answer.statusCode}`);
  return answer.rawPayload;
};
const publish = async () => {
  await sequencer.sequence();
  await sequencer.sign(0);
  return checkpointOf((await get('/log/checkpoint')).toString('utf8'), verifierKey);
};
const sequencerOn = (database: Database) =>
  new Sequencer(new Timers({ role: 'api' }), database, new LogTree(database), service.app.get(NoteSigner));

/** The database, whose connection is cut before that statement, as when a process is killed. */
function cutAt(statement: number): Database {
  const database = service.app.get(Database);
  let left = statement;
  return new Proxy(database, {
    get(of, name, proxy) {
      const value: unknown = Reflect.get(of, name, proxy);
      if (name !== 'rows' && name !== 'run') return value;
      return async (...args: unknown[]) => {
        left -= 1;
        if (left === 0) await database.run(`SELECT pg_terminate_backend(pg_backend_pid())`);
        return (value as (...args: unknown[]) => unknown).apply(of, args);
      };
    },
  });
}

/** Each leaf has one number, and none is left out. */
const expectWhole = async () => {
  const [row] = await service.sql<{ leaves: number; entries: number; last: number; waiting: number }>(
    `SELECT (SELECT count(*)::int FROM leaf) AS leaves, (SELECT count(*)::int FROM leaf_waiting) AS waiting,
            count(*)::int AS entries, (max(index) + 1)::int AS last FROM log_entry`,
  );
  expect(row).toEqual({ leaves: row?.leaves, entries: row?.leaves, last: row?.leaves, waiting: 0 });
};

describe('a stranger', () => {
  it('finds every leaf in the log, and nothing of what it says', async () => {
    await service.register({ title: '비밀 공사' });
    await write(300);
    const { size } = await publish();
    const entries = await readLog(get, verifierKey);
    const leaves = await service.sql<{ hash: Buffer }>(`SELECT hash FROM leaf`);
    expect(entries).toHaveLength(size);
    expect(new Set(entries.map((entry) => entry.toString('hex')))).toEqual(
      new Set(leaves.map(({ hash }) => hash.toString('hex'))),
    );
    expect(entries.filter((entry) => entry.length !== 32)).toEqual([]);
    await expectWhole();
  });

  it('is shown a checkpoint that nobody caches for long, and tiles that may be cached for ever', async () => {
    const checkpoint = await ask('/log/checkpoint');
    expect(checkpoint.headers).toMatchObject({
      'content-type': 'text/plain; charset=utf-8',
      'cache-control': 'no-store',
    });
    for (const path of ['/log/tile/0/000', '/log/tile/entries/000', '/log/tile/1/000.p/1'])
      expect((await ask(path)).headers).toMatchObject({
        'content-type': 'application/octet-stream',
        'cache-control': 'public, max-age=31536000, immutable',
      });
  });

  it('is shown a part of a tile also when the tile is full by then', async () => {
    const full = await get('/log/tile/0/000');
    expect(full).toHaveLength(8192);
    expect(await get('/log/tile/0/000.p/7')).toEqual(full.subarray(0, 7 * 32));
  });

  it.each(['0/999', '1/001', '2/000.p/1', '0/0', 'entries/000.p/256', 'x', '0/000%2f..%2f000'])(
    'is shown no tile %s',
    async (path) => {
      const answer = await ask(`/log/tile/${path}`);
      expect(answer.statusCode).toBe(404);
      expect(answer.json()).toMatchObject({ code: expect.stringMatching(/^not-found/) as string });
    },
  );

  it.each(['01', '1e1', '0x1', '%201', '99999999999999999999'])(
    'is shown no proof of the index %s, which is written otherwise',
    async (index) => expect((await ask(`/log/proof/${index}`)).statusCode).toBe(400),
  );

  it('can prove what was logged, and that nothing before was altered', async () => {
    const tree = service.app.get(LogTree);
    const old = await publish();
    await write(700);
    const { size, root } = await publish();
    const entries = await readLog(get, verifierKey);
    for (const index of [0, 255, 256, old.size, size - 1]) {
      const proof = await tree.proverAt(size)(index);
      expect(inclusionHolds({ entry: entries[index] as Buffer, index, size, proof, root })).toBe(true);
    }
    const proof = await tree.consistencyProof(old.size, size);
    expect(consistencyHolds({ oldSize: old.size, oldRoot: old.root, size, root, proof })).toBe(true);
  });
});

it('finds no checkpoint with a leaf among those that were signed before it was logged', async () => {
  const tree = service.app.get(LogTree);
  const { size } = await publish();
  const [id = ''] = await write(1);
  await sequencer.sequence();
  expect(await tree.firstCheckpointWith(id, false)).toBeNull();
  await sequencer.sign(0);
  expect(await tree.firstCheckpointWith(id, false)).toMatchObject({ index: size, size: size + 1 });
});

describe('the sequencer', () => {
  it('numbers a leaf that became visible late after what was visible before, whatever its id', async () => {
    const database = service.app.get(Database);
    let commit: () => void = () => undefined;
    const open = new Promise<void>((resolve) => (commit = resolve));
    let written: () => void = () => undefined;
    const isWritten = new Promise<void>((resolve) => (written = resolve));
    const late = database.inTransaction(async () => {
      await write(1);
      written();
      await open;
    });
    await isWritten;
    await write(2);
    expect(await sequencer.sequence()).toBe(2);
    commit();
    await late;
    expect(await sequencer.sequence()).toBe(1);
    const [last] = await service.sql<{ isOldest: boolean }>(
      `SELECT leaf_id < (SELECT leaf_id FROM log_entry ORDER BY index DESC OFFSET 1 LIMIT 1) AS "isOldest"
       FROM log_entry ORDER BY index DESC LIMIT 1`,
    );
    expect(last).toEqual({ isOldest: true });
    await expectWhole();
  });

  it('signs nothing while nothing comes, and not more often than asked', async () => {
    await publish();
    const count = async () => (await service.sql(`SELECT 1 FROM log_checkpoint`)).length;
    const before = await count();
    await sequencer.sign(0);
    expect(await count()).toBe(before);
    await write(1);
    await sequencer.sequence();
    await sequencer.sign(60_000);
    expect(await count()).toBe(before);
    await sequencer.sign(0);
    expect(await count()).toBe(before + 1);
  });

  it('leaves no gap and no double when several work at once', async () => {
    const others = Array.from({ length: 4 }, () => sequencerOn(service.app.get(Database)));
    for (let round = 0; round < 20; round++) {
      const writing = write(50);
      await Promise.all(others.map((one) => one.sequence().then(() => one.sign(0))));
      await writing;
    }
    await publish();
    await expectWhole();
    await readLog(get, verifierKey);
  });

  it('goes on where it was cut off, at whichever statement that was', async () => {
    await publish();
    for (let statement = 1; ; statement++) {
      await write(300);
      const doomed = sequencerOn(cutAt(statement));
      const isCut = await doomed
        .sequence()
        .then(() => doomed.sign(0))
        .then(
          () => false,
          () => true,
        );
      await publish();
      await expectWhole();
      await readLog(get, verifierKey);
      if (!isCut) {
        expect(statement).toBeGreaterThan(12);
        break;
      }
    }
  });

  it('goes on beyond a tile of tiles', async () => {
    await service.sql(
      `INSERT INTO leaf (id, kind, subject_id, body, hash)
       SELECT gen_random_uuid(), 'test', n::text, '{}', sha256(n::text::bytea) FROM generate_series(1, 66000) AS n`,
    );
    const { size, root } = await publish();
    expect(await get('/log/tile/1/000')).toHaveLength(8192);
    expect(await get('/log/tile/2/000.p/1')).toHaveLength(32);
    const entries = await readLog(get, verifierKey);
    const tree = service.app.get(LogTree);
    const proof = await tree.proverAt(size)(65_600);
    expect(inclusionHolds({ entry: entries[65_600] as Buffer, index: 65_600, size, proof, root })).toBe(true);
  });

  it('signs nothing that does not begin as it was signed before', async () => {
    await publish();
    await write(1);
    await sequencer.sequence();
    const [first] = await service.sql<{ id: string; hash: Buffer }>(
      `SELECT id, hash FROM leaf WHERE id = (SELECT leaf_id FROM log_entry ORDER BY index DESC OFFSET 3 LIMIT 1)`,
    );
    await service.sql(`UPDATE leaf SET hash = sha256(hash) WHERE id = $1`, [first?.id]);
    await expect(sequencer.sign(0)).rejects.toThrow(/no longer begins as it was signed/);
    await service.sql(`UPDATE leaf SET hash = $2 WHERE id = $1`, [first?.id, first?.hash]);
    await sequencer.sign(0);
    await readLog(get, verifierKey);
  });
});
