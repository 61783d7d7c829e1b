import { Injectable, type StreamableFile } from '@nestjs/common';
import { Conditions } from '../../platform/database/conditions.js';
import { Database } from '../../platform/database/database.js';
import { malformedCursor, type Page, pageFrom, placeOfCursor } from '../../platform/paging.js';
import { type Columns, pagesOf, plainTable, tableFile } from '../../platform/sheets/table-file.js';
import type { Words } from '../../platform/words/words.js';
import type { Caller } from '../access/roles.js';
import { addDays } from '../calendar/local-date.js';
import { zonedIso } from '../calendar/zoned-iso.js';
import type { Contract } from '../contracts/contract.entity.js';
import { PartyRows } from '../contracts/party-rows.js';
import { DepartmentsService } from '../departments/departments.service.js';
import { Labels } from '../departments/labels.js';
import { ExportJournal } from '../log/export-journal.js';
import { type Flag, flagKinds, flagWeights } from '../planning/flag.entity.js';
import { SettingsService } from '../settings/settings.service.js';
import type { InboxQuery, InboxRow } from './flags.schema.js';

type Asked = Omit<InboxQuery, 'format'>;

type Found = Omit<Flag, 'lost' | 'at'> & {
  [K in 'reference' | 'title' | 'planName' | 'planVersion']: Contract[K] | null;
} & {
  weight: number;
  count: number;
  firstAt: Date;
  lastAt: Date;
  people: number;
  codes: string[];
  assignee: string | null;
};

/** Of a row's flags, so many of the latest are read for the people and milestones that it names. */
const flagsReadOfRow = 200;
const companiesNamed = 5;
/** A page's export reads so many rows at once. */
const exportPage = 200;
const placePattern = /^(\d)-([0-9a-f-]{36})$/i;

const columns: Columns<InboxRow> = {
  weight: ({ weight }) => weight,
  kind: ({ kind }) => kind,
  count: ({ count }) => count,
  first: ({ firstAt }) => firstAt,
  last: ({ lastAt }) => lastAt,
  contract: ({ contract }) => contract.reference,
  title: ({ contract }) => contract.title,
  companies: ({ contract }) => contract.companies.join(', '),
  department: ({ department }) => department?.code ?? null,
  officer: ({ officer }) => officer?.name ?? null,
  actor: ({ actor }) => actor,
  reason: ({ reason }) => reason,
  approved_by: ({ approvedBy }) => approvedBy,
  people: ({ people }) => people,
  milestones: ({ milestones }) => milestones.map(({ code }) => code).join(', '),
  assignee: ({ assignee }) => assignee,
  closed: ({ closedAt }) => closedAt,
  closed_by: ({ closedBy }) => closedBy,
  finding: ({ finding }) => finding,
  note: ({ note }) => note,
  contract_id: ({ contract }) => contract.id,
};

/**
 * FlagInbox lists flags as auditors work through them: one row for each contract and kind, however often it was flagged. The
 * heaviest kinds come first, whatever their age, because what is due for a look is decided by what it may mean, and an old
 * swapped number must not sink below the extensions of a week; among kinds of one weight the row flagged last comes first.
 * A row that is flagged again would move while somebody pages: a cursor therefore holds the newest flag that there was at the
 * first page, and the pages behind it show the inbox as of that flag.
 */
@Injectable()
export class FlagInbox {
  constructor(
    private readonly database: Database,
    private readonly departments: DepartmentsService,
    private readonly settings: SettingsService,
    private readonly labels: Labels,
    private readonly parties: PartyRows,
    private readonly journal: ExportJournal,
  ) {}

  async page(caller: Caller, query: Asked): Promise<Page<InboxRow>> {
    if (query.departmentId !== undefined) await this.departments.mustSee(caller, query.departmentId);
    const place = placeOf(query.cursor);
    const upTo = place?.upTo ?? (await this.newestFlag());
    if (upTo === null) return { items: [], nextCursor: null };
    const found = await this.find(query, upTo, place);
    const { items, nextCursor } = pageFrom(found, query.limit, ({ weight }) => `${weight}-${upTo}`);
    return { items: await this.views(items), nextCursor };
  }

