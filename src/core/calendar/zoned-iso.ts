import { offsetAt } from './local-date.js';

/** Writes an instant as people of the zone read it, such as `2026-03-04T10:00:00+09:00`. */
export function zonedIso(instant: Date, timeZone: string): string {
  const offset = offsetAt(instant.getTime(), timeZone);
  const local = new Date(instant.getTime() + offset).toISOString().slice(0, 19);
  const hoursAndMinutes = new Date(Math.abs(offset)).toISOString().slice(11, 16);
  return `${local}${offset < 0 ? '-' : '+'}${hoursAndMinutes}`;
}
