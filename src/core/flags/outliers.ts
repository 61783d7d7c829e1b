/** OfMeasure is how many of an officer's contracts, the base, a measure counts. */
export interface OfMeasure {
  count: number;
  base: number;
}

/** A share of fewer contracts says nothing of an officer, and fewer cases may be chance. */
const leastBase = 10;
const leastCount = 3;

/** Returns the median share of those who have enough contracts; null when nobody has. */
export function medianOf(all: readonly OfMeasure[]): number | null {
  const shares = sharesOf(all);
  if (shares.length === 0) return null;
  const [below, above] = [shares[(shares.length - 1) >> 1] ?? 0, shares[shares.length >> 1] ?? 0];
  return (below + above) / 2;
}

/**
 * Tells who stands out of an agency by a measure: at least `leastCount` cases among at least `leastBase` contracts, a share in the
 * highest twentieth (rounded up) of all who have as many contracts, and above twice their median. Of two officers neither can: the
 * higher of two shares never lies above twice their mean.
 */
export function outliersAmong<T extends OfMeasure>(all: readonly T[]): Set<T> {
  const shares = sharesOf(all);
  const highest = shares.at(-Math.ceil(shares.length / 20)) ?? Infinity;
  const twice = 2 * (medianOf(all) ?? Infinity);
  return new Set(
    all.filter(({ count, base }) => {
      const share = count / base;
      return base >= leastBase && count >= leastCount && share >= highest && share > twice;
    }),
  );
}

function sharesOf(all: readonly OfMeasure[]): number[] {
  return all
    .filter(({ base }) => base >= leastBase)
    .map(({ count, base }) => count / base)
    .toSorted((one, other) => one - other);
}
