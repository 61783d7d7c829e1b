import { z } from 'zod';
import { AppError, type FieldProblem } from '../../platform/app-error.js';
import { isolatedParams } from './isolation.js';
import { problemOf } from '../../platform/http/problem.filter.js';
import { parsed } from '../../platform/http/schema.pipe.js';
import { allSections, hasWords, type Locale, type Phrase, translate } from '../../platform/words/words.js';

const wholeSchema = z
  .string()
  .regex(/^\d{1,9}$/)
  .transform(Number);

/** Form is what a form sent: text in every field. A blank field counts as one that was not sent. */
export class Form {
  private readonly fields: Readonly<Record<string, unknown>>;

  constructor(body: unknown) {
    this.fields = typeof body === 'object' && body !== null ? (body as Record<string, unknown>) : {};
  }

  /** Returns the text of a field, trimmed; undefined when it is blank. */
  text(name: string): string | undefined {
    return this.raw(name).trim() || undefined;
  }

  /** Returns the text of a field as it was typed: passwords may begin and end with spaces. */
  raw(name: string): string {
    const value = this.fields[name];
    return typeof value === 'string' ? value : '';
  }

  /** Returns the whole number of a field, which people do not type; undefined when it is blank. Throws `validation-failed`. */
  whole(name: string): number | undefined {
    return this.read(z.object({ [name]: wholeSchema.optional() }))[name];
  }

  has(name: string): boolean {
    return this.text(name) !== undefined;
  }

  /** Returns the entries of a field that takes one a line, or several apart by commas. */
  lines(name: string): string[] {
    return this.raw(name)
      .split(/[\s,]+/)
      .filter((line) => line !== '');
  }

  /** Returns every field as it was sent, to be shown again. */
  values(): Record<string, string> {
    return Object.fromEntries(Object.keys(this.fields).map((name) => [name, this.raw(name)]));
  }

  /**
   * Reads the fields that a schema of the API names. A blank field is null where the schema allows it, which clears what
   * was there, and else counts as not sent. `others` has what the form names differently than the schema.
   * Throws the API's own `validation-failed`.
   */
  read<T>(
    schema: z.ZodType<T> & { shape: Readonly<Record<string, z.ZodType>> },
    others: Partial<Record<keyof T, unknown>> = {},
  ): T {
    const sent = Object.entries(schema.shape)
      .filter(([name]) => name in this.fields)
      .map(([name, field]) => [name, this.text(name) ?? (field.safeParse(null).success ? null : undefined)]);
    return parsed(schema, { ...Object.fromEntries(sent), ...others });
  }
}

/** Leaves blank fields out: a browser sends every field of a form. */
export function filled(fields: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== ''));
}

/** Writes an address with its query, without what is empty. */
export function addressOf(path: string, query: Record<string, string | number | undefined | null>): string {
  const filled = Object.entries(query).flatMap(([name, value]) =>
    value === undefined || value === null || value === '' ? [] : [[name, String(value)] as [string, string]],
  );
  return filled.length === 0 ? path : `${path}?${new URLSearchParams(filled).toString()}`;
}

type Filters = Readonly<Record<string, string | number | undefined>>;

/** Returns where people go on from a page of a list: to the next page, to the first, and to the whole list as a file. */
export function waysOn(path: string, query: Filters, nextCursor: string | null) {
  const { cursor, limit: _limit, ...filters } = query;
  return {
    filters,
    filtered: Object.values(filters).some((value) => value !== undefined),
    next: nextCursor && addressOf(path, { ...filters, cursor: nextCursor }),
    first: cursor && addressOf(path, filters),
    exportTo: filesOf(path, filters),
  };
}

/** Returns where a list is downloaded, in each format. */
export function filesOf(path: string, filters: Filters) {
  return {
    xlsx: addressOf(path, { ...filters, format: 'xlsx' }),
    csv: addressOf(path, { ...filters, format: 'csv' }),
  };
}

