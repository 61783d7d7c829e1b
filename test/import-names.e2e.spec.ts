import type { ContractView } from '../src/core/contracts/contract.view.js';
import type { ImportProblemView, ImportView, NameView } from '../src/office/imports/import.schema.js';
import { ImportJobs } from '../src/office/imports/jobs.js';
import { type ApiClient, ok, problem } from './support/api-client.js';
import { startService, type TestService } from './support/service.js';

const headings =
  '계약번호,구분,계약명,계약일,착공(착수)일,준공(완료)일,계약금액,담당부서,담당공무원,업체명,담당자,휴대전화';

interface Row {
  department?: string;
  officer?: string;
}

const row = (reference: string, { department = '도로관리과', officer = '' }: Row = {}) =>
  `${reference},공사,보도 정비,2026-03-03,2026.3.16.,2026-11-27,110000000,${department},${officer},(주)새솔건설,이가람,010-0000-1234`;
const sheet = (...rows: string[]) => [headings, ...rows].join('\n');

let service: TestService;
/** The departments: the city has two, and one of them has a section. */
let roads: string;
let section: string;
let parks: string;
let bridges: ApiClient;
let lee: string;

beforeEach(async () => {
  service = await startService();
  await service.startAt('2026-03-04T09:00:00+09:00');
  roads = await service.departmentId('ROADS');
  parks = await service.departmentId('PARKS');
  ok(await service.admin.patch(`/departments/${roads}`, { name: '도로관리과' }));
  section = await made('/departments', { code: 'BRIDGES', name: '교량팀', parentId: roads });
  lee = await made('/officers', { departmentId: roads, name: '이한울' });
  bridges = await service.as('officer', roads);
});
afterEach(() => service.close());

async function made(path: string, body: object): Promise<string> {
  return ok(await service.admin.post<{ id: string }>(path, body)).id;
}

const at = async (id: string) => ok(await service.admin.get<ImportView>(`/imports/${id}`));
const namesOf = async (id: string, client = bridges) =>
  ok(await client.get<{ names: NameView[] }>(`/imports/${id}/names`)).names;
const codesOf = async (id: string) =>
  ok(await service.admin.get<{ items: ImportProblemView[] }>(`/imports/${id}/errors`)).items.map(
    ({ code }) => code,
  );

async function previewed(content: string | Buffer, client = bridges, preview = true): Promise<string> {
  const boundary = 'the-boundary';
  const head = [
    `--${boundary}\r\ncontent-disposition: form-data; name="preview"\r\n\r\n${preview}`,
    `--${boundary}\r\ncontent-disposition: form-data; name="file"; filename="sheet"\r\n\r\n`,
  ].join('\r\n');
  const body = Buffer.concat([
    Buffer.from(head),
    Buffer.from(content),
    Buffer.from(`\r\n--${boundary}--\r\n`),
  ]);
  const headers = { 'content-type': `multipart/form-data; boundary=${boundary}` };
  const { id } = ok(await client.post<ImportView>('/imports', body, headers));
  return run(id);
}

async function run(id: string): Promise<string> {
  await service.app.get(ImportJobs).runImport(id);
  return id;
}

async function choose(id: string, chosenId: string | null, client = bridges): Promise<void> {
  const names = await namesOf(id, client);
  const choices = Object.fromEntries(names.map((name) => [name.id, chosenId]));
  ok(await client.post(`/imports/${id}/names`, { choices }));
  await run(id);
}

async function apply(id: string, client = bridges): Promise<string> {
  const { peopleTextedToday } = await at(id);
  ok(await client.post(`/imports/${id}/apply`, { confirmTexts: peopleTextedToday }));
  await run(id);
  expect((await at(id)).status).toBe('completed');
  return id;
}

async function contract(reference: string): Promise<ContractView> {
  const { items } = ok(
    await service.admin.get<{ items: ContractView[] }>(`/contracts?reference=${reference}`),
  );
  const [found] = items;
  if (!found) throw new Error(`there is no contract ${reference}`);
  return found;
}

/** A file that names the department by its old name, applied with the choice of `chosenId`. */
async function learned(reference: string, chosenId: string, client = bridges): Promise<string> {
  const id = await previewed(sheet(row(reference, { department: '도로과' })), client);
  await choose(id, chosenId, client);
  return apply(id, client);
}

