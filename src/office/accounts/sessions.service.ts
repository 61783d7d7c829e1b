import { randomBytes } from 'node:crypto';
import { Injectable, Logger } from '@nestjs/common';
import { secretHash } from '../../core/access/api-keys.service.js';
import { Database } from '../../platform/database/database.js';
import { AccountRecords } from './account-records.js';
import { type Account, Session } from './account.entities.js';
import { sessionLimits } from './account.schema.js';
import { accountProblems } from './accounts.words.js';
import { csrfTokenOf } from './csrf.js';
import type { SignedIn } from './page-request.js';
import { Passwords } from './passwords.js';
import { SignInThrottle } from './sign-in-throttle.js';

interface SignIn {
  email: string;
  password: string;
  /** The network address that the client calls from. */
  from: string;
  /** The session that the browser holds; it ends. */
  replaces?: string | null;
}

type SessionRow = Pick<Account, 'id' | 'nameSealed' | 'role' | 'departmentId' | 'officerId' | 'locale'> & {
  stale: boolean;
};

const unexpired = `s.created_at > clock_timestamp() - interval '${sessionLimits.absoluteHours} hours'
  AND s.last_seen_at > clock_timestamp() - interval '${sessionLimits.idleMinutes} minutes'`;

/** SessionsService keeps people's sessions: 32 random bytes in a cookie, of which only the SHA-256 is kept. */
@Injectable()
export class SessionsService {
  private readonly logger = new Logger(SessionsService.name);

  constructor(
    private readonly database: Database,
    private readonly records: AccountRecords,
    private readonly passwords: Passwords,
    private readonly throttle: SignInThrottle,
  ) {}

  /**
   * An unknown account, a wrong password and a disabled account are answered by the same words after the same work.
   * Throws `sign-in-failed`, or SignInSlowed.
   */
  async signIn({ email, password, from, replaces }: SignIn): Promise<{ token: string }> {
    const index = this.records.emailIndex(email);
    const clear = await this.throttle.enter(index, from);
    const account = await this.records.byEmailIndex(index);
    const right = await this.passwords.matches(account?.passwordHash ?? null, password);
    if (!account || !right || account.disabledAt) {
      this.logger.warn({ from, account: account?.id ?? null }, 'authentication failed');
      throw accountProblems.error('sign-in-failed');
    }
    await clear();
    await this.passwords.strengthen(account, password);
    if (replaces) await this.signOut(replaces);
    return { token: await this.open(account.id) };
  }

  /** Tells whether somebody who is signed in knows the account's password as well. Throws SignInSlowed. */
  async proves(account: Account, password: string): Promise<boolean> {
    const clear = await this.throttle.enter(account.emailIndex, null);
    const right = await this.passwords.matches(account.passwordHash, password);
    if (right) await clear();
    return right;
  }

  /** Returns whose session a token is of; null when it is unknown or over, or its account disabled. */
  async callerOf(token: string): Promise<SignedIn | null> {
    const [row] = await this.database.rows<SessionRow>(
      `SELECT a.id, a.name_sealed, a.role, a.department_id, a.officer_id, a.locale,
              s.last_seen_at < clock_timestamp() - interval '1 minute' AS stale
       FROM session s JOIN account a ON a.id = s.account_id
       WHERE s.token_hash = $1 AND a.disabled_at IS NULL AND ${unexpired}`,
      [secretHash(token)],
    );
    if (!row) return null;
    if (row.stale) {
      await this.database.run(
        `UPDATE session s SET last_seen_at = clock_timestamp() WHERE token_hash = $1 AND ${unexpired}`,
        [secretHash(token)],
      );
    }
    const { id: accountId, role, departmentId, officerId, locale } = row;
    const caller = { keyId: null, accountId, name: this.records.nameOf(row), role, departmentId, officerId };
    return { caller, csrf: csrfTokenOf(token), locale };
  }

  async signOut(token: string): Promise<void> {
    await this.database.repository(Session).delete({ tokenHash: secretHash(token) });
  }

  /** Ends every session of an account, for a new password, a new role and a disabled account. */
  async signOutEverywhere(accountId: string): Promise<void> {
    await this.database.repository(Session).delete({ accountId });
  }

  /** Opens a session for somebody who has just proved who they are, and returns its token. */
  async open(accountId: string): Promise<string> {
    const token = randomBytes(32).toString('base64url');
    await this.database.run(`DELETE FROM session s WHERE NOT (${unexpired})`);
    await this.database.insert(Session, [{ tokenHash: secretHash(token), accountId }]);
    return token;
  }
}
