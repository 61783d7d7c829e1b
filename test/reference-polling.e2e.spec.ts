import { addDays } from '../src/core/calendar/local-date.js';
import { Procurement } from '../src/office/reference-lists/procurement.js';
import type { ListView } from '../src/office/reference-lists/reference-list.schema.js';
import { ok } from './support/api-client.js';
import { aContact, aCounterparty } from './support/builders.js';
import { FakeProcurement, type ProcurementItem } from './support/fake-procurement.js';
import { startService, type TestService } from './support/service.js';

/**
 * The e-procurement service, read page by page. `RECORDS=100000` makes the large run, whose figures it prints; without it the same is
 * done with fewer. It is 30 June 2026, and the list asks for what was signed from 1 January on.
 */
const count = Number(process.env['RECORDS'] ?? 3000);
const since = '2026-01-01';

let fake: FakeProcurement;
let service: TestService;

/** A contract as the service has it, with the day of its signing spread over the half year. */
function item(n: number, of: ProcurementItem = {}): ProcurementItem {
  const signed = addDays(since, n % 170);
  return {
    untyCntrctNo: `R26TA${String(n).padStart(8, '0')}`,
    dcsnCntrctNo: `2026${String(n).padStart(7, '0')}00`,
    bsnsDivNm: n % 3 === 0 ? '일반용역' : '공사',
    cntrctCnclsDate: signed,
    cntrctPrd: '착공후 25 일',
    ...(n % 3 === 0 ? { cntrctNm: `용역 ${n}` } : { cnstwkNm: `공사 ${n}` }),
    totCntrctAmt: '0',
    thtmCntrctAmt: String(10_000_000 + n),
    cntrctInsttChrgDeptNm: '도로과',
    corpList: `[1^주계약업체^단독^업체${n % 500}^한맑음^대한민국^100^^이가람^${numberOf(n % 500)}]`,
    ...of,
  };
}

/** A registration number of ten digits whose last follows from the others. */
function numberOf(n: number): string {
  const digits = String(100_000_000 + n * 7).slice(0, 9);
  const sum = [1, 3, 7, 1, 3, 7, 1, 3, 5].reduce((total, weight, i) => total + weight * Number(digits[i]), 0);
  return digits + String((10 - ((sum + Math.floor((5 * Number(digits[8])) / 10)) % 10)) % 10);
}

/** Of ten contracts one is not registered, one has a revision, and one stands under another number here. */
const isMissing = (n: number) => n % 10 === 4;
const isRevised = (n: number) => n % 10 === 7;
const isElsewhere = (n: number) => n % 10 === 9;

beforeAll(async () => {
  fake = await new FakeProcurement().start();
  service = await startService({ environment: { PROCUREMENT_URL: fake.url, PROCUREMENT_KEY: 'a-key' } });
  await service.startAt('2026-06-30T09:00:00+09:00');
  const auditor = await service.as('auditor');
  const list = { name: '나라장터', since, graceDays: 5, polled: true };
  ok(await auditor.post<ListView>('/reference-lists', list));
  for (let n = 0; n < count; n += 1) {
    fake.items.push(item(n));
    if (isRevised(n))
      fake.items.push(
        item(n, {
          dcsnCntrctNo: `2026${String(n).padStart(7, '0')}01`,
          thtmCntrctAmt: String(20_000_000 + n),
        }),
      );
  }
  await registerAll();
});
afterAll(async () => {
  await service.close();
  await fake.close();
});