  /** Counts the rows that are open. */
  async countOpen(): Promise<number> {
    const [row] = await this.database.rows<{ count: number }>(
      `SELECT count(*)::int AS count FROM (SELECT DISTINCT kind, contract_id FROM flag WHERE closed_at IS NULL) f`,
    );
    return row?.count ?? 0;
  }

  /** Counts the rows that came about after a moment of the service clock. */
  async countSince(since: Date): Promise<number> {
    const [row] = await this.database.rows<{ count: number }>(
      `SELECT count(*)::int AS count FROM (SELECT DISTINCT kind, contract_id FROM flag WHERE at > $1) f`,
      [since],
    );
    return row?.count ?? 0;
  }

  /** Counts the rows that were flagged within a period of days, and those that were closed within it. */
  async countWithin(from: string, to: string): Promise<{ opened: number; closed: number }> {
    const calendar = await this.settings.calendar();
    const countOf = (column: 'at' | 'closed_at') =>
      `(SELECT count(*)::int FROM (SELECT DISTINCT kind, contract_id FROM flag
        WHERE ${column} >= $1 AND ${column} < $2) f)`;
    const [row] = await this.database.rows<{ opened: number; closed: number }>(
      `SELECT ${countOf('at')} AS opened, ${countOf('closed_at')} AS closed`,
      [calendar.instantOf(from, '00:00'), calendar.instantOf(addDays(to, 1), '00:00')],
    );
    return row ?? { opened: 0, closed: 0 };
  }

  /** Writes the inbox as a file. The export is journalled before the first line. */
  async file(caller: Caller, query: Asked, file = plainTable('flags', columns)): Promise<StreamableFile> {
    await this.journal.recordExport(caller, 'flags', { ...query, format: file.format });
    return tableFile(
      file,
      pagesOf((cursor) => this.page(caller, { ...query, cursor, limit: exportPage })),
    );
  }

  private async newestFlag(): Promise<string | null> {
    const [row] = await this.database.rows<{ id: string }>(`SELECT id FROM flag ORDER BY id DESC LIMIT 1`);
    return row?.id ?? null;
  }

  /**
   * Finds a page. The first rows of each kind come by the index of its open or closed flags: a flag stands for its row when no
   * later one of the contract does.
   */
  private async find(query: Asked, upTo: string, place: Place | null): Promise<Found[]> {
    const kinds = query.kind ? [query.kind] : flagKinds;
    const where = new Conditions();
    const [named, weighed] = [where.place(kinds), where.place(kinds.map((kind) => flagWeights[kind]))];
    const limit = where.place(query.limit + 1);
    const [f, g] = [await this.wanted(where, 'f', query, upTo), await this.wanted(where, 'g', query, upTo)];
    if (place) f.add(`(k.weight, f.id) < (${f.place(place.weight)}::int, ${f.place(place.id)}::uuid)`);
    if (query.assignee) f.add(`${ofCase('f')} = ${f.place(query.assignee)}`);
    const ofRow = `g.contract_id = r.contract_id AND g.kind = r.kind AND ${g.sql}`;
    return this.database.rows<Found>(
      `SELECT r.*, ${ofCase('r')} AS assignee, c.reference, c.title, c.plan_name, c.plan_version,
              n.count, n.first_at, t.people, t.codes
       FROM (SELECT first.* FROM unnest(${named}::text[], ${weighed}::int[]) AS k (kind, weight) CROSS JOIN LATERAL (
           SELECT f.id, f.contract_id, f.kind, k.weight, f.at AS last_at, f.actor, f.reason, f.approved_by, f.department_id,
                  f.officer_id, f.changed, f.closed_at, f.closed_by, f.finding, f.note
           FROM flag f WHERE f.kind = k.kind AND ${f.sql} AND NOT EXISTS (SELECT FROM flag g
             WHERE g.contract_id = f.contract_id AND g.kind = f.kind AND g.id > f.id AND ${g.sql})
           ORDER BY f.id DESC LIMIT ${limit}) first
         ORDER BY first.weight DESC, first.id DESC LIMIT ${limit}) r
         LEFT JOIN contract c ON c.id = r.contract_id
         CROSS JOIN LATERAL (SELECT count(*)::int AS count, min(g.at) AS first_at FROM flag g WHERE ${ofRow}) n
         CROSS JOIN LATERAL (SELECT count(DISTINCT x ->> 'contactId')::int AS people,
             coalesce(array_agg(DISTINCT x ->> 'code') FILTER (WHERE x IS NOT NULL), '{}') AS codes
           FROM (SELECT g.lost FROM flag g WHERE ${ofRow} ORDER BY g.id DESC LIMIT ${flagsReadOfRow}) g
             LEFT JOIN LATERAL jsonb_array_elements(g.lost) x ON true) t
       ORDER BY r.weight DESC, r.id DESC`,
      where.parameters,
    );
  }

