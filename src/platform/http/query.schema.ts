import { Param } from '@nestjs/common';
import { z } from 'zod';

export const idParam = z.uuid();

/** Reads an id in the path; what is not one is refused. */
export const Id = (name = 'id') => Param(name, { schema: idParam });

/** A page of a list has as many rows. */
export const pageLimit = z.coerce.number().int().min(1).max(200).default(50);
export const cursorSchema = z.string().max(200);

/** An answer gives a text in both languages. */
export const wordsView = z.object({ ko: z.string(), en: z.string() });

/** Reads the version that a header names: `"3"` and `W/"3"` mean 3. It is null without the header, and -1 for no version. */
export function versionOf(ifMatch: string | undefined): number | null {
  if (ifMatch === undefined || ifMatch === '*') return null;
  const match = /^(?:W\/)?"(\d+)"$/.exec(ifMatch.trim());
  return match ? Number(match[1]) : -1;
}

export const entityTag = (version: number) => `"${version}"`;
