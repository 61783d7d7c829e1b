import fc from 'fast-check';
import {
  brokenBody,
  hostileHeader,
  hostileJson,
  hostileSegment,
  hostileText,
  type Json,
  type Schemas,
} from './values.js';
import type { Body, Draft, Pairs } from './wire.js';

/** Kinds of bends, as the report counts them. */
export const kinds = [
  'as it is',
  'value of the schema',
  'hostile value',
  'missing field',
  'unknown field',
  'repeated field',
  'hostile file',
  'query',
  'part of the path',
  'spelling of the path',
  'header',
  'broken body',
  'method',
] as const;
type Kind = (typeof kinds)[number];

/** A Bend changes one thing about a request. */
export interface Bend {
  kind: Kind;
  apply(draft: Draft): Draft;
}

/** What the document says about a route of the API. */
export interface Operation {
  parameters?: { name: string; in: string; schema: Json }[];
  requestBody?: { content: Record<string, { schema: Json } | undefined> };
  responses: Record<string, { content?: Record<string, { schema: Json } | undefined> } | undefined>;
}

type Weighted = { weight: number; arbitrary: fc.Arbitrary<Bend> };

function ofDraft<T>(
  weight: number,
  kind: Kind,
  values: fc.Arbitrary<T>,
  change: (draft: Draft, value: T) => Partial<Draft>,
): Weighted {
  const arbitrary = values.map((value): Bend => ({
    kind,
    apply: (draft) => ({ ...draft, ...change(draft, value) }),
  }));
  return { weight, arbitrary };
}

function ofBody<T>(
  weight: number,
  kind: Kind,
  values: fc.Arbitrary<T>,
  change: (body: Body | null, value: T) => Body | null,
): Weighted {
  return ofDraft(weight, kind, values, ({ body }, value) => ({ body: change(body, value) }));
}

/** Up to three bends of a request to a route, of which `operation` is described where it is of the API. */
export function bendsOf(operation: Operation | undefined, schemas: Schemas): fc.Arbitrary<Bend[]> {
  const schema = operation?.requestBody?.content['application/json']?.schema;
  const queries = operation?.parameters?.filter((one) => one.in === 'query') ?? [];
  const placed = fc.tuple(fc.nat(), hostileText);
  const bends = fc.oneof(
    ofBody(8, 'hostile value', fc.tuple(fc.nat(), hostileJson), withValue),
    ofBody(2, 'missing field', fc.nat(), without),
    ofBody(1, 'unknown field', fc.tuple(unknownNames, hostileJson), withField),
    ofBody(1, 'repeated field', placed, repeating),
    ofBody(2, 'hostile file', placed, withFile),
    ofBody(1, 'broken body', brokenBody, (_body, broken) => ({ is: 'raw', ...broken })),
    ofDraft(2, 'query', queryPairs(queries, schemas), ({ query }, pairs) => ({
      query: [...query, ...pairs],
    })),
    ofDraft(1, 'query', placed, ({ query }, [at, to]) => ({
      query: query.map(([name, old], i) => [name, i === at % query.length ? to : old]),
    })),
    ofDraft(2, 'part of the path', fc.tuple(fc.nat(), hostileSegment), ({ path }, [at, to]) => ({
      path: withSegment(path, at, to),
    })),
    ofDraft(1, 'spelling of the path', fc.tuple(fc.nat(), fc.nat(4)), ({ path }, [at, way]) => ({
      path: respelt(path, at, way),
    })),
    ofDraft(2, 'header', hostileHeader, ({ headers }, header) => ({ headers: [...headers, header] })),
    ofDraft(1, 'method', methods, (_draft, method) => ({ method })),
    ...(schema
      ? [ofBody(8, 'value of the schema', schemas.valueOf(schema), (_body, value) => ({ is: 'json', value }))]
      : []),
  );
  const times = (count: number) => fc.array(bends, { minLength: count, maxLength: count });
  return fc.oneof(...[2, 9, 3, 2].map((weight, count) => ({ weight, arbitrary: times(count) })));
}

const oneOf = (names: string) => fc.constantFrom(...names.split(' '));
const methods = oneOf('HEAD PUT PATCH DELETE OPTIONS POST GET QUERY');
const unknownNames = oneOf('unknown __proto__ constructor id version _csrf departmentId role step a[b] ');
const queryNames = oneOf('limit cursor after from to q sort departmentId state page next locale done dryRun');

