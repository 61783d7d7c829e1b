import { randomUUID } from 'node:crypto';
import type { Role } from '../../src/core/access/roles.js';
import type { ContractView } from '../../src/core/contracts/contract.view.js';
import { ImportJobs } from '../../src/office/imports/jobs.js';
import { defaultPlans } from '../../src/core/planning/plans.default.js';
import { ok } from './api-client.js';
import { decideLatest } from './brought-sheets.js';
import { aContact, aContract, aCounterparty, aNumber } from './builders.js';
import { bringToList, formOf } from './imports.js';
import { anOffer } from './newer-release.js';
import { nobodysPassword, type TestService } from './service.js';

/** A call that succeeds for whoever may make it. */
export interface CallOfRoute {
  path: string;
  body?: unknown;
  headers?: Record<string, string>;
  /** It is about something of a department, which others do not find. */
  departmental?: boolean;
  /** An officer does it to what they made themselves, not to what a colleague made. */
  ownOnly?: boolean;
  /** It is for these alone, of the roles that the route lets in: whose turn it is follows from the thing. */
  servedTo?: Role[];
}

type Example = (service: TestService, departmentId: string) => Promise<CallOfRoute> | CallOfRoute;

let counter = 0;
const next = () => String((counter += 1));

const anAccount = () => ({ email: `invited-${next()}@hanbit.example`, name: '한여울', role: 'auditor' });

const plain = (path: string) => (): CallOfRoute => ({ path });

const ofContract =
  (rest: (contract: ContractView) => { path: string; body?: unknown }): Example =>
  async (service, departmentId) => {
    const contract = await service.register({ departmentId });
    const { path, ...call } = rest(contract);
    return { ...call, path: `/contracts/${contract.id}${path}`, departmental: true };
  };

const anEndpoint = { url: 'https://projects.hanbit.example/chorong', kinds: ['contract'] };
const madeEndpoint = async ({ admin }: TestService) =>
  ok(await admin.post<{ id: string }>('/feed/endpoints', anEndpoint)).id;

/** A contract whose suspension is flagged. */
const ofFlagged =
  (rest: (contractId: string) => { path: string; body?: unknown }): Example =>
  async (service, departmentId) => {
    const { id } = await service.register({ departmentId });
    const on = '2026-03-03';
    ok(await service.admin.post(`/contracts/${id}/suspend`, { on, reason: 'rain' }));
    return rest(id);
  };

/** Something that came to the auditors because it waited too long. */
export const ofLadder =
  (rest: (stepId: string) => CallOfRoute): Example =>
  async (service, departmentId) => {
    const [step] = await service.sql<{ id: string }>(
      `INSERT INTO ladder_step (list, row_id, department_id, step, day, at)
       VALUES ('no-number', gen_random_uuid(), $1, 'audit', '2026-03-03', now()) RETURNING id`,
      [departmentId],
    );
    return rest(step?.id ?? '');
  };

/** A number that was drawn to be called. */
export const ofCall =
  (rest: (callId: string) => CallOfRoute): Example =>
  async (service, departmentId) => {
    await service.sql(
      `INSERT INTO call_sample (month, share, leaf_id, committed_at) VALUES ('2020-01', 5, gen_random_uuid(), now()) ON CONFLICT DO NOTHING`,
    );
    const [call] = await service.sql<{ id: string }>(
      `INSERT INTO call_candidate (id, month, entry, salt, weight, contract_id, contact_id, message_id, department_id, place)
       SELECT gen_random_uuid(), '2020-01', encode(sha256(random()::text::bytea), 'hex'), decode(repeat('00', 16), 'hex'), 1,
              a.contract_id, a.contact_id, a.message_id, a.department_id,
              (SELECT count(*) + 1 FROM call_candidate WHERE place IS NOT NULL)
       FROM alert a WHERE a.department_id = $1 AND a.message_id IS NOT NULL LIMIT 1 RETURNING id`,
      [departmentId],
    );
    if (!call) throw new Error('nothing was sent for the department');
    return rest(call.id);
  };

