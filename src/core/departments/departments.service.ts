import { isDeepStrictEqual } from 'node:util';
import { Injectable } from '@nestjs/common';
import { In } from 'typeorm';
import { notFound } from '../../platform/app-error.js';
import { Database } from '../../platform/database/database.js';
import { definedOnly } from '../../platform/defined-only.js';
import { httpProblems } from '../../platform/http/http.words.js';
import { newId } from '../../platform/ids.js';
import { actorOf, type Caller, seesAll } from '../access/roles.js';
import { Journal } from '../proof/journal.service.js';
import { Department, Officer } from './department.entity.js';
import type { DepartmentPatch, DepartmentView, NewDepartment } from './department.schema.js';
import { departmentProblems } from './departments.words.js';

/** Writes SQL for the ids of the departments of which the condition is true, and of all those below them. */
export function departmentsBelow(condition: string): string {
  return `WITH RECURSIVE below AS (
    SELECT id FROM department WHERE ${condition}
    UNION SELECT d.id FROM department d JOIN below ON d.parent_id = below.id
  ) SELECT id FROM below`;
}

/** DepartmentsService keeps the tree of departments and decides who sees which part of it. */
@Injectable()
export class DepartmentsService {
  constructor(
    private readonly database: Database,
    private readonly journal: Journal,
  ) {}

  /** Returns the ids of the departments that the caller sees: all (null), or their own and those below it. */
  async seenBy(caller: Caller): Promise<string[] | null> {
    if (seesAll(caller)) return null;
    return caller.departmentId === null ? [] : this.withThoseBelow(caller.departmentId);
  }

  /** Returns, of what the caller sees, a department and those below it; null means everything. */
  async seenWithin(caller: Caller, departmentId: string | undefined): Promise<string[] | null> {
    const seen = await this.seenBy(caller);
    if (departmentId === undefined) return seen;
    const below = await this.withThoseBelow(departmentId);
    return seen ? below.filter((id) => seen.includes(id)) : below;
  }

  /** Returns a function that tells whether the caller sees a department. */
  async sightOf(caller: Caller): Promise<(departmentId: string) => boolean> {
    const seen = await this.seenBy(caller);
    return (departmentId) => seen === null || seen.includes(departmentId);
  }

  async withThoseBelow(departmentId: string): Promise<string[]> {
    const rows = await this.database.rows<{ id: string }>(departmentsBelow('id = $1'), [departmentId]);
    return rows.map((row) => row.id);
  }

  /** Throws for another's department what it throws for an unknown one: nobody learns that it exists. */
  async mustSee(caller: Caller, departmentId: string): Promise<Department> {
    const department = await this.find(departmentId);
    const sees = await this.sightOf(caller);
    if (!department || !sees(departmentId)) throw notFound('department');
    return department;
  }

  /**
   * Throws what an id of nobody throws (see problem.filter.ts) when the officer's department is not the caller's to see,
   * and `officer-left` for somebody who has left: nothing new is theirs.
   */
  async mustBeNameable(caller: Caller, officerId: string): Promise<void> {
    const seen = await this.seenBy(caller);
    const officer = await this.database.repository(Officer).findOneBy({ id: officerId });
    if (!officer || !(seen?.includes(officer.departmentId) ?? true))
      throw httpProblems.error('reference-unknown');
    if (officer.active) return;
    throw departmentProblems.error(
      'officer-left',
      {},
      { fields: [departmentProblems.field('officerId', 'officer-left')] },
    );
  }

  /** Throws for a department that was merged into another: it takes nothing new. */
  async mustBeOpen(departmentId: string): Promise<Department> {
    const department = await this.find(departmentId);
    if (!department) throw notFound('department');
    const { code, mergedInto } = department;
    if (mergedInto === null) return department;
    const fields = [departmentProblems.field('departmentId', 'department-merged', { code })];
    throw departmentProblems.error('department-merged', { code }, { fields });
  }

  async goLiveDays(departmentIds: string[]): Promise<Map<string, string | null>> {
    const departments = await this.byIds(departmentIds);
    return new Map([...departments.values()].map(({ id, goLiveOn }) => [id, goLiveOn]));
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
      await this.requirePlace(wanted);
      await this.database.repository(Department).insert(department);
      await this.journal.record({
        subject: 'department',
        subjectId: department.id,
        what: 'created',
        after: { ...department },
        actor: caller === 'set-up' ? caller : actorOf(caller),
      });
      return department;
    });
  }

  async amend(caller: Caller, id: string, { reason, ...patch }: DepartmentPatch): Promise<DepartmentView> {
    return this.database.inTransaction(async () => {
      // What others amend at the same time belongs into the change, too.
      await this.database
        .repository(Department)
        .findOne({ where: { id }, lock: { mode: 'pessimistic_write' } });
      const before = await this.mustSee(caller, id);
      const wanted = definedOnly(patch);
      const after = { ...before, ...wanted };
      if (isDeepStrictEqual(after, { ...before })) return before;
      if (after.goLiveOn !== before.goLiveOn) await this.requireNoContracts(id);
      if (wanted.headOfficerId) await this.requireOfficer(wanted.headOfficerId);
      await this.database.repository(Department).update({ id }, wanted);
      this.database.readAgain('departments');
      await this.journal.record({
        subject: 'department',
        subjectId: id,
        what: 'amended',
        before: { ...before },
        after,
        actor: actorOf(caller),
        reason: reason ?? null,
      });
      return after;
    });
  }

  async list(caller: Caller): Promise<DepartmentView[]> {
    const all = await this.database.repository(Department).find({ order: { code: 'ASC' } });
    const sees = await this.sightOf(caller);
    return all.filter(({ id }) => sees(id));
  }

  /** What is history and what was missed follows from the go-live day: with contracts it stands. */
  private async requireNoContracts(departmentId: string): Promise<void> {
    const [contract] = await this.database.rows(`SELECT 1 FROM contract WHERE department_id = $1 LIMIT 1`, [
      departmentId,
    ]);
    if (contract) throw departmentProblems.error('department-is-live');
  }

  private async requireOfficer(id: string): Promise<void> {
    if (await this.database.repository(Officer).existsBy({ id })) return;
    const fields = [departmentProblems.field('headOfficerId', 'officer-unknown.head')];
    throw departmentProblems.error('officer-unknown', {}, { fields });
  }

  /** A new department has a code of its own, and a parent that takes new ones. */
  private async requirePlace({ code, parentId }: NewDepartment): Promise<void> {
    if (await this.database.repository(Department).existsBy({ code }))
      throw departmentProblems.error('department-code-taken', { code });
    if (!parentId) return;
    if (!(await this.find(parentId))) throw departmentProblems.error('parent-unknown');
    await this.mustBeOpen(parentId);
  }

  private async find(id: string): Promise<Department | null> {
    return (await this.byIds([id])).get(id) ?? null;
  }

  /** Returns these departments, and maybe others. A transaction reads each once, for all its steps to go by. */
  private async byIds(ids: string[]): Promise<Map<string, Department>> {
    const known = await this.database.readOnce('departments', () =>
      Promise.resolve(new Map<string, Department>()),
    );
    const unknown = ids.filter((id) => !known.has(id));
    if (unknown.length === 0) return known;
    const rows = await this.database.repository(Department).findBy({ id: In(unknown) });
    for (const row of rows) known.set(row.id, row);
    return known;
  }
}
