import { readFileSync } from 'node:fs';
import { ok } from './support/api-client.js';
import { differences } from './support/differences.js';
import { startService, type TestService } from './support/service.js';

/**
 * The document of commit a0c77f7, without its descriptions; programs were written against it. An alert is no longer
 * `claimed`: it is planned until its text is frozen.
 */
const kept = JSON.parse(
  readFileSync('test/fixtures/openapi-a0c77f7.json', 'utf8'),
  (_name, value: unknown) => (Array.isArray(value) ? value.filter((one) => one !== 'claimed') : value),
) as unknown;

const plans = 'paths./api/v1/plans';
const json = 'content.application/json.schema.properties';
const milestoneName = (locale: string) =>
  `milestones.items.properties.name.properties.${locale}.maxLength: is new`;
const ofMilestones = (place: string) => [
  // Which statutory term goes before the offset.
  `${place}.milestones.items.properties.expectedBy.properties.term: is new`,
  // The name of a milestone stands in texts: it is no longer than other names.
  ...['en', 'ko'].map((locale) => `${place}.${milestoneName(locale)}`),
];
const calendar = 'paths./api/v1/calendar';
const ofCalendar = (place: string) => ['region', 'terms'].map((name) => `${place}.${name}: is new`);

const ofBeginnings = (place: string) =>
  ['approvedBy', 'fromOn'].flatMap((name) => [
    `${place}properties.${name}: is new`,
    `${place}required.${name}: is new`,
  ]);