/** A suspension that waits, of which every auditor may decide: nobody was there to be drawn when it was asked for. */
export const ofWaiting =
  (rest: (proposalId: string) => Omit<CallOfRoute, 'departmental'>): Example =>
  async (service, departmentId) => {
    const { id } = await service.register({ departmentId });
    const { approvesAtOnce } = service;
    service.approvesAtOnce = false;
    const body = { on: '2026-03-03', reason: 'rain' };
    const key = { name: `asks-${next()}`, role: 'officer', departmentId };
    const officer = service.client(ok(await service.admin.post<{ key: string }>('/api-keys', key)).key);
    const { proposal } = ok(await officer.post<ContractView>(`/contracts/${id}/suspend`, body));
    service.approvesAtOnce = approvesAtOnce;
    await service.sql(`UPDATE proposal SET drawn_account_id = NULL WHERE id = $1`, [proposal?.id]);
    await service.sql(`UPDATE account SET password_hash = $1 WHERE password_hash IS NULL`, [nobodysPassword]);
    return { ...rest(proposal?.id ?? ''), departmental: true };
  };

/** The number of a contact who is one no more, and to whom nothing is to be sent. */
export async function aPerson(service: TestService, departmentId: string): Promise<string> {
  const phone = aNumber();
  const counterparties = [aCounterparty({ contacts: [aContact({ phone })] })];
  const { id } = await service.register({ departmentId, counterparties });
  await service.sql(`UPDATE contact SET removed_at = now() WHERE contract_id = $1`, [id]);
  await service.sql(
    `UPDATE alert SET status = 'cancelled', reason = 'contact-removed' WHERE contract_id = $1`,
    [id],
  );
  await service.sql(`DELETE FROM flag WHERE contract_id = $1`, [id]);
  await service.signedIn('auditor');
  return phone;
}

/** An occurrence that was recorded. */
const ofOccurrence =
  (rest: string, body?: unknown): Example =>
  async (service, departmentId) => {
    const { id } = await service.register({ departmentId });
    const path = `/contracts/${id}/milestones/advance-payment/occurrences`;
    ok(await service.admin.post(path, { occurredOn: '2026-04-01' }));
    return { path: `${path}/1${rest}`, body, departmental: true };
  };

/** The setting in force again: its next version is like the last. */
const settingAgain =
  (path: string): Example =>
  async ({ admin }) => {
    const { items } = ok(await admin.get<{ items: { value: unknown }[] }>(path));
    return { path, body: items[0]?.value };
  };

const ofMessage: Example = async (service, departmentId) => {
  const [row] = await service.sql<{ id: string }>(
    `SELECT message_id AS id FROM alert WHERE department_id = $1 AND message_id IS NOT NULL LIMIT 1`,
    [departmentId],
  );
  if (!row) throw new Error('nothing was sent for the department');
  return { path: `/messages/${row.id}`, departmental: true };
};

/** A list that an auditor brought, with one contract that nobody registered. */
export async function aReferenceList(service: TestService, name = `List ${next()}`) {
  const auditor = await service.as('auditor');
  const body = { name, since: '2026-01-01', graceDays: 0 };
  const { id } = ok(await auditor.post<{ id: string }>('/reference-lists', body));
  await bringToList(service, auditor, id, aListed());
  const { items } = ok(await auditor.get<{ items: { id: string }[] }>(`/reference-lists/${id}/records`));
  return { id, record: items[0]?.id ?? '' };
}

export const aListed = () => ({
  name: 'list.csv',
  content: '계약번호,구분,계약명,계약일,업체명\nX-2026-0007,공사,하천 정비공사,2026-02-24,(주)새솔건설',
});

const ofReferenceList =
  (rest: (ids: { id: string; record: string }) => CallOfRoute): Example =>
  async (service) => ({ ...rest(await aReferenceList(service)), departmental: true });

const boundary = 'a-boundary';
const upload = (departmentId: string): CallOfRoute => ({
  path: '/imports',
  body: [
    `--${boundary}`,
    'content-disposition: form-data; name="departmentId"',
    '',
    departmentId,
    `--${boundary}`,
    'content-disposition: form-data; name="file"; filename="contracts.csv"',
    'content-type: text/csv',
    '',
    'Contract number;Revision;Kind;Contract name',
    `--${boundary}--`,
    '',
  ].join('\r\n'),
  headers: { 'content-type': `multipart/form-data; boundary=${boundary}` },
  departmental: true,
});

