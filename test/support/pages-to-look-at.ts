import type { Page } from 'playwright-core';
import type { Role } from '../../src/core/access/roles.js';
import type { ImportsSeen } from './brought-sheets.js';

export interface Seen {
  contract: string;
  message: string;
  contact: string;
  imports: ImportsSeen;
  /** A list of another system's contracts, and a record of it that nobody registered. */
  lists: { id: string; record: string };
  /** What waits for a second person, and the contract that it is of. */
  waiting: { contract: string; ofContract: string; ofAgency: string };
}

export interface PageToLookAt {
  /** Of the screenshot. */
  name: string;
  path: (seen: Seen) => string;
  /** Null: without a session. */
  role: Role | null;
  /** Of the fictional city; the whole, when it is not given. */
  department?: string;
  /** What somebody has done on it. */
  act?: (page: Page) => Promise<void>;
}

const of = (
  name: string,
  path: string | PageToLookAt['path'],
  role: Role | null = 'admin',
  department?: string,
): PageToLookAt => ({
  name,
  path: typeof path === 'string' ? () => path : path,
  role,
  ...(department ? { department } : {}),
});

/** Every page, as the role that has the most to see on it; new ones are added here. */
export const pagesToLookAt: PageToLookAt[] = [
  of('sign-in', '/console/sign-in', null),
  of('forgotten', '/console/forgotten', null),
  of('genuine', '/genuine', null),
  of('register', '/register?reference=C-2026-0143', null),
  of('performance', '/performance', null),
  of('home-officer', '/console', 'officer', 'ROADS'),
  of('home-monitor', '/console', 'monitor', 'ROADS'),
  of('account', '/console/account', 'officer', 'ROADS'),
  of('new-address', '/console/account/email', 'officer', 'ROADS'),
  of('contracts', '/console/contracts', 'officer', 'CITY'),
  of('contracts-empty', '/console/contracts?q=nothing-like-it', 'officer', 'ROADS'),
  of('outgoing', '/console/outgoing', 'auditor'),
  of('figures', '/console/figures', 'auditor'),
  of('reports', '/console/figures/reports', 'manager', 'CITY'),
  of('report', '/console/figures/report?month=2026-03', 'auditor'),
  of('contract-new', '/console/contracts/new', 'officer', 'ROADS'),
  { ...of('sign-in-typed', '/console/contracts/new', 'officer', 'ROADS'), act: sendTooLate },
  { ...of('contract-new-planned', '/console/contracts/new', 'officer', 'ROADS'), act: fillIn },
  of('contract', ({ contract }) => `/console/contracts/${contract}`, 'officer', 'ROADS'),
  of('contract-evidence', ({ contract }) => `/console/contracts/${contract}/evidence`, 'auditor'),
  of('contract-notice', ({ contract }) => `/console/contracts/${contract}/notice`, 'officer', 'ROADS'),
  of('contract-change', ({ contract }) => `/console/contracts/${contract}/change`, 'officer', 'ROADS'),
  of(
    'contract-terminate',
    ({ contract }) => `/console/contracts/${contract}/move/terminate`,
    'officer',
    'ROADS',
  ),
  of('contact-new', ({ contract }) => `/console/contracts/${contract}/contacts/new`, 'officer', 'ROADS'),
  of(
    'contact',
    ({ contract, contact }) => `/console/contracts/${contract}/contacts/${contact}`,
    'officer',
    'ROADS',
  ),
  of(
    'contact-remove',
    ({ contract, contact }) => `/console/contracts/${contract}/contacts/${contact}/remove`,
    'officer',
    'ROADS',
  ),
  {
    ...of(
      'contact-lost',
      ({ contract, contact }) => `/console/contracts/${contract}/contacts/${contact}`,
      'officer',
      'ROADS',
    ),
    act: giveNumber,
  },
  { ...of('contract-odd-dates', '/console/contracts/new', 'officer', 'ROADS'), act: mistypeYear },
  of('contract-waiting', ({ waiting }) => `/console/contracts/${waiting.contract}`, 'officer', 'ROADS'),
  of('home-manager', '/console', 'manager', 'PARKS'),
  of('proposals', '/console/proposals', 'manager', 'PARKS'),
  of('proposal', ({ waiting }) => `/console/proposals/${waiting.ofContract}`, 'manager', 'PARKS'),
  of('proposal-of-agency', ({ waiting }) => `/console/proposals/${waiting.ofAgency}`, 'auditor'),
  of('imports', '/console/imports', 'officer', 'ROADS'),
  of('imports-empty', '/console/imports', 'officer', 'WELFARE'),
  of('imports-auditor', '/console/imports', 'auditor'),
  of('import-reading', ({ imports }) => `/console/imports/${imports.queued}`, 'officer', 'ROADS'),
  of('import-columns', ({ imports }) => `/console/imports/${imports.columns}`, 'officer', 'ROADS'),
  of('import-preview', ({ imports }) => `/console/imports/${imports.ready}`, 'officer', 'ROADS'),
  of('import-applied', ({ imports }) => `/console/imports/${imports.completed}`, 'officer', 'ROADS'),
  of('import-undo', ({ imports }) => `/console/imports/${imports.completed}/undo`, 'officer', 'ROADS'),
  of('import-discard', ({ imports }) => `/console/imports/${imports.ready}/discard`, 'officer', 'ROADS'),
  of('messages', '/console/messages', 'auditor'),
  of('message', ({ message }) => `/console/messages/${message}`, 'auditor'),
  of('home-auditor', '/console', 'auditor'),
  of('work', '/console/work', 'officer', 'ROADS'),
  of('work-auditor', '/console/work', 'auditor'),
  of('work-unrecorded', '/console/work/unrecorded', 'officer', 'ROADS'),
  of('work-no-number', '/console/work/no-number', 'officer', 'CITY'),
  of('work-old-drafts', '/console/work/old-drafts', 'auditor'),
  of('flags', '/console/flags', 'auditor'),
  { ...of('calls', '/console/calls', 'auditor'), act: revealNumber },
  of('calls-figures', '/console/calls/figures?from=2020-01&to=2020-01', 'auditor'),
  of('accesses', '/console/accesses', 'auditor'),
  of('retention', '/console/settings/retention'),
  of('personal-data', '/console/settings/personal-data'),
  of('ladder', '/console/ladder', 'auditor'),
  of('ladder-admin', '/console/ladder'),
  of('flags-officers', '/console/flags/officers', 'auditor'),
  of('flags-agency', '/console/flags/agency', 'auditor'),
  of('reference-lists', '/console/reference-lists', 'auditor'),
  of('reference-list', ({ lists }) => `/console/reference-lists/${lists.id}`, 'auditor'),
  of('reference-record', ({ lists }) => `/console/reference-lists/records/${lists.record}`, 'auditor'),
  of('contract-flags', ({ contract }) => `/console/contracts/${contract}/flags`, 'auditor'),
  of('work-empty', '/console/work/drafts', 'officer', 'ROADS'),
  of('coverage', '/console/coverage', 'auditor'),
  of('coverage-by-officer', '/console/coverage?groupBy=officer', 'manager', 'CITY'),
  of('coverage-monitor', '/console/coverage?groupBy=month&rollUp=on', 'monitor', 'CITY'),
  of('coverage-empty', '/console/coverage?from=2030-01-01&to=2030-01-31', 'auditor'),
  of('coverage-milestones', '/console/coverage/milestones?outcome=missed', 'auditor'),
  of('settings', '/console/settings'),
  of('settings-people', '/console/settings/people'),
  of('settings-departments', '/console/settings/departments'),
  of('settings-hand-over', '/console/settings/hand-over'),
  of('settings-keys', '/console/settings/keys'),
  of('settings-agency', '/console/settings/agency'),
  of('settings-calendar', '/console/settings/calendar'),
  of('settings-channels', '/console/settings/channels'),
  of('settings-plans', '/console/settings/plans'),
  of('settings-templates', '/console/settings/templates'),
  of('settings-text', '/console/settings/templates/text?key=ko/works/commencement'),
  of('settings-text-auditor', '/console/settings/templates/text?key=ko/any/acceptance.neutral', 'auditor'),
  of('settings-plan', '/console/settings/plans/plan?name=plan:works'),
  of('settings-plan-dense', '/console/settings/plans/plan?name=plan:goods:dense'),
  of('settings-versions', '/console/settings/versions?name=plan:works'),
  of('settings-defaults', '/console/settings/defaults'),
  of('settings-brakes', '/console/settings/brakes'),
  of('settings-history', '/console/settings/history'),
  { ...of('settings-brake-agency', '/console/settings/brakes'), act: pauseAll },
  of('unknown', '/console/nothing', 'officer', 'ROADS'),
  of('phones', '/console/phones', 'admin'),
  of('not-found', '/console/contracts/01996f3e-0000-7000-8000-000000000001', 'officer', 'ROADS'),
];

