import { type Role, roles } from '../../src/core/access/roles.js';
import { type GuardedRoute, RouteCheck } from '../../src/core/access/route-check.service.js';
import type { Answer } from './api-client.js';
import { PageClient } from './page-client.js';
import { type CallOfPage, pageExamples } from './page-examples.js';
import { type CallOfRoute, examples } from './route-examples.js';
import type { TestService } from './service.js';

/** Whose the thing asked for is, seen from the caller: of their own department, of one below it, or of another's. */
export const standings = ['own', 'below', 'another'] as const;
export type Standing = (typeof standings)[number];

export type Outcome = 'served' | 'refused' | 'not found' | 'not let in';

export interface Cell {
  route: GuardedRoute;
  role: Role | 'nobody';
  standing: Standing;
  expected: Outcome;
}

type Call = CallOfRoute & CallOfPage;

/** The routes that not everybody may call. */
export type RuledRoute = GuardedRoute & { rule: readonly Role[] };

export const nameOf = (route: GuardedRoute) => `${route.method} ${route.path}`;
const seesAll = (role: Role) => role === 'admin' || role === 'auditor';

/** Every route × every role × every standing, with what has to come of it; and the calls by which it is seen. */
export class AccessMatrix {
  private readonly shared = new Map<string, Promise<Call>>();

  private constructor(
    private readonly service: TestService,
    readonly routes: GuardedRoute[],
    private readonly departments: { own: string; above: string; other: string },
  ) {}

  static async of(service: TestService): Promise<AccessMatrix> {
    const [own, above, other] = await Promise.all(
      ['ROADS', 'CITY', 'PARKS'].map((code) => service.departmentId(code)),
    );
    if (!own || !above || !other) throw new Error('the fictional city lacks a department');
    return new AccessMatrix(service, service.app.get(RouteCheck).routes(), { own, above, other });
  }

  get ruled(): RuledRoute[] {
    return this.routes.filter((route): route is RuledRoute => typeof route.rule === 'object');
  }

  get open(): string[] {
    return this.routes.filter((route) => route.rule === 'public').map(nameOf);
  }

  /** The routes that let in whoever signs as a provider. */
  get webhooks(): GuardedRoute[] {
    return this.routes.filter((route) => route.rule === 'webhook');
  }

  /** Routes of the API or pages that need somebody, and that no example shows. */
  withoutExample(): string[] {
    return this.ruled.filter((route) => !exampleFor(route)).map(nameOf);
  }

  async cells(): Promise<Cell[]> {
    const cells: Cell[] = [];
    for (const route of this.ruled) {
      const example = await this.example(route, this.departments.own);
      cells.push({ route, role: 'nobody', standing: 'own', expected: 'not let in' });
      for (const role of roles) {
        for (const standing of example.departmental ? standings : (['own'] as const)) {
          cells.push({ route, role, standing, expected: expectedOf(route, role, standing, example) });
        }
      }
    }
    return cells;
  }

  /** Of what nothing comes, one call serves for all who make it. */
  example(route: GuardedRoute, departmentId: string): Promise<Call> {
    const key = `${nameOf(route)} ${departmentId}`;
    const known = this.shared.get(key) ?? this.freshExample(route, departmentId);
    this.shared.set(key, known);
    return known;
  }

  async call(cell: Cell): Promise<{ cell: Cell; answer: Answer<unknown>; outcome: Outcome | 'failed' }> {
    const { own, above, other } = this.departments;
    const { route, role, standing } = cell;
    const caller = standing === 'below' ? above : own;
    const thing = standing === 'another' ? other : own;
    const example =
      cell.expected === 'served' ? await this.freshExample(route, thing) : await this.example(route, thing);
    const answer = await this.send(route, role, caller, example);
    return { cell, answer, outcome: answer.status === example.status ? 'served' : outcomeOf(route, answer) };
  }

  /** Made beforehand, so that making them is no change. */
  async prepare(cells: Cell[]): Promise<void> {
    for (const { route, standing, role } of cells) {
      await this.example(route, standing === 'another' ? this.departments.other : this.departments.own);
      await this.clientOf(route, role, standing === 'below' ? this.departments.above : this.departments.own);
    }
  }

  private async freshExample(route: GuardedRoute, departmentId: string): Promise<Call> {
    const example = exampleFor(route);
    const file = route.page ? 'page-examples.ts' : 'route-examples.ts';
    if (!example) throw new Error(`test/support/${file} shows no call of ${nameOf(route)}`);
    return example(this.service, departmentId);
  }

  private async send(route: GuardedRoute, role: Role | 'nobody', departmentId: string, call: Call) {
    const client = call.endsSession
      ? await this.newcomer(role, departmentId)
      : await this.clientOf(route, role, departmentId);
    if (client instanceof PageClient) return client.call(route.method, call);
    return client.call(route.method as 'GET', call.path, call.body, call.headers);
  }

