import { z } from 'zod';

export const idParam = z.uuid();

/** How many rows of a list a page has. */
export const pageLimit = z.coerce.number().int().min(1).max(200).default(50);
export const cursorSchema = z.string().max(200);

/** A text of an answer, in both languages. */
export const wordsView = z.object({ ko: z.string(), en: z.string() });

/** `"3"` and `W/"3"` mean version 3; null when the header is not sent. */
export function versionOf(ifMatch: string | undefined): number | null {
  if (ifMatch === undefined || ifMatch === '*') return null;
  const match = /^(?:W\/)?"(\d+)"$/.exec(ifMatch.trim());
  return match ? Number(match[1]) : -1;
}

export const entityTag = (version: number) => `"${version}"`;
