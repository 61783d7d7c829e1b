import {
  defineChangedFacts,
  defineFacts,
  digestOfIndex,
  digestOfLines,
  factsObject,
  hexDigest,
  isoTime,
  textOfLines,
} from './facts.js';

/** Writes the commitment of `leaf.ts` in SQL; null without its salt. */
const commitment = (salt: string, text: string) =>
  `CASE WHEN length(${salt}) = 16 THEN encode(sha256(${salt} || convert_to(${text}, 'UTF8')), 'hex') END`;

/** Names columns that stand in leaves as they are. */
const plain = (...columns: string[]) => Object.fromEntries(columns.map((column) => [column, `r.${column}`]));
const times = (...columns: string[]) =>
  Object.fromEntries(columns.map((column) => [column, isoTime(`r.${column}`)]));

/** The status of a message as leaves have it: between two attempts it is still being sent, and with the carrier it is accepted. */
const toldStatus = `CASE r.status WHEN 'waiting' THEN 'sending' WHEN 'sent' THEN 'accepted' ELSE r.status END`;

/** Why alerts are held or missed at the moment of sending, each with a leaf of its own; planning leaves them as they are. */
const decidedWhenDue = `('text-failed', 'rehearsal')`;

const milestoneLines = `SELECT format('%s|%s|%s|%s|%s|%s|%s|%s', m.code, m.occurrence, m.date, m.expected_by, m.occurred_on,
    ${isoTime('m.due_at')}, m.wording, m.withdrawn) AS line FROM milestone m WHERE m.contract_id = r.id`;

/** True of an alert of which a message or a leaf of its own says what became of it when it was due. */
const hasMovedOn = `CASE WHEN a.status = 'messaged' THEN true WHEN a.reason IN ${decidedWhenDue}
  THEN EXISTS (SELECT FROM leaf l WHERE l.subject_id = a.id::text AND l.kind = 'alert') ELSE false END`;

/** An alert as it was planned, whatever became of it when it was due. */
const alertsAsPlanned = `SELECT m.code, m.occurrence, a.contact_id, a.due_at, a.wording,
    CASE WHEN ${hasMovedOn} THEN 'planned' ELSE a.status END AS status,
    CASE WHEN NOT ${hasMovedOn} THEN a.reason END AS reason
  FROM alert a JOIN milestone m ON m.id = a.milestone_id WHERE a.contract_id = r.id AND a.reissue = 0`;

/** What was recorded of milestones, beside their days. New ones have nothing of it but a first moment. */
const recordLines = `SELECT format('%s|%s|%s|%s|%s|%s|%s', m.code, m.occurrence, m.external_id, m.taken_back_on,
    ${isoTime('m.neutral_at')}, ${isoTime('m.first_due_at')}, m.note) AS line FROM milestone m
  WHERE m.contract_id = r.id AND num_nonnulls(m.external_id, m.taken_back_on, m.neutral_at, m.first_due_at, m.note) > 0`;

const alertLines = `SELECT format('%s|%s|%s|%s|%s|%s|%s', code, occurrence, contact_id, ${isoTime('due_at')}, wording, status, reason) AS line
  FROM (${alertsAsPlanned}) AS planned`;

/** Writes in SQL, over the contract `r`, the texts whose digests stand in the leaf of its plan. */
export const planTexts = [milestoneLines, alertLines, recordLines].map(textOfLines);

const nameOf = (table: string) => ({
  sealed: 'r.name_sealed',
  index: 'r.name_index',
  place: (rowId: string) => ({ table, column: 'name_sealed', rowId }),
});

const waiting = ['status', 'reason', 'reason_origin', 'final_at'];
const ended = ['provider', 'sender', 'reference', ...waiting];
const laterWords = {
  'message-sent': ended,
  'message-delivered': ended,
  'message-failed': ended,
  'message-held': ended,
  'message-unconfirmed': ended,
  'message-waiting': waiting,
  'message-elsewhere': ['provider', 'sender'],
};

