/** Builders of OCDS releases with valid defaults; names and numbers are invented. */

type Json = Record<string, unknown>;

/** A party of a release, with the number that its people are reached by. */
export function aParty(id: string, telephone: string | null = '010-0000-7101', rest: Json = {}): Json {
  return {
    id,
    name: `${id}건설`,
    roles: ['supplier'],
    address: { countryName: 'KR' },
    contactPoint: { name: '이가람', ...(telephone !== null && { telephone }) },
    ...rest,
  };
}

export function anAward(id: string, suppliers: unknown, rest: Json = {}): Json {
  return { id, status: 'active', suppliers, ...rest };
}

export function aSigned(id: unknown, rest: Json = {}): Json {
  return {
    id,
    awardID: 'award-1',
    title: '한빛교 정비',
    status: 'active',
    period: { startDate: '2026-12-14T00:00:00Z', endDate: '2027-06-30T00:00:00Z' },
    value: { amount: 1_000_000, currency: 'KRW' },
    dateSigned: '2026-12-01T00:00:00Z',
    ...rest,
  };
}

/** A release of works of which S-1 has the only award, and C-1 is the only contract. */
export function aRelease(rest: Json = {}): Json {
  return {
    ocid: 'ocds-zz0001-1',
    id: 'r1',
    date: '2026-11-20T00:00:00Z',
    tag: ['contract'],
    buyer: { id: 'B', name: '한빛시' },
    tender: { id: 't', title: '정비', mainProcurementCategory: 'works' },
    parties: [aParty('S-1')],
    awards: [anAward('award-1', [{ id: 'S-1', name: 'S-1건설' }])],
    contracts: [aSigned('C-1')],
    ...rest,
  };
}

export const aPackage = (...releases: unknown[]) => JSON.stringify({ version: '1.1', releases });
