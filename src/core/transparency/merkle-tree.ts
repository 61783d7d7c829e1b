import { createHash } from 'node:crypto';

/** A tile is 256 hashes wide (C2SP's tlog-tiles), so that a tree of a million entries has three levels of tiles. */
export const tileWidth = 256;

/**
 * Reads hashes of subtrees, each of `256 ** level` entries, from the one of number `from` up to `to`, which is not read. Level 0
 * are the hashes of the entries themselves. Throws when one is missing.
 */
export type ReadHashes = (level: number, from: number, to: number) => Promise<Buffer[]>;

/** Hashes an entry as RFC 6962, 2.1 does. The prefix keeps an entry from passing for an inner node of the tree. */
export function hashOfEntry(entry: Buffer): Buffer {
  return createHash('sha256').update(entryPrefix).update(entry).digest();
}

/** Returns the root of a tree over these hashes, whose subtrees are all of the same size but the last, which may be smaller. */
export function rootOf(hashes: Buffer[]): Buffer {
  const [only] = hashes;
  if (!only) return createHash('sha256').digest();
  if (hashes.length === 1) return only;
  const middle = splitOf(hashes.length);
  return hashOfPair(rootOf(hashes.slice(0, middle)), rootOf(hashes.slice(middle)));
}

/** Returns the root of the first `size` entries. */
export async function rootAt(size: number, read: ReadHashes): Promise<Buffer> {
  return size === 0 ? rootOf([]) : hashOfRange(0, size, read);
}

/** Proves that an entry stands at its index in the tree of the first `size` entries (RFC 6962, 2.1.1). */
export function inclusionProof(index: number, size: number, read: ReadHashes): Promise<Buffer[]> {
  return path(index, 0, size, read);
}

/** Returns the root that an inclusion proof leads to (RFC 9162, 2.1.3.2); null when it is too long or too short for its place. */
export function rootOfProof(of: {
  hash: Buffer;
  index: number;
  size: number;
  proof: Buffer[];
}): Buffer | null {
  let [place, last, hash] = [of.index, of.size - 1, of.hash];
  if (place > last) return null;
  for (const sibling of of.proof) {
    if (last === 0) return null;
    if (place % 2 === 1 || place === last) {
      hash = hashOfPair(sibling, hash);
      while (place % 2 === 0 && place !== 0) [place, last] = [place / 2, Math.floor(last / 2)];
    } else hash = hashOfPair(hash, sibling);
    [place, last] = [Math.floor(place / 2), Math.floor(last / 2)];
  }
  return last === 0 ? hash : null;
}

/** Proves that the tree of the first `size` entries begins with that of the first `oldSize` (RFC 6962, 2.1.2). */
export async function consistencyProof(oldSize: number, size: number, read: ReadHashes): Promise<Buffer[]> {
  return oldSize === 0 ? [] : subproof(oldSize, 0, size, true, read);
}

/** GrowingTree reckons the roots of a tree that is read once, from its beginning, and keeps a hash for each height alone. */
export class GrowingTree {
  size = 0;
  private readonly whole: { height: number; hash: Buffer }[] = [];

  /** `onTile` is given the hash of each tile that becomes full, as `LogTree` keeps it. */
  constructor(private readonly onTile: (level: number, index: number, hash: Buffer) => void) {}

  add(entry: Buffer): void {
    this.size += 1;
    let [height, hash] = [0, hashOfEntry(entry)];
    for (let left = this.whole.at(-1); left?.height === height; left = this.whole.at(-1)) {
      this.whole.pop();
      [height, hash] = [height + 1, hashOfPair(left.hash, hash)];
      if (height % 8 === 0) this.onTile(height / 8, this.size / 2 ** height - 1, hash);
    }
    this.whole.push({ height, hash });
  }

  root(): Buffer {
    const hashes = this.whole.map(({ hash }) => hash);
    return hashes.length === 0 ? rootOf([]) : hashes.reduceRight((right, left) => hashOfPair(left, right));
  }
}

const entryPrefix = Buffer.from([0x00]);
const nodePrefix = Buffer.from([0x01]);

function hashOfPair(left: Buffer, right: Buffer): Buffer {
  return createHash('sha256').update(nodePrefix).update(left).update(right).digest();
}

/** The largest power of two below the size, which is 2 or more: so many entries stand in the left half. */
function splitOf(size: number): number {
  let split = 1;
  while (split * 2 < size) split *= 2;
  return split;
}

/** Reads a subtree by its largest whole parts, then by those of what is left of it, so that it takes few hashes of any size. */
async function hashOfRange(from: number, to: number, read: ReadHashes): Promise<Buffer> {
  let [level, unit] = [0, 1];
  while (unit * tileWidth <= to - from) [level, unit] = [level + 1, unit * tileWidth];
  const wholeTo = Math.floor(to / unit);
  const hashes = await read(level, from / unit, wholeTo);
  if (wholeTo * unit < to) hashes.push(await hashOfRange(wholeTo * unit, to, read));
  return rootOf(hashes);
}

async function path(index: number, from: number, to: number, read: ReadHashes): Promise<Buffer[]> {
  if (to - from === 1) return [];
  const middle = from + splitOf(to - from);
  return index < middle
    ? [...(await path(index, from, middle, read)), await hashOfRange(middle, to, read)]
    : [...(await path(index, middle, to, read)), await hashOfRange(from, middle, read)];
}

/** `isKnown`: the verifier has the hash of this subtree, because it is the whole of the old tree. */
async function subproof(
  oldSize: number,
  from: number,
  to: number,
  isKnown: boolean,
  read: ReadHashes,
): Promise<Buffer[]> {
  if (oldSize === to) return isKnown ? [] : [await hashOfRange(from, to, read)];
  const middle = from + splitOf(to - from);
  return oldSize <= middle
    ? [...(await subproof(oldSize, from, middle, isKnown, read)), await hashOfRange(middle, to, read)]
    : [...(await subproof(oldSize, middle, to, false, read)), await hashOfRange(from, middle, read)];
}
