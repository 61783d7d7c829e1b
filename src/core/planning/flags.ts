import { Injectable } from '@nestjs/common';
import { ServiceClock } from '../../platform/clock/service-clock.js';
import { Database } from '../../platform/database/database.js';
import { groupedBy } from '../../platform/grouped-by.js';
import { newId } from '../../platform/ids.js';
import type { Difference, LostAlert } from './planning.types.js';
import { Journal } from '../proof/journal.service.js';
import { Flag, type FlagKind } from './flag.entity.js';

/** Who makes a change, and why. */
export interface Why {
  actor: string;
  reason: string | null;
}

interface Flagged {
  id: string;
  departmentId: string;
  officerId: string | null;
}

/** Flags writes what a change kept from whom, in the transaction that changes it. */
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
    const at = await this.clock.now();
    const rows = contracts.flatMap(({ id: contractId, departmentId, officerId }) =>
      [...groupedBy(differences.get(contractId)?.lost ?? [], kindOf)].map(([kind, lost]): Flag => ({
        ...{ id: newId(), contractId, kind, at, ...by, departmentId, officerId, lost: lost.map(textOf) },
        ...{ closedAt: null, closedBy: null, finding: null, note: null },
      })),
    );
    await this.database.insert(Flag, rows);
    await this.journal.leaves(
      rows.map(({ id, contractId, kind, lost, actor, reason }) => ({
        kind: 'flag',
        subjectId: id,
        body: { contract_id: contractId, kind, lost, actor, reason, at: at.toISOString() },
      })),
    );
  }
}

function kindOf({ how }: LostAlert): FlagKind {
  if (how === 'number') return 'number-swapped';
  return how === 'later' ? 'put-off' : 'not-told';
}

function textOf({ code, occurrence, contactId, dueAt, how }: LostAlert): Flag['lost'][number] {
  return { code, occurrence, contactId, dueAt: dueAt.toISOString(), how };
}
