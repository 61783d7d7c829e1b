import fc from 'fast-check';
import { type JsonObject, listAt } from '../../src/office/imports/ocds/json.js';

/** Releases of OCDS with what publishers leave out, repeat and misplace, for properties of whatever reads them. */

const ids = ['S-1', 'S-2', 'S-3', 'S-4'] as const;
export const nameOf = (id: string) => `${id}건설`;
export const numberOf = (id: string) => `010-0000-710${id.at(-1)}`;
const usable = ids.slice(0, 3);

const partyOf = (id: string, roles: string[] | undefined) => ({
  id,
  name: nameOf(id),
  roles,
  address: { countryName: 'KR' },
  contactPoint: { telephone: (usable as readonly string[]).includes(id) ? numberOf(id) : 'by letter' },
});
const supplier = fc
  .record({ id: fc.constantFrom(...ids), hasId: fc.boolean() })
  .map(({ id, hasId }) => ({ ...(hasId && { id }), name: nameOf(id) }));
/** Mostly what a publisher should say. */
const mostly = <T, U>(good: fc.Arbitrary<T>, ...bad: U[]) =>
  fc.oneof({ weight: 6, arbitrary: good }, fc.constantFrom(...bad));
const oneOf = fc.constantFrom;

const suppliers = fc.oneof(
  { weight: 6, arbitrary: fc.array(supplier, { minLength: 1, maxLength: 3 }) },
  supplier,
  oneOf(null, undefined, []),
);
const award = fc.record({ id: oneOf('A-1', 'A-2'), suppliers, date: oneOf('2026-03-02', undefined) });
const contract = fc.record({
  id: mostly(oneOf('C-1', 'C 2', 'C:3'), undefined),
  awardID: mostly(oneOf('A-1', 'A-2'), 'A-9', undefined),
  status: mostly(oneOf('active'), 'pending', 'cancelled', 'terminated', undefined),
  dateSigned: mostly(oneOf('2026-03-02'), '2019-03-04', 'soon', undefined),
  period: mostly(oneOf(undefined, { endDate: '2026-11-27' }), { endDate: '2019-11-27' }),
  suppliers: mostly(oneOf(undefined), [], null, [{ name: nameOf('S-1') }], { name: nameOf('S-2') }),
});
const listOr = (one: fc.Arbitrary<JsonObject>) =>
  fc.oneof(
    { weight: 6, arbitrary: fc.array(one, { minLength: 1, maxLength: 3 }) },
    one,
    oneOf(null, undefined, []),
  );

const releaseOf = (ocids: string[]) =>
  fc.record({
    ocid: oneOf(...ocids),
    id: oneOf('r1', 'r2', 'r3', undefined),
    date: oneOf('2026-01-01', '2026-01-02', '2026-01-03', undefined),
    tag: mostly(oneOf(['award'], ['contract']), ['compiled']),
    tender: mostly(oneOf({ mainProcurementCategory: 'works' }), { title: 't' }, undefined),
    parties: fc.subarray(ids.flatMap((id) => [partyOf(id, ['supplier']), partyOf(id, undefined)])),
    awards: listOr(award),
    contracts: listOr(contract),
  });

/** Files that come one after another, with the releases of each. */
export const anyImportsOf = (...ocids: string[]) =>
  fc
    .array(fc.array(releaseOf(ocids), { minLength: 1, maxLength: 3 }), { minLength: 1, maxLength: 3 })
    .map((imports) => JSON.parse(JSON.stringify(imports)) as JsonObject[][]);

/** Ids of suppliers that releases of one import name, with a number that one of them gives. */
export function reachableIn(releases: JsonObject[]): string[] {
  const named = releases.flatMap((one) => [
    ...[...listAt(one, 'awards'), ...listAt(one, 'contracts')].flatMap((part) => listAt(part, 'suppliers')),
    ...listAt(one, 'parties').filter(({ roles }) => roles !== undefined),
  ]);
  const known = releases.flatMap((one) => listAt(one, 'parties'));
  const isIn = (all: JsonObject[], id: string) => all.some(({ name }) => name === nameOf(id));
  return usable.filter((id) => isIn(named, id) && isIn(known, id));
}
