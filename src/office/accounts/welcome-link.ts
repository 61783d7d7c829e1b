import type { FastifyRequest } from 'fastify';
import { ownOrigin } from './session-cookie.js';

/** The address that a person opens to choose a password. Shown once, and logged without its token. */
export function welcomeLink(request: FastifyRequest, publicUrl: string | null, token: string): string {
  return `${ownOrigin(request, publicUrl)}/console/welcome/${token}`;
}
