import type { FastifyRequest } from 'fastify';
import { httpProblems } from './http.words.js';
import { validationFailed } from './schema.pipe.js';
import type { Rule } from '../app-error.js';

/** Levels of arrays and objects in a body. The deepest that a schema describes, that of a plan, has 6. */
const mostLevels = 20;

interface Flaw extends Rule {
  path: (string | number)[];
}

/**
 * Refuses what no schema should have to think of, before anything reads it: a body that is too deep to walk through, text
 * that is no Unicode or holds NUL, and a field of a query that was sent twice. Throws `validation-failed`.
 */
export function requirePlain({ query, body }: Pick<FastifyRequest, 'query' | 'body'>): void {
  requireEachOnce(query);
  const flaw = flawIn(query, 0) ?? flawIn(body, 0);
  if (flaw) throw validationFailed([flaw]);
}

/** Throws `validation-failed` for a field of a query or form that was sent twice. */
export function requireEachOnce(fields: unknown): void {
  const twice = Object.entries(fields ?? {}).filter(([, value]) => Array.isArray(value));
  const problems = twice.map(([name]) => ({ path: [name], ...httpProblems.rule('field-repeated') }));
  if (problems.length > 0) throw validationFailed(problems);
}

/** Finds the first flaw. Paths are put together on the way back, so that a large body without flaws costs no text. */
function flawIn(value: unknown, level: number): Flaw | null {
  if (typeof value === 'string') return isStorable(value) ? null : unusable();
  if (typeof value !== 'object' || value === null) return null;
  if (level === mostLevels) return { path: [], ...httpProblems.rule('too-deep', { levels: mostLevels }) };
  const isArray = Array.isArray(value);
  for (const [key, member] of isArray ? value.entries() : Object.entries(value)) {
    const flaw = isArray || isStorable(key as string) ? flawIn(member, level + 1) : unusable();
    if (flaw) return { ...flaw, path: [key, ...flaw.path] };
  }
  return null;
}

/** PostgreSQL keeps no NUL in a text, and half of a surrogate pair would be stored as another character. */
function isStorable(text: string): boolean {
  return !/[\0\p{Cs}]/u.test(text);
}

function unusable(): Flaw {
  return { path: [], ...httpProblems.rule('characters-unusable') };
}
