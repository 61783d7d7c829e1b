import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import type { Role } from '../../src/core/access/roles.js';
import { SessionsService } from '../../src/office/accounts/sessions.service.js';
import { ok } from '../support/api-client.js';
import { Browser } from '../support/browser.js';
import { aCityToLookAt } from '../support/city-to-look-at.js';
import { counting, type Steps, stepsOf } from '../support/counted-steps.js';
import { cookieName } from '../support/page-client.js';
import type { Seen } from '../support/pages-to-look-at.js';
import { startService, type TestService } from '../support/service.js';

/** `decider` is a manager of another department, whom the lot falls on. */
export type Person = Role | 'decider';

/** How a task is done: in which language, and whether the browser runs scripts. */
export interface How {
  locale: 'ko' | 'en';
  script: boolean;
  name: string;
}

export const hows: How[] = [
  { locale: 'ko', script: true, name: 'ko, with script' },
  { locale: 'en', script: false, name: 'en, without script' },
];

interface Told extends Steps {
  role: Role;
  task: string;
  how: string;
}

export const password = 'nine lanterns at the gate';

const people: { as: Person; role: Role; department: string | null; staffNumber?: string }[] = [
  { as: 'officer', role: 'officer', department: 'ROADS', staffNumber: 'H-1042' },
  { as: 'manager', role: 'manager', department: 'ROADS' },
  { as: 'admin', role: 'admin', department: null },
  { as: 'auditor', role: 'auditor', department: null },
  { as: 'monitor', role: 'monitor', department: 'ROADS' },
  { as: 'decider', role: 'manager', department: 'PARKS' },
];

/** TaskGround is a small city with a person of each role, a browser, and what was counted of their tasks. */
export class TaskGround {
  private constructor(
    readonly service: TestService,
    readonly seen: Seen,
    readonly browser: Browser,
  ) {}

  readonly ids = new Map<Person, string>();
  private readonly told: Told[] = [];

  static async start(): Promise<TaskGround> {
    const service = await startService();
    const seen = await aCityToLookAt(service);
    const links: string[] = [];
    const ids = new Map<Person, string>();
    for (const person of people) {
      const { id, link } = await invite(service, person);
      ids.set(person.as, id);
      links.push(link);
    }
    const ground = new TaskGround(service, seen, await Browser.of(service));
    for (const [as, id] of ids) ground.ids.set(as, id);
    for (const link of links) await ground.acceptInvitation(link);
    return ground;
  }

  /** Registers a contract of roads that is the officer's own, with a company of its own. */
  async contractOf(
    input: Partial<Parameters<TestService['register']>[0]> & { staffNumber?: string } = {},
  ): Promise<{ id: string; reference: string }> {
    const { staffNumber = 'H-1042', ...rest } = input;
    const [officer] = await this.service.sql<{ id: string }>(
      `SELECT id FROM officer WHERE staff_number = $1`,
      [staffNumber],
    );
    const dates = { signedOn: '2026-03-24', startsOn: '2026-04-06', endsOn: '2026-11-27' };
    return this.service.register({ ...dates, officerId: officer?.id ?? null, ...rest });
  }

  /** Opens the browser of somebody who has come through the door. */
  async signedIn(as: Person, { locale, script }: How): Promise<Page> {
    const page = await this.browser.page({ javaScriptEnabled: script });
    const token = await this.service.app.get(SessionsService).open(this.ids.get(as) ?? '');
    const url = this.browser.origin;
    await page.context().addCookies([
      { name: 'chorong-locale', value: locale, url },
      { name: cookieName, value: token, url, httpOnly: true, sameSite: 'Lax' },
    ]);
    await page.goto('/console');
    return counting(page);
  }

  /** Notes what was done on a page since it was last asked, as a task of a role. */
  tell(page: Page, { name: how }: How, role: Role, task: string): void {
    this.told.push({ role, task, how, ...stepsOf(page) });
  }

  /** Writes docs/tasks.md from what was counted, beside what the same took before. */
  writeTable(): void {
    writeFileSync(join(process.cwd(), 'docs/tasks.md'), tableOf(this.told));
  }

