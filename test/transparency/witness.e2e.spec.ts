import { type ChildProcess, spawn } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createInterface } from 'node:readline';
import { Journal } from '../../src/core/proof/journal.service.js';
import { LogTree } from '../../src/core/transparency/log-tree.js';
import { Sequencer } from '../../src/core/transparency/sequencer.service.js';
import { Witnesses } from '../../src/core/transparency/witnesses.service.js';
import { Database } from '../../src/platform/database/database.js';
import { Timers } from '../../src/platform/timers.js';
import { NoteSigner } from '../../src/platform/sealing/signed-note.js';
import { newId } from '../../src/platform/ids.js';
import { freePort } from '../support/free-port.js';
import { startService, type TestService } from '../support/service.js';
import { cosignedAt, plainRoot } from '../support/stranger.js';

const seed = randomBytes(32);
const log = new NoteSigner('hanbit.example/log', seed);
const dir = mkdtempSync(join(tmpdir(), 'chorong-witness-'));

let service: TestService;
let witness: ChildProcess;
let port: number;
let witnessKey: string;

/** The witness as somebody else runs it: one file, and a folder. */
async function startWitness(): Promise<void> {
  const words = [
    '--name',
    'audit.example/w1',
    '--log',
    log.verifierKey,
    '--dir',
    dir,
    '--port',
    String(port),
  ];
  witness = spawn(process.execPath, ['witness/chorong-witness.mjs', ...words], {
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  const lines = createInterface(witness.stdout as NodeJS.ReadableStream)[Symbol.asyncIterator]();
  witnessKey = (await lines.next()).value as string;
  await lines.next();
}

async function killWitness(): Promise<void> {
  if (!witness.kill('SIGKILL')) return;
  await once(witness, 'exit');
}

beforeAll(async () => {
  port = await freePort();
  await startWitness();
  service = await startService({
    environment: {
      CHORONG_LOG_KEY: seed.toString('base64'),
      CHORONG_LOG_ORIGIN: log.name,
      CHORONG_LOG_WITNESSES: `${witnessKey} http://127.0.0.1:${port}/`,
    },
  });
});
afterAll(async () => {
  await service.close();
  await killWitness();
  rmSync(dir, { recursive: true, force: true });
});

async function grow(count = 10): Promise<void> {
  const leaves = Array.from({ length: count }, () => ({ kind: 'test', subjectId: newId(), body: {} }));
  await service.app.get(Journal).leaves(leaves);
  await service.app.get(Sequencer).sequence();
  await service.app.get(Sequencer).sign(0);
}
/** Asks the witness, though it may have been asked a moment ago. */
async function askNow(): Promise<void> {
  await service.sql(`UPDATE log_witness SET asked_at = NULL`);
  await service.app.get(Witnesses).askAll();
}
const shown = async () => (await service.app.inject({ method: 'GET', url: '/log/checkpoint' })).payload;
const troubles = () => service.app.get(Witnesses).troubles();
const stateOf = async () =>
  (await service.sql<{ size: string; problem: string | null }>(`SELECT size, problem FROM log_witness`))[0];

const add = async (body: string) => {
  const response = await fetch(`http://127.0.0.1:${port}/add-checkpoint`, { method: 'POST', body });
  return { status: response.status, type: response.headers.get('content-type'), body: await response.text() };
};
const noteOf = (entries: string[], signer = log) => {
  const root = plainRoot(entries.map((entry) => Buffer.from(entry)));
  return signer.sign(`${signer.name}\n${entries.length}\n${root.toString('base64')}\n`);
};

describe('a checkpoint', () => {
  it('is signed by a witness, which strangers see', async () => {
    await grow();
    await askNow();
    const at = cosignedAt(await shown(), witnessKey);
    expect(Math.abs(Date.now() - (at?.getTime() ?? 0))).toBeLessThan(10_000);
    expect(await troubles()).toEqual([]);
  });

  it('is signed again and again while the log grows, and also when the service has forgotten how far the witness came', async () => {
    for (const forgotten of [false, true]) {
      await grow(300);
      if (forgotten) await service.sql(`UPDATE log_witness SET size = 7`);
      await askNow();
      expect(cosignedAt(await shown(), witnessKey)).not.toBeNull();
      expect(await stateOf()).toEqual({ size: String(await service.app.get(LogTree).size()), problem: null });
    }
  });

  it('is not brought to the witness twice within a moment', async () => {
    await askNow();
    await grow();
    await service.app.get(Witnesses).askAll();
    expect(cosignedAt(await shown(), witnessKey)).toBeNull();
    await askNow();
    expect(cosignedAt(await shown(), witnessKey)).not.toBeNull();
  });
});

describe('a witness that is away', () => {
  it('is told of when it has been so for minutes, and keeps nothing from going on', async () => {
    await killWitness();
    await grow();
    await askNow();
    expect(await stateOf()).toMatchObject({ problem: 'witness-away' });
    expect(await troubles()).toEqual([]);
    await service.sql(`UPDATE log_witness SET failing_since = failing_since - interval '3 minutes'`);
    expect(await troubles()).toMatchObject([{ name: 'audit.example/w1', problem: 'witness-away' }]);
    const [auditor, admin] = await Promise.all([service.person('auditor'), service.person('admin')]);
    expect((await auditor.get('/console')).text).toContain(
      'audit.example/w1: 증인 서버가 응답하지 않습니다.',
    );
    expect((await admin.get('/console')).text).not.toContain('audit.example/w1');
    await grow();
    await startWitness();
    await askNow();
    expect(cosignedAt(await shown(), witnessKey)).not.toBeNull();
    expect(await troubles()).toEqual([]);
  });
});

describe('an answer that is no signature of the witness', () => {
  it.each([
    [
      'of another',
      200,
      () => new NoteSigner('audit.example/w1', Buffer.alloc(32)).sign('a\n').split('\n\n')[1] ?? '',
    ],
    ['that is empty', 200, () => ''],
    ['of endless length', 200, () => 'x'.repeat(1_000_000)],
    ['of no size', 409, () => 'many\n'],
    ['that leads elsewhere', 302, () => ''],
  ])('%s is not kept', async (_, status, answer) => {
    const server = createServer((_request, response) =>
      response.writeHead(status, { location: 'http://127.0.0.1:1/' }).end(answer()),
    ).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const config = { log: { witnesses: [{ key: witnessKey, url }], store: null } };
    const asked = new Witnesses(
      config,
      service.app.get(Database),
      service.app.get(LogTree),
      service.app.get(Timers),
    );
    await grow();
    await service.sql(`UPDATE log_witness SET asked_at = NULL`);
    await asked.askAll();
    server.close();
    expect(cosignedAt(await shown(), witnessKey)).toBeNull();
    expect(await stateOf()).toMatchObject({
      problem: expect.stringMatching(/^witness-(refuses|away)$/) as string,
    });
    expect(
      await service.sql(`SELECT 1 FROM log_cosignature WHERE size = (SELECT max(size) FROM log_checkpoint)`),
    ).toEqual([]);
    await askNow();
  });
});

describe('the witness', () => {
  const path = `/${createHash('sha256').update(log.name).digest('hex')}/checkpoint`;

  it('shows the checkpoint that it signed last, with both signatures', async () => {
    const note = await (await fetch(`http://127.0.0.1:${port}${path}`)).text();
    expect(note).toContain(`— ${log.name} `);
    expect(cosignedAt(note, witnessKey)).not.toBeNull();
  });

  it('does not sign what the log cannot prove to begin with what it knows', async () => {
    const { size = '0' } = (await stateOf()) ?? {};
    const other = noteOf(Array.from({ length: Number(size) + 5 }, (_, n) => `other ${n}`));
    const same = noteOf(Array.from({ length: Number(size) }, (_, n) => `other ${n}`));
    for (const body of [
      `old ${size}\n\n${other}`,
      `old ${size}\n${'A'.repeat(43)}=\n\n${other}`,
      `old ${size}\n\n${same}`,
    ])
      expect(await add(body)).toMatchObject({ status: 422 });
    expect(await add(`old 0\n\n${other}`)).toEqual({
      status: 409,
      type: 'text/x.tlog.size',
      body: `${size}\n`,
    });
  });

  it('does not sign another root than the proof leads to', async () => {
    const { size: known = '0' } = (await stateOf()) ?? {};
    await grow(20);
    const tree = service.app.get(LogTree);
    const size = await tree.size();
    const proof = await tree.consistencyProof(Number(known), size);
    const lines = proof.map((hash) => `${hash.toString('base64')}\n`).join('');
    const [root, other] = [await tree.rootAt(size), randomBytes(32)];
    const body = (of: Buffer) =>
      `old ${known}\n${lines}\n${log.sign(`${log.name}\n${size}\n${of.toString('base64')}\n`)}`;
    expect(await add(body(other))).toMatchObject({ status: 422 });
    expect(await add(body(root))).toMatchObject({ status: 200 });
  });

  const elsewhere = new NoteSigner('elsewhere.example/log', seed);
  const stranger = new NoteSigner(log.name, Buffer.alloc(32));
  const good = noteOf(['a']);
  it.each([
    ['a log that it does not know', 404, `old 0\n\n${noteOf(['a'], elsewhere)}`],
    ['a note that another signed', 403, `old 0\n\n${noteOf(['a'], stranger)}`],
    ['a note that was altered', 403, `old 0\n\n${good.replace('\n1\n', '\n2\n')}`],
    ['an old size above the new one', 400, `old 2\n\n${good}`],
    ['something else', 400, 'hello'],
    ['a size with a zero before it', 400, `old 00\n\n${good}`],
    ['too much', 413, 'x'.repeat(70_000)],
  ])('answers %s with %s', async (_, status, body) => {
    expect(await add(body)).toMatchObject({ status });
  });
});

describe('a log that was taken back', () => {
  it('is noticed at once, though everything in it fits', async () => {
    const [last] = await service.sql<{ size: string }>(
      `SELECT size FROM log_checkpoint ORDER BY log_checkpoint.size DESC OFFSET 1 LIMIT 1`,
    );
    for (const sql of [
      `DELETE FROM log_cosignature WHERE size > $1`,
      `DELETE FROM log_checkpoint WHERE size > $1`,
      `DELETE FROM log_entry WHERE index >= $1`,
      `DELETE FROM log_node WHERE (index + 1) * 256 > $1`,
      `UPDATE log_witness SET size = $1`,
    ])
      await service.sql(sql, [last?.size]);
    await askNow();
    expect(await troubles()).toMatchObject([{ problem: 'witness-contradicts' }]);
    await grow(50);
    await askNow();
    expect(await troubles()).toMatchObject([{ problem: 'witness-contradicts' }]);
  });
});
