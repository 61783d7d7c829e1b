import type { LocalDate } from '../calendar/calendar.schema.js';

/** A Beginning says from which day a version holds, null being since it was made, and who approved it. */
export interface Beginning {
  fromOn: LocalDate | null;
  approvedBy: string | null;
}

interface Begun {
  version: number;
  fromOn: LocalDate | null;
}

/** Standing is what is in force of one name, and what is to come, the next first. */
export interface Standing<T extends Begun> {
  inForce: T | null;
  toCome: T[];
}

/**
 * Finds which versions of one name are in force on a day and to come after it. From its day on a version takes the place of every
 * older one, also of one that has not begun by then: that one never is in force.
 */
export function standingOf<T extends Begun>(versions: readonly T[], today: LocalDate): Standing<T> {
  const newestFirst = [...versions].sort((a, b) => b.version - a.version);
  const toCome: T[] = [];
  for (const version of newestFirst) {
    const { fromOn } = version;
    if (fromOn === null || fromOn <= today) return { inForce: version, toCome };
    const next = toCome[0]?.fromOn;
    if (next === undefined || next === null || fromOn < next) toCome.unshift(version);
  }
  return { inForce: null, toCome };
}
