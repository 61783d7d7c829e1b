import pg from 'pg';
import type { ContractView } from '../src/core/contracts/contract.view.js';
import { ContractSnapshots } from '../src/office/imports/snapshots.js';
import { ok } from './support/api-client.js';
import { bringIn } from './support/imports.js';
import { anAward, aPackage, aParty, aRelease as releaseOf, aSigned } from './support/ocds.js';
import { startService, type TestService } from './support/service.js';
import { until } from './support/until.js';

let service: TestService;
/** Of the process that the test is about. */
let ocid = 'ocds-zz0001-0';

beforeAll(async () => {
  service = await startService();
  await service.startAt('2026-11-26');
});
beforeEach(() => {
  ocid = `ocds-zz0001-${Number(ocid.split('-')[2]) + 1}`;
});
afterAll(() => service.close());

const aRelease = (rest: object = {}) => releaseOf({ ocid, ...rest });

/** Brings a file in, and answers what came of it. */
async function bring(content: string | Buffer, fields: Record<string, string> = {}) {
  const done = await bringIn(service, { name: 'a.json', content, fields });
  return { ...done, problems: done.problems.map(({ field: at, code, value }) => ({ at, code, value })) };
}

async function contracts() {
  const { items } = ok(await service.admin.get<{ items: ContractView[] }>('/contracts?limit=100'));
  return items
    .filter(({ source }) => source.startsWith(`ocds:${ocid}`))
    .sort((a, b) => (a.source < b.source ? -1 : 1));
}

const suppliersOf = ({ counterparties }: ContractView) => counterparties.map(({ name }) => name).sort();
const plannedOf = ({ milestones }: ContractView) =>
  milestones.flatMap(({ alerts }) => alerts).filter(({ status }) => status === 'planned').length;

/** Two processes of one publisher, each with a contract that is called contract-1. */
const twoProcesses = () =>
  ['1', '2'].map((n) =>
    aRelease({
      ocid: `${ocid}-${n}`,
      parties: [aParty(`S-${n}`, `010-0000-710${n}`)],
      awards: [anAward('award-1', [{ id: `S-${n}` }])],
      contracts: [aSigned('contract-1', { title: `계약 ${n}` })],
    }),
  );

describe('a contract’s id', () => {
  it.each(['in one file', 'in two'])('is its own within its process: %s', async (how) => {
    const releases = twoProcesses();
    if (how === 'in two') for (const release of releases) await bring(aPackage(release));
    else await bring(aPackage(...releases));
    const found = await contracts();
    expect(found.map((one) => [one.reference, one.title, suppliersOf(one), plannedOf(one)])).toEqual([
      ['contract-1', '계약 1', ['S-1건설'], 6],
      ['contract-1', '계약 2', ['S-2건설'], 6],
    ]);
  });

  it('was known without its process by earlier releases of this service, and is the same contract', async () => {
    const content = aPackage(aRelease());
    await bring(content);
    await service.sql(`UPDATE contract SET source = 'ocds' WHERE source = $1`, [`ocds:${ocid}`]);
    const other = aPackage(aRelease({ ocid: `${ocid}-other` }));
    expect((await bring(other)).counts).toMatchObject({ created: 1 });
    expect((await bring(content)).counts).toMatchObject({ created: 0, unchanged: 1 });
    expect((await contracts()).map(({ source }) => source)).toEqual([`ocds:${ocid}`, `ocds:${ocid}-other`]);
    expect(await service.sql(`SELECT 1 FROM contract WHERE source = 'ocds'`)).toEqual([]);
  });

  it('keeps every digit of a number', async () => {
    await bring(aPackage(aRelease()).replace('"C-1"', '20261125000000012345'));
    expect((await contracts()).map(({ reference }) => reference)).toEqual(['20261125000000012345']);
  });

  it('is written without spaces, and says so', async () => {
    const done = await bring(aPackage(aRelease({ contracts: [aSigned('Vertrag 12 / 2026')] })));
    expect((await contracts()).map(({ reference }) => reference)).toEqual(['Vertrag-12-/-2026']);
    expect(done.problems).toMatchObject([{ code: 'reference-spaces', value: 'Vertrag 12 / 2026' }]);
  });
});

