import { execFile } from 'node:child_process';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { DataSource } from 'typeorm';
import { Journal } from '../../src/core/proof/journal.service.js';
import { LogTree } from '../../src/core/transparency/log-tree.js';
import { LogVerifier, type Verified } from '../../src/core/transparency/log-verifier.js';
import { Sequencer } from '../../src/core/transparency/sequencer.service.js';
import { Database } from '../../src/platform/database/database.js';
import { newId } from '../../src/platform/ids.js';
import { NoteSigner } from '../../src/platform/sealing/signed-note.js';
import { startService, type TestService } from '../support/service.js';

let service: TestService;
let key: string;
let owner: Database;
let source: DataSource;

beforeAll(async () => {
  service = await startService();
  key = service.app.get(NoteSigner).verifierKey;
  source = await new DataSource({ type: 'postgres', url: service.ground.database.ownerUrl }).initialize();
  owner = new Database(source);
  await service.register();
  for (let n = 0; n < 3; n++) await grow(300);
});
afterAll(async () => {
  await source.destroy();
  await service.close();
});

async function grow(count: number): Promise<void> {
  const leaves = Array.from({ length: count }, (_, n) => ({ kind: 'test', subjectId: newId(), body: { n } }));
  await service.app.get(Journal).leaves(leaves);
  const sequencer = service.app.get(Sequencer);
  await sequencer.sequence();
  await sequencer.sign(0);
}

const verify = (before: Verified | null = null) => verifierOf(service.app.get(Database)).verify(before);
const verifierOf = (database: Database) => new LogVerifier(database, new LogTree(database), key);
const good = async () => {
  const found = await verify();
  expect(found.misfits.named).toEqual([]);
  return found;
};

it('fits as it was written, also when it has grown since it was verified', async () => {
  const before = await good();
  await grow(10);
  expect(await verify(before)).toMatchObject({ size: before.size + 10, misfits: { total: 0 } });
});

const oneLeaf = `(SELECT leaf_id FROM log_entry WHERE index = 100)`;
const swap = [
  `UPDATE log_entry SET index = 1000000 WHERE index = 100`,
  `UPDATE log_entry SET index = 100 WHERE index = 101`,
  `UPDATE log_entry SET index = 101 WHERE index = 1000000`,
];
const tail = `(SELECT max(size) FROM log_checkpoint WHERE size < (SELECT max(size) FROM log_checkpoint))`;

/** What whoever owns the tables may do. Each is undone afterwards. */
const tamperings: [what: string, sql: string[], code: string][] = [
  ['a word of a leaf', [`UPDATE leaf SET body = '{"n": -1}' WHERE id = ${oneLeaf}`], 'leaf-altered'],
  ['what a leaf is about', [`UPDATE leaf SET subject_id = 'x' WHERE id = ${oneLeaf}`], 'leaf-altered'],
  ['the kind of a leaf', [`UPDATE leaf SET kind = 'change' WHERE id = ${oneLeaf}`], 'leaf-altered'],
  ['the salt of a leaf', [`UPDATE leaf SET salt = NULL WHERE id = ${oneLeaf}`], 'leaf-altered'],
  [
    'a leaf with the hash that fits it',
    [
      `UPDATE leaf SET body = '{"a": 1}', salt = NULL,
              hash = '\\xc7261463ebd776f4650b6d0fe942d9cc38c925d90f77d440ab6df8d5dd258c5f' WHERE id = ${oneLeaf}`,
    ],
    'checkpoint-altered',
  ],
  [
    'the date of a leaf',
    [`UPDATE leaf SET recorded_at = recorded_at - interval '1 day' WHERE id = ${oneLeaf}`],
    'leaf-dated-otherwise',
  ],
  ['a leaf taken away', [`DELETE FROM leaf WHERE id = ${oneLeaf}`], 'leaf-missing'],
  ['a leaf taken away with its number', [`DELETE FROM log_entry WHERE index = 100`], 'leaf-missing'],
  [
    'a leaf taken away, and the others moved up',
    [
      `DELETE FROM log_entry WHERE index = 100`,
      `UPDATE log_entry SET index = index + 1000000 WHERE index > 100`,
      `UPDATE log_entry SET index = index - 1000001 WHERE index > 100`,
    ],
    'log-cut',
  ],
  ['two leaves in each other’s place', [...swap], 'checkpoint-altered'],
  [
    'a leaf that was never logged',
    [
      `ALTER TABLE leaf DISABLE TRIGGER let_wait`,
      `INSERT INTO leaf (id, kind, subject_id, body, hash) VALUES (gen_random_uuid(), 'test', 'x', '{}', sha256(''))`,
    ],
    'leaf-outside',
  ],
  [
    'a leaf kept out of the log',
    [
      `INSERT INTO leaf (id, kind, subject_id, body, hash) VALUES (gen_random_uuid(), 'test', 'x', '{}', sha256(''))`,
      `DELETE FROM leaf_waiting`,
    ],
    'leaf-outside',
  ],
  ['the end of the log cut off', [`DELETE FROM log_entry WHERE index >= ${tail}`], 'log-cut'],
  [
    'a hash of the tree',
    [`UPDATE log_node SET hash = sha256(hash) WHERE level = 1 AND index = 1`],
    'tile-altered',
  ],
  ['a hash of the tree taken away', [`DELETE FROM log_node WHERE level = 1 AND index = 1`], 'tile-altered'],
  ['a hash beside the tree', [`INSERT INTO log_node VALUES (1, 1000, sha256(''))`], 'tile-altered'],
  [
    'the root of a checkpoint',
    [`UPDATE log_checkpoint SET root = sha256(root) WHERE size = ${tail}`],
    'checkpoint-altered',
  ],
  [
    'the note of a checkpoint',
    [`UPDATE log_checkpoint SET note = replace(note, '—', '— ') WHERE size = ${tail}`],
    'checkpoint-altered',
  ],
  [
    'the note of another checkpoint in its place',
    [
      `UPDATE log_checkpoint SET note = (SELECT note FROM log_checkpoint ORDER BY size DESC LIMIT 1) WHERE size = ${tail}`,
    ],
    'checkpoint-altered',
  ],
  [
    'a checkpoint of no entries',
    [`INSERT INTO log_checkpoint (size, root, note) SELECT 0, root, note FROM log_checkpoint LIMIT 1`],
    'checkpoint-altered',
  ],
];

