import { Inject, Injectable } from '@nestjs/common';
import { actorOf, type Caller, seesAll } from '../access/roles.js';
import { AppError, notFound } from '../platform/app-error.js';
import { rowsOf } from '../platform/database/rows.js';
import { Transactions } from '../platform/database/transactions.js';
import { newId } from '../platform/ids.js';
import { CONFIG } from '../platform/platform.tokens.js';
import { maskName, maskPhoneNumber, parsePhoneNumber } from '../platform/numbers/phone-number.js';
import { Sealer } from '../platform/sealing/sealer.js';
import { Journal } from '../proof/journal.service.js';
import { SettingsService } from '../settings/settings.service.js';
import { Department } from './department.entity.js';
import type { DepartmentView, NewDepartment, NewOfficer, OfficerView } from './department.schema.js';
import { Officer } from './officer.entity.js';

/** The tree of departments, and the officers in it. */
@Injectable()
export class DepartmentsService {
  constructor(
    @Inject(CONFIG) private readonly config: { allowFictionalNumbers: boolean },
    private readonly transactions: Transactions,
    private readonly sealer: Sealer,
    private readonly journal: Journal,
    private readonly settings: SettingsService,
  ) {}

  /** The ids of the departments that the caller sees: all (null), or his own and those below it. */
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
    const rows = await rowsOf<{ id: string }>(
      this.transactions.manager,
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
    const department = await this.transactions.manager.findOne(Department, { where: { id: departmentId } });
    if (!department || (seen && !seen.includes(departmentId))) throw notFound('department');
    return department;
  }

  async goLiveDays(departmentIds: string[]): Promise<Map<string, string | null>> {
    const rows = await rowsOf<{ id: string; day: string | null }>(
      this.transactions.manager,
      `SELECT id, go_live_on AS day FROM department WHERE id = ANY($1)`,
      [departmentIds],
    );
    return new Map(rows.map((row) => [row.id, row.day]));
  }

  async create(caller: Caller | 'set-up', wanted: NewDepartment): Promise<DepartmentView> {
    return this.transactions.run(async (manager) => {
      const department: Department = {
        id: newId(),
        parentId: wanted.parentId ?? null,
        code: wanted.code,
        name: wanted.name,
        nameEn: wanted.nameEn ?? null,
        headOfficerId: wanted.headOfficerId ?? null,
        goLiveOn: wanted.goLiveOn ?? null,
      };
      await this.mustBeFree(wanted);
      await manager.insert(Department, department);
      await this.journal.record(manager, {
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

  async list(caller: Caller): Promise<DepartmentView[]> {
    const seen = await this.seenBy(caller);
    const all = await this.transactions.manager.find(Department, { order: { code: 'ASC' } });
    return all.filter((department) => !seen || seen.includes(department.id)).map(departmentViewOf);
  }

  async addOfficer(caller: Caller | 'set-up', wanted: NewOfficer): Promise<OfficerView> {
    if (caller !== 'set-up') await this.mustSee(caller, wanted.departmentId);
    const phone = wanted.phone ? await this.numberOf(wanted.phone) : null;
    return this.transactions.run(async (manager) => {
      const id = newId();
      const officer: Officer = {
        id,
        departmentId: wanted.departmentId,
        staffNumber: wanted.staffNumber ?? null,
        nameSealed: this.sealer.seal(wanted.name, placeOf('name_sealed', id)),
        nameIndex: this.sealer.blindIndex(wanted.name),
        phoneSealed: phone ? this.sealer.seal(phone, placeOf('phone_sealed', id)) : null,
        phoneIndex: phone ? this.sealer.blindIndex(phone) : null,
        active: true,
      };
      if (
        officer.staffNumber &&
        (await manager.findOne(Officer, { where: { staffNumber: officer.staffNumber } }))
      ) {
        throw new AppError(
          'conflict',
          'staff-number-taken',
          `An officer with staff number ${officer.staffNumber} exists.`,
        );
      }
      await manager.insert(Officer, officer);
      const view = this.officerViewOf(officer);
      await this.journal.record(manager, {
        subject: 'officer',
        subjectId: id,
        what: 'created',
        before: null,
        after: { ...view },
        actor: caller === 'set-up' ? caller : actorOf(caller),
        reason: null,
      });
      return view;
    });
  }

  async officers(caller: Caller): Promise<OfficerView[]> {
    const seen = await this.seenBy(caller);
    const all = await this.transactions.manager.find(Officer, { order: { id: 'ASC' } });
    return all
      .filter((officer) => !seen || seen.includes(officer.departmentId))
      .map((o) => this.officerViewOf(o));
  }

  private async numberOf(raw: string): Promise<string> {
    const { country } = (await this.settings.calendar()).setting;
    const parsed = parsePhoneNumber(raw, country, { allowFiction: this.config.allowFictionalNumbers });
    if (parsed.ok) return parsed.e164;
    throw new AppError('invalid', 'number-unusable', `${parsed.message} ${parsed.advice}`, [
      { path: 'phone', code: parsed.code, message: `${parsed.message} ${parsed.advice}` },
    ]);
  }

  private async mustBeFree(wanted: NewDepartment): Promise<void> {
    const { manager } = this.transactions;
    if (await manager.findOne(Department, { where: { code: wanted.code } })) {
      throw new AppError(
        'conflict',
        'department-code-taken',
        `A department with code ${wanted.code} exists.`,
      );
    }
    if (wanted.parentId && !(await manager.findOne(Department, { where: { id: wanted.parentId } }))) {
      throw new AppError('invalid', 'parent-unknown', 'The department named as parentId does not exist.');
    }
  }

  private officerViewOf(officer: Officer): OfficerView {
    return {
      id: officer.id,
      departmentId: officer.departmentId,
      staffNumber: officer.staffNumber,
      name: maskName(this.sealer.open(officer.nameSealed, placeOf('name_sealed', officer.id))),
      phone: officer.phoneSealed
        ? maskPhoneNumber(this.sealer.open(officer.phoneSealed, placeOf('phone_sealed', officer.id)))
        : null,
      active: officer.active,
    };
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
  };
}

function placeOf(column: string, rowId: string) {
  return { table: 'officer', column, rowId };
}
