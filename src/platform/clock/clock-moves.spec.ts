import { ClockMoves } from './clock-moves.js';

const at = (time: string) => new Date(`2026-11-28T${time}:00Z`);
const march = new Date('2026-03-02T00:00:00Z');
const june = new Date('2026-06-08T00:00:00Z');
const moves = new ClockMoves(
  [
    { at: at('07:00'), now: march },
    { at: at('08:00'), now: june },
  ],
  at('09:00'),
);

it('shows what was noted by the system’s clock as the sandbox’s clock stood then', () => {
  expect(moves.ofSystem(at('07:00'))).toEqual(march);
  expect(moves.ofSystem(at('07:59'))).toEqual(march);
  expect(moves.ofSystem(at('08:30'))).toEqual(june);
});

it('shows what was noted before the first move at the moment from which the clock was moved, or before', () => {
  expect(moves.ofSystem(at('06:00'))).toEqual(march);
  expect(moves.ofSystem(new Date('2026-01-01T00:00:00Z'))).toEqual(new Date('2026-01-01T00:00:00Z'));
});

it('shows what is to come as far ahead of the clock as it is', () => {
  expect(moves.ofSystem(at('10:00'))).toEqual(new Date('2026-06-08T01:00:00Z'));
});

it('leaves the clock’s own moments, but those that it has not come to yet', () => {
  const april = new Date('2026-04-01T00:00:00Z');
  expect(moves.ofClock(april)).toEqual(april);
  expect(moves.ofClock(at('06:30'))).toEqual(march);
});

it('leaves every moment where the clock was never moved', () => {
  const still = new ClockMoves([], at('09:00'));
  expect([still.ofSystem(at('10:00')), still.ofClock(at('06:00'))]).toEqual([at('10:00'), at('06:00')]);
});
