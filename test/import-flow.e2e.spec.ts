import { addDays } from '../src/core/calendar/local-date.js';
import type { ContractView } from '../src/core/contracts/contract.view.js';
import { ImportRetention } from '../src/office/imports/retention.js';
import { ImportIntake } from '../src/office/imports/uploads.js';
import type {
  ColumnsView,
  EffectView,
  ImportProblemView,
  ImportView,
} from '../src/office/imports/import.schema.js';
import { ImportJobs } from '../src/office/imports/jobs.js';
import { type ApiClient, ok, problem } from './support/api-client.js';
import { aContact, aCounterparty } from './support/builders.js';
import { startService, type TestService } from './support/service.js';
import { until } from './support/until.js';

const headings =
  '계약번호,차수,구분,계약명,계약일,착공(착수)일,준공(완료)일,계약금액,담당부서,업체명,사업자번호,담당자,휴대전화,언어';

interface Row {
  revision?: number;
  ends?: string;
  phone?: string;
  name?: string;
  department?: string;
  signed?: string;
}

const row = (reference: string, rest: Row = {}) =>
  `${reference},${rest.revision ?? 0},공사,보도 정비,${rest.signed ?? '2026-03-03'},2026.3.16.,${rest.ends ?? '2026-11-27'},` +
  `"110,000,000원",${rest.department ?? '도로과'},(주)새솔건설,000-00-00000,${rest.name ?? '이가람'},${rest.phone ?? '010-0000-1234'},한국어`;
const sheet = (...rows: string[]) => [headings, ...rows].join('\n');

let service: TestService;
let roads: string;

beforeEach(async () => {
  service = await startService();
  roads = await service.departmentId('ROADS');
  // A Wednesday; contracts signed the day before are told at ten.
  await service.startAt('2026-03-04T09:00:00+09:00');
});
afterEach(() => service.close());

function uploadOf(content: string | Buffer, departmentId?: string) {
  const boundary = 'the-boundary';
  const head = [
    ...(departmentId
      ? [`--${boundary}\r\ncontent-disposition: form-data; name="departmentId"\r\n\r\n${departmentId}`]
      : []),
    `--${boundary}\r\ncontent-disposition: form-data; name="preview"\r\n\r\ntrue`,
    `--${boundary}\r\ncontent-disposition: form-data; name="file"; filename="sheet"\r\n\r\n`,
  ].join('\r\n');
  const body = Buffer.concat([
    Buffer.from(head),
    Buffer.from(content),
    Buffer.from(`\r\n--${boundary}--\r\n`),
  ]);
  return { body, headers: { 'content-type': `multipart/form-data; boundary=${boundary}` } };
}

async function upload(
  content: string | Buffer,
  client: ApiClient = service.admin,
  departmentId?: string,
): Promise<ImportView> {
  const { body, headers } = uploadOf(content, departmentId);
  return ok(await client.post<ImportView>('/imports', body, headers));
}

const imports = () => service.app.get(ImportJobs);
const at = async (id: string) => ok(await service.admin.get<ImportView>(`/imports/${id}`));

async function previewed(content: string, client?: ApiClient, departmentId?: string): Promise<ImportView> {
  const { id } = await upload(content, client, departmentId);
  await imports().runImport(id);
  const view = await at(id);
  expect(view).toMatchObject({ status: 'ready', failure: null });
  return view;
}

async function applied(content: string, client: ApiClient = service.admin): Promise<ImportView> {
  const { id, peopleTextedToday } = await previewed(content, client);
  ok(await client.post(`/imports/${id}/apply`, { confirmTexts: peopleTextedToday }));
  await imports().runImport(id);
  const view = await at(id);
  expect(view.status).toBe('completed');
  return view;
}

const effectsOf = async (id: string, query = '?limit=1000') =>
  ok(
    await service.admin.get<{ items: EffectView[]; nextCursor: string | null }>(
      `/imports/${id}/effects${query}`,
    ),
  ).items;
const problemsOf = async (id: string) =>
  ok(await service.admin.get<{ items: ImportProblemView[] }>(`/imports/${id}/errors`)).items;

async function contract(reference: string): Promise<ContractView> {
  const { items } = ok(
    await service.admin.get<{ items: ContractView[] }>(
      `/contracts?reference=${encodeURIComponent(reference)}`,
    ),
  );
  const [found] = items;
  if (!found) throw new Error(`there is no contract ${reference}`);
  return found;
}

const alertsOf = ({ milestones }: ContractView) => milestones.flatMap((milestone) => milestone.alerts);
const contactsOf = ({ counterparties }: ContractView) => counterparties.flatMap((party) => party.contacts);

/** Everything but what an import keeps of itself. */
async function withoutImports() {
  const contents = await service.contents();
  return Object.fromEntries(
    Object.entries(contents).filter(([table]) => !/^bullmq|\.import(_effect|_name|_problem)?$/.test(table)),
  );
}

/** Of an effect, what says the same before and after it is applied. */
const comparable = ({ line, reference, result, changes, alerts, textedToday }: EffectView) => ({
  line,
  reference,
  result,
  changes,
  alerts,
  textedToday,
});