it('keeps the suppliers of every award of a contract', async () => {
  const parties = [aParty('S-1'), aParty('S-2', '010-0000-7102')];
  const awards = ['1', '2'].map((n) => anAward(`award-${n}`, [{ id: `S-${n}` }]));
  const both = ['award-1', 'award-2'].map((awardID) => aSigned('C-1', { awardID }));
  await bring(aPackage(aRelease({ parties, awards, contracts: both })));
  const [contract] = await contracts();
  expect(contract && suppliersOf(contract)).toEqual(['S-1건설', 'S-2건설']);
});

it('keeps a contract that a later release leaves out with an empty list', async () => {
  const later = { ocid, id: 'r2', date: '2026-11-22T00:00:00Z', tag: ['tenderUpdate'] };
  const done = await bring(aPackage(aRelease(), { ...later, tender: { id: 't' }, contracts: [] }));
  expect(done.counts).toMatchObject({ created: 1, alertsPlanned: 6 });
});

describe('a contract that its publisher has ended', () => {
  const at = (day: string) => `${day}T00:00:00Z`;
  /** Brings it in as it was signed, and then as it ended: today is 26 November 2026. */
  async function ended(status: string, signed: string, end: string | null) {
    const terms = {
      dateSigned: at(signed),
      period: { startDate: at(signed), ...(end && { endDate: at(end) }) },
    };
    await bring(aPackage(aRelease({ contracts: [aSigned('C-1', terms)] })));
    const later = { id: 'r2', date: at('2026-11-25'), contracts: [aSigned('C-1', { ...terms, status })] };
    const { problems } = await bring(aPackage(aRelease(later)));
    // What keeps somebody from being told waits for a second person.
    const auditor = await service.as('auditor');
    const { items } = ok(await auditor.get<{ items: { id: string }[] }>('/proposals?state=waiting'));
    for (const { id } of items) ok(await auditor.post(`/proposals/${id}/approve`, {}));
    const [{ state, completedOn, terminatedOn } = {}] = await contracts();
    return [
      state,
      completedOn ?? terminatedOn,
      problems.map(({ code }) => code).includes('termination-unclear'),
    ];
  }

  it.each([
    ['cancelled', '2026-11-02', '2027-06-30', ['terminated', '2026-11-26', false]],
    ['cancelled', '2026-12-01', '2027-06-30', ['terminated', '2026-12-01', false]],
    ['terminated', '2026-11-02', '2026-11-20', ['completed', '2026-11-20', false]],
    ['terminated', '2026-11-02', '2026-11-26', ['completed', '2026-11-26', false]],
    ['terminated', '2026-11-02', '2026-11-27', ['signed', null, true]],
    ['terminated', '2026-11-02', null, ['signed', null, true]],
  ])('%s, signed on %s until %s', async (status, signed, end, becomes) => {
    expect(await ended(status, signed, end)).toEqual(becomes);
  });

  it('is not asked about again once it is over', async () => {
    await ended('cancelled', '2026-11-02', '2027-06-30');
    const terms = { dateSigned: at('2026-11-02'), status: 'terminated' };
    const again = { id: 'r3', date: at('2026-11-26'), contracts: [aSigned('C-1', terms)] };
    const { problems } = await bring(aPackage(aRelease(again)));
    expect(problems.map(({ code }) => code)).not.toContain('termination-unclear');
    expect((await contracts())[0]).toMatchObject({ state: 'terminated', terminatedOn: '2026-11-26' });
  });
});

