import { StandardSchemaValidationPipe } from '@nestjs/common';
import type { z } from 'zod';
import { definedOnly } from '../defined-only.js';
import { hasWords, type Phrase } from '../words/words.js';
import { httpProblems } from './http.words.js';
import { type AppError, type FieldProblem, publishedCode, type Rule } from '../app-error.js';

type Issues = Parameters<
  NonNullable<NonNullable<ConstructorParameters<typeof StandardSchemaValidationPipe>[0]>['exceptionFactory']>
>[0];

/** Validates every `@Body({ schema })`, `@Query({ schema })` and `@Param(…, { schema })`; without it they are ignored. */
export function schemaPipe(): StandardSchemaValidationPipe {
  return new StandardSchemaValidationPipe({ exceptionFactory: validationFailed });
}

/** Parses what no pipe saw. Throws `validation-failed`, as the pipe does. */
export function parsed<T>(schema: z.ZodType<T>, value: unknown): T {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  throw validationFailed(result.error.issues);
}

export function validationFailed(issues: Issues): AppError {
  return httpProblems.error('validation-failed', {}, { fields: issues.map(fieldOf) });
}

function fieldOf(issue: Issues[number]): FieldProblem {
  const path = (issue.path ?? [])
    .map((part) => (typeof part === 'object' ? part.key : part))
    .reduce<string>(
      (text, key) =>
        typeof key === 'number' ? `${text}[${key}]` : `${text}${text ? '.' : ''}${String(key)}`,
      '',
    );
  const { code = 'custom', params: { phrase } = {}, ...about } = issue as unknown as SchemaIssue;
  const { message } = issue;
  if (phrase) return { path, code: publishedCode(phrase.code), message, phrase };
  const published = code.replaceAll('_', '-');
  return { path, code: published, message, issue: generalPhrase(published, about) };
}

/** A SchemaIssue has in it what Zod's issues have, by their kind. */
interface SchemaIssue {
  code?: string;
  params?: Partial<Rule['params']>;
  origin?: string;
  maximum?: number;
  minimum?: number;
  keys?: string[];
  values?: unknown[];
}

function generalPhrase(code: string, { origin, maximum, minimum, keys, values }: SchemaIssue): Phrase {
  const keysOfCode = [`${code}.${origin}`, code, 'custom'];
  const params = { maximum, minimum, keys, values: values?.map(String) };
  return {
    code: keysOfCode.find((key) => hasWords(`issues.${key}`)) ?? 'custom',
    params: definedOnly(params),
  };
}
