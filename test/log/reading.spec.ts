import pg from 'pg';
import { ExportJournal } from '../../src/core/log/export-journal.js';
import { LogFilters } from '../../src/core/log/log-filters.js';
import { exportQuota } from '../../src/core/log/log.words.js';
import { MessageReader } from '../../src/core/log/message-reader.js';
import { MessagePages } from '../../src/core/log/message-pages.js';
import { MessagesService } from '../../src/core/log/messages.service.js';
import { TimelineService } from '../../src/core/log/timeline.service.js';
import { zonedIso } from '../../src/core/calendar/zoned-iso.js';
import { SettingsService } from '../../src/core/settings/settings.service.js';
import { AppError } from '../../src/platform/app-error.js';
import type { Page } from '../../src/platform/paging.js';
import { newId } from '../../src/platform/ids.js';
import { admin, ago, type MessageMade, type Row, SendingBench } from '../support/sending-bench.js';

let bench: SendingBench;
let reader: MessageReader;
beforeAll(async () => {
  bench = await SendingBench.start();
  reader = bench.get(MessageReader);
});
afterAll(() => bench.stop());
beforeEach(() => bench.clear());

const codeOf = (error: unknown) => (error instanceof AppError ? error.code : error);
const hours = (count: number) => count * 3600;

describe('a receipt is shown with the attempt', () => {
  /** A message with a settled attempt, whose reference may have come or not. */
  async function attempted(reference: string | null, provider = 'pigeon') {
    const message = await bench.message({ status: 'accepted' });
    const attempt = await bench.attempt(message, {
      status: reference ? 'accepted' : 'absent',
      reference,
      provider,
    });
    return { message, attempt };
  }
  const receive = (given: Row) =>
    bench.insert('receipt', { id: newId(), provider: 'pigeon', status: 'sent', origin: 'webhook', ...given });
  const shown = async ({ message }: { message: MessageMade }) =>
    (await reader.receiptsOf([message.id])).map((row) => [row.attemptId, row.messageId, row.code]);

  it('whose reference it has, of its own provider', async () => {
    const [one, gulls] = [await attempted('r-1'), await attempted('r-1', 'gull')];
    await receive({ reference: 'r-1', code: 'of pigeon' });
    await receive({ reference: 'r-1', code: 'of gull', provider: 'gull' });
    await receive({ reference: 'r-2', code: 'of nobody' });
    expect(await shown(one)).toEqual([[one.attempt, one.message.id, 'of pigeon']]);
    expect(await shown(gulls)).toEqual([[gulls.attempt, gulls.message.id, 'of gull']]);
  });

  it('that it names by our id, when its reference came late or never', async () => {
    const one = await attempted(null);
    const other = await attempted('r-3');
    await receive({ reference: 'r-4', attempt_id: one.attempt, code: 'early' });
    await receive({ reference: 'r-5', attempt_id: other.attempt, code: 'another text of the attempt' });
    expect(await shown(one)).toEqual([[one.attempt, one.message.id, 'early']]);
    expect(await shown(other)).toEqual([[other.attempt, other.message.id, 'another text of the attempt']]);
  });

  it('that has its reference, though it names another: once, and not with both', async () => {
    const [named, held] = [await attempted(null), await attempted('r-6')];
    await receive({ reference: 'r-6', attempt_id: named.attempt, code: 'one' });
    await receive({ reference: 'r-6', attempt_id: held.attempt, status: 'delivered', code: 'two' });
    expect(await shown(named)).toEqual([]);
    expect((await shown(held)).map(([attempt, , code]) => [attempt, code])).toEqual([
      [held.attempt, 'one'],
      [held.attempt, 'two'],
    ]);
  });

  it('on the clock of its message: as long after it as it came after it', async () => {
    const message = await bench.message({
      status: 'accepted',
      service_time: new Date('2030-01-02T03:00:00Z'),
      frozen_at: ago(100),
    });
    const attempt = await bench.attempt(message, {
      status: 'accepted',
      reference: 'r-7',
      opened_at: ago(99),
    });
    await receive({ reference: 'r-7', received_at: ago(90), code: 'late' });
    const offset = (at: Date) => Math.round((at.getTime() - Date.parse('2030-01-02T03:00:00Z')) / 1000);
    const [receipt] = await reader.receiptsOf([message.id]);
    const [made] = await reader.attemptsOf([message.id]);
    expect([made?.id, offset(made?.serviceTime ?? new Date(0))]).toEqual([attempt, 1]);
    expect(offset(receipt?.serviceTime ?? new Date(0))).toBe(10);
  });

  it('of the messages that are asked for, and of no other', async () => {
    const [one, other] = [await attempted('r-8'), await attempted('r-9')];
    await receive({ reference: 'r-8', code: 'one' });
    await receive({ reference: 'r-9', code: 'other' });
    expect(await shown(one)).toEqual([[one.attempt, one.message.id, 'one']]);
    expect((await reader.attemptsOf([other.message.id])).map(({ id }) => id)).toEqual([other.attempt]);
    expect((await reader.messagesOf([one.message.id])).map(({ id }) => id)).toEqual([one.message.id]);
  });
});

