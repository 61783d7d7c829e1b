import { createHash } from 'node:crypto';
import { takeRandomBytes } from '../../platform/random.js';
import { canonicalJson, type CanonicalValue } from './canonical-json.js';

const unsaltedPrefix = Buffer.from([0x00]);

/** A leaf says this: a body of some kind, about somebody or something. Its id, of version 7, says when. */
export interface LeafContent {
  id: string;
  kind: string;
  subjectId: string;
  body: CanonicalValue;
}

/**
 * Returns the 32 bytes that stand in the public tree for a leaf: a salted commitment to all that it says. Bodies name
 * contracts and flags, and give reasons that people typed, so that nobody may guess them by trying. Leaves from before the log
 * was public have no salt, and stand there by SHA-256(0x00 ‖ canonical JSON of the body).
 */
export function entryOf({ id, kind, subjectId, body }: LeafContent, salt: Buffer | null): Buffer {
  if (salt) return Buffer.from(commit(salt, canonicalJson({ id, kind, subject: subjectId, body })), 'hex');
  return createHash('sha256').update(unsaltedPrefix).update(canonicalJson(body), 'utf8').digest();
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
