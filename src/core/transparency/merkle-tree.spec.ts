import fc from 'fast-check';
import {
  consistencyProof,
  GrowingTree,
  hashOfEntry,
  inclusionProof,
  type ReadHashes,
  rootAt,
  rootOfProof,
  rootOf,
  tileWidth,
} from './merkle-tree.js';
import { consistencyHolds, inclusionHolds, plainRoot } from '../../../test/support/stranger.js';

/** The tree of the tests of certificate-transparency and of Go's sumdb: eight entries, with the root after each. */
const known = {
  entries: [
    '',
    '00',
    '10',
    '2021',
    '3031',
    '40414243',
    '5051525354555657',
    '606162636465666768696a6b6c6d6e6f',
  ],
  roots: [
    'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855',
    '6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d',
    'fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125',
    'aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77',
    'd37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7',
    '4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4',
    '76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef',
    'ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c',
    '5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328',
  ],
};

/** Reads from memory what a log keeps in its tables. */
function readerOf(entries: Buffer[]): ReadHashes {
  const levels = [entries.map(hashOfEntry)];
  for (let below = levels[0] ?? []; below.length >= tileWidth;) {
    const count = Math.floor(below.length / tileWidth);
    const tiles = below;
    below = Array.from({ length: count }, (_, n) => rootOf(tiles.slice(n * tileWidth, (n + 1) * tileWidth)));
    levels.push(below);
  }
  return (level, from, to) => {
    const hashes = levels[level]?.slice(from, to) ?? [];
    if (hashes.length !== to - from) throw new Error(`nothing at ${level} ${from} ${to}`);
    return Promise.resolve(hashes);
  };
}

const entriesOf = (count: number) => Array.from({ length: count }, (_, n) => Buffer.from(`entry ${n}`));
const hex = (hashes: Buffer[]) => hashes.map((hash) => hash.toString('hex'));

describe('the tree of RFC 6962', () => {
  const read = readerOf(known.entries.map((entry) => Buffer.from(entry, 'hex')));

  it('has the roots that others have reckoned', async () => {
    const roots = await Promise.all(known.roots.map((_, size) => rootAt(size, read)));
    expect(hex(roots)).toEqual(known.roots);
  });

  it('has the proofs that others have reckoned', async () => {
    expect(hex(await inclusionProof(5, 8, read))).toEqual([
      'bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b',
      'ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0',
      'd37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7',
    ]);
    expect(hex(await consistencyProof(6, 8, read))).toEqual([
      '0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a',
      'ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0',
      'd37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7',
    ]);
    expect(hex(await consistencyProof(2, 5, read))).toEqual([
      '5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e',
      'bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b',
    ]);
  });
});

describe('a tree of tiles', () => {
  const most = 66_000;
  const entries = entriesOf(most);
  const read = readerOf(entries);
  const size = fc.oneof(fc.integer({ min: 1, max: 600 }), fc.integer({ min: 65_000, max: most }));

  it('has the root of a tree that was built without tiles', async () => {
    for (const count of [1, 255, 256, 257, 511, 512, 513, 65_535, 65_536, 65_537, most])
      expect(await rootAt(count, read)).toEqual(plainRoot(entries.slice(0, count)));
  });

  it('has the same root and the same tiles when it is read once', async () => {
    const tiles: string[] = [];
    const growing = new GrowingTree((level, index, hash) =>
      tiles.push(`${level} ${index} ${hash.toString('hex')}`),
    );
    expect(growing.root()).toEqual(plainRoot([]));
    for (const entry of entries) {
      growing.add(entry);
      if ([1, 255, 256, 257, 65_535, 65_536, most].includes(growing.size))
        expect(growing.root()).toEqual(await rootAt(growing.size, read));
    }
    const [tile] = await read(1, 7, 8);
    expect(tiles).toContain(`1 7 ${tile?.toString('hex')}`);
    expect(tiles).toHaveLength(Math.floor(most / 256) + 1);
  });

  it('proves to a stranger that an entry is in it', () =>
    fc.assert(
      fc.asyncProperty(size, fc.nat(), async (count, seed) => {
        const index = seed % count;
        const proof = await inclusionProof(index, count, read);
        const root = await rootAt(count, read);
        const entry = entries[index] as Buffer;
        expect(inclusionHolds({ entry, index, size: count, proof, root })).toBe(true);
        const place = { hash: hashOfEntry(entry), index, size: count, proof };
        expect(rootOfProof(place)).toEqual(root);
        expect(rootOfProof({ ...place, proof: [...proof, root] })).not.toEqual(root);
        expect(rootOfProof({ ...place, index: count })).toBeNull();
        expect(inclusionHolds({ entry: Buffer.from('another'), index, size: count, proof, root })).toBe(
          false,
        );
      }),
      { numRuns: 60 },
    ));

  it('proves to a stranger that it begins with an older one, and with no other', () =>
    fc.assert(
      fc.asyncProperty(size, fc.nat(), async (count, seed) => {
        const oldSize = 1 + (seed % count);
        const proof = await consistencyProof(oldSize, count, read);
        const [oldRoot, root] = [await rootAt(oldSize, read), await rootAt(count, read)];
        expect(consistencyHolds({ oldSize, oldRoot, size: count, root, proof })).toBe(true);
        const altered = plainRoot([...entries.slice(0, oldSize - 1), Buffer.from('altered')]);
        expect(consistencyHolds({ oldSize, oldRoot: altered, size: count, root, proof })).toBe(false);
      }),
      { numRuns: 30 },
    ));
});