it('knows whose number is told nothing and was never told anything', async () => {
  await bring(aPackage(aRelease()));
  const [{ id = '' } = {}] = await contracts();
  const isUninformed = async () => (await service.app.get(ContractSnapshots).withUninformed([id])).has(id);
  const alertsAre = (status: string) =>
    service.sql(
      `UPDATE alert SET status = $2, reason = CASE WHEN $2 <> 'planned' THEN 'no-number' END WHERE contract_id = $1`,
      [id, status],
    );
  const found: Record<string, boolean> = {};
  for (const status of ['planned', 'held', 'covered', 'missed', 'cancelled', 'history']) {
    await alertsAre(status);
    found[status] = await isUninformed();
  }
  const told = { planned: false, held: false, covered: false };
  expect(found).toEqual({ ...told, missed: true, cancelled: true, history: true });
  expect(await service.app.get(ContractSnapshots).withUninformed([])).toEqual(new Set());
  await alertsAre('planned');
  await service.sql(`UPDATE alert SET number_index = '\\x01' WHERE contract_id = $1`, [id]);
  expect(await isUninformed()).toBe(true);
  for (const column of ['removed_at = now()', 'removed_at = NULL, phone_index = NULL, phone_sealed = NULL']) {
    await service.sql(`UPDATE contact SET ${column} WHERE contract_id = $1`, [id]);
    expect(await isUninformed()).toBe(false);
  }
});

it('takes one supplier that stands where a list belongs, and one signed after its end', async () => {
  const done = await bring(
    aPackage(
      aRelease({
        awards: [anAward('award-1', { id: 'S-1' })],
        contracts: [aSigned('C-1', { dateSigned: '2026-12-02', period: { endDate: '2026-11-30' } })],
      }),
    ),
  );
  expect(done.problems.map(({ code }) => code).sort()).toEqual(['list-expected', 'signed-after-end']);
  const [contract] = await contracts();
  expect(contract).toMatchObject({ signedOn: '2026-12-02', endsOn: '2026-11-30' });
  expect(contract && suppliersOf(contract)).toEqual(['S-1건설']);
  const flags = await service.sql(`SELECT kind, changed FROM flag WHERE contract_id = $1`, [contract?.id]);
  expect(flags).toContainEqual({
    kind: 'signed-after-end',
    changed: [
      { field: 'signedOn', from: null, to: '2026-12-02' },
      { field: 'endsOn', from: null, to: '2026-11-30' },
    ],
  });
});

it('is read by all that two imports state of it at the same time', async () => {
  const awarded = aRelease({ contracts: undefined });
  const contracted = aRelease({ id: 'r2', awards: undefined, parties: undefined });
  const files = [awarded, contracted, contracted].map((one) => ({ name: 'a.json', content: aPackage(one) }));
  const holder = new pg.Client({ connectionString: service.ground.database.ownerUrl });
  await holder.connect();
  await holder.query('BEGIN; LOCK TABLE ocds_record IN EXCLUSIVE MODE');
  const done = Promise.all(files.map((file) => bringIn(service, file)));
  await until('all have read what was known, and wait', async () => {
    const waiting = await service.sql(`SELECT DISTINCT pid FROM pg_locks WHERE NOT granted`);
    return waiting.length === files.length;
  });
  await holder.query('COMMIT');
  await holder.end();
  expect((await done).map(({ status }) => status)).toEqual(['completed', 'completed', 'completed']);
  const found = await contracts();
  expect(found.map((one) => [one.reference, suppliersOf(one), plannedOf(one)])).toEqual([
    ['C-1', ['S-1건설'], 6],
  ]);
});

describe('what plans nothing', () => {
  it('says that an active contract has no day of signing', async () => {
    const done = await bring(aPackage(aRelease({ contracts: [aSigned('C-1', { dateSigned: undefined })] })));
    expect(done).toMatchObject({ counts: { created: 1, alertsPlanned: 0 } });
    expect(done.problems.map(({ code }) => code)).toEqual(['signing-missing']);
  });

  it.each([
    ['pending', { status: 'pending', dateSigned: undefined }],
    ['long past', { dateSigned: '2020-01-02', period: { startDate: '2020-01-03', endDate: '2020-06-30' } }],
    ['cancelled', { status: 'cancelled', dateSigned: '2026-10-01' }],
  ])('says so of a contract that is %s', async (_, rest) => {
    const done = await bring(aPackage(aRelease({ contracts: [aSigned('C-1', rest)] })));
    expect(done.counts).toMatchObject({ created: 1, alertsPlanned: 0 });
    expect(done.problems.map(({ code }) => code)).toEqual(['nothing-planned']);
  });
});

