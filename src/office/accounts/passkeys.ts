import { createHash } from 'node:crypto';
import { Inject, Injectable, Logger } from '@nestjs/common';
import {
  type AuthenticationResponseJSON,
  generateAuthenticationOptions,
  generateRegistrationOptions,
  type RegistrationResponseJSON,
  verifyAuthenticationResponse,
  verifyRegistrationResponse,
} from '@simplewebauthn/server';
import type { Config } from '../../config/config.js';
import { type Caller, callerIdOf } from '../../core/access/roles.js';
import { notFound } from '../../platform/app-error.js';
import { Database } from '../../platform/database/database.js';
import { newId } from '../../platform/ids.js';
import { CONFIG } from '../../platform/platform.tokens.js';
import { Sealer } from '../../platform/sealing/sealer.js';
import { AccountRecords } from './account-records.js';
import { type Account, Passkey } from './account.entities.js';
import { accountProblems } from './accounts.words.js';
import { type Carried, openCarried, sealCarried } from './carried.js';
import { SecondFactors } from './second-factors.js';

/** An authenticator answers within so many milliseconds, or is asked again. */
const askedMs = 5 * 60_000;
/** Characters of an answer; the longest that authenticators give is a fifth of it. */
const longestAnswer = 20_000;
const askedPlace = { table: 'sign-in', column: 'passkey', rowId: '' };

interface Asked extends Carried {
  /** Whose new passkey was asked for, and what they call it; null where somebody signs in. */
  adding: { accountId: string; name: string } | null;
}

type PasskeyConfig = Pick<Config, 'publicUrl' | 'oidc' | 'port'>;

/**
 * Returns the address whose pages passkeys are made and used on, by which browsers keep them apart; null where nobody may sign in but by
 * the agency's issuer. It is never taken from a request. Without a public address it is this very machine's, as in the sandbox.
 */
export function passkeyOrigin({ publicUrl, oidc, port }: PasskeyConfig): string | null {
  return oidc?.only ? null : new URL(publicUrl ?? `http://localhost:${port}`).origin;
}

/**
 * Passkeys are credentials of WebAuthn that know whose they are and ask for a PIN, a finger or a face. What an authenticator is asked
 * travels, sealed, in the asking browser's cookie; its SHA-256 is the challenge, which is answered once, and within five minutes.
 */
@Injectable()
export class Passkeys {
  private readonly logger = new Logger(Passkeys.name);

  constructor(
    @Inject(CONFIG) private readonly config: PasskeyConfig,
    private readonly database: Database,
    private readonly records: AccountRecords,
    private readonly sealer: Sealer,
    private readonly factors: SecondFactors,
  ) {}

  async listOf(caller: Caller) {
    const passkeys = await this.passkeysOf(callerIdOf(caller));
    return passkeys.map(({ id, nameSealed, createdAt, lastUsedAt }) => ({
      id,
      createdAt,
      lastUsedAt,
      name: this.sealer.open(nameSealed, placeOf(id)),
    }));
  }

  /** Asks whoever signs in for any passkey of this service: their device shows which it has. */
  async askToSignIn() {
    const asked = this.seal(null);
    const options = await generateAuthenticationOptions({
      ...this.wantedFor(asked),
      userVerification: 'required',
    });
    return { asked, options };
  }

  /** Asks somebody who has proved themselves once more for a new passkey. */
  async askToAdd(account: Account, name: string) {
    const asked = this.seal({ accountId: account.id, name });
    const known = await this.passkeysOf(account.id);
    const options = await generateRegistrationOptions({
      ...this.wantedFor(asked),
      rpName: 'Chorong',
      userID: new TextEncoder().encode(account.id),
      userName: this.records.emailOf(account),
      userDisplayName: this.records.nameOf(account),
      excludeCredentials: known.map(({ credentialId }) => ({ id: credentialId.toString('base64url') })),
      authenticatorSelection: { residentKey: 'required', userVerification: 'required' },
    });
    return { asked, options };
  }

  /** Adds what an authenticator made. Throws `passkey-refused`. */
  async add(caller: Caller, asked: string | null, answer: string): Promise<void> {
    const wanted = this.open(asked)?.adding;
    const account =
      wanted?.accountId === callerIdOf(caller) ? await this.records.byId(wanted.accountId) : null;
    const made = account && (await this.madeBy(answer, asked ?? ''));
    if (!wanted || !made || !(await this.useUp(asked ?? ''))) throw accountProblems.error('passkey-refused');
    const id = newId();
    await this.database.inTransaction(async () => {
      const added = await this.database.run(
        `INSERT INTO passkey (id, account_id, name_sealed, credential_id, public_key, counter)
         VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (credential_id) DO NOTHING`,
        [
          id,
          account.id,
          this.sealer.seal(wanted.name, placeOf(id)),
          Buffer.from(made.id, 'base64url'),
          Buffer.from(made.publicKey),
          made.counter,
        ],
      );
      if (added === 0) throw accountProblems.error('passkey-refused');
      await this.records.journalOwnChange(account, 'passkey-added');
    });
  }

