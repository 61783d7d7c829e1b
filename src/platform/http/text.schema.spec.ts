import { AppError } from '../app-error.js';
import { validationFailed } from './schema.pipe.js';
import { lineOf, textOf } from './text.schema.js';

const line = lineOf(20);
const text = textOf(20);

describe('plain text', () => {
  it.each([
    ['Hangul', '중앙로 보도정비공사'],
    ['a pair of surrogates', 'site 🏗'],
    ['what joins letters', 'नु‍क्ता'],
    ['as long as it may be', 'a'.repeat(20)],
  ])('keeps %s', (_, given) => {
    expect([line.parse(given), text.parse(given)]).toEqual([given, given]);
  });

  it('is trimmed, of every white space', () => {
    expect(line.parse('\n\t이가람  \r\n')).toBe('이가람');
  });

  it.each([
    ['NUL', 'a\0b'],
    ['a bell', 'a\u0007b'],
    ['DEL', 'a\u007fb'],
    ['a control character of C1', 'a\u0085b'],
    ['the first half of a pair', 'ab\ud800'],
    ['the second half of a pair', '\udc00ab'],
    ['the halves in the wrong order', 'a\udc00\ud800b'],
    ['a separator of lines', 'a\u2028b'],
    ['a separator of paragraphs', 'a\u2029b'],
    ['nothing but spaces', ' \n '],
    ['more than it may have', 'a'.repeat(21)],
    ['a number', 7],
  ])('is not %s', (_, given) => {
    expect([line.safeParse(given).success, text.safeParse(given).success]).toEqual([false, false]);
  });

  it.each(['a\nb', 'a\r\nb', 'a\tb'])('has several lines only where a note is written: %j', (given) => {
    expect([line.safeParse(given).success, text.parse(given)]).toEqual([false, given]);
  });

  it('says in the words of the catalogue what is wrong', () => {
    const refused = line.safeParse('a\0b');
    const error = validationFailed(refused.error?.issues ?? []);
    expect(error).toBeInstanceOf(AppError);
    expect(error.fields).toEqual([
      {
        path: '',
        code: 'characters-unusable',
        message: expect.stringContaining('control characters') as string,
        phrase: { code: 'characters-unusable', params: {} },
      },
    ]);
  });
});
