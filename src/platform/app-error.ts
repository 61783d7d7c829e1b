/**
 * What went wrong in the domain's own words; it knows no HTTP. One filter maps the code to a status.
 * `code` is stable and published; `message` says what, where and how to mend it.
 */
export type ErrorKind =
  | 'malformed'
  | 'unauthenticated'
  | 'forbidden'
  | 'not-found'
  | 'conflict'
  | 'precondition'
  | 'precondition-required'
  | 'too-large'
  | 'invalid'
  | 'limit'
  | 'unavailable';

export interface FieldProblem {
  /** A JSON path such as `counterparties[0].contacts[1].phone`. */
  path: string;
  code: string;
  message: string;
}

export class AppError extends Error {
  constructor(
    readonly kind: ErrorKind,
    readonly code: string,
    message: string,
    readonly fields: FieldProblem[] = [],
    options?: { cause?: unknown },
  ) {
    super(message, options);
  }
}

export const notFound = (what: string) =>
  new AppError('not-found', 'not-found', `There is no such ${what}, or it is not yours to see.`);
