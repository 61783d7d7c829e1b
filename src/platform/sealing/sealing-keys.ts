export interface SealingKey {
  id: string;
  /** The key has 32 bytes. */
  key: Buffer;
}

export interface SealingKeys {
  /** The first seals, all open. */
  sealing: SealingKey[];
  /** Separate from the sealing keys; rotating it means computing every blind index again. */
  index: Buffer;
}

/** Reads `k2:base64,k1:base64`. Its errors name a key by its place and id, and never show key material. */
export function parseSealingKeys(text: string): SealingKey[] {
  const keys = text.split(',').map((entry, index) => parseEntry(entry.trim(), index + 1));
  const repeated = keys.find((key, i) => keys.some((other, j) => j < i && other.id === key.id));
  if (repeated) throw new Error(`The sealing key id "${repeated.id}" stands twice: every key needs its own.`);
  const copied = keys.find((key, i) => keys.some((other, j) => j < i && other.key.equals(key.key)));
  if (copied)
    throw new Error(`The sealing key "${copied.id}" is the same as an earlier one: make a new one.`);
  return keys;
}

/** Reads the key of the blind index: 32 bytes in base64. */
export function parseIndexKey(text: string): Buffer {
  return parseKey(text.trim(), 'The index key');
}

/** Reads the key by which the log is signed: 32 bytes in base64. */
export function parseSigningKey(text: string): Buffer {
  return parseKey(text.trim(), 'The key of the log');
}

function parseEntry(entry: string, place: number): SealingKey {
  if (entry === '')
    throw new Error(`Sealing key ${place} is empty: expected id:base64, separated by commas.`);
  const colon = entry.indexOf(':');
  if (colon < 0) throw new Error(`Sealing key ${place} has no id: expected id:base64, such as 2026a:…`);
  const id = entry.slice(0, colon);
  if (!/^[\w-]{1,32}$/.test(id)) {
    throw new Error(`The id of sealing key ${place} is not 1 to 32 letters, digits, - or _.`);
  }
  return { id, key: parseKey(entry.slice(colon + 1), `The sealing key "${id}"`) };
}

function parseKey(base64: string, what: string): Buffer {
  // Buffer.from skips what is not base64, and would make a shorter key of a typing error.
  if (!/^([A-Za-z0-9+/]+|[A-Za-z0-9_-]+)={0,2}$/.test(base64)) throw new Error(`${what} is not base64.`);
  const key = Buffer.from(base64, 'base64');
  if (key.length !== 32) {
    throw new Error(`${what} has ${key.length} bytes instead of 32: make one with openssl rand -base64 32.`);
  }
  return key;
}
