import type { ContractView } from '../src/core/contracts/contract.view.js';
import { ok } from './support/api-client.js';
import { applied, aSheet, bring } from './support/brought-sheets.js';
import type { PageClient } from './support/page-client.js';
import { startService, type TestService } from './support/service.js';

let service: TestService;
let roads: string;
let officer: PageClient;

beforeAll(async () => {
  service = await startService();
  await service.startAt('2026-03-02T09:00:00+09:00');
  roads = await service.departmentId('ROADS');
  officer = await service.person('officer', roads);
});
afterAll(() => service.close());

const odd = { signedOn: '2026-03-02', startsOn: '2026-02-02', endsOn: '2036-02-03' };
const confirmedDates = '/2026-03-02/2026-02-02/2036-02-03';
const box = (text: string) => /<input type="checkbox" id="confirmedDates"[^>]*>/.exec(text)?.[0] ?? '';

describe('dates that are odd', () => {
  it('are asked about on the page, with what was typed, and taken once confirmed', async () => {
    const form = { reference: 'C-2026-0601', kind: 'works', title: '보도 정비', departmentId: roads, ...odd };
    const asked = await officer.post('/console/contracts/new', form);
    expect(asked.status).toBe(422);
    for (const day of [odd.signedOn, odd.startsOn, odd.endsOn]) expect(asked.text).toContain(day);
    expect(asked.text).toContain('value="보도 정비"');
    expect(box(asked.text)).toContain(`value="${confirmedDates}"`);
    expect(box(asked.text)).not.toContain('checked');
    expect(await service.sql(`SELECT 1 FROM contract WHERE reference = 'C-2026-0601'`)).toEqual([]);
    // Confirmed are these days, and no others.
    const other = await officer.post('/console/contracts/new', {
      ...form,
      endsOn: '2037-02-03',
      confirmedDates,
    });
    expect(other.status).toBe(422);
    expect((await officer.post('/console/contracts/new', { ...form, confirmedDates })).status).toBe(303);
  });

  it('are asked about when they are changed, and not when something else is', async () => {
    const { id } = await service.register({ ...odd, startsOn: odd.signedOn, endsOn: '2026-12-18' });
    const form = { title: '교량 보수', departmentId: roads, signedOn: odd.signedOn, startsOn: odd.signedOn };
    const change = (more: object) =>
      officer.post(`/console/contracts/${id}/change`, { ...form, ...more, reason: '착오', step: 'save' });
    const asked = await change({ endsOn: '2036-03-03' });
    expect([asked.status, box(asked.text) === '']).toEqual([422, false]);
    const confirmed = '/2026-03-02/2026-03-02/2036-03-03';
    expect((await change({ endsOn: '2036-03-03', confirmedDates: confirmed })).status).toBe(303);
    expect((await change({ endsOn: '2036-03-03', title: '교량 보강' })).status).toBe(303);
  });

  it('are asked about when a draft is signed after its start', async () => {
    const { id } = await service.register({ signedOn: null, startsOn: '2026-02-02', endsOn: '2026-12-18' });
    const path = `/console/contracts/${id}/move/sign`;
    const asked = await officer.post(path, { on: '2026-03-02', step: 'save' });
    expect([asked.status, asked.text.includes('2026-02-02')]).toEqual([422, true]);
    const confirmed = { on: '2026-03-02', step: 'save', confirmedDates: '2026-03-02///' };
    expect((await officer.post(path, confirmed)).status).toBe(303);
  });

  it('are taken from a program, which finds in the answer what is odd about them', async () => {
    const body = { reference: 'C-2026-0602', kind: 'works', title: '보도', departmentId: roads, ...odd };
    const made = ok(await service.admin.post<ContractView>('/contracts', body));
    expect(made.questions?.map(({ path, code }) => [path, code])).toEqual([
      ['endsOn', 'period-long'],
      ['signedOn', 'signed-after-start'],
    ]);
    const patch = { endsOn: '2026-12-18', reason: 'A typing error' };
    expect(
      ok(await service.admin.patch<ContractView>(`/contracts/${made.id}`, patch)).questions,
    ).toBeUndefined();
    const past = {
      ...body,
      reference: 'C-2026-0603',
      signedOn: '2024-01-02',
      startsOn: null,
      endsOn: '2024-06-03',
    };
    const old = ok(await service.admin.post<ContractView>('/contracts', past));
    expect(old.questions?.map(({ code }) => code)).toEqual(['ended-long-ago']);
  });

  it('are a warning of the row of a file', async () => {
    const content = aSheet([{ reference: 'C-2026-0604', signedOn: '2026-04-08', endsOn: '2036-04-07' }]);
    const id = await applied(service, officer, await bring(service, officer, { name: 'a.csv', content }));
    const { items } = ok(
      await service.admin.get<{ items: { code: string; fatal: boolean }[] }>(`/imports/${id}/errors`),
    );
    expect(items).toMatchObject([
      { code: 'period-long', fatal: false },
      { code: 'signed-after-start', fatal: false },
    ]);
  });
});
