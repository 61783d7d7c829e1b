import { Injectable } from '@nestjs/common';
import type { Role } from '../../core/access/roles.js';
import { AccountsService } from './accounts.service.js';
import { OwnAccountService } from './own-account.service.js';
import { Database } from '../../platform/database/database.js';

interface FictionalPerson {
  role: Role;
  name: string;
  departmentCode: string | null;
  /** Of the officer that the person is. */
  staffNumber: string | null;
}

const people: FictionalPerson[] = [
  { role: 'officer', name: '김하늘', departmentCode: 'ROADS', staffNumber: 'H-1042' },
  { role: 'manager', name: '박노을', departmentCode: 'ROADS', staffNumber: 'H-1043' },
  { role: 'admin', name: '오새벽', departmentCode: null, staffNumber: null },
  { role: 'auditor', name: '윤슬기', departmentCode: null, staffNumber: null },
  { role: 'monitor', name: '한결', departmentCode: 'ROADS', staffNumber: null },
];

/** One person of each role, with the password that the data folder keeps. */
export function sandboxPeople(passwords: Partial<Record<Role, string>>) {
  return people.flatMap((person) => {
    const password = passwords[person.role];
    return password ? [{ ...person, email: `${person.role}@hanbit.example`, password }] : [];
  });
}

/** This lock lets two services that start at once make the people once. */
const peopleLock = 0x50454f50;

/** The people whom a newcomer may sign in as; made once. */
@Injectable()
export class SandboxPeople {
  constructor(
    private readonly database: Database,
    private readonly accounts: AccountsService,
    private readonly own: OwnAccountService,
  ) {}

  async ensure(passwords: Partial<Record<Role, string>>): Promise<void> {
    await this.database.inTransaction(() => this.ensureNow(passwords));
  }

  private async ensureNow(passwords: Partial<Record<Role, string>>): Promise<void> {
    await this.database.run(`SELECT pg_advisory_xact_lock($1)`, [peopleLock]);
    const [some] = await this.database.rows(`SELECT 1 FROM account LIMIT 1`);
    if (some) return;
    for (const { password, departmentCode, staffNumber, ...person } of sandboxPeople(passwords)) {
      const departmentId = departmentCode ? await this.idOf('department', 'code', departmentCode) : null;
      // An agency that has made the city its own has other departments.
      if (departmentCode && !departmentId) continue;
      const officerId = staffNumber ? await this.idOf('officer', 'staff_number', staffNumber) : null;
      const account = await this.accounts.make({ ...person, departmentId, officerId, locale: 'ko' });
      await this.own.begin(account, password);
    }
  }

  private async idOf(table: 'department' | 'officer', column: string, value: string): Promise<string | null> {
    const [row] = await this.database.rows<{ id: string }>(`SELECT id FROM ${table} WHERE ${column} = $1`, [
      value,
    ]);
    return row?.id ?? null;
  }
}
