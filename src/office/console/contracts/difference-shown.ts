import type { ContractView } from '../../../core/contracts/contract.view.js';
import { alertReasonWords, alertWords } from '../../../core/log/status-words.js';
import type { Words } from '../../../platform/words/words.js';
import { textedOn } from './plan-shown.js';

type Difference = NonNullable<ContractView['difference']>;

export interface ShownDifference {
  rows: {
    how: keyof Difference;
    milestone: Words | null;
    code: string;
    who: string | null;
    from: string | null;
    to: string;
    status: Words;
    why: Words | null;
    cancelled: boolean;
  }[];
  unchanged: number;
  textedToday: number;
}

/** What a change would do to the alerts, before it is saved. */
export function differenceShown(view: ContractView, today: string): ShownDifference {
  const names = new Map(view.milestones.map((milestone) => [milestone.code, milestone.name]));
  const people = new Map(
    view.counterparties.flatMap((party) =>
      party.contacts.map((contact) => [contact.id, contact.name ?? party.name] as const),
    ),
  );
  const difference = view.difference ?? { added: [], moved: [], cancelled: [], unchanged: [] };
  const rows = (['added', 'moved', 'cancelled'] as const).flatMap((how) =>
    difference[how].map((change) => ({
      how,
      code: change.milestone,
      milestone: names.get(change.milestone) ?? null,
      who: people.get(change.contactId) ?? null,
      from: change.from?.dueAt ?? null,
      to: change.to.dueAt,
      status: alertWords[change.to.status],
      why: alertReasonWords(change.to.reason),
      cancelled: how === 'cancelled',
    })),
  );
  return { rows, unchanged: difference.unchanged.length, textedToday: textedOn(today, view) };
}