describe('a preview', () => {
  it('writes nothing but what it would do', async () => {
    await applied(sheet(row('P-1'), row('P-2')));
    const { id } = await upload(
      sheet(
        row('P-1', { revision: 1, ends: '2026-12-18' }),
        row('P-3'),
        row('P-4', { department: '없는과' }),
      ),
    );
    const before = await withoutImports();
    await imports().runImport(id);
    expect(await withoutImports()).toEqual(before);
    expect(await at(id)).toMatchObject({
      status: 'ready',
      counts: { created: 1, updated: 1, refused: 1 },
      progress: { units: 3, totalUnits: 3 },
    });
    const effects = await effectsOf(id);
    expect(effects.map((effect) => [effect.reference, effect.result])).toEqual([
      ['P-1', 'updated'],
      ['P-3', 'created'],
      ['P-4', 'refused'],
    ]);
    expect(effects[0]?.changes).toEqual([
      { field: 'revision', from: 0, to: 1 },
      { field: 'endsOn', from: '2026-11-27', to: '2026-12-18' },
      { field: 'occurrence.variation', from: null, to: '2026-03-04' },
    ]);
    expect(JSON.stringify(effects)).toContain('010-****-1234');
    expect((await effectsOf(id, '?result=created')).map((effect) => effect.reference)).toEqual(['P-3']);
  });

  it('says what applying then does, also of a contract that stands in two batches', async () => {
    const many = Array.from({ length: 420 }, (_, i) => row(`T-${String(i).padStart(4, '0')}`));
    const twin = { revision: 1, ends: '2026-12-18', name: '박보미', phone: '010-0000-4321' };
    const view = await previewed(sheet(row('TWIN'), ...many, row('TWIN', twin)));
    const said = (await effectsOf(view.id)).map(comparable);
    expect(said.filter((effect) => effect.reference === 'TWIN').map((effect) => effect.result)).toEqual([
      'created',
      'updated',
    ]);
    ok(
      await service.admin.post(`/imports/${view.id}/apply`, {
        confirmTexts: view.peopleTextedToday ?? 0,
      }),
    );
    await imports().runImport(view.id);
    const done = await at(view.id);
    expect(done).toMatchObject({ status: 'completed', previewCounts: view.counts });
    expect(done.counts).toEqual(view.counts);
    // Whom the twin texts today is said of what stands before the file, not before the twin.
    const apart = ({ textedToday: _textedToday, ...rest }: ReturnType<typeof comparable>) => rest;
    expect((await effectsOf(view.id)).map(comparable).map(apart)).toEqual(said.map(apart));
    // The twin names one person more, who is told as well.
    expect(view.peopleTextedToday).toBe(2);
    await service.advanceTo('2026-03-04T12:00:00+09:00');
    const numbers = new Set((await service.texts()).map((text) => text.to));
    expect(numbers.size).toBe(2);
  });

  it('goes on where it was interrupted, and is not made by two at once', async () => {
    const rows = Array.from({ length: 450 }, (_, i) => row(`K-${String(i).padStart(4, '0')}`));
    const { id } = await upload(sheet(row('K-TWIN'), ...rows, row('K-TWIN', { revision: 1 })));
    const goneOn = await imports().runImport(id, async () => {
      // As another process finds it whose clock says that this one is dead.
      await service.sql(
        `UPDATE import SET claimed_by = gen_random_uuid(), lease_until = clock_timestamp() - interval '1 s' WHERE id = $1`,
        [id],
      );
    });
    expect(goneOn).toBe(false);
    expect(await at(id)).toMatchObject({ status: 'previewing', progress: { units: 200, totalUnits: 452 } });
    await imports().runImport(id);
    expect(await at(id)).toMatchObject({ status: 'ready', counts: { contracts: 452, created: 451 } });
    const effects = await effectsOf(id);
    expect(effects).toHaveLength(452);
    expect(effects.at(-1)).toMatchObject({ reference: 'K-TWIN', result: 'updated' });
  });

  it('can be discarded while it is being made', async () => {
    const rows = Array.from({ length: 450 }, (_, i) => row(`D-${String(i).padStart(4, '0')}`));
    const { id } = await upload(sheet(...rows));
    await imports().runImport(id, async () => void ok(await service.admin.post(`/imports/${id}/discard`)));
    expect(await at(id)).toMatchObject({ status: 'discarded' });
    expect(await effectsOf(id)).toEqual([]);
    expect(await service.sql(`SELECT id FROM import_chunk`)).toEqual([]);
    expect((await service.admin.post(`/imports/${id}/apply`, {})).status).toBe(409);
  });
});

describe('what is kept of an import', () => {
  it('holds no name and no number in plain', async () => {
    await applied(sheet(row('E-1')));
    const done = await applied(sheet(row('E-1', { revision: 1, name: '최다온', phone: '010-0000-4321' })));
    await previewed(sheet(row('E-1', { revision: 2, name: '박보미', phone: '010-0000-5678' })));
    ok(await service.admin.post(`/imports/${done.id}/undo`, { reason: 'the wrong file' }));
    const rows = Object.values(await service.contents()).flat();
    const plain = /이가람|박보미|최다온|새솔건설|0000-?(1234|4321|5678)|\+8210/;
    expect(rows.filter((one) => plain.test(one))).toEqual([]);
    expect(service.heard.answers.filter((one) => /이가람|박보미|0000-?(1234|4321|5678)/.test(one))).toEqual(
      [],
    );
  });
});

