import { stepOfCode } from './second-factors.js';

/** The secret of RFC 6238's test vectors, `12345678901234567890`, in base32. */
const secret = 'GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ';

// RFC 6238, appendix B, SHA-1; of its eight digits the last six.
it.each([
  [59, '287082', 1],
  [1_111_111_109, '081804', 37_037_036],
  [1_234_567_890, '005924', 41_152_263],
  [2_000_000_000, '279037', 66_666_666],
])('at %d seconds the code is %s, of step %d', (now, code, step) => {
  expect(stepOfCode(secret, code, now)).toBe(step);
});

// The code 287082 is of seconds 30 to 59.
it.each([
  [0, 1],
  [29, 1],
  [30, 1],
  [60, 1],
  [89, 1],
  [90, null],
])('a clock that is %d seconds along takes a code of the second half minute as step %s', (now, step) => {
  expect(stepOfCode(secret, '287082', now)).toBe(step);
});

it.each(['', '28708', '2870820', '28708x', '２８７０８２', ' 287082'])('takes %j for no code', (code) => {
  expect(stepOfCode(secret, code, 59)).toBeNull();
});