/** An import that an officer of the department has brought. */
const ofImport =
  (rest: string): Example =>
  async (service, departmentId) => {
    const officer = await service.as('officer', departmentId);
    const { path, body, headers } = upload(departmentId);
    await decideLatest(service);
    const { id } = ok(await officer.post<{ id: string }>(path, body, headers));
    return { path: `/imports/${id}${rest}`, departmental: true };
  };

const sheetToPreview = (heading: string, departmentId: string): CallOfRoute => {
  const { headers } = upload(departmentId);
  const row = `IMP-${next()},공사,보도 정비,2026-03-03,(주)새솔건설,010-0000-3456,x`;
  const body = [
    `--${boundary}`,
    'content-disposition: form-data; name="preview"',
    '',
    'true',
    `--${boundary}`,
    'content-disposition: form-data; name="file"; filename="contracts.csv"',
    'content-type: text/csv',
    '',
    `계약번호,구분,계약명,계약일,업체명,휴대전화,${heading}\n${row}`,
    `--${boundary}--`,
    '',
  ].join('\r\n');
  return { path: '/imports', body, headers: headers ?? {} };
};

/** An import that an officer of the department looks at before it is applied; `runs`: how often a worker came by. */
const ofPreview =
  (
    rest: string,
    {
      heading = '계약방법',
      runs = 1,
      then = '',
      body = {},
    }: { heading?: string; runs?: number; then?: string; body?: object } = {},
  ): Example =>
  async (service, departmentId) => {
    const officer = await service.as('officer', departmentId);
    const call = sheetToPreview(heading, departmentId);
    await decideLatest(service);
    const { id } = ok(await officer.post<{ id: string }>(call.path, call.body, call.headers));
    const imports = service.app.get(ImportJobs);
    if (runs > 0) await imports.runImport(id);
    if (then) {
      ok(await officer.post(`/imports/${id}${then}`, {}));
      await imports.runImport(id);
    }
    return { path: `/imports/${id}${rest}`, body, departmental: true, ownOnly: true };
  };

/** A brake on a department of its own, so that it stops nothing else. */
export const aBrake = async ({ admin }: TestService) => {
  const made = await admin.post<{ id: string }>('/departments', {
    code: `BRAKED-${next()}`,
    name: '새 부서',
  });
  return { scope: 'department', target: ok(made).id, reason: 'for a test' };
};

