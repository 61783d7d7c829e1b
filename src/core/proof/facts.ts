import { snakeOf } from '../../platform/database/database.js';
import { createHash } from 'node:crypto';
import type { SealedPlace } from '../../platform/sealing/sealer.js';
import { commit } from './leaf.js';

/**
 * A FactTable says which columns of a table people read as facts, and which leaves say the same. Each fact is an SQL expression
 * over the row `r`, under the name that it has in the leaves: what is written into a leaf and what is compared with it later are
 * one and the same.
 */
export interface FactTable {
  /** The kinds of its leaves. A later leaf of a row says again what has changed, and only that. */
  kinds: readonly string[];
  /** The subject of changes that say in their `after` what the row shows from then on, where these are its leaves. */
  changesOf?: string;
  from: string;
  /** Pages of rows are read in the order of this, which is the subject of their leaves unless `leaf` says otherwise. */
  key: string;
  keyType: 'uuid' | 'text';
  facts: Readonly<Record<string, string>>;
  /** Facts of which the row has several: a leaf names one of them. Each is an SQL array. */
  among?: Readonly<Record<string, string>>;
  /** True of the rows that have leaves of their own, where not all have. */
  where?: string;
  /** True of the leaves `l` of a row, where these have another subject. */
  leaf?: string;
  /** What names the row in a leaf `l`, where that is not the subject. */
  keyOfLeaf?: string;
  /** True of a row of which nothing personal is left, with the salt of its commitments; a leaf `erased` has to say so as well. */
  erased?: string;
  /**
   * Selects the contracts that the row with the key $1 is about, where neither a column nor a fact of its leaves names them as
   * `contract_id`. The row itself may be gone.
   */
  contracts?: string;
  /** When the row was written; by its id where this is left out. */
  at?: string;
  /** The number that is sealed in the row, and the salt of its commitment, which leaves have as `phone`. */
  number?: { sealed: string; salt: string; place: (key: string) => SealedPlace };
}

const tables = new Map<string, FactTable>();

/** Says of a table that its facts stand in the changes of it, each under the name of its column in the code. */
export function defineChangedFacts(
  table: string,
  {
    subject,
    columns,
    ...facts
  }: Omit<FactTable, 'kinds' | 'key' | 'keyType' | 'facts'> & {
    subject: string;
    columns: readonly string[];
    facts?: FactTable['facts'];
  },
): void {
  const named = columns.map((column) => [column, `r.${snakeOf(column)}`]);
  const all = { ...(Object.fromEntries(named) as FactTable['facts']), ...facts.facts };
  defineFacts(table, {
    ...facts,
    kinds: ['change'],
    changesOf: subject,
    key: 'r.id',
    keyType: 'uuid',
    facts: all,
  });
}

/** Says which facts a table shows; `npm run verify` compares them. */
export function defineFacts(table: string, facts: FactTable): void {
  tables.set(table, facts);
}

export function factTables(): ReadonlyMap<string, FactTable> {
  return tables;
}

export function factTableOf(table: string): FactTable {
  const facts = tables.get(table);
  if (!facts) throw new Error(`no facts of ${table} are defined`);
  return facts;
}

/** Writes SQL that makes one JSON object of facts. */
export function factsObject(facts: Readonly<Record<string, string>>): string {
  return `jsonb_build_object(${Object.entries(facts)
    .map(([name, sql]) => `'${name}', ${sql}`)
    .join(', ')})`;
}

/** Writes a moment in SQL as `Date.toISOString` does. */
export const isoTime = (moment: string) =>
  `to_char(${moment} AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`;

/** Writes the digest of a text in SQL. */
export const hexDigest = (text: string) => `encode(sha256(convert_to(${text}, 'UTF8')), 'hex')`;

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

const joined = `coalesce(string_agg(line, E'\\n' ORDER BY line COLLATE "C"), '')`;
/** Writes in SQL the digest of what a query lists as `line`, in the order of these. */
export const digestOfLines = (lines: string) => `(SELECT ${hexDigest(joined)} FROM (${lines}) AS lines)`;

