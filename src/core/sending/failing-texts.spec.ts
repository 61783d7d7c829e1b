import { failsTooOften, type Reached } from './failing-texts.js';

const of = (failed: number, texted: number): Reached => ({ failed, texted });
/** Four officers, each of whom has texted 15 numbers. */
const officers = (...failed: number[]) => failed.map((count) => of(count, 15));

describe('a department whose texts may fail for 30 % of the numbers', () => {
  it.each<[string, Reached, Reached[], boolean]>([
    ['18 of 60: 30 % and no more', of(18, 60), officers(5, 5, 4, 4), false],
    [
      '19 of 60: 31.7 %, and 14 of 45 (31.1 %) without any one officer',
      of(19, 60),
      officers(5, 5, 5, 4),
      true,
    ],
    ['20 of 60: 15 of 45 without any one officer', of(20, 60), officers(5, 5, 5, 5), true],
    [
      '20 of 60, of which one officer has 8: 12 of 45 (26.7 %) without them',
      of(20, 60),
      officers(8, 4, 4, 4),
      false,
    ],
    ['20 of 60, of which one officer has all', of(20, 60), officers(20), false],
    ['9 of 10, by nobody’s fault', of(9, 10), [], false],
    ['10 of 10, by nobody’s fault', of(10, 10), [], true],
    ['12 of 12 by three officers: 8 are left without one', of(12, 12), [of(4, 4), of(4, 4), of(4, 4)], false],
    ['15 of 15 by three officers: 10 are left without one', of(15, 15), [of(5, 5), of(5, 5), of(5, 5)], true],
  ])('%s', (_what, whole, parts, expected) => {
    expect(failsTooOften({ whole, parts }, 30)).toBe(expected);
  });

  it('is never paused by a share of 100 %', () => {
    expect(failsTooOften({ whole: of(50, 50), parts: [] }, 100)).toBe(false);
  });
});
