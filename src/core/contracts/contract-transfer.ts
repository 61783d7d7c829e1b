import { Injectable } from '@nestjs/common';
import type { ContractChangeKind } from '../proof/change.entity.js';
import { Journal } from '../proof/journal.service.js';
import type { Contract } from './contract.entity.js';
import { ContractReader } from './contract.reader.js';
import { Database } from '../../platform/database/database.js';

/** Whose contracts become. What is not named stays. */
export interface NewKeeper {
  officerId?: string;
  departmentId?: string;
}

/** Gives many contracts to another officer or department: a handful of statements whatever their number. */
@Injectable()
export class ContractTransfer {
  constructor(
    private readonly database: Database,
    private readonly reader: ContractReader,
    private readonly journal: Journal,
  ) {}

  /**
   * In the running transaction, which keeps their locks: the caller gives a batch. A contract keeps its plan and what
   * fell due; its alerts go with it. Returns how many changed.
   */
  async transfer(
    ids: string[],
    to: NewKeeper,
    by: { what: ContractChangeKind; actor: string; reason: string },
  ): Promise<number> {
    const contracts = (await this.reader.lock(ids)).filter((contract) => keysOf(contract, to).length > 0);
    if (contracts.length === 0) return 0;
    const changed = contracts.map((contract) => contract.id);
    await this.database.run(
      `UPDATE contract SET officer_id = coalesce($2, officer_id), department_id = coalesce($3, department_id),
         version = version + 1, updated_at = clock_timestamp()
       WHERE id = ANY($1)`,
      [changed, to.officerId ?? null, to.departmentId ?? null],
    );
    await this.database.run(
      `UPDATE alert SET department_id = $2 WHERE contract_id = ANY($1) AND department_id <> $2`,
      [changed, to.departmentId ?? null],
    );
    await this.journal.record(
      ...contracts.flatMap((contract) =>
        keysOf(contract, to).map((key) => ({
          subject: 'contract',
          subjectId: contract.id,
          contractId: contract.id,
          what: by.what,
          params: { field: key },
          before: { [key]: contract[key] },
          after: { [key]: to[key] },
          actor: by.actor,
          reason: by.reason,
        })),
      ),
    );
    return changed.length;
  }
}

function keysOf(contract: Contract, to: NewKeeper): (keyof NewKeeper)[] {
  return (['officerId', 'departmentId'] as const).filter(
    (key) => to[key] !== undefined && to[key] !== contract[key],
  );
}