const alertLines = `SELECT format('%s|%s|%s|%s|%s|%s|%s', code, occurrence, contact_id, ${isoTime('due_at')}, wording, status, reason) AS line
  FROM (${alertsAsPlanned}) AS planned`;

/** Writes in SQL, over the contract `r`, the texts whose digests stand in the leaf of its plan. */
export const planTexts = [milestoneLines, alertLines].map(
  (lines) => `(SELECT ${joined} FROM (${lines}) AS lines)`,
);

/** A PlanLine is a milestone or an alert of a plan, in the order of the columns that its digest has. */
type PlanLine = (string | number | boolean | Date | null)[];

/** Returns the digest of a plan's lines as the SQL of `plan` does. */
export function digestOfPlan(lines: PlanLine[]): string {
  const written = lines.map((line) => line.map(writtenInLine).join('|')).sort();
  return createHash('sha256').update(written.join('\n')).digest('hex');
}

function writtenInLine(value: PlanLine[number]): string {
  if (value instanceof Date) return value.toISOString();
  if (typeof value === 'boolean') return value ? 't' : 'f';
  return String(value ?? '');
}

/** Returns the salt of a message's number: whoever is given the salt of its text cannot try all numbers with it. */
export function saltOfNumber(salt: Buffer, numberIndex: Buffer): Buffer {
  return createHash('sha256').update(salt).update(numberIndex).digest().subarray(0, 16);
}

/** Commits to a message's number in E.164. */
export function commitToNumber(salt: Buffer, numberIndex: Buffer, e164: string): string {
  return commit(saltOfNumber(salt, numberIndex), e164);
}

