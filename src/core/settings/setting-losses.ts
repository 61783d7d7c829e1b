import { isDeepStrictEqual } from 'node:util';
import type { Plan } from './plan.schema.js';
import type { Agency, SettingName } from './settings.schema.js';

/** Decides nothing about who is told, of what and when. Of the words only the name, which an agency that is renamed has at once. */
const harmless = [
  'name',
  'importAskAbove',
  'koreanTexts',
  'referenceLetters',
  'prices',
] as const satisfies (keyof Agency)[];

/**
 * Tells whether a new version of a setting could keep people from being told, or tell them something else: whatever it changes,
 * but for what is harmless in the agency's settings, the end of a rehearsal, more failures before sending pauses, and milestones that a plan has besides. `before` is
 * null where nothing is in force under the name, and undefined where that cannot be read: it stops the service, and is to be
 * replaced at once.
 */
export function mayKeepFrom(name: SettingName, before: unknown, after: unknown): boolean {
  if (before === undefined || isDeepStrictEqual(before, after)) return false;
  if (before === null) return true;
  if (name === 'agency')
    return !isDeepStrictEqual(telling(before as Agency, after as Agency), telling(after as Agency));
  if (name.startsWith('plan:')) return !onlyAdds(before as Plan, after as Plan);
  return true;
}

function telling(agency: Agency, next = agency): Partial<Agency> {
  const left: Partial<Agency> = { ...agency };
  for (const field of harmless) delete left[field];
  if (!next.rehearsal.on) delete left.rehearsal;
  // That fewer failures pause sending keeps nobody from being told.
  left.failureShare = Math.max(pausingShare(agency), pausingShare(next));
  return left;
}

function pausingShare({ failureShare }: Agency): number {
  return failureShare === 0 ? 100 : failureShare;
}

function onlyAdds(before: Plan, after: Plan): boolean {
  const kept = before.milestones.every((one) =>
    after.milestones.some((other) => isDeepStrictEqual(one, other)),
  );
  return kept && before.fromAmount === after.fromAmount;
}
