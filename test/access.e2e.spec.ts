import { randomBytes } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Controller, Get, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { Logger } from 'nestjs-pino';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { roles } from '../src/core/access/roles.js';
import type { GuardedRoute } from '../src/core/access/route-check.service.js';
import { providers } from '../src/core/providers/providers.js';
import { AppModule } from '../src/app.module.js';
import { findOffice } from '../src/wings.js';
import type { ContractView } from '../src/core/contracts/contract.view.js';
import {
  AccessMatrix,
  type Cell,
  countsOf,
  describe as describeAccess,
  nameOf,
} from './support/access-matrix.js';
import { type Answer, type ApiClient, ok, problem } from './support/api-client.js';
import { aContact, aContract, aCounterparty } from './support/builders.js';
import { PageClient } from './support/page-client.js';
import { openPages } from './support/page-examples.js';
import type { CallOfRoute } from './support/route-examples.js';
import { issuerElsewhere } from './support/fake-issuer.js';
import { startService, type TestService } from './support/service.js';

let service: TestService;
let matrix: AccessMatrix;
let roads: string;
let parks: string;

beforeAll(async () => {
  service = await startService({ environment: issuerElsewhere });
  await service.startAt('2026-03-02T09:00:00+09:00');
  [roads, parks] = [await service.departmentId('ROADS'), await service.departmentId('PARKS')];
  matrix = await AccessMatrix.of(service);
  // Something was sent for each department, so that its messages can be asked for.
  for (const departmentId of [roads, parks]) await service.register({ departmentId });
  await service.advanceTo('2026-03-05T09:00:00+09:00');
});
afterAll(() => service.close());

/** An admin's call, or an auditor's where admins may not call. */
const call = async (route: GuardedRoute, { path, body, headers }: CallOfRoute) => {
  const client =
    route.rule?.includes('auditor') && !route.rule.includes('admin')
      ? await service.as('auditor')
      : service.admin;
  return client.call(route.method as 'GET', path, body, headers);
};

/** Who saw whose data, or took them out, is written down (decision 42). */
const logged = [
  'GET /messages/export',
  'GET /console/messages/export',
  'GET /console/accesses/export',
  'GET /accounts',
  'GET /console/settings/people',
  'GET /imports/:id/refused.xlsx',
  'GET /console/imports/:id/refused.xlsx',
  'GET /contracts/:id/evidence',
  'GET /console/contracts/:id/evidence/file',
  'GET /console/figures/costs',
];

/** A page without a session leads to the door. */
const isDoor = ({ status, headers }: Answer<unknown>) =>
  status === 401 || (status === 303 && String(headers['location']).startsWith('/console/sign-in?next='));

/** `DOCS=access`, as `npm run docs:access` sets it, writes the table instead of comparing it. */
const writesTable = process.env['DOCS'] === 'access';
const tablePath = join(process.cwd(), 'docs/access.md');