describe('a department that the file names and nobody knows', () => {
  it('is chosen once, previewed again, and remembered for the next file once it is applied', async () => {
    const content = sheet(
      row('N-1', { department: '도로과' }),
      row('N-2', { department: '도로 과' }),
      row('N-3'),
    );
    const id = await previewed(content);
    expect(await at(id)).toMatchObject({ counts: { created: 1, refused: 2 } });
    expect(await namesOf(id)).toMatchObject([
      { of: 'department', name: '도로과', line: 2, contracts: 2, chosenId: null, by: null },
    ]);
    await choose(id, roads);
    expect(await at(id)).toMatchObject({ status: 'ready', counts: { created: 3, refused: 0 } });
    expect(await codesOf(id)).not.toContain('department-unknown');
    expect(await namesOf(id)).toMatchObject([{ chosenId: roads, by: 'chosen' }]);

    // What is only previewed is remembered for nobody.
    const early = await previewed(sheet(row('N-4', { department: '도로과' })));
    expect(await at(early)).toMatchObject({ counts: { created: 0, refused: 1 } });

    await apply(id);
    expect((await contract('N-1')).departmentId).toBe(roads);
    const next = await previewed(sheet(row('N-5', { department: '도로과' })));
    expect(await namesOf(next)).toMatchObject([{ chosenId: roads, by: 'remembered' }]);
    await apply(next);
    expect((await contract('N-5')).departmentId).toBe(roads);
    const direct = await previewed(sheet(row('N-6', { department: '도로과' })), bridges, false);
    expect(await at(direct)).toMatchObject({ status: 'completed', counts: { created: 1 } });

    const changes = await service.sql<{ subject_id: string; after: unknown }>(
      `SELECT * FROM change WHERE what = 'names-set'`,
    );
    expect(changes).toMatchObject([
      { subject_id: id, after: { names: [{ of: 'department', name: '도로과', chosenId: roads }] } },
    ]);
  });

  it('is not remembered for another department, nor for those above or below', async () => {
    await learned('S-1', roads);
    const others = [
      service.admin,
      await service.as('officer', section),
      await service.as('officer', parks),
      await service.as('manager', await service.departmentId('CITY')),
    ];
    for (const [n, client] of others.entries()) {
      const id = await previewed(sheet(row(`S-2-${n}`, { department: '도로과' })), client);
      expect([n, await namesOf(id, client)]).toMatchObject([n, [{ chosenId: null, by: null }]]);
      expect([n, await codesOf(id)]).toEqual([n, ['department-unknown']]);
    }
    // A manager of the same department goes by it.
    const manager = await service.as('manager', roads);
    const id = await previewed(sheet(row('S-3', { department: '도로과' })), manager);
    expect(await at(id)).toMatchObject({ counts: { created: 1 } });
  });

  it('is not meant by what was chosen once a department is called so itself', async () => {
    await learned('O-1', section);
    ok(await service.admin.patch(`/departments/${roads}`, { name: '도로과' }));
    const id = await previewed(sheet(row('O-2', { department: '도로과' })));
    expect(await namesOf(id)).toEqual([]);
    await apply(id);
    expect((await contract('O-2')).departmentId).toBe(roads);
    await previewed(sheet(row('O-3', { department: '도로과' })), bridges, false);
    expect((await contract('O-3')).departmentId).toBe(roads);
  });

  it('cannot be chosen out of reach, and a choice that went out of reach brings nothing in', async () => {
    const id = await previewed(sheet(row('R-1', { department: '도로과' })));
    const [name] = await namesOf(id);
    for (const chosen of [parks, await service.departmentId('CITY'), lee, crypto.randomUUID()]) {
      const refused = problem(
        await bridges.post(`/imports/${id}/names`, { choices: { [name?.id ?? '']: chosen } }),
      );
      expect(refused).toMatchObject({ status: 422, code: 'names-unsound' });
    }
    // Nor does an admin who decides choose more than who brought it in reaches.
    const byAdmin = { choices: { [name?.id ?? '']: parks } };
    expect((await service.admin.post(`/imports/${id}/names`, byAdmin)).status).toBe(422);
    const foreign = { choices: { [crypto.randomUUID()]: roads } };
    expect((await bridges.post(`/imports/${id}/names`, foreign)).status).toBe(422);
    expect(await at(id)).toMatchObject({ status: 'ready' });

    await choose(id, section);
    // The section goes to another department before it is applied.
    await service.sql(`UPDATE department SET parent_id = $1 WHERE id = $2`, [parks, section]);
    await apply(id);
    expect(await at(id)).toMatchObject({ counts: { created: 0, refused: 1 } });
    expect(await codesOf(id)).toEqual(['department-unknown']);
    const next = await previewed(sheet(row('R-2', { department: '도로과' })));
    expect(await at(next)).toMatchObject({ counts: { created: 0, refused: 1 } });
  });

  it('is chosen by who may decide about the import', async () => {
    const id = await previewed(sheet(row('D-1', { department: '도로과' })));
    const body = { choices: {} };
    const key = { name: 'a colleague', role: 'officer', departmentId: roads };
    const colleague = ok(await service.admin.post<{ key: string }>('/api-keys', key)).key;
    const callers: [who: string, ApiClient, read: number, chosen: number][] = [
      ['a colleague', service.client(colleague), 403, 403],
      ['an officer of another', await service.as('officer', parks), 404, 404],
      ['a manager of another', await service.as('manager', parks), 404, 404],
      ['an auditor', await service.as('auditor'), 403, 403],
      ['the manager', await service.as('manager', roads), 200, 202],
    ];
    for (const [who, client, read, chosen] of callers) {
      const answers = [
        (await client.get(`/imports/${id}/names`)).status,
        (await client.post(`/imports/${id}/names`, body)).status,
      ];
      expect([who, ...answers]).toEqual([who, read, chosen]);
    }
    await run(id);
    await apply(id);
    expect(problem(await bridges.post(`/imports/${id}/names`, body))).toMatchObject({
      status: 409,
      code: 'import-elsewhere',
    });
  });

  it('is forgotten with the import that is undone, and by another choice for a later file', async () => {
    const first = await learned('U-1', roads);
    ok(await bridges.post(`/imports/${first}/undo`, { reason: 'the wrong department' }));
    const again = await previewed(sheet(row('U-2', { department: '도로과' })));
    expect(await namesOf(again)).toMatchObject([{ chosenId: null }]);
    await choose(again, roads);
    await apply(again);

    const corrected = await previewed(sheet(row('U-3', { department: '도로과' })));
    await choose(corrected, section);
    await apply(corrected);
    const last = await previewed(sheet(row('U-4', { department: '도로과' })));
    expect(await namesOf(last)).toMatchObject([{ chosenId: section, by: 'remembered' }]);
    await choose(last, null);
    expect(await at(last)).toMatchObject({ counts: { refused: 1 } });
  });

  it('leaves its rows in the workbook of the refused ones, and only while it is unknown', async () => {
    const content = sheet(row('W-1', { department: '도로과' }), row('W-2', { department: '없는과' }));
    const id = await previewed(content);
    const names = await namesOf(id);
    const old = names.find(({ name }) => name === '도로과');
    ok(await bridges.post(`/imports/${id}/names`, { choices: { [old?.id ?? '']: roads } }));
    await run(id);
    expect((await namesOf(id)).map(({ name, chosenId }) => [name, chosenId])).toEqual([
      ['도로과', roads],
      ['없는과', null],
    ]);
    await apply(id);
    expect(await at(id)).toMatchObject({ counts: { created: 1, refused: 1 } });
    // Only what was decided is kept of the names.
    expect(await namesOf(id)).toMatchObject([{ name: '도로과' }]);

    const { statusCode, rawPayload } = await service.app.inject({
      url: `/api/v1/imports/${id}/refused.xlsx`,
      headers: { authorization: `Bearer ${bridges.key}` },
    });
    expect(statusCode).toBe(200);
    const again = await previewed(rawPayload);
    if ((await at(again)).status === 'columns') {
      ok(await bridges.post(`/imports/${again}/columns`, { mapping: {} }));
      await run(again);
    }
    expect(await namesOf(again)).toMatchObject([{ name: '없는과', contracts: 1 }]);
    await choose(again, roads);
    await apply(again);
    expect(await at(again)).toMatchObject({ counts: { contracts: 1, created: 1, refused: 0 } });
    expect((await contract('W-2')).departmentId).toBe(roads);
  });
});