defineFacts('message', {
  kinds: ['message-frozen', ...Object.keys(laterWords)],
  parts: laterWords,
  facts: {
    message: 'r.id',
    templateVersion: 'r.template_version_id',
    ...plain('provider', 'sender', 'country', 'locale', 'reason', 'reason_origin'),
    ...times('due_at', 'service_time', 'final_at'),
    status: toldStatus,
    text: commitment('r.salt', 'r.text'),
    number: commitment('r.salt', `encode(r.number_index, 'hex')`),
    alerts: `ARRAY(SELECT a.id FROM alert a WHERE a.message_id = r.id ORDER BY a.id)`,
  },
  among: { reference: `ARRAY(SELECT t.reference FROM attempt t WHERE t.message_id = r.id)` },
  contracts: `SELECT a.contract_id FROM alert a WHERE a.message_id = $1::uuid`,
  erased: `num_nonnulls(r.salt, r.text, r.number_sealed, r.number_index) = 0`,
  at: 'r.frozen_at',
  number: {
    sealed: 'r.number_sealed',
    salt: 'substring(sha256(r.salt || r.number_index), 1, 16)',
    place: (rowId) => ({ table: 'message', column: 'number_sealed', rowId }),
  },
});

defineFacts('receipt', {
  facts: {
    ...plain('provider', 'reference', 'attempt_id', 'status', 'code', 'origin'),
    ...times('received_at'),
  },
  contracts: `SELECT a.contract_id FROM (
      SELECT r.provider, r.reference FROM receipt r WHERE r.id = $1::uuid
      UNION SELECT l.body ->> 'provider', l.body ->> 'reference' FROM leaf l WHERE l.subject_id = $1::text AND l.kind = 'receipt') s
    JOIN attempt t USING (provider, reference) JOIN alert a ON a.message_id = t.message_id`,
});

defineFacts('contact', {
  facts: {
    ...plain('contract_id', 'counterparty_id', 'role', 'locale', 'legal_basis', 'legal_basis_on'),
    country: 'r.phone_country',
    removed: 'r.removed_at IS NOT NULL',
    number: commitment('r.salt', `encode(r.phone_index, 'hex')`),
    name: commitment('r.salt', `encode(r.name_index, 'hex')`),
  },
  at: 'r.created_at',
  name: nameOf('contact'),
  erased: `num_nonnulls(r.salt, r.name_sealed, r.phone_sealed, r.phone_index) = 0`,
  number: {
    sealed: 'r.phone_sealed',
    salt: 'r.salt',
    place: (rowId) => ({ table: 'contact', column: 'phone_sealed', rowId }),
  },
});

defineFacts('plan', {
  from: 'contract r',
  facts: {
    ...plain('state', 'plan_name', 'plan_version', 'signed_on', 'starts_on', 'ends_on'),
    ...plain('completed_on', 'terminated_on', 'liability_ends_on'),
    milestones: digestOfLines(milestoneLines),
    alerts: digestOfLines(alertLines),
    records: digestOfLines(recordLines),
    counts: `(SELECT coalesce(jsonb_object_agg(status, count), '{}') FROM (
      SELECT status, count(*) FROM (${alertsAsPlanned}) AS planned GROUP BY status) AS counted)`,
  },
  contracts: `SELECT $1::uuid`,
});

defineFacts('alert', {
  where: `(r.reissue > 0 OR r.reason IN ${decidedWhenDue})`,
  facts: {
    ...plain('contract_id', 'contact_id', 'reason', 'failure'),
    ...times('due_at'),
    status: `CASE r.status WHEN 'messaged' THEN 'planned' ELSE r.status END`,
  },
});

defineFacts('flag', {
  facts: {
    ...plain('contract_id', 'kind', 'lost', 'changed', 'actor', 'reason', 'approved_by', 'department_id'),
    ...plain('officer_id', 'closed_by', 'finding', 'note'),
    ...times('at', 'closed_at'),
  },
});

defineFacts('proposal', {
  facts: {
    ...plain('act', 'contract_id', 'proposer', 'caller', 'reason', 'deciders', 'drawn_account_id', 'state'),
    ...plain('decided_by', 'note'),
    ...times('at', 'open_from', 'decided_at'),
    shown: hexDigest(`jsonb_build_array(r.lost, r.changes)::text`),
  },
});

defineFacts('brake', {
  facts: {
    ...plain('scope', 'target', 'reason', 'actor', 'released_by', 'release_reason'),
    ...times('pulled_at', 'ends_at', 'released_at'),
  },
});

defineFacts('retention_hold', {
  facts: {
    ...plain('contract_id', 'reason', 'actor', 'released_by', 'release_reason'),
    ...times('at', 'released_at'),
  },
});