  async close(): Promise<void> {
    expect(this.browser.complaints).toEqual([]);
    await this.browser.close();
    await this.service.close();
  }

  /** The link that the admin was shown, opened by the person it is for. */
  private async acceptInvitation(link: string): Promise<void> {
    const page = await this.browser.page({ javaScriptEnabled: false });
    await page.goto(link);
    await page.fill('[name=password]', password);
    await page.click('main button');
    await page.waitForURL(/\/console\?done=/);
    expect((await page.goto(link))?.status()).toBe(404);
    this.browser.complaints.splice(0);
    await page.context().close();
  }
}

export const emailOf = (as: Person) => `${as}.tasks@hanbit.example`;

async function invite(service: TestService, { as, role, department, staffNumber }: (typeof people)[number]) {
  const [officer] = await service.sql<{ id: string }>(`SELECT id FROM officer WHERE staff_number = $1`, [
    staffNumber ?? '',
  ]);
  const departmentId = department === null ? null : await service.departmentId(department);
  const wanted = { email: emailOf(as), name: '한여울', role, departmentId, officerId: officer?.id ?? null };
  ok(await service.admin.post('/accounts', wanted));
  const [{ id } = { id: '' }] = await service.sql<{ id: string }>(`SELECT max(id::text) AS id FROM account`);
  // An auditor's invitation waits, and makes no link when it is approved: one is asked for.
  const made = await service.admin.post<{ link: string }>(`/accounts/${id}/reset`, {});
  return { id, link: new URL(ok(made).link).pathname };
}

/** Registers a test that does a task in each way and counts it, by the role that does it. */
export const tasksOf =
  (role: Role, ground: () => TaskGround) =>
  (task: string, work: (page: Page, how: How) => Promise<void>): void => {
    it.each(hows)(`${role}: ${task} ($name)`, async (how) => {
      const page = await ground().signedIn(role, how);
      await work(page, how);
      ground().tell(page, how, role, task);
      await page.context().close();
    });
  };

/** What the same tasks took at the commit before the work on them began; null where a task could not be done. */
interface Before {
  commit: string;
  tasks: Record<string, Record<string, Steps | null>>;
}

const stepsText = (steps: Steps) => `${steps.fields} fields, ${steps.clicks} clicks`;

function tableOf(told: Told[]): string {
  const before = JSON.parse(readFileSync('test/fixtures/tasks-before.json', 'utf8')) as Before;
  const line = (cells: string[]) => `| ${cells.join(' | ')} |`;
  const tasks = [...new Map(told.map((one) => [`${one.role} ${one.task}`, one])).values()];
  const cell = ({ role, task }: Told, how: string) => {
    const one = told.find((other) => other.role === role && other.task === task && other.how === how);
    return one ? stepsText(one) : '–';
  };
  const cellBefore = ({ role, task }: Told) => {
    const steps = before.tasks[role]?.[task];
    if (steps === null) return 'not possible';
    return steps ? stepsText(steps) : '–';
  };
  return [
    '# What each role does, and in how many steps',
    '',
    'Written by `npm run docs:tasks`, which does each task in a browser and counts the fields that it fills in and what it clicks on, from the',
    'home page (or the page that the task names) on; a field that is filled in again counts again. Do not edit: run it again.',
    '',
    `**Before** is what the same task took at commit ${before.commit}, before the desk was built, in Korean and with script; *not possible* where`,
    'no page did it, – where it was not measured. It was measured once, by the same counting, and lies in `test/fixtures/tasks-before.json`.',
    '',
    line(['role', 'task', 'before', ...hows.map(({ name }) => name)]),
    line(['---', '---', '---', ...hows.map(() => '---')]),
    ...tasks
      .sort((a, b) => (a.role < b.role ? -1 : a.role > b.role ? 1 : 0))
      .map((one) => line([one.role, one.task, cellBefore(one), ...hows.map(({ name }) => cell(one, name))])),
    '',
  ].join('\n');
}
