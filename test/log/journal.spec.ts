import { createHash } from 'node:crypto';
import { PartyRows } from '../../src/core/contracts/party-rows.js';
import { canonicalJson, type CanonicalValue } from '../../src/core/proof/canonical-json.js';
import { type ChangeEntry, Journal } from '../../src/core/proof/journal.service.js';
import { Database } from '../../src/platform/database/database.js';
import { type Row, SendingBench } from '../support/sending-bench.js';

let bench: SendingBench;
let journal: Journal;
beforeAll(async () => {
  bench = await SendingBench.start();
  journal = bench.get(Journal);
});
afterAll(() => bench.stop());
beforeEach(() => bench.clear());

const entry = (rest: Partial<ChangeEntry> = {}): ChangeEntry => ({
  subject: 'contract',
  subjectId: 'c-1',
  what: 'amended',
  params: { field: 'endsOn' },
  before: { endsOn: '2026-11-27' },
  after: { endsOn: '2026-12-27' },
  actor: 'officer:@1',
  reason: '설계변경',
  ...rest,
});
const leaves = () =>
  bench.sql<{
    id: string;
    kind: string;
    subject_id: string;
    body: CanonicalValue;
    salt: Buffer;
    hash: Buffer;
  }>(`SELECT * FROM leaf ORDER BY id`);
/** What the public tree holds of a leaf, reckoned apart from the code. */
const entryOf = ({ id, kind, subject_id: subject, body, salt }: Awaited<ReturnType<typeof leaves>>[number]) =>
  createHash('sha256').update(salt).update(canonicalJson({ id, kind, subject, body })).digest();

describe('a change', () => {
  it('is a row of history and a leaf of the log, which say the same', async () => {
    const { contractId } = await bench.alert();
    await journal.record(entry({ contractId }));
    const [change] = await bench.sql<Row & { at: Date }>(`SELECT * FROM change`);
    const [leaf] = await leaves();
    expect(change).toMatchObject({
      subject: 'contract',
      subject_id: 'c-1',
      contract_id: contractId,
      what: 'amended',
      actor: 'officer:@1',
      params: { field: 'endsOn' },
      before: { endsOn: '2026-11-27' },
      after: { endsOn: '2026-12-27' },
      reason: '설계변경',
    });
    const { recorded_at: _recordedAt, at, ...rest } = change as Row & { at: Date };
    expect(leaf).toMatchObject({ kind: 'change', subject_id: 'c-1' });
    expect(leaf?.body).toEqual({ ...rest, at: at.toISOString() });
  });

  it('may belong to no contract and need no parameters', async () => {
    const { params: _params, ...plain } = entry();
    await journal.record(plain);
    expect(await bench.sql(`SELECT contract_id, params FROM change`)).toEqual([
      { contract_id: null, params: {} },
    ]);
  });

  it('is written with others, each with a leaf, and nothing is written for none', async () => {
    await journal.record();
    expect(await leaves()).toEqual([]);
    await journal.record(entry({ subjectId: 'c-1' }), entry({ subjectId: 'c-2' }));
    expect((await leaves()).map(({ subject_id }) => subject_id)).toEqual(['c-1', 'c-2']);
    expect(await bench.sql(`SELECT 1 FROM change`)).toHaveLength(2);
  });

  it('is undone with what it records', async () => {
    const broken = bench.get(Database).inTransaction(async () => {
      await journal.record(entry());
      throw new Error('cut off');
    });
    await expect(broken).rejects.toThrow('cut off');
    expect([await leaves(), await bench.sql(`SELECT 1 FROM change`)]).toEqual([[], []]);
  });
});

describe('a leaf', () => {
  it('has the hash of all that it says, as a reader of the row finds it', async () => {
    const when = new Date('2026-03-04T01:00:00Z');
    await journal.leaves([
      {
        kind: 'test',
        subjectId: '1',
        body: { share: 0.5, whole: 3, when, left: undefined, none: null, 한: ['글', 1.25] },
      },
      { kind: 'test', subjectId: '2', body: { b: 1, a: { d: false, c: '' } } },
    ]);
    const found = await leaves();
    // Two languages write the same fraction differently, so that it stands as text.
    expect(found[0]?.body).toEqual({
      share: '0.5',
      whole: 3,
      when: when.toISOString(),
      none: null,
      한: ['글', '1.25'],
    });
    for (const leaf of found) expect(leaf.hash).toEqual(entryOf(leaf));
    expect(found[0]?.salt).not.toEqual(found[1]?.salt);
  });

  it('cannot be changed or taken away by the service', async () => {
    await journal.leaves([{ kind: 'test', subjectId: '1', body: {} }]);
    const database = bench.get(Database);
    for (const table of ['leaf', 'change'])
      for (const sql of [`UPDATE ${table} SET id = id`, `DELETE FROM ${table}`, `TRUNCATE ${table}`])
        await expect(database.run(sql)).rejects.toThrow(/permission denied/);
    expect(await leaves()).toHaveLength(1);
  });
});

describe('what the log keeps of a contact', () => {
  const facts = {
    name: '이가람',
    role: 'site manager',
    locale: 'ko' as const,
    legalBasis: 'contract' as const,
    legalBasisOn: null,
    phone: { e164: '+821000002345', country: 'KR' },
  };
  const rowOf = (phone: (typeof facts)['phone'] | null = facts.phone) =>
    bench.get(PartyRows).contactRow('contract', 'party', { ...facts, phone });

  it('is masked, with a commitment to the number that its salt opens', () => {
    const row = rowOf();
    const kept = bench.get(PartyRows).contactForLog(row);
    const commitment = createHash('sha256')
      .update(row.salt ?? '')
      .update('+821000002345')
      .digest('hex');
    expect(kept).toMatchObject({ name: '이*람', phone: '010-****-2345', role: 'site manager', commitment });
    expect(JSON.stringify(kept)).not.toMatch(/00002345|이가람/);
  });

  it('commits to no number where there is none', () => {
    expect(bench.get(PartyRows).contactForLog(rowOf(null))).toMatchObject({ phone: null, commitment: null });
  });

  it('does not show that two contacts have one number: each has a salt of its own', () => {
    const [one, other] = [rowOf(), rowOf()];
    expect([one.salt?.length, other.salt?.length]).toEqual([16, 16]);
    const commitments = [one, other].map((row) => bench.get(PartyRows).contactForLog(row)['commitment']);
    expect(new Set(commitments).size).toBe(2);
  });
});
