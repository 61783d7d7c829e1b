import { createHash } from 'node:crypto';

/** What is kept of a secret that we made ourselves, long and random: it needs no salt and no slowness. */
export function secretHash(secret: string): Buffer {
  return createHash('sha256').update(secret).digest();
}