describe('a message is found in a period by its service time', () => {
  const found = async (period: { from?: string; to?: string }) => {
    const query = { ...period, limit: 50 };
    return (await bench.get(MessagesService).list(admin, query)).items.map(({ id }) => id);
  };

  it('though the clock of whoever made its id was nearly a day off, either way', async () => {
    for (const seconds of [hours(23), -hours(23)]) {
      await bench.clear();
      const { id } = await bench.message({ status: 'delivered', service_time: ago(seconds) });
      const around = (plus: number) => new Date(Date.now() - (seconds + plus) * 1000).toISOString();
      expect(await found({ from: around(60), to: around(-60) })).toEqual([id]);
      expect(await found({ from: around(-60) })).toEqual([]);
      expect(await found({ to: around(60) })).toEqual([]);
    }
  });

  it('whose ids are bounded by a day more on both sides', async () => {
    const filters = await bench
      .get(LogFilters)
      .filtersFor(admin, { from: '2026-03-04T00:00:00Z', to: '2026-03-05T00:00:00Z' });
    const moment = (id: string | null) => Number.parseInt((id ?? '').replaceAll('-', '').slice(0, 12), 16);
    expect(moment(filters.ids.from)).toBe(Date.parse('2026-03-03T00:00:00Z'));
    expect(moment(filters.ids.before)).toBe(Date.parse('2026-03-06T00:00:00Z'));
  });
});

describe('an attempt is explained', () => {
  it.each<[string, Row, { code: string | null; detail: string | null }]>([
    [
      'by our own code',
      { detail: 'lease-ran-out' },
      { code: null, detail: 'Its process did not come back in time: the provider may have been called.' },
    ],
    [
      'by our code before the provider’s',
      { code: 'P-1', detail: 'before-restore' },
      { code: 'P-1', detail: 'It may have been sent before the database was restored.' },
    ],
    [
      'by its lateness before anything',
      { code: 'P-1', detail: 'lease-ran-out', late: true },
      {
        code: 'P-1',
        detail: 'The provider showed it after it was taken for absent: it may have gone out twice.',
      },
    ],
    [
      'by a sentence that stands in place of a code',
      { code: 'P-1', detail: 'An old sentence.' },
      { code: 'P-1', detail: 'An old sentence.' },
    ],
    [
      'by the provider, whose code it is, and not by our words for it',
      { code: 'lease-ran-out' },
      { code: 'lease-ran-out', detail: "pigeon's code lease-ran-out" },
    ],
    [
      'by ours in place of the provider’s, as it once was written',
      { code: 'lease-ran-out', detail: 'An old sentence.' },
      { code: 'lease-ran-out', detail: 'An old sentence.' },
    ],
    ['not at all without a code', {}, { code: null, detail: null }],
  ])('%s', async (_how, row, shown) => {
    const message = await bench.message({ status: 'accepted' });
    await bench.attempt(message, { status: 'absent', settled_at: new Date('2026-03-04T00:00:00Z'), ...row });
    const [attempt] = await reader.attemptsOf([message.id]);
    if (!attempt) throw new Error('there is no attempt');
    const view = reader.viewOfAttempt(attempt, 'Asia/Seoul');
    expect(view).toMatchObject({ ...shown, settledAt: '2026-03-04T09:00:00.000+09:00' });
    expect(reader.viewOfAttempt({ ...attempt, settledAt: null }, 'Asia/Seoul').settledAt).toBeNull();
  });
});

it('a receipt without a code has none', async () => {
  const message = await bench.message({ status: 'accepted' });
  await bench.attempt(message, { status: 'accepted', reference: 'r-9' });
  const report = (code: string) =>
    bench.insert('receipt', {
      id: newId(),
      provider: 'pigeon',
      reference: 'r-9',
      status: 'sent',
      origin: 'poll',
      code,
    });
  await report('');
  await report('P-1');
  const rows = await reader.receiptsOf([message.id]);
  expect(rows.map((row) => reader.viewOfReceipt(row, 'Asia/Seoul').code)).toEqual([null, 'P-1']);
});