  private async newcomer(role: Role | 'nobody', departmentId: string): Promise<PageClient> {
    if (role === 'nobody') return new PageClient(this.service.app, null);
    return this.service.newcomer(role, seesAll(role) ? null : departmentId);
  }

  private async clientOf(route: GuardedRoute, role: Role | 'nobody', departmentId: string) {
    if (role === 'nobody') {
      return route.page ? new PageClient(this.service.app, null) : this.service.client(null);
    }
    const department = seesAll(role) ? null : departmentId;
    return route.page ? this.service.person(role, department) : this.service.as(role, department);
  }
}

const exampleFor = (route: GuardedRoute) => (route.page ? pageExamples : examples)[nameOf(route)];

function expectedOf(route: RuledRoute, role: Role, standing: Standing, { ownOnly, servedTo }: Call): Outcome {
  if (!route.rule.includes(role)) return 'refused';
  const isServed = servedTo?.includes(role) ?? true;
  if (seesAll(role)) return isServed ? 'served' : 'refused';
  if (standing === 'another') return 'not found';
  if (!isServed) return 'refused';
  return ownOnly && role === 'officer' && standing === 'below' ? 'refused' : 'served';
}

function outcomeOf(route: GuardedRoute, { status, headers }: Answer<unknown>): Outcome | 'failed' {
  const toSignIn = status === 303 && String(headers['location']).startsWith('/console/sign-in?next=');
  if (status === 401 || (route.page && toSignIn)) return 'not let in';
  if (status === 403) return 'refused';
  if (status === 404) return 'not found';
  return status < 400 ? 'served' : 'failed';
}

/** docs/access.md: written by the run of the tests that has tried all of it. */
export function describe(cells: Cell[], open: string[]): string {
  const byRoute = new Map<string, Cell[]>();
  for (const cell of cells)
    byRoute.set(nameOf(cell.route), [...(byRoute.get(nameOf(cell.route)) ?? []), cell]);
  const rows = [...byRoute].map(([name, all]) => [
    `\`${name}\``,
    ...roles.map((role) => words(all.filter((cell) => cell.role === role))),
  ]);
  const pages = rows.filter(([name]) => /\/(console|genuine|register|performance)/.test(name ?? ''));
  const api = rows.filter((row) => !pages.includes(row));
  return [
    '# Who may do what',
    '',
    'Written by `npm run docs:access`, which makes every one of these calls and looks at what comes of it. Do not edit:',
    'run it again.',
    '',
    `${byRoute.size} routes, ${cells.length} calls: ${countsOf(cells)}.`,
    '',
    '**own** is what belongs to the caller’s department, **below** what belongs to one below it; what belongs to another is',
    'not found. **yes** is not a department’s, or everybody’s who may call; **all** is every department’s. Programs call the',
    'API with a key, people the pages with a session; without one, nothing here answers but a refusal.',
    '',
    '## The API',
    '',
    ...table(api),
    '',
    ...(pages.length > 0 ? ['## The pages', '', ...table(pages), ''] : []),
    '## Open to everybody',
    '',
    ...open.sort().map((name) => `- \`${name}\``),
    '- `/webhooks/<provider>/…`, which checks the signature of its provider',
    '',
  ].join('\n');
}

export function countsOf(cells: Cell[]): string {
  const outcomes: Outcome[] = ['served', 'refused', 'not found', 'not let in'];
  return outcomes.map((one) => `${cells.filter((cell) => cell.expected === one).length} ${one}`).join(', ');
}

function words(cells: Cell[]): string {
  const served = cells.filter((cell) => cell.expected === 'served').map((cell) => cell.standing);
  if (served.length === 0) return '–';
  if (cells.length === 1) return 'yes';
  return served.length === standings.length ? 'all' : served.join(', ');
}

/** Padded as the formatter of the project pads it. */
function table(rows: string[][]): string[] {
  const byPath = (row: string[]) => (row[0] ?? '').replace(/^`(\w+) (.*)`$/, '$2 $1');
  const sorted = [...rows].sort((a, b) => (byPath(a) < byPath(b) ? -1 : 1));
  const all = [['route', ...roles], ...sorted];
  const widths = all[0]?.map((_, n) => Math.max(3, ...all.map((row) => row[n]?.length ?? 0))) ?? [];
  const line = (row: readonly string[]) =>
    `| ${row.map((cell, n) => cell.padEnd(widths[n] ?? 0)).join(' | ')} |`;
  return [line(all[0] ?? []), line(widths.map((width) => '-'.repeat(width))), ...sorted.map(line)];
}
