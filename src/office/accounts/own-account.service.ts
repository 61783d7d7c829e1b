import { Injectable } from '@nestjs/common';
import { actorOf, type Caller } from '../../core/access/roles.js';
import type { ChangeKind } from '../../core/proof/change.entity.js';
import { notFound } from '../../platform/app-error.js';
import { inBackground } from '../../platform/background.js';
import { Database } from '../../platform/database/database.js';
import { AccountRecords } from './account-records.js';
import { Account } from './account.entities.js';
import { forgottenHours } from './account.schema.js';
import { accountProblems } from './accounts.words.js';
import { Passwords } from './passwords.js';
import { SecondFactors } from './second-factors.js';
import { type Entered, type Proof, SessionsService } from './sessions.service.js';
import { SignInThrottle } from './sign-in-throttle.js';

/** OwnAccountService is what people do to their own accounts: accept a link, choose a password, a second factor, a language. */
@Injectable()
export class OwnAccountService {
  constructor(
    private readonly database: Database,
    private readonly records: AccountRecords,
    private readonly passwords: Passwords,
    private readonly sessions: SessionsService,
    private readonly factors: SecondFactors,
    private readonly throttle: SignInThrottle,
  ) {}

  /** Returns whose account a link is of; null when the link was used, replaced, or is past its time. */
  async linkOf(token: string) {
    const link = await this.records.readLink(token);
    const account = link && (await this.records.byId(link.accountId));
    if (!link || !account || account.disabledAt) return null;
    const [name, email] = [this.records.nameOf(account), this.records.emailOf(account)];
    return { purpose: link.purpose, name, email, locale: account.locale };
  }

  /**
   * Mails a link to whoever has forgotten their password, which stays until the link is used. Whoever asks is answered before
   * anything is looked up, so that neither the answer nor its time tells whether there is such an account. Throws SignInSlowed.
   */
  async sendLinkTo(email: string, from: string): Promise<void> {
    await this.throttle.enter(this.records.emailIndex(`forgotten ${email}`), from, 'forgotten');
    inBackground('a link for a forgotten password', () =>
      this.database.inTurn('accounts', async () => {
        const account = await this.records.byEmailIndex(this.records.emailIndex(email));
        // Who was reset by an admin, or has never come in, has a link of theirs already.
        if (!account?.passwordHash || account.disabledAt) return;
        if (await this.records.hasFreshLink(account.id, forgottenHours)) return;
        await this.records.makeLink(account.id, 'reset', { kind: 'forgotten', hours: forgottenHours });
      }),
    );
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
      return { token: await this.sessions.renew(account.id) };
    });
  }

  /** Returns the account of somebody who has proved themselves once more. Throws as `requireProof` does. */
  async proved(caller: Caller, proof: Proof): Promise<Account> {
    const account = await this.accountOf(caller);
    await this.sessions.requireProof(account, proof);
    return account;
  }

  /** Tells what people may read and change of their own account. */
  async detailsOf(caller: Caller) {
    const account = await this.accountOf(caller);
    return {
      name: this.records.nameOf(account),
      email: this.records.emailOf(account),
      locale: account.locale,
    };
  }

  /**
   * Gives somebody the name that they choose. Every act is kept by the account, so that none changes hands; but it is shown by
   * name, so that nobody may take another person's. Throws `name-taken`.
   */
  async rename(caller: Caller, name: string): Promise<void> {
    await this.database.inTurn('accounts', async () => {
      const before = await this.accountOf(caller);
      if (name === this.records.nameOf(before)) return;
      if (await this.records.isNameOfAnother(before, name))
        throw accountProblems.error(
          'name-taken',
          {},
          { fields: [accountProblems.field('name', 'name-taken')] },
        );
      const after = { ...before, nameSealed: this.records.sealName(before.id, name) };
      await this.database.repository(Account).update({ id: before.id }, { nameSealed: after.nameSealed });
      await this.records.journalOwnChange(after, 'renamed', before);
    });
  }

  /**
   * Mails a link to the address that somebody wants; theirs stays until they open it, signed in. Whoever has mistyped it gives nobody
   * else a way in. Throws `email-taken`, or as `requireProof` does.
   */
  async askForAddress(caller: Caller, proof: Proof, email: string): Promise<void> {
    if (!this.records.writesMail) throw notFound('page');
    const account = await this.proved(caller, proof);
    await this.requireFree(email);
    await this.records.mailNewAddress(account, email);
  }

  /** Returns the address that a mailed link is to give somebody. Throws `link-over`. */
  async newAddressOf(caller: Caller, change: string): Promise<string> {
    return this.linkedAddress(await this.accountOf(caller), change);
  }

  /** Gives somebody the address that a mailed link confirms. Throws `link-over` or `email-taken`. */
  async takeAddress(caller: Caller, change: string): Promise<void> {
    await this.database.inTurn('accounts', async () => {
      const account = await this.accountOf(caller);
      const email = this.linkedAddress(account, change);
      await this.requireFree(email);
      await this.records.putAddress(account, email);
    });
  }

  async setLocale(caller: Caller, locale: 'ko' | 'en'): Promise<void> {
    const { id } = await this.accountOf(caller);
    await this.database.repository(Account).update({ id }, { locale });
  }

  private linkedAddress(account: Account, change: string): string {
    const email = this.records.newAddressOf(account, change);
    if (email === null) throw accountProblems.error('link-over');
    return email;
  }

  private async requireFree(email: string): Promise<void> {
    if (!(await this.records.byEmailIndex(this.records.emailIndex(email)))) return;
    const fields = [accountProblems.field('email', 'email-taken')];
    throw accountProblems.error('email-taken', {}, { fields });
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
