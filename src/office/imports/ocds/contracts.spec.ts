import { createReadStream } from 'node:fs';
import type { ImportedContract, RowProblem } from '../import.types.js';
import { contractsOf } from './contracts.js';
import { mergeReleases, type OcdsRelease } from './merging.js';
import { readOcds } from './releases.js';

const rules = { allowFiction: true, kinds: { all: null, buyers: {} }, awardsAsContracts: false };

type Found = { contracts: ImportedContract[]; problems: RowProblem[] };

async function fixture(name: string): Promise<Found> {
  const found: Found = { contracts: [], problems: [] };
  const file = createReadStream(`test/fixtures/ocds/${name}`) as AsyncIterable<Buffer>;
  for await (const { ocid, releases, line } of readOcds(file)) {
    if (ocid === null) continue;
    const { contracts, problems } = contractsOf(mergeReleases(null, releases).compiled, line, rules);
    found.contracts.push(...contracts);
    found.problems.push(...problems);
  }
  return found;
}

function contractIn(contract: object, rest: object = {}): Found {
  const release: OcdsRelease = {
    ocid: 'o1',
    id: 'r1',
    date: '2026-01-01',
    tender: { mainProcurementCategory: 'works' },
    parties: [
      { id: 's1', name: 'Ash', address: { countryName: 'KR' }, contactPoint: { telephone: '010-0000-0001' } },
    ],
    awards: [{ id: 'a1', suppliers: [{ id: 's1', name: 'Ash' }] }],
    contracts: [{ id: 'C-1', awardID: 'a1', ...contract }],
    ...rest,
  };
  return contractsOf(mergeReleases(null, [release]).compiled, 7, rules);
}

const codes = ({ problems }: Found) => problems.map((p) => p.code);

describe('a contract that was published release by release', () => {
  it('is read whole', async () => {
    const { contracts } = await fixture('packages-concatenated.json');
    expect(contracts).toMatchObject([
      {
        source: 'ocds',
        reference: 'HB-2026-17',
        kind: 'works',
        title: 'Repair of the harbour wall',
        department: 'Hanbit City',
        // As written, though both are the next day in Seoul.
        signedOn: '2026-02-19',
        startsOn: '2026-04-01',
        endsOn: '2026-12-18',
        value: { amount: '1000000', currency: 'GBP' },
        method: 'open',
        status: 'active',
        amendments: [{ id: '1', date: '2026-09-30' }],
        occurrences: [{ code: 'progress-inspection', occurredOn: '2026-07-22', externalId: 'milestone:m1' }],
        line: 9,
      },
    ]);
  });

  it('has the suppliers of its award, with the contact points of the parties', async () => {
    const { contracts } = await fixture('packages-concatenated.json');
    expect(contracts[0]?.counterparties).toMatchObject([
      {
        externalId: 'ZZ-REG-1001',
        name: 'Northshore Civil Ltd',
        registrationNumber: '1001',
        country: 'GB',
        contacts: [{ name: 'Ada Quill', phone: '+447700900123', phoneCountry: 'GB', phoneProblem: null }],
      },
      {
        name: '온누리토건',
        country: 'KR',
        contacts: [
          { name: '정다온', phone: null, phoneProblem: { code: 'number-impossible', masked: '**-***-*000' } },
        ],
      },
    ]);
  });

  it('reports what has no place in a plan, what is paid in part, and numbers that cannot be used', async () => {
    const { problems } = await fixture('packages-concatenated.json');
    const at = 'ocds-zz0001-HB-17 contracts[HB-2026-17]';
    expect(problems.map((p) => [p.field, p.code, p.fatal, p.informative])).toEqual([
      [`${at}.suppliers[ZZ-REG-1002].contactPoint.telephone`, 'number-impossible', false, false],
      [`${at}.milestones[m2]`, 'milestone-unknown', false, false],
      [`${at}.transactions`, 'partly-paid', false, true],
    ]);
    expect(JSON.stringify(problems)).not.toMatch(/900123/);
  });

  it('is the same from a record whose releases stand in another order', async () => {
    const { contracts: fromRecord } = await fixture('record-package.json');
    const { contracts } = await fixture('packages-concatenated.json');
    expect({ ...fromRecord[1], line: 9 }).toEqual(contracts[0]);
  });
});

describe('a compiled release', () => {
  it('records the payment that completes the value, in the order of days', async () => {
    const { contracts } = await fixture('record-package.json');
    expect(contracts[0]).toMatchObject({
      reference: 'HB-2026-18',
      kind: 'service',
      value: { amount: '40000.50', currency: 'USD' },
      counterparties: [{ contacts: [{ phone: '+12125550123' }] }],
      occurrences: [{ code: 'payment', occurredOn: '2026-06-20', externalId: 'transaction:p2' }],
    });
  });
});

describe('data of OCDS 1.0', () => {
  it('is read from the award, the single amendment and the transaction amount', async () => {
    const { contracts, problems } = await fixture('package-1.0.json');
    expect(contracts).toMatchObject([
      {
        reference: '3',
        kind: 'goods',
        title: 'Street lamps',
        startsOn: '2016-05-10',
        endsOn: '2016-06-10',
        status: 'terminated',
        counterparties: [
          {
            externalId: null,
            name: 'Lumen Nord',
            country: 'KR',
            contacts: [{ name: 'Cy Fen', phone: '+821000004321' }],
          },
        ],
        amendments: [{ date: '2016-05-20' }],
        occurrences: [{ code: 'payment', occurredOn: '2016-06-20' }],
      },
    ]);
    expect(problems.map((p) => [p.code, p.informative])).toEqual([
      ['kind-by-cpv', true],
      ['period-of-award', true],
    ]);
  });
});

