import { createCipheriv, createDecipheriv, createHmac } from 'node:crypto';
import { AppError } from '../app-error.js';
import { takeRandomBytes } from '../random.js';
import type { SealingKey, SealingKeys } from './sealing-keys.js';

/**
 * A SealedPlace is where a sealed value stands. The value opens nowhere else, so that rows cannot be swapped in the
 * database.
 */
export interface SealedPlace {
  table: string;
  column: string;
  /** Made before the value is sealed. */
  rowId: string;
}

/** `unknown-key`: sealed by a key that is not configured. `tampered`: altered, moved, or no sealed value at all. */
class SealingError extends AppError {
  constructor(
    override readonly code: 'unknown-key' | 'tampered',
    message: string,
    options?: { cause?: unknown },
  ) {
    super('unavailable', code, message, [], options);
  }
}

const version = 1;
const nonceLength = 12;
const tagLength = 16;

/**
 * Seals personal data at rest: AES-256-GCM, its envelope being
 * version (1 byte) · length of the key id (1) · key id · nonce (12) · ciphertext · tag (16).
 * The nonce is random: a key may seal up to 2^32 values (NIST SP 800-38D, 8.3), then it has to be rotated.
 */
export class Sealer {
  private readonly current: SealingKey;
  private readonly byId: Map<string, SealingKey>;
  private readonly indexKey: Buffer;

  constructor(keys: SealingKeys) {
    const [current] = keys.sealing;
    if (!current) throw new Error('There is no sealing key.');
    for (const { id, key } of keys.sealing) {
      if (key.length !== 32) throw new Error(`The sealing key ${id} is not 32 bytes long.`);
      if (key.equals(keys.index))
        throw new Error(`The sealing key ${id} is also the index key: make a separate one.`);
    }
    if (keys.index.length < 32) throw new Error('The index key is shorter than 32 bytes.');
    this.current = current;
    this.byId = new Map(keys.sealing.map((key) => [key.id, key]));
    this.indexKey = keys.index;
  }

  /** Seals a text with the first key. Returns bytes for a bytea column. */
  seal(plain: string, place: SealedPlace): Buffer {
    const header = this.currentHeader;
    const nonce = takeRandomBytes(nonceLength);
    const cipher = createCipheriv('aes-256-gcm', this.current.key, nonce, { authTagLength: tagLength });
    cipher.setAAD(additionalData(header, place));
    return Buffer.concat([header, nonce, cipher.update(plain, 'utf8'), cipher.final(), cipher.getAuthTag()]);
  }

  /** Opens a value with whichever key sealed it. Throws SealingError. */
  open(sealed: Buffer, place: SealedPlace): string {
    const { keyId, header, nonce, ciphertext, tag } = split(sealed);
    const key = this.byId.get(keyId);
    if (!key)
      throw new SealingError('unknown-key', `Sealed with the key "${keyId}", which is not configured.`);
    const decipher = createDecipheriv('aes-256-gcm', key.key, nonce, { authTagLength: tagLength });
    decipher.setAAD(additionalData(header, place));
    decipher.setAuthTag(tag);
    try {
      return Buffer.concat([decipher.update(ciphertext), decipher.final()]).toString('utf8');
    } catch (cause) {
      throw new SealingError('tampered', `The sealed ${place.table}.${place.column} was altered or moved.`, {
        cause,
      });
    }
  }

  /** Begins every value that the first key seals, and none that another does. */
  get currentHeader(): Buffer {
    return headerOf(this.current);
  }

  /**
   * A keyed fingerprint of a part of a value, such as two letters of a name: 32 bits, fit for PostgreSQL's integer. Few
   * bits are enough, because a value is found by several parts, and say less about what it was made of.
   */
  partIndex(part: string): number {
    return this.blindIndex(`part:${part}`).readInt32BE();
  }

  /**
   * A keyed fingerprint that finds equal values without opening them: HMAC-SHA-256, cut to 16 bytes.
   * The caller normalises what has several spellings (E.164 for numbers).
   */
  blindIndex(value: string): Buffer {
    const normalised = value.normalize('NFKC').trim();
    return createHmac('sha256', this.indexKey).update(normalised, 'utf8').digest().subarray(0, 16);
  }
}

function headerOf({ id }: SealingKey): Buffer {
  return Buffer.concat([Buffer.from([version, id.length]), Buffer.from(id, 'latin1')]);
}

/** Takes an envelope apart. */
function split(sealed: Buffer) {
  const headerLength = 2 + (sealed[1] ?? 0);
  if (sealed[0] !== version || headerLength === 2 || sealed.length < headerLength + nonceLength + tagLength) {
    throw new SealingError('tampered', 'This is no sealed value, or one of an unknown version.');
  }
  const header = sealed.subarray(0, headerLength);
  return {
    keyId: header.toString('latin1', 2).replace(/[^\w-]/g, '?'),
    header,
    nonce: sealed.subarray(headerLength, headerLength + nonceLength),
    ciphertext: sealed.subarray(headerLength + nonceLength, -tagLength),
    tag: sealed.subarray(-tagLength),
  };
}

/** JSON keeps the parts apart: no two places give the same bytes. */
function additionalData(header: Buffer, { table, column, rowId }: SealedPlace): Buffer {
  return Buffer.concat([header, Buffer.from(JSON.stringify([table, column, rowId]), 'utf8')]);
}
