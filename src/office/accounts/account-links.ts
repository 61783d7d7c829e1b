import { randomBytes } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { secretHash } from '../../core/access/api-keys.service.js';
import { linkHours } from './account.schema.js';
import { ownOrigin } from './session-cookie.js';
import { Database } from '../../platform/database/database.js';

export type LinkPurpose = 'invitation' | 'reset';

/** One-time links by which a person chooses a password. Of the token only the SHA-256 is kept. */
@Injectable()
export class AccountLinks {
  constructor(private readonly database: Database) {}

  /** Makes a link; earlier links of the account stop working. */
  async make(accountId: string, purpose: LinkPurpose): Promise<string> {
    const token = randomBytes(32).toString('base64url');
    await this.void(accountId);
    await this.database.run(
      `INSERT INTO account_link (token_hash, account_id, purpose, expires_at)
       VALUES ($1, $2, $3, clock_timestamp() + make_interval(hours => $4))`,
      [secretHash(token), accountId, purpose, linkHours],
    );
    return token;
  }

  async read(token: string): Promise<{ accountId: string; purpose: LinkPurpose } | null> {
    return this.found(
      `SELECT account_id, purpose FROM account_link
       WHERE token_hash = $1 AND expires_at > clock_timestamp()`,
      token,
    );
  }

  /** Of two who use it at the same moment, one succeeds. */
  async use(token: string): Promise<{ accountId: string; purpose: LinkPurpose } | null> {
    return this.found(
      `DELETE FROM account_link WHERE token_hash = $1 AND expires_at > clock_timestamp()
       RETURNING account_id, purpose`,
      token,
    );
  }

  async void(accountId: string): Promise<void> {
    await this.database.run(`DELETE FROM account_link WHERE account_id = $1`, [accountId]);
  }

  private async found(sql: string, token: string) {
    const [row] = await this.database.rows<{ accountId: string; purpose: LinkPurpose }>(sql, [
      secretHash(token),
    ]);
    return row ?? null;
  }
}

/** The address that a person opens to choose a password. Shown once, and logged without its token. */
export function welcomeLink(request: FastifyRequest, publicUrl: string | null, token: string): string {
  return `${ownOrigin(request, publicUrl)}/console/welcome/${token}`;
}
