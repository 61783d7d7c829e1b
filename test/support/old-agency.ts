import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { parse } from 'csv-parse/sync';
import pg from 'pg';
import { DataSource } from 'typeorm';
import { migrations } from '../../src/platform/database/migrate.js';
import { type ApiClient, ok } from './api-client.js';
import type { FakeMessage } from './fake-twilio.script.js';

/** A year of an invented agency as commit a0c77f7 wrote it, killed in the middle of its work: see its README. */
export interface OldAgency {
  about: {
    /** Where the service's clock stood at the end. */
    clock: string;
    keys: {
      sealing: { id: string; key: string };
      index: string;
      adminKey: string;
      officerKey: string;
      admin: string;
      password: string;
    };
  };
  /** Texts that the provider holds, of those that the agency does not know the end of. */
  provider: FakeMessage[];
  /** By table: the names of its columns, then its rows. */
  tables: Record<string, [string[], ...unknown[][]]>;
}

export const oldAgency = () => unpacked<OldAgency>('agency');
/** What the old service answered about it, by call. */
export const oldAnswers = () => unpacked<Record<string, unknown>>('answers');

function unpacked<T>(name: string): T {
  return JSON.parse(gunzipSync(readFileSync(`test/fixtures/upgrade/${name}.json.gz`)).toString()) as T;
}

/** A change's leaf has the change itself for its body; the fixture gives its id alone. */
const bodyOfChange = `jsonb_build_object('id', c.id, 'subject', c.subject, 'subject_id', c.subject_id,
  'contract_id', c.contract_id, 'what', c.what, 'before', c.before, 'after', c.after, 'actor', c.actor, 'reason', c.reason,
  'at', to_char(c.at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'))`;

/** Makes the tables of that time. */
export async function migrateAsOldAgency(ownerUrl: string, appRole: string): Promise<void> {
  const source = new DataSource({
    type: 'postgres',
    url: ownerUrl,
    migrations: migrations.slice(0, 13),
    extra: { max: 1 },
  });
  await source.initialize();
  try {
    await source.query(`SELECT set_config('chorong.app_role', $1, false)`, [appRole]);
    await source.runMigrations({ transaction: 'each' });
  } finally {
    await source.destroy();
  }
}

/** Writes the rows into a database that has the tables of their time, and makes it a server of its own. */
export async function loadOldAgency(superuserUrl: string, { tables }: OldAgency): Promise<void> {
  const client = new pg.Client({ connectionString: superuserUrl });
  await client.connect();
  try {
    // Without foreign keys, so that the order of the tables means nothing.
    await client.query(`SET session_replication_role = replica`);
    for (const [table, [columns, ...rows]] of Object.entries(tables)) {
      const objects = rows.map((row) => Object.fromEntries(columns.map((column, i) => [column, row[i]])));
      await client.query(
        `INSERT INTO ${table} (${columns.join(', ')})
         SELECT ${columns.join(', ')} FROM json_populate_recordset(NULL::${table}, $1::json)`,
        [JSON.stringify(objects)],
      );
    }
    await client.query(
      `UPDATE leaf SET body = ${bodyOfChange} FROM change c WHERE leaf.body = to_jsonb(c.id)`,
    );
    await client.query(
      `UPDATE instance SET fingerprint = concat_ws(':', (SELECT system_identifier FROM pg_control_system()),
         (SELECT oid FROM pg_database WHERE datname = current_database()), 'attempt'::regclass::oid)`,
    );
  } finally {
    await client.end();
  }
}

const contractsShown = [
  'C-2025-0001',
  'C-draft',
  'C-terminated',
  'C-signed-late',
  'G-no-number',
  'G-suspended',
  'G-removed',
  'G-gone',
  'G-dead',
  'G-late',
  'G-late-start',
  'S-shared',
  'P-carrier-failed',
  'P-handed-over',
  'P-rehearsed',
  'P-digest-1',
  'K-text-failed',
  'I-0001',
  'I-0011',
];

const listsOfAuditors = ['old-drafts', 'dead-numbers', 'unrecorded', 'rows-to-mend'].map(
  (list) => `/${list}`,
);

export interface Asking {
  admin: ApiClient;
  /** A page's HTML. */
  page: (path: string, as: 'admin' | 'auditor', locale: 'ko' | 'en') => Promise<string>;
}

/** Everything that people and programs read of the old rows. Nothing is changed by asking, but exports are journalled. */
export async function answersOf({ admin, page }: Asking): Promise<Record<string, unknown>> {
  const answers: Record<string, unknown> = {};
  const api = async <T>(path: string) => (answers[path] = ok(await admin.get<T>(path)));
  const pages = async (path: string, as: 'admin' | 'auditor' = 'admin') => {
    for (const locale of ['ko', 'en'] as const)
      answers[`${path} in ${locale}`] = wordsOf(await page(path, as, locale));
  };
  interface List {
    items: { id: string }[];
  }

  const messages = await api<{
    items: { id: string; reason: string | null; status: string; attempts: number }[];
  }>('/messages?limit=200');
  for (const { id, reason, status, attempts } of messages.items) {
    if (reason === null && status === 'delivered' && attempts === 1) continue;
    await api(`/messages/${id}`);
    await pages(`/console/messages/${id}`);
  }
  for (const view of ['planned', 'held', 'missed']) await api(`/alerts?view=${view}&limit=200`);
  for (const reference of contractsShown) {
    const [contract] = ok(await admin.get<List>(`/contracts?reference=${reference}`)).items;
    const path = `/contracts/${contract?.id}`;
    for (const part of ['', '/changes', '/timeline']) await api(`${path}${part}`);
    await pages(`/console${path}`);
  }
  const imports = await api<List>('/imports');
  for (const { id } of imports.items) {
    for (const part of ['', '/errors', '/effects']) await api(`/imports/${id}${part}`);
    await pages(`/console/imports/${id}`);
  }
  const work = await api<{ items: { list: string }[] }>('/work');
  for (const { list } of work.items) await api(`/work/${list}`);
  for (const list of ['', ...listsOfAuditors]) await pages(`/console/work${list}`, 'auditor');
  await api('/statistics/milestones?limit=200');
  answers['statistics'] = ok(await admin.post('/statistics', { groupBy: ['department', 'kind', 'month'] }));
  for (const path of ['/brakes', '/departments', '/officers', '/agency', '/calendar', '/templates'])
    await api(path);
  for (const path of ['messages', 'imports', 'coverage', 'settings/brakes']) await pages(`/console/${path}`);
  const csv = ok(await admin.get<string>('/messages/export?format=csv'));
  answers['export as CSV'] = parse(csv, { bom: true, columns: true });
  const lines = ok(await admin.get<string>('/messages/export?format=ndjson'))
    .trim()
    .split('\n');
  answers['export as NDJSON'] = lines.map((line) => JSON.parse(line) as unknown);
  return answers;
}

/** What a reader sees of a page, however it is marked up. */
function wordsOf(html: string): string {
  const main = /<main\b[\s\S]*<\/main>/.exec(html)?.[0] ?? html;
  return main
    .replace(/<(script|style)\b[\s\S]*?<\/\1>/g, ' ')
    .replace(/<[^>]*>/g, ' ')
    .replace(/\s+/g, ' ')
    .trim();
}
