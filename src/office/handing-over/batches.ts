import { Injectable } from '@nestjs/common';
import { ContractTransfer, type NewKeeper } from '../../core/contracts/contract-transfer.js';
import type { ContractChangeKind } from '../../core/proof/change.entity.js';
import { Database } from '../../platform/database/database.js';

/** Contracts in one transaction: others who change one of them wait for a fraction of a second. */
const batchSize = 500;

/** Whose contracts move: a condition over `contract`, with its parameters from $1 on. */
export interface Which {
  where: string;
  parameters: unknown[];
}

/** Moves contracts batch by batch, so that ten thousand of them hold nobody up; cut off, it is done by being asked again. */
@Injectable()
export class Batches {
  constructor(
    private readonly database: Database,
    private readonly transfer: ContractTransfer,
  ) {}

  async move(
    which: Which,
    to: NewKeeper,
    by: { what: ContractChangeKind; actor: string; reason: string },
  ): Promise<number> {
    let moved = 0;
    for (let last: string | null = null; ;) {
      const ids = await this.after(which, last);
      if (ids.length === 0) return moved;
      moved += await this.database.inTransaction(() => this.transfer.transfer(ids, to, by));
      last = ids.at(-1) ?? null;
    }
  }

  private async after(which: Which, last: string | null): Promise<string[]> {
    const place = which.parameters.length + 1;
    const rows = await this.database.rows<{ id: string }>(
      `SELECT id FROM contract WHERE ${which.where} AND ($${place}::uuid IS NULL OR id > $${place})
       ORDER BY id LIMIT ${batchSize}`,
      [...which.parameters, last],
    );
    return rows.map((row) => row.id);
  }
}
