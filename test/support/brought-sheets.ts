import { ImportJobs } from '../../src/office/imports/jobs.js';
import type { PageClient } from './page-client.js';
import type { TestService } from './service.js';

const headings = '계약번호,차수,구분,계약명,계약일,착공(착수)일,준공(완료)일,계약금액,업체명,담당자,휴대전화';

/** A heading that nobody knows, where the numbers stand. */
export const unknownHeading = '현장 연락번호 칸';

export interface SheetRow {
  reference: string;
  revision?: number;
  kind?: string;
  title?: string;
  signedOn?: string;
  endsOn?: string;
  company?: string;
  person?: string;
  phone?: string;
  /** Of a sheet whose rows name officers; a column of its own, behind the others. */
  officer?: string;
}

export function aSheet(rows: SheetRow[], { isOdd = false }: { isOdd?: boolean } = {}): string {
  const namesOfficers = rows.some(({ officer }) => officer !== undefined);
  const known = namesOfficers ? `${headings},담당공무원` : headings;
  const lines = rows.map((row) =>
    [
      row.reference,
      row.revision ?? 0,
      row.kind ?? '공사',
      row.title ?? '중앙로 보도정비공사',
      row.signedOn ?? '2026-03-24',
      '2026-04-06',
      row.endsOn ?? '2026-11-27',
      '110000000',
      row.company ?? '(주)새솔건설',
      row.person ?? '이가람',
      row.phone ?? '010-0000-1601',
      ...(namesOfficers ? [row.officer ?? ''] : []),
    ].join(','),
  );
  return [isOdd ? known.replace('휴대전화', unknownHeading) : known, ...lines].join('\n');
}

/** One person has at most 20 imports to decide on: the first examples are called again and again, a later one once. */
export async function decideLatest(service: TestService): Promise<void> {
  await service.sql(
    `UPDATE import SET status = 'discarded' WHERE id IN (
       SELECT id FROM (
         SELECT id, row_number() OVER (PARTITION BY caller ->> 'accountId', caller ->> 'keyId' ORDER BY id) AS place
         FROM import WHERE status IN ('queued', 'reading', 'columns', 'previewing', 'ready')) waiting
       WHERE place > 15)`,
  );
}

/** Brought on the page by an officer, and read as far as it goes, `runs` times. */
export async function bring(
  service: TestService,
  person: PageClient,
  { name, content, runs = 1 }: { name: string; content: string; runs?: number },
): Promise<string> {
  const answer = await person.call('POST', {
    path: '/console/imports',
    upload: { field: 'file', name, type: 'text/csv', content },
  });
  const id = /^\/console\/imports\/([0-9a-f-]{36})$/.exec(String(answer.headers['location']))?.[1];
  if (!id) throw new Error(`${name} was not taken in: ${answer.status} ${answer.text.slice(0, 2000)}`);
  for (let i = 0; i < runs; i += 1) await service.app.get(ImportJobs).runImport(id);
  return id;
}

export async function applied(service: TestService, person: PageClient, id: string): Promise<string> {
  const answer = await person.post(`/console/imports/${id}/apply`);
  if (answer.status !== 303) throw new Error(`not applied: ${answer.status} ${answer.text.slice(0, 2000)}`);
  await service.app.get(ImportJobs).runImport(id);
  return id;
}

export interface ImportsSeen {
  queued: string;
  columns: string;
  ready: string;
  completed: string;
}

/** Files of the roads department at each step, on 2026-03-25. */
export async function importsToLookAt(service: TestService): Promise<ImportsSeen> {
  const officer = await service.person('officer', await service.departmentId('ROADS'));
  const done = await bring(service, officer, {
    name: '도로과 2월 계약.csv',
    content: aSheet([
      {
        reference: 'C-2026-0090',
        title: '느티로 배수로 정비공사',
        signedOn: '2026-03-24',
        phone: '010-0000-1611',
      },
      { reference: 'C-2026-0091', title: '새벽로 가로등 교체', kind: '물품', phone: '010-0000-1612' },
      { reference: 'C-2026-0092', title: '하천 제방 점검', kind: '점검', phone: '010-0000-1613' },
    ]),
  });
  const ready = await bring(service, officer, {
    name: '도로과 3월 계약.csv',
    content: aSheet([
      {
        reference: 'C-2026-0143',
        revision: 1,
        endsOn: '2026-12-31',
        company: '(주)새솔건설',
        phone: '010-0000-1201',
      },
      {
        reference: 'C-2026-0151',
        title: '은행로 보도블록 교체공사',
        phone: '010-0000-1621',
        officer: '김하늘 주무관',
      },
      {
        reference: 'C-2026-0152',
        title: '버들교 내진보강공사',
        company: '다온건설(주)',
        person: '최다온',
        phone: '02-000-0000',
      },
      { reference: 'C-2026-0153', title: '교통표지판 정비', signedOn: '2026-13-40', phone: '010-0000-1623' },
    ]),
  });
  const odd = [{ reference: 'C-2026-0161', title: '소나무길 포장공사', phone: '010-0000-1631' }];
  return {
    completed: await applied(service, officer, done),
    ready,
    columns: await bring(service, officer, { name: '현장 양식.csv', content: aSheet(odd, { isOdd: true }) }),
    queued: await bring(service, officer, { name: '도로과 4월 계약.csv', content: aSheet(odd), runs: 0 }),
  };
}