describe('applying', () => {
  async function askAbove(importAskAbove: number): Promise<void> {
    const agency = { name: { ko: '한빛시', en: 'Hanbit City' }, locale: 'ko', currency: 'KRW' };
    ok(await service.admin.post('/agency', { ...agency, importAskAbove }));
  }

  it('asks for the number of people who would be texted today, above a number that the agency sets', async () => {
    await askAbove(1);
    const view = await previewed(
      sheet(
        row('A-1'),
        row('A-2'),
        row('A-3', { phone: '010-0000-2222' }),
        // Told next week.
        row('A-4', { phone: '010-0000-3333', signed: '2026-03-10' }),
        row('A-5', { phone: '02-123-4567' }),
      ),
    );
    expect(view.peopleTextedToday).toBe(2);
    expect(view.peopleTextedTodayText?.ko).toContain('2명');
    const refused = problem(await service.admin.post(`/imports/${view.id}/apply`, {}));
    expect(refused).toMatchObject({ status: 409, code: 'texts-to-confirm' });
    expect(refused.detail).toContain('2 people');
    expect((await service.admin.post(`/imports/${view.id}/apply`, { confirmTexts: 3 })).status).toBe(409);
    ok(await service.admin.post(`/imports/${view.id}/apply`, { confirmTexts: 2 }));
    await imports().runImport(view.id);
    await service.advanceTo('2026-03-04T23:00:00+09:00');
    expect(new Set((await service.texts()).map((text) => text.to)).size).toBe(2);
    await askAbove(100);
    const few = await previewed(sheet(row('A-6', { phone: '010-0000-5555', signed: '2026-03-10' })));
    ok(await service.admin.post(`/imports/${few.id}/apply`, {}));
  });

  it('of a preview of another day waits until it is made afresh', async () => {
    const view = await previewed(sheet(row('O-1', { signed: '2026-03-05' })));
    expect(view.peopleTextedToday).toBe(0);
    await service.advanceTo('2026-03-06T08:00:00+09:00');
    const answer = problem(await service.admin.post(`/imports/${view.id}/apply`, {}));
    expect(answer).toMatchObject({ status: 409, code: 'preview-out-of-date' });
    ok(await service.admin.post(`/imports/${view.id}/preview`));
    await imports().runImport(view.id);
    expect(await at(view.id)).toMatchObject({
      status: 'ready',
      peopleTextedToday: 1,
      counts: { created: 1 },
    });
  });

  it('takes what has changed since the preview as it is now, and shows the difference', async () => {
    const view = await previewed(sheet(row('W-1'), row('W-2')));
    const party = aCounterparty({ contacts: [aContact({ name: '이가람', phone: '010-0000-1234' })] });
    await service.register({ reference: 'W-1', revision: 0, departmentId: roads, counterparties: [party] });
    ok(await service.admin.post(`/imports/${view.id}/apply`, { confirmTexts: view.peopleTextedToday }));
    await imports().runImport(view.id);
    expect(await at(view.id)).toMatchObject({
      status: 'completed',
      counts: { created: 1, corrected: 1 },
      previewCounts: { created: 2, corrected: 0 },
    });
    expect((await effectsOf(view.id))[0]).toMatchObject({
      reference: 'W-1',
      result: 'corrected',
      previewed: 'created',
    });
  });

  it('goes on where it was interrupted, and brings nothing in twice', async () => {
    const rows = Array.from({ length: 450 }, (_, i) => row(`I-${String(i).padStart(4, '0')}`));
    const view = await previewed(sheet(...rows));
    ok(await service.admin.post(`/imports/${view.id}/apply`, { confirmTexts: view.peopleTextedToday }));
    const goneOn = await imports().runImport(view.id, async () => {
      await service.sql(
        `UPDATE import SET claimed_by = gen_random_uuid(), lease_until = clock_timestamp() - interval '1 s' WHERE id = $1`,
        [view.id],
      );
    });
    expect(goneOn).toBe(false);
    const half = await service.sql(`SELECT id FROM contract WHERE reference LIKE 'I-%'`);
    expect(half).toHaveLength(200);
    // It cannot be discarded any more: part of it went in.
    expect((await service.admin.post(`/imports/${view.id}/discard`)).status).toBe(409);
    await imports().runImport(view.id);
    expect(await at(view.id)).toMatchObject({ status: 'completed', counts: { ...view.counts } });
    expect(new Set((await effectsOf(view.id)).map((effect) => effect.previewed))).toEqual(
      new Set(['created']),
    );
  });

  it('counts contacts without a number only of what went in, and tells problems by line', async () => {
    const done = await applied(
      sheet(
        row('C-1', { phone: '02-123-4567' }),
        row('C-2', { phone: '02-123-4567', department: '없는과' }),
        row('C-3'),
      ),
    );
    expect(done.counts).toMatchObject({ created: 2, refused: 1, contactsWithoutNumber: 1 });
    const problems = await problemsOf(done.id);
    expect(problems.map((one) => one.line)).toEqual(problems.map((one) => one.line).sort((a, b) => a - b));
    expect(problems.find((one) => one.fatal)?.text.message.ko).toMatch(/[가-힣]/);
  });

  it('keeps the refused rows as a sheet to mend and bring back', async () => {
    const done = await applied(sheet(row('R-1'), row('R-2', { department: '없는과' })));
    expect(await service.sql(`SELECT id FROM import_chunk`)).toEqual([]);
    const answer = await service.app.inject({
      method: 'GET',
      url: `/api/v1/imports/${done.id}/refused.xlsx`,
      headers: { authorization: `Bearer ${service.admin.key}` },
    });
    expect(answer.statusCode).toBe(200);
    ok(await service.admin.post('/departments', { code: 'NEW', name: '없는과' }));
    const again = await upload(answer.rawPayload);
    await imports().runImport(again.id);
    const { status } = await at(again.id);
    // The column that says what is wrong is one that nobody knows.
    if (status === 'columns') {
      ok(await service.admin.post(`/imports/${again.id}/columns`, { mapping: {} }));
      await imports().runImport(again.id);
    }
    expect((await effectsOf(again.id)).map((effect) => [effect.reference, effect.result])).toEqual([
      ['R-2', 'created'],
    ]);
  });

  it('links the officer whom the sheet names, when there is one such in the department', async () => {
    for (const name of ['한여울', '나루', '나루'])
      ok(await service.admin.post('/officers', { departmentId: roads, name }));
    const named = (reference: string, officer: string) => `${row(reference)},${officer}`;
    const content = [
      `${headings},담당공무원`,
      named('N-1', '한여울'),
      named('N-2', '나루'),
      named('N-3', '없음'),
    ];
    const done = await applied(content.join('\n'));
    expect((await contract('N-1')).officerId).not.toBeNull();
    expect((await contract('N-2')).officerId).toBeNull();
    const notes = (await problemsOf(done.id)).filter((one) => one.code === 'officer-unknown');
    expect(notes.map((one) => one.line)).toEqual([3, 4]);
  });
});

