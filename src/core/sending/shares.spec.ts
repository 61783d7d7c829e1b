import fc from 'fast-check';
import { allOfIt, partsOf, type Standing, standingByErrors, standingBySlowness } from './shares.js';

/** So many errors, this far apart, the last of them so long ago; all in milliseconds. */
const errors = (count: number, { everyMs = 100, lastMsAgo = 0 } = {}) =>
  Array.from({ length: count }, (_, n) => lastMsAgo + (count - 1 - n) * everyMs);

describe('by its errors a provider', () => {
  it('keeps its share at the 49th error within a minute, and loses it at the 50th', () => {
    expect(standingByErrors([])).toEqual(allOfIt);
    expect(standingByErrors(errors(49))).toEqual(allOfIt);
    expect(standingByErrors(errors(50))).toEqual({ share: 0, why: 'errors', msAgo: 0 });
  });

  it('keeps its share where the fifty took a minute', () => {
    const justWithin = Array.from({ length: 50 }, (_, n) => (n === 0 ? 59_999 : 49 - n));
    expect(standingByErrors(justWithin).share).toBe(0);
    expect(standingByErrors([60_000, ...justWithin.slice(1)])).toEqual(allOfIt);
  });

  it.each([
    [59_999, 0],
    [60_000, 10],
    [119_999, 10],
    [120_000, 20],
    [599_999, 90],
    [600_000, 100],
  ])('%s ms after the fiftieth has %s hundredths of it', (lastMsAgo, share) => {
    expect(standingByErrors(errors(50, { lastMsAgo })).share).toBe(share);
  });

  it('loses it again by as many fewer errors as its share is smaller: at a tenth by the fifth', () => {
    const taken = errors(50, { lastMsAgo: 90_000 });
    expect(standingByErrors([...taken, ...errors(4)]).share).toBe(10);
    expect(standingByErrors([...taken, ...errors(5)])).toEqual({ share: 0, why: 'errors', msAgo: 0 });
  });

  it('is not held back by what erred before its share was taken, and comes in later', () => {
    const late = errors(300, { everyMs: 10, lastMsAgo: 70_000 });
    expect(standingByErrors(late).share).toBe(10);
    expect(standingByErrors([...late, 20_000]).share).toBe(10);
  });
});

it('takes of the share of a provider whose texts take longer than five minutes, from fifteen in a hundred on', () => {
  expect(standingBySlowness({ texts: 100, slow: 14 })).toEqual(allOfIt);
  expect(standingBySlowness({ texts: 100, slow: 15 })).toEqual({ share: 85, why: 'slow', msAgo: null });
  expect(standingBySlowness({ texts: 9, slow: 9 })).toEqual(allOfIt);
  expect(standingBySlowness({ texts: 10, slow: 10 }).share).toBe(10);
});

describe('the texts of a rule', () => {
  const standings = (shares: Record<string, number | 'braked'>) => (name: string) => {
    const share = shares[name] ?? 100;
    return share === 'braked'
      ? ({ share: 0, why: 'braked', msAgo: null } as const)
      : { ...allOfIt, share, why: share < 100 ? ('errors' as const) : null };
  };
  const divided = (weights: number[], shares: Record<string, number | 'braked'> = {}) =>
    partsOf(
      weights.map((weight, i) => ({ provider: 'ABC'[i] ?? '', weight })),
      standings(shares),
    ).map((part) => Math.round(part * 1000) / 1000);

  it.each<[string, number[], Record<string, number | 'braked'>, number[]]>([
    ['go by the weights', [80, 20], {}, [0.8, 0.2]],
    ['leave a provider that errs', [80, 20], { A: 0 }, [0, 1]],
    ['come back to it in steps', [80, 20], { A: 10 }, [0.08, 0.92]],
    ['go to the dearer one only where the cheaper one has lost them', [100, 0], {}, [1, 0]],
    ['go to the dearer one for what the cheaper one has lost', [100, 0], { A: 30 }, [0.3, 0.7]],
    ['are divided among the others by their weights', [50, 30, 10], { A: 0 }, [0, 0.75, 0.25]],
    ['go to the least bad where all err', [50, 50], { A: 0, B: 10 }, [0, 1]],
    ['stay where they were where all err alike', [80, 20], { A: 0, B: 0 }, [0.8, 0.2]],
    ['stay where they were where all are slow alike', [80, 20], { A: 50, B: 50 }, [0.8, 0.2]],
    ['leave a braked sender, though the other errs', [50, 50], { A: 'braked', B: 0 }, [0, 1]],
    ['wait as configured where all are braked', [80, 20], { A: 'braked', B: 'braked' }, [0.8, 0.2]],
  ])('%s', (_, weights, shares, parts) => {
    expect(divided(weights, shares)).toEqual(parts);
  });

  it('are all carried by somebody, whatever happens', () => {
    const standing = fc.record({
      share: fc.integer({ min: 0, max: 100 }),
      why: fc.constantFrom('errors', 'braked', null),
      msAgo: fc.constant(null),
    });
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.integer({ min: 0, max: 100 }), standing), { minLength: 1, maxLength: 4 }),
        (ones) => {
          fc.pre(ones.some(([weight]) => weight > 0));
          const carriers = ones.map(([weight], i) => ({ provider: String(i), weight }));
          const parts = partsOf(carriers, (name) => ones[Number(name)]?.[1] as Standing);
          expect(parts.reduce((sum, part) => sum + part, 0)).toBeCloseTo(1, 9);
          expect(parts.every((part) => part >= 0)).toBe(true);
          if (ones.some(([, { why }]) => why !== 'braked'))
            expect(parts.every((part, i) => part === 0 || ones[i]?.[1].why !== 'braked')).toBe(true);
        },
      ),
    );
  });
});
