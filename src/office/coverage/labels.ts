import { Injectable } from '@nestjs/common';
import { maskName } from '../../platform/phone-numbers/phone-number.js';
import { Sealer } from '../../platform/sealing/sealer.js';
import type { Words } from '../../platform/words/words.js';
import { Database } from '../../platform/database/database.js';

export interface DepartmentLabel {
  id: string;
  code: string;
  name: Words;
}

export interface OfficerLabel {
  id: string;
  /** Masked. */
  name: string;
}

/** What departments and officers are called, for rows that name many of them. */
@Injectable()
export class Labels {
  constructor(
    private readonly database: Database,
    private readonly sealer: Sealer,
  ) {}

  async departments(ids: readonly (string | null)[]): Promise<Map<string, DepartmentLabel>> {
    const rows = await this.database.rows<{ id: string; code: string; name: string; nameEn: string | null }>(
      `SELECT id, code, name, name_en FROM department WHERE id = ANY($1)`,
      [distinct(ids)],
    );
    return new Map(
      rows.map(({ id, code, name, nameEn }) => [id, { id, code, name: { ko: name, en: nameEn ?? name } }]),
    );
  }

  async officers(ids: readonly (string | null)[]): Promise<Map<string, OfficerLabel>> {
    const rows = await this.database.rows<{ id: string; name: Buffer }>(
      `SELECT id, name_sealed AS name FROM officer WHERE id = ANY($1)`,
      [distinct(ids)],
    );
    const place = { table: 'officer', column: 'name_sealed' };
    return new Map(
      rows.map(({ id, name }) => [
        id,
        { id, name: maskName(this.sealer.open(name, { ...place, rowId: id })) },
      ]),
    );
  }

  /** Of a department: itself and those above it that are among these. */
  async above(seen: readonly string[] | null): Promise<(departmentId: string) => string[]> {
    const rows = await this.database.rows<{ id: string; parent: string | null }>(
      `SELECT id, parent_id AS parent FROM department`,
    );
    const parents = new Map(rows.map(({ id, parent }) => [id, parent]));
    return (departmentId) => {
      const all: string[] = [];
      for (let id: string | null = departmentId; id !== null; id = parents.get(id) ?? null)
        if (!seen || seen.includes(id)) all.push(id);
      return all;
    };
  }
}

function distinct(ids: readonly (string | null)[]): string[] {
  return [...new Set(ids)].filter((id) => id !== null);
}