describe('a contract of another department', () => {
  it('is neither changed nor shown by a file that names its number', async () => {
    const parks = await service.departmentId('PARKS');
    const made = await service.register({ reference: 'F-1', departmentId: parks, title: '비공개 공사' });
    const theirs = await service.contract(made.id);
    const officer = await service.as('officer', roads);
    const done = await applied(sheet(row('F-1', { revision: 5 }), row('F-2')), officer);
    expect(done.counts).toMatchObject({ created: 1, updated: 0, refused: 1 });
    const effects = await effectsOf(done.id);
    expect(effects.map((effect) => [effect.reference, effect.result])).toEqual([
      ['F-1', 'refused'],
      ['F-2', 'created'],
    ]);
    expect(JSON.stringify(effects)).not.toContain('비공개');
    expect((await problemsOf(done.id)).find((one) => one.fatal)).toMatchObject({ code: 'reference-taken' });
    expect(await service.contract(theirs.id)).toEqual(theirs);
  });
});

describe('a worker', () => {
  it('takes each step by itself', async () => {
    await service.close();
    service = await startService({ role: 'all' });
    // Ahead of whenever this runs, so that nobody is texted, and no further than a signing may lie.
    const signed = addDays(new Date().toISOString().slice(0, 10), 50);
    const { id } = await upload(
      sheet(row('B-1', { signed, ends: '2032-01-30' }).replace('2026.3.16.', '2031-04-01')),
    );
    await until('it is ready', async () => (await at(id)).status === 'ready');
    ok(await service.admin.post(`/imports/${id}/apply`, {}));
    await until('it is applied', async () => (await at(id)).status === 'completed');
    expect((await contract('B-1')).state).toBe('signed');
  });
});

