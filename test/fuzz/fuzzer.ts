import fc from 'fast-check';
import { type GuardedRoute, RouteCheck } from '../../src/core/access/route-check.service.js';
import { type Role, roles } from '../../src/core/access/roles.js';
import { nameOf } from '../support/access-matrix.js';
import { ok } from '../support/api-client.js';
import type { TestService } from '../support/service.js';
import { type Bend, bendsOf, type Operation } from './bends.js';
import { type Caller, callers, Cast } from './cast.js';
import { formsOf } from './forms.js';
import { exampleOf, type Example } from './open-examples.js';
import { storedAgainstTheRule, workBehind } from './stored.js';
import { Target } from './target.js';
import { type Json, marks, Schemas } from './values.js';
import { type Fault, Verdict } from './verdict.js';
import { bytesOf, curlOf, type Draft, type RawAnswer } from './wire.js';

/** Milliseconds of CPU that one request may cost the process: a hundred times what most cost. */
const cpuBudgetMs = 500;
/** The clock of the sandbox sends all that falls due on the way, in the request that moves it. */
const clockBudgetMs = 10_000;
/** Megabytes by which what is reachable may grow over a run: caches fill, and nothing else. */
const growthBound = 64;
/** A made thing serves this many calls before another one is made. */
const usesOfExample = 10;

interface Document {
  paths: Record<string, Record<string, Operation | undefined> | undefined>;
  components: { schemas: Record<string, Json> };
}

interface Call {
  route: GuardedRoute;
  caller: Caller;
  draft: Draft;
  bends: Bend[];
  /** Null where the call may be of somebody else's thing by now: then only the answer itself is judged. */
  isOfAnother: boolean;
  isDepartmental: boolean;
}

export interface Finding extends Fault {
  route: string;
  caller: string;
  request: string;
  times: number;
}

/** The Fuzzer calls every route of a running service as everybody, with requests that are bent, and judges what comes back. */
export class Fuzzer {
  readonly findings = new Map<string, Finding>();
  readonly counts = {
    /** Calls of the run; and all that was sent, with what looked at their effects. */
    calls: 0,
    requests: 0,
    byRoute: new Map<string, number>(),
    byCaller: new Map<string, number>(),
    byKind: new Map<string, number>(),
    byStatus: new Map<number, number>(),
    dearestMs: 0,
    dearest: '',
  };
  heldMegabytes: number[] = [];

  private readonly verdict: Verdict;
  private readonly bends = new Map<string, fc.Arbitrary<[number, Bend[]]>>();
  private readonly examples = new Map<string, Example & { uses: number }>();
  private readonly forms = new Map<string, Draft[]>();

  private constructor(
    private readonly service: TestService,
    public target: Target,
    readonly cast: Cast,
    private readonly document: Document,
    private readonly departments: { own: string; other: string },
    private readonly seed: number,
  ) {
    this.verdict = new Verdict(document);
  }

  static async of(service: TestService, seed: number): Promise<Fuzzer> {
    await service.startAt('2026-03-02T09:00:00+09:00');
    const [own, other] = [await service.departmentId('ROADS'), await service.departmentId('PARKS')];
    // Something was sent for each department, so that its messages can be asked for.
    for (const departmentId of [own, other]) await service.register({ departmentId });
    await service.advanceTo('2026-03-05T09:00:00+09:00');
    const cast = new Cast(service, own);
    for (const role of roles) await cast.renew(role);
    const target = await Target.start(service);
    const document = ok(await service.admin.get<Document>('/openapi.json'));
    const fuzzer = new Fuzzer(service, target, cast, document, { own, other }, seed);
    await fuzzer.prepare();
    return fuzzer;
  }

  get routes(): GuardedRoute[] {
    return this.service.app.get(RouteCheck).routes();
  }

  async run(requests: number, only = ''): Promise<void> {
    const schedule = this.schedule().filter(([route]) => nameOf(route).includes(only));
    for (let i = 0; i < requests; i += 1) {
      if (i % 500 === 0) await this.lookBehind();
      if (i === Math.min(1000, Math.floor(requests / 5))) this.heldMegabytes.push(await this.target.memory());
      const [route, caller] = schedule[i % schedule.length] as [GuardedRoute, Caller];
      const [call, answer, faults] = await this.callOnce(route, caller, this.seed + i);
      this.count(call, answer);
      for (const fault of faults) await this.note(call, fault, this.seed + i);
    }
    await this.lookBehind();
    this.heldMegabytes.push(await this.target.memory());
    const [before = 0, after = 0] = this.heldMegabytes;
    if (after - before > growthBound)
      this.add({ kind: 'memory grew', what: `from ${before.toFixed()} to ${after.toFixed()} MB` });
  }

