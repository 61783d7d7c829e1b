import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Statistics } from '../src/office/coverage/coverage.schema.js';
import type { ImportView } from '../src/office/imports/import.schema.js';
import { ImportJobs } from '../src/office/imports/jobs.js';
import type { MessageItemView } from '../src/core/log/log.schema.js';
import { type ApiClient, ok } from './support/api-client.js';
import { startService, type TestService } from './support/service.js';
import { aWorkbook } from './support/workbooks.js';

/** `DOCS=month`, as `npm run docs:month` sets it: writes what came of the month to docs/a-month.md. */
const writesTable = process.env['DOCS'] === 'month';

const headings = [
  '계약번호',
  '차수',
  '구분',
  '계약명',
  '계약일',
  '착공(착수)일',
  '준공(완료)일',
  '계약금액',
  '담당부서',
  '업체명',
  '담당자',
  '휴대전화',
  '언어',
];

const departments = ['도로과', '공원녹지과', '복지정책과'];
const kinds = ['공사', '용역', '물품', '위탁', '보조금'];

/** Numbers that the sandbox answers with a fault, by their last digits. */
const landline = '010-0000-0001';

/** Sixty contracts of March: every sixth without a number, every tenth with a number that cannot be reached. */
const rows = Array.from({ length: 60 }, (_, n) => {
  const day = String(2 + (n % 20)).padStart(2, '0');
  const phone = n % 6 === 5 ? '' : n % 10 === 4 ? landline : `010-0000-2${String(n).padStart(3, '0')}`;
  return [
    `M-2026-${String(n).padStart(4, '0')}`,
    '0',
    kinds[n % kinds.length] ?? '',
    `삼월 계약 ${n}`,
    `2026. 3. ${Number(day)}.`,
    `2026년 3월 ${Math.min(Number(day) + 7, 31)}일`,
    '26-11-30',
    '12,000,000원',
    departments[n % departments.length] ?? '',
    `(주)한빛상사${n}`,
    '이가람',
    phone,
    n % 7 === 6 ? '영어' : '한국어',
  ];
});

let service: TestService;
let auditor: ApiClient;

beforeAll(async () => {
  service = await startService();
  await service.startAt('2026-03-02T09:00:00+09:00');
  auditor = await service.as('auditor');
});
afterAll(() => service.close());

async function bring(sheet: Buffer): Promise<ImportView> {
  const boundary = 'the-boundary';
  const head = `--${boundary}\r\ncontent-disposition: form-data; name="preview"\r\n\r\ntrue\r\n--${boundary}\r\ncontent-disposition: form-data; name="file"; filename="삼월.xlsx"\r\n\r\n`;
  const body = Buffer.concat([Buffer.from(head), sheet, Buffer.from(`\r\n--${boundary}--\r\n`)]);
  const { id } = ok(
    await service.admin.post<ImportView>('/imports', body, {
      'content-type': `multipart/form-data; boundary=${boundary}`,
    }),
  );
  await service.app.get(ImportJobs).runImport(id);
  return ok(await service.admin.get<ImportView>(`/imports/${id}`));
}

interface ScriptCell {
  outcome: string;
  reason: string | null;
  milestones: number;
}

