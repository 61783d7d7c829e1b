import { randomFillSync } from 'node:crypto';

const stock = Buffer.alloc(8192);
let used = stock.length;

/**
 * Returns so many random bytes, each given out once; at most 8,192. Asking the system for them costs far more than the
 * bytes, so they are taken off a stock.
 */
export function takeRandomBytes(count: number): Buffer {
  if (used + count > stock.length) {
    randomFillSync(stock);
    used = 0;
  }
  used += count;
  return Buffer.from(stock.subarray(used - count, used));
}
