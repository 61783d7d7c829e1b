import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { Journal } from '../../src/core/proof/journal.service.js';
import { CheckpointStore } from '../../src/core/transparency/checkpoint-store.js';
import type { Checkpoint } from '../../src/core/transparency/log-tree.js';
import { Sequencer } from '../../src/core/transparency/sequencer.service.js';
import { Witnesses } from '../../src/core/transparency/witnesses.service.js';
import { newId } from '../../src/platform/ids.js';
import { startService, type TestService } from '../support/service.js';

const folder = mkdtempSync(join(tmpdir(), 'chorong-store-'));
const files = () => readdirSync(folder).sort();
const never = new AbortController().signal;

let service: TestService;
beforeAll(async () => {
  service = await startService({ environment: { CHORONG_LOG_STORE: `${pathToFileURL(folder).href}/` } });
});
afterAll(async () => {
  await service.close();
  rmSync(folder, { recursive: true, force: true });
});
afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder);
});

/** Logs something, signs it, and hands it over though the store may have been asked a moment ago. Returns the checkpoint. */
async function grow(): Promise<string> {
  await service.app.get(Journal).leaves([{ kind: 'test', subjectId: newId(), body: {} }]);
  await service.app.get(Sequencer).sequence();
  await service.app.get(Sequencer).sign(0);
  await handOver();
  return (await service.app.inject({ method: 'GET', url: '/log/checkpoint' })).payload;
}
async function handOver(): Promise<void> {
  await service.sql(`UPDATE log_witness SET asked_at = NULL`);
  await service.app.get(Witnesses).askAll();
}
const problem = async () =>
  (await service.sql<{ problem: string | null }>(`SELECT problem FROM log_witness`))[0]?.problem;
const troubles = () => service.app.get(Witnesses).troubles();

describe('a folder', () => {
  it('gets each checkpoint in a file of its own, named after its size', async () => {
    const [first, second] = [await grow(), await grow()];
    const kept = files();
    expect(kept.map((name) => readFileSync(join(folder, name), 'utf8'))).toEqual([first, second]);
    expect(kept.map((name) => Number.parseInt(name, 10))).toEqual(
      [first, second].map((note) => Number(note.split('\n')[1])),
    );
    expect(await troubles()).toEqual([]);
  });

  it('that holds another checkpoint of that size is told to auditors at once, and keeps what it holds', async () => {
    await grow();
    const [name = ''] = files();
    rmSync(join(folder, name));
    writeFileSync(join(folder, name), 'of another life');
    await handOver();
    expect(await troubles()).toMatchObject([{ problem: 'store-contradicts' }]);
    expect(readFileSync(join(folder, name), 'utf8')).toBe('of another life');
    await grow();
    expect(await troubles()).toEqual([]);
  });

  it('that has a file broken off in the middle contradicts nothing', async () => {
    const note = await grow();
    const [name = ''] = files();
    rmSync(join(folder, name));
    writeFileSync(join(folder, name), note.slice(0, 20));
    await handOver();
    expect(await problem()).toBeNull();
  });

  it('that is not there is told of after two minutes, while the log goes on', async () => {
    rmSync(folder, { recursive: true });
    const note = await grow();
    expect(note).toContain('localhost/log');
    expect(await problem()).toBe('store-away');
    expect(await troubles()).toEqual([]);
    await service.sql(`UPDATE log_witness SET failing_since = failing_since - interval '3 minutes'`);
    expect(await troubles()).toMatchObject([{ problem: 'store-away' }]);
  });
});

describe('a bucket', () => {
  const objects = new Map<string, string>();
  const asked: { method: string; authorization: string; ifNoneMatch: string }[] = [];
  let server: Server;
  let mayRead = true;
  let status: number | null = null;

  /** Answers as an S3-compatible server does to a key that may add objects, and perhaps read them. */
  beforeAll(async () => {
    server = createServer((request, response) => {
      const { method = '', url = '', headers } = request;
      const [authorization = '', ifNoneMatch = ''] = [headers.authorization, headers['if-none-match']];
      asked.push({ method, authorization, ifNoneMatch });
      let body = '';
      request.on('data', (part: Buffer) => (body += part.toString('utf8')));
      request.on('end', () => {
        const there = objects.get(url);
        if (status !== null) return response.writeHead(status).end();
        if (method === 'GET') return response.writeHead(mayRead ? 200 : 403).end(mayRead ? there : '');
        if (there !== undefined) return response.writeHead(412).end();
        objects.set(url, body);
        return response.writeHead(200).end();
      });
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
  });
  afterAll(() => server.close());
  beforeEach(() => {
    objects.clear();
    asked.length = 0;
    [mayRead, status] = [true, null];
  });

  const store = () =>
    new CheckpointStore({
      url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/bucket/log`,
      access: { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'secret' },
    });
  const checkpoint = (note: string) => ({ size: 7, note }) as Checkpoint;
  const give = (note: string) => store().give(checkpoint(note), 0, never);

  it('gets each checkpoint as an object that may not be there yet, by a signed request', async () => {
    await give('one');
    expect([...objects]).toEqual([['/bucket/log/000000000000007.checkpoint', 'one']]);
    expect(asked).toEqual([
      {
        method: 'PUT',
        authorization: expect.stringMatching(/^AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE\/\d{8}\//) as string,
        ifNoneMatch: '*',
      },
    ]);
  });

  it('that has the same already is as it should be', async () => {
    await give('one');
    expect(await give('one')).toEqual([]);
  });

  it('that has another contradicts the log, if the key may look', async () => {
    await give('one');
    await expect(give('two')).rejects.toMatchObject({ problem: 'store-contradicts' });
    mayRead = false;
    expect(await give('two')).toEqual([]);
  });

  it.each([403, 500, 307])('that answers %d is away', async (answer) => {
    status = answer;
    await expect(give('one')).rejects.not.toHaveProperty('problem');
    expect(objects.size).toBe(0);
  });
});