describe('the columns of a sheet', () => {
  const odd = (reference: string) =>
    sheet(row(reference)).replace('휴대전화', '현장 연락번호 칸').replace('담당부서', '어느 과');

  it('that nobody knows wait for a person, and are remembered for the department once the file is applied', async () => {
    const officer = await service.as('officer', roads);
    const { id } = await upload(odd('M-1'), officer);
    await imports().runImport(id);
    expect((await at(id)).status).toBe('columns');
    const { columns } = ok(await officer.get<ColumnsView>(`/imports/${id}/columns`));
    const phone = columns.find((column) => column.heading === '현장 연락번호 칸');
    const department = columns.find((column) => column.heading === '어느 과');
    expect(phone?.samples.join()).not.toContain('0000-1234');
    const wrong = { mapping: { [phone?.key ?? '']: null } };
    expect(problem(await officer.post(`/imports/${id}/columns`, wrong))).toMatchObject({
      status: 422,
      code: 'columns-unsound',
    });
    const mapping = { [phone?.key ?? '']: 'phone', [department?.key ?? '']: 'department' };
    ok(await officer.post(`/imports/${id}/columns`, { mapping }));
    await imports().runImport(id);
    expect(await at(id)).toMatchObject({ status: 'ready', counts: { created: 1 } });

    const stateFor = async (client: ApiClient, reference: string) => {
      const next = await upload(odd(reference), client);
      await imports().runImport(next.id);
      const { status } = await at(next.id);
      const found = ok(await client.get<ColumnsView>(`/imports/${next.id}/columns`)).columns;
      return [status, found.find((column) => column.key === phone?.key)?.by];
    };
    expect(await stateFor(officer, 'M-2')).not.toContain('remembered');
    ok(await officer.post(`/imports/${id}/apply`, {}));
    await imports().runImport(id);
    expect(await stateFor(officer, 'M-2')).toEqual(['ready', 'remembered']);
    expect(
      await stateFor(await service.as('officer', await service.departmentId('PARKS')), 'M-2'),
    ).not.toContain('remembered');
    const [change] = await service.sql(`SELECT * FROM change WHERE what = 'columns-set'`);
    expect(change).toMatchObject({ subject_id: id });
  });

  it('that are known go before what is remembered of others', async () => {
    const { id } = await upload(odd('M-5'));
    await imports().runImport(id);
    const { columns } = ok(await service.admin.get<ColumnsView>(`/imports/${id}/columns`));
    const key = (heading: string) => columns.find((column) => column.heading === heading)?.key ?? '';
    const mapping = { [key('현장 연락번호 칸')]: 'phone', [key('어느 과')]: 'department' };
    ok(await service.admin.post(`/imports/${id}/columns`, { mapping }));
    await imports().runImport(id);
    ok(await service.admin.post(`/imports/${id}/apply`, {}));
    await imports().runImport(id);

    const both = [`${headings},현장 연락번호 칸`, `${row('M-6')},없음`].join('\n');
    const next = await upload(both);
    await imports().runImport(next.id);
    expect((await at(next.id)).status).toBe('columns');
    ok(await service.admin.post(`/imports/${next.id}/columns`, { mapping: {} }));
    await imports().runImport(next.id);
    expect((await at(next.id)).counts).toMatchObject({ created: 1, contactsWithoutNumber: 0 });
  });

  it('are not forgotten for everybody by one who leaves a known one out', async () => {
    const { id } = await upload(`${odd('M-3')}\n`);
    await imports().runImport(id);
    const { columns } = ok(await service.admin.get<ColumnsView>(`/imports/${id}/columns`));
    const key = (heading: string) => columns.find((column) => column.heading === heading)?.key ?? '';
    const mapping = {
      [key('담당자')]: null,
      [key('현장 연락번호 칸')]: 'phone',
      [key('어느 과')]: 'department',
    };
    ok(await service.admin.post(`/imports/${id}/columns`, { mapping }));
    await imports().runImport(id);
    ok(await service.admin.post(`/imports/${id}/apply`, {}));
    await imports().runImport(id);
    const next = await previewed(odd('M-4'));
    const again = ok(await service.admin.get<ColumnsView>(`/imports/${next.id}/columns`)).columns;
    expect(again.find((column) => column.heading === '담당자')).toMatchObject({
      field: 'contact',
      by: 'known',
    });
  });
});

