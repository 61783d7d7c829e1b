import { newId } from './ids.js';
import { idOfCursor, momentOfCursor, pageFrom, placeOfCursor } from './paging.js';

const at = '2026-03-04T01:00:00.123456Z';

describe('a page', () => {
  const rows = [newId(), newId(), newId()].map((id, n) => ({ id, at, line: n }));

  it('ends the list when no row is left over', () => {
    expect(pageFrom(rows, 3)).toEqual({ items: rows, nextCursor: null });
    expect(pageFrom([], 3)).toEqual({ items: [], nextCursor: null });
  });

  it('keeps back the row that shows that there are more', () => {
    expect(pageFrom(rows, 2)).toEqual({ items: rows.slice(0, 2), nextCursor: rows[1]?.id });
  });

  it('names the value that it is sorted by before the id', () => {
    expect(pageFrom(rows, 2, (row) => row.at).nextCursor).toBe(`${at}.${rows[1]?.id}`);
    expect(pageFrom(rows, 1, (row) => row.line).nextCursor).toBe(`0.${rows[0]?.id}`);
  });
});

describe('a cursor', () => {
  const cursorAt = (value: string, id = newId()) =>
    pageFrom([{ id }, { id }], 1, () => value).nextCursor ?? '';

  it('comes back as the row it was made of', () => {
    const id = newId();
    expect(idOfCursor(id)).toBe(id);
    expect(momentOfCursor(cursorAt(at, id))).toEqual({ value: at, id });
    expect(idOfCursor(undefined)).toBeNull();
    expect(momentOfCursor(undefined)).toBeNull();
  });

  it('may hold any value, also one with points in it, or none', () => {
    const id = newId();
    expect(placeOfCursor(cursorAt('C-2026.01.가', id))).toEqual({ value: 'C-2026.01.가', id });
    expect(placeOfCursor(cursorAt('', id))).toEqual({ value: '', id });
  });

  it.each([
    ['nothing', ''],
    ['an id in base64, as they once were', Buffer.from(newId()).toString('base64url')],
    ['SQL', "' OR 1=1"],
    ['a cursor of another list', cursorAt(at)],
  ])('is refused when it is %s', (_what, cursor) => {
    expect(() => idOfCursor(cursor)).toThrow(/no cursor of this list/);
  });

  it.each([
    ['nothing', ''],
    ['a cursor of the messages, which are sorted by id alone', newId()],
    ['a moment without microseconds', cursorAt('2026-03-04T01:00:00Z')],
    ['a moment without an id', at],
    ['SQL', cursorAt("' OR 1=1")],
    ['a moment and an id that are not parted by a point', `${at}-${newId()}`],
    ['a moment with what is as long as an id', `${at}.${'x'.repeat(36)}`],
    ['a moment with an id and more', `${cursorAt(at)}0`],
  ])('of the alerts is refused when it is %s', (_what, cursor) => {
    expect(() => momentOfCursor(cursor)).toThrow(/no cursor of this list/);
  });

  it('is named as the field that is wrong', () => {
    expect(() => idOfCursor('')).toThrow(
      expect.objectContaining({ fields: [expect.objectContaining({ path: 'cursor' })] }) as Error,
    );
  });
});
