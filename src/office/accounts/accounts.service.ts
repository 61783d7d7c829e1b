import { accountProblems } from './accounts.words.js';
import { Injectable } from '@nestjs/common';
import { actorOf, type Caller, type Role } from '../../core/access/roles.js';
import { DepartmentsService } from '../../core/departments/departments.service.js';
import { type AppError, notFound } from '../../platform/app-error.js';
import { newId } from '../../platform/ids.js';
import type { ChangeKind } from '../../core/proof/change.entity.js';
import { AccountRecords } from './account-records.js';
import { AccountLinks } from './account-links.js';
import { Account } from './account.entities.js';
import type { AccountPatch, AccountView, NewAccount } from './account.schema.js';
import { Database } from '../../platform/database/database.js';

/** AccountWithLink is an account and the token of its one-time link. */
export interface AccountWithLink {
  account: AccountView;
  token: string;
}

const accountsLock = 0x4143434f;

/** AccountsService does what admins do with accounts: invite, change, disable, reset. */
@Injectable()
export class AccountsService {
  constructor(
    private readonly database: Database,
    private readonly records: AccountRecords,
    private readonly links: AccountLinks,
    private readonly departments: DepartmentsService,
  ) {}

  /** The token is for the person alone, and is not kept: whoever calls hands it on now, or never. */
  async invite(caller: Caller, wanted: NewAccount): Promise<AccountWithLink> {
    return this.database.inTransaction(async () => {
      const account = await this.make(wanted, { what: 'invited', actor: actorOf(caller) });
      return { account: this.viewOf(account), token: await this.links.make(account.id, 'invitation') };
    });
  }

  /** Makes an account. Only the service's own set-up makes one without an invitation. */
  async make(
    wanted: NewAccount,
    by: { what: ChangeKind; actor: string } = { what: 'created', actor: 'set-up' },
  ): Promise<Account> {
    const id = newId();
    const account: Account = {
      id,
      ...this.records.sealed(id, wanted.email, wanted.name),
      role: wanted.role,
      departmentId: wanted.departmentId ?? null,
      officerId: wanted.officerId ?? null,
      locale: wanted.locale,
      passwordHash: null,
      disabledAt: null,
    };
    await this.mustFit(account);
    if (await this.records.byEmailIndex(account.emailIndex)) {
      throw accountProblems.error(
        'email-taken',
        {},
        { fields: [accountProblems.field('email', 'email-taken')] },
      );
    }
    await this.database.repository(Account).insert(account);
    await this.records.journalChange(account, by.what, by);
    return account;
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
    return this.viewOf(await this.mustExist(id));
  }

  /** Every change but that of a name ends the account's sessions at once. */
  async amend(caller: Caller, id: string, patch: AccountPatch): Promise<AccountView> {
    return this.database.inTransaction(async () => {
      const before = await this.locked(id);
      const after = { ...before, ...(await this.changesOf(before, patch)) };
      await this.mustFit(after);
      await this.mustKeepAnAdmin(caller, before, after);
      await this.database.repository(Account).save(after);
      const rights: (keyof Account)[] = ['role', 'departmentId', 'officerId', 'disabledAt'];
      if (rights.some((key) => before[key] !== after[key])) await this.endSessions(id);
      if (after.disabledAt) await this.links.void(id);
      const what =
        before.disabledAt === after.disabledAt ? 'amended' : after.disabledAt ? 'disabled' : 'enabled';
      await this.records.journalChange(after, what, {
        before,
        actor: actorOf(caller),
        reason: patch.reason ?? null,
      });
      return this.viewOf(after);
    });
  }