describe('a message in full', () => {
  const shown = (id: string) => bench.get(MessagesService).get(admin, id);

  it('has its last and its next moment in the agency’s zone, or none', async () => {
    const { timeZone } = (await bench.get(SettingsService).calendar()).setting;
    const moment = new Date('2026-03-04T00:00:00Z');
    const over = await bench.message({ status: 'delivered', final_at: moment });
    const waiting = await bench.message({ status: 'waiting', next_attempt_at: moment });
    const at = zonedIso(moment, timeZone, 'milliseconds');
    expect(await shown(over.id)).toMatchObject({ finalAt: at, nextAttemptAt: null });
    expect(await shown(waiting.id)).toMatchObject({ finalAt: null, nextAttemptAt: at });
  });

  it('is not found where there is none', async () => {
    expect(await shown(newId()).catch(codeOf)).toBe('not-found');
  });
});

describe('a search', () => {
  const search = (rest: object = {}) =>
    bench
      .get(MessagesService)
      .search(admin, { words: '체결', limit: 50, ...rest })
      .catch(codeOf);

  it('fails by what is wrong with it', async () => {
    expect(await search({ cursor: 'none' })).toBe('cursor-malformed');
  });

  it('for two letters reads so many texts a page, and goes on behind them', async () => {
    const oldest = await bench.message({ text: '옛글이 한 통' });
    for (let n = 0; n < 4; n += 1) await bench.message();
    bench.get(MessagePages)['config'].limits.textsOfOnePage = 2;
    const found: string[] = [];
    let [pages, cursor]: [number, string | undefined] = [0, undefined];
    do {
      const page = (await search({ words: '옛글', cursor })) as Page<{ id: string }>;
      found.push(...page.items.map(({ id }) => id));
      cursor = page.nextCursor ?? undefined;
      pages += 1;
    } while (cursor !== undefined);
    expect(found).toEqual([oldest.id]);
    expect(pages).toBeGreaterThan(2);
    const atOnce = (await search({ words: '옛글이' })) as Page<{ id: string }>;
    expect(atOnce.items.map(({ id }) => id)).toEqual([oldest.id]);
  });

  it('that takes too long is stopped, and nothing else is said of it', async () => {
    const { id } = await bench.message();
    expect(await search()).toMatchObject({ items: [{ id }] });
    const holder = new pg.Client({ connectionString: bench.database.ownerUrl });
    await holder.connect();
    try {
      await holder.query('BEGIN');
      await holder.query('LOCK TABLE message IN ACCESS EXCLUSIVE MODE');
      expect(await search()).toBe('search-too-wide');
    } finally {
      await holder.end();
    }
    expect(await search()).toMatchObject({ items: [{ id }] });
  });
});

describe('the number of exports within an hour', () => {
  const exports = () => bench.get(ExportJournal);
  const take = (caller = admin, what: 'messages' | 'coverage' = 'messages') =>
    exports().recordExport(caller, what, { format: 'csv', kind: 'works' });
  /** Makes the first export look as if it had been made so many minutes ago. */
  const aged = (minutes: number) =>
    bench.sql(
      `UPDATE leaf SET recorded_at = clock_timestamp() - $1 * interval '1 minute'
       WHERE id = (SELECT id FROM leaf ORDER BY id LIMIT 1)`,
      [minutes],
    );

  it('is counted for each caller, whatever they export, and ends with the hour', async () => {
    for (let n = 0; n < exportQuota; n += 1) await take(admin, n % 2 ? 'messages' : 'coverage');
    await bench.sql(`DELETE FROM change`);
    expect(await take().catch(codeOf)).toBe('export-quota');
    await aged(59.8);
    expect(await take().catch(codeOf)).toBe('export-quota');
    await aged(60.1);
    await take();
    expect(await take().catch(codeOf)).toBe('export-quota');
    await take({ ...admin, keyId: '01900000-0000-7000-8000-00000000000b' });
    await take({ ...admin, keyId: null, accountId: '01900000-0000-7000-8000-00000000000c' });
  });

  it('counts no other change of the same subject', async () => {
    const change = { kind: 'change', body: { subject: 'setting' } };
    for (let n = 0; n < exportQuota; n += 1) await exportLeaf(change);
    for (let n = 0; n < exportQuota; n += 1) await exportLeaf({ kind: 'other', body: { subject: 'export' } });
    await take();
    expect(await take().catch(codeOf)).toBeUndefined();
  });

  const exportLeaf = ({ kind, body }: { kind: string; body: object }) =>
    bench.insert('leaf', { id: newId(), kind, subject_id: admin.keyId, body, hash: Buffer.alloc(32) });

  it('is kept with what was taken, and by whom', async () => {
    await take();
    const [change] = await bench.sql(
      `SELECT subject, subject_id, what, before, after, actor, reason FROM change`,
    );
    expect(change).toEqual({
      subject: 'export',
      subject_id: admin.keyId,
      what: 'messages-exported',
      before: null,
      reason: null,
      after: { format: 'csv', filters: { kind: 'works' } },
      actor: 'admin:test',
    });
  });
});

