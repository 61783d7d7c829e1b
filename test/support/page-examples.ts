import { randomUUID } from 'node:crypto';
import { defaultPlans } from '../../src/core/planning/plans.default.js';
import { MisfitFlags } from '../../src/core/transparency/misfit-flags.js';
import { fieldsOfPlan } from '../../src/office/console/settings/plan-form.js';
import { agencyForm } from './agency-form.js';
import { ok } from './api-client.js';
import { aSheet, applied, bring, decideLatest } from './brought-sheets.js';
import { aContact } from './builders.js';
import { anOffer } from './newer-release.js';
import type { PageCall } from './page-client.js';
import { aBrake, aListed, aPerson, aReferenceList, ofCall, ofLadder, ofWaiting } from './route-examples.js';
import type { TestService } from './service.js';
import type { Role } from '../../src/core/access/roles.js';
import type { ContractView } from '../../src/core/contracts/contract.view.js';

/** A call of a page that succeeds (a page, or a redirect) for whoever may make it. */
export interface CallOfPage extends PageCall {
  /** It is about something of a department, which others do not find. */
  departmental?: boolean;
  /** An officer does it to what they made themselves, not to what a colleague made. */
  ownOnly?: boolean;
  /** It is for these alone, of the roles that the route lets in: whose turn it is follows from the thing. */
  servedTo?: Role[];
  /** It ends the session, so that it is made by somebody who is needed for nothing else. */
  endsSession?: boolean;
  /** The form is shown again with what is wrong: whoever may not call does not get as far. */
  status?: number;
}

type Example = (service: TestService, departmentId: string) => Promise<CallOfPage> | CallOfPage;

/** The pages that are open to all: `GET /console/sign-in`. */
export const openPages: string[] = [
  'GET /console/assets/:name',
  'GET /console/sign-in',
  'POST /console/sign-in',
  'GET /console/sign-in/issuer',
  'GET /console/sign-in/issuer/back',
  'GET /console/sign-in/passkey',
  'POST /console/sign-in/passkey',
  'POST /console/sign-out',
  'GET /console/forgotten',
  'POST /console/forgotten',
  'GET /console/welcome/:token',
  'POST /console/welcome/:token',
  'POST /console/preferences',
  'GET /console*',
  'POST /console*',
  'GET /genuine',
  'GET /register',
  'POST /register',
  'GET /performance',
];

const plain = (path: string) => (): CallOfPage => ({ path });

const ofDepartment =
  (path: string): Example =>
  (_service, departmentId) => ({ path: `${path}?departmentId=${departmentId}`, departmental: true });

const ofReferenceList =
  (rest: (ids: { id: string; record: string }) => CallOfPage): Example =>
  async (service) => ({ ...rest(await aReferenceList(service)), departmental: true });

const ofContract =
  (rest: (contract: ContractView) => Omit<CallOfPage, 'departmental'>): Example =>
  async (service, departmentId) => {
    const contract = await service.register({ departmentId });
    const call = rest(contract);
    return { ...call, path: `/console/contracts/${contract.id}${call.path}`, departmental: true };
  };

/** The page that corrects an occurrence. */
const ofOccurrence =
  (call: Pick<CallOfPage, 'form'> = {}): Example =>
  async (service, departmentId) => {
    const { id } = await service.register({ departmentId });
    const recorded = `/contracts/${id}/milestones/advance-payment/occurrences`;
    ok(await service.admin.post(recorded, { occurredOn: '2026-04-01' }));
    const path = `/console/contracts/${id}/occurrences/advance-payment/1/correct`;
    return { ...call, path, departmental: true };
  };

const contactOf = ({ counterparties: [party] }: ContractView) => party?.contacts[0]?.id ?? '';

const ofMessage =
  (rest: string, form?: Record<string, string>): Example =>
  async (service, departmentId) => {
    const [row] = await service.sql<{ id: string }>(
      `SELECT message_id AS id FROM alert WHERE department_id = $1 AND message_id IS NOT NULL LIMIT 1`,
      [departmentId],
    );
    if (!row) throw new Error('nothing was sent for the department');
    if (rest)
      await service.sql(
        `UPDATE message SET status = 'held', reason = '29999', next_attempt_at = NULL WHERE id = $1`,
        [row.id],
      );
    return { path: `/console/messages/${row.id}${rest}`, departmental: true, ...(form ? { form } : {}) };
  };