/** What was added since on purpose. */
const added = [
  // What happens, in one order, for programs.
  ...['FeedEndpoint', 'FeedItem', 'FeedPage'].map((name) => `components.schemas.${name}: is new`),
  ...['', '/endpoints', '/endpoints/{id}', '/endpoints/{id}/resume', '/endpoints/{id}/secret'].map(
    (rest) => `paths./api/v1/feed${rest}: is new`,
  ),
  // Two more providers report to webhooks of their own.
  'paths./api/v1/webhooks/gateway/report: is new',
  'paths./api/v1/webhooks/solapi/report: is new',
  // What was erased is told from what was never given; a person's data are found, given and erased; auditors hold them.
  ...[
    'Contract.properties.counterparties.items.properties.contacts.items.properties.erased',
    'Contract.properties.counterparties.items.properties.contacts.items.required.erased',
    ...['MessageInFull', 'MessageOfLog'].flatMap((name) => [
      `${name}.properties.erased`,
      `${name}.required.erased`,
    ]),
    'Person',
    'PersonFile',
    'PersonRequest',
    'PersonSearch',
    'RetentionHold',
    'RetentionHoldBody',
  ].map((place) => `components.schemas.${place}: is new`),
  ...[
    'contracts/{id}/hold',
    'contracts/{id}/hold/release',
    'personal-data/erasure',
    'personal-data/export',
    'personal-data/search',
  ].map((path) => `paths./api/v1/${path}: is new`),
  // From which day a version holds, and who approved it.
  'components.schemas.NewTemplate.properties.fromOn: is new',
  ...ofBeginnings('components.schemas.TemplateVersion.'),
  `${plans}.post.requestBody.${json}.fromOn: is new`,
  ...['agency', 'calendar', 'plans', 'reporting-channels'].flatMap((name) => [
    ...ofBeginnings(`paths./api/v1/${name}.get.responses.200.${json}.items.items.`),
    ...ofBeginnings(`paths./api/v1/${name}.post.responses.201.content.application/json.schema.`),
  ]),
  // A stored brake that cannot be read is told from the others.
  'components.schemas.Brake.properties.readable: is new',
  // What the service itself wrote as a reason is a code, which both languages explain.
  'components.schemas.Brake.properties.reasonText: is new',
  'components.schemas.Brake.required.readable: is new',
  'components.schemas.Brake.required.reasonText: is new',
  // A brake ends by itself, unless a second person approves it.
  ...['properties.endsAt', 'properties.proposal', 'required.endsAt'].map(
    (place) => `components.schemas.Brake.${place}: is new`,
  ),
  // What has no day, because its contract has no start or no end, is a reason of its own.
  'components.schemas.CoverageFigures.properties.missedBecause.propertyNames.enum.14: is new',
  'components.schemas.CoverageFigures.properties.missedBecause.propertyNames.enum.15: is new',
  'components.schemas.CoverageFigures.properties.partlyBecause.propertyNames.enum.14: is new',
  'components.schemas.CoverageFigures.properties.partlyBecause.propertyNames.enum.15: is new',
  'components.schemas.CoveredMilestone.properties.reason.anyOf.0.enum.14: is new',
  'components.schemas.CoveredMilestone.properties.reason.anyOf.0.enum.15: is new',
  // It always wanted a word.
  'components.schemas.MessageSearch.properties.words.minLength: is new',
  // An empty change is one of nothing, as for everything else that is changed.
  'components.schemas.OfficerPatch.required: was {"active":true}, is missing',
  'components.schemas.OccurrencePatch: is new',
  // What goes out, by day.
  ...['components.schemas.AlertDay', 'components.schemas.AlertDays', 'paths./api/v1/alerts/days'].map(
    (place) => `${place}: is new`,
  ),
  // What waited so long that those who oversee it learned of it.
  ...[
    'components.schemas.Ladder',
    'components.schemas.LadderAcknowledgement',
    'components.schemas.LadderStep',
  ].map((place) => `${place}: is new`),
  ...['', '/setting', '/{id}/acknowledge'].map((rest) => `paths./api/v1/ladder${rest}: is new`),
  // Calls drawn by lot.
  ...['CallFigures', 'CallSample'].map((name) => `components.schemas.${name}: is new`),
  ...['figures', '{month}', '{month}/list'].map((path) => `paths./api/v1/calls/${path}: is new`),
  // What other systems know of contracts.
  ...[
    'NewReferenceList',
    'ReferenceFile',
    'ReferenceFiles',
    'ReferenceList',
    'ReferenceLists',
    'ReferenceMatch',
    'ReferenceRecord',
    'ReferenceRecords',
  ].map((name) => `components.schemas.${name}: is new`),
  ...['lists', 'lists/{id}/files', 'lists/{id}/records', 'records/{id}', 'records/{id}/match'].map(
    (rest) => `paths./api/v1/reference-${rest}: is new`,
  ),
  // The log, for strangers.
  ...['checkpoint', 'policy', 'proof/{index}'].map((path) => `paths./log/${path}: is new`),
  ...[
    '',
    '/{second}',
    '/{second}/{third}',
    '/{second}/{third}/{fourth}',
    '/{second}/{third}/{fourth}/{fifth}',
  ].map((more) => `paths./log/tile/{level}/{number}${more}: is new`),
  // What was done to the whole agency.
  'components.schemas.AgencyChange: is new',
  'paths./api/v1/agency/changes: is new',
  'components.schemas.CalendarPreview: is new',
  'components.schemas.OfferedDefault: is new',
  // What a change keeps from whom, and its flags.
  ...['Contract.example.difference', 'Difference.properties', 'Difference.required'].map(
    (place) => `components.schemas.${place}.lost: is new`,
  ),
  ...[
    'FlagAssigning',
    'FlagClosing',
    'FlagInbox',
    'FlagList',
    'FlagNoting',
    'FlagRow',
    'FlagsClosed',
    'OfficerFigures',
  ].map((name) => `components.schemas.${name}: is new`),
  // What keeps somebody from being told waits for a second person.
  ...[
    'Approval',
    'Contract.properties.proposal',
    'Contract.properties.questions',
    'Proposal',
    'ProposalNow',
    'Refusal',
    'Waiting',
  ].map((name) => `components.schemas.${name}: is new`),
  ...['counts', 'previewCounts.anyOf.0'].flatMap((counts) =>
    ['properties', 'required'].map(
      (part) => `components.schemas.Import.properties.${counts}.${part}.proposed: is new`,
    ),
  ),
  'components.schemas.Import.properties.proposal: is new',
  ...[
    'parameters.query result.schema.enum',
    `responses.200.${json}.items.items.properties.previewed.anyOf.0.enum`,
    `responses.200.${json}.items.items.properties.result.enum`,
  ].map((place) => `paths./api/v1/imports/{id}/effects.get.${place}.6: is new`),
  'paths./api/v1/imports/{id}/undo.post.responses.202: is new',
  ...['', '/{id}', '/{id}/approve', '/{id}/refuse', '/{id}/withdraw'].map(
    (rest) => `paths./api/v1/proposals${rest}: is new`,
  ),
  ...[
    '.patch',
    '/contacts/{contactId}.delete',
    '/contacts/{contactId}.patch',
    '/counterparties.post',
    '/counterparties/{counterpartyId}/contacts.post',
    '/milestones/{code}/occurrences.post',
    '/{move}.post',
  ].map((call) => `paths./api/v1/contracts/{id}${call}.responses.202: is new`),
  ...[
    'accounts.post',
    'accounts/{id}.patch',
    'accounts/{id}/reset.post',
    'agency.post',
    'api-keys.post',
    'brakes.post',
    'calendar.post',
    'departments/{id}.patch',
    'plans.post',
    'reporting-channels.post',
    'templates.post',
  ].map((call) => `paths./api/v1/${call}.responses.202: is new`),
  ...['properties', 'required'].map(
    (part) => `paths./api/v1/api-keys.get.responses.200.${json}.items.items.${part}.waits: is new`,
  ),
  ...['properties', 'required'].map((part) => `components.schemas.Account.${part}.secondFactor: is new`),
  `paths./api/v1/accounts/{id}/reset.post.requestBody.${json}.secondFactor: is new`,
  'paths./api/v1/contracts/{id}/flags: is new',
  'paths./api/v1/contracts/{id}/evidence: is new',
  'paths./api/v1/contracts/{id}/notice: is new',
  'components.schemas.ContractNotice: is new',
  'components.schemas.EvidenceOpening: is new',
  'components.schemas.EvidencePack: is new',
  ...['', '/assign', '/close', '/note', '/officers'].map((rest) => `paths./api/v1/flags${rest}: is new`),
  // An agency chooses the long form of the default texts in Korean, the letters of references, and what counts as late.
  ...[
    `get.responses.200.${json}.items.items.properties.value.properties`,
    `get.responses.200.${json}.items.items.properties.value.required`,
    `post.requestBody.${json}`,
    `post.responses.201.${json}.value.properties`,
    `post.responses.201.${json}.value.required`,
  ].flatMap((place) =>
    [
      'callShare',
      'failureShare',
      'koreanTexts',
      'lateDays',
      'listsRegister',
      'prices',
      'publishesContracts',
      'referenceLetters',
      'requiresSecondFactor',
    ].map((name) => `paths./api/v1/agency.${place}.${name}: is new`),
  ),
  ...ofCalendar(`${calendar}.get.responses.200.${json}.items.items.properties.value.properties`),
  ...['dryRun', 'cursor', 'limit'].map((name) => `${calendar}.post.parameters.query ${name}: is new`),
  ...ofCalendar(`${calendar}.post.requestBody.${json}`),
  ...ofCalendar(`${calendar}.post.responses.201.${json}.value.properties`),
  // Of a dry run.
  `${calendar}.post.responses.200: is new`,
  `${calendar}.post.responses.201.${json}.preview: is new`,
  // A dry run creates nothing, and says so.
  'paths./api/v1/contracts.post.responses.200: is new',
  'paths./api/v1/contracts/{id}/counterparties.post.responses.200: is new',
  'paths./api/v1/contracts/{id}/counterparties/{counterpartyId}/contacts.post.responses.200: is new',
  'paths./api/v1/contracts/{id}/milestones/{code}/occurrences.post.responses.200: is new',
  // What is said with a file of OCDS, where it does not say so itself.
  ...['kind', 'buyerKinds', 'awardsAsContracts'].map(
    (field) =>
      `paths./api/v1/imports.post.requestBody.content.multipart/form-data.schema.properties.${field}: is new`,
  ),
  ...ofMilestones(`${plans}.get.responses.200.${json}.items.items.properties.value.properties`),
  ...ofMilestones(`${plans}.post.requestBody.${json}.plan.properties`),
  ...ofMilestones(`${plans}.post.responses.201.${json}.value.properties`),
  'paths./api/v1/statistics/milestones.get.parameters.query reason.schema.enum.14: is new',
  'paths./api/v1/statistics/milestones.get.parameters.query reason.schema.enum.15: is new',
  `${calendar}/days: is new`,
  // What was recorded can be corrected and taken back.
  'paths./api/v1/contracts/{id}/milestones/{code}/occurrences/{occurrence}: is new',
  'paths./api/v1/defaults: is new',
  'paths./api/v1/defaults/{id}/accept: is new',
  'paths./api/v1/defaults/{id}/decline: is new',
  // Names of a file that nobody goes by.
  'paths./api/v1/imports/{id}/names: is new',
];