it.each(tamperings)('finds %s', async (_, sql, code) => {
  expect((await verifyAltered(sql)).misfits.named[0]).toMatchObject({ code });
});

it('goes on behind what does not fit, and what follows from one thing does not hide another', async () => {
  const { misfits } = await verifyAltered([
    `DELETE FROM log_entry WHERE index = 800`,
    `UPDATE leaf SET body = '{"n": -1}' WHERE id IN (${oneLeaf}, (SELECT leaf_id FROM log_entry WHERE index = 850))`,
    `UPDATE log_node SET hash = sha256(hash) WHERE level = 1 AND index = 0`,
  ]);
  expect(misfits.named.map(({ code, params }) => [code, params['index']])).toEqual([
    ['leaf-altered', 100],
    ['leaf-missing', 800],
    ['leaf-altered', 850],
    ['tile-altered', 0],
    ['leaf-outside', undefined],
  ]);
});

const rewritings: [what: string, sql: string[], code: string][] = [
  [
    'the end cut off with all that was signed of it',
    [
      `DELETE FROM log_checkpoint WHERE size > ${tail}`,
      `DELETE FROM log_entry WHERE index >= ${tail}`,
      `DELETE FROM log_node WHERE (index + 1) * 256 > ${tail}`,
    ],
    'log-cut',
  ],
  [
    'all written and signed again',
    [
      `DELETE FROM log_checkpoint`,
      // Of the last, which is in no full tile: nothing else has to be made anew.
      `UPDATE log_entry SET index = 1000000 WHERE index = (SELECT max(index) FROM log_entry)`,
      `UPDATE log_entry SET index = index + 1 WHERE index = (SELECT max(index) FROM log_entry WHERE index < 1000000)`,
      `UPDATE log_entry SET index = (SELECT max(index) - 1 FROM log_entry WHERE index < 1000000) WHERE index = 1000000`,
    ],
    'log-rewritten',
  ],
];

it.each(rewritings)('finds, by what was verified before, %s', async (_, sql, code) => {
  expect((await verifyAltered(sql, await good())).misfits.named[0]).toMatchObject({ code });
});

describe('npm run verify', () => {
  const state = join(tmpdir(), `chorong-verified-${process.pid}.json`);
  const run = (url: string) =>
    promisify(execFile)(process.execPath, [
      'dist/src/verify.cli.js',
      url,
      '--key',
      key,
      '--state',
      state,
    ]).then(
      ({ stdout }) => ({ code: 0, stdout }),
      ({ code, stdout, stderr }: { code: number; stdout: string; stderr: string }) => ({
        code,
        stdout: stdout + stderr,
      }),
    );
  afterAll(() => rmSync(state, { force: true }));

  it('remembers a log that fits, and says what does not', async () => {
    const { appUrl } = service.ground.database;
    const { size } = await good();
    expect(await run(appUrl)).toEqual({
      code: 0,
      stdout: expect.stringContaining(`${size} entries`) as string,
    });
    expect(JSON.parse(readFileSync(state, 'utf8'))).toMatchObject({ size });
    writeFileSync(state, JSON.stringify({ size: 100, root: 'AAAA' }));
    expect(await run(appUrl)).toEqual({
      code: 1,
      stdout: expect.stringMatching(/^log-rewritten: [^]*\n1 thing does not fit\. Read: /) as string,
    });
  });
});

/** Does something to the tables as their owner, verifies, and puts everything back. */
function verifyAltered(sql: string[], before: Verified | null = null) {
  return owner.rehearse(async () => {
    for (const statement of sql) await owner.run(statement);
    return verifierOf(owner).verify(before);
  });
}
