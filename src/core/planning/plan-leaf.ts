import { digestOfPlan } from '../proof/facts.js';
import type { LeafEntry } from '../proof/journal.service.js';
import type { AlertToStore } from './alert-states.js';
import type { NewMilestone } from './milestone.store.js';
import type { PlanningContract } from './planning.types.js';

interface NewPlan {
  contract: PlanningContract & { id: string; planName: string; planVersion: number };
  milestones: NewMilestone[];
  alerts: AlertToStore[];
}

/** Says of a new contract what `Journal.state` would read, so that nothing has to be read before all is written. */
export function planLeaf({ contract: c, milestones, alerts }: NewPlan): LeafEntry {
  const counts: Record<string, number> = {};
  for (const { status } of alerts) counts[status] = (counts[status] ?? 0) + 1;
  return {
    kind: 'plan',
    subjectId: c.id,
    body: {
      state: c.state,
      plan_name: c.planName,
      plan_version: c.planVersion,
      signed_on: c.signedOn,
      starts_on: c.startsOn,
      ends_on: c.endsOn,
      completed_on: c.completedOn,
      terminated_on: c.terminatedOn,
      liability_ends_on: c.liabilityEndsOn,
      milestones: digestOfPlan(
        milestones.map((m) => [
          m.code,
          m.occurrence,
          m.date,
          m.expectedBy,
          null,
          m.dueAt,
          m.wording,
          m.withdrawn,
        ]),
      ),
      alerts: digestOfPlan(
        alerts.map((a) => [a.code, a.occurrence, a.contactId, a.dueAt, a.wording, a.status, a.reason]),
      ),
      records: digestOfPlan(
        milestones
          .filter(({ firstDueAt }) => firstDueAt !== null)
          .map((m) => [m.code, m.occurrence, null, null, null, m.firstDueAt, null]),
      ),
      counts,
    },
  };
}
