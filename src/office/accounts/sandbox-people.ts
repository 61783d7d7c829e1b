import { Injectable } from '@nestjs/common';
import type { Role } from '../../core/access/roles.js';
import { Department, Officer } from '../../core/departments/department.entity.js';
import { Database } from '../../platform/database/database.js';
import { Account } from './account.entities.js';
import { AccountsService } from './accounts.service.js';
import { Passwords } from './passwords.js';

/** `staffNumber` is that of the officer whom the person is. */
const people: { role: Role; name: string; departmentCode: string | null; staffNumber: string | null }[] = [
  { role: 'officer', name: '김하늘', departmentCode: 'ROADS', staffNumber: 'H-1042' },
  { role: 'manager', name: '박노을', departmentCode: 'ROADS', staffNumber: 'H-1043' },
  { role: 'admin', name: '오새벽', departmentCode: null, staffNumber: null },
  { role: 'auditor', name: '윤슬기', departmentCode: null, staffNumber: null },
  { role: 'monitor', name: '한결', departmentCode: 'ROADS', staffNumber: null },
];

/** Returns one person of each role, with the password that the data folder keeps. */
export function sandboxPeople(passwords: Partial<Record<Role, string>>) {
  return people.flatMap((person) => {
    const password = passwords[person.role];
    return password ? [{ ...person, email: `${person.role}@hanbit.example`, password }] : [];
  });
}

/** SandboxPeople makes the people whom a newcomer may sign in as: once, also when two services start at once. */
@Injectable()
export class SandboxPeople {
  constructor(
    private readonly database: Database,
    private readonly accounts: AccountsService,
    private readonly passwords: Passwords,
  ) {}

  async ensure(passwords: Partial<Record<Role, string>>): Promise<void> {
    await this.database.inTurn('people of the sandbox', async () => {
      if (await this.database.repository(Account).exists()) return;
      for (const person of sandboxPeople(passwords)) await this.makePerson(person);
    });
  }

  private async makePerson(person: ReturnType<typeof sandboxPeople>[number]): Promise<void> {
    const { password, departmentCode: code, staffNumber, ...wanted } = person;
    const department = code ? await this.database.repository(Department).findOneBy({ code }) : null;
    // An agency that has made the city its own has other departments.
    if (code && !department) return;
    const officer = staffNumber ? await this.database.repository(Officer).findOneBy({ staffNumber }) : null;
    const belongs = { departmentId: department?.id, officerId: officer?.id };
    await this.passwords.set(await this.accounts.make({ ...wanted, ...belongs, locale: 'ko' }), password);
  }
}
