import { createHash } from 'node:crypto';
import { Inject, Injectable, Logger } from '@nestjs/common';
import * as oidc from 'openid-client';
import { IsNull } from 'typeorm';
import type { Config } from '../../config/config.js';
import { Database } from '../../platform/database/database.js';
import { CONFIG } from '../../platform/platform.tokens.js';
import { Sealer } from '../../platform/sealing/sealer.js';
import { AccountRecords } from '../accounts/account-records.js';
import { Account } from '../accounts/account.entities.js';
import { type Carried, openCarried, sealCarried } from '../accounts/carried.js';
import { type Entered, SessionsService } from '../accounts/sessions.service.js';
import { oidcProblems } from './oidc.words.js';

const longestAwayMs = 10 * 60_000;
const issuerSeconds = 5;
/** Characters of an address to go on to that fit into a cookie with the rest. */
const longestNext = 1000;
const place = { table: 'sign-in', column: 'issuer', rowId: '' };

interface Way extends Carried {
  state: string;
  nonce: string;
  verifier: string;
  next: string;
}

/**
 * Issuer signs people in by the agency's OpenID Connect issuer: code flow with PKCE, state and nonce, the signature of the
 * ID token checked. It makes no accounts and gives no rights: it finds the account of a verified e-mail address, and from then on
 * of the same subject.
 */
@Injectable()
export class Issuer {
  private readonly logger = new Logger(Issuer.name);
  private discovered: Promise<oidc.Configuration> | null = null;

  constructor(
    @Inject(CONFIG) private readonly config: Pick<Config, 'oidc' | 'publicUrl'>,
    private readonly database: Database,
    private readonly sealer: Sealer,
    private readonly records: AccountRecords,
    private readonly sessions: SessionsService,
  ) {}

  /** Returns where somebody signs in, and what their browser keeps until they come back, sealed. Throws `issuer-away`. */
  async begin(next: string): Promise<{ to: string; way: string }> {
    const server = await this.server();
    const [state, nonce] = [oidc.randomState(), oidc.randomNonce()];
    const verifier = oidc.randomPKCECodeVerifier();
    const factor = this.config.oidc?.secondFactor;
    const to = oidc.buildAuthorizationUrl(server, {
      redirect_uri: this.backAddress(''),
      scope: 'openid email',
      state,
      nonce,
      // Some issuers ask for a second factor only where they are asked to; others pass over what they do not know.
      ...(factor && { acr_values: factor }),
      code_challenge: await oidc.calculatePKCECodeChallenge(verifier),
      code_challenge_method: 'S256',
    });
    const kept = next.length > longestNext ? '/console' : next;
    const way: Way = { state, nonce, verifier, next: kept, at: Date.now() };
    return { to: to.href, way: sealCarried(this.sealer, place, way) };
  }

  /** Signs in whoever comes back with `search`, the query of the address. Throws `issuer-…` for everything that does not fit. */
  async finish(
    sealed: string | null,
    search: string,
    replaces: string | null,
  ): Promise<{ entered: Entered; next: string }> {
    const way = openCarried<Way>(this.sealer, place, sealed ?? '', longestAwayMs);
    if (!way) throw this.refused('issuer-over');
    const claims = await this.claimsOf(way, search);
    const account = await this.accountOf(claims);
    const entered = await this.sessions.admit(account.id, {
      hasSecond: this.saysSecondFactor(claims),
      passkeysServe: !this.config.oidc?.only,
    });
    if (replaces && 'token' in entered) await this.sessions.signOut(replaces);
    return { entered, next: way.next };
  }

  /** Issuers say it as a method that they asked for (`amr`, RFC 8176) or as the class of the whole sign-in (`acr`). */
  private saysSecondFactor({ amr, acr }: oidc.IDToken): boolean {
    const factor = this.config.oidc?.secondFactor;
    if (factor == null) return false;
    return acr === factor || (Array.isArray(amr) && amr.includes(factor));
  }

  private async claimsOf(way: Way, search: string): Promise<oidc.IDToken> {
    const server = await this.server();
    try {
      const tokens = await oidc.authorizationCodeGrant(server, new URL(this.backAddress(search)), {
        expectedState: way.state,
        expectedNonce: way.nonce,
        pkceCodeVerifier: way.verifier,
        idTokenExpected: true,
      });
      const claims = tokens.claims();
      if (claims) return claims;
    } catch (error) {
      const { code, cause } = error as { code?: string; cause?: { error?: unknown } };
      throw this.refused('issuer-refused', { reason: code, of: cause?.error });
    }
    throw this.refused('issuer-refused');
  }

  private async accountOf(claims: oidc.IDToken): Promise<Account> {
    // Subjects that differ in nothing but their spelling are different people.
    const named = createHash('sha256').update(JSON.stringify([claims.iss, claims.sub]));
    const issuerIndex = this.sealer.blindIndex(`issuer:${named.digest('hex')}`);
    const linked = await this.database.repository(Account).findOne({ where: { issuerIndex } });
    const account = linked ?? (await this.accountOfAddress(claims));
    // Who has not accepted the invitation, or was reset, uses the link first: a reset is made when an account is in wrong hands.
    if (!account || account.disabledAt || account.passwordHash === null) {
      throw this.refused('issuer-unknown', { account: account?.id ?? null });
    }
    if (!linked) await this.link(account, issuerIndex);
    return account;
  }

  private accountOfAddress({ email, email_verified: isVerified }: oidc.IDToken): Promise<Account | null> {
    if (typeof email !== 'string' || isVerified !== true) throw this.refused('issuer-unverified');
    return this.records.byEmailIndex(this.records.emailIndex(email));
  }

  /** Links an account to a subject. One that is another subject's already stays so. */
  private link(account: Account, issuerIndex: Buffer): Promise<void> {
    return this.database.inTransaction(async () => {
      const free = { id: account.id, issuerIndex: IsNull() };
      const { affected } = await this.database.repository(Account).update(free, { issuerIndex });
      if (affected === 0) throw this.refused('issuer-unknown', { account: account.id });
      await this.records.journalOwnChange(account, 'issuer-linked');
    });
  }

  private refused(code: 'issuer-over' | 'issuer-refused' | 'issuer-unverified' | 'issuer-unknown', why = {}) {
    this.logger.warn({ code, ...why }, 'authentication failed');
    return oidcProblems.error(code);
  }

  private backAddress(search: string): string {
    return `${this.config.publicUrl ?? ''}/console/sign-in/issuer/back${search}`;
  }

  /** Reads once what the issuer says of itself; an issuer that was away is asked again. */
  private async server(): Promise<oidc.Configuration> {
    this.discovered ??= this.discover();
    try {
      return await this.discovered;
    } catch (cause) {
      this.discovered = null;
      this.logger.error({ err: cause }, 'the issuer is away');
      throw oidcProblems.error('issuer-away', {}, { cause });
    }
  }

  private discover(): Promise<oidc.Configuration> {
    const { issuer = '', clientId = '', clientSecret = '' } = this.config.oidc ?? {};
    const execute = [oidc.enableNonRepudiationChecks];
    // An issuer on this very machine, as in tests, may speak plain HTTP.
    if (/^http:\/\/(localhost|127\.0\.0\.1)(:|\/|$)/.test(issuer)) execute.push(oidc.allowInsecureRequests);
    const options = { timeout: issuerSeconds, execute };
    return oidc.discovery(new URL(issuer), clientId, clientSecret, undefined, options);
  }
}
