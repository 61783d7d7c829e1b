import { randomBytes } from 'node:crypto';
import { Sealer, type SealedPlace } from './sealer.js';
import { parseIndexKey, parseSealingKeys } from './sealing-keys.js';

const place: SealedPlace = { table: 'contacts', column: 'phone', rowId: '0199-a' };
const key = (id: string) => ({ id, key: randomBytes(32) });
const aSealer = (...sealing: { id: string; key: Buffer }[]) =>
  new Sealer({ sealing: sealing.length ? sealing : [key('k1')], index: randomBytes(32) });

describe('Sealer', () => {
  it.each(['', '+821000001234', '홍길동 🙂', 'x'.repeat(10_000)])('opens what it sealed: %.20s', (plain) => {
    const sealer = aSealer();
    expect(sealer.open(sealer.seal(plain, place), place)).toBe(plain);
  });

  it('shows nothing of what is sealed', () => {
    const sealed = aSealer().seal('+821000001234', place);
    expect(sealed.toString('latin1')).not.toContain('1000001234');
  });

  it('notices a change of any byte', () => {
    const sealer = aSealer();
    const sealed = sealer.seal('+821000001234', place);
    for (let i = 0; i < sealed.length; i++) {
      for (const bit of [1, 128]) {
        const altered = Buffer.from(sealed);
        altered[i] = altered[i]! ^ bit;
        expect(() => sealer.open(altered, place)).toThrow(
          expect.objectContaining({ name: 'Error' }) as Error,
        );
      }
    }
  });

  it('notices a value that was cut or lengthened', () => {
    const sealer = aSealer();
    const sealed = sealer.seal('+821000001234', place);
    for (let length = 0; length < sealed.length; length++) {
      expect(() => sealer.open(sealed.subarray(0, length), place)).toThrow();
    }
    expect(() => sealer.open(Buffer.concat([sealed, Buffer.from([0])]), place)).toThrow();
  });

  it.each([
    ['row', { ...place, rowId: '0199-b' }],
    ['column', { ...place, column: 'name' }],
    ['table', { ...place, table: 'officers' }],
    ['split of names', { table: 'contact', column: 'sphone', rowId: '0199-a' }],
  ])('does not open a value moved to another %s', (_, elsewhere) => {
    const sealer = aSealer();
    const sealed = sealer.seal('+821000001234', place);
    expect(() => sealer.open(sealed, elsewhere)).toThrow(
      expect.objectContaining({ code: 'tampered' }) as Error,
    );
  });

  it('seals with the first key and opens with all, so that rotation leaves nothing unreadable', () => {
    const [k1, k2] = [key('k1'), key('k2')];
    const old = aSealer(k1).seal('old', place);
    const rotated = aSealer(k2, k1);
    const fresh = rotated.seal('fresh', place);
    expect(rotated.open(old, place)).toBe('old');
    expect(aSealer(k2).open(fresh, place)).toBe('fresh');
    expect(() => aSealer(k2).open(old, place)).toThrow(
      expect.objectContaining({
        code: 'unknown-key',
        message: expect.stringContaining('"k1"') as string,
      }) as Error,
    );
  });

  it('does not open what another key of the same id sealed', () => {
    const sealed = aSealer(key('k1')).seal('x', place);
    expect(() => aSealer(key('k1')).open(sealed, place)).toThrow(
      expect.objectContaining({ code: 'tampered' }) as Error,
    );
  });

  it('never uses a nonce twice', () => {
    const sealer = aSealer();
    const nonces = new Set<string>();
    for (let i = 0; i < 100_000; i++) nonces.add(sealer.seal('', place).toString('latin1', 4, 16));
    expect(nonces.size).toBe(100_000);
  });

  it('refuses a sealing key that is also the index key, short keys, and no key', () => {
    const shared = randomBytes(32);
    expect(() => new Sealer({ sealing: [{ id: 'k1', key: shared }], index: shared })).toThrow(/separate/);
    expect(() => new Sealer({ sealing: [{ id: 'k1', key: randomBytes(16) }], index: shared })).toThrow(/k1/);
    expect(() => new Sealer({ sealing: [], index: shared })).toThrow(/no sealing key/);
  });

  it.each([
    [31, /sealing key k2 is not 32 bytes/],
    [33, /sealing key k2 is not 32 bytes/],
    [32, null],
  ])('takes no key of %i bytes, also where it is not the first', (length, problem) => {
    const sealing = [key('k1'), { id: 'k2', key: randomBytes(length) }];
    const make = () => new Sealer({ sealing, index: randomBytes(32) });
    if (problem) expect(make).toThrow(problem);
    else expect(make).not.toThrow();
  });

  it('takes no index key that is shorter than 32 bytes, nor one that seals', () => {
    expect(() => new Sealer({ sealing: [key('k1')], index: randomBytes(31) })).toThrow(
      /index key is shorter/,
    );
    const [first, second] = [key('k1'), key('k2')];
    expect(() => new Sealer({ sealing: [first, second], index: second.key })).toThrow(
      /k2 is also the index key/,
    );
  });

  it.each<[string, (sealed: Buffer) => Buffer]>([
    ['another version', (sealed) => Buffer.concat([Buffer.from([2]), sealed.subarray(1)])],
    ['no key’s id', (sealed) => Buffer.concat([Buffer.from([1, 0]), sealed.subarray(4)])],
    ['no text and no tag', (sealed) => sealed.subarray(0, 4 + 12 + 15)],
    ['nothing', () => Buffer.alloc(0)],
  ])('takes what has %s for no sealed value', (_, altered) => {
    const sealer = aSealer(key('k1'));
    expect(() => sealer.open(altered(sealer.seal('', place)), place)).toThrow(
      expect.objectContaining({
        code: 'tampered',
        kind: 'unavailable',
        message: expect.stringContaining('no sealed value') as string,
      }) as Error,
    );
  });

  it('opens the shortest value there is, and names no unprintable key', () => {
    const sealer = aSealer(key('k1'));
    expect(sealer.open(sealer.seal('', place), place)).toBe('');
    const odd = sealer.seal('', place);
    odd[2] = 10;
    expect(() => sealer.open(odd, place)).toThrow('Sealed with the key "?1", which is not configured.');
  });

  it('writes version, key, nonce, text and tag, and nothing else', () => {
    const sealed = aSealer(key('k1')).seal('+821000001234', place);
    expect(sealed.subarray(0, 4)).toEqual(Buffer.from([1, 2, 0x6b, 0x31]));
    expect(sealed).toHaveLength(4 + 12 + '+821000001234'.length + 16);
  });
});

