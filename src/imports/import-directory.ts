import { Injectable } from '@nestjs/common';
import type { Caller } from '../access/roles.js';
import { DepartmentsService } from '../departments/departments.service.js';
import { type Finding } from './import.types.js';

type Found = { ok: true; id: string; note: Finding | null } | { ok: false; finding: Finding };

/** Finds the department that a file names; for the length of one run. */
export class DepartmentFinder {
  constructor(
    private readonly byWord: Map<string, string>,
    private readonly fallback: string | null,
  ) {}

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
  constructor(private readonly departments: DepartmentsService) {}

  /** The import's own department is the one given with the file, else the caller's, else the only one at the top. */
  async finderFor(caller: Caller, departmentId: string | null): Promise<DepartmentFinder> {
    const seen = await this.departments.list(caller);
    const byWord = new Map<string, string>();
    for (const department of seen) {
      for (const word of [department.code, department.name, department.nameEn]) {
        if (word) byWord.set(wordOf(word), department.id);
      }
    }
    const top = seen.filter((department) => department.parentId === null);
    const fallback = departmentId ?? caller.departmentId ?? (top.length === 1 ? (top[0]?.id ?? null) : null);
    return new DepartmentFinder(byWord, fallback);
  }
}

function wordOf(name: string): string {
  return name.normalize('NFKC').replace(/\s+/g, '').toLowerCase();
}