  /** Sends a request as somebody; the answer is judged by whoever asks. */
  async send(draft: Draft, caller: Caller, isPage: boolean): Promise<RawAnswer & { cpuMs: number }> {
    this.counts.requests += 1;
    const n = this.counts.requests;
    const sent = this.cast.sign(draft, caller, isPage);
    const marked: Draft = {
      ...sent,
      headers: [
        ['x-fuzz', String(n)],
        ['x-forwarded-for', `10.${(n >> 16) & 255}.${(n >> 8) & 255}.${n & 255}`],
        ...sent.headers,
      ],
    };
    const answer = await this.target.exchange(bytesOf(marked));
    if (answer.status === 0) await this.target.endsSoon();
    return { ...answer, cpuMs: await this.target.cpuOf(n) };
  }

  /** What is wrong with an answer, whoever asked for whatever. */
  judge(draft: Draft, answer: RawAnswer): Fault[] {
    return this.verdict.faultsOf(draft, answer, undefined, { mayBeServed: null });
  }

  private async prepare(): Promise<void> {
    const { sql } = { sql: (text: string) => this.service.sql<{ id: string }>(text) };
    const tables = ['department', 'officer', 'contract', 'counterparty', 'contact', 'message', 'alert'];
    const ids: string[] = [];
    for (const table of tables)
      ids.push(...(await sql(`SELECT id FROM ${table} ORDER BY id LIMIT 3`)).map(({ id }) => id));
    const schemas = new Schemas(this.document, ids);
    for (const route of this.routes) {
      this.bends.set(nameOf(route), fc.tuple(fc.nat(), bendsOf(this.operationOf(route), schemas)));
    }
  }

  /** Every route by every caller, thrice by those who may; in an order that the seed shuffles. */
  private schedule(): [GuardedRoute, Caller][] {
    const all = this.routes.flatMap((route) =>
      callers.flatMap((caller) =>
        Array.from({ length: mayCall(route, caller) ? 3 : 1 }, (): [GuardedRoute, Caller] => [route, caller]),
      ),
    );
    const [shuffled = []] = fc.sample(fc.shuffledSubarray(all, { minLength: all.length }), {
      numRuns: 1,
      seed: this.seed,
    });
    return shuffled;
  }

  private async callOnce(
    route: GuardedRoute,
    caller: Caller,
    seed: number,
    only?: Bend[],
  ): Promise<[Call, RawAnswer, Fault[]]> {
    const arbitrary = this.bends.get(nameOf(route));
    const [[choice, bends] = [0, [] as Bend[]]] = arbitrary ? fc.sample(arbitrary, { numRuns: 1, seed }) : [];
    const call = await this.callOf(route, caller, choice, only ?? bends);
    const answer = await this.send(call.draft, caller, route.page);
    if (route.page && answer.status === 200 && route.method === 'GET')
      this.harvest(answer.text, call.draft.path, caller);
    if (call.draft.path.includes('sign-out') && caller !== 'nobody') await this.cast.renew(caller);
    const faults = this.verdict.faultsOf(
      call.draft,
      answer,
      this.isAsDescribed(call) ? this.operationOf(route) : undefined,
      { mayBeServed: mayBeServed(call) },
    );
    if (answer.status >= 500) faults.forEach((fault) => (fault.what += ` (${this.target.lastError})`));
    if (answer.cpuMs > (/clock$/.test(route.path) ? clockBudgetMs : cpuBudgetMs))
      faults.push({ kind: 'over its budget of CPU', what: `${answer.cpuMs.toFixed()} ms` });
    if (answer.cpuMs > this.counts.dearestMs)
      Object.assign(this.counts, { dearestMs: answer.cpuMs, dearest: nameOf(route) });
    if (this.target.ended) {
      faults.push({ kind: 'process ended', what: `${this.target.ended}: ${this.target.log.slice(-1500)}` });
      this.target = await Target.start(this.service);
    }
    if (answer.status < 400 && route.method !== 'GET') faults.push(...(await this.lookAfter(call)));
    return [call, answer, faults];
  }

