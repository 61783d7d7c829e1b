import { Injectable } from '@nestjs/common';
import type { Role } from '../access/roles.js';
import { AccountsService } from '../accounts/accounts.service.js';
import { OwnAccountService } from '../accounts/own-account.service.js';
import { rowsOf } from '../platform/database/rows.js';
import { Transactions } from '../platform/database/transactions.js';
import { sandboxPeople } from './fictional-city.js';

/** The people whom a newcomer may sign in as; made once. */
@Injectable()
export class SandboxPeople {
  constructor(
    private readonly transactions: Transactions,
    private readonly accounts: AccountsService,
    private readonly own: OwnAccountService,
  ) {}

  async ensure(passwords: Partial<Record<Role, string>>): Promise<void> {
    const [some] = await rowsOf(this.transactions.manager, `SELECT 1 FROM account LIMIT 1`);
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
    const [row] = await rowsOf<{ id: string }>(
      this.transactions.manager,
      `SELECT id FROM ${table} WHERE ${column} = $1`,
      [value],
    );
    return row?.id ?? null;
  }
}
