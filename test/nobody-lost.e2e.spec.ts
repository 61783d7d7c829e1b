import fc from 'fast-check';
import { parsePhoneNumber } from '../src/platform/phone-numbers/phone-number.js';
import { type JsonObject, listAt, textAt } from '../src/office/imports/ocds/json.js';
import { referenceOf } from '../src/office/imports/ocds/contracts.js';
import { Sealer } from '../src/platform/sealing/sealer.js';
import { ok } from './support/api-client.js';
import { anyImportsOf, nameOf, numberOf, reachableIn } from './support/generated-releases.js';
import { anySheet, bytesOf, suppliersOf } from './support/generated-sheets.js';
import { bringIn } from './support/imports.js';
import { startService, type TestService } from './support/service.js';

/**
 * Whatever files come, in whatever order: of every supplier with a usable number, an alert is planned, or a problem names
 * them. They go through the whole importer, and what it left in the database is looked at. A longer run, or the same once
 * more: NOBODY_LOST_RUNS=2000 NOBODY_LOST_SEED=1.
 */
const seed = Number(process.env['NOBODY_LOST_SEED'] ?? Date.now() % 2 ** 31);
const numRuns = Number(process.env['NOBODY_LOST_RUNS'] ?? 60);

type Brought = Awaited<ReturnType<typeof bringIn>>;
type Fate = 'told' | 'named' | 'lost';
const fates: Record<string, Record<Fate, number>> = {};

let service: TestService;

beforeAll(async () => {
  service = await startService();
  await service.startAt('2026-02-26');
});
afterAll(() => service.close());

/** Lets what earlier files brought in be no contract of theirs any more. */
async function forgetFiles(): Promise<void> {
  await service.sql(`UPDATE contract SET source = 'ocds:past ' || id WHERE source NOT LIKE 'ocds:past %'`);
  await service.sql(`DELETE FROM ocds_record`);
}

/** Whether an alert is planned for a number, of a contract of that source. */
async function isTold(source: string, e164: string): Promise<boolean> {
  const found = await service.sql(
    `SELECT 1 FROM alert a JOIN contract c ON c.id = a.contract_id
     WHERE c.source = $1 AND a.number_index = $2 AND a.status IN ('planned', 'covered')`,
    [source, service.app.get(Sealer).blindIndex(e164)],
  );
  return found.length > 0;
}

/** Lines of contracts that wait for a second person. */
async function waitingLines({ id, counts }: Brought): Promise<number[]> {
  if (counts.proposed === 0) return [];
  const path = `/imports/${id}/effects?limit=1000&result=proposed`;
  return ok(await service.admin.get<{ items: { line: number }[] }>(path)).items.map(({ line }) => line);
}

/** What leaves a row's people out although its contract goes in. */
const leavesOut = /^(signing-day-missing|date-.*|number-(?!zero).*|nothing-planned|revision-older)$/;

function count(of: string, fate: Fate): void {
  fates[of] ??= { told: 0, named: 0, lost: 0 };
  fates[of][fate] += 1;
}

describe(`every supplier with a usable number is told or named (seed ${seed})`, () => {
  afterEach(forgetFiles);

  it('whatever the sheet', async () => {
    await fc.assert(
      fc.asyncProperty(anySheet, async (sheet) => {
        await forgetFiles();
        const { format, bytes } = await bytesOf(sheet);
        const done = await bringIn(service, { name: `a.${format}`, content: bytes });
        const waiting = await waitingLines(done);
        const isWhole = done.counts.contracts === 0 && done.problems.some((p) => p.fatal && p.field === '');
        for (const { lines, e164 } of suppliersOf(sheet)) {
          const isNamed =
            isWhole ||
            lines.some((line) => waiting.includes(line)) ||
            done.problems.some(
              ({ code, fatal, line }) => lines.includes(line) && (fatal || leavesOut.test(code)),
            );
          const fate = (await isTold('agency', e164)) ? 'told' : isNamed ? 'named' : 'lost';
          count('sheets', fate);
          expect(fate === 'lost' ? { lines, e164, done } : null).toBeNull();
        }
        if (done.counts.contracts === 0) expect(done.problems).not.toEqual([]);
      }),
      { seed, numRuns },
    );
  });

  it('whatever the releases, in whatever order', async () => {
    const ocids = ['ocds-zz0001-1', 'ocds-zz0001-2'];
    const options = fc.record({ awardsAsContracts: fc.constantFrom('true', 'false') });
    await fc.assert(
      fc.asyncProperty(anyImportsOf(...ocids), options, async (imports, fields) => {
        await forgetFiles();
        const soFar: JsonObject[] = [];
        const named = new Set<string>();
        for (const releases of imports) {
          const content = JSON.stringify({ releases });
          const done = await bringIn(service, { name: 'a.json', content, fields });
          soFar.push(...releases);
          for (const ocid of ocids) {
            const own = releases.filter((one) => one['ocid'] === ocid);
            const known = soFar.filter((one) => one['ocid'] === ocid);
            for (const id of reachableIn(own)) {
              const number = parsePhoneNumber(numberOf(id), 'KR', { allowFiction: true });
              if (!number.ok) throw new Error('it is a number');
              if (done.problems.some((problem) => names(problem, id, ocid, known)))
                named.add(`${ocid} ${id}`);
              const isNamed = named.has(`${ocid} ${id}`);
              const fate = (await isTold(`ocds:${ocid}`, number.e164)) ? 'told' : isNamed ? 'named' : 'lost';
              count('releases', fate);
              expect(fate === 'lost' ? { ocid, id, done } : null).toBeNull();
            }
          }
        }
      }),
      { seed, numRuns },
    );
  });

  it('of sheets and of releases', () => {
    for (const { told, named } of Object.values(fates))
      expect(Math.min(told, named)).toBeGreaterThan(numRuns / 6);
  });
});

/** Whether a problem names a supplier of a process, or a contract of which nobody is told and that has the supplier. */
function names(
  { field, code, value, fatal }: Brought['problems'][number],
  id: string,
  ocid: string,
  releases: JsonObject[],
): boolean {
  if (!field.startsWith(ocid)) return false;
  if (field.includes(`[${id}]`) || field.includes(`[${nameOf(id)}]`)) return true;
  if (!fatal && !['nothing-planned', 'signing-missing', 'termination-unclear'].includes(code)) return false;
  return contractsOf(id, releases).some(
    (contract) =>
      value === referenceOf(contract) || field.includes(`contracts[${textAt(contract, 'id') ?? ''}`),
  );
}

/** The contracts that releases state of a supplier: their own, those of their awards or made of them, and those that name no award. */
function contractsOf(id: string, releases: JsonObject[]): JsonObject[] {
  const has = (object: JsonObject) => listAt(object, 'suppliers').some(({ name }) => name === nameOf(id));
  const all = (key: string) => releases.flatMap((one) => listAt(one, key));
  const awards = all('awards').filter(has);
  const awardIds = awards.map((award) => textAt(award, 'id'));
  const contracts = all('contracts').filter((contract) => {
    const award = textAt(contract, 'awardID');
    return has(contract) || award === null || awardIds.includes(award);
  });
  return [...contracts, ...awards];
}