describe('a process without contracts', () => {
  const awarded = () => aRelease({ contracts: undefined });

  it('is counted, and its suppliers are named', async () => {
    const done = await bring(aPackage(awarded()));
    expect(done.counts.contracts).toBe(0);
    expect(done.problems).toEqual([
      { at: `${ocid} awards[award-1].suppliers[S-1]`, code: 'supplier-not-told', value: 'S-1건설' },
      { at: '', code: 'processes-without-contracts', value: '' },
    ]);
  });

  it('becomes contracts of its awards where the file is said to have no others', async () => {
    const dated = anAward('award-1', [{ id: 'S-1' }], {
      date: '2026-12-01T00:00:00Z',
      contractPeriod: { startDate: '2026-12-14', endDate: '2027-06-30' },
    });
    const done = await bring(aPackage({ ...awarded(), awards: [dated] }), { awardsAsContracts: 'true' });
    expect(done.counts).toMatchObject({ created: 1, alertsPlanned: 6 });
    expect((await contracts())[0]).toMatchObject({ reference: 'award-1', signedOn: '2026-12-01' });
    expect(done.problems.map(({ code }) => code)).toEqual(['contract-of-award']);
  });
});

describe('the kind', () => {
  const unknown = () => aRelease({ tender: {}, contracts: [aSigned('C-1', { title: 'C-1' })] });
  const kinds = async () => (await contracts()).map(({ kind }) => kind);

  it('is guessed from UNSPSC, and shown', async () => {
    const items = [{ id: '1', classification: { scheme: 'UNSPSC', id: '72103300' } }];
    const done = await bring(aPackage({ ...unknown(), tender: { items } }));
    expect(await kinds()).toEqual(['works']);
    expect(done.problems).toMatchObject([{ code: 'kind-guessed', value: '72103300' }]);
  });

  it('refuses each contract of which nothing tells it, and takes the one that is given for the file or its buyer', async () => {
    const second = aSigned('C-2', { title: 'C-2' });
    const content = aPackage({ ...unknown(), contracts: [aSigned('C-1', { title: 'C-1' }), second] });
    const refused = await bring(content);
    expect(refused.counts).toMatchObject({ contracts: 0, refused: 2 });
    expect(refused.problems.map(({ code }) => code)).toEqual(['kind-unknown', 'kind-unknown']);
    await bring(content, { kind: 'goods', buyerKinds: '딴 기관 = works\n한빛시 = service' });
    expect(await kinds()).toEqual(['service', 'service']);
  });

  it('is chosen on the page, which shows again what cannot be read of it', async () => {
    const admin = await service.person('admin');
    const content = aPackage(unknown());
    const upload = { field: 'file', name: 'a.json', type: 'application/json', content };
    const send = (form: Record<string, string>) =>
      admin.call('POST', { path: '/console/imports', form, upload });
    const wrong = await send({ kind: '', buyerKinds: '한빛시: works' });
    expect([wrong.status, wrong.body]).toEqual([
      400,
      expect.stringMatching(/한 줄에 한 기관씩 &quot;[^]*한빛시: works<\/textarea>/),
    ]);
    const taken = await send({ kind: 'goods', buyerKinds: '한빛시 = works', awardsAsContracts: 'true' });
    const id = String(taken.headers['location']).split('/').at(-1);
    expect(await service.sql(`SELECT options FROM import WHERE id = $1`, [id])).toEqual([
      { options: { kind: 'goods', buyerKinds: { 한빛시: 'works' }, awardsAsContracts: true } },
    ]);
  });
});
