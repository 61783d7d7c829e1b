import { httpProblems } from '../../platform/http/http.words.js';
import { Injectable } from '@nestjs/common';
import { actorOf, type Caller, seesAll } from '../access/roles.js';
import { departmentProblems } from './departments.words.js';
import { notFound } from '../../platform/app-error.js';
import { newId } from '../../platform/ids.js';
import { Journal } from '../proof/journal.service.js';
import { Department } from './department.entity.js';
import type { DepartmentPatch, DepartmentView, NewDepartment } from './department.schema.js';
import { Officer } from './officer.entity.js';
import { Database } from '../../platform/database/database.js';

/** DepartmentsService keeps the tree of departments and decides who sees which part of it. */
@Injectable()
export class DepartmentsService {
  constructor(
    private readonly database: Database,
    private readonly journal: Journal,
  ) {}

  /** The ids of the departments that the caller sees: all (null), or their own and those below it. */
  async seenBy(caller: Caller): Promise<string[] | null> {
    return seesAll(caller)
      ? null
      : this.withThoseBelow(caller.departmentId ?? '00000000-0000-0000-0000-000000000000');
  }

  /** Of what the caller sees, only a department and those below it; null: everything. */
  async seenWithin(caller: Caller, departmentId: string | undefined): Promise<string[] | null> {
    const seen = await this.seenBy(caller);
    if (departmentId === undefined) return seen;
    const below = await this.withThoseBelow(departmentId);
    return seen ? below.filter((id) => seen.includes(id)) : below;
  }

  async withThoseBelow(departmentId: string): Promise<string[]> {
    const rows = await this.database.rows<{ id: string }>(
      `WITH RECURSIVE below AS (
         SELECT id FROM department WHERE id = $1
         UNION SELECT d.id FROM department d JOIN below ON d.parent_id = below.id
       ) SELECT id FROM below`,
      [departmentId],
    );
    return rows.map((row) => row.id);
  }

  /** Throws what an unknown department throws when it is another's: its existence is not told. */
  async mustSee(caller: Caller, departmentId: string): Promise<Department> {
    const seen = await this.seenBy(caller);
    const department = await this.database.repository(Department).findOne({ where: { id: departmentId } });
    if (!department || (seen && !seen.includes(departmentId))) throw notFound('department');
    return department;
  }

  /** Throws what an id of nobody throws (see problem.filter.ts) when the officer's department is not the caller's to see. */
  async mustSeeOfficer(caller: Caller, officerId: string): Promise<void> {
    const seen = await this.seenBy(caller);
    if (!seen) return;
    const officer = await this.database.repository(Officer).findOne({ where: { id: officerId } });
    if (officer && seen.includes(officer.departmentId)) return;
    throw httpProblems.error('reference-unknown');
  }

  /** A department that was merged into another takes nothing new. */
  async mustBeOpen(departmentId: string): Promise<Department> {
    const department = await this.database.repository(Department).findOne({ where: { id: departmentId } });
    if (!department) throw notFound('department');
    if (department.mergedInto === null) return department;
    const { code } = department;
    throw departmentProblems.error(
      'department-merged',
      { code },
      {
        fields: [departmentProblems.field('departmentId', 'department-merged', { code })],
      },
    );
  }

  async goLiveDays(departmentIds: string[]): Promise<Map<string, string | null>> {
    const rows = await this.database.rows<{ id: string; day: string | null }>(
      `SELECT id, go_live_on AS day FROM department WHERE id = ANY($1)`,
      [departmentIds],
    );
    return new Map(rows.map((row) => [row.id, row.day]));
  }

  async create(caller: Caller | 'set-up', wanted: NewDepartment): Promise<DepartmentView> {
    return this.database.inTransaction(async () => {
      const department: Department = {
        id: newId(),
        parentId: wanted.parentId ?? null,
        code: wanted.code,
        name: wanted.name,
        nameEn: wanted.nameEn ?? null,
        headOfficerId: wanted.headOfficerId ?? null,
        goLiveOn: wanted.goLiveOn ?? null,
        mergedInto: null,
      };
      await this.mustBeFree(wanted);
      await this.database.repository(Department).insert(department);
      await this.journal.record({
        subject: 'department',
        subjectId: department.id,
        what: 'created',
        before: null,
        after: { ...department },
        actor: caller === 'set-up' ? caller : actorOf(caller),
        reason: null,
      });
      return department;
    });
  }

  async amend(caller: Caller, id: string, { reason, ...patch }: DepartmentPatch): Promise<DepartmentView> {
    const before = await this.mustSee(caller, id);
    const wanted = Object.fromEntries(Object.entries(patch).filter(([, value]) => value !== undefined));
    return this.database.inTransaction(async () => {
      if ('goLiveOn' in wanted && wanted['goLiveOn'] !== before.goLiveOn) await this.mustHaveNoContracts(id);
      if (wanted['headOfficerId']) await this.mustBeAnOfficer(wanted['headOfficerId']);
      if (Object.keys(wanted).length > 0) await this.database.repository(Department).update({ id }, wanted);
      await this.journal.record({
        subject: 'department',
        subjectId: id,
        what: 'amended',
        before: { ...before },
        after: { ...before, ...wanted },
        actor: actorOf(caller),
        reason: reason ?? null,
      });
      return departmentViewOf({ ...before, ...wanted });
    });
  }

  async list(caller: Caller): Promise<DepartmentView[]> {
    const seen = await this.seenBy(caller);
    const all = await this.database.repository(Department).find({ order: { code: 'ASC' } });
    return all.filter((department) => !seen || seen.includes(department.id)).map(departmentViewOf);
  }

  /** What is history and what was missed follows from the day: with contracts it stands. */
  private async mustHaveNoContracts(departmentId: string): Promise<void> {
    const [contract] = await this.database.rows(`SELECT 1 FROM contract WHERE department_id = $1 LIMIT 1`, [
      departmentId,
    ]);
    if (!contract) return;
    throw departmentProblems.error('department-is-live');
  }

  private async mustBeAnOfficer(id: string): Promise<void> {
    if (await this.database.repository(Officer).findOne({ where: { id } })) return;
    throw departmentProblems.error(
      'officer-unknown',
      {},
      {
        fields: [departmentProblems.field('headOfficerId', 'officer-unknown.head')],
      },
    );
  }

  private async mustBeFree(wanted: NewDepartment): Promise<void> {
    if (await this.database.repository(Department).findOne({ where: { code: wanted.code } })) {
      throw departmentProblems.error('department-code-taken', { code: wanted.code });
    }
    if (!wanted.parentId) return;
    if (!(await this.database.repository(Department).findOne({ where: { id: wanted.parentId } }))) {
      throw departmentProblems.error('parent-unknown');
    }
    await this.mustBeOpen(wanted.parentId);
  }
}

function departmentViewOf(d: Department): DepartmentView {
  return {
    id: d.id,
    code: d.code,
    name: d.name,
    nameEn: d.nameEn,
    parentId: d.parentId,
    headOfficerId: d.headOfficerId,
    goLiveOn: d.goLiveOn,
    mergedInto: d.mergedInto,
  };
}