  /** Throws `second-factor-required` for the last passkey of somebody who has to have one, and no authenticator app. */
  async remove(account: Account, id: string): Promise<void> {
    const known = await this.passkeysOf(account.id);
    if (!known.some((passkey) => passkey.id === id)) throw notFound('passkey');
    const isLast = known.length === 1 && !account.totpSealed;
    if (isLast && (await this.factors.isRequiredOf(account.role)))
      throw accountProblems.error('second-factor-required');
    await this.database.inTransaction(async () => {
      await this.database.repository(Passkey).delete({ id, accountId: account.id });
      await this.records.journalOwnChange(account, 'passkey-removed');
    });
  }

  /** Reads whose passkey an answer names, which is no proof, and gives what checks the proof. */
  async read(answer: string) {
    const response = answerOf<AuthenticationResponseJSON>(answer);
    const credentialId = Buffer.from(response?.id ?? '', 'base64url');
    const passkey = await this.database.repository(Passkey).findOneBy({ credentialId });
    const account = passkey && (await this.records.byId(passkey.accountId));
    const isRightFor = async (asked: string | null) =>
      response !== null && passkey !== null && (await this.takes(passkey, response, asked ?? ''));
    return { account, isRightFor };
  }

  private async takes(
    passkey: Passkey,
    response: AuthenticationResponseJSON,
    asked: string,
  ): Promise<boolean> {
    if (this.open(asked)?.adding !== null || response.response.userHandle !== handleOf(passkey)) return false;
    const { id, counter, credentialId, publicKey } = passkey;
    const next = await this.orRefused(async () => {
      const { verified, authenticationInfo } = await verifyAuthenticationResponse({
        response,
        ...this.expectedFor(asked),
        credential: {
          id: credentialId.toString('base64url'),
          counter: Number(counter),
          publicKey: new Uint8Array(publicKey),
        },
      });
      return verified ? authenticationInfo.newCounter : null;
    });
    if (next === null || !(await this.useUp(asked))) return false;
    // Of two that count on from the same number one succeeds.
    const sql = `UPDATE passkey SET counter = $3, last_used_at = clock_timestamp() WHERE id = $1 AND counter = $2`;
    return (await this.database.run(sql, [id, counter, next])) > 0;
  }

  private madeBy(answer: string, asked: string) {
    const response = answerOf<RegistrationResponseJSON>(answer);
    return this.orRefused(async () => {
      const { registrationInfo } = response
        ? await verifyRegistrationResponse({ response, ...this.expectedFor(asked) })
        : {};
      return registrationInfo?.credential ?? null;
    });
  }

  /** The library throws for whatever does not fit; what that was stands in the process's log alone. */
  private async orRefused<T>(check: () => Promise<T | null>): Promise<T | null> {
    try {
      return await check();
    } catch (error) {
      this.logger.warn({ reason: (error as Error).message.slice(0, 200) }, 'a passkey was refused');
      return null;
    }
  }

  private wantedFor(asked: string) {
    return { rpID: this.place.rpID, challenge: new Uint8Array(challengeOf(asked)), timeout: askedMs };
  }

  private expectedFor(asked: string) {
    const { origin, rpID } = this.place;
    const expectedChallenge = challengeOf(asked).toString('base64url');
    return { expectedOrigin: origin, expectedRPID: rpID, expectedChallenge, requireUserVerification: true };
  }

  /** Returns false for a challenge that was answered before, by whomever. */
  private async useUp(asked: string): Promise<boolean> {
    await this.database.run(
      `DELETE FROM passkey_challenge WHERE used_at < clock_timestamp() - interval '1 hour'`,
    );
    const sql = `INSERT INTO passkey_challenge (challenge) VALUES ($1) ON CONFLICT DO NOTHING`;
    return (await this.database.run(sql, [challengeOf(asked)])) > 0;
  }

  private passkeysOf(accountId: string): Promise<Passkey[]> {
    return this.database.repository(Passkey).find({ where: { accountId }, order: { id: 'ASC' } });
  }

  private seal(adding: Asked['adding']): string {
    const asked: Asked = { adding, at: Date.now() };
    return sealCarried(this.sealer, askedPlace, asked);
  }

  private open(asked: string | null): Asked | null {
    return openCarried<Asked>(this.sealer, askedPlace, asked ?? '', askedMs);
  }

  /** Where passkeys are made and used. Throws for an agency whose issuer alone signs people in. */
  private get place() {
    const origin = passkeyOrigin(this.config);
    if (origin === null) throw notFound('page');
    return { origin, rpID: new URL(origin).hostname };
  }
}

/** Every sealed text is another one, and nobody can make one whose digest they have chosen. */
function challengeOf(asked: string): Buffer {
  return createHash('sha256').update(asked).digest();
}

/** Returns by whom an authenticator says that it knows a passkey. */
function handleOf({ accountId }: Passkey): string {
  return Buffer.from(accountId).toString('base64url');
}

/** Returns null for what no browser writes; the library looks at the rest. */
function answerOf<T extends { id: string; response: object }>(answer: string): T | null {
  try {
    const read = answer.length > longestAnswer ? null : (JSON.parse(answer) as Partial<T> | null);
    return typeof read?.id === 'string' && read.response instanceof Object ? (read as T) : null;
  } catch {
    return null;
  }
}

function placeOf(rowId: string) {
  return { table: 'passkey', column: 'name_sealed', rowId };
}
