import type { Answer } from './support/api-client.js';
import { ownOrigin, cookieName, type PageClient } from './support/page-client.js';
import { csrfTokenOf } from '../src/office/accounts/csrf.js';
import { startService, type TestService } from './support/service.js';

let service: TestService;
let officer: PageClient;

beforeAll(async () => {
  service = await startService();
  officer = await service.person('officer', await service.departmentId('ROADS'));
});
afterAll(() => service.close());

const field = (name: string, value: string) =>
  `--b\r\ncontent-disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`;
const file = (name = 'file', fileName = 'a.csv', content = 'a,b\r\n') =>
  `--b\r\ncontent-disposition: form-data; name="${name}"; filename="${fileName}"\r\n\r\n${content}\r\n`;
const end = '--b--\r\n';
const multipart = { 'content-type': 'multipart/form-data; boundary=b' };

async function byApi(body: string): Promise<Answer<unknown>> {
  return service.admin.post('/imports', body, multipart);
}

/** Sends the envelope from the page, with the token of its form before everything else. */
async function byPage(body: string) {
  const answer = await service.app.inject({
    method: 'POST',
    url: '/console/imports',
    headers: { ...multipart, origin: ownOrigin, cookie: `${cookieName}=${officer.token}` },
    payload: field('_csrf', csrfTokenOf(officer.token ?? '')) + body,
  });
  return { status: answer.statusCode, text: answer.body };
}

const kept = () => service.sql(`SELECT id FROM import UNION ALL SELECT import_id FROM import_chunk`);

it.each([
  ['without an end', file(), 'upload-unreadable', '형식이 깨졌'],
  ['that ends within its file', file().slice(0, -4), 'upload-unreadable', '형식이 깨졌'],
  ['that ends within a field', field('departmentId', 'x').slice(0, -4), 'upload-unreadable', '형식이 깨졌'],
  ['without a file', field('departmentId', 'x') + end, 'file-missing', '파일을 골라'],
  ['with a file without a name', file('file', '') + end, 'file-missing', '파일을 골라'],
  ['with its file in another field', file('document') + end, 'upload-part-unexpected', 'document'],
  ['with two files', file() + file() + end, 'upload-unreadable', '형식이 깨졌'],
  [
    'with a field after the file',
    file() + field('departmentId', 'x') + end,
    'upload-part-unexpected',
    'departmentId',
  ],
  [
    'with a field twice',
    field('departmentId', 'x') + field('departmentId', 'y') + file() + end,
    'upload-part-unexpected',
    'departmentId',
  ],
  ['with a field of another name', field('owner', 'me') + file() + end, 'upload-part-unexpected', 'owner'],
  [
    'with more fields than there may be',
    Array.from({ length: 11 }, (_, i) => field(`f${i}`, 'x')).join('') + file() + end,
    'upload-part-unexpected',
    'f0',
  ],
  ['with nothing in it', end, 'file-missing', '파일을 골라'],
])('refuses an upload %s, and keeps nothing of it', async (_, body, code, words) => {
  const answer = await byApi(body);
  expect([answer.status, answer.body]).toEqual([400, expect.objectContaining({ code })]);
  const shown = await byPage(body);
  expect([shown.status, shown.text]).toEqual([400, expect.stringContaining(words)]);
  expect(await kept()).toEqual([]);
});

it('keeps the connection for the next request when a file is refused', async () => {
  const large = file('document', 'a.csv', 'a'.repeat(3_000_000)) + end;
  await service.app.listen(0, '127.0.0.1');
  const base = await service.app.getUrl();
  const send = (body: string) =>
    fetch(`${base}/api/v1/imports`, {
      method: 'POST',
      headers: { ...multipart, authorization: `Bearer ${service.admin.key}` },
      body,
    });
  for (let i = 0; i < 3; i += 1) expect((await send(large)).status).toBe(400);
});

it('takes the same file in when its envelope is sound, under a name that can be shown', async () => {
  const answer = await byApi(field('preview', 'true') + file('file', 'a\u202eb\tc.csv') + end);
  expect([answer.status, answer.body]).toEqual([202, expect.objectContaining({ fileName: 'a b c.csv' })]);
});