async function fillIn(page: Page): Promise<void> {
  await page.selectOption('[name=kind]', 'works');
  await page.fill('[name=reference]', 'C-2026-0212');
  await page.fill('[name=title]', '하천 산책로 정비공사');
  await page.fill('[name=amount]', '240,000,000');
  await page.fill('[name=signedOn]', '2026-03-24');
  await page.fill('[name=startsOn]', '2026-04-06');
  await page.fill('[name=endsOn]', '2026-10-30');
  await page.fill('[name=companyName]', '(주)새솔건설');
  await page.fill('[name=contactName]', '이가람');
  await page.fill('[name=phone]', '010-0000-1234');
  await page.waitForSelector('#plan table');
}

/** The session is over by the time that the form is sent. */
async function sendTooLate(page: Page): Promise<void> {
  await page.fill('[name=title]', '하천 산책로 정비공사');
  const session = (await page.context().cookies()).find(({ name }) => name === 'chorong-local');
  if (session) await page.context().addCookies([{ ...session, value: 'x'.repeat(43) }]);
  await page.click('form[action$="/new"] button:not([formaction])');
  await page.waitForSelector('[name=typed]', { state: 'attached' });
}

/** Whoever is told of a contract would be no more, so that a reason is asked for. */
async function giveNumber(page: Page): Promise<void> {
  await page.fill('[name=phone]', '010-0000-1235');
  await page.click('main form .actions button');
  await page.waitForSelector('.notice.bad');
}

async function mistypeYear(page: Page): Promise<void> {
  await fillIn(page);
  await page.fill('[name=endsOn]', '2062-10-30');
  await page.click('form[action$="/new"] button:not([formaction])');
  await page.waitForSelector('#confirmedDates');
}

async function revealNumber(page: Page): Promise<void> {
  await page.click('form[action$="/number"] button');
  await page.waitForSelector('ol[lang=ko]');
}

async function pauseAll(page: Page): Promise<void> {
  await page.selectOption('[name=what]', 'agency:all');
  await page.fill('form[action$="/brakes"] [name=reason]', '공휴일 목록을 고치는 중');
  await page.click('form[action$="/brakes"] button');
  await page.waitForSelector('button[value=save]');
}