describe('undoing', () => {
  const undo = (id: string, client: ApiClient = service.admin) =>
    client.post<ImportView>(`/imports/${id}/undo`, { reason: 'the wrong file' });

  /** Imports that were undone, and how many contracts are drafts since. */
  async function undoneImports(client: ApiClient = service.admin) {
    const { items } = ok(await client.get<{ items: ImportView[] }>('/imports?status=undone'));
    const drafts = ok(await service.admin.get<{ items: ContractView[] }>('/contracts?state=draft')).items;
    return items.map(({ id, undone }) => ({ id, reason: undone?.reason, stillDraft: drafts.length }));
  }

  it('makes drafts of what was created, and the same file brings them back', async () => {
    const content = sheet(row('U-1'), row('U-2', { phone: '010-0000-2222' }));
    const done = await applied(content);
    const before = await contract('U-1');
    const undone = ok(await undo(done.id));
    expect(undone).toMatchObject({ status: 'undone', undone: { counts: { toDraft: 2, restored: 0 } } });
    const draft = await contract('U-1');
    expect(draft.state).toBe('draft');
    expect(alertsOf(draft).filter((alert) => alert.status === 'planned')).toEqual([]);
    const changes = ok(
      await service.admin.get<{ items: { what: string; reason: string }[] }>(
        `/contracts/${draft.id}/changes`,
      ),
    ).items;
    expect(changes.filter((change) => change.what === 'import undone')).toMatchObject([
      { reason: 'the wrong file' },
    ]);
    const leaves = await service.sql(`SELECT 1 FROM leaf WHERE body ->> 'what' = 'import-undone'`);
    expect(leaves).toHaveLength(3);
    const [listed] = await undoneImports();
    expect(listed).toMatchObject({ id: done.id, reason: 'the wrong file', stillDraft: 2 });

    await applied(content);
    const after = await contract('U-1');
    expect(after).toMatchObject({ id: before.id, state: 'signed' });
    expect(alertsOf(after)).toEqual(alertsOf(before));
    expect((await undoneImports(await service.as('manager', roads))).length).toBe(0);
    expect((await undoneImports())[0]?.stillDraft).toBe(0);
  });

  it('puts back what was changed, and the same file changes it again', async () => {
    await applied(sheet(row('V-1')));
    const before = await contract('V-1');
    const content = sheet(
      row('V-1', { revision: 1, ends: '2026-12-18' }),
      row('V-1', { revision: 1, ends: '2026-12-18', name: '박보미', phone: '010-0000-3333' }),
    );
    const done = await applied(content);
    const changed = await contract('V-1');
    expect(changed).toMatchObject({ revision: 1, endsOn: '2026-12-18' });
    expect(ok(await undo(done.id)).undone?.counts).toMatchObject({ toDraft: 0, restored: 1 });
    const restored = await contract('V-1');
    expect(restored).toMatchObject({ revision: 0, endsOn: '2026-11-27', state: 'signed' });
    expect(contactsOf(restored).map((one) => [one.phone, one.removedAt !== null])).toEqual([
      ['010-****-1234', false],
      ['010-****-3333', true],
    ]);
    const ofPlan = ({ milestones, ...view }: ContractView) => ({
      ...view,
      milestones: milestones.filter(({ code }) => code !== 'number-changed'),
    });
    const standing = (view: ContractView) =>
      alertsOf(ofPlan(view))
        .filter((alert) => alert.status === 'planned')
        .map((alert) => [alert.contactId, alert.dueAt, alert.status]);
    expect(standing(restored)).toEqual(standing(before));
    // The number that the file brought was about to be told, and is told that it is not.
    const former = restored.milestones.filter(({ code }) => code === 'number-changed');
    const statuses = former.flatMap(({ alerts }) => alerts.map(({ status }) => status));
    expect(statuses).toEqual(['planned']);

    const again = await applied(content);
    expect(again.counts).toMatchObject({ updated: 1 });
    const anew = await contract('V-1');
    expect(anew).toMatchObject({ revision: 1, endsOn: '2026-12-18' });
    expect(
      contactsOf(anew)
        .filter((one) => one.removedAt === null)
        .map((one) => one.phone),
    ).toEqual(['010-****-1234', '010-****-3333']);
  });

  it('takes a correction of the same revision back, and knows it again as one', async () => {
    await applied(sheet(row('X-1', { revision: 1 })));
    const content = sheet(row('X-1', { revision: 1, ends: '2026-12-18' }));
    const done = await applied(content);
    expect(done.counts).toMatchObject({ corrected: 1 });
    ok(await undo(done.id));
    expect((await applied(sheet(row('X-1', { revision: 1 })))).counts).toMatchObject({ unchanged: 1 });
    expect((await applied(content)).counts).toMatchObject({ corrected: 1 });
  });

  it('takes back what a published file said to have happened, and takes it again', async () => {
    const releaseOf = (milestones: object[]) => ({
      ocid: 'ocds-xxxxxx-9',
      id: `r-${milestones.length}`,
      date: `2026-03-0${1 + milestones.length}T09:30:00Z`,
      tag: ['contract'],
      language: 'en',
      buyer: { id: 'XX-1', name: 'Brookmere Council' },
      parties: [
        { id: 'XX-2', name: 'Fernhill Paving Ltd', roles: ['supplier'], contactPoint: { name: 'Desk' } },
      ],
      tender: { id: 't', mainProcurementCategory: 'works' },
      awards: [{ id: 'a', status: 'active', suppliers: [{ id: 'XX-2', name: 'Fernhill Paving Ltd' }] }],
      contracts: [
        {
          id: 'BM-9',
          awardID: 'a',
          title: 'Kerbs',
          status: 'active',
          dateSigned: '2026-02-02T00:00:00Z',
          period: { startDate: '2026-02-10T00:00:00Z', endDate: '2026-11-30T00:00:00Z' },
          implementation: { milestones },
        },
      ],
    });
    const file = (milestones: object[]) => JSON.stringify({ releases: [releaseOf(milestones)] });
    const met = [
      { id: 'm1', title: 'Advance payment', status: 'met', dateMet: '2026-02-20T00:00:00Z' },
      { id: 'm2', title: 'Progress inspection', status: 'met', dateMet: '2026-02-27T00:00:00Z' },
    ];
    await applied(file([]));
    const recorded = async () =>
      (await contract('BM-9')).milestones.filter((milestone) => milestone.occurredOn !== null).length;
    expect(await recorded()).toBe(0);
    const done = await applied(file(met));
    const count = await recorded();
    expect(count).toBeGreaterThan(0);
    ok(await undo(done.id));
    expect(await recorded()).toBe(0);
    await applied(file(met));
    expect(await recorded()).toBe(count);
  });

  it('is refused as a whole once somebody was texted because of it', async () => {
    await applied(sheet(row('S-0', { phone: '010-0000-7777', signed: '2026-03-05' })));
    const done = await applied(sheet(row('S-1'), row('S-2', { signed: '2026-03-10' })));
    await service.advanceTo('2026-03-04T12:00:00+09:00');
    expect((await service.texts()).length).toBe(1);
    const refused = problem(await undo(done.id));
    expect(refused).toMatchObject({ status: 409, code: 'import-not-undoable' });
    expect(refused.fields).toMatchObject([{ path: 'S-1', code: 'already-sent' }]);
    expect((await contract('S-2')).state).toBe('signed');
    expect((await at(done.id)).status).toBe('completed');
  });

  it('is refused when an alert that it added was sent, and not for one that it left as it was', async () => {
    await applied(sheet(row('Y-1')));
    const added = await applied(sheet(row('Y-1', { revision: 1, name: '박보미', phone: '010-0000-8888' })));
    await service.advanceTo('2026-03-04T12:00:00+09:00');
    expect(problem(await undo(added.id)).fields).toMatchObject([{ path: 'Y-1', code: 'already-sent' }]);
    const later = await applied(
      sheet(row('Y-1', { revision: 2, name: '박보미', phone: '010-0000-8888', ends: '2026-12-18' })),
    );
    ok(await undo(later.id));
    expect(await contract('Y-1')).toMatchObject({ revision: 1, endsOn: '2026-11-27' });
  });

  it('is refused when somebody changed a contract since', async () => {
    const done = await applied(sheet(row('Z-1'), row('Z-2')));
    const { id } = await contract('Z-2');
    ok(await service.admin.patch(`/contracts/${id}`, { title: '교량 보수공사' }));
    const refused = problem(await undo(done.id));
    expect(refused.fields).toMatchObject([{ path: 'Z-2', code: 'changed-since' }]);
    expect((await contract('Z-1')).state).toBe('signed');
  });

  it('is over after thirty days, and what was before is forgotten', async () => {
    const done = await applied(sheet(row('Q-1')));
    await service.sql(
      `UPDATE import SET finished_at = clock_timestamp() - interval '31 days' WHERE id = $1`,
      [done.id],
    );
    await service.app.get(ImportRetention).forgetOld();
    expect(await service.sql(`SELECT id FROM import_effect WHERE undo_sealed IS NOT NULL`)).toEqual([]);
    expect(problem(await undo(done.id))).toMatchObject({ status: 409, code: 'undo-time-over' });
    expect((await at(done.id)).undoUntil).toBeNull();
  });

  it('is for who uploaded it, their manager and an admin; another department does not find it', async () => {
    const officer = await service.as('officer', roads);
    const done = await applied(sheet(row('G-1')), officer);
    const key = ok(
      await service.admin.post<{ key: string }>('/api-keys', {
        name: 'a colleague',
        role: 'officer',
        departmentId: roads,
      }),
    ).key;
    expect((await undo(done.id, service.client(key))).status).toBe(403);
    const parks = await service.as('manager', await service.departmentId('PARKS'));
    for (const path of ['', '/errors', '/effects', '/refused.xlsx'])
      expect((await parks.get(`/imports/${done.id}${path}`)).status).toBe(404);
    expect((await undo(done.id, parks)).status).toBe(404);
    const list = async (client: ApiClient) =>
      ok(await client.get<{ items: ImportView[] }>('/imports')).items.map((one) => one.id);
    expect(await list(parks)).toEqual([]);
    expect(await list(officer)).toEqual([done.id]);
    // What an admin brings may be about any department.
    const byAdmin = await applied(sheet(row('G-2'), row('G-3', { department: '공원녹지과' })));
    expect((await officer.get(`/imports/${byAdmin.id}/effects`)).status).toBe(404);
    expect(await list(officer)).toEqual([done.id]);
    ok(await undo(done.id, await service.as('manager', roads)));
  });

  it('of what a program brought in works too', async () => {
    const boundary = 'b';
    const body = `--${boundary}\r\ncontent-disposition: form-data; name="file"; filename="a.csv"\r\n\r\n${sheet(row('H-1'))}\r\n--${boundary}--\r\n`;
    const headers = { 'content-type': `multipart/form-data; boundary=${boundary}` };
    const { id } = ok(await service.admin.post<ImportView>('/imports', Buffer.from(body), headers));
    await imports().runImport(id);
    expect((await at(id)).status).toBe('completed');
    ok(await undo(id));
    expect((await contract('H-1')).state).toBe('draft');
  });
});