describe('every route', () => {
  it('has an example, or is open to all', () => {
    expect(matrix.withoutExample()).toEqual([]);
    expect(matrix.routes.length).toBeGreaterThan(30);
  });

  it('that is open to all is one of these', () => {
    expect(matrix.open.sort()).toEqual(
      [
        'GET /calls/:month',
        'GET /calls/:month/list',
        'GET /health/live',
        'GET /health/ready',
        'GET /log/checkpoint',
        'GET /log/policy',
        'GET /log/proof/:index',
        'GET /log/tile/:level/:number',
        'GET /log/tile/:level/:number/:second',
        'GET /log/tile/:level/:number/:second/:third',
        'GET /log/tile/:level/:number/:second/:third/:fourth',
        'GET /log/tile/:level/:number/:second/:third/:fourth/:fifth',
        'GET /metrics',
        ...openPages,
      ].sort(),
    );
  });

  it('that is a webhook is of a provider’s definition, and lies at the provider’s name', () => {
    const defined = providers.flatMap(({ name, controllers }) =>
      controllers.flatMap((controller) =>
        matrix.routes
          .filter(({ handler }) => handler.startsWith(`${controller.name}.`))
          .map((route) => ({
            ...route,
            path: route.path.replace(`/webhooks/${name}/`, '/webhooks/its-name/'),
          })),
      ),
    );
    expect(defined.length).toBeGreaterThan(0);
    for (const route of defined) {
      expect(route).toMatchObject({
        rule: 'webhook',
        path: expect.stringMatching('^/webhooks/its-name/') as string,
      });
    }
    expect(matrix.webhooks.map(({ handler }) => handler).sort()).toEqual(
      defined.map(({ handler }) => handler).sort(),
    );
  });

  it('refuses a call without a key or a session, and with one that is not right', async () => {
    const keys = [
      null,
      'nonsense',
      'chr_ABCD1234_0123456789abcdef0123456789abcdef',
      `${service.admin.key?.slice(0, -1)}_`,
    ];
    const tokens = [null, 'n'.repeat(43), (await service.person('admin')).token?.replace(/^./, '_') ?? null];
    const wrong: string[] = [];
    for (const route of matrix.ruled) {
      const answers = route.page
        ? tokens.map((token) => new PageClient(service.app, token).call(route.method, { path: route.path }))
        : keys.map((key) => service.client(key).call(route.method as 'GET', route.path));
      for (const answer of await Promise.all(answers)) {
        if (route.page ? !isDoor(answer) : answer.status !== 401)
          wrong.push(`${nameOf(route)}: ${answer.status}`);
      }
    }
    expect(wrong).toEqual([]);
  });

  it('answers each role, for what is its own, below it and another’s, as its rule says', async () => {
    const cells = await matrix.cells();
    const [served, denied] = [
      cells.filter((cell) => cell.expected === 'served'),
      cells.filter((cell) => cell.expected !== 'served'),
    ];
    await matrix.prepare(denied);
    const before = await service.contents();
    const wrong: string[] = [];
    const seen = async (cell: Cell) => {
      const { answer, outcome } = await matrix.call(cell);
      if (outcome === cell.expected) return;
      const { role, standing, expected, route } = cell;
      wrong.push(
        `${nameOf(route)} by ${role}, ${standing}: ${answer.status}, not ${expected}; ${answer.text.slice(0, 300)}`,
      );
    };
    for (const cell of denied) await seen(cell);
    expect(wrong).toEqual([]);
    // Whoever is denied has done nothing.
    expect(await service.contents()).toEqual(before);
    for (const cell of served) await seen(cell);
    expect(wrong).toEqual([]);
    expect(denied.filter((cell) => cell.expected === 'refused').length).toBeGreaterThan(100);
    expect(denied.filter((cell) => cell.expected === 'not found').length).toBeGreaterThan(30);

    const table = describeAccess(cells, matrix.open);
    process.stdout.write(
      `access: ${matrix.ruled.length} routes, ${cells.length} calls: ${countsOf(cells)}\n`,
    );
    if (writesTable) writeFileSync(tablePath, table);
  });

  it('stands in docs/access.md (npm run docs:access writes it)', async () => {
    const table = describeAccess(await matrix.cells(), matrix.open);
    expect(readFileSync(tablePath, 'utf8')).toBe(table);
  });

  it('that is read changes nothing, but for the log of what was taken out', async () => {
    const reads = matrix.ruled.filter((route) => route.method === 'GET' && !logged.includes(nameOf(route)));
    const cells = reads.map((route): Cell => {
      const role = roles.find((one) => route.rule.includes(one)) ?? 'nobody';
      return { route, role, standing: 'own', expected: 'refused' };
    });
    await matrix.prepare(cells);
    const before = await service.contents();
    for (const cell of cells) expect((await matrix.call(cell)).outcome).toBe('served');
    expect(await service.contents()).toEqual(before);
    expect(cells.length).toBeGreaterThan(20);
  });

  it('with an id in its path has a call of another department among the examples, or is an admin’s', async () => {
    const unscoped: string[] = [];
    for (const route of matrix.ruled) {
      if (!route.path.includes(':') || (route.rule.length === 1 && route.rule[0] === 'admin')) continue;
      if (!(await matrix.example(route, parks)).departmental) unscoped.push(nameOf(route));
    }
    expect(unscoped).toEqual([]);
  });

  it('refuses an id that is none, and finds none that is made up', async () => {
    const wrong: string[] = [];
    for (const route of matrix.ruled.filter(({ page, path }) => !page && /\/:id(\/|$)/.test(path))) {
      const example = await matrix.example(route, roads);
      const of = (id: string) => ({
        ...example,
        path: example.path.replace(/^(\/[a-z-]+(?:\/[a-z-]+)?\/)[0-9a-f-]{36}/, `$1${id}`),
      });
      const malformed = await call(route, of('1%27%20OR%201=1'));
      if (malformed.status !== 400) wrong.push(`${nameOf(route)} malformed: ${malformed.status}`);
      const unknown = await call(route, of('01996f3e-0000-7000-8000-000000000001'));
      if (unknown.status !== 404) wrong.push(`${nameOf(route)} unknown: ${unknown.status} ${unknown.text}`);
    }
    expect(wrong).toEqual([]);
  });
});

