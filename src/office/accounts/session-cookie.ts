import { randomBytes } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { cookieValues } from '../../platform/http/cookies.js';
import { CONFIG } from '../../platform/platform.tokens.js';

const loopback = /^(localhost|127\.0\.0\.1|\[::1\])(:\d+)?$/;

/**
 * The two cookies of the pages: the session's token, and, before there is a session, the secret behind a form's token.
 * `__Host-` keeps them from subdomains and from plain HTTP (RFC 6265bis, 4.1.3.2). On plain HTTP to this very machine
 * a browser may refuse such cookies, and nobody listens: there they have names of their own.
 */
@Injectable()
export class SessionCookie {
  constructor(@Inject(CONFIG) private readonly config: { publicUrl: string | null }) {}

  name(request: FastifyRequest): string {
    return this.isLocal(request) ? 'chorong-local' : '__Host-chorong';
  }

  /** Returns the session's token, or null when the browser sends none. */
  read(request: FastifyRequest): string | null {
    return cookieOf(request, this.name(request));
  }

  set(request: FastifyRequest, reply: FastifyReply, token: string): void {
    this.write(request, reply, this.name(request), token);
  }

  clear(request: FastifyRequest, reply: FastifyReply): void {
    this.write(request, reply, this.name(request), '', '; Max-Age=0');
  }

  /** Returns the secret behind the token of a form that is shown to somebody who has no session. */
  formSecret(request: FastifyRequest): string | null {
    return cookieOf(request, `${this.name(request)}-form`);
  }

  makeFormSecret(request: FastifyRequest, reply: FastifyReply): string {
    const secret = randomBytes(32).toString('base64url');
    this.write(request, reply, `${this.name(request)}-form`, secret);
    return secret;
  }

  /** Returns what the browser keeps, sealed, while somebody signs in elsewhere. */
  way(request: FastifyRequest): string | null {
    const [kept] = cookieValues(request, `${this.name(request)}-way`);
    return kept && /^[\w-]{1,3000}$/.test(kept) ? kept : null;
  }

  keepWay(request: FastifyRequest, reply: FastifyReply, way: string | null): void {
    this.write(request, reply, `${this.name(request)}-way`, way ?? '', `; Max-Age=${way === null ? 0 : 600}`);
  }

  private isLocal(request: FastifyRequest): boolean {
    const { protocol, host } = new URL(ownOrigin(request, this.config.publicUrl));
    return protocol === 'http:' && loopback.test(host);
  }

  private write(request: FastifyRequest, reply: FastifyReply, name: string, value: string, rest = ''): void {
    const secure = this.isLocal(request) ? '' : '; Secure';
    void reply.header('set-cookie', `${name}=${value}; Path=/; HttpOnly; SameSite=Lax${secure}${rest}`);
  }
}

function cookieOf(request: FastifyRequest, name: string): string | null {
  return cookieValues(request, name).find((value) => /^[\w-]{20,100}$/.test(value)) ?? null;
}

/** Returns where people reach this service: the configured public address, else the one that the request came to. */
export function ownOrigin(request: FastifyRequest, publicUrl: string | null): string {
  return publicUrl ? new URL(publicUrl).origin : originAskedFor(request);
}

/** Writes the address that a person opens to choose a password. It is shown once, and logged without its token. */
export function welcomeLink(request: FastifyRequest, publicUrl: string | null, token: string): string {
  return `${ownOrigin(request, publicUrl)}/console/welcome/${token}`;
}

/**
 * Returns the origin that a request was sent to. A malformed host, or a scheme that is not the web's, which no browser
 * sends, is answered as no origin of anyone's.
 */
export function originAskedFor(request: FastifyRequest): string {
  const address = `${request.protocol}://${request.host}`;
  return /^https?:/.test(address) && URL.canParse(address) ? new URL(address).origin : 'http://invalid';
}
