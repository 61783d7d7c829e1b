import { StandardSchemaValidationPipe } from '@nestjs/common';
import { httpProblems } from './http.words.js';
import { type AppError, type FieldProblem, publishedCode, type Rule } from '../app-error.js';

type Issues = Parameters<
  NonNullable<NonNullable<ConstructorParameters<typeof StandardSchemaValidationPipe>[0]>['exceptionFactory']>
>[0];

/** Validates every `@Body({ schema })`, `@Query({ schema })` and `@Param(…, { schema })`; without it they are ignored. */
export function schemaPipe(): StandardSchemaValidationPipe {
  return new StandardSchemaValidationPipe({ exceptionFactory: validationFailed });
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
  const { code, params: { phrase } = {} } = issue as { code?: unknown; params?: Partial<Rule['params']> };
  if (phrase) return { path, code: publishedCode(phrase.code), message: issue.message, phrase };
  return {
    path,
    code: typeof code === 'string' ? code.replaceAll('_', '-') : 'invalid',
    message: issue.message,
  };
}