  /** Writes which flags of the alias are wanted; it shares its parameters with the statement. */
  private async wanted(
    { parameters }: Conditions,
    flag: 'f' | 'g',
    { departmentId, officerId, contractId, state }: Asked,
    upTo: string,
  ): Promise<Conditions> {
    const where = new Conditions(parameters);
    where.add(`${flag}.closed_at IS ${state === 'open' ? '' : 'NOT '}NULL`);
    where.add(`${flag}.id <= ${where.place(upTo)}::uuid`);
    if (departmentId !== undefined) {
      const below = await this.departments.withThoseBelow(departmentId);
      where.add(`${flag}.department_id = ANY(${where.place(below)}::uuid[])`);
    }
    where.compare(`${flag}.officer_id =`, officerId);
    where.compare(`${flag}.contract_id =`, contractId);
    return where;
  }

  private async views(rows: Found[]): Promise<InboxRow[]> {
    const { timeZone } = (await this.settings.calendar()).setting;
    const departments = await this.labels.departments(rows.map((row) => row.departmentId));
    const officers = await this.labels.officers(rows.map((row) => row.officerId));
    const companies = await this.companiesOf(rows.map((row) => row.contractId));
    const views: InboxRow[] = [];
    for (const row of rows) {
      const { contractId, reference, title, departmentId, officerId, codes, firstAt, lastAt, ...rest } = row;
      const { planName, planVersion, ...shown } = rest;
      const milestones: { code: string; name: Words | null }[] = [];
      const plan = planName === null || planVersion === null ? null : { planName, planVersion };
      for (const code of codes)
        milestones.push({ code, name: plan && (await this.settings.milestoneName({ ...plan, code })) });
      const stated = (field: string) => row.changed?.find((one) => one.field === field)?.to ?? '';
      views.push({
        ...shown,
        closedAt: row.closedAt && zonedIso(row.closedAt, timeZone),
        firstAt: zonedIso(firstAt, timeZone),
        lastAt: zonedIso(lastAt, timeZone),
        milestones,
        contract: {
          id: contractId,
          isRegistered: reference !== null,
          reference: reference ?? stated('reference'),
          title: title ?? stated('title'),
          companies: companies.get(contractId) ?? [],
        },
        department: departments.get(departmentId ?? '') ?? null,
        officer: officers.get(officerId ?? '') ?? null,
      });
    }
    return views;
  }

  private async companiesOf(contractIds: string[]): Promise<Map<string, string[]>> {
    const rows = await this.database.rows<{ id: string; contractId: string; nameSealed: Buffer }>(
      `SELECT p.id, p.contract_id, p.name_sealed FROM unnest($1::uuid[]) AS wanted (id) CROSS JOIN LATERAL (
         SELECT * FROM counterparty WHERE contract_id = wanted.id ORDER BY id LIMIT ${companiesNamed}) p`,
      [[...new Set(contractIds)]],
    );
    const named = new Map<string, string[]>();
    for (const row of rows)
      named.set(row.contractId, [...(named.get(row.contractId) ?? []), this.parties.nameOf(row)]);
    return named;
  }
}

interface Place {
  weight: number;
  upTo: string;
  id: string;
}

function placeOf(cursor: string | undefined): Place | null {
  if (cursor === undefined) return null;
  const place = placeOfCursor(cursor);
  const [, weight, upTo] = placePattern.exec(place?.value ?? '') ?? [];
  if (!place || weight === undefined || upTo === undefined) throw malformedCursor();
  return { weight: Number(weight), upTo, id: place.id };
}

/** Returns SQL for who looks after the row of a flag. */
const ofCase = (flag: string) =>
  `(SELECT a.assignee FROM flag_case a WHERE a.contract_id = ${flag}.contract_id AND a.kind = ${flag}.kind)`;
