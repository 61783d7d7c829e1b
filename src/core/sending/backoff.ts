/** How often a failure that does not prove non-delivery is sent again: each such resend may double, and is counted. */
export const resendLimit = 2;

const [base, cap] = [2, 900];

/** Jittered, so that what failed together does not come back together; seconds. `attempts` counts from 1. */
export function backoffSeconds(attempts: number, random: () => number = Math.random): number {
  const full = Math.min(cap, base * 2 ** Math.min(attempts - 1, 16));
  return full / 2 + (full / 2) * random();
}
