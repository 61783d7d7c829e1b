import { readFileSync } from 'node:fs';

export type EmbeddedPostgresErrorCode =
  | 'no-binaries' // this platform has no PostgreSQL of ours
  | 'no-permission' // files belong to somebody else
  | 'data-missing' // the data was somewhere and is not there any more
  | 'data-dir-in-use' // another process holds the data folder
  | 'start-failed';

/** An EmbeddedPostgresError is a failure that an operator can fix; its message says how. */
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

/** Returns the code of an error by its value and not its class: under Jest, Node's own errors are instances of another `Error`. */
export const errorCode = (error: unknown): string | undefined =>
  typeof error === 'object' && error !== null && 'code' in error && typeof error.code === 'string'
    ? error.code
    : undefined;

/** Turns EACCES into advice: the usual cause is a first start as root and a second one as somebody else. */
export function permissionError(path: string, error: unknown): unknown {
  const code = errorCode(error);
  if (code !== 'EACCES' && code !== 'EPERM') return error;
  return new EmbeddedPostgresError(
    'no-permission',
    `${path} belongs to another user. Start as the user who started the service here before, or use another data folder.`,
    { cause: error },
  );
}

/** Reads a file; null when there is none. Throws with advice when it belongs to another user. */
export function readIfPresent(path: string): string | null {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return null;
    throw permissionError(path, error);
  }
}
