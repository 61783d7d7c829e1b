import type { FastifyReply, FastifyRequest } from 'fastify';
import { cookieValues } from '../../platform/http/cookies.js';

/** How a reader likes the pages; nothing of a person's, so that it may stay in the browser for a year. */
const names = { locale: 'chorong-locale', theme: 'chorong-theme' } as const;
const values = { locale: ['ko', 'en'], theme: ['auto', 'light', 'dark'] } as const;
export type Preference = keyof typeof names;

export function preferenceOf(request: FastifyRequest, preference: Preference): string | null {
  const [value] = cookieValues(request, names[preference]);
  return isValue(preference, value) ? value : null;
}

export function isValue(preference: Preference, value: unknown): value is string {
  return (values[preference] as readonly unknown[]).includes(value);
}

export function prefer(reply: FastifyReply, preference: Preference, value: string): void {
  void reply.header(
    'set-cookie',
    `${names[preference]}=${value}; Path=/; Max-Age=31536000; HttpOnly; SameSite=Lax`,
  );
}
