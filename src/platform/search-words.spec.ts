import { containing, wordsOf } from './search-words.js';

it('parts words at any white space and composes Hangul that was typed in pieces', () => {
  expect(wordsOf('  준공검사\u3000C-2026 \n 준공검사')).toEqual(['준공검사', 'C-2026']);
  expect(wordsOf('검사'.normalize('NFD'))).toEqual(['검사']);
});

it('takes wildcards and backslashes for what they are', () => {
  expect(containing('100%')).toBe('%100\\%%');
  expect(containing('a_b')).toBe('%a\\_b%');
  expect(containing('c:\\temp')).toBe('%c:\\\\temp%');
});
