import { createHash, randomBytes } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { generateSecret, generateURI, verifySync } from 'otplib';
import { secretHash } from '../../core/access/api-keys.service.js';
import type { Role } from '../../core/access/roles.js';
import { SettingsService } from '../../core/settings/settings.service.js';
import { Database } from '../../platform/database/database.js';
import { Sealer } from '../../platform/sealing/sealer.js';
import { AccountRecords } from './account-records.js';
import { Account, Passkey, RecoveryCode } from './account.entities.js';
import { type Carried, openCarried, sealCarried } from './carried.js';

/** Whoever takes more milliseconds between the steps of a sign-in begins again. */
const ticketMs = 10 * 60_000;
const recoveryCodesMade = 10;
const base32 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';
const ticketPlace = { table: 'sign-in', column: 'ticket', rowId: '' };

interface Ticket extends Carried {
  accountId: string;
  /** The digest of what the account was entered by when the ticket was made. */
  state: string;
  /** A secret that its first code is to confirm; null where a code of the present one is asked for. */
  secret: string | null;
}

/**
 * SecondFactors keep what people prove themselves by beside a password: an authenticator app (RFC 6238: SHA-1, six digits,
 * steps of 30 seconds, as every app knows them), and recovery codes of 80 random bits for when the app is lost. Nothing of a
 * sign-in is kept on the server between its two steps: its ticket travels, sealed, through the page that asks for the code.
 */
@Injectable()
export class SecondFactors {
  constructor(
    private readonly database: Database,
    private readonly records: AccountRecords,
    private readonly sealer: Sealer,
    private readonly settings: SettingsService,
  ) {}

  async isRequiredOf(role: Role): Promise<boolean> {
    const { value: agency } = await this.settings.agency();
    return agency.requiresSecondFactor && (role === 'admin' || role === 'auditor');
  }

  /** Makes the ticket of somebody who has proved the rest. `isNew` asks them for the first code of a new secret. */
  ticketFor(account: Account, { isNew }: { isNew: boolean }): string {
    const secret = isNew ? generateSecret() : null;
    const ticket: Ticket = { accountId: account.id, at: Date.now(), state: stateOf(account), secret };
    return sealCarried(this.sealer, ticketPlace, ticket);
  }

  /** Returns whom a ticket is of; null for one that was not made here, is too old, or of an account that has changed since. */
  async readTicket(sealed: string): Promise<{ account: Account; secret: string | null } | null> {
    const ticket = openCarried<Ticket>(this.sealer, ticketPlace, sealed, ticketMs);
    const account = ticket && (await this.records.byId(ticket.accountId));
    if (!account || account.disabledAt || stateOf(account) !== ticket.state) return null;
    return { account, secret: ticket.secret };
  }

  /** Writes a new secret as authenticator apps take it: typed in groups of four, or as the address of a QR code. */
  async forApp(account: Account, secret: string): Promise<{ typed: string; uri: string }> {
    const issuer = (await this.settings.agency()).value.name[account.locale];
    const uri = generateURI({ issuer, label: this.records.emailOf(account), secret });
    return { typed: inFours(secret), uri };
  }

  /** Puts a new secret in the place of the old one, if any, and returns its recovery codes; null when the code is not the secret's. */
  async enrol(account: Account, secret: string, code: string): Promise<string[] | null> {
    const step = stepOfCode(secret, withoutGaps(code), await this.now());
    if (step === null) return null;
    return this.database.inTransaction(async () => {
      await this.database.run(`UPDATE account SET totp_sealed = $2, totp_step = $3 WHERE id = $1`, [
        account.id,
        this.sealer.seal(secret, placeOf(account)),
        step,
      ]);
      await this.records.journalOwnChange(account, 'second-factor-set');
      return this.replaceRecoveryCodes(account);
    });
  }

  /** Takes a code of the app, or a recovery code, each of them once; returns false for every other. */
  async takes(account: Account, typed: string): Promise<boolean> {
    const code = withoutGaps(typed);
    return /^\d{6}$/.test(code) ? this.takesStep(account, code) : this.takesRecoveryCode(account, code);
  }

