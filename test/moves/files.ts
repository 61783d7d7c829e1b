import type { ContractInput } from '../support/builders.js';
import { aPackage, aParty, aRelease, aSigned, anAward } from '../support/ocds.js';
import { type Move, officer, type Scene } from './scene.js';

interface Row {
  revision?: number;
  kind?: string;
  signedOn?: string;
  startsOn?: string;
  endsOn?: string;
  department?: string;
  company?: string;
  person?: string;
  phone?: string;
}

const headings =
  '계약번호,차수,구분,계약명,계약일,착공(착수)일,준공(완료)일,계약금액,담당부서,업체명,담당자,휴대전화';

/** A sheet with one row: what the honest contract says, but for what the mover altered. */
export function sheetOf(s: Scene, truth: Pick<ContractInput, 'reference' | 'title'>, row: Row = {}): string {
  const { revision = 1, kind = '공사', signedOn = s.day(1), startsOn = s.day(14), endsOn = s.day(270) } = row;
  const company = row.company ?? `(주)새솔${s.number.slice(-4)}`;
  const people = [row.department ?? '도로과', company, row.person ?? '이가람', row.phone ?? s.number];
  const cells = [truth.reference, revision, kind, truth.title, signedOn, startsOn, endsOn, '', ...people];
  return [headings, cells.join(',')].join('\n');
}

const bringing = (row: (s: Scene) => Row) => (s: Scene) => s.bring(sheetOf(s, s.contract, row(s)));

/** A release of a contract as the procurement system publishes it, on the day it begins. */
function releaseOf(
  s: Scene,
  of: { dates?: object; suppliers?: unknown[]; phone?: string | null; id?: string } = {},
) {
  const suppliers = of.suppliers ?? [{ id: 'S-1' }];
  return aPackage(
    aRelease({
      ocid: `ocds-zz0001-${s.number.slice(-4)}`,
      id: of.id ?? 'r1',
      date: `${s.day(of.id ? 1 : 0)}T00:00:00Z`,
      parties: suppliers.length > 0 ? [aParty('S-1', of.phone === undefined ? s.number : of.phone)] : [],
      awards: [anAward('award-1', suppliers)],
      contracts: [
        aSigned(`OC-${s.number.slice(-4)}`, {
          dateSigned: `${s.day(1)}T09:00:00+09:00`,
          period: { startDate: `${s.day(14)}T09:00:00+09:00`, endDate: `${s.day(270)}T09:00:00+09:00` },
          ...of.dates,
        }),
      ],
    }),
  );
}

/** The honest contract comes from a published file, so that only files of the same process change it. */
const published: Pick<Move, 'contract' | 'setUp'> = {
  contract: null,
  setUp: async (s) => {
    await s.bring(releaseOf(s), { departmentId: s.world.home });
    await s.adopt(`OC-${s.number.slice(-4)}`);
  },
};

/** Sheets and published files, their undoing, and the names in them. */
export const movesOfFiles: Move[] = [
  officer('brings a sheet with another number', {
    play: { '+1 15:00': bringing((s) => ({ phone: s.own })) },
  }),
  officer('brings a sheet with another number', {
    by: 'page',
    play: {
      '+1 15:00': async (s) => {
        const id = await s.upload(sheetOf(s, s.contract, { phone: s.own }));
        await s.page(`/console/imports/${id}/apply`, {});
        await s.runImport(id);
      },
    },
  }),
  officer('brings a sheet whose cell of the number is empty', {
    play: { '+1 15:00': bringing(() => ({ phone: '' })) },
  }),
  officer('brings a sheet with another person and an empty number', {
    play: { '+1 15:00': bringing(() => ({ person: '김다른', phone: '' })) },
  }),
  officer('brings a sheet with another company and their own number', {
    play: { '+1 15:00': bringing((s) => ({ company: '(주)다른건설', phone: s.own })) },
  }),
  officer('brings a sheet with a signing four weeks later', {
    play: { '+1 15:00': bringing((s) => ({ signedOn: s.day(29), startsOn: s.day(40) })) },
  }),
  officer('brings a sheet without a start', {
    text: 'commencement',
    play: { '+9 15:00': bringing(() => ({ startsOn: '' })) },
  }),
  officer('brings a sheet that makes works goods', {
    text: 'commencement',
    play: { '+1 15:00': bringing(() => ({ kind: '물품' })) },
  }),
  officer('brings a sheet with an older revision, as if nothing had changed since', {
    play: {
      '+1 15:00': bringing((s) => ({ revision: 2, phone: s.own })),
      '+1 15:05': bringing(() => ({ revision: 1 })),
    },
  }),
  officer('undoes the import that brought the contract', {
    contract: null,
    setUp: async (s) => {
      const truth = s.truth();
      s.kept = await s.bring(sheetOf(s, truth, { revision: 0 }));
      await s.adopt(truth.reference);
    },
    play: { '+1 15:00': (s) => s.post(`/imports/${s.kept}/undo`, { reason: '잘못된 파일' }) },
  }),
  officer('undoes the import that brought the company’s number', {
    contract: (s) => ({ counterparties: [s.company(null)] }),
    setUp: async (s) => {
      s.kept = await s.bring(sheetOf(s, s.contract));
    },
    play: { '+1 15:00': (s) => s.post(`/imports/${s.kept}/undo`, { reason: '잘못된 파일' }) },
  }),
  officer('says that a name in a sheet means the section that goes live in years', {
    contract: null,
    play: {
      '+1 15:00': async (s) => {
        const truth = s.truth();
        const id = await s.bring(
          sheetOf(s, truth, { revision: 0, department: '도로정비단' }),
          { preview: 'true' },
          true,
        );
        const { names } = await s.call<{ names: { id: string }[] }>('GET', `/imports/${id}/names`);
        await s.post(`/imports/${id}/names`, {
          choices: Object.fromEntries(names.map((name) => [name.id, s.world.unlive])),
        });
        await s.runImport(id);
        await s.applyImport(id);
        await s.adopt(truth.reference);
      },
    },
  }),
  officer('brings a published file with a signing four weeks later', {
    ...published,
    play: {
      '+1 15:00': (s) =>
        s.bring(releaseOf(s, { id: 'r2', dates: { dateSigned: `${s.day(29)}T09:00:00+09:00` } })),
    },
  }),
  officer('brings a published file with their own number', {
    ...published,
    play: { '+1 15:00': (s) => s.bring(releaseOf(s, { id: 'r2', phone: s.own })) },
  }),
  officer('brings a published file without the supplier', {
    ...published,
    play: { '+1 15:00': (s) => s.bring(releaseOf(s, { id: 'r2', suppliers: [] })) },
  }),
  officer('brings a published file that says the contract was cancelled', {
    ...published,
    text: 'commencement',
    play: { '+9 15:00': (s) => s.bring(releaseOf(s, { id: 'r2', dates: { status: 'cancelled' } })) },
  }),
];