describe('an officer whom the file names and nobody knows', () => {
  const content = sheet(
    row('P-1', { officer: '이한울 주무관' }),
    row('P-2', { officer: '이 한울 주무관' }),
    row('P-3', { officer: '이한울' }),
  );

  it('is chosen, and remembered for the department that the row names', async () => {
    const id = await previewed(content);
    expect(await codesOf(id)).toEqual(['officer-unknown', 'officer-unknown']);
    const names = await namesOf(id);
    expect(names).toMatchObject([{ of: 'officer', departmentId: roads, line: 2, contracts: 2, by: null }]);
    expect(names[0]?.name).toMatch(/^이\*울 /);
    await choose(id, lee);
    expect(await codesOf(id)).toEqual([]);
    await apply(id);
    for (const reference of ['P-1', 'P-2', 'P-3']) expect((await contract(reference)).officerId).toBe(lee);
    const next = await previewed(
      sheet(
        row('P-4', { officer: '이한울 주무관' }),
        row('P-5', { officer: '이한울 주무관', department: '교량팀' }),
      ),
    );
    expect(await namesOf(next)).toMatchObject([
      { departmentId: roads, chosenId: lee, by: 'remembered' },
      { departmentId: section, chosenId: null, by: null },
    ]);
    await apply(next);
    expect((await contract('P-4')).officerId).toBe(lee);
    expect((await contract('P-5')).officerId).toBeNull();
    expect(await codesOf(next)).toEqual(['officer-unknown']);
    const rows = Object.values(await service.contents()).flat();
    expect(rows.filter((one) => one.includes('이한울'))).toEqual([]);
  });

  it('is nobody of another department, nor one who has left', async () => {
    const id = await previewed(content);
    const [name] = await namesOf(id);
    const gone = await made('/officers', { departmentId: roads, name: '박노을' });
    ok(await service.admin.patch(`/officers/${gone}`, { active: false, reason: 'retired' }));
    const foreign = await made('/officers', { departmentId: parks, name: '최다온' });
    for (const chosen of [gone, foreign, roads]) {
      const refused = await bridges.post(`/imports/${id}/names`, { choices: { [name?.id ?? '']: chosen } });
      expect(problem(refused)).toMatchObject({ status: 422, code: 'names-unsound' });
    }
    // Who leaves after it was chosen is given no further contract.
    await choose(id, lee);
    ok(await service.admin.patch(`/officers/${lee}`, { active: false, reason: 'moved on' }));
    await apply(id);
    expect((await contract('P-1')).officerId).toBeNull();
    const next = await previewed(sheet(row('P-9', { officer: '이한울 주무관' })));
    expect(await namesOf(next)).toMatchObject([{ chosenId: null }]);
  });

  it('is whoever goes by that name, whatever was chosen before', async () => {
    const kim = await made('/officers', { departmentId: roads, name: '김다솜' });
    const first = await previewed(sheet(row('Q-1', { officer: '한울' })));
    await choose(first, kim);
    await apply(first);
    const han = await made('/officers', { departmentId: roads, name: '한울' });
    const next = await previewed(sheet(row('Q-2', { officer: '한울' })));
    expect(await namesOf(next)).toEqual([]);
    await apply(next);
    expect((await contract('Q-2')).officerId).toBe(han);
    await previewed(sheet(row('Q-3', { officer: '한울' })), bridges, false);
    expect((await contract('Q-3')).officerId).toBe(han);
  });
});

