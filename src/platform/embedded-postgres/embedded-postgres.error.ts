export type EmbeddedPostgresErrorCode =
  | 'no-binaries' // this platform has no PostgreSQL of ours
  | 'no-permission' // files belong to somebody else
  | 'data-missing' // the data was somewhere and is not there any more
  | 'data-dir-in-use' // another process holds the data folder
  | 'start-failed';

/** Every failure that an operator can mend; its message says how. */
export class EmbeddedPostgresError extends Error {
  constructor(
    readonly code: EmbeddedPostgresErrorCode,
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
    this.name = 'EmbeddedPostgresError';
  }
}

/** Asks the value, not its class: under Jest, Node's own errors are instances of another `Error`. */
export const errorCode = (error: unknown): string | undefined =>
  typeof error === 'object' && error !== null && 'code' in error && typeof error.code === 'string'
    ? error.code
    : undefined;
