import { Injectable } from '@nestjs/common';
import type { Caller } from '../../core/access/roles.js';
import type { ChangeKind } from '../../core/proof/change.entity.js';
import { Database } from '../../platform/database/database.js';
import { AccountRecords } from './account-records.js';
import { Account } from './account.entities.js';
import { accountProblems } from './accounts.words.js';
import { Passwords } from './passwords.js';
import { SessionsService } from './sessions.service.js';

/** OwnAccountService is what people do to their own accounts: accept a link, choose a password, choose a language. */
@Injectable()
export class OwnAccountService {
  constructor(
    private readonly database: Database,
    private readonly records: AccountRecords,
    private readonly passwords: Passwords,
    private readonly sessions: SessionsService,
  ) {}

  /** Returns whose account a link is of; null when the link was used, replaced, or is past its time. */
  async linkOf(token: string) {
    const link = await this.records.readLink(token);
    const account = link && (await this.records.byId(link.accountId));
    if (!link || !account || account.disabledAt) return null;
    const [name, email] = [this.records.nameOf(account), this.records.emailOf(account)];
    return { purpose: link.purpose, name, email, locale: account.locale };
  }

  /** Returns a session's token: who holds the link and chose the password need not type it again. */
  async acceptLink(token: string, password: string): Promise<{ token: string }> {
    return this.database.inTransaction(async () => {
      const link = await this.records.useLink(token);
      const account = link && (await this.records.byId(link.accountId));
      if (!account || account.disabledAt) throw accountProblems.error('link-over');
      const what = link.purpose === 'invitation' ? 'invitation-accepted' : 'reset-used';
      await this.choosePassword(account, password, what);
      return { token: await this.sessions.open(account.id) };
    });
  }

  /** Ends every session of the account, and returns the token of a new one. */
  async changePassword(caller: Caller, old: string, wanted: string): Promise<{ token: string }> {
    const account = await this.accountOf(caller);
    if (!(await this.sessions.proves(account, old))) {
      const fields = [accountProblems.field('old', 'password-wrong')];
      throw accountProblems.error('password-wrong', {}, { fields });
    }
    return this.database.inTransaction(async () => {
      await this.choosePassword(account, wanted, 'password-changed');
      return { token: await this.sessions.open(account.id) };
    });
  }

  async setLocale(caller: Caller, locale: 'ko' | 'en'): Promise<void> {
    const { id } = await this.accountOf(caller);
    await this.database.repository(Account).update({ id }, { locale });
  }

  private async choosePassword(account: Account, password: string, what: ChangeKind): Promise<void> {
    await this.passwords.set(account, password);
    await this.sessions.signOutEverywhere(account.id);
    await this.records.journalChange(account, what, { actor: `${account.role}:@${account.id}` });
  }

  private async accountOf(caller: Caller): Promise<Account> {
    const account = caller.accountId ? await this.records.byId(caller.accountId) : null;
    if (!account) throw accountProblems.error('no-account');
    return account;
  }
}