describe('contractsOf', () => {
  it('finds nothing in a process without contracts', () => {
    expect(contractIn({}, { contracts: undefined })).toEqual({ contracts: [], refused: [], problems: [] });
  });

  it.each([
    ['45233130-9', 'works'],
    ['45233130.0', 'works'],
    ['34928500', 'goods'],
    ['3000000', 'goods'],
    ['48000000', 'goods'],
    ['71300000', 'service'],
  ])('takes the kind from CPV %s: %s', (id, kind) => {
    const items = [{ id: 1, classification: { scheme: 'CPV', id } }];
    expect(contractIn({ items }, { tender: {} }).contracts[0]?.kind).toBe(kind);
  });

  it.each([
    [{ id: '' }, {}, 'reference-missing'],
    [{ id: 'a contract: another' }, {}, 'reference-unusable'],
    [{ id: 'x'.repeat(61) }, {}, 'reference-unusable'],
    [{}, { tender: {} }, 'kind-unknown'],
    [{}, { tender: { mainProcurementCategory: 'constructor' } }, 'kind-unknown'],
    [{ period: { startDate: '2026-05-01', endDate: '2026-04-01' } }, {}, 'dates-out-of-order'],
  ])('refuses %j %j: %s', (contract, rest, code) => {
    const found = contractIn(contract, rest);
    expect(found.contracts).toEqual([]);
    expect(found.problems).toMatchObject([{ line: 7, code, fatal: true }]);
  });

  it.each([
    [{ dateSigned: '2026-02-30T00:00:00Z' }, {}, 'date-unreadable'],
    [{ value: { amount: 'much', currency: 'KRW' } }, {}, 'value-unusable'],
    [{ value: { amount: -1, currency: 'KRW' } }, {}, 'value-unusable'],
    [{ status: 'closed' }, {}, 'status-unknown'],
    [{ awardID: 'other' }, {}, 'suppliers-missing'],
    [{ milestones: [{ id: 1, title: 'Handover', status: 'met' }] }, {}, 'milestone-undated'],
    [{ implementation: { transactions: [{ id: 1, date: '2026-01-01' }] } }, {}, 'payment-unusable'],
  ])('keeps the contract and warns of %j: %s', (contract, rest, code) => {
    const found = contractIn(contract, rest);
    expect(found.contracts).toHaveLength(1);
    expect(found.problems).toMatchObject([{ code, fatal: false }]);
  });

  it('needs a + when the country of the address is not known', () => {
    const party = (telephone: string) => ({
      parties: [{ id: 's1', name: 'Ash', contactPoint: { telephone } }],
    });
    expect(codes(contractIn({}, party('010-0000-0001')))).toEqual([
      'country-unknown',
      'number-country-unknown',
    ]);
    expect(
      contractIn({}, party('+82 10 0000 0001')).contracts[0]?.counterparties[0]?.contacts[0]?.phone,
    ).toBe('+821000000001');
  });

  it('never takes a British landline for a Korean mobile', () => {
    const parties = [
      { id: 's1', address: { countryName: 'United Kingdom' }, contactPoint: { telephone: '01234 345 346' } },
    ];
    expect(codes(contractIn({}, { parties }))).toEqual(['number-landline']);
  });

  it('keeps an empty contact for a supplier without a contact point', () => {
    const { contracts } = contractIn({}, { parties: [{ id: 's1', address: { countryName: 'KR' } }] });
    expect(contracts[0]?.counterparties[0]?.contacts).toMatchObject([
      { name: null, phone: null, phoneProblem: { code: 'number-missing' } },
    ]);
  });

  it.each([
    [{ code: 'final-payment' }, 'works', 'final-payment'],
    [{ title: 'Completion certificate' }, 'works', 'completion-inspection'],
    [{ title: 'Final inspection' }, 'works', 'completion-inspection'],
    [{ title: 'Acceptance of the report' }, 'services', 'acceptance'],
    [{ title: '중간보고회' }, 'services', 'interim'],
    [{ title: '검수 완료' }, 'goods', 'inspection'],
    [{ title: 'Advance payment made' }, 'works', 'advance-payment'],
    [{ title: 'Progress payment 2' }, 'works', null],
    [{ title: 'Works completed' }, 'works', null],
  ])('takes the milestone %j of %s for %s', (milestone, mainProcurementCategory, code) => {
    const milestones = [{ id: 'm', status: 'met', dateMet: '2026-05-05T23:59:59Z', ...milestone }];
    const { contracts } = contractIn(
      { implementation: { milestones } },
      { tender: { mainProcurementCategory } },
    );
    const expected = code === null ? [] : [{ code, occurredOn: '2026-05-05', externalId: 'milestone:m' }];
    expect(contracts[0]?.occurrences).toEqual(expected);
  });

  it('records the last payment once when it is told as a milestone and as a transaction', () => {
    const milestones = [{ id: 'm', status: 'met', title: 'Final payment', dateMet: '2026-05-05' }];
    const transactions = [{ id: 't', date: '2026-05-06', value: { amount: 10, currency: 'KRW' } }];
    const { contracts } = contractIn({
      value: { amount: 10, currency: 'KRW' },
      implementation: { milestones, transactions },
    });
    expect(contracts[0]?.occurrences.map((o) => o.externalId)).toEqual(['milestone:m']);
  });

  it('takes any junk without throwing', () => {
    for (const junk of [1, 'x', [1], [[]], { a: 1 }, true]) {
      const rest = {
        tender: junk,
        parties: junk,
        awards: junk,
        buyer: junk,
        contracts: [
          junk,
          {
            id: 'C-1',
            value: junk,
            period: junk,
            items: junk,
            amendments: junk,
            implementation: junk,
            milestones: junk,
          },
        ],
      };
      expect(() => contractIn({}, rest)).not.toThrow();
    }
  });
});