  private async callOf(route: GuardedRoute, caller: Caller, choice: number, bends: Bend[]): Promise<Call> {
    const forms = this.forms.get(`${nameOf(route)} ${caller}`) ?? [];
    const form = choice % 2 === 0 ? forms[(choice >> 3) % Math.max(1, forms.length)] : undefined;
    const isOfAnother = !form && choice % 5 === 0;
    const example = form ? { draft: form, departmental: false } : await this.example(route, isOfAnother);
    // A merger of a department that the examples live on would end them.
    const bent = bends.reduce(
      (draft, one) => (this.isSafe(one.apply(draft), route) ? one.apply(draft) : draft),
      example.draft,
    );
    const language = choice % 3 === 0 ? 'en' : 'ko';
    const draft = { ...bent, headers: [['accept-language', language], ...bent.headers] as Draft['headers'] };
    return { route, caller, draft, bends, isOfAnother, isDepartmental: example.departmental };
  }

  private isSafe({ path }: Draft, { path: pattern }: GuardedRoute): boolean {
    const lives = Object.values(this.departments).some((id) => path.toLowerCase().includes(id));
    return !(/\/merge$/.test(pattern) && lives);
  }

  private async example(route: GuardedRoute, isOfAnother: boolean): Promise<Example> {
    const { own, other } = this.departments;
    const key = `${nameOf(route)} ${isOfAnother}`;
    const known = this.examples.get(key);
    if (known && (known.uses += 1) <= usesOfExample) return known;
    const made = await exampleOf(this.service, route, isOfAnother ? other : own);
    this.examples.set(key, { ...made, uses: 1 });
    return made;
  }

  /** Forms of a page are what its role may send next. */
  private harvest(html: string, at: string, caller: Caller): void {
    for (const form of formsOf(html, at)) {
      const route = this.routes.find(
        (one) => one.page && one.method === form.method && patternOf(one.path).test(form.path),
      );
      if (!route) continue;
      const key = `${nameOf(route)} ${caller}`;
      this.forms.set(key, [form, ...(this.forms.get(key) ?? [])].slice(0, 6));
    }
  }

  private operationOf({ method, path }: GuardedRoute): Operation | undefined {
    const described = `/api/v1${path}`.replace(/:(\w+)/g, '{$1}');
    return (this.document.paths[described] ?? this.document.paths[path])?.[method.toLowerCase()];
  }

  private isAsDescribed({ route, draft }: Call): boolean {
    return (
      route.method === draft.method &&
      !route.page &&
      patternOf(route.path).test(draft.path.replace(/^\/api\/v1/, ''))
    );
  }

  /** What was stored must be readable as it is described. */
  private async lookAfter({ draft: { path } }: Call): Promise<Fault[]> {
    const faults: Fault[] = [];
    for (const [described, at] of readsAfter(path)) {
      const operation = this.document.paths[described]?.['get'];
      if (!operation) continue;
      const draft: Draft = { method: 'GET', path: at, query: [], headers: [], body: null };
      const answer = await this.send(draft, 'admin', false);
      const found = this.verdict.faultsOf(draft, answer, operation, { mayBeServed: null });
      faults.push(...found.map(({ kind, what }) => ({ kind, what: `then GET ${at}: ${what}` })));
    }
    return faults;
  }

  /** What is not seen in an answer: work that follows, what was stored, what was logged, and whether everybody is still there. */
  async lookBehind(): Promise<void> {
    for (const what of await workBehind(this.service)) this.add({ kind: 'work behind it failed', what });
    for (const what of await storedAgainstTheRule(this.service))
      this.add({ kind: 'stored against the rule', what });
    const lines = [...this.target.log.split('\n'), ...this.service.heard.logs];
    const secrets = [...this.cast.secrets, marks.name, marks.password, marks.link];
    const isPrivate = (line: string) =>
      secrets.some((one) => line.includes(one)) ||
      /010-?0000-?\d{4}|8210-?0000-?\d{4}|@hanbit\.example/.test(line);
    for (const line of lines.filter(isPrivate))
      this.add({ kind: 'private value in the log', what: line.slice(0, 600) });
    this.target.log = '';
    this.service.heard.logs.length = 0;
    this.service.heard.answers.length = 0;
    for (const role of roles) await this.revive(role);
  }