let counter = 0;
const newContract = (departmentId: string) => ({
  reference: `P-2026-${String((counter += 1)).padStart(4, '0')}`,
  title: '중앙로 보도정비공사',
  kind: 'works',
  departmentId,
  signedOn: '2026-03-03',
  startsOn: '2026-03-16',
  endsOn: '2026-11-27',
});

/** An import that an officer of the department brought, at the step where the call can be made. */
const ofImport =
  (
    rest: string,
    { isOdd = false, isApplied = false, isRefused = false, form }: ImportExample = {},
  ): Example =>
  async (service, departmentId) => {
    const officer = await service.person('officer', departmentId);
    await decideLatest(service);
    const row = { reference: `W-2026-${String((counter += 1)).padStart(4, '0')}`, signedOn: '2026-03-04' };
    const refused = {
      reference: `W-2026-${String((counter += 1)).padStart(4, '0')}`,
      signedOn: '2026-13-40',
    };
    const content = aSheet(isRefused ? [row, refused] : [row], { isOdd });
    const id = await bring(service, officer, { name: 'contracts.csv', content });
    if (isApplied) await applied(service, officer, id);
    return {
      path: `/console/imports/${id}${rest}`,
      departmental: true,
      ...(form ? { form, ownOnly: true } : {}),
    };
  };

interface ImportExample {
  isOdd?: boolean;
  isApplied?: boolean;
  isRefused?: boolean;
  /** What only who brought it may send. */
  form?: Record<string, string>;
}

/** In the order of the columns of `aSheet`. */
const columnsChosen = Object.fromEntries(
  [
    'reference',
    'revision',
    'kind',
    'title',
    'signedOn',
    'startsOn',
    'endsOn',
    'amount',
    'counterparty',
    'contact',
    'phone',
  ].map((field, i) => [`column-${i}`, field]),
);

