import { aContact, aCounterparty, type ContractInput } from './support/builders.js';
import type { PageClient } from './support/page-client.js';
import { startService, type TestService } from './support/service.js';

// Monday 2 March 2026 is a substitute holiday; it is Tuesday 3 March 2026, 11:00 in Seoul.
let service: TestService;
let officer: PageClient;
let departmentId: string;

beforeAll(async () => {
  service = await startService();
  await service.startAt('2026-03-03T11:00:00+09:00');
  departmentId = await service.departmentId('ROADS');
  officer = await service.person('officer', departmentId);
});
afterAll(() => service.close());

/** A contract whose only person has no number, and the field of it in the work list. */
async function withoutNumber(dates: Partial<ContractInput> = {}): Promise<{ id: string; field: string }> {
  const { id } = await service.register({
    departmentId,
    signedOn: '2026-03-02',
    ...dates,
    counterparties: [aCounterparty({ contacts: [aContact({ phone: null })] })],
  });
  const contact = (await service.contract(id)).counterparties[0]?.contacts[0]?.id ?? '';
  return { id, field: `phone.${id}.${contact}` };
}

const numberOf = async ({ id }: { id: string }) =>
  (await service.contract(id)).counterparties[0]?.contacts[0]?.phone;

it('saves the numbers that were typed, each row by itself, and shows again what is left with what was typed', async () => {
  const [felt, wrong, blank, quiet] = [
    await withoutNumber(),
    await withoutNumber(),
    await withoutNumber(),
    await withoutNumber({ signedOn: '2026-01-05', startsOn: '2026-06-01', endsOn: '2026-12-01' }),
  ];
  const list = await officer.get('/console/work/no-number');
  for (const { field } of [felt, wrong, blank, quiet]) expect(list.body).toContain(`name="${field}"`);

  const typed = { [felt.field]: '010-0000-3301', [wrong.field]: '12', [blank.field]: '' };
  const first = await officer.post('/console/work/no-number', { ...typed, [quiet.field]: '010-0000-3302' });
  expect(first.status).toBe(422);
  expect(first.body).toContain('1건을 저장했고, 2건은 확인이 필요합니다');
  expect(await numberOf(quiet)).toBe('010-****-3302');
  // Who would be texted today is looked at first, as on the page of the contact.
  expect(await numberOf(felt)).toBeNull();
  expect(first.body).toContain(`name="seen.${felt.field}" value="010-0000-3301"`);
  expect(first.body).toMatch(/오늘 1명에게|오늘 문자를 받는/);
  expect(first.body).toContain(`name="${wrong.field}" type="tel" value="12"`);
  expect(first.body).not.toContain(`name="${quiet.field}"`);

  const again = { ...typed, [wrong.field]: '010-0000-3303', [`seen.${felt.field}`]: '010-0000-3301' };
  const second = await officer.post('/console/work/no-number', again);
  // Another number than the one that was looked at would have to be looked at too.
  expect(second.status).toBe(422);
  expect(await numberOf(felt)).toBe('010-****-3301');
  const third = { [wrong.field]: '010-0000-3303', [`seen.${wrong.field}`]: '010-0000-3303' };
  const done = await officer.post('/console/work/no-number?cursor=', third);
  expect([done.status, done.headers['location']]).toEqual([303, '/console/work/no-number?done=mended']);
  expect(await numberOf(wrong)).toBe('010-****-3303');
});

it('lets an account of another department mend nothing, and readers neither', async () => {
  const { id, field } = await withoutNumber();
  const form = { [field]: '010-0000-3310', [`seen.${field}`]: '010-0000-3310' };
  const other = await service.person('officer', await service.departmentId('PARKS'));
  expect((await other.post('/console/work/no-number', form)).status).toBe(422);
  expect((await (await service.person('auditor')).post('/console/work/no-number', form)).status).toBe(403);
  expect(await numberOf({ id })).toBeNull();
});

it('asks a second person for another number of somebody who was to be texted', async () => {
  const { id } = await service.register({
    departmentId,
    signedOn: '2026-01-05',
    startsOn: '2026-06-01',
    endsOn: '2026-12-01',
    counterparties: [aCounterparty({ contacts: [aContact({ phone: '010-0000-3320' })] })],
  });
  const contact = (await service.contract(id)).counterparties[0]?.contacts[0]?.id ?? '';
  const form = { [`phone.${id}.${contact}`]: '010-0000-3321', reason: '번호가 바뀜' };
  const first = await officer.post('/console/work/dead-numbers', form);
  const seen = { ...form, [`seen.phone.${id}.${contact}`]: '010-0000-3321' };
  expect(first.status).toBe(422);
  const done = await officer.post('/console/work/dead-numbers', seen);
  expect(done.headers['location']).toBe('/console/work/dead-numbers?done=mended-waits');
  expect(await numberOf({ id })).toBe('010-****-3320');
});

it('records what is ticked, each on its day, and nothing else', async () => {
  const grants = [];
  for (const day of ['2026-02-02', '2026-02-02', '2026-02-02'])
    grants.push(
      await service.register({ departmentId, kind: 'grant', signedOn: day, startsOn: '2026-02-09' }),
    );
  await service.advanceTo('2026-03-25T11:00:00+09:00');
  const fields = grants.map(({ id }) => `day.${id}.disbursement`);
  const list = await officer.get('/console/work/unrecorded');
  for (const field of fields) expect(list.body).toContain(`name="${field}" type="date" value="2026-03-25"`);
  const [one = '', two = '', three = ''] = fields;
  const form = { [one]: '2026-02-20', [two]: '2026-03-25', [three]: '2026-03-25' };
  const done = await officer.post('/console/work/unrecorded', {
    ...form,
    [`take.${one}`]: 'yes',
    [`take.${two}`]: 'yes',
  });
  expect([done.status, done.headers['location']]).toEqual([303, '/console/work/unrecorded?done=mended']);
  const days = [];
  for (const { id } of grants) {
    const { milestones } = await service.contract(id);
    days.push(
      milestones.flatMap(({ code, occurredOn: day }) => (code === 'disbursement' && day ? [day] : [])),
    );
  }
  expect(days).toEqual([['2026-02-20'], ['2026-03-25'], []]);
});
