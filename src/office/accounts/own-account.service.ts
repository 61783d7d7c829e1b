import { Injectable } from '@nestjs/common';
import { actorOf, type Caller } from '../../core/access/roles.js';
import type { ChangeKind } from '../../core/proof/change.entity.js';
import { Database } from '../../platform/database/database.js';
import { AccountRecords } from './account-records.js';
import { Account } from './account.entities.js';
import { accountProblems } from './accounts.words.js';
import { Passwords } from './passwords.js';
import { SecondFactors } from './second-factors.js';
import { type Entered, type Proof, SessionsService } from './sessions.service.js';

/** OwnAccountService is what people do to their own accounts: accept a link, choose a password, a second factor, a language. */
@Injectable()
export class OwnAccountService {
  constructor(
    private readonly database: Database,
    private readonly records: AccountRecords,
    private readonly passwords: Passwords,
    private readonly sessions: SessionsService,
    private readonly factors: SecondFactors,
  ) {}

  /** Returns whose account a link is of; null when the link was used, replaced, or is past its time. */
  async linkOf(token: string) {
    const link = await this.records.readLink(token);
    const account = link && (await this.records.byId(link.accountId));
    if (!link || !account || account.disabledAt) return null;
    const [name, email] = [this.records.nameOf(account), this.records.emailOf(account)];
    return { purpose: link.purpose, name, email, locale: account.locale };
  }

  /** Who holds the link and chose the password need not type it again. A link is no second factor. */
  async acceptLink(token: string, password: string): Promise<Entered> {
    return this.database.inTransaction(async () => {
      const link = await this.records.useLink(token);
      const account = link && (await this.records.byId(link.accountId));
      if (!account || account.disabledAt) throw accountProblems.error('link-over');
      const what = link.purpose === 'invitation' ? 'invitation-accepted' : 'reset-used';
      await this.choosePassword(account, password, what);
      return this.sessions.admit(account.id);
    });
  }

  /** Ends every session of the account, and returns the token of a new one. */
  async changePassword(caller: Caller, old: string, wanted: string): Promise<{ token: string }> {
    const account = await this.accountOf(caller);
    await this.sessions.requireProof(account, { old });
    return this.database.inTransaction(async () => {
      await this.choosePassword(account, wanted, 'password-changed');
      return { token: await this.sessions.open(account.id) };
    });
  }

  /** Tells what somebody has for a second factor, whether they must have one, and how many recovery codes are left. */
  async secondFactorOf(caller: Caller) {
    const { id, role, totpSealed } = await this.accountOf(caller);
    return {
      isSet: totpSealed !== null,
      isRequired: await this.factors.isRequiredOf(role),
      codesLeft: await this.factors.recoveryCodesLeft(id),
    };
  }

  /** Returns the ticket with which the first code sets up a new second factor; until then the old one serves. */
  async startSecondFactor(caller: Caller, proof: Proof): Promise<string> {
    return this.factors.ticketFor(await this.proved(caller, proof), { isNew: true });
  }

  async remakeRecoveryCodes(caller: Caller, proof: Proof): Promise<string[]> {
    return this.factors.remakeRecoveryCodes(await this.proved(caller, proof));
  }

  /** Ends every session of the account, and returns the token of a new one. Throws `second-factor-required`. */
  async removeSecondFactor(caller: Caller, proof: Proof): Promise<{ token: string }> {
    if (await this.factors.isRequiredOf(caller.role)) throw accountProblems.error('second-factor-required');
    const account = await this.proved(caller, proof);
    return this.database.inTransaction(async () => {
      await this.factors.remove(account, { actor: actorOf(caller) });
      await this.sessions.signOutEverywhere(account.id);
      return { token: await this.sessions.open(account.id) };
    });
  }

  async setLocale(caller: Caller, locale: 'ko' | 'en'): Promise<void> {
    const { id } = await this.accountOf(caller);
    await this.database.repository(Account).update({ id }, { locale });
  }

  private async proved(caller: Caller, proof: Proof): Promise<Account> {
    const account = await this.accountOf(caller);
    await this.sessions.requireProof(account, proof);
    return account;
  }

  private async choosePassword(account: Account, password: string, what: ChangeKind): Promise<void> {
    await this.passwords.set(account, password);
    await this.sessions.signOutEverywhere(account.id);
    await this.records.journalOwnChange(account, what);
  }

  private async accountOf(caller: Caller): Promise<Account> {
    const account = caller.accountId ? await this.records.byId(caller.accountId) : null;
    if (!account) throw accountProblems.error('no-account');
    return account;
  }
}
