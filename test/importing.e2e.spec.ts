import type { ContractView } from '../src/core/contracts/contract.view.js';
import type { ImportView } from '../src/office/imports/import.schema.js';
import { ImportJobs } from '../src/office/imports/jobs.js';
import { ok } from './support/api-client.js';
import { bringIn, takeIn } from './support/imports.js';
import { startService, type TestService } from './support/service.js';

const headings =
  '계약번호,차수,구분,계약명,계약일,착공(착수)일,준공(완료)일,계약금액,담당부서,업체명,사업자번호,담당자,휴대전화,언어';

interface Problem {
  line: number;
  field: string;
  value: string;
  code: string;
  advice: string;
  fatal: boolean;
}

let service: TestService;

beforeAll(async () => {
  service = await startService();
  await service.startAt('2026-11-02T09:00:00+09:00');
});
afterAll(() => service.close());

function bring(name: string, content: string, departmentId?: string): Promise<ImportView> {
  return bringIn(service, { name, content, ...(departmentId && { fields: { departmentId } }) });
}

async function problemsOf(done: ImportView): Promise<Problem[]> {
  return ok(await service.admin.get<{ items: Problem[] }>(`/imports/${done.id}/errors`)).items;
}

async function byReference(reference: string): Promise<ContractView> {
  const { items } = ok(
    await service.admin.get<{ items: ContractView[] }>(
      `/contracts?reference=${encodeURIComponent(reference)}`,
    ),
  );
  expect(items).toHaveLength(1);
  const [contract] = items;
  if (!contract) throw new Error(`there is no contract ${reference}`);
  return contract;
}

const row = (
  reference: string,
  rest: { revision?: number; ends?: string; phone?: string; name?: string; department?: string } = {},
) =>
  `${reference},${rest.revision ?? 0},공사,보도 정비,2026-03-03,2026.3.16.,${rest.ends ?? '2026-11-27'},"110,000,000원",` +
  `${rest.department ?? '도로과'},(주)새솔건설,000-00-00000,${rest.name ?? '이가람'},${rest.phone ?? '010-0000-1234'},한국어`;

/** Six releases of an invented council, as they would be published one after another. */
function releases() {
  const parties = [
    { id: 'XX-1', name: 'Brookmere Council', roles: ['buyer'] },
    {
      id: 'XX-2',
      name: 'Fernhill Paving Ltd',
      roles: ['supplier'],
      address: { countryName: 'United Kingdom' },
      contactPoint: { name: 'Contracts Team', telephone: '11111 111 111' },
    },
  ];
  const contract = {
    id: 'BM-2010-7',
    awardID: 'award-1',
    title: 'Cycle lanes in the centre',
    status: 'active',
    period: { startDate: '2010-07-01T00:00:00Z', endDate: '2011-06-30T23:59:00Z' },
    value: { amount: 11_000_000, currency: 'GBP' },
    dateSigned: '2010-06-10T14:23:12Z',
  };
  const payments = [
    { id: 't1', date: '2010-08-01T00:00:00Z', value: { amount: 50_000, currency: 'GBP' } },
    { id: 't2', date: '2010-10-01T00:00:00Z', value: { amount: 10_000, currency: 'GBP' } },
  ];
  const tender = { id: 'tender-1', mainProcurementCategory: 'works', status: 'complete' };
  const awards = [
    { id: 'award-1', status: 'active', suppliers: [{ id: 'XX-2', name: 'Fernhill Paving Ltd' }] },
  ];
  const buyer = { id: 'XX-1', name: 'Brookmere Council' };
  const release = (id: string, date: string, tag: string, rest: object) =>
    JSON.stringify({
      version: '1.1',
      releases: [{ ocid: 'ocds-xxxxxx-7', id, date, tag: [tag], language: 'en', buyer, parties, ...rest }],
    });
  return {
    tender: release('r1', '2010-03-15T09:30:00Z', 'tender', { tender }),
    award: release('r2', '2010-05-10T09:30:00Z', 'award', { awards }),
    contract: release('r3', '2010-05-10T10:30:00Z', 'contract', { awards, contracts: [contract] }),
    implementation: release('r4', '2011-01-10T09:30:00Z', 'implementation', {
      contracts: [{ ...contract, implementation: { transactions: payments } }],
    }),
  };
}

