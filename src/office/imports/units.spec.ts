import { type NumberedUnit, Twins, TwinSearch } from './units.js';

const unit = (ordinal: number, ...references: string[]): NumberedUnit => ({
  ordinal,
  contracts: references.map(
    (reference) => ({ source: 'sheet', reference }) as NumberedUnit['contracts'][number],
  ),
  problems: [],
  keep: null,
});

function twinsOf(units: NumberedUnit[], refused: number[] = []): Twins {
  const search = new TwinSearch();
  for (const one of units) search.add(one);
  return new Twins(search.found, new Set(refused));
}

const ordinals = (units: NumberedUnit[]) => units.map((one) => one.ordinal);

describe('units that state a contract again', () => {
  const units = [unit(1, 'A'), unit(2, 'B'), unit(3, 'A'), unit(4, 'C'), unit(5, 'A', 'C')];

  it('have those before them rehearsed in front, in the order of the file and once each', () => {
    const twins = twinsOf(units);
    const before = units.map((one) => {
      const earlier = ordinals(twins.before([one]));
      twins.hold([one]);
      return earlier;
    });
    expect(before).toEqual([[], [], [1], [], [1, 3, 4]]);
  });

  it('do not have in front what stands in the same batch, or was refused', () => {
    const twins = twinsOf(units, [1]);
    twins.hold(units.slice(0, 2));
    expect(ordinals(twins.before(units.slice(2)))).toEqual([]);
    const all = twinsOf(units);
    all.hold(units.slice(0, 3));
    all.refuse(3);
    expect(ordinals(all.before([units[4] as NumberedUnit]))).toEqual([1]);
  });

  it('are said to be incomplete where too many would have to be kept', () => {
    const many = Array.from({ length: 10_002 }, (_, i) => unit(i + 1, `M-${i}`));
    const again = Array.from({ length: 10_002 }, (_, i) => unit(20_000 + i, `M-${i}`));
    const twins = twinsOf([...many, ...again]);
    twins.hold(many);
    expect(twins.isIncomplete(again[0] as NumberedUnit)).toBe(false);
    expect(twins.isIncomplete(again[10_001] as NumberedUnit)).toBe(true);
  });
});
