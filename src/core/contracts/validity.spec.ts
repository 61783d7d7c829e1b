import {
  oddPeriods,
  readBusinessNumber,
  requireFitReference,
  requireNearDay,
  requireRisingRevision,
} from './validity.js';

// The check digits were worked out by hand: 1·1 + 2·3 + 3·7 + 4·1 + 5·3 + 6·7 + 7·1 + 8·3 + 9·5 = 165, and 4 carried: 169.
it.each([
  ['123-45-67891', 'KR', { number: '123-45-67891' }],
  ['1234567891', 'KR', { number: '1234567891' }],
  ['123-45-67890', 'KR', 'wrong'],
  ['123-45-6789', 'KR', 'wrong'],
  ['110111-1234567', 'KR', 'wrong'],
  ['abc', 'KR', 'wrong'],
  ['000-00-00000', 'KR', { number: null }],
  ['0', 'US', { number: null }],
  [' - ', 'KR', { number: null }],
  [null, 'KR', { number: null }],
  ['12-3456789', 'US', { number: '12-3456789' }],
  ['SC123456', 'GB', { number: 'SC123456' }],
])('the business number %s of %s reads as %j', (given, country, read) => {
  expect(readBusinessNumber(given, country)).toEqual(read);
});

it('takes a day 60 days ahead, and none beyond', () => {
  expect(() => requireNearDay('2026-05-01', 'signedOn', '2026-03-02')).not.toThrow();
  expect(() => requireNearDay('2026-05-02', 'signedOn', '2026-03-02')).toThrow(/2026-05-01/);
});

it('takes a reference that may stand in texts, and says of another why not', () => {
  expect(() => requireFitReference('C-2026-0143', 'latin')).not.toThrow();
  expect(() => requireFitReference('C-010-0000-7777', 'latin')).toThrow(/telephone/);
  expect(() => requireFitReference('도로-1', 'latin')).toThrow(/letters/);
  expect(() => requireFitReference('도로-1', 'any')).not.toThrow();
  expect(() => requireFitReference('C'.repeat(31), 'latin')).toThrow(/30/);
});

it('lets a revision stand or rise', () => {
  expect(() => requireRisingRevision(2, 2)).not.toThrow();
  expect(() => requireRisingRevision(3, 2)).not.toThrow();
  expect(() => requireRisingRevision(1, 2)).toThrow(/2/);
});

describe('a period that is odd', () => {
  const period = (signedOn: string, startsOn: string | null, endsOn: string | null) => ({
    signedOn,
    startsOn,
    endsOn,
  });
  const askedOf = ([signedOn, startsOn, endsOn]: readonly [string, string | null, string | null]) =>
    oddPeriods(period(signedOn, startsOn, endsOn), '2026-03-02').map(({ finding }) => finding.code);

  it.each([
    [['2026-03-02', '2026-03-02', '2036-03-02'], []],
    [['2026-03-02', '2026-03-02', '2036-03-03'], ['period-long']],
    [['2026-03-02', null, '2036-03-03'], ['period-long']],
    [['2026-03-03', '2026-03-02', null], ['signed-after-start']],
    [['2025-03-02', '2025-03-02', '2025-03-02'], []],
    [['2025-03-01', '2025-03-01', '2025-03-01'], ['ended-long-ago']],
    [['2025-03-01', '2025-03-01', null], []],
    // It ended before it was signed, which is told as that.
    [['2026-03-02', '2026-02-02', '2026-03-01'], []],
  ] as const)('of %j is asked about: %j', (days, codes) => {
    expect(askedOf(days)).toEqual(codes);
  });

  it('is asked about once: not when something else changes', () => {
    const was = period('2026-03-03', '2026-03-02', '2040-03-02');
    expect(oddPeriods(was, '2026-03-02', was)).toEqual([]);
    const ends = oddPeriods({ ...was, endsOn: '2041-03-02' }, '2026-03-02', was);
    expect(ends.map(({ path, finding }) => [path, finding.phrase.params])).toEqual([
      ['endsOn', { begins: '2026-03-02', ends: '2041-03-02', years: 10 }],
    ]);
  });
});