  private async revive(role: Role): Promise<void> {
    const get = (path: string): Draft => ({ method: 'GET', path, query: [], headers: [], body: null });
    const page = await this.send(get('/console/account'), role, true);
    const api = await this.send(get('/api/v1/agency'), role, false);
    if (page.status !== 200 || api.status !== 200) await this.cast.renew(role);
  }

  private count({ route, caller, bends }: Call, { status }: RawAnswer): void {
    const add = <K>(counts: Map<K, number>, key: K) => counts.set(key, (counts.get(key) ?? 0) + 1);
    this.counts.calls += 1;
    add(this.counts.byRoute, nameOf(route));
    add(this.counts.byCaller, caller);
    add(this.counts.byStatus, status);
    for (const kind of bends.length > 0 ? bends.map((one) => one.kind) : (['as it is'] as const))
      add(this.counts.byKind, kind);
  }

  /** Leaves out of the request what is not needed for the fault, on a thing made anew; then writes it down. */
  private async note(call: Call, fault: Fault, seed: number): Promise<void> {
    const key = keyOf(fault, nameOf(call.route));
    const known = this.findings.get(key);
    if (known) return void (known.times += 1);
    let least = call;
    for (const one of call.bends) {
      const fewer = least.bends.filter((bend) => bend !== one);
      this.examples.delete(`${nameOf(call.route)} ${call.isOfAnother}`);
      const [again, , faults] = await this.callOnce(call.route, call.caller, seed, fewer);
      if (faults.some(({ kind }) => kind === fault.kind)) least = again;
    }
    this.add(fault, least);
  }

  private add(fault: Fault, call?: Call): void {
    const route = call ? nameOf(call.route) : '';
    const key = keyOf(fault, route);
    const known = this.findings.get(key);
    if (known) return void (known.times += 1);
    this.findings.set(key, {
      ...fault,
      route,
      caller: call?.caller ?? '',
      request: call ? curlOf(call.draft) : '',
      times: 1,
    });
  }
}

/** What the framework answers before there is a route is one finding, wherever it was found. */
function keyOf({ kind, what }: Fault, route: string): string {
  const same = what.replace(/[0-9a-f]{8}-[0-9a-f-]{27}|'[^']*'|\d{4,}/g, '#').slice(0, 120);
  return /header missing|without words|log|stored|behind/.test(kind) ? `${kind} ${same}` : `${kind} ${route}`;
}

const mayCall = ({ rule }: GuardedRoute, caller: Caller) =>
  typeof rule !== 'object' || (caller !== 'nobody' && rule.includes(caller));

/** Null: nothing is known of the call, because it was bent to something else. */
function mayBeServed({ route, caller, bends, draft, isOfAnother, isDepartmental }: Call): boolean | null {
  if (bends.some(({ kind }) => /path|method/.test(kind))) return null;
  if (!mayCall(route, caller)) return false;
  const isScoped = isOfAnother && isDepartmental && caller !== 'admin' && caller !== 'auditor';
  const stillIs = bends.length === 0 || /\/[0-9a-f]{8}-[0-9a-f-]{27}(\/|$)/.test(draft.path);
  return isScoped && stillIs ? false : null;
}

function patternOf(path: string): RegExp {
  return new RegExp(`^${path.replace(/:\w+/g, '[^/]+')}$`);
}

const pagesOfApi: Record<string, string> = {
  channels: 'reporting-channels',
  people: 'accounts',
  keys: 'api-keys',
};

/** The reads of the API that show what a request to the path has written, with the path that describes each. */
function readsAfter(path: string): [described: string, at: string][] {
  const [, place = '', id = ''] =
    /^\/(?:api\/v1|console\/settings|console)\/([a-z-]+)(?:\/([0-9a-f-]{36}))?/.exec(path) ?? [];
  const collection = `/api/v1/${pagesOfApi[place] ?? place}`;
  return [
    [collection, collection],
    ...(id ? [[`${collection}/{id}`, `${collection}/${id}`] as [string, string]] : []),
  ];
}
