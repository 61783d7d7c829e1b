/** A Call that was made, as figures count it. */
export interface CountedCall {
  /** The tickets that its number had in the draw. */
  weight: number;
  isWrong: boolean;
}

/** A Rate is a share that was estimated from some calls, with the interval in which it lies in 95 of 100 such samples. */
export interface Rate {
  calls: number;
  wrong: number;
  /** Null where nothing was called. The interval is then everything. */
  share: number | null;
  low: number;
  high: number;
}

const outside = 0.05;

/**
 * Estimates which share of the numbers is wrong, from calls whose numbers were drawn with unequal weights: each counts for one
 * over its weight (Hájek). The interval is Clopper and Pearson's, which covers at least what it promises however few calls
 * there are, over the number of equal calls that tell as much (Korn and Graubard, Survey Methodology 24, 1998).
 */
export function rateOf(calls: readonly CountedCall[]): Rate {
  const wrong = calls.filter(({ isWrong }) => isWrong);
  const counted = { calls: calls.length, wrong: wrong.length };
  if (calls.length === 0) return { ...counted, share: null, low: 0, high: 1 };
  const all = sumOf(calls, ({ weight }) => 1 / weight);
  const share = sumOf(wrong, ({ weight }) => 1 / weight) / all;
  const equal = all ** 2 / sumOf(calls, ({ weight }) => 1 / weight ** 2);
  const hits = share * equal;
  return {
    ...counted,
    share,
    low: wrong.length === 0 ? 0 : betaQuantile(outside / 2, hits, equal - hits + 1),
    high: wrong.length === calls.length ? 1 : betaQuantile(1 - outside / 2, hits + 1, equal - hits),
  };
}

function sumOf(calls: readonly CountedCall[], value: (call: CountedCall) => number): number {
  return calls.reduce((sum, call) => sum + value(call), 0);
}

/** Finds below which value a beta-distributed share lies with probability p, by halving. */
function betaQuantile(p: number, a: number, b: number): number {
  let [low, high] = [0, 1];
  for (let step = 0; step < 50; step += 1) {
    const middle = (low + high) / 2;
    if (betaBelow(middle, a, b) < p) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}

/** Reckons the regularised incomplete beta function by its continued fraction (DLMF 8.17.22, by Lentz's method). */
function betaBelow(x: number, a: number, b: number): number {
  if (x > (a + 1) / (a + b + 2)) return 1 - betaBelow(1 - x, b, a);
  const logFront = a * Math.log(x) + b * Math.log1p(-x) - logGamma(a) - logGamma(b) + logGamma(a + b);
  let [c, d] = [1, 1 / (1 - ((a + b) * x) / (a + 1))];
  let fraction = d;
  for (let m = 1; m < 500; m += 1) {
    for (const term of termsOf(m, x, a, b)) {
      d = 1 / (1 + term * d);
      c = 1 + term / c;
      fraction *= c * d;
    }
    if (Math.abs(c * d - 1) < 1e-12) break;
  }
  return (Math.exp(logFront) * fraction) / a;
}

function termsOf(m: number, x: number, a: number, b: number): [even: number, odd: number] {
  const even = (m * (b - m) * x) / ((a + 2 * m - 1) * (a + 2 * m));
  const odd = (-(a + m) * (a + b + m) * x) / ((a + 2 * m) * (a + 2 * m + 1));
  return [even, odd];
}

/** Stirling's series (DLMF 5.11.1), after steps up to where its first terms are exact enough. */
function logGamma(z: number): number {
  if (z < 10) return logGamma(z + 1) - Math.log(z);
  const series = 1 / (12 * z) - 1 / (360 * z ** 3) + 1 / (1260 * z ** 5);
  return (z - 0.5) * Math.log(z) - z + Math.log(2 * Math.PI) / 2 + series;
}
