import { AppError } from '../../platform/app-error.js';
import { type Finding, findingError, findingWords } from '../../platform/findings.js';
import { phoneFinding } from '../../platform/phone-numbers/phone-numbers.words.js';
import { sheetFinding } from '../../platform/sheets/sheet.words.js';
import { allSections } from '../../platform/words/words.js';
import { importFinding, problemWords, refusedFinding } from './import-problems.words.js';
import { ocdsFinding } from './ocds/ocds.words.js';
import './sheet/reader.js';

const findings = Object.entries(allSections().get('findings') ?? {});
const advice = allSections().get('advice') ?? {};

describe('every finding', () => {
  it('is found', () => {
    expect(findings.length).toBeGreaterThan(90);
    expect(phoneFinding('number-landline').code).toBe('number-landline');
  });

  it.each(findings)('%s has words in both languages, for the same parameters', (key, [ko, en]) => {
    const values = (text = '') => [...text.matchAll(/\{(\w+)\}/g)].map((match) => match[1]).sort();
    expect(`${ko}${key.endsWith('-refused') ? '가' : ''}`).toMatch(/[가-힣]/);
    expect(values(ko)).toEqual(values(en));
    expect(advice[key]?.[0]).toMatch(/[가-힣]/);
    expect(values(advice[key]?.[0])).toEqual(values(advice[key]?.[1]));
  });
});

describe('findingWords', () => {
  const fields = [{ word: 'sheetFacts.kind' }, { word: 'sheetFacts.value' }];
  it.each<[Finding, string, string, string]>([
    [
      importFinding('lines-differ', { line: 2, fields }),
      'lines-differ',
      'It differs from line 2 of the same contract in: kind, value. Line 2 was taken.',
      '같은 계약의 2행과 다릅니다: 구분, 계약금액. 2행을 따랐습니다.',
    ],
    [
      importFinding('dates-out-of-order.started', { begin: '2026-05-01', end: '2026-04-01' }),
      'dates-out-of-order',
      'The contract ends (2026-04-01) before it starts (2026-05-01).',
      '끝나는 날(2026-04-01)이 시작하는 날(2026-05-01)보다 앞섭니다.',
    ],
    [
      sheetFinding('too-many-rows', { rows: 300000 }),
      'too-many-rows',
      'The file has more than 300000 rows.',
      '행이 300000개를 넘습니다.',
    ],
    [
      importFinding('sheets-not-read', { read: '본청', others: ['사업소', '구청 (hidden)'] }),
      'sheets-not-read',
      'Only the sheet "본청" was read; these hold contracts too: 사업소, 구청 (hidden).',
      '"본청" 시트만 읽었습니다. 다음 시트에도 계약이 있습니다: 사업소, 구청 (hidden).',
    ],
    [
      ocdsFinding('reference-missing.id'),
      'reference-missing',
      'The contract has no id.',
      '계약에 id가 없습니다.',
    ],
    [
      importFinding('reference-missing'),
      'reference-missing',
      'The row names no contract.',
      '계약번호가 없는 행입니다.',
    ],
  ])('puts the particulars into both languages: %j', ({ code, phrase }, published, en, ko) => {
    expect(code).toBe(published);
    expect(findingWords(phrase).message).toEqual({ ko, en });
    // As the database gives it back.
    expect(problemWords({ phrase: JSON.parse(JSON.stringify(phrase)) as typeof phrase }).message.ko).toBe(ko);
  });
});

describe('problemWords', () => {
  it('keeps the sentences that were stored before there were phrases', () => {
    expect(problemWords({ phrase: null, message: 'So.', advice: 'Do.' })).toEqual({
      message: { ko: 'So.', en: 'So.' },
      advice: { ko: 'Do.', en: 'Do.' },
    });
  });

  it('takes the reason of a refusal from the error, under its code', () => {
    const known = refusedFinding('contract-refused', findingError(importFinding('kind-missing')));
    expect(known.code).toBe('kind-missing');
    expect(findingWords(known.phrase)).toMatchObject({
      message: { ko: '구분이 없습니다. 구분을 적어 주십시오.', en: 'The kind is missing. Fill in the kind.' },
      advice: { ko: '행을 고쳐 다시 올려 주십시오.' },
    });
    const code = 'not-yet-known';
    const unknown = refusedFinding('contract-refused', new AppError('conflict', code, 'So.'));
    expect(unknown.code).toBe(code);
    expect(problemWords(unknown).message).toEqual({ ko: 'So.', en: 'So.' });
  });
});
