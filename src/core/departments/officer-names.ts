import { Injectable } from '@nestjs/common';
import { Sealer } from '../../platform/sealing/sealer.js';
import { Database } from '../../platform/database/database.js';

interface OfficerName {
  id: string;
  departmentId: string;
  staffNumber: string | null;
  /** The blind index of the officer's name, in hexadecimal. */
  name: string;
}

/** OfficerNames finds active officers by staff number or name. It is read once and serves the length of one run. */
export class OfficerFinder {
  private readonly byDepartment = new Map<string, OfficerName[]>();

  constructor(
    rows: OfficerName[],
    private readonly indexOf: (name: string) => string,
  ) {
    for (const row of rows) {
      const own = this.byDepartment.get(row.departmentId);
      if (own) own.push(row);
      else this.byDepartment.set(row.departmentId, [row]);
    }
  }

  /** By staff number, or by a name that exactly one officer of the department has. */
  find(departmentId: string, named: string): string | null {
    const own = this.byDepartment.get(departmentId) ?? [];
    const numbered = own.find((row) => row.staffNumber === named.trim());
    if (numbered) return numbered.id;
    const index = this.indexOf(named);
    const same = own.filter((row) => row.name === index);
    return same.length === 1 ? (same[0]?.id ?? null) : null;
  }
}

/** Finds officers whom somebody names, without opening any name. */
@Injectable()
export class OfficerNames {
  constructor(
    private readonly database: Database,
    private readonly sealer: Sealer,
  ) {}

  async finder(): Promise<OfficerFinder> {
    const rows = await this.database.rows<OfficerName>(
      `SELECT id, department_id, staff_number, encode(name_index, 'hex') AS name
       FROM officer WHERE active`,
    );
    return new OfficerFinder(rows, (name) => this.sealer.blindIndex(name).toString('hex'));
  }
}
