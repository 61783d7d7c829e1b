import { Injectable } from '@nestjs/common';
import { ServiceClock } from '../../platform/clock/service-clock.js';
import { Database } from '../../platform/database/database.js';
import { groupedBy } from '../../platform/grouped-by.js';
import { newId } from '../../platform/ids.js';
import type { Difference, LostAlert } from './planning.types.js';
import { Journal } from '../proof/journal.service.js';
import { Flag, type FlagKind } from './flag.entity.js';

/** A Why says who makes a change, and why they do. */
export interface Why {
  actor: string;
  reason: string | null;
  /** The second person without whom it would have waited; null where nobody decided it, such as the calendar. */
  approvedBy?: string | null;
}

interface Flagged {
  id: string;
  departmentId: string;
  officerId: string | null;
}

/** NewFlag is what a flag says when it is raised; nobody has closed it. */
export type NewFlag = Omit<
  Flag,
  'id' | 'at' | 'approvedBy' | 'changed' | 'closedAt' | 'closedBy' | 'finding' | 'note'
> &
  Partial<Pick<Flag, 'approvedBy' | 'changed'>>;

/** Flags writes what a change kept from whom, and what is odd about texts, in the transaction that changes or freezes them. */
@Injectable()
export class Flags {
  constructor(
    private readonly database: Database,
    private readonly journal: Journal,
    private readonly clock: ServiceClock,
  ) {}

  /** Raises a flag for each contract and kind of loss. */
  async raise(contracts: Flagged[], differences: Map<string, Difference>, by: Why): Promise<void> {
    if (![...differences.values()].some(({ lost }) => lost.length > 0)) return;
    const { actor, reason, approvedBy = null } = by;
    const flags = contracts.flatMap(({ id: contractId, departmentId, officerId }) =>
      [...groupedBy(differences.get(contractId)?.lost ?? [], kindOf)].map(([kind, lost]): NewFlag => ({
        contractId,
        kind,
        actor,
        reason,
        approvedBy,
        departmentId,
        officerId,
        lost: lost.map(textOf),
      })),
    );
    await this.write(flags);
  }

  /** Writes flags, each with its leaf of the log. */
  async write(flags: NewFlag[]): Promise<void> {
    if (flags.length === 0) return;
    const at = await this.clock.now();
    const open = {
      approvedBy: null,
      changed: null,
      closedAt: null,
      closedBy: null,
      finding: null,
      note: null,
    };
    const rows = flags.map((flag): Flag => ({ ...open, ...flag, id: newId(), at }));
    await this.database.insert(Flag, rows);
    await this.journal.state(
      'flag',
      rows.map(({ id }) => id),
    );
  }
}

function kindOf({ how }: LostAlert): FlagKind {
  if (how === 'number') return 'number-swapped';
  if (how === 'language') return 'language';
  return how === 'later' ? 'put-off' : 'not-told';
}

function textOf({ code, occurrence, contactId, dueAt, how }: LostAlert): Flag['lost'][number] {
  return { code, occurrence, contactId, dueAt: dueAt.toISOString(), how };
}
