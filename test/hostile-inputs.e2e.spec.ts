import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type GuardedRoute, RouteCheck } from '../src/core/access/route-check.service.js';
import { aCounterparty } from './support/builders.js';
import { type CallOfPage, pageExamples } from './support/page-examples.js';
import type { PageClient } from './support/page-client.js';
import { examples } from './support/route-examples.js';
import { startService, type TestService } from './support/service.js';

const templates = 'templates/console';
const partialOf = (name: string) => readFileSync(join(templates, 'partials', `${name}.hbs`), 'utf8');

/** The forms of the templates, with the names of the fields that they send, by the route that they are sent to. */
const forms = readdirSync(templates, { recursive: true, encoding: 'utf8' })
  .filter((file) => file.endsWith('.hbs'))
  .flatMap((file) => readFileSync(join(templates, file), 'utf8').split('<form').slice(1))
  .filter((form) => form.includes('method="post"'))
  .map((form) => ({
    route: (/action="([^"]*)"/.exec(form)?.[1] ?? '').replace(/\{\{[^}]*\}\}/g, ':'),
    fields: fieldsIn(form.slice(0, form.indexOf('</form>'))),
  }));

function fieldsIn(form: string): string[] {
  const whole = form.replace('{{> contactFields', `${partialOf('contactFields')}{{> contactFields`);
  const typed = whole.replace(/<input type="checkbox"[^>]*>/g, '').replace(/<button[^>]*>/g, '');
  return [...typed.matchAll(/(?<=[\s<])name=['"](\w+)['"]/g)].map(([, name = '']) => name);
}

/** Fields that a form sends and that do not matter to what the example does: nothing reads them. */
const unread: Record<string, string[]> = {
  'POST /console/contracts/new': ['locale', 'country', 'registrationNumber'],
  // Without an amount there is no currency.
  'POST /console/contracts/:id/change': ['currency'],
  'POST /console/contracts/:id/contacts/new': ['companyName', 'registrationNumber', 'country'],
  // Leads on to an address of these pages, or else to the first of them.
  'POST /console/contracts/:id/occurrences': ['next'],
};

/** Its values are never stored: a password is compared, and a session ended. */
const storesNothing = /\/(email|password|second-factor|passkeys|sign-out-everywhere)$/;

let service: TestService;
let admin: PageClient;
let roads: string;

beforeAll(async () => {
  service = await startService();
  await service.startAt('2026-03-04T09:00:00+09:00');
  roads = await service.departmentId('ROADS');
  admin = await service.person('admin');
  await service.register({ departmentId: roads, counterparties: [aCounterparty()] });
  await service.advanceTo('2026-04-01T12:00:00+09:00');
});
afterAll(() => service.close());

const hostile = (sound: string): [kind: string, value: string | string[]][] => [
  ['900 kB', `${sound}${'x'.repeat(900_000)}`],
  ['NUL', `${sound}a\0b`],
  ['a bell', `${sound}a\u0007b`],
  ['twice', [sound, sound]],
];

const nameOf = ({ method, path }: GuardedRoute) => `${method} ${path}`;

/** Sends each field of a form as it must not be; returns what was not refused. */
async function taken(name: string, call: CallOfPage): Promise<string[]> {
  const to = name.replace(/^POST /, '').replace(/:\w+/g, ':');
  const fields = forms.filter(({ route }) => route === to).flatMap((form) => form.fields);
  const { step: _step, ...withoutStep } = call.form ?? {};
  const answers: string[] = [];
  for (const field of new Set([...fields, ...Object.keys(withoutStep)])) {
    if (field === 'step' || field === 'file' || field.startsWith('speaks') || unread[name]?.includes(field))
      continue;
    // The step of an example may be one to which its other fields do not matter.
    const form = call.form && field in call.form ? call.form : withoutStep;
    for (const [kind, value] of hostile(String(form[field] ?? ''))) {
      const { status, text } = await admin.call('POST', { ...call, form: { ...form, [field]: value } });
      const isInWords = text.includes('문제가 있습니다');
      if (status < 400 || status >= 500 || !isInWords) answers.push(`${field}, ${kind}: ${status}`);
    }
  }
  return answers;
}

/** Puts a value in the place of each text of a body, one at a time; of fields of one name, such as in a list, the first. */
function* withEachText(
  body: unknown,
  put: (sound: string) => string,
  seen = new Set<string>(),
  name = '',
): Generator<[name: string, body: unknown]> {
  if (typeof body === 'string' && !seen.has(name)) {
    seen.add(name);
    yield [name, put(body)];
  }
  if (typeof body !== 'object' || body === null) return;
  for (const [key, member] of Object.entries(body)) {
    for (const [text, changed] of withEachText(member, put, seen, Array.isArray(body) ? name : key)) {
      yield [text, Array.isArray(body) ? body.with(Number(key), changed) : { ...body, [key]: changed }];
    }
  }
}

const unusable: [kind: string, put: (sound: string) => string][] = [
  ['900 kB', (sound) => `${sound}${'x'.repeat(900_000)}`],
  ['NUL', (sound) => `${sound}a\0b`],
  ['a bell', (sound) => `${sound}a\u0007b`],
  ['half of a pair', (sound) => `${sound}a\ud800`],
];

it('every body of the API is refused for the same, text by text, and nothing of it is stored', async () => {
  const found: string[] = [];
  for (const { method, path, page, rule } of service.app.get(RouteCheck).routes()) {
    const example = examples[`${method} ${path}`];
    if (page || method === 'GET' || typeof rule !== 'object' || !example) continue;
    const call = await example(service, roads);
    if (typeof call.body !== 'object' || call.headers) continue;
    const before = await service.contents();
    for (const [kind, put] of unusable) {
      for (const [where, body] of withEachText(call.body, put)) {
        const { status, text } = await service.admin.call(method as 'POST', call.path, body, call.headers);
        if (status < 400 || status >= 500 || !text.includes('"detail"'))
          found.push(`${method} ${path}, ${where} ${kind}: ${status}`);
      }
    }
    expect([path, await service.contents()]).toEqual([path, before]);
  }
  expect(found).toEqual([]);
}, 240_000);

/** What the service holds, but for the note that a refused form was shown again beside people's names (decision 42). */
async function stored() {
  const { 'public.access_entry': _accesses, 'public.leaf': leaves = [], ...rest } = await service.contents();
  return { ...rest, leaves: leaves.filter((leaf) => !/^\([0-9a-f-]{36},access,/.test(leaf)) };
}

it('every form of a page refuses what no schema takes, field by field, and stores nothing of it', async () => {
  const routes = service.app.get(RouteCheck).routes();
  const sending = routes.filter(
    ({ page, rule, method }) => page && method === 'POST' && typeof rule === 'object',
  );
  const found: Record<string, unknown> = {};
  for (const route of sending) {
    const name = nameOf(route);
    const example = pageExamples[name];
    if (!example || storesNothing.test(name)) continue;
    const call = await example(service, roads);
    const before = await stored();
    const answers = await taken(name, call);
    if (answers.length > 0) found[name] = answers;
    else expect([name, await stored()]).toEqual([name, before]);
  }
  expect(found).toEqual({});
}, 240_000);
