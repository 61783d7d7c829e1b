import { Mails } from '../src/office/mail/mails.service.js';
import { ok } from './support/api-client.js';
import { aContact, aCounterparty } from './support/builders.js';
import { startService, type TestService } from './support/service.js';

let service: TestService;

interface Step {
  id: string;
  list: string;
  step: string;
  day: string;
  waitingSince: string;
  climbed: { step: string; day: string }[];
  contract: { reference: string } | null;
  acknowledged: { by: string; note: string } | null;
}

const noNumber = [aCounterparty({ contacts: [aContact({ phone: null })] })];

/** A Tuesday: L-1 and L-2 have nobody to text from here on. 3 business days later it is Friday, 5 more make it the Friday after. */
beforeAll(async () => {
  service = await startService();
  await service.startAt('2026-03-10T08:00:00+09:00');
  await service.signedIn('auditor');
  const departmentId = await service.departmentId('ROADS');
  const of = { departmentId, signedOn: '2026-03-09', startsOn: '2026-04-01', endsOn: '2026-12-01' };
  await service.register({ ...of, reference: 'L-1', counterparties: noNumber });
  await service.register({ ...of, reference: 'L-2', counterparties: noNumber });
  await service.advanceTo('2026-03-10T09:30:00+09:00');
});
afterAll(() => service.close());

async function steps(query = '', client = service.admin): Promise<Step[]> {
  return ok(await client.get<{ items: Step[] }>(`/ladder${query}`)).items;
}
const summary = (found: Step[]) =>
  found.map(({ list, step, day, contract }) => [list, step, day, contract?.reference].join(' ')).sort();
const mailOf = async (day: string) => {
  const mails = await service.app.get(Mails).newest(200);
  return mails.filter(({ subject }) => subject?.includes(day)).map(({ text }) => text ?? '');
};

it('tells those responsible at once, and auditors nothing yet', async () => {
  const rows = await service.sql<{ list: string; step: string; day: string }>(
    `SELECT list, step, day::text FROM ladder_step ORDER BY id`,
  );
  expect(rows).toEqual(Array(2).fill({ list: 'no-number', step: 'responsible', day: '2026-03-10' }));
  expect(await steps()).toEqual([]);
});

it('comes to the auditors after its days, counted in business days, and their mail says so', async () => {
  await service.advanceTo('2026-03-12T12:00:00+09:00');
  expect(await steps()).toEqual([]);
  await service.advanceTo('2026-03-13T12:00:00+09:00');
  expect(summary(await steps())).toEqual(
    ['no-number audit 2026-03-13 L-1', 'no-number audit 2026-03-13 L-2'].sort(),
  );
  expect((await steps()).map(({ waitingSince }) => waitingSince)).toEqual(['2026-03-10', '2026-03-10']);
  const told = (await mailOf('2026-03-13')).filter((text) => /처리되지 않은 일이 2건/.test(text));
  expect(told).toHaveLength(1);
});

it('is not told twice of the same step', async () => {
  await service.advanceTo('2026-03-16T12:00:00+09:00');
  expect(await steps()).toHaveLength(2);
  expect((await mailOf('2026-03-16')).filter((text) => /올라왔습니다/.test(text))).toEqual([]);
});

it('climbs no further once an auditor took note of it, and takes note once', async () => {
  const one = (await steps()).find(({ contract }) => contract?.reference === 'L-1');
  const auditor = await service.as('auditor');
  const path = `/ladder/${one?.id}/acknowledge`;
  expect((await service.admin.post(path, { note: '확인' })).status).toBe(403);
  expect((await auditor.post(path, {})).status).toBe(400);
  expect((await auditor.post(path, { note: '부서에 전화함' })).status).toBe(200);
  expect((await auditor.post(path, { note: '다시' })).status).toBe(409);
  expect((await steps('?state=acknowledged')).map(({ acknowledged }) => acknowledged?.note)).toEqual([
    '부서에 전화함',
  ]);
  await service.advanceTo('2026-03-20T12:00:00+09:00');
  expect(summary(await steps('?step=head'))).toEqual(['no-number head 2026-03-20 L-2']);
  // What climbed is one thing, and shows how it came there.
  expect(summary(await steps())).toEqual(['no-number head 2026-03-20 L-2']);
  expect((await steps()).map(({ climbed }) => climbed.map(({ step, day }) => `${step} ${day}`))).toEqual([
    ['responsible 2026-03-10', 'audit 2026-03-13', 'head 2026-03-20'],
  ]);
});

