import { createHash } from 'node:crypto';
import { takeRandomBytes } from '../../platform/random.js';
import { canonicalJson, type CanonicalValue } from './canonical-json.js';

const leafPrefix = Buffer.from([0x00]);

/**
 * Hashes a leaf as RFC 6962, 2.1 does: SHA-256(0x00 ‖ canonical JSON). The prefix keeps a leaf from passing for an
 * inner node of the tree.
 */
export function leafHash(body: CanonicalValue): Buffer {
  return createHash('sha256').update(leafPrefix).update(canonicalJson(body), 'utf8').digest();
}

/**
 * Makes the salt of a commitment. Destroying it, with the sealed value, erases a person and leaves the leaf whole.
 */
export function newSalt(): Buffer {
  return takeRandomBytes(16);
}

/**
 * Stands in a leaf in place of personal data: hex of SHA-256(salt ‖ UTF-8 of the value). Without the salt a
 * phone number cannot be found by trying them all. The salt's length is fixed, so that no two pairs of salt
 * and value meet in the same bytes.
 */
export function commit(salt: Buffer, value: string): string {
  if (salt.length !== 16) throw new RangeError(`A salt has 16 bytes, this one has ${salt.length}.`);
  return createHash('sha256').update(salt).update(value, 'utf8').digest('hex');
}
