import { AppError } from '../app-error.js';
import { requirePlain } from './plain-request.js';

/** Returns what is refused, by path; null when nothing is. */
function refused(request: { query?: unknown; body?: unknown }): Record<string, string> | null {
  try {
    requirePlain({ query: request.query, body: request.body });
    return null;
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    return Object.fromEntries(error.fields.map(({ path, code }) => [path, code]));
  }
}

const nested = (levels: number): unknown => (levels === 0 ? 'x' : [nested(levels - 1)]);

describe('a request', () => {
  it.each([
    ['nothing', undefined],
    ['text alone', '계약'],
    ['a pair of surrogates', { title: 'site 🏗', '🏗': 1 }],
    ['20 levels', nested(20)],
    ['every kind of value', { a: [1, 2.5, true, null, { b: '줄\n바꿈' }] }],
  ])('may hold %s', (_, body) => {
    expect(refused({ body, query: { a: '1' } })).toBeNull();
  });

  it.each([
    ['21 levels', nested(21), `${'[0]'.repeat(20)}`, 'too-deep'],
    ['5,000 levels', nested(5000), `${'[0]'.repeat(20)}`, 'too-deep'],
    ['NUL', { parties: [{}, { name: 'a\0b' }] }, 'parties[1].name', 'characters-unusable'],
    ['the first half of a pair', { a: 'x\ud800' }, 'a', 'characters-unusable'],
    ['the second half of a pair', ['\udc00x'], '[0]', 'characters-unusable'],
    ['the same as the name of a field', { a: { 'b\ud800': 1 } }, 'a.b\ud800', 'characters-unusable'],
    ['NUL and nothing else', 'a\0', '', 'characters-unusable'],
  ])('may not hold %s', (_, body, path, code) => {
    expect(refused({ body })).toEqual({ [path]: code });
  });

  it('has each field of its query once, and none with NUL', () => {
    expect(refused({ query: { a: ['1', '2'], b: '3', c: ['4', '5'] } })).toEqual({
      a: 'field-repeated',
      c: 'field-repeated',
    });
    expect(refused({ query: { a: 'b\0' } })).toEqual({ a: 'characters-unusable' });
  });
});
