import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Chorong, chorong, type FeedItem, follow } from '../client/index.js';
import { Sequencer } from '../src/core/transparency/sequencer.service.js';
import { startService, type TestService } from './support/service.js';

/** `CLIENT=write`, as `npm run client` sets it, writes the types instead of comparing them. */
const writesTypes = process.env['CLIENT'] === 'write';
const typesPath = join(process.cwd(), 'client/api.d.ts');

let service: TestService;
let client: Chorong;

beforeAll(async () => {
  service = await startService();
  await service.app.listen(0, '127.0.0.1');
  client = chorong({ url: await service.app.getUrl(), key: service.admin.key ?? '' });
  await service.startAt('2026-03-02T09:00:00+09:00');
});
afterAll(() => service.close());

const run = (program: string, args: string[], input: string) =>
  execFileSync(process.execPath, [join('node_modules', program), ...args], { input, encoding: 'utf8' });

it('has types that are up to date (npm run client writes them)', async () => {
  const { text } = await service.admin.get('/openapi.json');
  const types = run('openapi-typescript/bin/cli.js', ['--default-non-nullable=false'], text);
  const head = '// Written by npm run client. Do not edit.\n\n';
  const written = run('prettier/bin/prettier.cjs', ['--stdin-filepath', typesPath], head + types);
  if (writesTypes) writeFileSync(typesPath, written);
  expect(readFileSync(typesPath, 'utf8')).toBe(written);
});

it('registers a contract, reads it, and follows what becomes of it', async () => {
  const departmentId = await service.departmentId('ROADS');
  const made = await client.POST('/api/v1/contracts', {
    body: {
      reference: 'C-2026-0001',
      kind: 'works',
      title: '중앙로 보도정비공사',
      departmentId,
      signedOn: '2026-03-03',
      startsOn: '2026-03-16',
      endsOn: '2026-11-27',
      counterparties: [{ name: '(주)새솔건설', contacts: [{ phone: '010-0000-7001', locale: 'ko' }] }],
    },
  });
  expect(made.error).toBeUndefined();
  const { data } = await client.GET('/api/v1/contracts', { params: { query: { limit: 1 } } });
  const id = data?.items[0]?.id ?? '';
  await service.app.get(Sequencer).sequence();
  const own: FeedItem[] = [];
  const ending = new AbortController();
  for await (const { items } of follow(client, { wait: 1, signal: ending.signal })) {
    own.push(...items.filter(({ subjectId }) => subjectId === id));
    if (own.length > 0) ending.abort();
  }
  expect(own).toMatchObject([{ kind: 'contract', status: 'signed', contracts: [{ id }] }]);
});

it('throws the problem that the service answers', async () => {
  const reading = follow(client, { after: 1_000_000 }).next();
  await expect(reading).rejects.toMatchObject({ problem: { code: 'feed-ahead' } });
});
