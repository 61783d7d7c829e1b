import { Injectable, Logger } from '@nestjs/common';
import { AppError } from '../../platform/app-error.js';
import { Database } from '../../platform/database/database.js';
import { networkOf } from '../../platform/http/network-of.js';
import { Sealer } from '../../platform/sealing/sealer.js';
import { accountProblems } from './accounts.words.js';

interface Pace {
  /** Failures that cost no wait. */
  free: number;
  /** No wait is longer than this; seconds. */
  longest: number;
  /** Hours without a failure after which all is forgotten. */
  forgotten: number;
}

/**
 * Nobody is locked out for long: somebody else's failures may keep a person waiting half a minute, and an office behind
 * one address five.
 */
const ofAccount: Pace = { free: 5, longest: 30, forgotten: 24 };
const ofAddress: Pace = { free: 30, longest: 300, forgotten: 1 };

/** SignInSlowed says for how many seconds an account or an address has to wait. */
export class SignInSlowed extends AppError {
  constructor(readonly seconds: number) {
    const { kind, code, message, phrase } = accountProblems.error('sign-in-slowed', { seconds });
    super(kind, code, message, [], phrase ? { phrase } : {});
  }
}

/**
 * SignInThrottle slows guessing down, by account (known or not) and by address, in the database and on its clock. What else strangers
 * may guess at has counts of its own, by its `door`: who mistypes a contract's reference keeps nobody of their office from signing in.
 */
@Injectable()
export class SignInThrottle {
  private readonly logger = new Logger(SignInThrottle.name);

  constructor(
    private readonly database: Database,
    private readonly sealer: Sealer,
  ) {}

  /**
   * Counts the attempt as a failure before it is made, so that a thousand at once are no way round. Returns what takes
   * the count back when it succeeded, of the address alone where more is to be proved. Throws SignInSlowed. `address`: null for
   * somebody who is signed in already.
   */
  async enter(account: Buffer, address: string | null, door = 'address') {
    const place = address === null ? null : this.sealer.blindIndex(`${door}:${networkOf(address)}`);
    if (place) await this.count(place, ofAddress);
    await this.count(account, ofAccount);
    return async (of: 'both' | 'address' = 'both'): Promise<void> => {
      if (of === 'both') await this.database.run(`DELETE FROM sign_in_failure WHERE source = $1`, [account]);
      await this.database.run(
        `UPDATE sign_in_failure SET failures = failures - 1, blocked_until = clock_timestamp()
         WHERE source = $1 AND failures > 0`,
        [place],
      );
      await this.database.run(
        `DELETE FROM sign_in_failure WHERE last_at < clock_timestamp() - interval '1 day'`,
      );
    };
  }

  /**
   * Counts an attempt. The wait doubles with each failure past the free ones. An attempt during a wait does not
   * lengthen it.
   */
  private async count(source: Buffer, { free, longest, forgotten }: Pace): Promise<void> {
    const fresh = `f.last_at < clock_timestamp() - make_interval(hours => $4)`;
    const [counted] = await this.database.rows(
      `INSERT INTO sign_in_failure AS f (source, failures, last_at, blocked_until)
       VALUES ($1, 1, clock_timestamp(), clock_timestamp())
       ON CONFLICT (source) DO UPDATE SET
         failures = CASE WHEN ${fresh} THEN 1 ELSE f.failures + 1 END,
         last_at = clock_timestamp(),
         blocked_until = clock_timestamp() + CASE
           WHEN ${fresh} OR f.failures + 1 < $2 THEN interval '0'
           ELSE make_interval(secs => least($3, power(2, least(f.failures + 1 - $2, 30)))) END
       WHERE f.blocked_until <= clock_timestamp()
       RETURNING 1`,
      [source, free, longest, forgotten],
    );
    if (counted) return;
    const [wait] = await this.database.rows<{ seconds: number }>(
      `SELECT ceil(extract(epoch FROM blocked_until - clock_timestamp()))::int AS seconds
       FROM sign_in_failure WHERE source = $1`,
      [source],
    );
    const seconds = Math.max(1, wait?.seconds ?? 1);
    this.logger.warn({ seconds }, 'sign-in slowed');
    throw new SignInSlowed(seconds);
  }
}