describe('the life of a published contract', () => {
  it('is told release by release, each alert once and at its time', async () => {
    const own = await startService();
    const before = service;
    service = own;
    try {
      const published = releases();
      await own.startAt('2010-06-01');
      for (const part of ['tender', 'award'] as const) {
        expect((await bring(`${part}.json`, published[part])).counts.contracts).toBe(0);
      }
      const first = await bring('contract.json', published.contract);
      expect(first).toMatchObject({
        status: 'completed',
        counts: { created: 1, contactsWithoutNumber: 1, refused: 0 },
      });
      expect((await problemsOf(first)).map((problem) => problem.code)).toContain('number-too-long');
      const contract = await byReference('BM-2010-7');
      const [party] = contract.counterparties;
      const contact = { name: 'Site Office', phone: '07700 900123', locale: 'en' };
      ok(await own.admin.post(`/contracts/${contract.id}/counterparties/${party?.id}/contacts`, contact));

      await own.advanceTo('2011-01-10');
      const last = await bring('implementation.json', published.implementation);
      expect(last.counts).toMatchObject({ created: 0, contracts: 1 });
      expect((await bring('implementation.json', published.implementation)).counts).toMatchObject({
        unchanged: 1,
      });
      await own.advanceTo('2011-12-31');

      // By hand: 10 June 2010 is a Thursday; half of 364 days from 1 July is 30 December; five business days before
      // 30 June 2011, a Thursday, is the 23rd; inspection and payment, never recorded, are expected by 14 and 19 July.
      expect((await own.texts()).map((text) => [text.receivedAt, text.text.split(/[.?]/)[0]])).toEqual([
        ['2010-06-11T10:00:00+09:00', 'Hanbit City: contract BM-2010-7 is signed'],
        ['2010-06-30T10:00:00+09:00', 'Hanbit City: start of works under BM-2010-7: 1 Jul'],
        ['2010-12-30T10:00:00+09:00', 'Hanbit City: progress inspection of BM-2010-7: 30 Dec'],
        ['2011-06-23T10:00:00+09:00', 'Hanbit City: completion of BM-2010-7: due 30 Jun'],
        [
          '2011-07-15T10:00:00+09:00',
          'Hanbit City: if completion of BM-2010-7 is being or was inspected, no gift or fee is owed for it',
        ],
        [
          '2011-07-20T10:00:00+09:00',
          'Hanbit City: if the final payment for BM-2010-7 was claimed or made, nothing is owed for it',
        ],
      ]);
    } finally {
      service = before;
      await own.close();
    }
  });
});

it('reads a process by what the same file has stated of it before, however far apart', async () => {
  const { contract, implementation } = releases();
  const other = { ocid: 'ocds-xxxxxx-0', date: '2010-01-01T00:00:00Z', tag: ['tender'] };
  // Five hundred releases are gathered before they are merged.
  const others = Array.from({ length: 499 }, (_, n) => ({ ...other, id: `o${n}` }));
  await bring('far-apart.json', [JSON.stringify({ releases: others }), contract, implementation].join('\n'));
  const again = await bring('contract.json', contract);
  expect((await problemsOf(again)).map(({ code }) => code)).not.toContain('release-late');
});