describe('blindIndex', () => {
  const index = randomBytes(32);
  const sealer = new Sealer({ sealing: [key('k1')], index });

  it('is the same for equal values, whatever key seals, and 16 bytes long', () => {
    const other = new Sealer({ sealing: [key('k9')], index });
    expect(sealer.blindIndex('+821000001234')).toEqual(other.blindIndex(' +821000001234 '));
    expect(sealer.blindIndex('+821000001234')).toHaveLength(16);
  });

  it('is the same for spellings that Unicode takes for one', () => {
    expect(sealer.blindIndex('ＡＢＣ１')).toEqual(sealer.blindIndex('ABC1'));
    expect(sealer.blindIndex('가람'.normalize('NFD'))).toEqual(sealer.blindIndex('가람'));
    expect(sealer.blindIndex('abc1')).not.toEqual(sealer.blindIndex('ABC1'));
  });

  it('differs between values and between index keys', () => {
    expect(sealer.blindIndex('+821000001234')).not.toEqual(sealer.blindIndex('+821000001235'));
    expect(sealer.blindIndex('+821000001234')).not.toEqual(aSealer().blindIndex('+821000001234'));
  });

  it('is HMAC-SHA-256 (RFC 4231, test case 6, cut to 16 bytes)', () => {
    const rfc = new Sealer({ sealing: [key('k1')], index: Buffer.alloc(131, 0xaa) });
    expect(rfc.blindIndex('Test Using Larger Than Block-Size Key - Hash Key First').toString('hex')).toBe(
      '60e431591ee0b67f0d8a26aacbf5b77f',
    );
  });
});

describe('parseSealingKeys', () => {
  const [a, b] = [Buffer.alloc(32, 1), Buffer.alloc(32, 2)];

  it('reads keys in their order, in base64 or base64url', () => {
    const text = `k2:${a.toString('base64')}, k1:${b.toString('base64url')}`;
    expect(parseSealingKeys(text)).toEqual([
      { id: 'k2', key: a },
      { id: 'k1', key: b },
    ]);
  });

  it.each([
    ['', /key 1 is empty/],
    [`k1:${a.toString('base64')},`, /key 2 is empty/],
    [a.toString('base64'), /key 1 has no id/],
    [`:${a.toString('base64')}`, /id of sealing key 1/],
    [`k 1:${a.toString('base64')}`, /id of sealing key 1/],
    ['k1:not base64!', /"k1" is not base64/],
    ['k1:AAAA', /"k1" has 3 bytes instead of 32/],
    [`k1:${a.toString('base64')},k1:${b.toString('base64')}`, /"k1" stands twice/],
    [`k2:${a.toString('base64')},k1:${a.toString('base64')}`, /"k1" is the same as an earlier one/],
  ])('refuses %j', (text, message) => {
    expect(() => parseSealingKeys(text)).toThrow(message);
  });

  it('never shows key material in an error', () => {
    const secret = `${a.toString('base64')}extra`;
    expect(() => parseSealingKeys(`k1:${secret}`)).toThrow(
      expect.not.objectContaining({ message: secret }) as Error,
    );
    expect(() => parseIndexKey(`${secret}!`)).toThrow(/^The index key is not base64\.$/);
  });
});