describe('the rights of who brought an import', () => {
  /** Somebody of that role, whose role and department can be changed as an account's can. */
  async function somebody(role: 'officer' | 'admin', departmentId: string | null) {
    const made = await service.admin.post<{ id: string; key: string }>('/api-keys', {
      name: 'somebody',
      role,
      departmentId,
    });
    const { id, key } = ok(made);
    const becomes = (next: string, to: string) =>
      service.sql(`UPDATE api_key SET role = $2, department_id = $3 WHERE id = $1`, [id, next, to]);
    return { client: service.client(key), becomes };
  }

  it('end when they move to another department', async () => {
    const { client, becomes } = await somebody('officer', roads);
    const done = await applied(sheet(row('Q-1')), client);
    const waiting = await previewed(sheet(row('Q-2')), client);
    await becomes('officer', await service.departmentId('PARKS'));
    expect((await client.get(`/imports/${waiting.id}`)).status).toBe(404);
    expect(ok(await client.get<{ items: unknown[] }>('/imports')).items).toEqual([]);
    const confirmTexts = waiting.peopleTextedToday;
    expect((await client.post(`/imports/${waiting.id}/apply`, { confirmTexts })).status).toBe(404);
    expect((await client.post(`/imports/${done.id}/undo`, { reason: 'mine' })).status).toBe(404);
    expect((await at(waiting.id)).status).toBe('ready');
    expect((await contract('Q-1')).state).toBe('signed');
  });

  it('are those of the moment at which they apply or preview again', async () => {
    const { client, becomes } = await somebody('admin', null);
    const content = sheet(row('Q-3'), row('Q-4', { department: '공원녹지과' }));
    const view = await previewed(content, client, roads);
    expect(view.counts).toMatchObject({ created: 2, refused: 0 });
    await becomes('officer', roads);
    ok(await client.post(`/imports/${view.id}/preview`));
    await imports().runImport(view.id);
    const again = await at(view.id);
    expect(again.counts).toMatchObject({ created: 1, refused: 1 });
    await becomes('admin', roads);
    ok(await client.post(`/imports/${view.id}/preview`));
    await imports().runImport(view.id);
    await becomes('officer', roads);
    ok(
      await client.post(`/imports/${view.id}/apply`, { confirmTexts: (await at(view.id)).peopleTextedToday }),
    );
    await imports().runImport(view.id);
    expect((await at(view.id)).counts).toMatchObject({ created: 1, refused: 1 });
    expect(await service.sql(`SELECT id FROM contract WHERE reference = 'Q-4'`)).toEqual([]);
  });

  it('do not take back what touched a contract that they no longer see', async () => {
    const { client, becomes } = await somebody('admin', null);
    const view = await previewed(sheet(row('Q-5'), row('Q-6', { department: '공원녹지과' })), client, roads);
    ok(await client.post(`/imports/${view.id}/apply`, { confirmTexts: view.peopleTextedToday }));
    await imports().runImport(view.id);
    await becomes('officer', roads);
    expect((await client.get(`/imports/${view.id}`)).status).toBe(200);
    expect((await client.post(`/imports/${view.id}/undo`, { reason: 'mine' })).status).toBe(404);
    expect((await at(view.id)).status).toBe('completed');
    for (const reference of ['Q-5', 'Q-6']) expect((await contract(reference)).state).toBe('signed');
  });

  it('bound what others do with it: an admin who applies it brings in no more', async () => {
    const { client } = await somebody('officer', roads);
    const view = await previewed(sheet(row('Q-8'), row('Q-9', { department: '공원녹지과' })), client);
    expect(view.counts).toMatchObject({ created: 1, refused: 1 });
    ok(await service.admin.post(`/imports/${view.id}/apply`, { confirmTexts: view.peopleTextedToday }));
    await imports().runImport(view.id);
    expect((await at(view.id)).counts).toMatchObject({ created: 1, refused: 1 });
  });

  it('stay theirs when their department is merged into another with them', async () => {
    const { client, becomes } = await somebody('officer', roads);
    const { id } = await previewed(sheet(row('Q-7')), client);
    const parks = await service.departmentId('PARKS');
    ok(await service.admin.post(`/departments/${roads}/merge`, { into: parks, reason: 'reorganised' }));
    await becomes('officer', parks);
    expect(ok(await client.get<ImportView>(`/imports/${id}`)).departmentId).toBe(parks);
    expect(ok(await client.get<{ items: unknown[] }>('/imports')).items).toHaveLength(1);
  });
});

