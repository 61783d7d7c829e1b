import { Injectable } from '@nestjs/common';
import type { Caller } from '../../core/access/roles.js';
import { DepartmentsService } from '../../core/departments/departments.service.js';
import { AppError, notFound } from '../../platform/app-error.js';
import { importColumns, type ImportRow } from './import-view.js';
import { Database } from '../../platform/database/database.js';

/** Whose import it is: who may see it, and who may decide what becomes of it. */
@Injectable()
export class ImportAccess {
  constructor(
    private readonly database: Database,
    private readonly departments: DepartmentsService,
  ) {}

  /** Another department's import is not found. */
  async mustSee(caller: Caller, id: string): Promise<ImportRow> {
    const [row] = await this.database.rows<ImportRow>(`SELECT ${importColumns} FROM import WHERE id = $1`, [
      id,
    ]);
    if (!row || !(await this.maySee(caller, row))) throw notFound('import');
    return row;
  }

  /** Who brought it in, a manager who sees his department, or an admin. */
  async mustDecide(caller: Caller, id: string): Promise<ImportRow> {
    const row = await this.mustSee(caller, id);
    if (caller.role === 'admin' || caller.role === 'manager' || isBringer(caller, row)) return row;
    throw new AppError(
      'forbidden',
      'import-of-another',
      'Only who brought the file in, a manager of the department or an admin decides what becomes of it.',
    );
  }

  /** What an import did to contracts that are, by now, another department's is not his to take back. */
  async mustReach(caller: Caller, contracts: { departmentId: string }[]): Promise<void> {
    const seen = await this.departments.seenBy(caller);
    if (contracts.some((one) => seen && !seen.includes(one.departmentId))) throw notFound('import');
  }

  /**
   * By the department of who brought it in: what an admin brings may be about any. To have brought it counts while its
   * own department is seen; one without a department is an admin's, and seen by those who see all.
   */
  private async maySee(caller: Caller, row: ImportRow): Promise<boolean> {
    const seen = await this.departments.seenBy(caller);
    const sees = (id: string | null) => seen === null || (id !== null && seen.includes(id));
    return sees(row.bringerDepartmentId) || (isBringer(caller, row) && sees(row.departmentId));
  }
}

function isBringer(caller: Caller, row: ImportRow): boolean {
  return caller.accountId !== null
    ? caller.accountId === row.accountId
    : caller.keyId !== null && caller.keyId === row.keyId;
}