describe('an officers’ sheet', () => {
  it('brings contracts in, and the same sheet again changes nothing', async () => {
    const sheet = [headings, row('S-1'), row('S-2', { phone: '010-0000-2222' })].join('\n');
    expect(await bring('sheet.csv', sheet)).toMatchObject({
      format: 'csv',
      counts: { created: 2, refused: 0 },
    });
    const before = await contractsAlone();
    expect((await bring('sheet.csv', sheet)).counts).toMatchObject({ created: 0, unchanged: 2 });
    expect(await contractsAlone()).toEqual(before);
  });

  it('takes the confirmed number of the e-procurement for a contract and its revision', async () => {
    const rows = ['00,2027-06-30', '01,2027-07-31'].map((revised) => {
      const [revision, ends] = revised.split(',');
      return `20261201345-${revision},공사,시험 보도정비공사,2026-12-01,2026-12-14,${ends},가나건설,김하나,010-0000-7201`;
    });
    const heads = '확정계약번호,업무구분,계약명,계약체결일자,착공일자,준공일자,업체명,담당자,휴대전화';
    expect((await bring('g2b.csv', [heads, ...rows].join('\n'))).counts).toMatchObject({
      created: 1,
      updated: 1,
    });
    const contract = await byReference('20261201345');
    expect(contract).toMatchObject({ revision: 1, endsOn: '2027-07-31' });
    expect(contract.counterparties.map(({ contacts }) => contacts.length)).toEqual([1]);
    expect(contract.milestones.filter(({ code }) => code === 'variation')).toMatchObject([
      { alerts: [{ wording: 'milestone' }] },
    ]);
  });

  it('tells all that is wrong with a row at once, its department and officer included', async () => {
    const heads = '계약번호,구분,계약명,계약일,담당부서,담당공무원,업체명,휴대전화';
    const rest = '없는과,아무개,가나건설,010-0000-7201';
    const rows = [heads, `S-WRONG-1,모름,도로,언젠가,${rest}`, `S-WRONG-2,공사,도로,2026-11-03,${rest}`];
    const done = await bring('wrong.csv', rows.join('\n'));
    const codes = (await problemsOf(done)).map(({ line, code }) => `${line} ${code}`).sort();
    expect(codes).toEqual([
      '2 date-unreadable',
      '2 department-unknown',
      '2 kind-unknown',
      '2 officer-unknown',
      '3 department-unknown',
      '3 officer-unknown',
    ]);
    expect(done.counts).toMatchObject({ contracts: 0, refused: 2 });
  });

  it('reports a row that cannot be taken with its line, field, masked value and what to do, and takes the others', async () => {
    const sheet = [
      headings,
      row('S-10', { department: '없는과' }),
      row('S-11', { phone: '02-123-4567' }),
    ].join('\n');
    const done = await bring('mixed.csv', sheet);
    expect(done.counts).toMatchObject({ created: 1, refused: 1, contactsWithoutNumber: 1 });
    const problems = await problemsOf(done);
    expect(problems.find((problem) => problem.fatal)).toMatchObject({
      line: 2,
      value: '없는과',
      code: 'department-unknown',
    });
    const landline = problems.find((problem) => problem.line === 3);
    expect(landline).toMatchObject({ field: '휴대전화', code: 'number-landline' });
    expect(landline?.value).not.toContain('123-4');
    expect(landline?.advice).not.toBe('');
    const alerts = (await byReference('S-11')).milestones.flatMap((milestone) => milestone.alerts);
    expect(alerts.map((alert) => alert.reason)).toEqual(alerts.map(() => 'no-number'));
  });

  it('takes a newer revision, shows the same revision with other content, and leaves an older one out', async () => {
    await bring('r0.csv', [headings, row('S-20', { revision: 1 })].join('\n'));
    const newer = await bring(
      'r2.csv',
      [headings, row('S-20', { revision: 2, ends: '2026-12-18' })].join('\n'),
    );
    expect(newer.counts).toMatchObject({ updated: 1 });
    expect(await byReference('S-20')).toMatchObject({ revision: 2, endsOn: '2026-12-18' });
    const same = await bring(
      'r2b.csv',
      [headings, row('S-20', { revision: 2, ends: '2026-12-21' })].join('\n'),
    );
    expect(same.counts).toMatchObject({ corrected: 1 });
    expect((await problemsOf(same)).map((problem) => problem.code)).toContain('revision-corrected');
    const older = await bring(
      'r1.csv',
      [headings, row('S-20', { revision: 1, ends: '2027-01-29' })].join('\n'),
    );
    expect(older.counts).toMatchObject({ ignored: 1 });
    expect((await problemsOf(older)).map((problem) => problem.code)).toContain('revision-older');
    expect(await byReference('S-20')).toMatchObject({ endsOn: '2026-12-21' });
  });

  it('never removes a contact that it leaves out', async () => {
    await bring(
      'two.csv',
      [headings, row('S-30'), row('S-30', { name: '박보미', phone: '010-0000-3333' })].join('\n'),
    );
    await bring('one.csv', [headings, row('S-30', { revision: 1, ends: '2026-12-04' })].join('\n'));
    const contacts = (await byReference('S-30')).counterparties.flatMap((party) => party.contacts);
    expect(contacts.map((contact) => [contact.phone, contact.removedAt])).toEqual([
      ['010-****-1234', null],
      ['010-****-3333', null],
    ]);
  });

  it('lets no person take the number of another of the same name', async () => {
    const both = (revision: number) =>
      ['010-0000-3401', '010-0000-3402'].map((phone) => row('S-31', { name: '이담당', phone, revision }));
    await bring('unreachable.csv', [headings, row('S-31', { name: '이담당', phone: '' })].join('\n'));
    await bring('two.csv', [headings, ...both(1)].join('\n'));
    await bring('again.csv', [headings, ...both(2).reverse()].join('\n'));
    const { counterparties } = await byReference('S-31');
    expect(counterparties.flatMap(({ contacts }) => contacts.map(({ phone }) => phone))).toEqual([
      '010-****-3401',
      '010-****-3402',
    ]);
  });

  it('knows a contract again that was registered by hand', async () => {
    await service.register({ reference: 'S-40', kind: 'works' });
    const done = await bring('forty.csv', [headings, row('S-40', { revision: 1 })].join('\n'));
    expect(done.counts).toMatchObject({ created: 0, updated: 1, proposed: 0 });
    expect(await byReference('S-40')).toMatchObject({ revision: 1 });
  });

  it('goes on where an import that was interrupted had stopped', async () => {
    const rows = Array.from({ length: 300 }, (_, i) => row(`S-5${String(i).padStart(3, '0')}`));
    await bring('first.csv', [headings, ...rows.slice(0, 200)].join('\n'));
    const taken = await takeIn(service, { name: 'whole.csv', content: [headings, ...rows].join('\n') });
    // As a worker that was killed after its first batch leaves it.
    await service.sql(
      `UPDATE import SET status = 'running', position = 200, lease_until = clock_timestamp() - interval '1 second'
       WHERE id = $1`,
      [taken.id],
    );
    await service.app.get(ImportJobs).runImport(taken.id);
    const done = ok(await service.admin.get<ImportView>(`/imports/${taken.id}`));
    expect(done).toMatchObject({ status: 'completed', counts: { contracts: 100, created: 100 } });
  });

  it('is kept only until it has been read', async () => {
    expect(await service.sql(`SELECT id FROM import_chunk`)).toEqual([]);
  });

  it('refuses an old workbook, and says what to do', async () => {
    const boundary = 'b';
    const body = Buffer.concat([
      Buffer.from(`--${boundary}\r\ncontent-disposition: form-data; name="file"; filename="a.xls"\r\n\r\n`),
      Buffer.from('d0cf11e0a1b11ae1', 'hex'),
      Buffer.alloc(512),
      Buffer.from(`\r\n--${boundary}--\r\n`),
    ]);
    const headers = { 'content-type': `multipart/form-data; boundary=${boundary}` };
    const answer = await service.admin.post<{ code: string; detail: string }>('/imports', body, headers);
    expect(answer).toMatchObject({ status: 422, body: { code: 'format-xls' } });
    expect(answer.body.detail).toContain('.xlsx');
  });
});

/** Everything but the imports' own tables, and the log of what was brought in. */
async function contractsAlone() {
  const contents = await service.contents();
  return Object.fromEntries(
    Object.entries(contents).filter(
      ([table]) =>
        !/^bullmq|\.(import|import_problem|import_effect|import_name|import_chunk|change|leaf)$/.test(table),
    ),
  );
}
