import { PartyParts } from '../src/core/contracts/party-parts.js';
import { aContact, aCounterparty } from './support/builders.js';
import { cookieName, type PageClient } from './support/page-client.js';
import { startService, type TestService } from './support/service.js';

let service: TestService;
let officer: PageClient;

/** References are searched for as well, so that each contract has one that no name nor number has a part of. */
const contracts = [
  { reference: 'X-1', party: '(주)한빛건설', phone: '010-0000-4105' },
  { reference: 'X-2', party: '한빛 조경 주식회사', phone: '010-0000-7777' },
  { reference: 'X-3', party: 'Pine & Sons Ltd.', phone: null },
];

beforeAll(async () => {
  service = await startService();
  await service.startAt('2026-03-02T09:00:00+09:00');
  const departmentId = await service.departmentId('ROADS');
  for (const { reference, party, phone } of contracts)
    await service.register({
      reference,
      departmentId,
      title: '시험',
      signedOn: '2026-03-02',
      startsOn: '2026-03-16',
      counterparties: [aCounterparty({ name: party, contacts: [aContact({ phone })] })],
    });
  officer = await service.person('officer', departmentId);
});
afterAll(() => service.close());

const referencesOn = (text: string) =>
  [...text.matchAll(/class="reference">([^<]+)</g)].map(([, reference]) => reference).sort();
const found = async (query: string, by: PageClient = officer) =>
  referencesOn((await by.get(`/console/contracts?${query}`)).text);

describe('a search', () => {
  it.each([
    ['한빛', ['X-1', 'X-2']],
    ['㈜한빛건설', ['X-1']],
    ['빛조', ['X-2']],
    ['pine', ['X-3']],
    ['sons ltd', ['X-3']],
    ['4105', ['X-1']],
    ['010-0000-7777', ['X-2']],
    ['한빛토건', []],
    ['4106', []],
    ['105', []],
  ])('for %s finds %j', async (q, references) => {
    expect(await found(`q=${encodeURIComponent(q)}`)).toEqual(references);
  });

  it('finds nothing of another department', async () => {
    const elsewhere = await service.person('officer', await service.departmentId('PARKS'));
    expect(await found(`q=${encodeURIComponent('한빛')}`, elsewhere)).toEqual([]);
    expect(await found('q=4105', elsewhere)).toEqual([]);
  });

  it('finds a number no more once its contact is removed', async () => {
    await service.sql(`UPDATE contact SET removed_at = now() WHERE phone_index IS NOT NULL AND phone_ending = (
      SELECT phone_ending FROM contact t JOIN contract c ON c.id = t.contract_id WHERE c.reference = 'X-2')`);
    expect(await found('q=7777')).toEqual([]);
    await service.sql(`UPDATE contact SET removed_at = NULL`);
    expect(await found('q=7777')).toEqual(['X-2']);
  });

  it('finds what an earlier version has written, once its parts are made; a row that does not open is left', async () => {
    await service.sql(`UPDATE counterparty SET name_parts = NULL`);
    await service.sql(`UPDATE contact SET phone_ending = NULL`);
    const [spoilt] = await service.sql<{ id: string; name: Buffer }>(
      `SELECT p.id, p.name_sealed AS name FROM counterparty p JOIN contract c ON c.id = p.contract_id WHERE c.reference = 'X-3'`,
    );
    const seal = (name: Buffer | undefined) =>
      service.sql(`UPDATE counterparty SET name_sealed = $1 WHERE id = $2`, [name, spoilt?.id]);
    await seal(Buffer.from([0]));
    expect(await found(`q=${encodeURIComponent('빛건')}`)).toEqual([]);
    await service.app.get(PartyParts).makeMissing();
    expect(await found(`q=${encodeURIComponent('빛건')}`)).toEqual(['X-1']);
    expect(await found('q=7777')).toEqual(['X-2']);
    const left = await service.sql(`SELECT FROM counterparty WHERE name_parts IS NULL`);
    expect(left).toHaveLength(1);
    await seal(spoilt?.name);
  });
});

