import fc from 'fast-check';
import { anyImportsOf, nameOf, reachableIn } from '../../../../test/support/generated-releases.js';
import type { ImportedContract, RowProblem } from '../import.types.js';
import { contractsOf, type RefusedContract } from './contracts.js';
import { type JsonObject, listAt, textAt } from './json.js';
import { type CompiledRelease, mergeReleases, type OcdsRelease } from './merging.js';
import { readOcds } from './releases.js';
import { untoldSuppliers } from './untold.js';

const rules = { allowFiction: true, kinds: { all: null, buyers: {} }, awardsAsContracts: false };
const ocid = 'ocds-zz0001-1';

interface Import {
  contracts: ImportedContract[];
  refused: RefusedContract[];
  problems: RowProblem[];
}

/** Brings releases of one process in, an import after another, as the service does. */
async function imported(imports: JsonObject[][]): Promise<Import[]> {
  const done: Import[] = [];
  let kept: CompiledRelease | null = null;
  for (const releases of imports) {
    const bytes = [Buffer.from(JSON.stringify({ releases }))] as unknown as AsyncIterable<Buffer>;
    for await (const batch of readOcds(bytes)) {
      if (batch.ocid === null) throw new Error('every release is one');
      const { compiled, late } = mergeReleases(kept, batch.releases);
      const read = contractsOf(compiled, 1, rules);
      const untold = untoldSuppliers(batch, compiled, read, rules);
      done.push({ ...read, problems: [...batch.problems, ...read.problems, ...untold] });
      kept = JSON.parse(JSON.stringify(compiled)) as CompiledRelease;
      expect(late.every((release) => batch.releases.includes(release))).toBe(true);
    }
  }
  return done;
}

function untoldIn(found: OcdsRelease): RowProblem[] {
  const { compiled } = mergeReleases(null, [found]);
  return untoldSuppliers({ releases: [found], line: 1 }, compiled, contractsOf(compiled, 1, rules), rules);
}

const tries = { numRuns: 500 };

/** Whether a contract that was taken has a supplier, by its own number. */
const isTold = (done: Import[], id: string) =>
  done.some(({ contracts }) =>
    contracts.some(({ counterparties }) =>
      counterparties.some(
        ({ name, contacts }) =>
          name === nameOf(id) && contacts.some(({ phone }) => phone?.endsWith(id.slice(-1))),
      ),
    ),
  );

/** Whether a problem names a supplier, or refuses a contract that has it. */
const isNamed = (done: Import[], id: string) =>
  done.some(
    ({ problems, refused }) =>
      problems.some(({ field }) => field.includes(`[${id}]`) || field.includes(`[${nameOf(id)}]`)) ||
      refused.some(
        ({ suppliers: own, reference }) =>
          own.some((one) => textAt(one, 'name') === nameOf(id)) &&
          problems.some(({ fatal, field }) => fatal && field.includes(`contracts[${reference ?? ''}`)),
      ),
  );

describe('every supplier with a usable number', () => {
  it('is told or named in a problem, whatever the releases and in whatever order they come', async () => {
    await fc.assert(
      fc.asyncProperty(anyImportsOf(ocid), async (all) => {
        const done = await imported(all);
        for (const [i, releases] of all.entries()) {
          const soFar = done.slice(0, i + 1);
          for (const id of reachableIn(releases))
            expect([id, isTold(soFar, id) || isNamed(soFar, id)]).toEqual([id, true]);
        }
      }),
      tries,
    );
  });

  it('of every award that a contract was ever stated to follow from is told, while nothing takes it back', async () => {
    await fc.assert(
      fc.asyncProperty(anyImportsOf(ocid), async (all) => {
        const forward = all.flat().map(withoutNulls).map(dated);
        const done = await imported([forward]);
        const last = done.at(-1);
        for (const one of last?.contracts ?? []) {
          const told = one.counterparties.map(({ name }) => name);
          expect([one.reference, told]).toEqual([
            one.reference,
            expect.arrayContaining(awardedTo(forward, one)),
          ]);
        }
      }),
      tries,
    );
  });

  it('is named where another has its id in the same list, with a number of their own', () => {
    const party = (name: string, telephone: string) => ({
      id: '1',
      name,
      roles: ['supplier'],
      address: { countryName: 'KR' },
      contactPoint: { telephone },
    });
    const found: OcdsRelease = {
      ocid,
      tender: { mainProcurementCategory: 'works' },
      parties: [party('가', '010-0000-7101'), party('나', '010-0000-7102')],
      awards: [{ id: 'A-1', suppliers: [{ id: '1', name: '나' }] }],
      contracts: [{ id: 'C-1', awardID: 'A-1' }],
    };
    expect(untoldIn(found)).toMatchObject([
      { field: `${ocid} parties[1]`, value: '가', code: 'supplier-not-told' },
    ]);
  });

  it('may be known by other names in other lists', () => {
    const found: OcdsRelease = {
      ocid,
      tender: { mainProcurementCategory: 'works' },
      parties: [
        {
          id: '1',
          name: '가나건설 주식회사',
          roles: ['supplier'],
          address: { countryName: 'KR' },
          contactPoint: { telephone: '010-0000-7101' },
        },
      ],
      awards: [{ id: 'A-1', suppliers: [{ id: '1', name: '가나건설' }] }],
      contracts: [{ id: 'C-1', awardID: 'A-1' }],
    };
    expect(untoldIn(found)).toEqual([]);
  });
});

/** In the order of their dates, and none of them compiled: nothing replaces what came before. */
function dated(one: JsonObject, i: number): JsonObject {
  return { ...one, id: `r${i}`, date: `2026-01-01T00:00:${String(i).padStart(2, '0')}Z`, tag: ['contract'] };
}

function withoutNulls(value: JsonObject): JsonObject {
  return JSON.parse(
    JSON.stringify(value, (_key, inner: unknown) => (inner === null ? undefined : inner)),
  ) as JsonObject;
}

function awardedTo(releases: JsonObject[], { reference }: ImportedContract): string[] {
  const own = releases
    .flatMap((one) => listAt(one, 'contracts'))
    .filter(({ id }) => typeof id === 'string' && id.replaceAll(' ', '-') === reference);
  const awardIds = own.map((one) => textAt(one, 'awardID'));
  return releases
    .flatMap((one) => listAt(one, 'awards'))
    .filter((one) => awardIds.includes(textAt(one, 'id')))
    .flatMap((one) => listAt(one, 'suppliers'))
    .map((one) => textAt(one, 'name') ?? '');
}
