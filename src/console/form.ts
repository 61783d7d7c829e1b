import type { CalledRequest } from '../access/rules.js';

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

  all(name: string): string[] {
    const value = this.fields[name];
    return (Array.isArray(value) ? value : [value]).filter(
      (one) => typeof one === 'string' && one !== '',
    ) as string[];
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

export function isFromHtmx(request: CalledRequest): boolean {
  return request.headers['hx-request'] === 'true';
}
