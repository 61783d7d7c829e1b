import type { ContractView, DifferenceView, MilestoneView } from '../../src/core/contracts/contract.view.js';

export function milestoneOf(view: ContractView, code: string, occurrence = 1): MilestoneView {
  const found = view.milestones.find((m) => m.code === code && m.occurrence === occurrence);
  if (!found) throw new Error(`there is no ${code} ${occurrence} among ${JSON.stringify(view.milestones)}`);
  return found;
}

/** `signing 1: planned 2026-03-04T10:00:00+09:00`, for reading many alerts at a glance; with its reason, if any. */
export function alertLines(view: ContractView, contactId?: string): string[] {
  return view.milestones.flatMap((milestone) =>
    milestone.alerts
      .filter((alert) => contactId === undefined || alert.contactId === contactId)
      .map(
        (alert) =>
          `${milestone.code} ${milestone.occurrence}: ${alert.status} ${alert.dueAt}${alert.reason ? ` (${alert.reason})` : ''}`,
      ),
  );
}

export function differenceOf(view: ContractView): DifferenceView {
  if (!view.difference) throw new Error('the answer has no difference');
  return view.difference;
}

export function countsOf({ added, moved, cancelled, unchanged }: DifferenceView) {
  return {
    added: added.length,
    moved: moved.length,
    cancelled: cancelled.length,
    unchanged: unchanged.length,
  };
}

/** The ids of the contacts, in the order of the answer. */
export function contactIds(view: ContractView): string[] {
  return view.counterparties.flatMap((party) => party.contacts.map((contact) => contact.id));
}
