import { readFileSync, writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { entryOf, type LeafContent } from '../src/core/proof/leaf.js';
import { migrate } from '../src/platform/database/migrate.js';
import { ServiceClock } from '../src/platform/clock/service-clock.js';
import { ImportJobs } from '../src/office/imports/jobs.js';
import { defaultPlans } from '../src/core/planning/plans.default.js';
import { SessionsService } from '../src/office/accounts/sessions.service.js';
import { loadTemplates, templateKey } from '../src/core/texts/template-placement.js';
import { numberChanged } from '../src/core/settings/plan.schema.js';
import { ok } from './support/api-client.js';
import { createTestDatabase } from './support/database.js';
import { differences } from './support/differences.js';
import { startFakeTwilio, type FakeTwilio } from './support/fake-twilio.js';
import { fakeAccount } from './support/fake-twilio.wire.js';
import { newerRelease, offersTo } from './support/newer-release.js';
import { answersOf, loadOldAgency, migrateAsOldAgency, oldAgency, oldAnswers } from './support/old-agency.js';
import { cookieName, PageClient } from './support/page-client.js';
import { signedIn } from './support/entered.js';
import { startService, type TestService } from './support/service.js';

/** What pages say otherwise since. */
const reworded: [string, string][] = [];

const agency = oldAgency();
const { keys } = agency.about;
let clock = new Date(agency.about.clock);
let fake: FakeTwilio;
let service: TestService;

beforeAll(async () => {
  const templates = await loadTemplates(resolve('templates/sms'));
  newDefaults = templates
    .filter(({ locale, milestone }) => locale === 'ko' || milestone === numberChanged)
    .map(templateKey);
  const database = await createTestDatabase('template1');
  const appRole = new URL(database.appUrl).username;
  await migrateAsOldAgency(database.ownerUrl, appRole);
  await loadOldAgency(database.superuserUrl, agency);
  await migrate({ ownerUrl: database.ownerUrl, appRole });
  fake = await startFakeTwilio(fakeAccount, agency.provider);
  service = await startService({
    twilio: fake,
    existing: {
      database,
      adminKey: keys.adminKey,
      keys: {
        sealing: [{ id: keys.sealing.id, key: Buffer.from(keys.sealing.key, 'base64') }],
        index: Buffer.from(keys.index, 'base64'),
      },
    },
    environment: { CHORONG_INSTANCE: String(rowsOf('instance')[0]?.['id']) },
  });
  service.app.get(ServiceClock).stoppedAt = () => Promise.resolve(clock);
});
afterAll(async () => {
  await service.close();
  await fake.stop();
});

/**
 * What this version says otherwise on purpose, word for word. Codes of our own are explained as ours, where they were unknown
 * codes of Twilio; and what became of an attempt is said in both languages, where it was an English sentence.
 */
const meantDifferences = () => JSON.parse(readFileSync(meantFile, 'utf8')) as string[];
const meantFile = 'test/fixtures/upgrade/meant-differences.json';

/** Defaults that are others since that version, by name: those in Korean fit one SMS, and a former number is told. The agency is offered them. */
let newDefaults: string[];

/** The fixture's rows of a table. */
function rowsOf(table: string): Record<string, unknown>[] {
  const [columns, ...rows] = agency.tables[table] ?? [[]];
  return rows.map((row) => Object.fromEntries(columns.map((column, i) => [column, row[i]])));
}

describe('what was', () => {
  it('is answered and shown as before', async () => {
    const admin = await signIn(keys.admin);
    const auditor = await signIn('auditor@hanbit.example');
    const answers = await answersOf({
      admin: service.admin,
      page: async (path, as, locale) => {
        const token = { admin, auditor }[as];
        const cookie = `${cookieName}=${token}; chorong-locale=${locale}`;
        return ok(await new PageClient(service.app, null).get(path, { cookie }));
      },
    });
    const differences = [...new Set(allDifferences(oldAnswers(), answers).map(newByField))];
    if (process.env['DIFFERENCES'] === 'write') {
      writeFileSync(meantFile, `${JSON.stringify(differences, null, 2)}\n`);
    }
    expect(differences).toEqual(meantDifferences());
  });

  it('is proved as before: every leaf has the hash that it had', async () => {
    const old = rowsOf('leaf');
    const leaves = await service.sql<LeafContent & { hash: Buffer; salt: Buffer | null }>(
      `SELECT id, kind, subject_id AS "subjectId", body, hash, salt FROM leaf ORDER BY id`,
    );
    const hashes = new Map(leaves.map(({ id, hash }) => [id, `\\x${hash.toString('hex')}`]));
    expect(old.filter((leaf) => hashes.get(String(leaf['id'])) !== leaf['hash'])).toEqual([]);
    expect(leaves.filter((leaf) => !entryOf(leaf, leaf.salt).equals(leaf.hash))).toEqual([]);
  });

  it('lets people and programs in as before', async () => {
    const program = service.client(keys.officerKey);
    expect((await program.get('/contracts')).status).toBe(200);
    expect(await signIn('officer@hanbit.example')).toEqual(expect.any(String));
  });

  it('reads a file that had been brought', async () => {
    const [file] = rowsOf('import').filter((row) => row['status'] === 'queued');
    await service.app.get(ImportJobs).runImport(String(file?.['id']));
    expect(ok(await service.admin.get(`/imports/${String(file?.['id'])}`))).toMatchObject({
      status: 'ready',
    });
  });

  it('takes back what a file had changed', async () => {
    const file = rowsOf('import').find((row) => row['file_name'] === '초안 정정.csv');
    await service.sql(`UPDATE import SET finished_at = clock_timestamp() WHERE id = $1`, [file?.['id']]);
    const officer = new PageClient(service.app, await signIn('officer@hanbit.example'));
    const path = `/console/imports/${String(file?.['id'])}`;
    const answer = await officer.post(
      `${path}/undo`,
      { reason: 'not ours' },
      { origin: service.config.publicUrl ?? '' },
    );
    expect(answer.headers['location']).toContain(path);
    await service.app.get(ImportJobs).runImport(String(file?.['id']));
    const draft = rowsOf('contract').find((row) => row['reference'] === 'C-draft');
    expect(await service.contract(String(draft?.['id']))).toMatchObject({
      revision: 0,
      title: '도로점용 허가',
    });
  });
});

/** Texts that were sent in this life: the number and the words of each. */
async function sent(): Promise<string[]> {
  const { requests } = await fake.received();
  return requests.filter(({ method }) => method === 'POST').map(({ form }) => `${form.To} ${form.Body}`);
}

/** Goes on as the service's own timers would, until nothing more is done at this moment of its clock. */
async function beat(): Promise<void> {
  for (let quiet = 0; quiet < 2;) {
    await service.letTimePass();
    quiet = (await service.drain()) === 0 ? quiet + 1 : 0;
    await service.sweep();
  }
}

/** Of each contract that was under way: its alert that was due, its attempts, and how often it was sent in this life. */
async function underWay(): Promise<Record<string, string>> {
  const rows = await service.sql<{ reference: string; status: string; attempts: string[]; text: string }>(
    `SELECT c.reference, a.status, m.text,
            ARRAY(SELECT t.status FROM attempt t WHERE t.message_id = m.id ORDER BY t.id) AS attempts
     FROM contract c JOIN alert a ON a.contract_id = c.id LEFT JOIN message m ON m.id = a.message_id
     WHERE a.id = ANY($1)`,
    [unsettled.map((alert) => alert['id'])],
  );
  const texts = await sent();
  return Object.fromEntries(
    rows.map(({ reference, status, attempts, text }) => {
      const count = texts.filter((one) => one.endsWith(` ${text}`)).length;
      return [reference, `${[status, ...attempts].join(', ')}; sent ${count}`];
    }),
  );
}

/** Alerts whose time had come when the old service was killed, and whose end it did not know. */
const messages = new Map(rowsOf('message').map((message) => [message['id'], message]));
const unsettled = rowsOf('alert').filter(({ status, message_id: message, due_at: due, reason }) => {
  if (status === 'messaged')
    return ['sending', 'waiting', 'accepted', 'sent'].includes(String(messages.get(message)?.['status']));
  return new Date(String(due)) <= clock && (isToCome(status) || String(reason).startsWith('text-failed'));
});
const toCome = rowsOf('alert').filter(
  ({ status, due_at: due }) => isToCome(status) && new Date(String(due)) > clock,
);

function isToCome(status: unknown): boolean {
  return status === 'planned' || status === 'claimed';
}

async function releaseBrakes(): Promise<void> {
  const { items } = ok(
    await service.admin.get<{ items: { id: string; releasedAt: string | null }[] }>('/brakes'),
  );
  for (const { id, releasedAt } of items)
    if (!releasedAt)
      ok(await service.admin.post(`/brakes/${id}/release`, { reason: 'the error is corrected' }));
}

describe('what was under way', () => {
  it('stands as it stood', async () => {
    const alerts = await service.sql(
      `SELECT id, status, coalesce(reason || ': ' || failure, reason) AS reason, message_id,
              floor(extract(epoch FROM due_at))::float8 AS due FROM alert ORDER BY id`,
    );
    const old = rowsOf('alert').map(({ id, status, reason, message_id, due_at }) => {
      const due = Math.floor(Date.parse(String(due_at)) / 1000);
      // No alert is claimed any more: what was, is planned as it was before.
      return { id, status: status === 'claimed' ? 'planned' : status, reason, message_id, due };
    });
    expect(alerts).toEqual(old.sort((a, b) => (String(a.id) < String(b.id) ? -1 : 1)));
    expect(await sent()).toEqual([]);
  });

  it('is settled by what the provider holds, and goes out once', async () => {
    await beat();
    const settled = {
      'K-accepted': 'messaged, accepted; sent 0',
      'K-ambiguous-gone': 'messaged, absent, accepted; sent 1',
      'K-ambiguous-held': 'messaged, accepted; sent 0',
      'K-claimed': 'messaged, accepted; sent 1',
      'K-failed-once': 'messaged, accepted, accepted; sent 1',
      'K-number-busy': 'messaged, accepted; sent 1',
      'K-open-gone': 'messaged, absent, accepted; sent 1',
      'K-open-held': 'messaged, accepted; sent 0',
      'K-sent': 'messaged, accepted; sent 0',
      'K-text-failed': 'messaged, accepted; sent 1',
      'K-waiting': 'messaged, refused, accepted; sent 1',
    };
    expect(await underWay()).toEqual({
      ...settled,
      'K-department-braked': 'planned; sent 0',
      'K-template-braked': 'planned; sent 0',
      'P-abroad': 'messaged, refused, refused; sent 0',
    });
    await releaseBrakes();
    await beat();
    expect(await underWay()).toEqual({
      ...settled,
      'K-department-braked': 'messaged, accepted; sent 1',
      'K-template-braked': 'messaged, accepted; sent 1',
      'P-abroad': 'messaged, refused, refused, accepted; sent 1',
    });
  });
});

describe('the defaults of a newer release', () => {
  const { works } = defaultPlans;
  const own = 'ko/permit/received';
  const changed = {
    'plan:works': { ...works, milestones: works.milestones.filter(({ code }) => code !== 'variation') },
    'ko/works/defect-inspection': '[{{> agency}}] 하자검사 안내({{contract.reference}}) {{> channels}}',
    [own]: '[{{> agency}}] 접수 안내({{contract.reference}}) {{> channels}}',
  };

  const offersBut = async (known: string[]) =>
    (await offersTo(service)).filter(({ name }) => !known.includes(name));

  it('are those that it was not given', async () => {
    expect((await offersTo(service)).map(({ name }) => name)).toEqual(newDefaults);
  });

  it('are offered, and those alone, and are in force once an admin accepts them', async () => {
    newerRelease(service, changed);
    const others = newDefaults.filter((name) => !(name in changed));
    const offers = await offersBut(others);
    expect(Object.fromEntries(offers.map(({ name, value }) => [name, value]))).toEqual(changed);
    for (const { id, name } of offers)
      ok(await service.admin.post(`/defaults/${id}/${name === own ? 'decline' : 'accept'}`, {}));
    expect(await offersBut(others)).toEqual([]);
  });
});

describe('what is to come', () => {
  it('goes out once, when it is due', async () => {
    const before = await sent();
    const moments = [...new Set(toCome.map((alert) => Date.parse(String(alert['due_at']))))];
    for (const moment of moments.sort((a, b) => a - b)) {
      clock = new Date(moment);
      await beat();
    }
    const told = await service.sql<{ id: string; time: Date; text: string }>(
      `SELECT a.id, m.service_time AS time, m.text FROM alert a JOIN message m ON m.id = a.message_id WHERE a.id = ANY($1)`,
      [toCome.map((alert) => alert['id'])],
    );
    const times = (rows: [unknown, number][]) => new Map(rows.sort());
    expect(times(told.map(({ id, time }) => [id, time.getTime()]))).toEqual(
      times(toCome.map(({ id, due_at: due }) => [id, Date.parse(String(due))])),
    );
    const texts = (await sent()).slice(before.length).map((text) => text.slice(text.indexOf(' ') + 1));
    expect(texts.sort()).toEqual(told.map(({ text }) => text).sort());
    expect(texts.filter((text) => text.includes('하자검사 안내('))).toHaveLength(4);
  });

  it('leaves nothing sent twice, and nothing else changed', async () => {
    const all = (await fake.received()).messages.map(({ to, body }) => `${to} ${body}`);
    // A carrier's failure does not prove that the text was not delivered: that one is sent again on purpose.
    expect(all.filter((text, i) => all.indexOf(text) !== i)).toEqual([
      expect.stringContaining('K-failed-once'),
    ]);
    const rest = rowsOf('message').filter(({ status }) =>
      ['delivered', 'failed', 'held', 'unconfirmed'].includes(String(status)),
    );
    const now = await service.sql<{ id: string; status: string; attempts: number }>(
      `SELECT id, status, attempts FROM message WHERE id = ANY($1) ORDER BY id`,
      [rest.map((message) => message['id'])],
    );
    expect(now).toEqual(rest.map(({ id, status, attempts }) => ({ id, status, attempts })));
  });
});

async function signIn(email: string): Promise<string> {
  const password = email === keys.admin ? keys.password : keys.password.replace('!', '');
  return (await signedIn(service.app.get(SessionsService).signIn({ email, password, from: '192.0.2.7' })))
    .token;
}

function allDifferences(before: unknown, after: Record<string, unknown>): string[] {
  return Object.entries(before as Record<string, unknown>).flatMap(([call, answer]) => {
    if (typeof answer !== 'string') return differences(answer, after[call], call);
    const was = reworded.reduce((words, [from, to]) => words.replaceAll(from, to), answer);
    return otherWords(call, was.split(' '), String(after[call]).split(' '));
  });
}

/** Names a field that is new once, and not in each answer that has it. */
function newByField(difference: string): string {
  return difference.endsWith(': is new')
    ? difference.replace(/[0-9a-f-]{36}/g, '*').replace(/\.\d+(?=\.)/g, '.*')
    : difference;
}

/** The part of a page between the first and the last word that differs. */
function otherWords(page: string, before: string[], after: string[]): string[] {
  if (before.join(' ') === after.join(' ')) return [];
  const start = before.findIndex((word, i) => word !== after[i]);
  const last = Math.min(before.length, after.length) - start;
  let same = 0;
  while (same < last && before.at(-1 - same) === after.at(-1 - same)) same += 1;
  const part = (words: string[]) => words.slice(start, words.length - same).join(' ');
  return [`${page}: was “${part(before)}”, is “${part(after)}”`];
}
