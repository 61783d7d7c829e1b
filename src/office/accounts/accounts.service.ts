import { isDeepStrictEqual } from 'node:util';
import { Injectable } from '@nestjs/common';
import { IsNull, Not } from 'typeorm';
import { AccessLog } from '../../core/accesses/access-log.service.js';
import { actorOf, type Caller } from '../../core/access/roles.js';
import { Officer } from '../../core/departments/department.entity.js';
import { DepartmentsService } from '../../core/departments/departments.service.js';
import type { ChangeKind } from '../../core/proof/change.entity.js';
import { type AppError, notFound } from '../../platform/app-error.js';
import { Database } from '../../platform/database/database.js';
import { definedOnly } from '../../platform/defined-only.js';
import { newId } from '../../platform/ids.js';
import { AccountRecords } from './account-records.js';
import { Account } from './account.entities.js';
import { type AccountPatch, accountView, type AccountView, type NewAccount } from './account.schema.js';
import { accountProblems } from './accounts.words.js';
import { SecondFactors } from './second-factors.js';
import { SessionsService } from './sessions.service.js';

/** AccountWithLink is an account and the token of its one-time link; null where it went to the person alone. */
export interface AccountWithLink {
  account: AccountView;
  token: string | null;
}

/** A Reset says why it is made, and whether the second factor goes as well. */
export interface Reset {
  reason?: string | null | undefined;
  secondFactor?: boolean;
}

/** AccountsService does what admins do with accounts: invite, change, disable, reset. */
@Injectable()
export class AccountsService {
  constructor(
    private readonly database: Database,
    private readonly records: AccountRecords,
    private readonly sessions: SessionsService,
    private readonly departments: DepartmentsService,
    private readonly factors: SecondFactors,
    private readonly accesses: AccessLog,
  ) {}

  /** Makes an account with a link. Its token is for the person alone, and is not kept: it is handed on now, or never. */
  async invite(caller: Caller, wanted: NewAccount): Promise<AccountWithLink> {
    return this.database.inTransaction(async () => {
      const account = await this.make(wanted, { what: 'invited', actor: actorOf(caller) });
      return { account: this.viewOf(account), token: await this.records.makeLink(account.id, 'invitation') };
    });
  }

  /** Makes an account. Only the service's own set-up makes one without an invitation. */
  async make(
    wanted: NewAccount,
    by: { what: ChangeKind; actor: string } = { what: 'created', actor: 'set-up' },
  ): Promise<Account> {
    const id = newId();
    const { email, name, role, departmentId = null, officerId = null, locale } = wanted;
    const account: Account = {
      id,
      ...this.records.sealed(id, email, name),
      role,
      departmentId,
      officerId,
      locale,
      passwordHash: null,
      disabledAt: null,
      totpSealed: null,
      issuerIndex: null,
      hasPasskey: false,
    };
    await this.requireFitting(account);
    if (await this.records.byEmailIndex(account.emailIndex)) throw unfit('email', 'email-taken');
    await this.database.repository(Account).insert(account);
    await this.records.journalChange(account, by.what, by);
    return account;
  }

  /** Lists the accounts for whoever is to be known to have seen the names and addresses of all. */
  async listFor(caller: Caller): Promise<AccountView[]> {
    const accounts = await this.list();
    const subjectIds = accounts.map(({ id }) => id);
    await this.accesses.record(caller, { act: 'accounts-read', subject: 'account', subjectIds });
    return accounts;
  }

  async list(): Promise<AccountView[]> {
    const accounts = await this.database.repository(Account).find({ order: { id: 'ASC' } });
    const seen = await this.database.rows<{ accountId: string; at: Date }>(
      `SELECT account_id, max(last_seen_at) AS at FROM session GROUP BY account_id`,
    );
    const lastSeen = new Map(seen.map((row) => [row.accountId, row.at]));
    return accounts.map((account) => this.viewOf(account, lastSeen.get(account.id)));
  }

  async get(id: string): Promise<AccountView> {
    return this.viewOf(await this.requireAccount(id));
  }

  /** Changes an account. Every change but that of a name ends the account's sessions at once. */
  async amend(caller: Caller, id: string, patch: AccountPatch): Promise<AccountView> {
    return this.inTurn(id, async (before) => {
      const after = { ...before, ...(await this.changesOf(before, patch)) };
      if (isDeepStrictEqual(after, { ...before })) return this.viewOf(before);
      await this.requireFitting(after);
      await this.requireAnAdminAfter(caller, before, after);
      await this.database.repository(Account).save(after);
      const rights: (keyof Account)[] = ['role', 'departmentId', 'officerId', 'disabledAt'];
      if (rights.some((key) => before[key] !== after[key])) await this.sessions.signOutEverywhere(id);
      if (after.disabledAt) await this.records.voidLinks(id);
      const turned = after.disabledAt ? 'disabled' : 'enabled';
      const what = before.disabledAt === after.disabledAt ? 'amended' : turned;
      const by = { before, actor: actorOf(caller), reason: patch.reason ?? null };
      await this.records.journalChange(after, what, by);
      return this.viewOf(after);
    });
  }

