import { findingWords } from '../findings.js';
import { phoneFinding } from './phone-numbers.words.js';
import fc from 'fast-check';
import { isCallable, parsePhoneNumber } from './phone-number.js';

const real = { allowFiction: false };
const fiction = { allowFiction: true };

function codeOf(raw: string, country: string | null, options = fiction): string {
  const result = parsePhoneNumber(raw, country, options);
  return result.ok ? `ok ${result.e164}` : result.code;
}

describe('parsePhoneNumber', () => {
  it.each([
    ['010-0000-1234'],
    ['01000001234'],
    ['010.0000.1234'],
    ['010 0000 1234'],
    ['82-10-0000-1234'],
    ['821000001234'],
    ['+82 (0)10-0000-1234'],
    ['+82 10 0000 1234'],
    ['0082 10 0000 1234'],
    ['０１０－００００－１２３４'],
    ['\u202a010–0000–1234\u202c'],
    ["'010-0000-1234"],
    ['tel:+82-10-0000-1234'],
  ])('reads the Korean form %s', (raw) => {
    expect(parsePhoneNumber(raw, 'KR', fiction)).toEqual({
      ok: true,
      e164: '+821000001234',
      country: 'KR',
      note: null,
    });
  });

  it('reads the plain form as it reads every other form', () => {
    fc.assert(
      fc.property(fc.stringMatching(/^\d{8}$/), (digits) => {
        const [middle, last] = [digits.slice(0, 4), digits.slice(4)];
        const plain = parsePhoneNumber(`010-${middle}-${last}`, 'KR', real);
        expect(plain).toEqual(parsePhoneNumber(`+82 10 ${middle} ${last}`, 'KR', real));
      }),
      { examples: [['59700000'], ['59690000'], ['60000000'], ['00000000']] },
    );
  });

  it('gives back the zero that a spreadsheet took, and says so', () => {
    expect(parsePhoneNumber('1000001234', 'KR', fiction)).toEqual({
      ok: true,
      e164: '+821000001234',
      country: 'KR',
      note: 'The leading zero was missing and has been put back.',
    });
  });

  it('refuses a number without its zero that may be a foreign one without its +', () => {
    // Germany's 0170 1234567-8 and North Dakota's +1 701 234 5678.
    expect(codeOf('17012345678', 'DE')).toBe('number-ambiguous');
    expect(codeOf('017012345678', 'DE')).toBe('ok +4917012345678');
  });

  it('never takes a British landline for a Korean mobile', () => {
    expect(codeOf('01234 345 346', 'GB')).toBe('number-landline');
    expect(codeOf('01234 345 346', 'KR')).toBe('number-impossible');
    expect(codeOf('01234 345 346', null)).toBe('number-country-unknown');
  });

  it('reads a foreign number by its prefix, whatever the country of the party', () => {
    expect(codeOf('+44 7700 900123', 'KR')).toBe('ok +447700900123');
    expect(codeOf('+1 (212) 555-0123', null)).toBe('ok +12125550123');
    expect(codeOf('001 1 212 555 0123', 'KR')).toBe('ok +12125550123');
    expect(codeOf('010-0000-1234', 'GB')).toBe('number-impossible');
  });

  it.each([
    ['', 'KR', 'number-missing'],
    [' - ', 'KR', 'number-missing'],
    ['없음', 'KR', 'number-letters'],
    ['홍길동 010-0000-1234', 'KR', 'number-letters'],
    ['1-800-FLOWERS', 'US', 'number-letters'],
    ['1.01235E+09', 'KR', 'number-rounded'],
    ['02-123-4567', 'KR', 'number-landline'],
    ['020 7946 0958', 'GB', 'number-landline'],
    ['1644-1234', 'KR', 'number-not-mobile'],
    ['070-1234-5678', 'KR', 'number-not-mobile'],
    ['0504-1234-5678', 'KR', 'number-not-mobile'],
    ['011-123-4567', 'KR', 'number-withdrawn'],
    ['012-3434-5346', 'KR', 'number-impossible'],
    ['010-1234-567', 'KR', 'number-too-short'],
    ['010-1234-56789', 'KR', 'number-too-long'],
    ['010-1', 'KR', 'number-too-short'],
    ['010-1234-5678-9012-3456', 'KR', 'number-too-long'],
    ['02-123-4567 (내선 12)', 'KR', 'number-extension'],
    ['07700 900123 ext 5', 'GB', 'number-extension'],
    ['+1 212 555 0123 x12', 'US', 'number-extension'],
    ['+44 7700 900123;ext=5', 'GB', 'number-extension'],
    ['010-0000-1234 / 010-0000-5678', 'KR', 'number-several'],
    ['010-0000-1234, 02-123-4567', 'KR', 'number-several'],
    ['+999 123 456 789', 'KR', 'number-impossible'],
    ['11111 111 111', 'GB', 'number-too-long'],
    ['010-0000-1234', 'XX', 'number-country-unknown'],
    ['0'.repeat(500), 'KR', 'number-too-long'],
  ])('refuses %s of %s: %s', (raw, country, code) => {
    expect(codeOf(raw, country)).toBe(code);
  });

  it.each(['+44 7700 900999', '+1 212 555 0100', '010-0000-0001'])(
    'lets the fictional %s pass only where fiction is allowed',
    (raw) => {
      expect(codeOf(raw, 'KR', fiction)).toMatch(/^ok /);
      expect(codeOf(raw, 'KR', real)).toBe('number-fiction');
    },
  );

  it('still refuses what stands beside the ranges for fiction', () => {
    expect(codeOf('+44 7700 901000', 'GB', fiction)).toBe('number-impossible');
    expect(codeOf('+1 212 555 0200', 'US', real)).toBe('ok +12125550200');
  });

  it('says what is wrong and what to do, without the number', () => {
    const result = parsePhoneNumber('02-123-4567', 'KR', real);
    const { phrase } = phoneFinding(result.ok ? 'number-missing' : result.code);
    const told = { ...result, ...findingWords(phrase), message: findingWords(phrase).message.en };
    expect(told).toMatchObject({ ok: false, message: expect.stringMatching(/landline/) as string });
    expect(JSON.stringify(told)).not.toMatch(/4567/);
  });

  it('never throws, and accepts nothing that is not E.164', () => {
    const text = fc.oneof(fc.string(), fc.stringMatching(/^[+0-9 ()\-./;x]{0,24}$/));
    fc.assert(
      fc.property(text, fc.constantFrom('KR', 'GB', 'US', 'DE', null), (raw, country) => {
        const result = parsePhoneNumber(raw, country, fiction);
        if (result.ok) expect(result.e164).toMatch(/^\+[1-9]\d{6,14}$/);
      }),
      { numRuns: 2000 },
    );
  });
});

describe('a number that people are to call', () => {
  it.each([
    ['1398', 'KR'],
    ['110', 'KR'],
    ['116 123', 'GB'],
    ['02-2100-1234', 'KR'],
    ['1588-0001', 'KR'],
    ['(02) 2100.1234', 'KR'],
    ['+82 2 2100 1234', 'GB'],
    ['+1 212 555 0100', 'KR'],
    ['1398', 'AQ'],
  ])('may be %s in %s', (number, country) => {
    expect(isCallable(number, country)).toBe(true);
  });

  it.each([
    ['', 'KR'],
    ['  ', 'KR'],
    ['-', 'KR'],
    ['11', 'KR'],
    ['012', 'KR'],
    ['1398 or 110', 'KR'],
    ['clean.go.kr', 'KR'],
    ['٠١٢٣٤٥٦٧', 'KR'],
    ['02-2100-1234-5678-9012', 'KR'],
    ['++82 2 2100 1234', 'KR'],
    ['02-2100-1234', 'AQ'],
  ])('is not %j in %s', (number, country) => {
    expect(isCallable(number, country)).toBe(false);
  });
});
