import { longestWaitSeconds } from '../providers/sms-provider.js';
import { backoffSeconds } from './message-states.js';

it.each([
  [1, 2],
  [2, 4],
  [5, 32],
  [40, longestWaitSeconds],
])('after %s attempts a message waits for %s seconds, less half of them at most', (attempts, seconds) => {
  const waits = [0, 0.5, 1].map((chance) => backoffSeconds(attempts, () => chance));
  expect(waits).toEqual([seconds / 2, (3 * seconds) / 4, seconds]);
});
