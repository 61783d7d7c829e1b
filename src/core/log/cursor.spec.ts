import { newId } from '../../platform/ids.js';
import { encodeCursor, idOfCursor, momentOfCursor } from './cursor.js';

describe('a cursor', () => {
  it('comes back as the row it was made of', () => {
    const id = newId();
    const at = '2026-03-04T01:00:00.123456Z';
    expect(idOfCursor(encodeCursor(id))).toBe(id);
    expect(momentOfCursor(encodeCursor(at, id))).toEqual({ at, id });
    expect(idOfCursor(undefined)).toBeNull();
    expect(momentOfCursor(undefined)).toBeNull();
  });

  it.each([
    ['nothing', ''],
    ['a bare id', newId()],
    ['SQL', encodeCursor("' OR 1=1")],
    ['a cursor of another list', encodeCursor('2026-03-04T01:00:00.123456Z', newId())],
  ])('is refused when it is %s', (_what, cursor) => {
    expect(() => idOfCursor(cursor)).toThrow(/no cursor of this list/);
  });

  it('of the messages is none of the alerts', () => {
    expect(() => momentOfCursor(encodeCursor(newId()))).toThrow(/no cursor of this list/);
  });
});