describe('the time line', () => {
  const typesOf = async (contractId: string) =>
    (await bench.get(TimelineService).timelineOf(admin, contractId)).map(({ type, id }) => `${type} ${id}`);

  it('leaves out a milestone that was withdrawn before anything was planned for it, and no other', async () => {
    const alert = await bench.alert();
    const milestone = (withdrawn: boolean) => ({
      id: newId(),
      contract_id: alert.contractId,
      code: 'commencement',
      wording: 'milestone',
      withdrawn,
    });
    const [gone, standing] = [milestone(true), milestone(false)];
    await bench.insert('milestone', { ...gone, occurrence: 1 });
    await bench.insert('milestone', { ...standing, occurrence: 2 });
    await bench.sql(`UPDATE milestone SET withdrawn = true WHERE id = $1`, [alert.milestoneId]);
    const milestones = (await typesOf(alert.contractId)).filter((entry) => entry.startsWith('milestone'));
    expect(milestones).toEqual([`milestone ${alert.milestoneId}`, `milestone ${standing.id}`]);
  });

  it('sets what happened in one moment in the order in which one follows from the other', async () => {
    const message = await bench.message({ status: 'accepted' });
    const alert = await bench.alert({ messageId: message.id });
    const attempt = await bench.attempt(message, { status: 'accepted', reference: 'r-1' });
    const receipt = newId();
    await bench.insert('receipt', {
      id: receipt,
      provider: 'pigeon',
      reference: 'r-1',
      status: 'sent',
      origin: 'poll',
    });
    const moment = new Date('2026-03-02T15:00:00Z');
    await bench.sql(`UPDATE message SET service_time = $1, frozen_at = $1`, [moment]);
    await bench.sql(`UPDATE alert SET due_at = $1`, [moment]);
    await bench.sql(`UPDATE attempt SET opened_at = $1`, [moment]);
    await bench.sql(`UPDATE receipt SET received_at = $1`, [moment]);
    expect((await typesOf(alert.contractId)).filter((entry) => !entry.startsWith('milestone'))).toEqual([
      `alert ${alert.id}`,
      `message ${message.id}`,
      `attempt ${attempt}`,
      `receipt ${receipt}`,
    ]);
  });

  it('sets two of one kind and moment in the order of their ids, whichever was read first', async () => {
    const alert = await bench.alert();
    const [one, other] = [newId(), newId()];
    const rest = {
      contract_id: alert.contractId,
      code: 'final-payment',
      wording: 'milestone',
      date: '2026-03-05',
    };
    await bench.insert('milestone', { ...rest, id: other, occurrence: 1 });
    await bench.insert('milestone', { ...rest, id: one, occurrence: 2 });
    const last = (await typesOf(alert.contractId)).filter(
      (entry) => entry.includes(one) || entry.includes(other),
    );
    expect(last).toEqual([`milestone ${one}`, `milestone ${other}`]);
  });

  it('begins a milestone’s day at its first moment in the agency’s zone, and dates nothing else', async () => {
    const { timeZone } = (await bench.get(SettingsService).calendar()).setting;
    const alert = await bench.alert();
    const rest = { contract_id: alert.contractId, code: 'final-payment', wording: 'milestone' };
    const [undated, dated] = [newId(), newId()];
    await bench.insert('milestone', { ...rest, id: undated, occurrence: 1 });
    await bench.insert('milestone', { ...rest, id: dated, occurrence: 2, expected_by: '2026-03-05' });
    const entries = await bench.get(TimelineService).timelineOf(admin, alert.contractId);
    const at = (id: string) => entries.find((entry) => entry.id === id)?.at;
    expect([at(undated), at(dated)?.slice(0, 19)]).toEqual([null, '2026-03-05T00:00:00']);
    expect(at(dated)).toBe(zonedIso(new Date(at(dated) ?? ''), timeZone));
  });

  it('has what has no day at its end', async () => {
    const alert = await bench.alert();
    const id = newId();
    await bench.insert('milestone', {
      id,
      contract_id: alert.contractId,
      code: 'final-payment',
      occurrence: 1,
      wording: 'milestone',
    });
    expect((await typesOf(alert.contractId)).at(-1)).toBe(`milestone ${id}`);
  });
});
