import { Injectable } from '@nestjs/common';
import { actorOf, type Caller } from '../../core/access/roles.js';
import type { Contract } from '../../core/contracts/contract.entity.js';
import { zonedIso } from '../../core/calendar/zoned-iso.js';
import { FlagsService } from '../../core/flags/flags.service.js';
import { Journal } from '../../core/proof/journal.service.js';
import { SettingsService } from '../../core/settings/settings.service.js';
import { notFound } from '../../platform/app-error.js';
import { Conditions } from '../../platform/database/conditions.js';
import { Database, isTaken } from '../../platform/database/database.js';
import { newId } from '../../platform/ids.js';
import { type Page, pageFrom } from '../../platform/paging.js';
import { plainReference, shouldBeHere } from './comparing.js';
import { Matching } from './matching.js';
import { ReferenceList, ReferenceRecord } from './reference-list.entities.js';
import type {
  ListView,
  MatchBody,
  NewListBody,
  RecordRow,
  RecordsQuery,
  RecordView,
} from './reference-list.schema.js';
import { listProblems } from './reference-lists.words.js';
import { ReferenceRecords } from './reference-records.js';

type Found = ReferenceRecord & {
  isMissing: boolean;
  days: number | null;
  ours: string | null;
  oursTitle: string | null;
};

/** ReferenceLists shows auditors the lists, what of them is registered here, and lets them correct which contract a record is. */
@Injectable()
export class ReferenceLists {
  constructor(
    private readonly database: Database,
    private readonly records: ReferenceRecords,
    private readonly matching: Matching,
    private readonly flags: FlagsService,
    private readonly settings: SettingsService,
    private readonly journal: Journal,
  ) {}

  async lists(): Promise<ListView[]> {
    const { timeZone } = (await this.settings.calendar()).setting;
    const rows = await this.database.rows<Omit<ListView, 'polledAt'> & { polledAt: Date | null }>(
      `SELECT l.id, l.name, l.since::text, l.grace_days, l.department_id, l.polled, l.polled_at, l.failure, n.records, n.matched, n.missing
       FROM reference_list l CROSS JOIN LATERAL (
         SELECT count(*)::int AS records, count(r.contract_id)::int AS matched,
                count(*) FILTER (WHERE ${shouldBeHere('$1')})::int AS missing
         FROM reference_record r WHERE r.list_id = l.id) n ORDER BY l.name`,
      [await this.settings.today()],
    );
    return rows.map((row) => ({ ...row, polledAt: row.polledAt && zonedIso(row.polledAt, timeZone) }));
  }

  async listOf(id: string): Promise<ListView> {
    const list = (await this.lists()).find((one) => one.id === id);
    if (!list) throw notFound('reference list');
    return list;
  }

  async addList(caller: Caller, list: NewListBody): Promise<ListView> {
    const id = newId();
    try {
      await this.database.inTransaction(async () => {
        await this.database.insert(ReferenceList, [{ id, ...list }]);
        const entry = { subject: 'reference-list', subjectId: id, what: 'created' as const };
        await this.journal.record({ ...entry, after: list, actor: actorOf(caller) });
      });
    } catch (error) {
      if (isTaken(error, 'reference_list_name_key')) throw listProblems.error('list-name-taken');
      if (isTaken(error, 'reference_list_department_id_fkey')) throw notFound('department');
      if (isTaken(error, 'reference_list_polled')) throw listProblems.error('list-polled-already');
      throw error;
    }
    return this.listOf(id);
  }

  async recordsPage(listId: string, { state, cursor, limit }: RecordsQuery): Promise<Page<RecordRow>> {
    await requireList(this.database, listId);
    const where = new Conditions();
    const today = where.place(await this.settings.today());
    where.compare('r.list_id =', listId);
    if (state === 'matched') where.add('r.contract_id IS NOT NULL');
    if (state === 'unmatched') where.add('r.contract_id IS NULL');
    if (state === 'missing') where.add(shouldBeHere(today));
    where.compare('r.id >', cursor);
    const { items, nextCursor } = pageFrom(await this.find(where, today, limit + 1), limit);
    return { items: items.map(rowView), nextCursor };
  }

  async recordOf(id: string): Promise<RecordView> {
    const where = new Conditions();
    const today = where.place(await this.settings.today());
    where.compare('r.id =', id);
    const [row] = await this.find(where, today, 1);
    if (!row) throw notFound('record of a reference list');
    const { name } = await requireList(this.database, row.listId);
    return {
      ...rowView(row),
      list: { id: row.listId, name },
      companies: this.records.partiesOf(row),
      flags: await this.flags.flagsOf(id),
      history: await this.flags.historyOf(id),
    };
  }

  /** Takes a record for a contract here, or for none that has to be registered, whatever is found. Throws when no one contract has the reference. */
  async correct(caller: Caller, id: string, { reference, reason }: MatchBody): Promise<RecordView> {
    const contractId = reference === null ? null : await this.contractNamed(reference);
    await this.database.inTransaction(async () => {
      const before = await this.database.repository(ReferenceRecord).findOneBy({ id });
      if (!before) throw notFound('record of a reference list');
      await this.database.repository(ReferenceRecord).update({ id }, { contractId, matchedBy: 'auditor' });
      await this.journal.record({
        subject: 'reference-record',
        subjectId: id,
        what: 'reference-matched' as const,
        reason,
        before: { contractId: before.contractId, matchedBy: before.matchedBy },
        after: { contractId, matchedBy: 'auditor', reference: before.reference },
        actor: actorOf(caller),
      });
      await this.matching.lookAt(await requireList(this.database, before.listId));
    });
    return this.recordOf(id);
  }

  private async contractNamed(reference: string): Promise<string> {
    const found = await this.database.rows<Pick<Contract, 'id' | 'reference'>>(
      `SELECT id, reference FROM contract WHERE ${plainReference('reference')} = ${plainReference('$1::text')}`,
      [reference],
    );
    const exact = found.filter((one) => one.reference === reference);
    const [one, another] = exact.length > 0 ? exact : found;
    if (one && !another) return one.id;
    const fields = [listProblems.field('reference', 'match-unknown')];
    throw listProblems.error('match-unknown', {}, { fields });
  }

  private find({ sql, parameters }: Conditions, today: string, limit: number): Promise<Found[]> {
    return this.database.rows(
      `SELECT r.*, c.reference AS ours, c.title AS ours_title, ${shouldBeHere(today)} AS is_missing,
              ${today}::date - coalesce(r.signed_on, r.starts_on) AS days
       FROM reference_record r JOIN reference_list l ON l.id = r.list_id LEFT JOIN contract c ON c.id = r.contract_id
       WHERE ${sql} ORDER BY r.id LIMIT ${limit}`,
      parameters,
    );
  }
}

/** Returns a list without counting its records. */
export async function requireList(database: Database, id: string): Promise<ReferenceList> {
  const list = await database.repository(ReferenceList).findOneBy({ id });
  if (!list) throw notFound('reference list');
  return list;
}

function rowView(row: Found): RecordRow {
  const { contractId, amount, currency, ours, oursTitle } = row;
  return {
    id: row.id,
    reference: row.reference,
    revision: row.revision,
    kind: row.kind,
    title: row.title,
    department: row.department,
    signedOn: row.signedOn,
    startsOn: row.startsOn,
    endsOn: row.endsOn,
    value: amount === null || currency === null ? null : { amount, currency },
    cancelled: row.cancelled,
    matchedBy: row.matchedBy,
    isMissing: row.isMissing,
    days: row.days,
    contract: contractId === null ? null : { id: contractId, reference: ours ?? '', title: oursTitle ?? '' },
  };
}