describe('a department', () => {
  it('is seen with those below it, and no other', async () => {
    const own = await service.register({ departmentId: parks });
    const city = await service.as('officer', await service.departmentId('CITY'));
    expect((await city.get(`/contracts/${own.id}`)).status).toBe(200);
    const seen = async (client: ApiClient, path: string) =>
      ok(await client.get<{ items: { departmentId: string; id: string }[] }>(path)).items;
    const officer = await service.as('officer', roads);
    const contracts = await seen(officer, '/contracts?limit=200');
    expect(contracts.length).toBeGreaterThan(0);
    expect(new Set(contracts.map((contract) => contract.departmentId))).toEqual(new Set([roads]));
    expect(await seen(officer, `/contracts?departmentId=${parks}`)).toEqual([]);
    expect((await seen(officer, '/departments')).map((department) => department.id)).toEqual([roads]);
    const officers = await seen(await service.as('manager', roads), '/officers');
    expect(new Set(officers.map((one) => one.departmentId))).toEqual(new Set([roads]));
  });

  it('cannot be given a contract by an officer of another, nor take one away', async () => {
    const officer = await service.as('officer', roads);
    const [own, theirs] = [
      await service.register({ departmentId: roads }),
      await service.register({ departmentId: parks }),
    ];
    expect((await officer.post('/contracts', aContract({ departmentId: parks }))).status).toBe(404);
    expect((await officer.patch(`/contracts/${own.id}`, { departmentId: parks })).status).toBe(404);
    expect((await officer.patch(`/contracts/${theirs.id}`, { departmentId: roads })).status).toBe(404);
  });

  it('shares a reference without being told of the other’s contract', async () => {
    const theirs = await service.register({ departmentId: parks });
    const officer = await service.as('officer', roads);
    const answer = await officer.post(
      '/contracts',
      aContract({ departmentId: roads, reference: theirs.reference }),
    );
    expect(problem(answer)).toMatchObject({ status: 409, code: 'reference-taken' });
    expect(answer.text).not.toContain(theirs.id);
  });

  it('whose contracts hold a counterparty keeps it from a contract of another', async () => {
    const [own, theirs] = [
      await service.register({ departmentId: roads }),
      await service.register({ departmentId: parks }),
    ];
    const officer = await service.as('officer', roads);
    const party = theirs.counterparties[0];
    const path = `/contracts/${own.id}`;
    const answers = [
      await officer.post(`${path}/counterparties/${party?.id}/contacts`, aContact()),
      await officer.patch(`${path}/contacts/${party?.contacts[0]?.id}`, {
        phone: '010-0000-7777',
        reason: 'a test',
      }),
      await officer.delete(`${path}/contacts/${party?.contacts[0]?.id}?reason=a+test`),
    ];
    expect(answers.map((answer) => answer.status)).toEqual([404, 404, 404]);
    expect(await service.contract(theirs.id)).toMatchObject({ version: theirs.version });
  });
});

describe('a key', () => {
  const make = (body: object) => service.admin.post<{ id: string; key: string }>('/api-keys', body);

  it('is refused once it has expired', async () => {
    const name = 'short-lived';
    const { key, id } = ok(
      await make({ name, role: 'auditor', expiresAt: new Date(Date.now() + 3_600_000).toISOString() }),
    );
    expect((await service.client(key).get('/contracts')).status).toBe(200);
    await service.sql(`UPDATE api_key SET expires_at = now() - interval '1 second' WHERE id = $1`, [id]);
    expect((await service.client(key).get('/contracts')).status).toBe(401);
  });

  it('is refused from the moment it is revoked', async () => {
    const { key, id } = ok(await make({ name: 'revoked', role: 'auditor' }));
    expect((await service.client(key).get('/contracts')).status).toBe(200);
    expect((await service.admin.delete(`/api-keys/${id}`)).status).toBe(204);
    expect((await service.client(key).get('/contracts')).status).toBe(401);
    expect((await service.admin.delete(`/api-keys/${id}`)).status).toBe(404);
  });

  it('cannot revoke itself', async () => {
    const { items } = ok(await service.admin.get<{ items: { id: string; name: string }[] }>('/api-keys'));
    const own = items.find((item) => item.name === 'bootstrap');
    expect((await service.admin.delete(`/api-keys/${own?.id}`)).status).toBe(409);
    expect((await service.admin.get('/contracts')).status).toBe(200);
  });

  it('is shown once, and listed without its secret', async () => {
    const { key, id } = ok(await make({ name: 'listed', role: 'officer', departmentId: roads }));
    const list = await service.admin.get<{ items: { id: string }[] }>('/api-keys');
    expect(list.body.items.map((item) => item.id)).toContain(id);
    // The secret may itself hold, or begin with, an underscore.
    expect(list.text).not.toContain(key.slice('chr_12345678_'.length));
    expect(list.text).not.toMatch(/hash/i);
  });

  it('of an officer belongs to a department', async () => {
    const answer = problem(await make({ name: 'homeless', role: 'officer' }));
    expect(answer).toMatchObject({ status: 400, fields: [{ path: 'departmentId' }] });
  });

  it('that is refused is logged, by its route and not by itself', async () => {
    const presented = 'chr_ABCD9999_0123456789abcdef0123456789abcdef';
    service.heard.logs.length = 0;
    await service.client(presented).get('/contracts');
    const officer = await service.as('officer', roads);
    await officer.get('/api-keys');
    const logs = service.heard.logs.join('');
    expect(logs).toContain('authentication failed');
    expect(logs).toContain('authorisation failed');
    expect(logs).not.toContain('ABCD9999');
  });
});

