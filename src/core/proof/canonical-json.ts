/**
 * A CanonicalValue is what a leaf may hold. Amounts are strings: a float has no single spelling that people agree on.
 */
export type CanonicalValue =
  string | number | boolean | null | readonly CanonicalValue[] | { readonly [key: string]: CanonicalValue };

/**
 * Writes a value by the JSON Canonicalization Scheme (RFC 8785), as text to be encoded in UTF-8. Throws a TypeError
 * that names the path of what has no place in it: floats, numbers beyond 2^53, undefined, lone surrogates, and
 * objects that are neither plain nor arrays (a Date would silently become a string).
 */
export function canonicalJson(value: CanonicalValue): string {
  return write(value, '$');
}

function write(value: unknown, path: string): string {
  if (value === null || typeof value === 'boolean') return String(value);
  if (typeof value === 'string') return writeString(value, path);
  if (typeof value === 'number') return writeInteger(value, path);
  if (Array.isArray(value)) {
    // Not map(), which would skip the holes of a sparse array.
    return `[${Array.from(value, (element, i) => write(element, `${path}[${i}]`)).join(',')}]`;
  }
  if (isPlainObject(value)) return writeObject(value, path);
  throw new TypeError(`${path} is ${describe(value)}, which a leaf cannot hold.`);
}

function writeObject(object: Record<string, unknown>, path: string): string {
  // The default order is by UTF-16 code units, as RFC 8785, 3.2.3 wants it.
  const members = Object.keys(object)
    .sort()
    .map((key) => `${writeString(key, path)}:${write(object[key], `${path}.${key}`)}`);
  return `{${members.join(',')}}`;
}

function writeString(text: string, path: string): string {
  if (/\p{Surrogate}/u.test(text)) throw new TypeError(`${path} holds half of a surrogate pair.`);
  // ECMAScript's own escapes are those of RFC 8785, 3.2.2.2.
  return JSON.stringify(text);
}

function writeInteger(value: number, path: string): string {
  if (!Number.isSafeInteger(value))
    throw new TypeError(`${path} is ${value}, which is no whole number within 2^53.`);
  return JSON.stringify(value);
}

function isPlainObject(value: unknown): value is Record<string, unknown> {
  if (typeof value !== 'object' || value === null) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}

function describe(value: unknown): string {
  if (typeof value !== 'object' || value === null) return typeof value;
  return `a ${value.constructor?.name ?? 'special object'}`;
}
