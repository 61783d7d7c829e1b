import { createHash } from 'node:crypto';
import { commit, entryOf, newSalt } from './leaf.js';

const sha256 = (...parts: (Buffer | string)[]) =>
  createHash('sha256')
    .update(Buffer.concat(parts.map((p) => Buffer.from(p))))
    .digest('hex');

const leaf = { id: 'i', kind: 'k', subjectId: 's', body: { b: 2, a: '한' } };

describe('entryOf', () => {
  const salt = Buffer.alloc(16, 7);

  it('is SHA-256 of the salt and the canonical JSON of all that the leaf says', () => {
    expect(entryOf(leaf, salt).toString('hex')).toBe(
      sha256(salt, '{"body":{"a":"한","b":2},"id":"i","kind":"k","subject":"s"}'),
    );
  });

  it.each([
    { ...leaf, id: 'j' },
    { ...leaf, kind: 'l' },
    { ...leaf, subjectId: 't' },
    { ...leaf, body: { b: '2', a: '한' } },
  ])('is another for %j', (other) => {
    expect(entryOf(other, salt)).not.toEqual(entryOf(leaf, salt));
    expect(entryOf(leaf, newSalt())).not.toEqual(entryOf(leaf, salt));
  });

  it('is the hash of before where there is no salt (printf \'\\0{"a":1}\' | sha256sum)', () => {
    expect(entryOf({ ...leaf, body: { a: 1 } }, null).toString('hex')).toBe(
      'c7261463ebd776f4650b6d0fe942d9cc38c925d90f77d440ab6df8d5dd258c5f',
    );
  });
});

describe('commit', () => {
  it('is SHA-256 of the salt and the value', () => {
    const salt = Buffer.from('000102030405060708090a0b0c0d0e0f', 'hex');
    expect(commit(salt, '홍길동')).toBe(sha256(salt, '홍길동'));
  });

  it('hides equal values behind different salts', () => {
    expect(newSalt()).toHaveLength(16);
    expect(commit(newSalt(), 'x')).not.toBe(commit(newSalt(), 'x'));
  });

  it('refuses a salt of another length', () => {
    expect(() => commit(Buffer.alloc(0), 'x')).toThrow(/16 bytes/);
  });
});
