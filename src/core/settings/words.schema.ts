import { z } from 'zod';
import { lineOf } from '../../platform/http/text.schema.js';
import { findLinks } from '../../platform/links.js';
import { settingProblems } from './settings.words.js';

/** Reads words of a setting that stand in texts: one line of up to 200 UTF-16 code units. */
const seenWords = lineOf(200);

const linkless = settingProblems.rule('words-link');

/** Reads words in both languages. Nobody is sent anywhere by a name or by hours. */
export const textWordsSchema = bothOf(seenWords.refine((words) => findLinks(words).length === 0, linkless));

/** Reads a name that may be an address by itself, as GOV.UK is. `linkedWords` says which are allowed. */
export const nameSchema = bothOf(seenWords);

/** Tells of the languages in which a name leads to a domain that texts may not link to. */
export function linkedWords(name: z.infer<typeof nameSchema>, domains: readonly string[]) {
  const languages = (['ko', 'en'] as const).filter((locale) => findLinks(name[locale], domains).length > 0);
  return languages.map((locale) => ({ code: 'custom' as const, path: ['name', locale], ...linkless }));
}

/** Reads words that were stored, whatever was allowed when they were: what is in force goes on to be sent. */
export const storedWordsSchema = bothOf(z.string());

function bothOf<T extends z.ZodType>(words: T) {
  return z.strictObject({ ko: words, en: words });
}
