import { createHash, createPublicKey, verify } from 'node:crypto';

/**
 * What a stranger checks a log by, written from the pages of C2SP and from RFC 9162 (2.1.3.2 and 2.1.4.2), with nothing of the
 * service's: neither its tree, which RFC 6962 describes from the top, nor its notes.
 */
const sha256 = (...parts: Buffer[]): Buffer => createHash('sha256').update(Buffer.concat(parts)).digest();
const nodeOf = (left: Buffer, right: Buffer) => sha256(Buffer.from([1]), left, right);
const leafOf = (entry: Buffer) => sha256(Buffer.from([0]), entry);

/** Returns the root of entries by joining pairs of each level; whoever has no partner goes up as it is. */
export function plainRoot(entries: Buffer[]): Buffer {
  let level: Buffer[] = entries.map(leafOf);
  if (level.length === 0) return sha256();
  while (level.length > 1) {
    const pairs: Buffer[] = [];
    for (let n = 0; n < level.length; n += 2) {
      const [left, right] = [level[n] as Buffer, level[n + 1]];
      pairs.push(right ? nodeOf(left, right) : left);
    }
    level = pairs;
  }
  return level[0] as Buffer;
}

interface Inclusion {
  entry: Buffer;
  index: number;
  size: number;
  proof: Buffer[];
  root: Buffer;
}

/** RFC 9162, 2.1.3.2. */
export function inclusionHolds({ entry, index, size, proof, root }: Inclusion): boolean {
  if (index >= size) return false;
  let [fn, sn, r] = [BigInt(index), BigInt(size - 1), leafOf(entry)];
  for (const p of proof) {
    if (sn === 0n) return false;
    if (fn & 1n || fn === sn) {
      r = nodeOf(p, r);
      while (!(fn & 1n) && fn !== 0n) [fn, sn] = [fn >> 1n, sn >> 1n];
    } else r = nodeOf(r, p);
    [fn, sn] = [fn >> 1n, sn >> 1n];
  }
  return sn === 0n && r.equals(root);
}

interface Consistency {
  oldSize: number;
  oldRoot: Buffer;
  size: number;
  root: Buffer;
  proof: Buffer[];
}

/** RFC 9162, 2.1.4.2. */
export function consistencyHolds({ oldSize, oldRoot, size, root, proof }: Consistency): boolean {
  if (oldSize === size) return proof.length === 0 && oldRoot.equals(root);
  const isPowerOfTwo = Number.isInteger(Math.log2(oldSize));
  const path = isPowerOfTwo ? [oldRoot, ...proof] : proof;
  let [fn, sn] = [BigInt(oldSize - 1), BigInt(size - 1)];
  while (fn & 1n) [fn, sn] = [fn >> 1n, sn >> 1n];
  const [first, ...rest] = path;
  if (!first) return false;
  let [fr, sr] = [first, first];
  for (const c of rest) {
    if (sn === 0n) return false;
    if (fn & 1n || fn === sn) {
      [fr, sr] = [nodeOf(c, fr), nodeOf(c, sr)];
      while (!(fn & 1n) && fn !== 0n) [fn, sn] = [fn >> 1n, sn >> 1n];
    } else sr = nodeOf(sr, c);
    [fn, sn] = [fn >> 1n, sn >> 1n];
  }
  return sn === 0n && fr.equals(oldRoot) && sr.equals(root);
}

/** Reads a checkpoint that is signed by the key (C2SP signed-note, tlog-checkpoint). Throws when it is not. */
export function checkpointOf(note: string, verifierKey: string): { size: number; root: Buffer } {
  const [name = '', id = '', key = ''] = /^([^+]+)\+([0-9a-f]{8})\+(.+)$/.exec(verifierKey)?.slice(1) ?? [];
  const typed = Buffer.from(key, 'base64');
  const end = note.lastIndexOf('\n\n');
  const text = note.slice(0, end + 1);
  const x = typed.subarray(1).toString('base64url');
  const publicKey = createPublicKey({ key: { kty: 'OKP', crv: 'Ed25519', x }, format: 'jwk' });
  const isSigned = note
    .slice(end + 2)
    .split('\n')
    .some((line) => {
      const [dash, signer, signature = ''] = line.split(' ');
      const bytes = Buffer.from(signature, 'base64');
      if (dash !== '—' || signer !== name || bytes.toString('hex', 0, 4) !== id) return false;
      return typed[0] === 1 && verify(null, Buffer.from(text), publicKey, bytes.subarray(4));
    });
  if (!isSigned) throw new Error('the note is not signed by the key');
  const [origin, size = '', root = '', ...more] = text.split('\n');
  if (origin !== name || !/^(0|[1-9]\d*)$/.test(size) || more.join('') !== '')
    throw new Error('it is no checkpoint');
  return { size: Number(size), root: Buffer.from(root, 'base64') };
}

/** Returns when a witness has signed a checkpoint (C2SP tlog-cosignature); null when it has not. */
export function cosignedAt(note: string, witnessKey: string): Date | null {
  const [name = '', id = '', key = ''] = /^([^+]+)\+([0-9a-f]{8})\+(.+)$/.exec(witnessKey)?.slice(1) ?? [];
  const x = Buffer.from(key, 'base64').subarray(1).toString('base64url');
  const publicKey = createPublicKey({ key: { kty: 'OKP', crv: 'Ed25519', x }, format: 'jwk' });
  const end = note.lastIndexOf('\n\n');
  for (const line of note.slice(end + 2).split('\n')) {
    const [, signer, base64 = ''] = line.split(' ');
    const bytes = Buffer.from(base64, 'base64');
    if (signer !== name || bytes.toString('hex', 0, 4) !== id) continue;
    const seconds = bytes.readBigUInt64BE(4);
    const signed = Buffer.from(`cosignature/v1\ntime ${seconds}\n${note.slice(0, end + 1)}`);
    if (verify(null, signed, publicKey, bytes.subarray(12))) return new Date(Number(seconds) * 1000);
  }
  return null;
}

/** Reads the whole log as a monitor does, by its public addresses alone, and throws at the first thing that does not fit. */
export async function readLog(
  get: (path: string) => Promise<Buffer>,
  verifierKey: string,
): Promise<Buffer[]> {
  const { size, root } = checkpointOf((await get('/log/checkpoint')).toString('utf8'), verifierKey);
  const entries: Buffer[] = [];
  for (let tile = 0; tile * 256 < size; tile++) {
    const width = Math.min(256, size - tile * 256);
    const path = `${numberOf(tile)}${width < 256 ? `.p/${width}` : ''}`;
    const bundle = entriesOf(await get(`/log/tile/entries/${path}`));
    if (!Buffer.concat(bundle.map(leafOf)).equals(await get(`/log/tile/0/${path}`)))
      throw new Error(`the entries of ${path} do not fit its tile`);
    entries.push(...bundle);
  }
  if (entries.length !== size || !plainRoot(entries).equals(root))
    throw new Error('the entries do not give the root');
  return entries;
}

function numberOf(tile: number): string {
  const digits = String(tile).padStart(3 * Math.ceil(String(tile).length / 3), '0');
  return digits.replace(/(\d{3})(?=\d)/g, 'x$1/');
}

function entriesOf(bundle: Buffer): Buffer[] {
  const entries: Buffer[] = [];
  for (let at = 0; at < bundle.length;) {
    const length = bundle.readUInt16BE(at);
    entries.push(bundle.subarray(at + 2, at + 2 + length));
    at += 2 + length;
  }
  return entries;
}
