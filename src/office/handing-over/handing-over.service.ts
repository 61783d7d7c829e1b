import { Injectable } from '@nestjs/common';
import { In } from 'typeorm';
import { actorOf, type Caller } from '../../core/access/roles.js';
import { ContractChanges, type NewKeeper } from '../../core/contracts/contract-changes.js';
import { Contract } from '../../core/contracts/contract.entity.js';
import { Department, Officer } from '../../core/departments/department.entity.js';
import { DepartmentsService } from '../../core/departments/departments.service.js';
import type { ContractChangeKind } from '../../core/proof/change.entity.js';
import { type ChangeEntry, Journal } from '../../core/proof/journal.service.js';
import { notFound } from '../../platform/app-error.js';
import { Database } from '../../platform/database/database.js';
import type { HandedOver, HandOver, Merge, Merged } from './handing-over.schema.js';
import { handingOverProblems } from './handing-over.words.js';

/** One transaction hands over so many contracts: others who change one of them wait for a fraction of a second. */
const batchContracts = 500;

/** The tables whose rows go with a department, by what the answer calls them. */
const belongings = { officers: 'officer', accounts: 'account', apiKeys: 'api_key' } as const;

/** Which says which contracts are moved: a condition over `contract`, with its parameters from $1 on. */
interface Which {
  where: string;
  parameters: unknown[];
}

type By = Pick<ChangeEntry, 'actor' | 'reason'> & { what: ContractChangeKind };

/** HandingOverService gives contracts to another officer in bulk, and makes a department part of another. */
@Injectable()
export class HandingOverService {
  constructor(
    private readonly database: Database,
    private readonly departments: DepartmentsService,
    private readonly changes: ContractChanges,
    private readonly journal: Journal,
  ) {}

  /** Gives the contracts of an officer, or those named, to another. The caller has to see everything that is named. */
  async handOver(caller: Caller, wanted: HandOver, { dryRun }: { dryRun: boolean }): Promise<HandedOver> {
    const to = await this.requireTaker(caller, wanted.to);
    const which = await this.contractsFor(caller, wanted, to);
    const { from, ...counts } = await this.countMoving(which, to);
    await this.changes.requireTransferable(to.departmentId, from ?? []);
    if (dryRun) return counts;
    const by = { what: 'handed-over', actor: actorOf(caller), reason: wanted.reason } as const;
    const keeper = { officerId: to.id, departmentId: to.departmentId };
    return { ...counts, contracts: await this.moveContracts(which, keeper, by) };
  }

  /**
   * Makes a department part of another. Its row stays, below the other, so that history that names it can be read; it
   * takes nothing new from the first moment on. Its contracts follow in batches: a merge that was cut off is finished by
   * asking for it again.
   */
  async merge(
    caller: Caller,
    id: string,
    { into, reason }: Merge,
    { dryRun }: { dryRun: boolean },
  ): Promise<Merged> {
    await this.departments.mustSee(caller, id);
    const actor = actorOf(caller);
    const work = () => this.moveStructure(id, into, { actor, reason });
    if (dryRun) return { contracts: await this.countContracts(id), ...(await this.database.rehearse(work)) };
    const structure = await this.database.inTransaction(work);
    const which = { where: 'department_id = $1', parameters: [id] };
    const by = { what: 'department-merged', actor, reason } as const;
    return { contracts: await this.moveContracts(which, { departmentId: into }, by), ...structure };
  }

  /** Moves contracts batch by batch, so that ten thousand of them hold nobody up. */
  private async moveContracts({ where, parameters }: Which, to: NewKeeper, by: By): Promise<number> {
    const place = parameters.length + 1;
    let moved = 0;
    for (let last: string | null = null; ;) {
      const rows: { id: string }[] = await this.database.rows(
        `SELECT id FROM contract WHERE ${where} AND ($${place}::uuid IS NULL OR id > $${place})
         ORDER BY id LIMIT ${batchContracts}`,
        [...parameters, last],
      );
      const ids = rows.map(({ id }) => id);
      last = ids.at(-1) ?? null;
      if (last === null) return moved;
      moved += await this.database.inTransaction(() => this.changes.transfer(ids, to, by));
    }
  }

  private async requireTaker(caller: Caller, id: string): Promise<Officer> {
    const to = await this.requireOfficer(id);
    await this.departments.mustSee(caller, to.departmentId);
    await this.departments.mustBeOpen(to.departmentId);
    if (to.active) return to;
    const fields = [handingOverProblems.field('to', 'officer-inactive')];
    throw handingOverProblems.error('officer-inactive', {}, { fields });
  }