  async remakeRecoveryCodes(account: Account): Promise<string[]> {
    return this.database.inTransaction(async () => {
      await this.records.journalOwnChange(account, 'recovery-codes-made');
      return this.replaceRecoveryCodes(account);
    });
  }

  /** Takes the authenticator app away and, `withPasskeys`, whatever else somebody proves themselves by beside their password. */
  async remove(
    account: Account,
    by: { actor: string; reason?: string | null },
    { withPasskeys = false } = {},
  ): Promise<void> {
    await this.database.inTransaction(async () => {
      await this.database.run(`UPDATE account SET totp_sealed = NULL, totp_step = NULL WHERE id = $1`, [
        account.id,
      ]);
      await this.database.repository(RecoveryCode).delete({ accountId: account.id });
      if (withPasskeys) await this.database.repository(Passkey).delete({ accountId: account.id });
      await this.records.journalChange(account, 'second-factor-removed', by);
    });
  }

  recoveryCodesLeft(accountId: string): Promise<number> {
    return this.database.repository(RecoveryCode).countBy({ accountId });
  }

  /** Neither a code that was taken nor one of an earlier step is taken, whoever of two comes first. */
  private async takesStep({ id, totpSealed }: Account, code: string): Promise<boolean> {
    if (!totpSealed) return false;
    const step = stepOfCode(this.sealer.open(totpSealed, placeOf({ id })), code, await this.now());
    const sql = `UPDATE account SET totp_step = $2 WHERE id = $1 AND totp_step < $2 AND totp_sealed = $3`;
    return (await this.database.run(sql, [id, step, totpSealed])) > 0;
  }

  private takesRecoveryCode(account: Account, code: string): Promise<boolean> {
    return this.database.inTransaction(async () => {
      const { affected } = await this.database
        .repository(RecoveryCode)
        .delete({ accountId: account.id, codeHash: secretHash(code) });
      if (affected) await this.records.journalOwnChange(account, 'recovery-code-used');
      return Boolean(affected);
    });
  }

  private async replaceRecoveryCodes({ id: accountId }: Account): Promise<string[]> {
    const codes = Array.from({ length: recoveryCodesMade }, newRecoveryCode);
    await this.database.repository(RecoveryCode).delete({ accountId });
    const rows = codes.map((code) => ({ accountId, codeHash: secretHash(withoutGaps(code)) }));
    await this.database.insert(RecoveryCode, rows);
    return codes;
  }

  /** Seconds, by the clock that all processes share. */
  private async now(): Promise<number> {
    const [row] = await this.database.rows<{ now: number }>(
      `SELECT floor(extract(epoch FROM clock_timestamp()))::int AS now`,
    );
    return row?.now ?? 0;
  }
}

/** Returns the time step that a code of six digits is of: the present one, or the one before or after it; else null. */
export function stepOfCode(secret: string, code: string, nowSeconds: number): number | null {
  if (!/^\d{6}$/.test(code)) return null;
  const found = verifySync({ secret, token: code, epoch: nowSeconds, epochTolerance: 30 });
  return found.valid && 'timeStep' in found ? found.timeStep : null;
}

function newRecoveryCode(): string {
  return inFours([...randomBytes(16)].map((byte) => base32[byte % 32]).join(''), '-');
}

function inFours(text: string, between = ' '): string {
  return (text.match(/.{1,4}/g) ?? []).join(between);
}

function withoutGaps(typed: string): string {
  return typed.replace(/[\s-]/g, '').toUpperCase();
}

function stateOf({ passwordHash, totpSealed }: Account): string {
  const entered = `${passwordHash ?? ''} ${totpSealed?.toString('hex') ?? ''}`;
  return createHash('sha256').update(entered).digest('base64url');
}

function placeOf({ id }: Pick<Account, 'id'>) {
  return { table: 'account', column: 'totp_sealed', rowId: id };
}
