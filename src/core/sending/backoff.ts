/** How often a failure that does not prove non-delivery is sent again: each such resend may double, and is counted. */
export const resendLimit = 2;

const baseSeconds = 2;
const longestSeconds = 900;

/** Returns a jittered wait, so that what failed together does not come back together. `attempts` counts from 1. */
export function backoffSeconds(attempts: number, random: () => number = Math.random): number {
  const full = Math.min(longestSeconds, baseSeconds * 2 ** Math.min(attempts - 1, 16));
  return full / 2 + (full / 2) * random();
}
