import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { PhoneProblemCode } from '../../platform/phone-numbers/phone-numbers.words.js';
import { hasKorean, problemWords } from './problem-words.js';

/** Where a code stands in the source: in a finding (and not in a field of an answer), or as an argument of what makes one. */
const places = [
  /(?<!path[:,] [^{}]*)code: '([a-z-]+)',\s*(?:message|words)\b/g,
  /\bwrong\(\s*'([a-z-]+)'/g,
  /\bmissing\(\s*\w+,\s*'([a-z-]+)'/g,
  /new (?:JsonSplitError|TextDecodingError)\(\s*'([a-z-]+)'/g,
];

/** Refusals of a file; other errors of the API are answers to a program, or the console says them in its own words. */
const refusals = /new AppError\(\s*'[a-z-]+',\s*'([a-z-]+)'/g;

function codesInSource(folder: string): [string, string][] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return codesInSource(path);
    if (!/\.ts$/.test(path) || /\.spec\.ts$/.test(path)) return [];
    const source = readFileSync(path, 'utf8');
    return [...places, ...(/sheets|import-format/.test(path) ? [refusals] : [])]
      .flatMap((place) => [...source.matchAll(place)])
      .map(([, code = '']): [string, string] => [code, path]);
  });
}

describe('every code of a problem', () => {
  const codes = codesInSource('src/office/imports');

  it('is found', () => {
    expect(new Set(codes.map(([code]) => code)).size).toBeGreaterThan(90);
  });

  it.each([...new Map(codes)])('%s (%s) has words in Korean', (code) => {
    expect(hasKorean(code)).toBe(true);
  });

  const phoneCodes = [
    ...([
      'number-missing',
      'number-letters',
      'number-rounded',
      'number-extension',
      'number-several',
    ] as const),
    ...(['number-country-unknown', 'number-too-short', 'number-too-long', 'number-impossible'] as const),
    ...([
      'number-ambiguous',
      'number-withdrawn',
      'number-fiction',
      'number-landline',
      'number-not-mobile',
    ] as const),
  ] satisfies PhoneProblemCode[];
  it.each(phoneCodes)('%s has words in Korean', (code) => {
    expect(hasKorean(code)).toBe(true);
  });
});

describe('problemWords', () => {
  it.each([
    [
      'lines-differ',
      'It differs from line 2 of the same contract in: kind, value. Line 2 was taken.',
      '같은 계약의 2행과 다릅니다: 구분, 계약금액. 2행을 따랐습니다.',
    ],
    [
      'dates-out-of-order',
      'The contract ends (2026-04-01) before it starts (2026-05-01).',
      '끝나는 날(2026-04-01)이 시작하는 날(2026-05-01)보다 앞섭니다.',
    ],
    ['too-many-rows', 'The file has more than 300000 rows.', '행이 300000개를 넘습니다.'],
    [
      'sheets-not-read',
      'Only the sheet "본청" was read; these hold contracts too: 사업소, 구청 (hidden).',
      '"본청" 시트만 읽었습니다. 다음 시트에도 계약이 있습니다: 사업소, 구청 (hidden).',
    ],
    ['reference-missing', 'The contract has no id.', '계약에 id가 없습니다.'],
    ['reference-missing', 'The row names no contract.', '계약번호가 없는 행입니다.'],
  ])('%s takes the particulars from the message: %s', (code, message, expected) => {
    expect(problemWords({ code, message, advice: 'Do it.' })).toMatchObject({
      message: { ko: expected, en: message },
      advice: { en: 'Do it.' },
    });
  });

  it('keeps the words of a code that nobody knows, and of one that every object has', () => {
    for (const code of ['not-yet-known', 'constructor', '__proto__']) {
      expect(problemWords({ code, message: 'So.', advice: 'Do.' })).toEqual({
        message: { ko: 'So.', en: 'So.' },
        advice: { ko: 'Do.', en: 'Do.' },
      });
    }
  });
});