/** Returns where to go on: an address of these pages alone, so that no link can lead a person elsewhere. */
export function ownAddress(wanted: unknown, otherwise = '/console'): string {
  const own = 'http://own.invalid';
  if (typeof wanted !== 'string' || !wanted.startsWith('/') || !URL.canParse(wanted, own)) return otherwise;
  const { origin, pathname, search } = new URL(wanted, own);
  return origin === own && /^\/(console|genuine|register|performance)(\/|$)/.test(pathname)
    ? pathname + search
    : otherwise;
}

export interface ShownProblem {
  status: number;
  code: string;
  message: string;
  /** By path, for the marks beside the fields. */
  fields: Record<string, string>;
  /** For the summary, each with the field it leads to. */
  list: { path: string; message: string }[];
  /** Where people see what is in the way. */
  href?: string;
}

/** Writes an error in the reader's language: what is wrong, where, and how to put it right. */
export function shownProblem(error: unknown, locale: Locale): ShownProblem {
  const { status, code, detail, fields } = problemOf(error);
  const list = fields.map((field) => ({ path: field.path, message: fieldMessage(field, locale) }));
  return {
    status,
    code,
    message: sentence(error, code, detail, locale),
    fields: Object.fromEntries(list.map(({ path, message }) => [path, message])),
    list,
    ...wayTo(error),
  };
}

/** Leads to the contract whose reference somebody wanted to give to another one; who may not see it finds nothing there. */
function wayTo(error: unknown): Pick<ShownProblem, 'href'> {
  if (!(error instanceof AppError) || error.code !== 'reference-taken') return {};
  const reference = error.phrase?.params?.['reference'];
  return typeof reference === 'string'
    ? { href: addressOf('/console/contracts', { whose: 'all', q: reference }) }
    : {};
}

const correctable = [
  'malformed',
  'unauthenticated',
  'invalid',
  'conflict',
  'limit',
  'precondition',
  'too-large',
];

/** Tells whether people can put the error right in the form that they sent. The others are pages of their own. */
export function isCorrectable(error: unknown): error is AppError {
  return error instanceof AppError && correctable.includes(error.kind);
}

function sentence(error: unknown, code: string, detail: string, locale: Locale): string {
  // A page may say it in other words than an answer to a program.
  const own = `problems.${code}.page`;
  const params = error instanceof AppError ? error.phrase?.params : undefined;
  if (hasWords(own)) return translate(locale, own, isolatedParams(params ?? {}));
  if (error instanceof AppError && error.phrase) return phraseText(error.phrase, locale);
  const words = plainWords(`problems.${code}`, locale);
  // The error's own sentence is English and names what is wrong exactly.
  return words === '' || (locale === 'en' && detail !== '') ? detail || words : words;
}

/** Returns the words of a code whose error has no parameters; '' when there are none, or when they want some. */
function plainWords(key: string, locale: Locale): string {
  const [section = '', name = ''] = key.split('.');
  const words = allSections().get(section)?.[name]?.[locale === 'ko' ? 0 : 1] ?? '';
  return words.includes('{') ? '' : words;
}

function phraseText({ code, params }: Phrase, locale: Locale): string {
  const own = `problems.${code}.page`;
  return translate(locale, hasWords(own) ? own : `problems.${code}`, isolatedParams(params));
}

/** Falls back on what the field wants, by the last name in its path: `wanted.phone`, and then on what its schema wants. */
function fieldMessage({ path, code, message, phrase, issue }: FieldProblem, locale: Locale): string {
  if (phrase) return phraseText(phrase, locale);
  const words = plainWords(`problems.${code}`, locale);
  if (words !== '') return words;
  const names = path.split(/[.[\]]/).filter((part) => part !== '' && !/^\d+$/.test(part));
  const wanted = `wanted.${names.at(-1) ?? ''}`;
  // What a field wants says nothing of how long it may be.
  if (hasWords(wanted) && issue?.code !== 'too-big.string') return translate(locale, wanted);
  return issue ? translate(locale, `issues.${issue.code}`, isolatedParams(issue.params)) : message;
}
