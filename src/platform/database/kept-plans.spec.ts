import { KeptPlans } from './kept-plans.js';

const connection = {};
let now = 0;
const aConnectionThatPlanned = () => {
  now = 0;
  const plans = new KeptPlans(() => now);
  plans.areOld(connection);
  return plans;
};

/** The moments at which plans that are used ten times a second are found to be old. */
function moments(until: number): number[] {
  const plans = aConnectionThatPlanned();
  const found: number[] = [];
  for (now = 0; now <= until; now += 100) if (plans.areOld(connection)) found.push(now);
  return found;
}

it('keeps plans for a second, and then for as long as the connection has sent', () => {
  expect(moments(20_000)).toEqual([1000, 2000, 4000, 8000, 16_000]);
});

it('keeps plans for a minute at most', () => {
  expect(moments(200_000).slice(-3)).toEqual([64_000, 124_000, 184_000]);
});

it('counts for each connection by itself', () => {
  const plans = aConnectionThatPlanned();
  now = 5000;
  expect(plans.areOld({})).toBe(false);
  expect(plans.areOld(connection)).toBe(true);
});

it('names statements by their text', () => {
  const plans = new KeptPlans();
  expect(plans.nameOf('SELECT 1')).toBe(plans.nameOf('SELECT 1'));
  expect(plans.nameOf('SELECT 1')).not.toBe(plans.nameOf('SELECT 2'));
});
