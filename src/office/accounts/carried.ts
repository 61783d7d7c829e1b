import type { SealedPlace, Sealer } from '../../platform/sealing/sealer.js';

/** What a browser carries, sealed, from one step to the next, so that the server keeps nothing of it. */
export interface Carried {
  /** When it was sealed, in milliseconds since 1970 by the clock of the process. */
  at: number;
}

/** Returns text that fits into a form, a cookie or an address. */
export function sealCarried(sealer: Sealer, place: SealedPlace, content: Carried): string {
  return sealer.seal(JSON.stringify(content), place).toString('base64url');
}

/** Returns null for what was not sealed here for this place, and for what is older than `longestMs` milliseconds. */
export function openCarried<T extends Carried>(
  sealer: Sealer,
  place: SealedPlace,
  sealed: string,
  longestMs: number,
): T | null {
  try {
    const content = JSON.parse(sealer.open(Buffer.from(sealed, 'base64url'), place)) as T;
    return Date.now() - content.at < longestMs ? content : null;
  } catch {
    return null;
  }
}
