import { offsetAt } from './local-date.js';

/** The length of a moment without its offset, to the second and to the millisecond. */
const lengths = { seconds: 19, milliseconds: 23 };

/** Writes an instant as people of the zone read it, such as `2026-03-04T10:00:00+09:00`. */
export function zonedIso(instant: Date, timeZone: string, to: keyof typeof lengths = 'seconds'): string {
  const offset = offsetAt(instant.getTime(), timeZone);
  const local = new Date(instant.getTime() + offset).toISOString().slice(0, lengths[to]);
  const hoursAndMinutes = new Date(Math.abs(offset)).toISOString().slice(11, 16);
  return `${local}${offset < 0 ? '-' : '+'}${hoursAndMinutes}`;
}
