import { z } from 'zod';

export const idParam = z.uuid();

/** `"3"` and `W/"3"` mean version 3; null when the header is not sent. */
export function versionOf(ifMatch: string | undefined): number | null {
  if (ifMatch === undefined || ifMatch === '*') return null;
  const match = /^(?:W\/)?"(\d+)"$/.exec(ifMatch.trim());
  return match ? Number(match[1]) : -1;
}

export const entityTag = (version: number) => `"${version}"`;
