import { randomBytes } from 'node:crypto';
import { Injectable, Logger } from '@nestjs/common';
import { secretHash } from '../../core/access/api-keys.service.js';
import type { AppError } from '../../platform/app-error.js';
import { Database } from '../../platform/database/database.js';
import { AccountRecords } from './account-records.js';
import { type Account, Session } from './account.entities.js';
import { sessionLimits } from './account.schema.js';
import { accountProblems } from './accounts.words.js';
import { csrfTokenOf } from './csrf.js';
import type { SignedIn } from './page-request.js';
import { Passwords } from './passwords.js';
import { Passkeys } from './passkeys.js';
import { SecondFactors } from './second-factors.js';
import { SignInThrottle } from './sign-in-throttle.js';

interface Comer {
  /** The network address that the client calls from. */
  from: string;
  /** The session that the browser holds; it ends. */
  replaces?: string | null;
}

type SignIn = Comer & { email: string; password: string };
type ByPasskey = Comer & {
  /** What the authenticator answered, as the browser wrote it. */
  answer: string;
  /** What the browser kept of what it was asked. */
  asked: string | null;
};
type SecondStep = Comer & { ticket: string; otp: string };

/** What people prove themselves by once more: the present password, and a code where they have a second factor. */
export interface Proof {
  present: string;
  otp: string;
}

/** Where somebody stands who has proved a part of who they are: signed in, or before the step that a ticket leads to. */
export type Entered = { token: string; recoveryCodes?: string[] } | { ticket: string };

