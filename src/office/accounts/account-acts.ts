import { Injectable } from '@nestjs/common';
import type { Caller } from '../../core/access/roles.js';
import { SecondLook, type Waiting } from '../../core/access/second-look.js';
import type { AccountPatch, AccountView, NewAccount } from './account.schema.js';
import { AccountsService, type AccountWithLink, type Reset } from './accounts.service.js';

/**
 * AccountActs does what admins do with accounts. Whoever could make, change or enter an auditor's account by themselves would
 * decide and close flags in that name: with an auditor's account, each waits for a second person. Once it is approved, a link
 * is made as for anybody who is invited and has no password.
 */
@Injectable()
export class AccountActs {
  constructor(
    private readonly accounts: AccountsService,
    private readonly look: SecondLook,
  ) {
    look.performs('inviteAuditor', (caller, [wanted]) => accounts.invite(caller, wanted as NewAccount));
    look.performs('amendAuditor', (caller, [id, patch]) =>
      accounts.amend(caller, String(id), patch as AccountPatch),
    );
    look.performs('resetAuditor', (caller, [id, reason]) =>
      accounts.reset(caller, String(id), { reason: reason as string | null }),
    );
    look.performs('resetAuditorWholly', (caller, [id, reason]) =>
      accounts.reset(caller, String(id), { reason: reason as string | null, secondFactor: true }),
    );
  }

  async invite(caller: Caller, wanted: NewAccount): Promise<AccountWithLink | Waiting> {
    const work = () => this.accounts.invite(caller, wanted);
    if (wanted.role !== 'auditor') return work();
    return this.look.askOrDo(caller, { name: 'inviteAuditor', args: [wanted], reason: null }, work);
  }

  async amend(caller: Caller, id: string, patch: AccountPatch): Promise<AccountView | Waiting> {
    const work = () => this.accounts.amend(caller, id, patch);
    const { role } = await this.accounts.get(id);
    if (role !== 'auditor' && patch.role !== 'auditor') return work();
    const { reason = null } = patch;
    return this.look.askOrDo(caller, { name: 'amendAuditor', args: [id, patch], reason, about: id }, work);
  }

  async reset(caller: Caller, id: string, wanted: Reset = {}): Promise<AccountWithLink | Waiting> {
    const { reason = null, secondFactor = false } = wanted;
    const work = () => this.accounts.reset(caller, id, wanted);
    const { role, invited } = await this.accounts.get(id);
    if (role !== 'auditor' || invited) return work();
    const name = secondFactor ? 'resetAuditorWholly' : 'resetAuditor';
    return this.look.askOrDo(caller, { name, args: [id, reason], reason, about: id }, work);
  }
}
