import fc from 'fast-check';
import { rawJson } from './wire.js';

export type Json = Record<string, unknown>;

/** What must never come back as it is: as markup from a page, as a header, or in the log. */
export const marks = {
  html: '<b>fz</b>',
  header: 'x-fz-injected',
  name: 'Zyvate Qorling',
  phone: '010-0000-7391',
  password: 'zyvate-long-password',
  link: 'ZyvateLinkZyvateLinkZyvateLinkZyvateLinkZyv',
};

/** An id of nothing. */
const nobody = '01996f3e-0000-7000-8000-000000000001';

// prettier-ignore
const texts = [
  'a\0b', 'a\u0007b', '\ud800', 'ab\udc00cd', '\u202Etxt.exe', '\u200b\ufeff', '\u2028', 'a\nb', 'e\u0301',
  '9999-12-31', '0000-00-00', '2026-02-30', '-000001-01-01', '9999-12-31T23:59:59Z', '24:00', '2026',
  '9007199254740993', '-0', '1e999', '0x10', 'NaN', '１２', '-1', '99999999999999999999', '0.001',
  '', ' ', '\u3000', 'true', 'null', 'abc', '__proto__', 'constructor', '*', '%', '_', 'ROADS', 'XX', nobody,
  '../../etc/passwd', '%77', '%00', `a\r\n${marks.header}: 1`, '//example.org', 'https://example.org/a',
  '"><b>fz</b>', `' onfocus='fz' x="`, 'javascript:fz', '=HYPERLINK("http://example.org";"a")', '@SUM(1)',
  `' OR 1=1; --`, `'); DROP TABLE leaf; --`, '{{> agency}}', '{{constructor.constructor}}', '{{{contract}}}', '{{',
  marks.name, marks.phone, '+1 555-0100', '02-000-0000', 'Asia/Nowhere', 'ko/works/signing',
  '한'.repeat(3000), '👩‍👩‍👧‍👦'.repeat(40), 'a'.repeat(70),
];
const others: unknown[] = [null, true, false, 0, -1, 1.5, [], {}, [[]], [null], { $ne: null }];
const numbers = ['9007199254740993', '-0', '1e999', '-1e-999', '1'.repeat(400)].map(rawJson);
const deep = rawJson('['.repeat(5000) + ']'.repeat(5000));

export const hostileText: fc.Arbitrary<string> = fc.oneof(
  { weight: 60, arbitrary: fc.constantFrom(...texts) },
  { weight: 12, arbitrary: fc.string({ unit: 'binary', maxLength: 80 }) },
  { weight: 1, arbitrary: fc.constant('fz'.repeat(450_000)) },
);

export const hostileJson: fc.Arbitrary<unknown> = fc.oneof(
  { weight: 30, arbitrary: hostileText },
  { weight: 10, arbitrary: fc.constantFrom(...others, ...numbers) },
  { weight: 1, arbitrary: fc.constant(deep) },
  { weight: 4, arbitrary: fc.array(hostileText, { minLength: 2, maxLength: 400 }) },
  { weight: 2, arbitrary: fc.jsonValue({ maxDepth: 3 }) },
);

// prettier-ignore
const segments = [
  '', '.', '..', '%2e%2e', '%2e%2e%2f', '%00', '%', '%zz', '%ED%A0%80', '*', "1'%20OR%201=1", '%0d%0a', ';a=b', '한', '0',
  nobody, nobody.toUpperCase(), '%7b%7b', '%3Cb%3Efz%3C%2Fb%3E', 'a'.repeat(5000), '__proto__',
];
const fitsPath = (text: string) => text.length < 2000 && !/[\ud800-\udfff]/u.test(text) && !isOfPerson(text);
const isOfPerson = (text: string) => text === marks.name || text === marks.phone;

/** Part of a path, as it stands there. */
export const hostileSegment: fc.Arbitrary<string> = fc.oneof(
  fc.constantFrom(...segments),
  hostileText.filter(fitsPath).map(encodeURIComponent),
);

// prettier-ignore
const headerNames = [
  'idempotency-key', 'if-match', 'accept-language', 'accept', 'content-type', 'origin', 'referer', 'host', 'hx-request',
  'x-forwarded-for', 'x-forwarded-proto', 'x-forwarded-host', 'if-none-match', 'range', 'authorization', 'cookie',
  'x-request-id', 'accept-encoding', 'expect', 'content-encoding', 'x-twilio-signature',
];
// prettier-ignore
const headerValues = [
  '', '*', '"1"', 'W/"0"', '"9007199254740993"', '-1', 'null', 'true', 'Bearer', 'Bearer chr_AAAA1111_', 'a'.repeat(7000),
  'chorong-local=; chorong-local=a', `a\r\n${marks.header}: 1`, 'é\xff', 'text/xml', 'application/json; charset=utf-16',
  'multipart/form-data', 'application/x-www-form-urlencoded; charset=a', 'http://example.org', 'xx,*;q=0', 'bytes=0-0', 'gzip',
];

export const hostileHeader: fc.Arbitrary<[string, string]> = fc.tuple(
  fc.constantFrom(...headerNames),
  fc.oneof(fc.constantFrom(...headerValues), fc.string({ maxLength: 40 })),
);

