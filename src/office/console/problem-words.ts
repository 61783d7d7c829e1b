import { AppError, type FieldProblem } from '../../platform/app-error.js';
import { problemOf } from '../../platform/http/problem.filter.js';
import { hasWords, translate } from './words/words.js';
import { type Locale, type Phrase } from '../../platform/words/words.js';

export interface ShownProblem {
  status: number;
  code: string;
  message: string;
  /** By path, for the marks beside the fields. */
  fields: Record<string, string>;
  /** For the summary, each with the field it leads to. */
  list: { path: string; message: string }[];
}

/** An error in the reader's language: what, where, and how to mend it. */
export function shownProblem(error: unknown, locale: Locale): ShownProblem {
  const { status, code, detail, fields } = problemOf(error);
  const list = fields.map((field) => ({ path: field.path, message: fieldMessage(field, locale) }));
  return {
    status,
    code,
    message: sentence(error, code, detail, locale),
    fields: Object.fromEntries(list.map(({ path, message }) => [path, message])),
    list,
  };
}

/** Errors that the form can be mended for; the others are pages of their own. */
export function isMendable(error: unknown): error is AppError {
  return (
    error instanceof AppError &&
    ['malformed', 'invalid', 'conflict', 'limit', 'precondition', 'too-large'].includes(error.kind)
  );
}

/** What a form is shown again with; an error that no form can be mended for is thrown on. */
export function mendableProblem(error: unknown, locale: Locale): ShownProblem {
  if (!isMendable(error)) throw error;
  return shownProblem(error, locale);
}

function sentence(error: unknown, code: string, detail: string, locale: Locale): string {
  // A page may say it in other words than an answer to a program.
  const own = `problems.${code}.page`;
  if (hasWords(own)) return translate(locale, own);
  if (error instanceof AppError && error.phrase) return phraseText(error.phrase, locale);
  const key = `problems.${code}`;
  const words = hasWords(key) ? translate(locale, key) : '';
  // The error's own sentence is English and names what is wrong exactly.
  return words === '' || (locale === 'en' && detail !== '') ? detail || words : words;
}

function phraseText({ code, params }: Phrase, locale: Locale): string {
  return translate(locale, `problems.${code}`, params);
}

function fieldMessage({ path, code, message, phrase }: FieldProblem, locale: Locale): string {
  if (phrase) return phraseText(phrase, locale);
  if (hasWords(`problems.${code}`) && translate(locale, `problems.${code}`) !== '')
    return translate(locale, `problems.${code}`);
  const name =
    path
      .split(/[.[\]]/)
      .filter((part) => part !== '' && !/^\d+$/.test(part))
      .at(-1) ?? '';
  return hasWords(`wanted.${name}`) ? translate(locale, `wanted.${name}`) : message;
}
