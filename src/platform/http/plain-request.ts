import type { FastifyRequest } from 'fastify';
import { httpProblems } from './http.words.js';
import { validationFailed } from './schema.pipe.js';
import { flawIn } from '../plain-text.js';

/** A body has at most so many levels of arrays and objects. The deepest that a schema describes, that of a plan, has 6. */
const mostLevels = 20;

/**
 * Refuses what no schema should have to think of, before anything reads it: a body that is too deep to walk through, text
 * that is no Unicode or holds NUL, and a field of a query that was sent twice. Throws `validation-failed`.
 */
export function requirePlain({ query, body }: Pick<FastifyRequest, 'query' | 'body'>): void {
  requireEachOnce(query);
  const flaw = flawIn(query, mostLevels) ?? flawIn(body, mostLevels);
  if (!flaw) return;
  const { path, code } = flaw;
  throw validationFailed([{ path, ...httpProblems.rule(code) }]);
}

/** Throws `validation-failed` for a field of a query or form that was sent twice. */
export function requireEachOnce(fields: unknown): void {
  const twice = Object.entries(fields ?? {}).filter(([, value]) => Array.isArray(value));
  const problems = twice.map(([name]) => ({ path: [name], ...httpProblems.rule('field-repeated') }));
  if (problems.length > 0) throw validationFailed(problems);
}