describe('the list', () => {
  it('shows company, officer, state and the next text, and how many there are', async () => {
    const { text } = await officer.get('/console/contracts?q=X-1');
    expect(text).toContain('(주)한빛건설');
    expect(text).toContain('모두 1건');
    expect(text).toMatch(/<td data-label="다음 알림"[^>]*>\s*[^<]+<br>\s*<span class="soft small">[^<]+/);
  });

  it('is of an officer’s own contracts first; a search is of all', async () => {
    const departmentId = await service.departmentId('ROADS');
    const own = await service.newcomer('officer', departmentId);
    const [account] = await service.sql<{ id: string }>(`SELECT id FROM account ORDER BY id DESC LIMIT 1`);
    const [row] = await service.sql<{ id: string }>(
      `UPDATE contract SET officer_id = (SELECT id FROM officer LIMIT 1) WHERE reference = 'X-1' RETURNING officer_id AS id`,
    );
    expect(row?.id).toBeTruthy();
    await service.sql(`UPDATE account SET officer_id = $1 WHERE id = $2`, [row?.id, account?.id]);
    expect(await found('', own)).toEqual(['X-1']);
    expect(await found('whose=all', own)).toEqual(['X-1', 'X-2', 'X-3']);
    expect(await found('q=X-2', own)).toEqual(['X-2']);
    expect(await found('q=X-2&whose=mine', own)).toEqual([]);
    // Whoever is no officer has none of their own, whatever they ask for.
    expect(await found('whose=mine')).toEqual(['X-1', 'X-2', 'X-3']);
  });

  it('is filtered by what contracts need', async () => {
    expect(await found('needs=no-number')).toEqual(['X-3']);
    expect(await found('needs=held')).toEqual(['X-3']);
    expect(await found('needs=overdue')).toEqual([]);
  });

  it('is come back to, from a contract, with its filters', async () => {
    const list = await officer.get('/console/contracts?q=X-1&sort=ends');
    const [cookie = ''] = /chorong-contracts=[^;]*/.exec(String(list.headers['set-cookie'])) ?? [];
    expect(String(list.headers['set-cookie'])).toMatch(/Path=\/console\/contracts; HttpOnly; SameSite=Lax/);
    const id = /href="\/console\/contracts\/([\w-]{36})" class="reference"/.exec(list.text)?.[1];
    const backFrom = async (kept: string) =>
      (
        await officer.get(`/console/contracts/${id}`, {
          cookie: `${cookieName}=${officer.token}; ${kept}`,
        })
      ).text;
    expect(await backFrom(cookie)).toContain('href="/console/contracts?q&#x3D;X-1&amp;sort&#x3D;ends"');
    for (const hostile of [
      'chorong-contracts=%2F%2Fevil.example',
      'chorong-contracts=%',
      'chorong-contracts="><b>',
    ])
      expect(await backFrom(hostile)).not.toMatch(/href="(https?:)?\/\/evil|<b>/);
  });
});

describe('a contract whose day has come', () => {
  it('asks whether it started, and whether it is complete, with the day filled in', async () => {
    const contract = await service.register({
      departmentId: await service.departmentId('ROADS'),
      reference: 'X-9',
      signedOn: '2026-02-02',
      startsOn: '2026-02-16',
      endsOn: '2026-02-27',
    });
    const shown = async () => (await officer.get(`/console/contracts/${contract.id}`)).text;
    expect(await shown()).toMatch(/착수일\(2026년 2월 16일[^<]*착수했습니까/);
    const form = await officer.get(`/console/contracts/${contract.id}/move/start?on=2026-02-16`);
    expect(form.text).toContain('value="2026-02-16"');
    await service.sql(`UPDATE contract SET state = 'underway' WHERE id = $1`, [contract.id]);
    expect(await shown()).toMatch(/완료일\(2026년 2월 27일[^<]*완료했습니까/);
    await service.sql(`UPDATE contract SET state = 'completed' WHERE id = $1`, [contract.id]);
    expect(await shown()).not.toMatch(/했습니까/);
  });
});
