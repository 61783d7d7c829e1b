import { Injectable } from '@nestjs/common';
import { In } from 'typeorm';
import { Database } from '../../platform/database/database.js';
import { maskName } from '../../platform/phone-numbers/phone-number.js';
import { Sealer } from '../../platform/sealing/sealer.js';
import { Department, Officer } from './department.entity.js';

/** Labels says what departments and officers are called, for rows that name many of them. */
@Injectable()
export class Labels {
  constructor(
    private readonly database: Database,
    private readonly sealer: Sealer,
  ) {}

  async departments(ids: readonly (string | null)[]) {
    const rows = await this.database.repository(Department).findBy({ id: In(distinct(ids)) });
    return new Map(
      rows.map(({ id, code, name, nameEn }) => [id, { id, code, name: { ko: name, en: nameEn ?? name } }]),
    );
  }

  /** The names of officers come masked. */
  async officers(ids: readonly (string | null)[]) {
    const rows = await this.database.repository(Officer).findBy({ id: In(distinct(ids)) });
    return new Map(
      rows.map(({ id, nameSealed }) => {
        const name = this.sealer.open(nameSealed, { table: 'officer', column: 'name_sealed', rowId: id });
        return [id, { id, name: maskName(name) }];
      }),
    );
  }
}

function distinct(ids: readonly (string | null)[]): string[] {
  return [...new Set(ids)].filter((id) => id !== null);
}