describe('the page of an import', () => {
  it('asks for names that are not known, once, and does not for others', async () => {
    const person = await service.person('officer', roads);
    const { bring } = await import('./support/brought-sheets.js');
    const known = await bring(service, person, { name: 'known.csv', content: sheet(row('G-1')) });
    expect((await person.get(`/console/imports/${known}`)).text).not.toContain('/names"');

    const content = sheet(row('G-2', { department: '도로과' }), row('G-3', { officer: '이한울 주무관' }));
    const id = await bring(service, person, { name: 'names.csv', content });
    const shown = (await person.get(`/console/imports/${id}`)).text;
    expect(shown).toContain(`action="/console/imports/${id}/names"`);
    expect(shown).toContain('이한울 주무관');
    const fields = [...shown.matchAll(/<select id="field-[^"]*" name="(choices\.[^"]+)"/g)].map(
      ([, field]) => field ?? '',
    );
    expect(fields).toHaveLength(2);
    const [department = '', officer = ''] = fields;
    const wrong = await person.post(`/console/imports/${id}/names`, { [department]: parks });
    expect(wrong.status).toBe(422);
    expect(wrong.text).toContain('고를 수 없는 부서');
    const sent = await person.post(`/console/imports/${id}/names`, { [department]: roads, [officer]: lee });
    expect(sent.status).toBe(303);
    await run(id);
    expect(await at(id)).toMatchObject({ status: 'ready', counts: { created: 2, refused: 0 } });
    const settled = (await person.get(`/console/imports/${id}`)).text;
    expect(settled).toContain(`<option value="${lee}" selected>`);
    expect(settled).toContain('<details class="panel" id="names">');
    const auditor = await service.person('auditor');
    expect((await auditor.get(`/console/imports/${id}`)).text).not.toContain('/names"');
  });
});
