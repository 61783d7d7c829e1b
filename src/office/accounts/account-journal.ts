import { Injectable } from '@nestjs/common';
import { maskName } from '../../platform/phone-numbers/phone-number.js';
import type { ChangeKind } from '../../core/proof/change.entity.js';
import { Journal } from '../../core/proof/journal.service.js';
import { AccountRows } from './account-rows.js';
import type { Account } from './account.entity.js';
import { Database } from '../../platform/database/database.js';

/** Changes of accounts in the log: what somebody may do in plain, who he is masked. */
@Injectable()
export class AccountJournal {
  constructor(
    private readonly database: Database,
    private readonly journal: Journal,
    private readonly rows: AccountRows,
  ) {}

  async record(
    account: Account,
    what: ChangeKind,
    before: Account | null,
    actor: string,
    reason: string | null,
  ) {
    await this.journal.record({
      subject: 'account',
      subjectId: account.id,
      what,
      before: before && this.plain(before),
      after: this.plain(account),
      actor,
      reason,
    });
  }

  private plain(account: Account) {
    return {
      name: maskName(this.rows.openName(account.id, account.nameSealed)),
      role: account.role,
      departmentId: account.departmentId,
      officerId: account.officerId,
      active: account.disabledAt === null,
    };
  }
}