function queryPairs(queries: { name: string; schema: Json }[], schemas: Schemas): fc.Arbitrary<Pairs> {
  const short = hostileText.filter(({ length }) => length < 10_000);
  const hostile = fc.tuple(queryNames, short).map((pair): Pairs => [pair]);
  if (queries.length === 0) return hostile;
  const described = queries.map(({ name, schema }) => {
    const allowed = schemas.valueOf(schema, name).map(String);
    return fc.tuple(
      fc.constant(name),
      fc.oneof({ weight: 3, arbitrary: allowed }, { weight: 1, arbitrary: short }),
    );
  });
  const several = fc.array(fc.oneof(...described), { minLength: 1, maxLength: 3 });
  return fc.oneof({ weight: 4, arbitrary: several }, { weight: 1, arbitrary: hostile });
}

const asText = (value: unknown) =>
  typeof value === 'string' ? value : JSON.stringify(value).replace(/"@@(.*?)@@"/g, '$1');

function withValue(body: Body | null, [at, to]: [number, unknown]): Body | null {
  if (body?.is === 'json') return { is: 'json', value: changed(body.value, at, () => to) };
  if (body?.is !== 'form' || body.fields.length === 0) return body;
  const place = at % body.fields.length;
  return { ...body, fields: body.fields.map(([name, value], i) => [name, i === place ? asText(to) : value]) };
}

function without(body: Body | null, at: number): Body | null {
  if (body?.is === 'json') return { is: 'json', value: changed(body.value, at, () => undefined) };
  if (body?.is !== 'form') return body;
  return { ...body, fields: body.fields.filter((_field, i) => i !== at % body.fields.length) };
}

function withField(body: Body | null, [name, value]: [string, unknown]): Body | null {
  if (body?.is === 'form') return { ...body, fields: [...body.fields, [name, asText(value)]] };
  if (body?.is !== 'json' || typeof body.value !== 'object') return body;
  return { is: 'json', value: Object.fromEntries([...Object.entries(body.value ?? {}), [name, value]]) };
}

function repeating(body: Body | null, [at, value]: [number, string]): Body | null {
  if (body?.is === 'json') return { is: 'json', value: changed(body.value, at, (old) => [old, old]) };
  const field = body?.is === 'form' ? body.fields[at % body.fields.length] : undefined;
  return body?.is === 'form' && field ? { ...body, fields: [...body.fields, [field[0], value]] } : body;
}

/** A file that was to be uploaded gets other contents or another name; a form that takes none gets one. */
function withFile(body: Body | null, [at, text]: [number, string]): Body | null {
  if (body?.is !== 'form') return body;
  const { name, content, ...upload } = body.upload ?? {
    field: body.fields[0]?.[0] ?? 'file',
    name: 'a.csv',
    type: 'text/csv',
    content: '',
  };
  const cells = String(content).split(',');
  cells[at % cells.length] = text;
  const bent = {
    content: at % 5 === 0 ? text : cells.join(','),
    name: at % 7 === 0 ? text.slice(0, 300).replace(/[\r\n"]/g, '') : name,
  };
  return { ...body, upload: { ...upload, ...bent } };
}

/** The value with one of its parts, counted in the order in which they are met, changed. */
function changed(value: unknown, at: number, to: (old: unknown) => unknown): unknown {
  const total = partsOf(value);
  let left = at % total;
  const walk = (part: unknown): unknown => {
    if (left-- === 0) return to(part);
    if (Array.isArray(part)) return part.map(walk);
    if (typeof part !== 'object' || part === null) return part;
    return Object.fromEntries(Object.entries(part).map(([name, one]) => [name, walk(one)]));
  };
  return walk(value);
}

function partsOf(value: unknown): number {
  if (typeof value !== 'object' || value === null) return 1;
  return Object.values(value).reduce<number>((sum, part) => sum + partsOf(part), 1);
}

function withSegment(path: string, at: number, to: string): string {
  const parts = path.split('/');
  // Ids are what is most worth bending.
  const ids = parts.flatMap((part, i) => (/^[0-9a-f-]{36}$/.test(part) ? [i] : []));
  const place =
    ids.length > 0 && at % 4 > 0 ? ids[at % ids.length] : 1 + (at % Math.max(1, parts.length - 1));
  return parts.map((part, i) => (i === place ? to : part)).join('/');
}

function respelt(path: string, at: number, way: number): string {
  const place = 1 + (at % Math.max(1, path.length - 1));
  const escaped = `%${path.charCodeAt(place).toString(16).padStart(2, '0')}`;
  if (way === 0) return `${path.slice(0, place)}${escaped}${path.slice(place + 1)}`;
  if (way === 1) return path.replaceAll('/', '//');
  if (way === 2) return path.toUpperCase();
  return way === 3 ? `${path}/` : `http://example.org${path}`;
}
