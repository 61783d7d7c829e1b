import { ImportJobs } from '../src/office/imports/jobs.js';
import { ok } from './support/api-client.js';
import { applied, aSheet, bring } from './support/brought-sheets.js';
import type { PageClient } from './support/page-client.js';
import { startService, type TestService } from './support/service.js';

let service: TestService;
let roads: string;
let officer: PageClient;

beforeAll(async () => {
  service = await startService();
  await service.startAt('2026-03-04T09:00:00+09:00');
  roads = await service.departmentId('ROADS');
  officer = await service.person('officer', roads);
});
afterAll(() => service.close());

/** Signed on the day before: told at ten today. */
const sheet = (reference: string, phone: string) => aSheet([{ reference, phone, signedOn: '2026-03-03' }]);
const imports = (id: string) => service.sql(`SELECT status FROM import WHERE id = $1`, [id]);

describe('the pages of imports', () => {
  it('ask once more above the agency’s number, and apply when it is confirmed', async () => {
    const agency = ok(await service.admin.get<{ items: { value: object }[] }>('/agency')).items[0]?.value;
    ok(await service.admin.post('/agency', { ...agency, importAskAbove: 0 }));
    const id = await bring(service, officer, { name: 'a.csv', content: sheet('A-1', '010-0000-1701') });
    const asked = await officer.post(`/console/imports/${id}/apply`);
    expect(asked.status).toBe(200);
    expect(asked.text).toContain('오늘 1명에게 문자가 나갑니다');
    expect(await imports(id)).toEqual([{ status: 'ready' }]);
    expect((await officer.post(`/console/imports/${id}/apply`, { confirmTexts: '7' })).status).toBe(200);
    expect(await imports(id)).toEqual([{ status: 'ready' }]);
    expect((await officer.post(`/console/imports/${id}/apply`, { confirmTexts: '1' })).status).toBe(303);
    await service.app.get(ImportJobs).runImport(id);
    expect(await imports(id)).toEqual([{ status: 'completed' }]);
    ok(await service.admin.post('/agency', { ...agency, importAskAbove: 100 }));
  });

  it('name the contracts that stand in the way of undoing', async () => {
    const content = sheet('B-1', '010-0000-1702');
    const id = await applied(service, officer, await bring(service, officer, { name: 'b.csv', content }));
    const [contract] = await service.sql<{ id: string }>(`SELECT id FROM contract WHERE reference = 'B-1'`);
    ok(await service.admin.patch(`/contracts/${contract?.id}`, { title: '교량 보수공사' }));
    const without = await officer.post(`/console/imports/${id}/undo`, { reason: '' });
    expect(without.status).toBe(400);
    expect(without.text).toContain('id="error-reason"');
    const refused = await officer.post(`/console/imports/${id}/undo`, { reason: '다른 파일' });
    expect(refused.status).toBe(409);
    expect(refused.text).toContain('href="/console/contracts?q&#x3D;B-1"');
    expect(refused.text).toContain('가져온 뒤에 바뀌었습니다');
    expect(await imports(id)).toEqual([{ status: 'completed' }]);
  });

  it('say that undoing waits for a second person, with the way to the proposal', async () => {
    const content = sheet('U-1', '010-0000-1711');
    const id = await applied(service, officer, await bring(service, officer, { name: 'u.csv', content }));
    const other = await applied(
      service,
      officer,
      await bring(service, officer, { name: 'v.csv', content: sheet('U-2', '010-0000-1712') }),
    );
    service.approvesAtOnce = false;
    const asked = await officer.post(`/console/imports/${id}/undo`, { reason: '다른 파일' });
    service.approvesAtOnce = true;
    expect(asked.status).toBe(303);
    const [proposal] = await service.sql<{ id: string }>(`SELECT id FROM proposal WHERE act = 'undoImport'`);
    const seen = (await officer.get(`/console/imports/${id}`)).text;
    expect(seen).toContain('되돌리자는 요청이 승인을 기다립니다');
    expect(seen).toContain(`href="/console/proposals/${proposal?.id}"`);
    expect((await officer.get(`/console/imports/${id}/undo`)).text).toContain('승인을 기다립니다');
    expect((await officer.get(`/console/imports/${other}`)).text).not.toContain('승인을 기다립니다');
  });

  it('leave the deciding to who may', async () => {
    const id = await bring(service, officer, { name: 'c.csv', content: sheet('C-1', '010-0000-1703') });
    const seenBy = async (person: PageClient) => (await person.get(`/console/imports/${id}`)).text;
    expect(await seenBy(officer)).toContain(`action="/console/imports/${id}/apply"`);
    expect(await seenBy(await service.person('manager', roads))).toContain('/apply"');
    for (const other of [await service.newcomer('officer', roads), await service.person('auditor')]) {
      expect(await seenBy(other)).toContain('C-1');
      expect(await seenBy(other)).not.toContain('/apply"');
      expect((await other.post(`/console/imports/${id}/apply`)).status).toBe(403);
    }
    expect((await (await service.person('auditor')).get('/console/imports')).text).not.toContain(
      'name="file"',
    );
  });

  it('take no file with a form that is not theirs', async () => {
    const upload = { field: 'file', name: 'd.csv', type: 'text/csv', content: sheet('D-1', '010-0000-1704') };
    const count = () => service.sql(`SELECT count(*) FROM import`);
    const before = await count();
    const forged = await officer.call('POST', {
      path: '/console/imports',
      upload,
      form: { _csrf: 'another' },
    });
    expect(forged.status).toBe(403);
    const foreign = { origin: 'https://elsewhere.example' };
    expect((await officer.call('POST', { path: '/console/imports', upload, headers: foreign })).status).toBe(
      403,
    );
    expect(await count()).toEqual(before);
  });

  it('show the form again for every file that is refused, with what to do', async () => {
    const refused = async (name: string, content: string | Buffer) => {
      const upload = { field: 'file', name, type: 'application/octet-stream', content };
      const answer = await officer.call('POST', { path: '/console/imports', upload });
      expect(answer.text).toContain('name="file"');
      return [answer.status, /id="error-file">([^<]*)</.exec(answer.text)?.[1] ?? ''] as const;
    };
    const ole = Buffer.from([0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1]);
    const locked = Buffer.concat([ole, Buffer.from('EncryptedPackage', 'utf16le')]);
    expect(await refused('old.xls', ole)).toEqual([422, expect.stringContaining('.xlsx')]);
    expect(await refused('locked.xlsx', locked)).toEqual([422, expect.stringContaining('암호')]);
    expect(await refused('table.pdf', '%PDF-1.7')).toEqual([422, expect.stringContaining('PDF')]);
    expect(await refused('empty.csv', '')).toEqual([422, expect.stringContaining('내용이 없')]);
    expect(await refused('data.json', 'a,b')).toEqual([422, expect.stringContaining('확장자')]);
    expect(await refused('', '')).toEqual([400, expect.stringContaining('파일을 골라')]);
  });
});