defineFacts('message', {
  kinds: [
    'message-frozen',
    'message-sent',
    'message-delivered',
    'message-failed',
    'message-held',
    'message-unconfirmed',
    'message-waiting',
    'message-elsewhere',
  ],
  from: 'message r',
  key: 'r.id',
  keyType: 'uuid',
  facts: {
    message: 'r.id',
    templateVersion: 'r.template_version_id',
    ...plain('provider', 'sender', 'country', 'locale', 'reason'),
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
  kinds: ['receipt'],
  from: 'receipt r',
  key: 'r.id',
  keyType: 'uuid',
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
  kinds: ['contact'],
  from: 'contact r',
  key: 'r.id',
  keyType: 'uuid',
  facts: {
    ...plain('contract_id', 'counterparty_id', 'role', 'locale', 'legal_basis', 'legal_basis_on'),
    country: 'r.phone_country',
    removed: 'r.removed_at IS NOT NULL',
    number: commitment('r.salt', `encode(r.phone_index, 'hex')`),
  },
  erased: `num_nonnulls(r.salt, r.name_sealed, r.phone_sealed, r.phone_index) = 0`,
  number: {
    sealed: 'r.phone_sealed',
    salt: 'r.salt',
    place: (rowId) => ({ table: 'contact', column: 'phone_sealed', rowId }),
  },
});

defineFacts('plan', {
  kinds: ['plan'],
  from: 'contract r',
  key: 'r.id',
  keyType: 'uuid',
  facts: {
    ...plain('state', 'plan_name', 'plan_version', 'signed_on', 'starts_on', 'ends_on'),
    ...plain('completed_on', 'terminated_on', 'liability_ends_on'),
    milestones: digestOfLines(milestoneLines),
    alerts: digestOfLines(alertLines),
    counts: `(SELECT coalesce(jsonb_object_agg(status, count), '{}') FROM (
      SELECT status, count(*) FROM (${alertsAsPlanned}) AS planned GROUP BY status) AS counted)`,
  },
  contracts: `SELECT $1::uuid`,
});

defineFacts('alert', {
  kinds: ['alert'],
  from: 'alert r',
  key: 'r.id',
  keyType: 'uuid',
  where: `(r.reissue > 0 OR r.reason IN ${decidedWhenDue})`,
  facts: {
    ...plain('contract_id', 'contact_id', 'reason'),
    ...times('due_at'),
    status: `CASE r.status WHEN 'messaged' THEN 'planned' ELSE r.status END`,
  },
});

defineFacts('flag', {
  kinds: ['flag'],
  from: 'flag r',
  key: 'r.id',
  keyType: 'uuid',
  facts: {
    ...plain('contract_id', 'kind', 'lost', 'changed', 'actor', 'reason', 'approved_by', 'department_id'),
    ...plain('officer_id', 'closed_by', 'finding', 'note'),
    ...times('at', 'closed_at'),
  },
});

defineFacts('proposal', {
  kinds: ['proposal'],
  from: 'proposal r',
  key: 'r.id',
  keyType: 'uuid',
  facts: {
    ...plain('act', 'contract_id', 'proposer', 'caller', 'reason', 'deciders', 'drawn_account_id', 'state'),
    ...plain('decided_by', 'note'),
    ...times('at', 'open_from', 'decided_at'),
    shown: hexDigest(`jsonb_build_array(r.lost, r.changes)::text`),
  },
});

defineFacts('brake', {
  kinds: ['brake'],
  from: 'brake r',
  key: 'r.id',
  keyType: 'uuid',
  facts: {
    ...plain('scope', 'target', 'reason', 'actor', 'released_by', 'release_reason'),
    ...times('pulled_at', 'ends_at', 'released_at'),
  },
});

defineFacts('retention_hold', {
  kinds: ['retention_hold'],
  from: 'retention_hold r',
  key: 'r.id',
  keyType: 'uuid',
  facts: {
    ...plain('contract_id', 'reason', 'actor', 'released_by', 'release_reason'),
    ...times('at', 'released_at'),
  },
});

defineFacts('api_key', {
  kinds: ['api_key'],
  from: 'api_key r',
  key: 'r.id',
  keyType: 'uuid',
  facts: {
    ...plain('name', 'role', 'department_id', 'officer_id', 'waits'),
    ...times('expires_at', 'revoked_at'),
    secret: `encode(sha256(r.secret_hash), 'hex')`,
  },
});

defineFacts('template_version', {
  kinds: ['template_version'],
  from: 'template_version r',
  key: 'r.id',
  keyType: 'uuid',
  facts: {
    ...plain('key', 'version', 'body', 'actor', 'reason', 'from_on', 'approved_by'),
    ...times('created_at'),
  },
});

defineFacts('setting', {
  kinds: ['setting'],
  from: 'setting r',
  key: `(r.name || '@' || r.version)`,
  keyType: 'text',
  facts: {
    ...plain('name', 'version', 'actor', 'reason', 'from_on', 'approved_by'),
    ...times('created_at'),
    value: hexDigest('r.value::text'),
  },
  at: 'r.created_at',
});

defineFacts('change', {
  kinds: ['change'],
  from: 'change r',
  key: 'r.id',
  keyType: 'uuid',
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

defineChangedFacts('contract', {
  from: 'contract r',
  subject: 'contract',
  columns: ['reference', 'revision', 'kind', 'title', 'departmentId', 'officerId', 'currency', 'method'],
  facts: {
    amount: 'r.amount::text',
    counterparties: `(SELECT coalesce(jsonb_agg(jsonb_build_object('id', p.id, 'registrationNumber', p.registration_number) ORDER BY p.id), '[]')
      FROM counterparty p WHERE p.contract_id = r.id AND NOT ${isAddedParty('p.id')})`,
  },
  contracts: `SELECT $1::uuid`,
});

defineChangedFacts('counterparty', {
  from: 'counterparty r',
  subject: 'counterparty',
  columns: ['registrationNumber', 'role', 'country'],
  where: isAddedParty('r.id'),
  contracts: `SELECT contract_id FROM counterparty WHERE id = $1::uuid`,
});

defineChangedFacts('department', {
  from: 'department r',
  subject: 'department',
  columns: ['code', 'name', 'nameEn', 'headOfficerId', 'goLiveOn'],
});

defineChangedFacts('officer', { from: 'officer r', subject: 'officer', columns: ['staffNumber', 'active'] });