/** Registers what officers did register, straight into the tables: the texts of so many contracts are not what this is about. */
async function registerAll(): Promise<void> {
  const template = await service.register({
    reference: 'template',
    counterparties: [aCounterparty({ contacts: [aContact()] })],
  });
  const numbers = Array.from({ length: 500 }, (_, n) => numberOf(n).replace(/^(\d{3})(\d{2})/, '$1-$2-'));
  await service.sql(
    `WITH wanted AS (
       SELECT n, gen_random_uuid() AS id FROM generate_series(0, $2::int - 1) n WHERE n % 10 <> 4),
     made AS (
       INSERT INTO contract SELECT (json_populate_record(c, json_build_object('id', w.id, 'state', 'signed',
         'reference', CASE WHEN w.n % 10 = 9 THEN 'OTHER-' || w.n ELSE 'R26TA' || lpad(w.n::text, 8, '0') END,
         'kind', CASE WHEN w.n % 3 = 0 THEN 'service' ELSE 'works' END, 'title', 'T',
         'signed_on', date '2026-01-01' + w.n % 170, 'revision', CASE WHEN w.n % 10 = 7 THEN 1 ELSE 0 END,
         'amount', w.n + CASE WHEN w.n % 10 = 7 THEN 20000000 ELSE 10000000 END))).*
       FROM contract c CROSS JOIN wanted w WHERE c.id = $1 RETURNING id)
     INSERT INTO counterparty SELECT (json_populate_record(p, json_build_object('id', gen_random_uuid(), 'contract_id', w.id,
       'registration_number', ($3::text[])[w.n % 500 + 1]))).*
     FROM counterparty p CROSS JOIN wanted w WHERE p.contract_id = $1`,
    [template.id, count, numbers],
  );
  await service.sql('ANALYZE contract, counterparty');
}

const poll = () => service.app.get(Procurement).pollDue();
const retryNow = () => service.sql(`UPDATE reference_list SET lease_until = NULL`);

it('goes on where it broke off, and is read once', async () => {
  fake.answersLeft = 5;
  expect(await poll()).toBe(false);
  const auditor = await service.as('auditor');
  const [list] = ok(await auditor.get<{ items: ListView[] }>('/reference-lists')).items;
  expect(list?.failure).toBe('service-away');
  // Nobody asks again before its time.
  expect(await poll()).toBe(false);
  fake.answersLeft = null;
  await retryNow();
  const began = performance.now();
  expect(await poll()).toBe(true);
  const seconds = (performance.now() - began) / 1000;
  const asked = fake.asked.map(({ operation, from, page }) => `${operation} ${from} ${page}`);
  expect(new Set(asked).size).toBe(asked.length);
  expect(asked.length).toBeGreaterThan(7 * 4 - 1);
  // Read once, it is not due for six hours.
  expect(await poll()).toBe(false);
  process.stdout.write(
    `${fake.items.length} records of the service, read and compared in ${seconds.toFixed(1)} s\n`,
  );
});

it('keeps the newest revision of each, with its amount', async () => {
  const [row] = await service.sql<{ records: number; revised: number }>(
    `SELECT count(*)::int AS records, count(*) FILTER (WHERE revision = 1 AND amount >= 20000000)::int AS revised FROM reference_record`,
  );
  expect(row).toEqual({ records: count, revised: of(isRevised) });
});

it('finds all that is not registered, joins what stands under another number, and joins nothing wrongly', async () => {
  const rows = await service.sql<{ n: number; ours: string | null; by: string | null }>(
    `SELECT right(r.reference, 8)::int AS n, c.reference AS ours, r.matched_by AS by
     FROM reference_record r LEFT JOIN contract c ON c.id = r.contract_id`,
  );
  const wrong = rows.filter(
    ({ n, ours }) => ours !== null && Number(ours.replace(/\D/g, '').slice(-8)) !== n,
  );
  expect(wrong).toEqual([]);
  expect(rows.filter(({ ours }) => ours === null).map(({ n }) => n % 10)).toEqual(
    Array(of(isMissing)).fill(4),
  );
  expect(rows.filter(({ by }) => by === 'terms')).toHaveLength(of(isElsewhere));
  const [flags] = await service.sql<{ missing: number; others: number }>(
    `SELECT count(*) FILTER (WHERE kind = 'not-registered')::int AS missing,
            count(*) FILTER (WHERE kind = ANY ('{other-value,other-company,partner-left-out,other-kind}'))::int AS others FROM flag`,
  );
  expect(flags).toEqual({ missing: of(isMissing), others: 0 });
});

it('is told from a service that refuses its key', async () => {
  await service.sql(`UPDATE reference_list SET polled_at = NULL`);
  Object.assign(fake, { key: 'another' });
  expect(await poll()).toBe(false);
  const auditor = await service.as('auditor');
  const [list] = ok(await auditor.get<{ items: ListView[] }>('/reference-lists')).items;
  expect(list?.failure).toBe('service-refuses');
  expect(service.heard.logs.join('\n')).not.toContain('a-key');
});

const of = (is: (n: number) => boolean) => Array.from({ length: count }, (_, n) => n).filter(is).length;
