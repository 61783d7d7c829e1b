import { Injectable } from '@nestjs/common';
import { actorOf, type Caller } from '../../core/access/roles.js';
import { TakingOver } from '../../core/contracts/taking-over.js';
import { DepartmentsService } from '../../core/departments/departments.service.js';
import { AppError, notFound } from '../../platform/app-error.js';
import { Batches, type Which } from './batches.js';
import type { HandedOver, HandOver } from './handing-over.schema.js';
import { Database } from '../../platform/database/database.js';

interface OfficerRow {
  id: string;
  departmentId: string;
  active: boolean;
}

/** Staff move: their contracts go to a colleague, in bulk and with their history. */
@Injectable()
export class HandOverService {
  constructor(
    private readonly database: Database,
    private readonly departments: DepartmentsService,
    private readonly takingOver: TakingOver,
    private readonly batches: Batches,
  ) {}

  /** Everything named has to be the caller's to see; of an officer's contracts, those that are. */
  async handOver(caller: Caller, wanted: HandOver, { dryRun }: { dryRun: boolean }): Promise<HandedOver> {
    const to = await this.taker(caller, wanted.to);
    const which = await this.which(caller, wanted, to);
    const found = await this.count(which, to);
    await this.takingOver.mustBeAble(to.departmentId, found.from);
    if (dryRun) return { contracts: found.contracts, movedDepartment: found.movedDepartment };
    const by = { what: 'handed-over' as const, actor: actorOf(caller), reason: wanted.reason };
    const keeper = { officerId: to.id, departmentId: to.departmentId };
    const contracts = await this.batches.move(which, keeper, by);
    return { contracts, movedDepartment: found.movedDepartment };
  }

  private async taker(caller: Caller, id: string): Promise<OfficerRow> {
    const to = await this.officer(id);
    await this.departments.mustSee(caller, to.departmentId);
    await this.departments.mustBeOpen(to.departmentId);
    if (to.active) return to;
    throw new AppError('invalid', 'officer-inactive', 'This officer has left: name one who is there.', [
      { path: 'to', code: 'officer-inactive', message: 'This officer has left: name one who is there.' },
    ]);
  }

  private async which(caller: Caller, { from, contractIds }: HandOver, to: OfficerRow): Promise<Which> {
    const seen = await this.departments.seenBy(caller);
    const mine = `($1::uuid[] IS NULL OR department_id = ANY($1))`;
    if (from === undefined) {
      const ids = [...new Set(contractIds)];
      const [count] = await this.database.rows<{ seen: number }>(
        `SELECT count(*)::int AS seen FROM contract WHERE ${mine} AND id = ANY($2)`,
        [seen, ids],
      );
      if (count?.seen !== ids.length) throw notFound('contract');
      return { where: `${mine} AND id = ANY($2)`, parameters: [seen, ids] };
    }
    const giver = await this.officer(from);
    await this.departments.mustSee(caller, giver.departmentId);
    if (giver.id === to.id) {
      throw new AppError('invalid', 'same-officer', 'They are this officer’s already: name another one.');
    }
    return { where: `${mine} AND officer_id = $2`, parameters: [seen, giver.id] };
  }

  private async officer(id: string): Promise<OfficerRow> {
    const [row] = await this.database.rows<OfficerRow>(
      `SELECT id, department_id, active FROM officer WHERE id = $1`,
      [id],
    );
    if (!row) throw notFound('officer');
    return row;
  }

  private async count({ where, parameters }: Which, to: OfficerRow) {
    const [row] = await this.database.rows<HandedOver & { from: string[] | null }>(
      `SELECT count(*) FILTER (WHERE officer_id IS DISTINCT FROM $3 OR department_id <> $4)::int AS contracts,
              count(*) FILTER (WHERE department_id <> $4)::int AS moved_department,
              array_agg(DISTINCT department_id) AS from
       FROM contract WHERE ${where}`,
      [...parameters, to.id, to.departmentId],
    );
    return {
      contracts: row?.contracts ?? 0,
      movedDepartment: row?.movedDepartment ?? 0,
      from: row?.from ?? [],
    };
  }
}
