import { readFileSync } from 'node:fs';
import { ok } from './support/api-client.js';
import { startService, type TestService } from './support/service.js';

/** The document of commit a0c77f7, without its descriptions; programs were written against it. */
const kept = JSON.parse(readFileSync('test/fixtures/openapi-a0c77f7.json', 'utf8')) as unknown;

let service: TestService;

beforeAll(async () => {
  service = await startService();
});
afterAll(() => service.close());

it('describes the API as it was, apart from descriptions', async () => {
  const current = ok(await service.admin.get('/openapi.json'));
  expect(differences(kept, current)).toEqual([]);
});

it('sees a route, a field and a value that changed', () => {
  const before = { paths: { '/a': { get: {} } }, type: ['string'], summary: 'A', required: ['a', 'b'] };
  const after = { paths: { '/b': { get: {} } }, type: ['number'], summary: 'B', required: ['b', 'a'] };
  expect(differences(before, after)).toEqual([
    'paths./a: was {"get":{}}, is missing',
    'paths./b: is new',
    'type.0: was "string", is "number"',
  ]);
});

/** Names each difference by its JSON path. The order of fields means nothing, and prose may change. */
function differences(before: unknown, after: unknown, path = ''): string[] {
  if (!isObject(before) || !isObject(after)) {
    return before === after ? [] : [`${path}: was ${JSON.stringify(before)}, is ${JSON.stringify(after)}`];
  }
  const [old, current] = [entriesOf(before, path), entriesOf(after, path)];
  return [...new Set([...old.keys(), ...current.keys()])].flatMap((name) => {
    const place = path ? `${path}.${name}` : name;
    if (!old.has(name)) return [`${place}: is new`];
    if (!current.has(name))
      return [`${place}: was ${JSON.stringify(old.get(name)).slice(0, 100)}, is missing`];
    return differences(old.get(name), current.get(name), place);
  });
}

/** What a list of fields or parameters holds is named by what it says, and not by where it stands. */
function entriesOf(value: object, path: string): Map<string, unknown> {
  if (Array.isArray(value) && path.endsWith('required'))
    return new Map(value.map((name: string) => [name, name]));
  if (Array.isArray(value) && path.endsWith('parameters')) {
    return new Map(value.map((each: { in: string; name: string }) => [`${each.in} ${each.name}`, each]));
  }
  const isProse = ([name, each]: [string, unknown]) =>
    ['description', 'summary'].includes(name) && typeof each === 'string';
  return new Map(Object.entries(value).filter((entry) => !isProse(entry)));
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}
