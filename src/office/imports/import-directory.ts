import { Injectable } from '@nestjs/common';
import { type Caller, seesAll } from '../../core/access/roles.js';
import { DepartmentsService } from '../../core/departments/departments.service.js';
import { type OfficerFinder, OfficerNames } from '../../core/departments/officer-names.js';
import { type Finding } from './import.types.js';

type Found = { ok: true; id: string; note: Finding | null } | { ok: false; finding: Finding };

/** Finds the department and the officer that a file names; for the length of one run. */
export class DepartmentFinder {
  constructor(
    private readonly byWord: Map<string, string>,
    private readonly fallback: string | null,
    private readonly officers: OfficerFinder,
    private readonly seen: ReadonlySet<string> | null,
  ) {}

  /** Whether a department's contracts are the caller's to change. */
  sees(departmentId: string): boolean {
    return this.seen?.has(departmentId) ?? true;
  }

  /** Null when no officer of the department, or more than one, goes by that. */
  officer(departmentId: string, named: string): string | null {
    return this.officers.find(departmentId, named);
  }

  /** `strict`: an unknown name is refused; otherwise the import's own department takes the contract, and a note says so. */
  find(named: string | null, { strict }: { strict: boolean }): Found {
    const known = named === null ? undefined : this.byWord.get(wordOf(named));
    if (known) return { ok: true, id: known, note: null };
    if (this.fallback && (named === null || !strict)) {
      return { ok: true, id: this.fallback, note: named === null ? null : notADepartment };
    }
    return { ok: false, finding: named === null ? departmentMissing : departmentUnknown };
  }
}

const departmentUnknown: Finding = {
  code: 'department-unknown',
  message: 'There is no such department, or it is not yours.',
  advice: 'Write the code or the name of a department as GET /api/v1/departments shows it.',
};
const departmentMissing: Finding = {
  code: 'department-missing',
  message: 'The row names no department, and the import has none of its own.',
  advice: 'Fill in the department, or give departmentId with the file.',
};
const notADepartment: Finding = {
  code: 'buyer-not-a-department',
  message: 'The buyer is no department here; the import’s own department takes the contract.',
  advice: 'Give departmentId with the file to choose another.',
};

@Injectable()
export class ImportDirectory {
  constructor(
    private readonly departments: DepartmentsService,
    private readonly officers: OfficerNames,
  ) {}

  /**
   * The import's own department is the one given with the file, else the caller's, else the only one at the top. It reaches
   * what the caller sees, and never beyond `within` (null: all), the department of who brought it in: his colleagues look
   * at what it does.
   */
  async finderFor(
    caller: Caller,
    departmentId: string | null,
    within: string | null,
  ): Promise<DepartmentFinder> {
    const reached = within === null ? null : await this.departments.withThoseBelow(within);
    const seen = (await this.departments.list(caller)).filter(({ id }) => reached?.includes(id) ?? true);
    const byWord = new Map<string, string>();
    for (const department of seen) {
      for (const word of [department.code, department.name, department.nameEn]) {
        // A sheet may go on naming a department by what it was called before it was merged into another.
        const taken = department.mergedInto !== null && word && byWord.has(wordOf(word));
        if (word && !taken) byWord.set(wordOf(word), department.mergedInto ?? department.id);
      }
    }
    const top = seen.filter((department) => department.parentId === null);
    const given = departmentId ?? caller.departmentId ?? (top.length === 1 ? (top[0]?.id ?? null) : null);
    // What the caller does not see, or no longer, takes nothing of his.
    const known = seen.find((department) => department.id === given);
    const fallback = known ? (known.mergedInto ?? known.id) : null;
    const ids = seesAll(caller) && reached === null ? null : new Set(seen.map((department) => department.id));
    return new DepartmentFinder(byWord, fallback, await this.officers.finder(), ids);
  }
}

function wordOf(name: string): string {
  return name.normalize('NFKC').replace(/\s+/g, '').toLowerCase();
}