/** One for every route that needs a key; a route without one here fails the test of access. */
export const examples: Record<string, Example> = {
  'POST /api-keys': () => ({ path: '/api-keys', body: { name: `another ${randomUUID()}`, role: 'auditor' } }),
  'GET /api-keys': plain('/api-keys'),
  'DELETE /api-keys/:id': async ({ admin }) => {
    const made = await admin.post<{ id: string }>('/api-keys', { name: randomUUID(), role: 'auditor' });
    return { path: `/api-keys/${ok(made).id}` };
  },
  'GET /plans': plain('/plans'),
  'POST /plans': () => ({ path: '/plans', body: { plan: defaultPlans.works } }),
  'GET /reporting-channels': plain('/reporting-channels'),
  'POST /reporting-channels': settingAgain('/reporting-channels'),
  'GET /calendar': plain('/calendar'),
  'GET /calendar/days': () => ({ path: '/calendar/days?year=2026' }),
  'POST /calendar': settingAgain('/calendar'),
  'GET /agency': plain('/agency'),
  'GET /agency/changes': plain('/agency/changes'),
  'POST /agency': settingAgain('/agency'),
  'POST /departments': () => ({ path: '/departments', body: { code: `NEW-${next()}`, name: '새 부서' } }),
  'GET /departments': plain('/departments'),
  'PATCH /departments/:id': (_service, departmentId) => ({
    path: `/departments/${departmentId}`,
    body: { nameEn: 'Department' },
  }),
  'POST /departments/:id/merge': async ({ admin }) => {
    const department = () =>
      admin.post<{ id: string }>('/departments', { code: `M-${next()}`, name: '옛 부서' });
    const [{ id }, { id: into }] = [ok(await department()), ok(await department())];
    return { path: `/departments/${id}/merge`, body: { into, reason: 'reorganised' } };
  },
  'GET /accounts': plain('/accounts'),
  'POST /accounts': () => ({ path: '/accounts', body: anAccount() }),
  'PATCH /accounts/:id': async (service) => ({
    path: `/accounts/${await service.makePerson('auditor')}`,
    body: { name: '김바다' },
  }),
  'POST /accounts/:id/reset': async (service) => ({
    path: `/accounts/${await service.makePerson('auditor')}/reset`,
    body: {},
  }),
  'POST /officers': (_service, departmentId) => ({
    path: '/officers',
    body: { departmentId, name: '한여울', phone: '010-0000-9777' },
  }),
  'PATCH /officers/:id': async ({ admin }, departmentId) => {
    const { id } = ok(await admin.post<{ id: string }>('/officers', { departmentId, name: '한여울' }));
    return { path: `/officers/${id}`, body: { active: false } };
  },
  'GET /officers': plain('/officers'),
  'POST /contracts': (_service, departmentId) => ({
    path: '/contracts',
    body: aContract({ departmentId }),
    departmental: true,
  }),
  'POST /contracts/hand-over': async (service, departmentId) => {
    const contract = await service.register({ departmentId });
    const officer = { departmentId, name: '한여울', staffNumber: `T-${next()}` };
    const to = ok(await service.admin.post<{ id: string }>('/officers', officer)).id;
    const body = { contractIds: [contract.id], to, reason: 'staff moved' };
    return { path: '/contracts/hand-over', body, departmental: true };
  },
  'GET /contracts': plain('/contracts'),
  'GET /contracts/:id': ofContract(() => ({ path: '' })),
  'PATCH /contracts/:id': ofContract(() => ({ path: '', body: { title: '교량 보수공사' } })),
  'GET /contracts/:id/changes': ofContract(() => ({ path: '/changes' })),
  'GET /contracts/:id/evidence': ofContract(() => ({ path: '/evidence' })),
  'POST /contracts/:id/evidence': ofContract(() => ({ path: '/evidence', body: { reason: 'a complaint' } })),
  'GET /contracts/:id/hold': ofContract(() => ({ path: '/hold' })),
  'POST /contracts/:id/hold': ofContract(() => ({ path: '/hold', body: { reason: 'an inquiry' } })),
  'POST /contracts/:id/hold/release': async (service, departmentId) => {
    const example = await ofContract(() => ({ path: '/hold' }))(service, departmentId);
    ok(await (await service.as('auditor')).post(example.path, { reason: 'an inquiry' }));
    return { ...example, path: `${example.path}/release`, body: { reason: 'it is over' } };
  },
  'POST /personal-data/search': async (service, departmentId) => ({
    path: '/personal-data/search',
    body: { number: await aPerson(service, departmentId) },
  }),
  'POST /personal-data/export': async (service, departmentId) => ({
    path: '/personal-data/export',
    body: { number: await aPerson(service, departmentId), reason: 'asked by letter' },
  }),
  'POST /personal-data/erasure': async (service, departmentId) => ({
    path: '/personal-data/erasure',
    body: { number: await aPerson(service, departmentId), reason: 'asked by letter' },
  }),
  'GET /contracts/:id/notice': ofContract(() => ({ path: '/notice' })),
  'GET /contracts/:id/timeline': ofContract(() => ({ path: '/timeline' })),
  'POST /contracts/:id/counterparties': ofContract(() => ({
    path: '/counterparties',
    body: aCounterparty(),
  })),
  'POST /contracts/:id/counterparties/:counterpartyId/contacts': ofContract(
    ({ counterparties: [party] }) => ({
      path: `/counterparties/${party?.id}/contacts`,
      body: aContact(),
    }),
  ),
  'PATCH /contracts/:id/contacts/:contactId': ofContract(({ counterparties: [party] }) => ({
    path: `/contacts/${party?.contacts[0]?.id}`,
    body: { role: 'ceo' },
  })),
  'DELETE /contracts/:id/contacts/:contactId': ofContract(({ counterparties: [party] }) => ({
    path: `/contacts/${party?.contacts[0]?.id}?reason=left`,
  })),
  'POST /contracts/:id/milestones/:code/occurrences': ofContract(() => ({
    path: '/milestones/advance-payment/occurrences',
    body: { occurredOn: '2026-04-01' },
  })),
  'PATCH /contracts/:id/milestones/:code/occurrences/:occurrence': ofOccurrence('', {
    occurredOn: '2026-04-02',
    reason: 'a typing error',
  }),
  'DELETE /contracts/:id/milestones/:code/occurrences/:occurrence': ofOccurrence('?reason=a+mistake'),
  'POST /contracts/:id/:move': ofContract(() => ({ path: '/start', body: { on: '2026-03-16' } })),
  'GET /proposals': plain('/proposals'),
  'GET /proposals/:id': ofWaiting((id) => ({ path: `/proposals/${id}` })),
  'POST /proposals/:id/approve': ofWaiting((id) => ({
    path: `/proposals/${id}/approve`,
    body: {},
    servedTo: ['auditor'],
  })),
  'POST /proposals/:id/refuse': ofWaiting((id) => ({
    path: `/proposals/${id}/refuse`,
    body: { reason: 'unknown to them' },
    servedTo: ['auditor'],
  })),
  'POST /proposals/:id/withdraw': ofWaiting((id) => ({ path: `/proposals/${id}/withdraw`, servedTo: [] })),
  'GET /flags': plain('/flags'),
  'GET /flags/officers': plain('/flags/officers'),
  'GET /contracts/:id/flags': ofContract(() => ({ path: '/flags' })),
  'POST /flags/assign': ofFlagged((contractId) => ({
    path: '/flags/assign',
    body: { contractId, kind: 'not-told', assignee: null },
  })),
  'POST /flags/note': ofFlagged((contractId) => ({
    path: '/flags/note',
    body: { contractId, kind: 'not-told', note: 'asked the company' },
  })),
  'POST /flags/close': ofFlagged((contractId) => ({
    path: '/flags/close',
    body: { contractId, kind: 'not-told', finding: 'explained', note: 'it rained' },
  })),
  'GET /calls/figures': plain('/calls/figures'),
  'GET /reference-lists': plain('/reference-lists'),
  'POST /reference-lists': () => ({
    path: '/reference-lists',
    body: { name: `List ${next()}`, since: '2026-01-01' },
  }),
  'POST /reference-lists/:id/files': ofReferenceList(({ id }) => ({
    path: `/reference-lists/${id}/files`,
    ...formOf(aListed()),
  })),
  'GET /reference-lists/:id/files': ofReferenceList(({ id }) => ({ path: `/reference-lists/${id}/files` })),
  'GET /reference-lists/:id/records': ofReferenceList(({ id }) => ({
    path: `/reference-lists/${id}/records`,
  })),
  'GET /reference-records/:id': ofReferenceList(({ record }) => ({
    path: `/reference-records/${record}`,
  })),
  'POST /reference-records/:id/match': ofReferenceList(({ record }) => ({
    path: `/reference-records/${record}/match`,
    body: { reference: null, reason: 'of another body' },
  })),
  'GET /ladder': plain('/ladder'),
  'GET /ladder/setting': plain('/ladder/setting'),
  'POST /ladder/setting': () => ({
    path: '/ladder/setting',
    body: { days: { unrecorded: { audit: Number(next()) % 60 || 1, head: null } }, reason: 'busy' },
  }),
  'POST /ladder/:id/acknowledge': ofLadder((id) => ({
    path: `/ladder/${id}/acknowledge`,
    body: { note: 'called them' },
    departmental: true,
  })),
  'GET /templates': plain('/templates'),
  'POST /templates': () => ({
    path: '/templates',
    body: {
      locale: 'ko',
      kind: 'goods',
      milestone: 'signing',
      body: '[{{> agency}}] 물품계약({{contract.reference}}). 신고 {{> channels}}',
    },
  }),
  'POST /templates/preview': async (service, departmentId) => {
    const contract = await service.register({ departmentId });
    return {
      path: '/templates/preview',
      body: { contractId: contract.id, milestone: 'signing' },
      departmental: true,
    };
  },
  'GET /defaults': plain('/defaults'),
  'POST /defaults/:id/accept': async (service) => ({
    path: `/defaults/${await anOffer(service)}/accept`,
    body: {},
  }),
  'POST /defaults/:id/decline': async (service) => ({
    path: `/defaults/${await anOffer(service)}/decline`,
    body: { reason: 'ours is shorter' },
  }),
  'GET /brakes': plain('/brakes'),
  'POST /brakes': async (service) => ({ path: '/brakes', body: await aBrake(service) }),
  'POST /brakes/:id/release': async (service) => {
    const { id } = ok(await service.admin.post<{ id: string }>('/brakes', await aBrake(service)));
    return { path: `/brakes/${id}/release`, body: { reason: 'tested' } };
  },
  'GET /instance': plain('/instance'),
  'GET /alerts': plain('/alerts'),
  'GET /alerts/days': plain('/alerts/days?from=2026-03-01&to=2026-03-31'),
  'GET /feed': plain('/feed'),
  'GET /feed/endpoints': plain('/feed/endpoints'),
  'POST /feed/endpoints': () => ({ path: '/feed/endpoints', body: anEndpoint }),
  'POST /feed/endpoints/:id/secret': async (service) => ({
    path: `/feed/endpoints/${await madeEndpoint(service)}/secret`,
  }),
  'POST /feed/endpoints/:id/resume': async (service) => {
    const id = await madeEndpoint(service);
    await service.sql(`UPDATE feed_endpoint SET status = 'paused' WHERE id = $1`, [id]);
    return { path: `/feed/endpoints/${id}/resume` };
  },
  'DELETE /feed/endpoints/:id': async (service) => ({
    path: `/feed/endpoints/${await madeEndpoint(service)}`,
  }),
  'GET /messages': plain('/messages'),
  'GET /messages/:id': ofMessage,
  'POST /messages/:id/release': async (service, departmentId) => {
    const { path } = await ofMessage(service, departmentId);
    await service.sql(
      `UPDATE message SET status = 'held', reason = '29999', next_attempt_at = NULL WHERE $1 LIKE '%' || id`,
      [path],
    );
    return { path: `${path}/release`, body: { reason: 'looked into' } };
  },
  'POST /messages/search': () => ({ path: '/messages/search', body: { words: '계약' } }),
  'GET /messages/export': plain('/messages/export'),
  'POST /imports': (_service, departmentId) => upload(departmentId),
  'GET /imports': plain('/imports'),
  'GET /imports/template.xlsx': plain('/imports/template.xlsx'),
  'GET /imports/:id': ofImport(''),
  'GET /imports/:id/errors': ofImport('/errors'),
  'GET /imports/:id/effects': ofImport('/effects'),
  'GET /imports/:id/refused.xlsx': ofImport('/refused.xlsx'),
  'GET /imports/:id/columns': ofImport('/columns'),
  'POST /imports/:id/columns': ofPreview('/columns', { heading: '비고', body: { mapping: {} } }),
  'GET /imports/:id/names': ofPreview('/names'),
  'POST /imports/:id/names': ofPreview('/names', { body: { choices: {} } }),
  'POST /imports/:id/preview': ofPreview('/preview'),
  'POST /imports/:id/apply': ofPreview('/apply'),
  'POST /imports/:id/discard': ofPreview('/discard', { runs: 0 }),
  'POST /imports/:id/undo': ofPreview('/undo', { then: '/apply', body: { reason: 'the wrong file' } }),
  'POST /statistics': (_service, departmentId) => ({
    path: '/statistics',
    body: { departmentId, groupBy: ['kind', 'month'] },
    departmental: true,
  }),
  'GET /statistics/milestones': (_service, departmentId) => ({
    path: `/statistics/milestones?departmentId=${departmentId}`,
    departmental: true,
  }),
  'GET /work': (_service, departmentId) => ({
    path: `/work?departmentId=${departmentId}`,
    departmental: true,
  }),
  'GET /work/:list': (_service, departmentId) => ({
    path: `/work/no-number?departmentId=${departmentId}`,
    departmental: true,
  }),
  'GET /sandbox/texts': plain('/sandbox/texts'),
  'GET /sandbox/clock': plain('/sandbox/clock'),
  'POST /sandbox/clock': async ({ admin }) => {
    const { now } = ok(await admin.get<{ now: string }>('/sandbox/clock'));
    return { path: '/sandbox/clock', body: { advanceTo: now } };
  },
};