/** Keyed as `GET /console/contracts/:id`; every page that needs a session has one. */
export const pageExamples: Record<string, Example> = {
  'GET /console': plain('/console'),
  'GET /console/account': plain('/console/account'),
  'GET /console/account/session': plain('/console/account/session'),
  'POST /console/account': () => ({
    path: '/console/account',
    form: { name: `이한결 ${randomUUID()}`, locale: 'ko' },
  }),
  'GET /console/account/email': plain('/console/account/email'),
  'POST /console/account/email': () => ({
    path: '/console/account/email',
    form: { present: 'not the password', email: 'new@hanbit.example' },
    status: 422,
  }),
  'POST /console/account/password': () => ({
    path: '/console/account/password',
    form: { old: 'not the one', password: 'three long words here' },
    status: 422,
  }),
  'POST /console/account/second-factor': () => ({
    path: '/console/account/second-factor',
    form: { present: 'not the password', step: 'set' },
    status: 422,
  }),
  'POST /console/account/passkeys': () => ({
    path: '/console/account/passkeys',
    form: { present: 'not the password', passkeyName: '내 휴대전화' },
    status: 422,
  }),
  'POST /console/account/sign-out-everywhere': () => ({
    path: '/console/account/sign-out-everywhere',
    form: {},
    endsSession: true,
  }),
  'GET /console/contracts': plain('/console/contracts'),
  'GET /console/outgoing': plain('/console/outgoing'),
  'GET /console/figures': plain('/console/figures'),
  'GET /console/figures/costs': ofDepartment('/console/figures/costs'),
  'GET /console/figures/reports': ofDepartment('/console/figures/reports'),
  'GET /console/figures/report': (_service, departmentId) => ({
    path: `/console/figures/report?month=2026-03&departmentId=${departmentId}`,
    departmental: true,
  }),
  'GET /console/contracts/new': plain('/console/contracts/new'),
  'POST /console/contracts/new': (_service, departmentId) => ({
    path: '/console/contracts/new',
    form: newContract(departmentId),
    departmental: true,
  }),
  'POST /console/contracts/new/plan': plain('/console/contracts/new/plan'),
  'GET /console/contracts/:id': ofContract(() => ({ path: '' })),
  'GET /console/contracts/:id/evidence': ofContract(() => ({ path: '/evidence' })),
  'GET /console/contracts/:id/evidence/file': ofContract(() => ({ path: '/evidence/file' })),
  'POST /console/contracts/:id/evidence': ofContract(() => ({ path: '/evidence', form: { reason: '민원' } })),
  'GET /console/contracts/:id/notice': ofContract(() => ({ path: '/notice' })),
  'GET /console/contracts/:id/change': ofContract(() => ({ path: '/change' })),
  'POST /console/contracts/:id/change': ofContract(({ title, departmentId, signedOn, startsOn }) => ({
    path: '/change',
    form: {
      step: 'save',
      title,
      departmentId,
      signedOn: signedOn ?? '',
      startsOn: startsOn ?? '',
      endsOn: '2026-12-18',
    },
  })),
  'GET /console/contracts/:id/move/:move': ofContract(() => ({ path: '/move/start' })),
  'GET /console/proposals': plain('/console/proposals'),
  'GET /console/proposals/:id': ofWaiting((id) => ({ path: `/console/proposals/${id}` })),
  'POST /console/proposals/:id/approve': ofWaiting((id) => ({
    path: `/console/proposals/${id}/approve`,
    form: {},
    servedTo: ['auditor'],
  })),
  'POST /console/proposals/:id/refuse': ofWaiting((id) => ({
    path: `/console/proposals/${id}/refuse`,
    form: { reason: 'unknown to them' },
    servedTo: ['auditor'],
  })),
  'POST /console/proposals/:id/withdraw': ofWaiting((id) => ({
    path: `/console/proposals/${id}/withdraw`,
    form: {},
    servedTo: [],
  })),
  'GET /console/contracts/:id/flags': ofContract(() => ({ path: '/flags' })),
  'GET /console/flags': plain('/console/flags'),
  'GET /console/flags/officers': plain('/console/flags/officers'),
  'GET /console/flags/agency': plain('/console/flags/agency'),
  'POST /console/flags/agency': async (service) => {
    await service.app.get(MisfitFlags).raise({ code: 'log-cut', params: { size: 9, now: 8 } });
    return { path: '/console/flags/agency', form: { note: 'restored', finding: 'explained' } };
  },
  'POST /console/contracts/:id/flags/assign': async (service, departmentId) => {
    const { id } = await service.register({ departmentId });
    ok(await service.admin.post(`/contracts/${id}/suspend`, { on: '2026-03-03', reason: 'rain' }));
    const form = { kind: 'not-told', assignee: '' };
    return { path: `/console/contracts/${id}/flags/assign`, form, departmental: true };
  },
  'POST /console/contracts/:id/flags': async (service, departmentId) => {
    const { id } = await service.register({ departmentId });
    ok(await service.admin.post(`/contracts/${id}/suspend`, { on: '2026-03-03', reason: 'rain' }));
    const form = { kind: 'not-told', finding: 'explained', note: 'it rained' };
    return { path: `/console/contracts/${id}/flags`, form, departmental: true };
  },
  'POST /console/contracts/:id/move/:move': ofContract(() => ({
    path: '/move/start',
    form: { step: 'save', on: '2026-03-16' },
  })),
  'POST /console/contracts/:id/occurrences': ofContract(() => ({
    path: '/occurrences',
    form: { code: 'advance-payment', occurredOn: '2026-04-01' },
  })),
  'GET /console/contracts/:id/occurrences/:code/:occurrence/:way': ofOccurrence(),
  'POST /console/contracts/:id/occurrences/:code/:occurrence/:way': ofOccurrence({
    form: { step: 'save', occurredOn: '2026-04-02', reason: 'a typing error' },
  }),
  'GET /console/contracts/:id/contacts/new': ofContract(() => ({ path: '/contacts/new' })),
  'POST /console/contracts/:id/contacts/new': ofContract(({ counterparties: [party] }) => ({
    path: '/contacts/new',
    form: { to: party?.id ?? '', contactName: '한여울', phone: aContact().phone ?? '', locale: 'ko' },
  })),
  'GET /console/contracts/:id/contacts/:contactId': ofContract((contract) => ({
    path: `/contacts/${contactOf(contract)}`,
  })),
  'POST /console/contracts/:id/contacts/:contactId': ofContract((contract) => ({
    path: `/contacts/${contactOf(contract)}`,
    form: { contactRole: 'ceo', locale: 'ko' },
  })),
  'GET /console/contracts/:id/contacts/:contactId/remove': ofContract((contract) => ({
    path: `/contacts/${contactOf(contract)}/remove`,
  })),
  'POST /console/contracts/:id/contacts/:contactId/remove': ofContract((contract) => ({
    path: `/contacts/${contactOf(contract)}/remove`,
    form: { reason: 'left the company' },
  })),
  'GET /console/imports': plain('/console/imports'),
  'POST /console/imports': (_service, departmentId) => ({
    path: '/console/imports',
    form: { departmentId },
    upload: {
      field: 'file',
      name: 'contracts.csv',
      type: 'text/csv',
      content: aSheet([{ reference: 'W-1' }]),
    },
    departmental: true,
  }),
  'GET /console/imports/template.xlsx': plain('/console/imports/template.xlsx'),
  'GET /console/imports/:id': ofImport(''),
  'GET /console/imports/:id/refused.xlsx': ofImport('/refused.xlsx', { isRefused: true }),
  'GET /console/imports/:id/columns': ofImport('/columns'),
  'POST /console/imports/:id/columns': ofImport('/columns', { isOdd: true, form: columnsChosen }),
  'POST /console/imports/:id/names': ofImport('/names', { form: {} }),
  'POST /console/imports/:id/preview': ofImport('/preview', { form: {} }),
  'POST /console/imports/:id/apply': ofImport('/apply', { form: {} }),
  'GET /console/imports/:id/discard': ofImport('/discard'),
  'POST /console/imports/:id/discard': ofImport('/discard', { form: {} }),
  'GET /console/imports/:id/undo': ofImport('/undo', { isApplied: true }),
  'POST /console/imports/:id/undo': ofImport('/undo', {
    isApplied: true,
    form: { reason: 'the wrong file' },
  }),
  'GET /console/messages': plain('/console/messages'),
  'POST /console/messages/search': () => ({ path: '/console/messages/search', form: { words: '계약' } }),
  'GET /console/messages/export': plain('/console/messages/export'),
  'GET /console/messages/:id': ofMessage(''),
  'POST /console/messages/:id/release': ofMessage('/release', { reason: 'looked into' }),
  'GET /console/work': ofDepartment('/console/work'),
  'GET /console/work/:list': ofDepartment('/console/work/no-number'),
  'POST /console/work/:list': ofDepartment('/console/work/no-number'),
  'GET /console/coverage': ofDepartment('/console/coverage'),
  'GET /console/coverage/milestones': ofDepartment('/console/coverage/milestones'),
  'GET /console/settings': plain('/console/settings'),
  'GET /console/settings/plans': plain('/console/settings/plans'),
  'GET /console/settings/templates': plain('/console/settings/templates'),
  'GET /console/settings/templates/text': plain('/console/settings/templates/text?key=ko/works/signing'),
  'POST /console/settings/templates/text': () => ({
    path: '/console/settings/templates/text',
    form: {
      key: 'ko/works/signing',
      body: '{{contract.reference}} {{milestone.name}} {{> channels}}',
      step: 'save',
    },
  }),
  'GET /console/settings/plans/plan': plain('/console/settings/plans/plan?name=plan:goods'),
  'POST /console/settings/plans/plan': () => ({
    path: '/console/settings/plans/plan',
    form: { name: 'plan:goods', ...fieldsOfPlan(defaultPlans.goods), 'offset-0': '2', step: 'save' },
  }),
  'GET /console/settings/versions': plain('/console/settings/versions?name=plan:goods'),
  'GET /console/settings/agency': plain('/console/settings/agency'),
  'POST /console/settings/agency': () => ({
    path: '/console/settings/agency',
    form: agencyForm,
  }),
  'GET /console/settings/calendar': plain('/console/settings/calendar'),
  'POST /console/settings/calendar': () => ({
    path: '/console/settings/calendar',
    form: { timeZone: 'Asia/Seoul', country: 'KR', from: '09:00', to: '18:00', closed: '2026-06-04' },
  }),
  'GET /console/calls': plain('/console/calls'),
  'GET /console/calls/figures': plain('/console/calls/figures'),
  'GET /console/calls/:id': ofCall((id) => ({ path: `/console/calls/${id}`, departmental: true })),
  'POST /console/calls/:id/number': async (service, departmentId) => ({
    ...(await ofCall((id) => ({ path: `/console/calls/${id}/number`, departmental: true }))(
      service,
      departmentId,
    )),
    form: { reason: 'sampled' },
  }),
  'POST /console/calls/:id/outcome': async (service, departmentId) => ({
    ...(await ofCall((id) => ({ path: `/console/calls/${id}/outcome`, departmental: true }))(
      service,
      departmentId,
    )),
    form: { outcome: 'reached' },
  }),
  'GET /console/reference-lists': plain('/console/reference-lists'),
  'POST /console/reference-lists': () => ({
    path: '/console/reference-lists',
    form: { name: randomUUID(), since: '2026-01-01', graceDays: '5' },
  }),
  'GET /console/reference-lists/:id': ofReferenceList(({ id }) => ({
    path: `/console/reference-lists/${id}`,
  })),
  'POST /console/reference-lists/:id/files': ofReferenceList(({ id }) => ({
    path: `/console/reference-lists/${id}/files`,
    form: {},
    upload: { field: 'file', type: 'text/csv', ...aListed() },
  })),
  'GET /console/reference-lists/records/:id': ofReferenceList(({ record }) => ({
    path: `/console/reference-lists/records/${record}`,
  })),
  'POST /console/reference-lists/records/:id/match': ofReferenceList(({ record }) => ({
    path: `/console/reference-lists/records/${record}/match`,
    form: { reference: '', reason: 'of another body' },
  })),
  'POST /console/reference-lists/records/:id/flags': ofReferenceList(({ record }) => ({
    path: `/console/reference-lists/records/${record}/flags`,
    form: { note: 'asked them', finding: 'explained' },
  })),
  'POST /console/contracts/:id/flags/hold': ofContract(() => ({
    path: '/flags/hold',
    form: { reason: 'an inquiry' },
  })),
  'GET /console/settings/personal-data': plain('/console/settings/personal-data'),
  'POST /console/settings/personal-data': async (service, departmentId) => ({
    path: '/console/settings/personal-data',
    form: { number: await aPerson(service, departmentId), step: 'find' },
  }),
  'GET /console/accesses': plain('/console/accesses'),
  'GET /console/accesses/export': plain('/console/accesses/export'),
  'POST /console/accesses/review': () => ({
    path: '/console/accesses/review',
    // A month of its own each time: nobody signs one off twice.
    form: {
      month: `20${10 + Math.floor(Math.random() * 15)}-0${1 + Math.floor(Math.random() * 9)}`,
      note: 'ok',
    },
  }),
  'GET /console/settings/retention': plain('/console/settings/retention'),
  'POST /console/settings/retention': () => ({
    path: '/console/settings/retention',
    form: {
      accessLogYears: '1',
      contactYears: '5',
      messageYears: '5',
      reason: `fewer than 50,000 people ${Math.random()}`,
    },
  }),
  'GET /console/ladder': plain('/console/ladder'),
  'POST /console/ladder/setting': () => ({
    path: '/console/ladder/setting',
    form: { 'unrecorded-audit': String(10 + Math.floor(Math.random() * 40)) },
  }),
  'POST /console/ladder/:id/acknowledge': async (service, departmentId) => {
    const { path } = await ofLadder((id) => ({ path: `/console/ladder/${id}/acknowledge` }))(
      service,
      departmentId,
    );
    return { path, form: { note: 'called them' }, departmental: true };
  },
  'GET /console/settings/channels': plain('/console/settings/channels'),
  'POST /console/settings/channels': () => ({
    path: '/console/settings/channels',
    form: {
      nameKo: '감사담당관',
      nameEn: 'Audit office',
      address: '02-000-0000',
      kind: 'telephone',
      'speaks-ko': 'on',
    },
  }),
  'GET /console/settings/defaults': plain('/console/settings/defaults'),
  'POST /console/settings/defaults': async (service) => ({
    path: '/console/settings/defaults',
    form: { offers: await anOffer(service) },
  }),
  'POST /console/settings/defaults/:id': async (service) => ({
    path: `/console/settings/defaults/${await anOffer(service)}`,
    form: { step: 'accept' },
  }),
  'GET /console/settings/history': plain('/console/settings/history'),
  'GET /console/settings/brakes': plain('/console/settings/brakes'),
  'POST /console/settings/brakes': async (service) => ({
    path: '/console/settings/brakes',
    form: await aBrake(service),
  }),
  'POST /console/settings/brakes/:id/release': async (service) => {
    const made = await service.admin.post<{ id: string }>('/brakes', await aBrake(service));
    return {
      path: `/console/settings/brakes/${made.body.id}/release`,
      form: { reason: 'tested' },
    };
  },
  'GET /console/settings/people': plain('/console/settings/people'),
  'POST /console/settings/people': () => ({
    path: '/console/settings/people',
    form: { email: `page-${(counter += 1)}@hanbit.example`, name: '한여울', role: 'auditor' },
  }),
  'GET /console/settings/people/:id': async (service) => ({
    path: `/console/settings/people/${await service.makePerson('auditor')}`,
  }),
  'POST /console/settings/people/:id': async (service) => ({
    path: `/console/settings/people/${await service.makePerson('auditor')}`,
    form: { step: 'disable' },
  }),
  'POST /console/settings/people/:id/reset': async (service) => ({
    path: `/console/settings/people/${await service.makePerson('auditor')}/reset`,
    form: {},
  }),
  'GET /console/settings/departments': plain('/console/settings/departments'),
  'POST /console/settings/departments': () => ({
    path: '/console/settings/departments',
    form: { code: `PAGE-${(counter += 1)}`, nameKo: '새 부서' },
  }),
  'GET /console/settings/departments/:id': (_service, departmentId) => ({
    path: `/console/settings/departments/${departmentId}`,
  }),
  'POST /console/settings/departments/:id': (_service, departmentId) => ({
    path: `/console/settings/departments/${departmentId}`,
    form: { nameKo: '도로과', nameEn: 'Roads' },
  }),
  'POST /console/settings/departments/:id/officers': (_service, departmentId) => ({
    path: `/console/settings/departments/${departmentId}/officers`,
    form: { name: '한여울', phone: '010-0000-9778' },
  }),
  'POST /console/settings/departments/:id/officers/:officerId': async ({ admin }, departmentId) => {
    const made = await admin.post<{ id: string }>('/officers', { departmentId, name: '한여울' });
    return {
      path: `/console/settings/departments/${departmentId}/officers/${made.body.id}`,
      form: { step: 'leave' },
    };
  },
  'POST /console/settings/departments/:id/merge': async (service) => {
    const made = await service.admin.post<{ id: string }>('/departments', {
      code: `GONE-${(counter += 1)}`,
      name: '옛 부서',
    });
    const { id } = made.body;
    return {
      path: `/console/settings/departments/${id}/merge`,
      // Not into one of those whose lists are looked at.
      form: { into: await service.departmentId('WELFARE'), reason: 'reorganised', step: 'save' },
    };
  },
  'GET /console/settings/hand-over': plain('/console/settings/hand-over'),
  'POST /console/settings/hand-over': async ({ admin }, departmentId) => {
    const made = async () =>
      (await admin.post<{ id: string }>('/officers', { departmentId, name: '한여울' })).body;
    const [from, to] = [await made(), await made()];
    return {
      path: '/console/settings/hand-over',
      form: { from: from.id, to: to.id, reason: 'moved on', step: 'save' },
      departmental: true,
    };
  },
  'GET /console/settings/keys': plain('/console/settings/keys'),
  'POST /console/settings/keys': () => ({
    path: '/console/settings/keys',
    form: { name: `finance ${randomUUID()}`, role: 'auditor' },
  }),
  'POST /console/settings/keys/:id/revoke': async ({ admin }) => {
    const made = await admin.post<{ id: string }>('/api-keys', { name: randomUUID(), role: 'auditor' });
    return { path: `/console/settings/keys/${made.body.id}/revoke`, form: {} };
  },
  'GET /console/phones': plain('/console/phones'),
  'POST /console/phones/clock': async ({ admin }) => {
    const answer = await admin.get<{ now: string }>('/sandbox/clock');
    const day = answer.body.now.slice(0, 10);
    return { path: '/console/phones/clock', form: { on: day } };
  },
};