const [json, form, multipart] = [
  'application/json',
  'application/x-www-form-urlencoded',
  'multipart/form-data; boundary=b',
];
const part = (disposition: string, end = '\r\n--b--\r\n') => `--b\r\n${disposition}\r\n\r\na,b${end}`;
const named = 'content-disposition: form-data; name=';

/** Bodies of which the envelope itself is wrong. */
// prettier-ignore
const envelopes: [type: string, content: string][] = [
  [json, ''], [json, '{'], [json, 'null'], [json, '[]'], [json, '"a"'], [json, '\ufeff{}'],
  [json, '{"a":1,"a":2,"__proto__":{"role":"admin"}}'], [json, '{"a":'.repeat(5000) + '1' + '}'.repeat(5000)],
  ['text/plain', 'a'], ['application/xml', '<a/>'], ['', 'a'],
  [form, ''], [form, '&&=&=a&%&%zz=%ED%A0%80&a=%00'], [form, 'a=1&'.repeat(3000)], [form, `a=${'['.repeat(5000)}`],
  ['multipart/form-data', '--b--'], [multipart, ''], [multipart, '--b\r\n\r\n\r\n--b--\r\n'],
  [multipart, part(`${named}"file"; filename="a.csv"`, '')], [multipart, part(`${named}"__proto__"`)],
  [multipart, part(`${named}"title"; filename="a"`)],
];
export const brokenBody = fc.constantFrom(...envelopes).map(([type, content]) => ({ type, content }));

/** Values that a JSON schema of the document allows; `ids` are of things that there are. */
export class Schemas {
  constructor(
    private readonly document: { components: { schemas: Record<string, Json> } },
    private readonly ids: readonly string[],
  ) {}

  valueOf(schema: Json, name = '', depth = 0): fc.Arbitrary<unknown> {
    const { $ref, const: only, enum: several, oneOf, anyOf = oneOf, type } = schema;
    if (typeof $ref === 'string') return this.valueOf(this.named($ref), name, depth);
    if (only !== undefined) return fc.constant(only);
    if (Array.isArray(several)) return fc.constantFrom(...(several as unknown[]));
    if (Array.isArray(anyOf))
      return fc.oneof(...(anyOf as Json[]).map((one) => this.valueOf(one, name, depth)));
    if (type === 'object') return this.objectOf(schema, depth);
    if (type === 'array') {
      const items = this.valueOf((schema['items'] ?? {}) as Json, name, depth + 1);
      const most = Math.min(Number(schema['maxItems'] ?? 3), 3);
      return fc.array(items, { minLength: Math.min(Number(schema['minItems'] ?? 0), most), maxLength: most });
    }
    if (type === 'string') return this.textOf(schema, name);
    if (type === 'integer' || type === 'number') return numberOf(schema);
    if (type === 'boolean') return fc.boolean();
    if (type === 'null') return fc.constant(null);
    return fc.jsonValue({ maxDepth: 1 });
  }

  named($ref: string): Json {
    return this.document.components.schemas[$ref.split('/').at(-1) ?? ''] ?? {};
  }

  private objectOf({ properties = {}, required = [], additionalProperties }: Json, depth: number) {
    const needed = required as string[];
    const entries = Object.entries(properties as Record<string, Json>)
      .filter(([name]) => depth < 5 || needed.includes(name))
      .map(([name, schema]): [string, fc.Arbitrary<unknown>] => [
        name,
        this.valueOf(schema, name, depth + 1),
      ]);
    if (entries.length === 0 && typeof additionalProperties === 'object') {
      return fc.dictionary(
        fc.stringMatching(/^[a-z]{1,8}$/),
        this.valueOf(additionalProperties as Json, '', depth + 1),
        { maxKeys: 3 },
      );
    }
    const names = needed.filter((name) => entries.some(([known]) => known === name));
    return fc.record(Object.fromEntries(entries), { requiredKeys: names });
  }

  private textOf(
    { format, pattern, minLength = 0, maxLength = 40 }: Json,
    name: string,
  ): fc.Arbitrary<string> {
    if (format === 'uuid') return fc.constantFrom(...this.ids, nobody);
    if (/phone/i.test(name)) return fc.constantFrom(marks.phone, '010-0000-2345', '+82 10-0000-2346');
    const years = { min: new Date('2025-01-01'), max: new Date('2028-12-31'), noInvalidDate: true };
    if (format === 'date') return fc.date(years).map((day) => day.toISOString().slice(0, 10));
    if (format === 'date-time') return fc.date(years).map((moment) => moment.toISOString());
    if (typeof pattern === 'string') return fc.stringMatching(new RegExp(pattern, 'u'));
    const most = Math.min(Number(maxLength), 200);
    const least = Math.min(Number(minLength), most);
    const anything = fc.string({ unit: 'grapheme', minLength: least, maxLength: most });
    return fc.oneof(fc.constantFrom(marks.name, '보도 정비', 'left the company'), anything);
  }
}

function numberOf({ minimum = -5, exclusiveMinimum, maximum = 1000 }: Json): fc.Arbitrary<number> {
  const min = Math.max(Number(exclusiveMinimum ?? minimum), Number.MIN_SAFE_INTEGER);
  return fc.integer({ min: Math.max(min, -1e9), max: Math.min(Number(maximum), 1e9) });
}
