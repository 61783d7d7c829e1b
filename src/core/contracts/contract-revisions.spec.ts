import type { ContractFacts } from './contract-facts.js';
import { fingerprinted } from './contract-revisions.js';
import { noTerms } from './contract.schema.js';

const facts: ContractFacts = {
  ...noTerms,
  source: 'agency',
  reference: 'C-1',
  revision: 2,
  kind: 'works',
  title: '보도',
  departmentId: 'd',
  signedOn: '2026-03-03',
  endsOn: '2026-11-27',
  amount: '1000.00',
  currency: 'KRW',
  counterparties: [
    {
      externalId: null,
      name: '새솔',
      registrationNumber: null,
      role: null,
      share: 33.5,
      country: 'KR',
      contacts: [
        {
          name: '이가람',
          role: null,
          phone: { e164: '+821000001234', country: 'KR' },
          locale: 'ko',
          legalBasis: 'contract',
          legalBasisOn: null,
        },
      ],
    },
  ],
};

describe('the text that a fingerprint is made of', () => {
  // A changed text makes every revision that was ever recorded look new: each file would be a correction.
  it('is written as it always was', () => {
    expect(fingerprinted(facts)).toBe(
      '{"amount":"1000.00","counterparties":[{"contacts":[{"legalBasis":"contract","legalBasisOn":null,"locale":"ko",' +
        '"name":"이가람","phone":{"country":"KR","e164":"+821000001234"},"role":null}],"country":"KR","externalId":null,' +
        '"name":"새솔","registrationNumber":null,"role":null,"share":"33.5"}],"currency":"KRW","departmentId":"d",' +
        '"endsOn":"2026-11-27","kind":"works","liabilityEndsOn":null,"method":null,"officerId":null,"reference":"C-1",' +
        '"revision":"2","signedOn":"2026-03-03","source":"agency","startsOn":null,"title":"보도"}',
    );
  });

  it('does not depend on the order in which the facts are written', () => {
    const reversed = Object.fromEntries(Object.entries(facts).reverse()) as unknown as ContractFacts;
    expect(fingerprinted(reversed)).toBe(fingerprinted(facts));
  });

  it('covers a column of a later version only where it is given', () => {
    const later = (siteAddress: string | null) => fingerprinted({ ...facts, siteAddress } as ContractFacts);
    expect(later(null)).toBe(fingerprinted(facts));
    expect(later('한빛시 중앙로 1')).toContain('"siteAddress":"한빛시 중앙로 1"');
  });

  it('tells revisions, people and numbers apart', () => {
    const [party] = facts.counterparties;
    const [contact] = party?.contacts ?? [];
    if (!party || !contact) throw new Error('no contact');
    const withContact = (change: Partial<typeof contact>): ContractFacts => ({
      ...facts,
      counterparties: [{ ...party, contacts: [{ ...contact, ...change }] }],
    });
    const texts = [
      facts,
      { ...facts, revision: 3 },
      withContact({ name: '박노을' }),
      withContact({ phone: null }),
    ].map(fingerprinted);
    expect(new Set(texts).size).toBe(texts.length);
  });
});
