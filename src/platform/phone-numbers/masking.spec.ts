import fc from 'fast-check';
import { maskName, maskPhoneNumber, maskRaw, showRaw } from './phone-number.js';

describe('maskPhoneNumber', () => {
  it.each([
    ['+821012341234', '010-****-1234'],
    ['+821000005678', '010-****-5678'],
    ['+8221234567', '02-***-4567'],
    ['+8216441234', '****-**34'],
    ['+447700900123', '+44 **** **0123'],
    ['+12125550123', '+1 *** *** 0123'],
    ['+2902123', '+290 ***3'],
  ])('shows %s as %s', (e164, shown) => {
    expect(maskPhoneNumber(e164)).toBe(shown);
  });

  it('never shows more than the last four of the digits after the country code and prefix', () => {
    fc.assert(
      fc.property(fc.stringMatching(/^\+[1-9]\d{3,14}$/), (e164) => {
        const shown = maskPhoneNumber(e164);
        expect(shown).toContain('*');
        expect(shown.slice(shown.lastIndexOf('*')).replace(/\D/g, '').length).toBeLessThanOrEqual(4);
      }),
    );
  });
});

describe('maskName', () => {
  it.each([
    ['홍길동', '홍*동'],
    ['남궁민수', '남**수'],
    ['홍길', '홍*'],
    ['홍', '*'],
    ['John Doe', 'J*** D**'],
    ['Jean-Luc O’Neil', 'J***-L** *’N***'],
    ['山田太郎', '山**郎'],
    ['', ''],
  ])('shows %s as %s', (name, shown) => {
    expect(maskName(name)).toBe(shown);
  });
});

describe('maskRaw', () => {
  it.each([
    ['010-1234-5678', '***-****-5678'],
    ['홍길동 010-1234-5678', '홍*동 ***-****-5678'],
    ['０１０－１２３４－５６７８', '***－****－５６７８'],
    ['12345', '****5'],
    ['12', '**'],
    ['kim@example.com', 'k**@e******.c**'],
    ['a\u0000\n\u202eb', '* *'],
  ])('shows %j as %j', (value, shown) => {
    expect(maskRaw(value)).toBe(shown);
  });

  it('cuts what is long', () => {
    expect(maskRaw('1'.repeat(500)).length).toBeLessThan(50);
  });
});

describe('showRaw', () => {
  it.each([
    ['2026-13-01', '2026-13-01'],
    ['20261301', '20261301'],
    ['착공후 25 일', '착공후 25 일'],
    ['1,234,567천원', '1,234,567천원'],
    ['010-1234-5678', '***-****-5678'],
    ['연락처 01012345678', '연락처 *******5678'],
    ['1012345678', '******5678'],
    ['+44 7700 900123', '+** **** **0123'],
    ['kim@example.com', 'k**@e******.c**'],
  ])('shows %j as %j', (value, shown) => {
    expect(showRaw(value)).toBe(shown);
  });
});
