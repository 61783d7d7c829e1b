import type { z } from 'zod';
import type { PageRequest } from '../accounts/page-request.js';
import { validationFailed } from '../../platform/http/schema.pipe.js';

/** What a form sent: text in every field, blank ones as good as not sent. */
export class Form {
  private readonly fields: Readonly<Record<string, unknown>>;

  constructor(body: unknown) {
    this.fields = typeof body === 'object' && body !== null ? (body as Record<string, unknown>) : {};
  }

  /** Trimmed; undefined when nothing stands there. */
  text(name: string): string | undefined {
    const value = this.fields[name];
    const text = typeof value === 'string' ? value.trim() : '';
    return text === '' ? undefined : text;
  }

  /** As typed: passwords may begin and end with spaces. */
  raw(name: string): string {
    const value = this.fields[name];
    return typeof value === 'string' ? value : '';
  }

  has(name: string): boolean {
    return this.text(name) !== undefined;
  }

  /** To be shown again, as it was sent. */
  values(): Record<string, string> {
    return Object.fromEntries(
      Object.entries(this.fields).flatMap(([name, value]) =>
        typeof value === 'string' ? [[name, value]] : [],
      ),
    );
  }
}

/** By the API's own schema: what does not do becomes the same error as the API's, with its paths. */
export function parsed<T>(schema: z.ZodType<T>, value: unknown): T {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  throw validationFailed(result.error.issues);
}

/** What stands in a field one a line, or apart by commas. */
export function linesOf(text: string | undefined): string[] {
  return (text ?? '').split(/[\s,]+/).filter((line) => line !== '');
}

/** A form of filters sends every field, most of them blank; `done` is the frame's. */
export function withoutBlanks(sent: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(sent).filter(([name, value]) => value !== '' && name !== 'done'));
}

/** Where to go on: an address of these pages alone, so that no link can lead a person elsewhere. */
export function ownAddress(wanted: unknown, otherwise = '/console'): string {
  const own = 'http://own.invalid';
  if (typeof wanted !== 'string' || !wanted.startsWith('/') || !URL.canParse(wanted, own)) return otherwise;
  const { origin, pathname, search } = new URL(wanted, own);
  return origin === own && /^\/(console|genuine)(\/|$)/.test(pathname) ? pathname + search : otherwise;
}

export function isFromHtmx(request: PageRequest): boolean {
  return request.headers['hx-request'] === 'true';
}