let service: TestService;

beforeAll(async () => {
  service = await startService();
});
afterAll(() => service.close());

it('describes the API as it was, apart from descriptions and what was added', async () => {
  const current = ok(await service.admin.get('/openapi.json'));
  expect(differences(bare(kept), bare(current)).toSorted()).toEqual(added.toSorted());
});

it('sees a route, a parameter and a value that changed', () => {
  const before = { paths: { '/a': { get: {} } }, type: 'string', summary: 'A', required: ['a', 'b'] };
  const after = { paths: { '/b': { get: {} } }, type: 'number', summary: 'B', required: ['b', 'a'] };
  const parameters = [
    { in: 'query', name: 'limit' },
    { in: 'path', name: 'id' },
  ];
  const fewer = [parameters[1]];
  const [signed, ends] = ['signed', 'ends'].map((type) => ({ properties: { type: { const: type } } }));
  const old = { ...before, parameters, oneOf: [signed] };
  expect(differences(bare(old), bare({ ...after, parameters: fewer, oneOf: [ends, signed] }))).toEqual([
    'paths./a: was {"get":{}}, is missing',
    'paths./b: is new',
    'type: was "string", is "number"',
    'parameters.query limit: was {"in":"query","name":"limit"}, is missing',
    'oneOf.ends: is new',
  ]);
});