describe('an upload', () => {
  const caller = {
    keyId: '01996f3e-0000-7000-8000-000000000009',
    accountId: null,
    name: 'finance',
    role: 'admin' as const,
    departmentId: null,
    officerId: null,
  };
  const kept = () => service.sql(`SELECT id FROM import UNION ALL SELECT import_id FROM import_chunk`);

  it('that breaks off leaves nothing', async () => {
    async function* broken() {
      yield Buffer.from(`${sheet(row('L-1'))}\n`);
      yield Buffer.alloc(1024 * 1024, ' ');
      await Promise.resolve();
      throw new Error('aborted');
    }
    const file = { name: 'sheet.csv', bytes: broken(), truncated: () => false };
    await expect(service.app.get(ImportIntake).takeFile(caller, file, null)).rejects.toThrow('aborted');
    expect(await kept()).toEqual([]);
  });

  it('whose process died is forgotten after an hour', async () => {
    const { id } = await upload(sheet(row('L-2')));
    await service.sql(`UPDATE import SET size = 0, created_at = created_at - interval '59 minutes'`);
    await service.app.get(ImportRetention).forgetOld();
    expect(await kept()).toEqual([{ id }, { id }]);
    await service.sql(`UPDATE import SET created_at = created_at - interval '2 minutes'`);
    await service.app.get(ImportRetention).forgetOld();
    expect(await kept()).toEqual([]);
  });

  it('waits while 20 others of the same caller wait to be decided on', async () => {
    const officer = await service.as('officer', roads);
    const views = [];
    for (let i = 0; i < 20; i += 1) views.push(await upload(sheet(row(`L-${i}`)), officer));
    const { body, headers } = uploadOf(sheet(row('L-20')));
    const refused = problem(await officer.post('/imports', body, headers));
    expect(refused).toMatchObject({ status: 429, code: 'imports-undecided' });
    // Another's are their own.
    await upload(sheet(row('L-20')));
    ok(await officer.post(`/imports/${views[0]?.id}/discard`));
    ok(await officer.post('/imports', body, headers));
  });
});
