import { flawOfReference } from './reference.js';

it.each([
  'C-2026-0143',
  '2026-07-0143',
  'R25BK00012345-00',
  '20260312345-00',
  '26.03/0143',
  '0143',
  '26-0312-0143',
  '1234567890',
])('%s may stand in a text', (reference) => {
  expect(flawOfReference(reference, 'latin')).toBeNull();
});

it.each([
  ['C-26-010-0000-7777', 'number'],
  ['01000007777', 'number'],
  ['A010.0000.7777B', 'number'],
  ['02-120-0000', 'number'],
  ['W/1588-0000', 'number'],
  ['82-10-0000-7777', 'number'],
  ['C-212-555-0100', 'number'],
  ['1-212-555-0100', 'number'],
  ['도로-2026-12', 'characters'],
  ['신고는-담당자에게-하십시오', 'characters'],
  ['call me', 'characters'],
  ['-1', 'characters'],
  [`C-${'1'.repeat(29)}`, 'long'],
])('%s may not: %s', (reference, flaw) => {
  expect(flawOfReference(reference, 'latin')).toBe(flaw);
});

describe('where the agency takes letters of any script', () => {
  it.each(['도로-2026-12', '제2026-01호', '도로관리과(단가)-12', 'C_2026'])(
    '%s may stand in a text',
    (reference) => {
      expect(flawOfReference(reference, 'any')).toBeNull();
    },
  );

  it.each([
    ['신고는-담당자에게-하십시오', 'characters'],
    ['신고는-담당자에게-하십시오-1', 'characters'],
    ['도로관리과', 'characters'],
    ['도로-010-0000-7777', 'number'],
  ])('%s may not: %s', (reference, flaw) => {
    expect(flawOfReference(reference, 'any')).toBe(flaw);
  });
});