/** Without prose, and without the order of fields, parameters and variants, which mean nothing. */
function bare(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(bare);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).filter(([name, of]) => !isProse(name, of));
  return Object.fromEntries(entries.map(([name, of]) => [name, byName(name, of) ?? bare(of)]));
}

function isProse(name: string, value: unknown): boolean {
  return ['description', 'summary'].includes(name) && typeof value === 'string';
}

function byName(name: string, value: unknown): object | null {
  if (!Array.isArray(value)) return null;
  if (name === 'required') return Object.fromEntries(value.map((field: string) => [field, true]));
  if (name === 'oneOf') return Object.fromEntries(value.map((each: Variant) => [nameOf(each), bare(each)]));
  if (name !== 'parameters') return null;
  return Object.fromEntries(
    value.map((each: { in: string; name: string }) => [`${each.in} ${each.name}`, bare(each)]),
  );
}

/** A variant of several, which those properties that have one value tell from the others. */
interface Variant {
  properties: Record<string, { const?: string; enum?: string[] }>;
}

function nameOf({ properties }: Variant): string {
  const values = Object.values(properties).map((one) => (one.const ? [one.const] : (one.enum ?? [])));
  const name = values.filter(({ length }) => length === 1).join(' ');
  if (name === '') throw new Error('nothing tells a variant from the others');
  return name;
}
