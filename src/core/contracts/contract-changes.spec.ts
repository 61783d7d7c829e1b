import { alteredColumns } from './contract-changes.js';
import type { Contract, Wanted } from './contract.entity.js';
import { noTerms } from './contract.schema.js';

const contract: Contract = {
  ...noTerms,
  id: '01996f3e-0000-7000-8000-00000000000a',
  source: 'agency',
  reference: 'C-2026-0143',
  revision: 0,
  kind: 'works',
  title: '1.10',
  departmentId: '01996f3e-0000-7000-8000-000000000001',
  signedOn: '2026-03-03',
  endsOn: '2026-11-27',
  amount: '1000',
  currency: 'KRW',
  method: '2.0',
  state: 'signed',
  resumesTo: null,
  completedOn: null,
  terminatedOn: null,
  planName: 'plan:works',
  planVersion: 1,
  calendarVersion: 1,
  version: 1,
};

const altered = (wanted: Wanted<Contract>, from: Partial<Contract> = {}) =>
  alteredColumns({ ...contract, ...from }, wanted);

describe('alteredColumns', () => {
  it('lists what would get another value, a value being taken back included', () => {
    expect(altered({ endsOn: '2026-12-18', startsOn: '2026-03-16' })).toEqual(['endsOn', 'startsOn']);
    expect(altered({ endsOn: null })).toEqual(['endsOn']);
    expect(altered({ revision: 1 })).toEqual(['revision']);
  });

  it('leaves out what is wanted as it is, and what is not wanted at all', () => {
    expect(altered({ endsOn: '2026-11-27', startsOn: null, revision: 0 })).toEqual([]);
    expect(altered({ endsOn: undefined, title: undefined })).toEqual([]);
    expect(altered({})).toEqual([]);
  });

  it.each([
    ['1000', '1000.00'],
    ['1000.00', '1000'],
    ['1000.5', '1000.50'],
    ['1000', '01000'],
    ['0', '0.00'],
    ['0', '00'],
  ])('takes %s and %s for one amount', (amount, wanted) => {
    expect(altered({ amount: wanted }, { amount })).toEqual([]);
  });

  it.each([
    ['1000', '1000.01'],
    ['1000.05', '1000.50'],
    ['1000', '10000'],
    ['999999999999999999', '999999999999999998'],
    ['9007199254740993', '9007199254740992'],
    ['1000', null],
    [null, '0'],
  ])('sees that %s and %s are two amounts', (amount, wanted) => {
    expect(altered({ amount: wanted }, { amount })).toEqual(['amount']);
  });

  it('compares texts as they are written, also where they look like numbers', () => {
    expect(altered({ title: '1.1', method: '2' })).toEqual(['title', 'method']);
  });
});
