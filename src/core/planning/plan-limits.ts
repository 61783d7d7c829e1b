import { planningProblems } from './planning.words.js';

/** planLimits say how much a contract's plan may hold, so that no request takes the process from everybody else. */
export const planLimits = {
  /** Milestones of a contract, each occurrence counted. Ten years of weekly milestones are 520. */
  milestones: 1000,
  /** Alerts of a contract, cancelled ones counted. Ten years of monthly milestones for 50 contacts are 6,800. */
  alerts: 15_000,
  /** Alerts that are added to several contracts at once; an import takes contracts of more one by one. */
  alertsAtOnce: 50_000,
} as const;

/** Throws `plan-too-large` when one act would add more alerts to several contracts than it may. */
export function requireRoomAtOnce(added: number): void {
  const limit = planLimits.alertsAtOnce;
  if (added > limit) throw planningProblems.error('plan-too-large.several', { limit });
}

/**
 * Throws `plan-too-large` for more milestones or alerts than a contract may have. A contract that had more before the
 * limit existed is planned on, as long as nothing is added: `stored` is what stands of it in the database.
 */
export function requireRoom(what: 'milestones' | 'alerts', count: number, stored: number): void {
  const limit = planLimits[what];
  if (count <= Math.max(limit, stored)) return;
  throw planningProblems.error(`plan-too-large.${what}`, { limit });
}