type SessionRow = Pick<Account, 'id' | 'nameSealed' | 'role' | 'departmentId' | 'officerId' | 'locale'> & {
  stale: boolean;
  secondsLeft: number;
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
    private readonly factors: SecondFactors,
    private readonly passkeys: Passkeys,
  ) {}

  /**
   * An unknown account, a wrong password and a disabled account are answered by the same words after the same work.
   * Throws `sign-in-failed`, or SignInSlowed.
   */
  async signIn({ email, password, from, replaces }: SignIn): Promise<Entered> {
    const index = this.records.emailIndex(email);
    const clear = await this.throttle.enter(index, from);
    const account = await this.records.byEmailIndex(index);
    const right = await this.passwords.matches(account?.passwordHash ?? null, password);
    if (!account || !right || account.disabledAt) {
      this.logger.warn({ from, account: account?.id ?? null }, 'authentication failed');
      throw accountProblems.error('sign-in-failed');
    }
    await this.passwords.strengthen(account, password);
    const entered = await this.admit(account.id);
    // Whoever knows the password must not be able to start the count of their guesses at codes again.
    await clear('ticket' in entered ? 'address' : 'both');
    if (replaces && 'token' in entered) await this.signOut(replaces);
    return entered;
  }

  /**
   * Signs in by a passkey alone: the device is one factor, what unlocks it the other. Whoever has not accepted the invitation, or was
   * reset, uses the link first. Throws `passkey-refused` for everything that does not fit, or SignInSlowed.
   */
  async signInByPasskey({ answer, asked, from, replaces }: ByPasskey): Promise<Entered> {
    const { account, isRightFor } = await this.passkeys.read(answer);
    const index = account?.emailIndex ?? this.records.emailIndex(`passkey ${answer}`);
    const clear = await this.throttle.enter(index, from);
    const mayEnter = account && !account.disabledAt && account.passwordHash !== null;
    if (!mayEnter || !(await isRightFor(asked))) {
      this.logger.warn({ from, account: account?.id ?? null }, 'authentication failed');
      throw accountProblems.error('passkey-refused');
    }
    await clear();
    if (replaces) await this.signOut(replaces);
    return { token: await this.open(account.id) };
  }

  /**
   * Signs somebody in who has proved the first factor, or asks for the second, which some have to set up now. `hasSecond`
   * tells that whoever vouches for them has asked for one already; `passkeysServe`, that nobody has to vouch for a passkey. Where a
   * second factor is required, whoever has a passkey is asked for that, and not led past it to set up another.
   */
  async admit(accountId: string, { hasSecond = false, passkeysServe = true } = {}): Promise<Entered> {
    const account = await this.records.byId(accountId);
    if (!account) throw accountProblems.error('sign-in-failed');
    if (hasSecond) return { token: await this.open(accountId) };
    if (account.totpSealed) return { ticket: this.factors.ticketFor(account, { isNew: false }) };
    if (await this.factors.isRequiredOf(account.role)) {
      const isNew = !(account.hasPasskey && passkeysServe);
      return { ticket: this.factors.ticketFor(account, { isNew }) };
    }
    return { token: await this.open(accountId) };
  }

  /**
   * Takes the step that a ticket leads to. A new second factor ends all other sessions, and has recovery codes.
   * Throws `sign-in-over`, `otp-wrong` or SignInSlowed.
   */
  async finish({ ticket, otp, from, replaces }: SecondStep): Promise<Entered> {
    const asked = await this.factors.readTicket(ticket);
    if (!asked) throw accountProblems.error('sign-in-over');
    const { account, secret } = asked;
    const clear = await this.throttle.enter(account.emailIndex, from);
    const recoveryCodes = secret === null ? undefined : await this.factors.enrol(account, secret, otp);
    if (!recoveryCodes && (secret !== null || !(await this.factors.takes(account, otp)))) {
      this.logger.warn({ from, account: account.id }, 'authentication failed');
      throw wrong('otp', 'otp-wrong');
    }
    await clear();
    if (recoveryCodes) await this.signOutEverywhere(account.id);
    if (replaces) await this.signOut(replaces);
    const token = await this.open(account.id);
    return recoveryCodes ? { token, recoveryCodes } : { token };
  }

  /**
   * Requires the password of somebody who is signed in and, with `present`, a code of their second factor if they have one.
   * Throws `password-wrong`, `otp-wrong` or SignInSlowed.
   */
  async requireProof(account: Account, proof: { old: string } | Proof): Promise<void> {
    const clear = await this.throttle.enter(account.emailIndex, null);
    const [field, password] = 'old' in proof ? ['old', proof.old] : ['present', proof.present];
    if (!(await this.passwords.matches(account.passwordHash, password))) throw wrong(field, 'password-wrong');
    const isAsked = 'otp' in proof && account.totpSealed !== null;
    if (isAsked && !(await this.factors.takes(account, proof.otp))) throw wrong('otp', 'otp-wrong');
    await clear();
  }

  /**
   * Returns whose session a token is of; null when it is unknown or over, or its account disabled. A page that looks for what is
   * new keeps no session from ending: nobody was seen.
   */
  async callerOf(token: string, { isSeen = true } = {}): Promise<SignedIn | null> {
    const [row] = await this.database.rows<SessionRow>(
      `SELECT a.id, a.name_sealed, a.role, a.department_id, a.officer_id, a.locale,
              s.last_seen_at < clock_timestamp() - interval '1 minute' AS stale,
              floor(extract(epoch FROM s.created_at - clock_timestamp()))::int + $2 AS seconds_left
       FROM session s JOIN account a ON a.id = s.account_id
       WHERE s.token_hash = $1 AND a.disabled_at IS NULL AND ${unexpired}`,
      [secretHash(token), sessionLimits.absoluteHours * 3600],
    );
    if (!row) return null;
    if (row.stale && isSeen) {
      await this.database.run(
        `UPDATE session s SET last_seen_at = clock_timestamp() WHERE token_hash = $1 AND ${unexpired}`,
        [secretHash(token)],
      );
    }
    const { id: accountId, role, departmentId, officerId, locale, secondsLeft } = row;
    const caller = { keyId: null, accountId, name: this.records.nameOf(row), role, departmentId, officerId };
    return { caller, csrf: csrfTokenOf(token), locale, secondsLeft };
  }

  async signOut(token: string): Promise<void> {
    await this.database.repository(Session).delete({ tokenHash: secretHash(token) });
  }

  /** Ends every session of an account, for a new password, a new role and a disabled account. */
  async signOutEverywhere(accountId: string): Promise<void> {
    await this.database.repository(Session).delete({ accountId });
  }

  /** Ends every session of an account, and returns the token of a new one. */
  async renew(accountId: string): Promise<string> {
    await this.signOutEverywhere(accountId);
    return this.open(accountId);
  }

  /** Opens a session for somebody who has just proved who they are, and returns its token. */
  async open(accountId: string): Promise<string> {
    const token = randomBytes(32).toString('base64url');
    await this.database.run(`DELETE FROM session s WHERE NOT (${unexpired})`);
    await this.database.insert(Session, [{ tokenHash: secretHash(token), accountId }]);
    return token;
  }
}

function wrong(path: string, code: 'password-wrong' | 'otp-wrong'): AppError {
  return accountProblems.error(code, {}, { fields: [accountProblems.field(path, code)] });
}
