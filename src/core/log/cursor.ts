import { AppError } from '../../platform/app-error.js';

/** Where a page ended, as callers hand it back; they are not to read anything in it. */
export function encodeCursor(...parts: string[]): string {
  return Buffer.from(parts.join(' ')).toString('base64url');
}

const idPattern = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
const momentPattern = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{6}Z$/;

/** The id of the last row seen; null at the first page. */
export function idOfCursor(cursor: string | undefined): string | null {
  return cursor === undefined ? null : (partsOf(cursor, [idPattern])[0] ?? null);
}

/** The moment (UTC, microseconds) and the id of the last row seen; null at the first page. */
export function momentOfCursor(cursor: string | undefined): { at: string; id: string } | null {
  if (cursor === undefined) return null;
  const [at = '', id = ''] = partsOf(cursor, [momentPattern, idPattern]);
  return { at, id };
}

function partsOf(cursor: string, patterns: RegExp[]): string[] {
  const parts = Buffer.from(cursor, 'base64url').toString('latin1').split(' ');
  if (parts.length === patterns.length && patterns.every((pattern, i) => pattern.test(parts[i] ?? ''))) {
    return parts;
  }
  throw new AppError(
    'malformed',
    'cursor-malformed',
    'This is no cursor of this list: hand back nextCursor as it came, or leave it out for the first page.',
    [{ path: 'cursor', code: 'cursor-malformed', message: 'nextCursor of the page before' }],
  );
}