describe('a month of the fictional city, from a sheet', () => {
  it('comes in by a preview, goes by, and adds up', async () => {
    const preview = await bring(await aWorkbook({ sheets: [{ name: '계약', rows: [headings, ...rows] }] }));
    expect(preview).toMatchObject({ status: 'ready', previewCounts: { created: 60, refused: 0 } });
    expect(preview.peopleTextedToday).toBe(0);
    ok(await service.admin.post(`/imports/${preview.id}/apply`, { confirmTexts: preview.peopleTextedToday }));
    await service.app.get(ImportJobs).runImport(preview.id);
    const applied = ok(await service.admin.get<ImportView>(`/imports/${preview.id}`));
    expect(applied.counts).toEqual(preview.previewCounts);

    await service.advanceTo('2026-04-01T09:00:00+09:00');

    // Coverage: of every milestone that called for an alert, as the script counts it.
    const { total } = ok(await auditor.post<Statistics>('/statistics', {}));
    const script = await service.sql<ScriptCell>(readFileSync('test/coverage.sql', 'utf8'));
    const byScript = (outcome: string, reason?: string) =>
      script
        .filter((cell) => cell.outcome === outcome && (reason === undefined || cell.reason === reason))
        .reduce((sum, cell) => sum + cell.milestones, 0);
    const counted = (['delivered', 'alerted', 'partly', 'missed'] as const).map((outcome) => [
      outcome,
      total[outcome],
      byScript(outcome),
    ]);
    for (const [outcome, service_, script_] of counted)
      expect([outcome, service_]).toEqual([outcome, script_]);
    expect(total.called).toBe(total.delivered + total.alerted + total.partly + total.missed);
    for (const reason of ['no-number', 'failed'] as const) {
      expect([reason, total.missedBecause[reason]]).toEqual([reason, byScript('missed', reason)]);
      expect(total.missedBecause[reason]).toBeGreaterThan(0);
    }

    // Worked by hand: ten contracts have no number, and each calls for its signing in March.
    const untold = ok(
      await auditor.get<{ items: { contract: { reference: string } }[] }>('/work/no-number?limit=200'),
    ).items;
    expect(new Set(untold.map((row) => row.contract.reference)).size).toBe(10);
    const dead = ok(
      await auditor.get<{ items: { contract: { reference: string } }[] }>('/work/dead-numbers?limit=200'),
    ).items;
    // n % 10 = 4 and n % 6 ≠ 5 holds of 4, 14, 24, 34, 44 and 54.
    expect(new Set(dead.map((row) => row.contract.reference)).size).toBe(6);

    // The log: as many delivered messages as phones received.
    const messages = await all<MessageItemView>(`/messages?limit=200`);
    const received = await service.texts();
    expect(messages.filter((message) => message.status === 'delivered')).toHaveLength(
      received.filter((text) => text.status === 'delivered').length,
    );
    expect(messages.length).toBeGreaterThan(60);

    const lists = ok(await auditor.get<{ items: { list: string; count: number }[] }>('/work')).items;
    if (writesTable)
      writeFileSync(
        join(process.cwd(), 'docs/a-month.md'),
        tableOf(applied, counted, total, lists, messages),
      );
  });
});

async function all<T>(path: string): Promise<T[]> {
  const found: T[] = [];
  let cursor: string | null = null;
  do {
    const page: { items: T[]; nextCursor: string | null } = ok(
      await auditor.get(`${path}${cursor === null ? '' : `&cursor=${cursor}`}`),
    );
    found.push(...page.items);
    cursor = page.nextCursor;
  } while (cursor !== null);
  return found;
}

function tableOf(
  { counts }: ImportView,
  counted: (string | number)[][],
  total: Statistics['total'],
  lists: { list: string; count: number }[],
  messages: MessageItemView[],
): string {
  const line = (cells: (string | number)[]) => `| ${cells.join(' | ')} |`;
  const statuses = [...new Set(messages.map((message) => message.status))].sort();
  return [
    '# A month of the fictional city',
    '',
    'Written by `npm run docs:month`: sixty contracts brought in from an Excel sheet on 2 March 2026, the clock moved to 1 April, and what',
    'each page then says. Do not edit: run it again. A month of the living city of a sandbox, as its people have it in hand, lies in',
    '[a-month/](a-month/): the report ([page](a-month/report.en.html), [text](a-month/report.en.txt)), the mails ([English](a-month/mails.en.txt),',
    '[Korean](a-month/mails.ko.txt)) and the steps of the [ladder](a-month/ladder.md).',
    '',
    `Imported: ${counts.created} created, ${counts.refused} refused, ${counts.contactsWithoutNumber} contacts without a number, ${counts.alertsPlanned} alerts planned.`,
    '',
    line(['coverage', 'by the service', 'by test/coverage.sql']),
    line(['---', '---', '---']),
    ...counted.map(line),
    '',
    line(['missed because', 'milestones']),
    line(['---', '---']),
    ...Object.entries(total.missedBecause).map(([reason, count]) => line([reason, count ?? 0])),
    '',
    line(['work list (auditor)', 'rows']),
    line(['---', '---']),
    ...lists.map(({ list, count }) => line([list, count])),
    '',
    line(['message log', 'messages']),
    line(['---', '---']),
    ...statuses.map((status) =>
      line([status, messages.filter((message) => message.status === status).length]),
    ),
    '',
  ].join('\n');
}
