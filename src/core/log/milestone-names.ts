import type { Words } from '../../platform/words/words.js';
import type { SettingsService } from '../settings/settings.service.js';

export interface PlanMilestoneRow {
  planName: string;
  planVersion: number;
  /** The milestone's code. */
  code: string;
}

/** The name that the contract's own version of the plan gives a milestone; null when it no longer has it. */
export async function milestoneName(settings: SettingsService, row: PlanMilestoneRow): Promise<Words | null> {
  const { value: plan } = await settings.plan(row.planName, row.planVersion);
  return plan.milestones.find((milestone) => milestone.code === row.code)?.name ?? null;
}