  /** Ends the password, the link with an issuer and the sessions now, and makes a link: one is asked for when they are lost, or in wrong hands. */
  async reset(caller: Caller, id: string, wanted: Reset = {}): Promise<AccountWithLink> {
    const by = { actor: actorOf(caller), reason: wanted.reason ?? null };
    return this.inTurn(id, async (account) => {
      if (account.disabledAt) throw accountProblems.error('account-disabled');
      const takesFactor = wanted.secondFactor === true && hasSecond(account);
      const without = takesFactor && { totpSealed: null, hasPasskey: false };
      const after = { ...account, passwordHash: null, ...without };
      await this.requireAnAdminAfter(caller, account, after);
      await this.database.repository(Account).update({ id }, { passwordHash: null, issuerIndex: null });
      await this.sessions.signOutEverywhere(id);
      await this.records.journalChange(after, 'reset', by);
      if (takesFactor) await this.factors.remove(account, by, { withPasskeys: true });
      const purpose = account.passwordHash ? 'reset' : 'invitation';
      return { account: this.viewOf(after), token: await this.records.makeLink(id, purpose) };
    });
  }

  private async changesOf(account: Account, patch: AccountPatch): Promise<Partial<Account>> {
    const { name, active, reason: _reason, ...rights } = patch;
    const changes: Partial<Account> = definedOnly(rights);
    if (name !== undefined && name !== this.records.nameOf(account))
      changes.nameSealed = this.records.sealName(account.id, name);
    if (active === undefined) return changes;
    const [clock] = await this.database.rows<{ now: Date }>(`SELECT clock_timestamp() AS now`);
    return { ...changes, disabledAt: active ? null : (account.disabledAt ?? clock?.now ?? null) };
  }

  private async requireFitting({ id, role, departmentId, officerId }: Account): Promise<void> {
    if (departmentId) await this.departments.mustBeOpen(departmentId);
    else if (role !== 'admin' && role !== 'auditor') throw unfit('departmentId', 'department-needed');
    if (!officerId) return;
    if (!(await this.database.repository(Officer).existsBy({ id: officerId }))) {
      throw unfit('officerId', 'officer-unknown.account');
    }
    const other = await this.database.repository(Account).findOneBy({ officerId, id: Not(id) });
    if (other) throw unfit('officerId', 'officer-taken');
  }

  private async requireAnAdminAfter(caller: Caller, before: Account, after: Account): Promise<void> {
    if (after.disabledAt && before.id === caller.accountId) throw accountProblems.error('own-account');
    if (!isWorkingAdmin(before) || isWorkingAdmin(after)) return;
    const other = {
      role: 'admin',
      disabledAt: IsNull(),
      passwordHash: Not(IsNull()),
      id: Not(before.id),
    } as const;
    if (!(await this.database.repository(Account).existsBy(other))) throw accountProblems.error('last-admin');
  }

  private async requireAccount(id: string): Promise<Account> {
    const account = await this.records.byId(id);
    if (!account) throw notFound('account');
    return account;
  }

  /** Changes of accounts take turns: two admins who take the right from each other at once must not both succeed. */
  private inTurn<T>(id: string, work: (account: Account) => Promise<T>): Promise<T> {
    return this.database.inTurn('accounts', async () => {
      await this.database.run(`SELECT 1 FROM account WHERE id = $1 FOR UPDATE`, [id]);
      return work(await this.requireAccount(id));
    });
  }

  private viewOf(account: Account, lastSeen?: Date): AccountView {
    return accountView.parse({
      ...account,
      email: this.records.emailOf(account),
      name: this.records.nameOf(account),
      active: account.disabledAt === null,
      secondFactor: hasSecond(account),
      invited: account.passwordHash === null,
      lastSeenAt: lastSeen?.toISOString() ?? null,
    });
  }
}

function hasSecond({ totpSealed, hasPasskey }: Account): boolean {
  return totpSealed !== null || hasPasskey;
}

function isWorkingAdmin({ role, disabledAt, passwordHash }: Account): boolean {
  return role === 'admin' && disabledAt === null && passwordHash !== null;
}

function unfit(
  path: string,
  code: 'email-taken' | 'department-needed' | 'officer-unknown.account' | 'officer-taken',
): AppError {
  return accountProblems.error(code, {}, { fields: [accountProblems.field(path, code)] });
}
