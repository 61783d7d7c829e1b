import { Injectable } from '@nestjs/common';
import { actorOf, type Caller } from '../../core/access/roles.js';
import { TakingOver } from '../../core/contracts/taking-over.js';
import { DepartmentsService } from '../../core/departments/departments.service.js';
import { AppError, notFound } from '../../platform/app-error.js';
import { Journal } from '../../core/proof/journal.service.js';
import { Batches } from './batches.js';
import type { Merge, Merged } from './handing-over.schema.js';
import { Database } from '../../platform/database/database.js';

interface Row {
  id: string;
  parentId: string | null;
  mergedInto: string | null;
}

/** What goes with a department, and the column that says whose it is. */
const belongings = { officers: 'officer', accounts: 'account', apiKeys: 'api_key' } as const;

/**
 * A department becomes part of another. Its row stays, below the other, so that history that names it can be read; it
 * takes nothing new from the first moment on. Its contracts follow in batches: a merge that was cut off is finished by
 * asking for it again.
 */
@Injectable()
export class MergeService {
  constructor(
    private readonly database: Database,
    private readonly departments: DepartmentsService,
    private readonly takingOver: TakingOver,
    private readonly batches: Batches,
    private readonly journal: Journal,
  ) {}

  async merge(
    caller: Caller,
    id: string,
    { into, reason }: Merge,
    { dryRun }: { dryRun: boolean },
  ): Promise<Merged> {
    await this.departments.mustSee(caller, id);
    const work = () => this.moveStructure(id, into, { actor: actorOf(caller), reason });
    const structure = dryRun ? await this.database.rehearse(work) : await this.database.inTransaction(work);
    const which = { where: 'department_id = $1', parameters: [id] };
    if (dryRun) return { contracts: await this.countContracts(id), ...structure };
    const by = { what: 'department-merged' as const, actor: actorOf(caller), reason };
    return { contracts: await this.batches.move(which, { departmentId: into }, by), ...structure };
  }

  private async moveStructure(
    id: string,
    into: string,
    by: { actor: string; reason: string },
  ): Promise<Omit<Merged, 'contracts'>> {
    const department = await this.mergeable(id, into);
    const moved = { officers: 0, accounts: 0, apiKeys: 0, departments: 0 };
    for (const [name, table] of Object.entries(belongings) as [keyof typeof belongings, string][]) {
      const sql = `UPDATE ${table} SET department_id = $2 WHERE department_id = $1`;
      moved[name] = await this.database.run(sql, [id, into]);
    }
    const below = `UPDATE department SET parent_id = $2 WHERE parent_id = $1 AND id <> $2`;
    moved.departments = await this.database.run(below, [id, into]);
    if (department.mergedInto === into) return moved;
    // What was merged into it before is looked for where it is now.
    await this.database.run(`UPDATE department SET merged_into = $2 WHERE merged_into = $1`, [id, into]);
    await this.database.run(`UPDATE department SET merged_into = $2, parent_id = $2 WHERE id = $1`, [
      id,
      into,
    ]);
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

  private async mergeable(id: string, into: string): Promise<Row> {
    // In the order of their ids, so that two merges at once wait for each other.
    const rows = await this.database.rows<Row>(
      `SELECT id, parent_id, merged_into FROM department WHERE id = ANY($1) ORDER BY id FOR UPDATE`,
      [[id, into]],
    );
    const [department, other] = [rows.find((row) => row.id === id), rows.find((row) => row.id === into)];
    if (!department || !other) throw notFound('department');
    if (id === into) throw refused('merge-into-itself', 'A department cannot be merged into itself.');
    if (department.mergedInto !== null && department.mergedInto !== into) {
      throw refused('department-merged', 'It was merged into another department already.');
    }
    if (other.mergedInto !== null) {
      throw refused(
        'department-merged',
        'The department named was itself merged: name the one it became part of.',
      );
    }
    if ((await this.departments.withThoseBelow(id)).includes(into)) {
      throw refused(
        'merge-downwards',
        'The department named stands below this one: merge that one into this.',
      );
    }
    if ((await this.countContracts(id)) > 0) await this.takingOver.mustBeAble(into, [id]);
    return department;
  }

  private async countContracts(id: string): Promise<number> {
    const [row] = await this.database.rows<{ count: number }>(
      `SELECT count(*)::int AS count FROM contract WHERE department_id = $1`,
      [id],
    );
    return row?.count ?? 0;
  }
}

function refused(code: string, message: string): AppError {
  return new AppError('conflict', code, message, [{ path: 'into', code, message }]);
}
