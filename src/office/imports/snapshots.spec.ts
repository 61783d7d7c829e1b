import { noTerms } from '../../core/contracts/contract.schema.js';
import { beforeImport, changesBetween, merged, type Snapshot } from './snapshots.js';

const number = (last: string) => ({
  e164: `+82100000${last}`,
  country: 'KR',
  masked: `010-****-${last}`,
});

function aSnapshot(overrides: Partial<Snapshot> = {}, columns: Partial<Snapshot['columns']> = {}): Snapshot {
  return {
    columns: {
      ...noTerms,
      revision: 0,
      title: '보도 정비',
      departmentId: 'd',
      state: 'signed',
      resumesTo: null,
      signedOn: '2026-03-03',
      endsOn: '2026-11-27',
      completedOn: null,
      terminatedOn: null,
      amount: '110000000',
      currency: 'KRW',
      ...columns,
    },
    parties: [{ id: 'p', name: '(주)새솔건설' }],
    contacts: [{ id: 'c', name: '이*람', number: number('1234') }],
    occurrences: [],
    lastRevision: 'r1',
    ...overrides,
  };
}

describe('what an import does to a contract', () => {
  const before = aSnapshot();
  const after = aSnapshot(
    {
      contacts: [
        { id: 'c', name: '이*람', number: number('9999') },
        { id: 'n', name: '박*미', number: null },
      ],
      occurrences: [{ code: 'variation', occurrence: 1, occurredOn: '2026-04-01' }],
      lastRevision: 'r2',
    },
    { revision: 1, endsOn: '2026-12-18' },
  );

  it('is told field by field, numbers masked', () => {
    expect(changesBetween(before, after)).toEqual([
      { field: 'revision', from: 0, to: 1 },
      { field: 'endsOn', from: '2026-11-27', to: '2026-12-18' },
      { field: 'contact', from: null, to: '박*미' },
      { field: 'contact.phone', from: '010-****-1234', to: '010-****-9999' },
      { field: 'occurrence.variation', from: null, to: '2026-04-01' },
    ]);
    expect(changesBetween(before, before)).toEqual([]);
    expect(JSON.stringify(changesBetween(null, after))).not.toContain('+82');
  });

  it('is taken back by what stood before the first of several', () => {
    const later = aSnapshot(
      { ...after, contacts: [{ id: 'c', name: '이*람', number: number('8888') }], lastRevision: 'r3' },
      { revision: 2, endsOn: '2027-01-29' },
    );
    expect(merged([beforeImport(before, after), beforeImport(after, later)])).toMatchObject({
      columns: { revision: 0, endsOn: '2026-11-27' },
      numbers: [{ contactId: 'c', phone: { e164: '+821000001234', country: 'KR' } }],
      addedContacts: ['n'],
      occurrences: [{ code: 'variation', occurrence: 1 }],
      lastRevision: 'r1',
    });
  });

  it('of a contract that it created is taken back by its occurrences alone: it becomes a draft', () => {
    expect(beforeImport(null, after)).toEqual({
      columns: {},
      numbers: [],
      addedContacts: [],
      occurrences: [{ code: 'variation', occurrence: 1 }],
      lastRevision: null,
    });
  });
});
