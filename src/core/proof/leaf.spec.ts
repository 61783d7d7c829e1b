import { createHash } from 'node:crypto';
import { commit, leafHash, newSalt } from './leaf.js';

const sha256 = (...parts: (Buffer | string)[]) =>
  createHash('sha256')
    .update(Buffer.concat(parts.map((p) => Buffer.from(p))))
    .digest('hex');

describe('leafHash', () => {
  it('is SHA-256 of a zero byte and the canonical JSON', () => {
    expect(leafHash({ b: 2, a: '한' }).toString('hex')).toBe(sha256(Buffer.from([0]), '{"a":"한","b":2}'));
  });

  it('matches a value computed apart (printf \'\\0{"a":1}\' | sha256sum)', () => {
    expect(leafHash({ a: 1 }).toString('hex')).toBe(
      'c7261463ebd776f4650b6d0fe942d9cc38c925d90f77d440ab6df8d5dd258c5f',
    );
  });

  it('differs from the hash without the prefix and between bodies', () => {
    expect(leafHash({ a: 1 }).toString('hex')).not.toBe(sha256('{"a":1}'));
    expect(leafHash({ a: 1 })).not.toEqual(leafHash({ a: '1' }));
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