it('is resolved when it waits no more, and begins at the foot when it comes back', async () => {
  const [contract] = await service.sql<{ id: string; contact: string }>(
    `SELECT c.id, t.id AS contact FROM contract c JOIN contact t ON t.contract_id = c.id WHERE c.reference = 'L-2'`,
  );
  const path = `/contracts/${contract?.id}/contacts/${contract?.contact}`;
  ok(await service.admin.patch(path, { phone: '010-0000-4105' }));
  await service.advanceTo('2026-03-23T12:00:00+09:00');
  expect(summary(await steps())).toEqual([]);
  expect(summary(await steps('?state=resolved'))).toEqual(['no-number head 2026-03-20 L-2']);
  await service.sql(
    `UPDATE contact SET phone_index = NULL, phone_sealed = NULL, phone_country = NULL WHERE id = $1`,
    [contract?.contact],
  );
  await service.advanceTo('2026-03-24T12:00:00+09:00');
  const open = await service.sql<{ step: string; day: string }>(
    `SELECT step, day::text FROM ladder_step WHERE row_id = $1 AND resolved_at IS NULL`,
    [contract?.contact],
  );
  expect(open).toEqual([{ step: 'responsible', day: '2026-03-24' }]);
});

it('goes by the days that the agency sets, which a second person approves; a kind left blank does not climb', async () => {
  const put = { days: { 'no-number': { audit: 1, head: null } }, headAccountId: null };
  ok(await service.admin.post('/ladder/setting', put));
  await service.advanceTo('2026-03-25T12:00:00+09:00');
  expect(summary(await steps('?step=audit'))).toEqual(['no-number audit 2026-03-25 L-2']);
  expect(ok(await service.admin.get('/ladder/setting'))).toEqual(put);
  expect(
    (await service.admin.post('/ladder/setting', { days: { unrecorded: { audit: 0, head: null } } })).status,
  ).toBe(400);
  expect(
    (await (await service.as('manager', await service.departmentId('ROADS'))).get('/ladder')).status,
  ).toBe(403);
});

it('is looked at, noted and set on its page', async () => {
  const auditor = await service.person('auditor');
  const [{ id = '' } = {}] = await steps('?step=audit');
  const { text } = await auditor.get('/console/ladder');
  expect(text).toContain('L-2');
  // Whoever only reads how many days it takes is not shown them unasked.
  expect(text).toMatch(/<details class="more"><summary>일의 종류마다 보기/);
  const taken = await auditor.post(`/console/ladder/${id}/acknowledge`, { note: '확인함' });
  expect([taken.status, taken.headers.location]).toEqual([303, '/console/ladder?done=ladder-acknowledged']);
  const again = await auditor.post(`/console/ladder/${id}/acknowledge`, { note: '확인함' });
  expect([again.status, again.text.includes('이미 확인했거나')]).toEqual([409, true]);
  const admin = await service.person('admin');
  const wrong = await admin.post('/console/ladder/setting', { 'unrecorded-audit': 'soon', reason: '' });
  expect(wrong.status).toBe(400);
  expect(wrong.text).toContain('value="soon"');
  service.approvesAtOnce = false;
  const saved = await admin.post('/console/ladder/setting', {
    'unrecorded-audit': '7',
    'unrecorded-head': '3',
  });
  expect(saved.status).toBe(303);
  // Until somebody has approved it, the page shows that it waits.
  expect((await admin.get('/console/ladder')).text).toMatch(/href="\/console\/proposals\/[\w-]{36}"/);
  await service.approveWaiting();
  expect(ok(await service.admin.get<{ days: object }>('/ladder/setting')).days).toMatchObject({
    unrecorded: { audit: 7, head: 3 },
    'no-number': { audit: null, head: null },
  });
});
