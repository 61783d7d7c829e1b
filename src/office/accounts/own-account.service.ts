import { accountProblems } from './accounts.words.js';
import { Injectable } from '@nestjs/common';
import type { Caller } from '../../core/access/roles.js';
import type { ChangeKind } from '../../core/proof/change.entity.js';
import { AccountRecords } from './account-records.js';
import { AccountLinks, type LinkPurpose } from './account-links.js';
import { Account } from './account.entities.js';
import { Passwords } from './passwords.js';
import { SessionsService } from './sessions.service.js';
import { Database } from '../../platform/database/database.js';

/** What a person sees before choosing a password: whose account the link is of. */
export interface OpenLink {
  purpose: LinkPurpose;
  name: string;
  email: string;
  locale: 'ko' | 'en';
}

/** What people do to their own accounts: accept a link, choose a password, choose a language. */
@Injectable()
export class OwnAccountService {
  constructor(
    private readonly database: Database,
    private readonly records: AccountRecords,
    private readonly links: AccountLinks,
    private readonly passwords: Passwords,
    private readonly sessions: SessionsService,
  ) {}

  /** Null when the link was used, replaced, or is past its time. */
  async linkOf(token: string): Promise<OpenLink | null> {
    const link = await this.links.read(token);
    const account = link && (await this.records.byId(link.accountId));
    if (!link || !account || account.disabledAt) return null;
    return {
      purpose: link.purpose,
      name: this.records.nameOf(account),
      email: this.records.emailOf(account),
      locale: account.locale,
    };
  }

  /** Returns a session's token: who holds the link and chose the password need not type it again. */
  async acceptLink(token: string, password: string): Promise<{ token: string }> {
    return this.database.inTransaction(async () => {
      const link = await this.links.use(token);
      const account = link && (await this.records.byId(link.accountId));
      if (!account || account.disabledAt) {
        throw accountProblems.error('link-over');
      }
      await this.choose(
        account,
        password,
        link.purpose === 'invitation' ? 'invitation-accepted' : 'reset-used',
      );
      return { token: await this.sessions.open(account.id) };
    });
  }

  /** Ends every session of the account, and returns the token of a new one. */
  async changePassword(caller: Caller, old: string, wanted: string): Promise<{ token: string }> {
    const account = await this.mustBe(caller);
    if (!(await this.sessions.proves(account, old))) {
      throw accountProblems.error(
        'password-wrong',
        {},
        { fields: [accountProblems.field('old', 'password-wrong')] },
      );
    }
    return this.database.inTransaction(async () => {
      await this.choose(account, wanted, 'password-changed');
      return { token: await this.sessions.open(account.id) };
    });
  }

  /** Sets a first password, for the service's own set-up. */
  async begin(account: Account, password: string): Promise<void> {
    await this.passwords.set(account, password);
  }

  async setLocale(caller: Caller, locale: 'ko' | 'en'): Promise<void> {
    const { id } = await this.mustBe(caller);
    await this.database.repository(Account).update({ id }, { locale });
  }

  private async choose(account: Account, password: string, what: ChangeKind): Promise<void> {
    await this.passwords.set(account, password);
    await this.sessions.signOutEverywhere(account.id);
    await this.records.journalChange(account, what, { actor: `${account.role}:@${account.id}` });
  }

  private async mustBe(caller: Caller): Promise<Account> {
    const account = caller.accountId ? await this.records.byId(caller.accountId) : null;
    if (account) return account;
    throw accountProblems.error('no-account');
  }
}