  /** The old password and the sessions end now: a link is asked for when they are lost, or in wrong hands. */
  async reset(caller: Caller, id: string, reason: string | null = null): Promise<AccountWithLink> {
    return this.database.inTransaction(async () => {
      const account = await this.locked(id);
      if (account.disabledAt) {
        throw accountProblems.error('account-disabled');
      }
      const after = { ...account, passwordHash: null };
      await this.mustKeepAnAdmin(caller, account, after);
      await this.database.repository(Account).update({ id }, { passwordHash: null });
      await this.endSessions(id);
      await this.records.journalChange(after, 'reset', { actor: actorOf(caller), reason });
      const purpose = account.passwordHash ? 'reset' : 'invitation';
      return { account: this.viewOf(after), token: await this.links.make(id, purpose) };
    });
  }

  private async changesOf(account: Account, patch: AccountPatch): Promise<Partial<Account>> {
    const { name, active, reason: _reason, ...rights } = patch;
    const [now] = await this.database.rows<{ now: Date }>(`SELECT clock_timestamp() AS now`);
    return {
      ...(Object.fromEntries(
        Object.entries(rights).filter(([, value]) => value !== undefined),
      ) as Partial<Account>),
      ...(name === undefined ? {} : { nameSealed: this.records.sealName(account.id, name) }),
      ...(active === undefined
        ? {}
        : { disabledAt: active ? null : (account.disabledAt ?? now?.now ?? null) }),
    };
  }

  private async mustFit(account: Account): Promise<void> {
    if (account.departmentId) await this.departments.mustBeOpen(account.departmentId);
    else if (account.role !== 'admin' && account.role !== 'auditor') {
      throw unfit('departmentId', 'department-needed');
    }
    if (!account.officerId) return;

    const [officer] = await this.database.rows(`SELECT 1 FROM officer WHERE id = $1`, [account.officerId]);
    if (!officer) throw unfit('officerId', 'officer-unknown.account');
    const other = await this.database
      .repository(Account)
      .findOne({ where: { officerId: account.officerId } });
    if (other && other.id !== account.id) {
      throw unfit('officerId', 'officer-taken');
    }
  }

  private async mustKeepAnAdmin(caller: Caller, before: Account, after: Account): Promise<void> {
    if (after.disabledAt && before.id === caller.accountId) {
      throw accountProblems.error('own-account');
    }
    if (!isWorkingAdmin(before) || isWorkingAdmin(after)) return;
    const admins = await this.database.rows<{ id: string }>(
      `SELECT id FROM account WHERE role = 'admin' AND disabled_at IS NULL AND password_hash IS NOT NULL`,
    );
    if (admins.some(({ id }) => id !== before.id)) return;
    throw accountProblems.error('last-admin');
  }

  private async mustExist(id: string): Promise<Account> {
    const account = await this.records.byId(id);
    if (!account) throw notFound('account');
    return account;
  }

  /** Changes of accounts take turns: two admins who take the right from each other at once must not both succeed. */
  private async locked(id: string): Promise<Account> {
    await this.database.run(`SELECT pg_advisory_xact_lock($1)`, [accountsLock]);
    await this.database.run(`SELECT 1 FROM account WHERE id = $1 FOR UPDATE`, [id]);
    return this.mustExist(id);
  }

  private async endSessions(id: string): Promise<void> {
    await this.database.run(`DELETE FROM session WHERE account_id = $1`, [id]);
  }

  private viewOf(account: Account, lastSeen?: Date): AccountView {
    return {
      id: account.id,
      email: this.records.emailOf(account),
      name: this.records.nameOf(account),
      role: account.role,
      departmentId: account.departmentId,
      officerId: account.officerId,
      locale: account.locale,
      active: account.disabledAt === null,
      invited: account.passwordHash === null,
      lastSeenAt: lastSeen?.toISOString() ?? null,
    };
  }
}

function isWorkingAdmin(account: {
  role: Role;
  disabledAt: Date | null;
  passwordHash: string | null;
}): boolean {
  return account.role === 'admin' && account.disabledAt === null && account.passwordHash !== null;
}

function unfit(
  path: string,
  code: 'department-needed' | 'officer-unknown.account' | 'officer-taken',
): AppError {
  return accountProblems.error(code, {}, { fields: [accountProblems.field(path, code)] });
}