defineFacts('api_key', {
  facts: {
    ...plain('name', 'role', 'department_id', 'officer_id', 'waits'),
    ...times('expires_at', 'revoked_at'),
    secret: `encode(sha256(r.secret_hash), 'hex')`,
  },
});

defineFacts('template_version', {
  facts: {
    ...plain('key', 'version', 'body', 'actor', 'reason', 'from_on', 'approved_by'),
    ...times('created_at'),
  },
});

defineFacts('setting', {
  key: `(r.name || '@' || r.version)`,
  keyType: 'text',
  facts: {
    ...plain('name', 'version', 'actor', 'reason', 'from_on', 'approved_by'),
    ...times('created_at'),
    value: hexDigest('r.value::text'),
  },
  at: 'r.created_at',
});

/** Where from somebody looked stays out of the log, which is kept for ever. */
defineFacts('access_entry', {
  kinds: ['access'],
  facts: { ...plain('id', 'actor', 'act', 'subject', 'reason'), subjectIds: 'r.subject_ids' },
  at: 'r.at',
  forgotten: `l.kind = 'access' AND EXISTS (SELECT FROM leaf f WHERE f.subject_id = 'access-log' AND f.kind = 'accesses-forgotten'
    AND l.recorded_at < f.recorded_at - (f.body ->> 'years')::integer * interval '1 year' + interval '1 hour')`,
});

defineFacts('access_review', {
  kinds: ['accesses-reviewed'],
  facts: { ...plain('id', 'month', 'actor', 'note'), isInIt: 'r.is_in_it' },
  at: 'r.at',
});

defineFacts('change', {
  leaf: `l.subject_id = r.subject_id AND l.body ->> 'id' = r.id::text`,
  keyOfLeaf: `l.body ->> 'id'`,
  facts: {
    ...plain('id', 'subject', 'subject_id', 'what', 'actor', 'params', 'before', 'after', 'reason'),
    ...plain('contract_id'),
    ...times('at'),
  },
});

const isAddedParty = (id: string) =>
  `EXISTS (SELECT FROM leaf l WHERE l.subject_id = ${id}::text AND l.kind = 'change')`;

/** What changes say of a company, as `PartyRows.companyForLog` writes it. */
const companyFacts = (row: string) => ({
  registrationNumber: `${row}.registration_number`,
  role: `${row}.role`,
  country: `${row}.country`,
  share: `${row}.share::text`,
  externalId: `${row}.external_id`,
  nameDigest: digestOfIndex(row, 'name_index'),
});

/** Writes SQL that lists the companies that a contract was registered with. */
const companiesOf = (facts: Readonly<Record<string, string>>) =>
  `(SELECT coalesce(jsonb_agg(${factsObject({ id: 'p.id', ...facts })} ORDER BY p.id), '[]')
    FROM counterparty p WHERE p.contract_id = r.id AND NOT ${isAddedParty('p.id')})`;

const contractColumns =
  'reference revision kind title departmentId officerId currency method source resumesTo';

defineChangedFacts('contract', {
  subject: 'contract',
  columns: contractColumns.split(' '),
  facts: {
    amount: 'r.amount::text',
    // Registrations of earlier versions say the numbers of companies alone.
    counterparties: companiesOf({ registrationNumber: 'p.registration_number' }),
    companies: companiesOf(companyFacts('p')),
  },
  contracts: `SELECT $1::uuid`,
  at: 'r.created_at',
});

defineChangedFacts('counterparty', {
  subject: 'counterparty',
  columns: [],
  facts: companyFacts('r'),
  where: isAddedParty('r.id'),
  name: nameOf('counterparty'),
  contracts: `SELECT contract_id FROM counterparty WHERE id = $1::uuid`,
});

defineChangedFacts('department', {
  subject: 'department',
  columns: ['code', 'name', 'nameEn', 'headOfficerId', 'goLiveOn'],
});

defineChangedFacts('officer', {
  subject: 'officer',
  columns: ['staffNumber', 'active'],
  facts: { nameDigest: digestOfIndex('r', 'name_index'), phoneDigest: digestOfIndex('r', 'phone_index') },
  name: nameOf('officer'),
});

defineChangedFacts('feed_endpoint', { subject: 'endpoint', columns: ['url'] });
