import { isOverdue } from './overdue.js';

const at = { today: '2026-12-14', goLiveOn: null, terminatedOn: null };
const expected = { occurredOn: null, expectedBy: '2026-12-11' };

describe('isOverdue', () => {
  it('marks what was expected by a day that has passed', () => {
    expect(isOverdue(expected, at)).toBe(true);
  });

  it('waits for the day itself to pass', () => {
    expect(isOverdue(expected, { ...at, today: '2026-12-11' })).toBe(false);
  });

  it('does not mark what was recorded, however late', () => {
    expect(isOverdue({ ...expected, occurredOn: '2026-12-13' }, at)).toBe(false);
  });

  it('does not mark what was expected before the department went live', () => {
    expect(isOverdue(expected, { ...at, goLiveOn: '2026-12-12' })).toBe(false);
  });

  it('does not mark what was expected after a termination', () => {
    expect(isOverdue(expected, { ...at, terminatedOn: '2026-12-10' })).toBe(false);
    expect(isOverdue(expected, { ...at, terminatedOn: '2026-12-11' })).toBe(true);
  });
});
