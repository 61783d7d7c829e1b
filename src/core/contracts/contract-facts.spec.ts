import { AppError } from '../../platform/app-error.js';
import { readFacts } from './contract-facts.js';
import { type NewContract, newContractSchema } from './contract.schema.js';

const rules = {
  country: 'KR',
  locale: 'ko',
  allowFiction: true,
  referenceLetters: 'latin',
  today: '2026-03-02',
} as const;
const department = '01996f3e-0000-7000-8000-000000000001';

const aContract = (rest: object = {}): NewContract =>
  newContractSchema.parse({
    reference: 'C-2026-0143',
    kind: 'works',
    title: '중앙로 보도정비공사',
    departmentId: department,
    ...rest,
  });

describe('what is given of a contract', () => {
  it('is null where it is not given', () => {
    expect(readFacts(rules, (reading) => reading.contract(aContract()))).toEqual({
      source: 'agency',
      reference: 'C-2026-0143',
      revision: 0,
      kind: 'works',
      title: '중앙로 보도정비공사',
      departmentId: department,
      officerId: null,
      signedOn: null,
      startsOn: null,
      endsOn: null,
      liabilityEndsOn: null,
      amount: null,
      currency: null,
      method: null,
      counterparties: [],
    });
  });

  it('has its value as an amount and a currency', () => {
    const value = { amount: '110000000', currency: 'KRW' };
    expect(readFacts(rules, (reading) => reading.contract(aContract({ value })))).toMatchObject(value);
  });

  it('has its parties and people, their numbers in E.164', () => {
    const party = {
      name: '(주)새솔건설',
      country: 'US',
      contacts: [{ name: '이가람', phone: '010-0000-1234' }, { phone: '+82 10-0000-1235' }],
    };
    const counterparties = [{ ...party, country: 'KR', contacts: [party.contacts[0]] }, party];
    const given = aContract({
      counterparties: [counterparties[0], { ...party, contacts: [party.contacts[1]] }],
    });
    const read = readFacts(rules, (reading) => reading.contract(given)).counterparties;
    expect(read).toEqual([
      {
        externalId: null,
        name: '(주)새솔건설',
        registrationNumber: null,
        role: null,
        share: null,
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
      expect.objectContaining({
        country: 'US',
        contacts: [expect.objectContaining({ name: null, phone: { e164: '+821000001235', country: 'KR' } })],
      }),
    ]);
  });

  it('keeps a contact without a number, who has the agency’s language unless another is given', () => {
    const contact = (rest: object) => aContract({ counterparties: [{ name: 'a', contacts: [rest] }] });
    const read = (rest: object) =>
      readFacts(rules, (reading) => reading.contract(contact(rest))).counterparties[0]?.contacts[0];
    expect(read({ name: '이가람' })).toMatchObject({ phone: null, locale: 'ko' });
    expect(read({ name: '이가람', locale: 'en' })).toMatchObject({ locale: 'en' });
  });

  it('is refused with every number that cannot be used, by its path', () => {
    const contacts = [{ phone: '02-120' }, { phone: '010-0000-1234' }];
    const given = aContract({
      counterparties: [
        { name: 'a', contacts },
        { name: 'b', contacts: [{ phone: '12' }] },
      ],
    });
    const problem = problemOf(() => readFacts(rules, (reading) => reading.contract(given)));
    expect(problem.code).toBe('number-unusable');
    expect(problem.fields.map(({ path }) => path)).toEqual([
      'counterparties[0].contacts[0].phone',
      'counterparties[1].contacts[0].phone',
    ]);
  });

  it('is refused by the one number, when it is one', () => {
    const problem = problemOf(() => readFacts(rules, (reading) => reading.phone('12', null)));
    expect(problem.fields.map(({ path }) => path)).toEqual(['phone']);
    const fiction = { ...rules, allowFiction: false };
    expect(
      problemOf(() => readFacts(fiction, (reading) => reading.phone('010-0000-1234', null))),
    ).toBeTruthy();
  });
});

function problemOf(read: () => unknown): AppError {
  try {
    read();
  } catch (error) {
    if (error instanceof AppError) return error;
    throw error;
  }
  throw new Error('nothing was refused');
}