  private async contractsFor(caller: Caller, { from, contractIds }: HandOver, to: Officer): Promise<Which> {
    const seen = await this.departments.seenBy(caller);
    const visible = `($1::uuid[] IS NULL OR department_id = ANY($1))`;
    if (from === undefined) {
      const ids = [...new Set(contractIds)];
      const which = { where: `${visible} AND id = ANY($2)`, parameters: [seen, ids] };
      const [count] = await this.database.rows<{ seen: number }>(
        `SELECT count(*)::int AS seen FROM contract WHERE ${which.where}`,
        which.parameters,
      );
      if (count?.seen !== ids.length) throw notFound('contract');
      return which;
    }
    const giver = await this.requireOfficer(from);
    await this.departments.mustSee(caller, giver.departmentId);
    if (giver.id === to.id) throw handingOverProblems.error('same-officer');
    return { where: `${visible} AND officer_id = $2`, parameters: [seen, giver.id] };
  }

  private async requireOfficer(id: string): Promise<Officer> {
    const officer = await this.database.repository(Officer).findOne({ where: { id } });
    if (!officer) throw notFound('officer');
    return officer;
  }

  private async countMoving({ where, parameters }: Which, to: Officer) {
    const [row] = await this.database.rows<HandedOver & { from: string[] | null }>(
      `SELECT count(*) FILTER (WHERE officer_id IS DISTINCT FROM $3 OR department_id <> $4)::int AS contracts,
              count(*) FILTER (WHERE department_id <> $4)::int AS moved_department,
              array_agg(DISTINCT department_id) AS from
       FROM contract WHERE ${where}`,
      [...parameters, to.id, to.departmentId],
    );
    return row ?? { contracts: 0, movedDepartment: 0, from: [] };
  }

  private async moveStructure(
    id: string,
    into: string,
    by: { actor: string; reason: string },
  ): Promise<Omit<Merged, 'contracts'>> {
    const department = await this.requireMergeable(id, into);
    const moved = { officers: 0, accounts: 0, apiKeys: 0, departments: 0 };
    for (const [name, table] of Object.entries(belongings) as [keyof typeof belongings, string][]) {
      const rows = await this.database.rows<{ id: string }>(
        `UPDATE ${table} SET department_id = $2 WHERE department_id = $1 RETURNING id`,
        [id, into],
      );
      moved[name] = rows.length;
      // The leaves of an account and of a key say its department; staff have none of their own.
      if (name !== 'officers')
        await this.journal.state(
          table,
          rows.map((row) => row.id),
        );
    }
    const below = `UPDATE department SET parent_id = $2 WHERE parent_id = $1 AND id <> $2`;
    moved.departments = await this.database.run(below, [id, into]);
    if (department.mergedInto === into) return moved;
    // What was merged into it before is looked for where it is now.
    const departments = this.database.repository(Department);
    await departments.update({ mergedInto: id }, { mergedInto: into });
    await departments.update({ id }, { mergedInto: into, parentId: into });
    await this.journal.record({
      subject: 'department',
      subjectId: id,
      what: 'merged',
      before: { parentId: department.parentId, mergedInto: null },
      after: { parentId: into, mergedInto: into, ...moved },
      ...by,
    });
    return moved;
  }

  private async requireMergeable(id: string, into: string): Promise<Department> {
    // In the order of their ids, so that two merges at once wait for each other.
    const both = await this.database.repository(Department).find({
      where: { id: In([id, into]) },
      order: { id: 'ASC' },
      lock: { mode: 'pessimistic_write' },
    });
    const [department, other] = [id, into].map((one) => both.find((row) => row.id === one));
    if (!department || !other) throw notFound('department');
    if (id === into) throw refusedMerge('merge-into-itself');
    if (department.mergedInto !== null && department.mergedInto !== into)
      throw refusedMerge('department-merged.already');
    if (other.mergedInto !== null) throw refusedMerge('department-merged.into');
    if ((await this.departments.withThoseBelow(id)).includes(into)) throw refusedMerge('merge-downwards');
    if ((await this.countContracts(id)) > 0) await this.changes.requireTransferable(into, [id]);
    return department;
  }

  private countContracts(departmentId: string): Promise<number> {
    return this.database.repository(Contract).countBy({ departmentId });
  }
}

function refusedMerge(
  code: 'merge-into-itself' | 'merge-downwards' | 'department-merged.already' | 'department-merged.into',
) {
  return handingOverProblems.error(code, {}, { fields: [handingOverProblems.field('into', code)] });
}