describe('a route without a rule', () => {
  @Controller('forgotten')
  class ForgottenController {
    @Get()
    read() {
      return 'anything';
    }
  }
  @Module({ controllers: [ForgottenController] })
  class ForgottenModule {}

  it('stops the start, and is named', async () => {
    const {
      config,
      ground: { database },
    } = service;
    const keys = { sealing: [{ id: 'test', key: randomBytes(32) }], index: randomBytes(32) };
    const whole = AppModule.with(
      {
        config,
        databaseUrl: database.appUrl,
        keys,
        logTo: { write: () => undefined },
      },
      await findOffice(),
    );
    @Module({ imports: [whole, ForgottenModule] })
    class WithForgotten {}
    const app = await NestFactory.create(WithForgotten, new FastifyAdapter(), {
      logger: false,
      abortOnError: false,
    });
    await expect(app.init()).rejects.toThrow(/no access rule.*ForgottenController\.read/);
    await app.close();
    // NestJS has one logger for the whole process, which the service under test needs again.
    service.app.useLogger(service.app.get(Logger));
  });
});

it('answers what is not there with a problem, with and without a key', async () => {
  for (const client of [service.admin, service.client(null)]) {
    const answer = await client.get('/nothing-here');
    expect(problem(answer)).toMatchObject({ status: 404, code: 'not-found' });
  }
});

it('keeps answers out of caches, and pages out of frames', async () => {
  const contract: ContractView = await service.register({ counterparties: [aCounterparty()] });
  const { headers } = await service.admin.get(`/contracts/${contract.id}`);
  expect(headers).toMatchObject({
    'cache-control': 'no-store',
    'x-content-type-options': 'nosniff',
    'referrer-policy': 'no-referrer',
  });
  expect(String(headers['content-security-policy'])).toContain("frame-ancestors 'none'");
});

describe('a value that cannot be stored', () => {
  it('is refused, and what was sent is not logged', async () => {
    service.heard.logs.length = 0;
    const answer = await service.admin.post(
      '/contracts',
      aContract({ departmentId: roads, title: 'park\0way' }),
    );
    expect(problem(answer)).toMatchObject({
      status: 400,
      code: 'validation-failed',
      fields: [{ path: 'title', code: 'characters-unusable' }],
    });
    const logs = service.heard.logs.join('');
    expect(logs).not.toContain('a request failed');
    expect(logs).not.toContain('way');
  });

  it('is refused in the address of a page, in words', async () => {
    const { status, text } = await (await service.person('admin')).get('/console/contracts?q=a%00b');
    expect([status, text]).toEqual([400, expect.stringContaining('제어 문자')]);
  });

  it('in the cursor of the list of contracts shows its first page', async () => {
    const person = await service.person('admin');
    const cursor = (value: string, id = '01996f3e-0000-7000-8000-000000000001') =>
      encodeURIComponent(`${value}.${id}`);
    for (const query of [
      `sort=ends&cursor=${cursor('2026-02-31')}`,
      `sort=ends&cursor=${cursor('2026-02-28', '-'.repeat(36))}`,
      `sort=newest&cursor=${'-'.repeat(36)}`,
    ]) {
      expect([query, (await person.get(`/console/contracts?${query}`)).status]).toEqual([query, 200]);
    }
  });
});

it.each(['/console/contracts', '/genuine', '/health/live', '/api/v1/contracts'])(
  'logs a call of %s once',
  async (path) => {
    service.heard.logs.length = 0;
    await (await service.person('admin')).get(path);
    const ended = service.heard.logs.filter((line) => line.includes('"responseTime"') && line.includes(path));
    expect(ended).toHaveLength(1);
  },
);
