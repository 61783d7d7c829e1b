import { createHash, generateKeyPairSync, randomBytes, sign } from 'node:crypto';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

/** The settings of an issuer that is never reached. */
export const issuerElsewhere = {
  PUBLIC_URL: 'http://localhost',
  CHORONG_OIDC_ISSUER: 'http://127.0.0.1:9',
  CHORONG_OIDC_CLIENT_ID: 'chorong',
  CHORONG_OIDC_CLIENT_SECRET: 'a secret of the fake issuer',
};

export type Claims = Record<string, unknown>;

/** An authorisation that waits for its code to be redeemed. */
interface Asked {
  nonce: string | null;
  challenge: string | null;
}

const newKey = () => generateKeyPairSync('rsa', { modulusLength: 2048 });
const [ownKey, strangersKey] = [newKey(), newKey()];

/** FakeIssuer is an OpenID Connect issuer over HTTP: it asks for no password, and gives whoever comes the claims of a test. */
export class FakeIssuer {
  /** Whom the next ID token is about. */
  person: Claims = {};
  /** What stands in the next ID token in place of what is right. */
  bent: Claims = {};
  signsAsStranger = false;
  /** Answers nothing but 500. */
  isAway = false;
  readonly redeemed: string[] = [];
  private readonly asked = new Map<string, Asked>();
  private server: Server | null = null;

  get url(): string {
    return `http://127.0.0.1:${(this.server?.address() as AddressInfo).port}`;
  }

  get environment(): Record<string, string> {
    return { ...issuerElsewhere, CHORONG_OIDC_ISSUER: this.url };
  }

  async start(): Promise<this> {
    this.server = createServer((request, response) => {
      void this.answer(request).then(({ status, body }) => {
        response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
      });
    });
    await new Promise<void>((resolve) => this.server?.listen(0, '127.0.0.1', resolve));
    return this;
  }

  close(): Promise<void> {
    return new Promise((resolve) => {
      this.server?.closeAllConnections();
      this.server?.close(() => resolve());
    });
  }

  /** Signs in at the address that a browser was led to. Returns where the browser is led back to. */
  authorize(address: string): URL {
    const { searchParams: of } = new URL(address);
    const code = randomBytes(16).toString('hex');
    this.asked.set(code, { nonce: of.get('nonce'), challenge: of.get('code_challenge') });
    const back = new URL(of.get('redirect_uri') ?? '');
    back.searchParams.set('code', code);
    back.searchParams.set('state', of.get('state') ?? '');
    return back;
  }

  private async answer(request: IncomingMessage): Promise<{ status: number; body: unknown }> {
    if (this.isAway) return { status: 500, body: {} };
    if (request.url === '/.well-known/openid-configuration') return { status: 200, body: this.description };
    if (request.url === '/jwks') {
      const key = ownKey.publicKey.export({ format: 'jwk' });
      return { status: 200, body: { keys: [{ ...key, kid: 'one', alg: 'RS256', use: 'sig' }] } };
    }
    if (request.url === '/token') return this.redeem(new URLSearchParams(await textOf(request)));
    return { status: 404, body: {} };
  }

  private get description() {
    return {
      issuer: this.url,
      authorization_endpoint: `${this.url}/authorize`,
      token_endpoint: `${this.url}/token`,
      jwks_uri: `${this.url}/jwks`,
      response_types_supported: ['code'],
      subject_types_supported: ['public'],
      id_token_signing_alg_values_supported: ['RS256'],
      code_challenge_methods_supported: ['S256'],
    };
  }

  /** A code is redeemed once, by the client's secret and whoever knows the verifier of the challenge (RFC 7636). */
  private redeem(of: URLSearchParams) {
    const code = of.get('code') ?? '';
    const asked = this.asked.get(code);
    this.asked.delete(code);
    const challenge = createHash('sha256')
      .update(of.get('code_verifier') ?? '')
      .digest('base64url');
    const isRight =
      asked?.challenge === challenge &&
      of.get('client_secret') === issuerElsewhere.CHORONG_OIDC_CLIENT_SECRET &&
      of.get('client_id') === issuerElsewhere.CHORONG_OIDC_CLIENT_ID;
    if (!isRight) return { status: 400, body: { error: 'invalid_grant' } };
    this.redeemed.push(code);
    const token = { access_token: 'unused', token_type: 'Bearer', id_token: this.idToken(asked.nonce) };
    return { status: 200, body: token };
  }

  private idToken(nonce: string | null): string {
    const now = Math.floor(Date.now() / 1000);
    const own = {
      iss: this.url,
      aud: issuerElsewhere.CHORONG_OIDC_CLIENT_ID,
      iat: now,
      exp: now + 300,
      nonce,
    };
    const parts = [
      { alg: 'RS256', kid: 'one' },
      { ...own, ...this.person, ...this.bent },
    ];
    const signed = parts.map((part) => Buffer.from(JSON.stringify(part)).toString('base64url')).join('.');
    const { privateKey } = this.signsAsStranger ? strangersKey : ownKey;
    return `${signed}.${sign('sha256', Buffer.from(signed), privateKey).toString('base64url')}`;
  }
}

async function textOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString('utf8');
}
