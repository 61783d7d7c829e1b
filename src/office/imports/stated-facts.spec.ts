import { OfficerFinder } from '../../core/departments/officers.service.js';
import type { ImportedContact, ImportedContract } from './import.types.js';
import { type ChosenFor, StatedFacts } from './stated-facts.js';

const roads = 'id of roads';
const officers = new OfficerFinder(
  [{ id: 'id of an officer', departmentId: roads, staffNumber: '1024', name: 'index of 한여울' }],
  (name) => `index of ${name}`,
);
const rules = {
  country: 'KR',
  locale: 'ko' as const,
  allowFiction: true,
  referenceLetters: 'latin' as const,
  today: '2026-03-02',
};

function readerOf(
  fallback: string | null = null,
  seen: ReadonlySet<string> | null = null,
  chosenFor?: ChosenFor,
): StatedFacts {
  const byWord = new Map([
    ['road', roads],
    ['도로과', roads],
  ]);
  return new StatedFacts({ byWord, fallback, seen }, officers, rules, chosenFor);
}

const contact: ImportedContact = {
  name: '이가람',
  role: null,
  phone: '+821000001234',
  phoneCountry: null,
  phoneProblem: null,
  locale: null,
  legalBasis: null,
  legalBasisOn: null,
};

function stated(overrides: Partial<ImportedContract> = {}): ImportedContract {
  return {
    source: 'sheet',
    reference: 'A-1',
    revision: null,
    kind: 'works',
    title: '보도 정비',
    department: '도로과',
    officer: null,
    signedOn: '2026-03-03',
    startsOn: null,
    endsOn: null,
    value: { amount: '110000000', currency: 'KRW' },
    method: null,
    status: null,
    counterparties: [],
    amendments: [],
    occurrences: [],
    line: 7,
    ...overrides,
  };
}

const party = (person: ImportedContact) => ({
  externalId: null,
  name: '(주)새솔건설',
  registrationNumber: null,
  role: null,
  share: null,
  country: null,
  contacts: [person],
});

describe('the department of a contract', () => {
  it.each(['도로과', ' 도로 과', 'ROAD', 'Ｒｏａｄ'])('is found by its code or name: %s', (department) => {
    const { facts, problems } = readerOf().factsOf(stated({ department }));
    expect([facts?.departmentId, problems]).toEqual([roads, []]);
  });

  it.each<[string, Partial<ImportedContract>, string | null, string, boolean]>([
    ['of a sheet, unknown', { department: '없는과' }, 'own', 'department-unknown', true],
    ['of a sheet, not named', { department: null }, null, 'department-missing', true],
    ['of a buyer, unknown', { source: 'ocds', department: 'City' }, null, 'department-unknown', true],
    [
      'of a buyer, with one of the import',
      { source: 'ocds', department: 'City' },
      'own',
      'buyer-not-a-department',
      false,
    ],
  ])('is reported with its line: %s', (_, overrides, fallback, code, isRefused) => {
    const { facts, problems } = readerOf(fallback).factsOf(stated(overrides));
    expect(problems).toMatchObject([{ line: 7, code, fatal: isRefused }]);
    expect(facts?.departmentId).toBe(isRefused ? undefined : fallback);
  });

  it('is the import’s own, without a word, where none is named', () => {
    const { facts, problems } = readerOf('own').factsOf(stated({ department: null }));
    expect([facts?.departmentId, problems]).toEqual(['own', []]);
  });

  it('is the run’s to change when it is seen, or all are', () => {
    expect(readerOf().sees(roads)).toBe(true);
    expect(readerOf(null, new Set([roads])).sees(roads)).toBe(true);
    expect(readerOf(null, new Set()).sees(roads)).toBe(false);
  });
});

describe('the officer of a contract', () => {
  it.each(['1024', '한여울'])('is found by staff number or name: %s', (officer) => {
    expect(readerOf().factsOf(stated({ officer })).facts?.officerId).toBe('id of an officer');
  });

  it('is left out, with a note that masks the name, when nobody goes by it', () => {
    const { facts, problems } = readerOf().factsOf(stated({ officer: '김가온' }));
    expect(facts?.officerId).toBeNull();
    expect(problems).toMatchObject([{ code: 'officer-unknown', fatal: false, value: '김*온' }]);
  });
});

describe('a name that nobody goes by', () => {
  const choosing = (department: string, officer: string, seen: ReadonlySet<string> | null = null) =>
    readerOf(null, seen, (departmentId) => (departmentId === null ? department : officer));
  const names = { department: '옛 도로과', officer: '한여울 주무관' };

  it('means what was chosen for it', () => {
    const reading = choosing(roads, 'id of an officer');
    const { facts, problems } = reading.factsOf(stated(names));
    expect([facts?.departmentId, facts?.officerId, problems]).toEqual([roads, 'id of an officer', []]);
    expect(reading.unknownNames(stated(names))).toEqual([
      { departmentId: null, name: '옛 도로과', line: 7, chosenId: roads },
      { departmentId: roads, name: '한여울 주무관', line: 7, chosenId: 'id of an officer' },
    ]);
    expect(reading.unknownNames(stated({ officer: '1024' }))).toEqual([]);
  });

  it.each([
    [
      'a department that is not there',
      choosing('id of parks', ''),
      ['department-unknown', 'officer-unknown'],
    ],
    ['a department out of reach', choosing(roads, '', new Set()), ['department-unknown', 'officer-unknown']],
    ['an officer who is not there', choosing(roads, 'id of another'), ['officer-unknown']],
  ])('never means %s', (_, reading, codes) => {
    expect(reading.factsOf(stated(names)).problems.map(({ code }) => code)).toEqual(codes);
    expect(reading.unknownNames(stated(names)).at(-1)).toMatchObject({ chosenId: null });
  });
});

describe('what a file leaves open of a contact', () => {
  const contactOf = (person: ImportedContact) =>
    readerOf().factsOf(stated({ counterparties: [party(person)] })).facts?.counterparties[0]?.contacts[0];

  it('follows the rules of the agency', () => {
    expect(contactOf(contact)).toEqual({
      name: '이가람',
      role: null,
      phone: { e164: '+821000001234', country: 'KR' },
      locale: 'ko',
      legalBasis: 'contract',
      legalBasisOn: null,
    });
    expect(contactOf({ ...contact, phone: null })?.phone).toBeNull();
  });

  it('is no consent without its day', () => {
    const consent = { ...contact, legalBasis: 'consent' as const };
    expect(contactOf(consent)?.legalBasis).toBe('contract');
    expect(contactOf({ ...consent, legalBasisOn: '2026-03-02' })?.legalBasis).toBe('consent');
  });
});

it('takes sheets out of the numbering of the API, and published contracts out of their own', () => {
  expect(readerOf().factsOf(stated()).facts).toMatchObject({
    source: 'agency',
    revision: 0,
    amount: '110000000',
  });
  const published = stated({ source: 'ocds', process: 'ocds-zz0001-1' });
  expect(readerOf().factsOf(published).facts?.source).toBe('ocds:ocds-zz0001-1');
});
