import { Injectable } from '@nestjs/common';
import { z } from 'zod';
import type { Caller } from '../../../core/access/roles.js';
import { zonedIso } from '../../../core/calendar/zoned-iso.js';
import type { Contract } from '../../../core/contracts/contract.entity.js';
import { contractListQuery } from '../../../core/contracts/contract.schema.js';
import { PartyRows } from '../../../core/contracts/party-rows.js';
import { DepartmentsService } from '../../../core/departments/departments.service.js';
import { SettingsService } from '../../../core/settings/settings.service.js';
import { Conditions } from '../../../platform/database/conditions.js';
import { Database } from '../../../platform/database/database.js';
import { cursorSchema } from '../../../platform/http/query.schema.js';
import { lineOf } from '../../../platform/http/text.schema.js';
import { pageFrom, type Place, placeOfCursor } from '../../../platform/paging.js';
import { containing } from '../../../platform/search-words.js';

export const contractSorts = ['newest', 'ends', 'reference'] as const;

export const contractSearchQuery = contractListQuery
  .pick({ state: true, kind: true, departmentId: true })
  .extend({
    q: lineOf(100).optional(),
    sort: z.enum(contractSorts).default('newest'),
    cursor: cursorSchema.optional(),
  });
type ContractSearchQuery = z.infer<typeof contractSearchQuery>;

interface FoundRow extends Pick<Contract, 'id' | 'reference' | 'title' | 'kind' | 'state' | 'endsOn'> {
  department: { name: string; nameEn: string | null };
  /** When the next alert is due. */
  nextAlertAt: Date | null;
  contacts: number;
  contactsWithoutNumber: number;
  sortedBy: string;
}

const pageSize = 50;

/** The sorted lists are in ascending order of an expression over contract `c`, and then of the id. */
const sortings = {
  ends: {
    by: `coalesce(c.ends_on, 'infinity'::date)`,
    type: 'date',
    form: z.union([z.literal('infinity'), z.iso.date()]),
  },
  reference: { by: 'c.reference', type: 'text', form: z.string().regex(/^[^\0]*$/) },
};

/** ContractSearch finds contracts that a caller sees, as lines that people look through. */
@Injectable()
export class ContractSearch {
  constructor(
    private readonly database: Database,
    private readonly departments: DepartmentsService,
    private readonly settings: SettingsService,
    private readonly parties: PartyRows,
  ) {}

  /** Finds contracts by parts of words and whole names. A cursor that was tampered with shows the first page. */
  async searchPage(caller: Caller, query: ContractSearchQuery) {
    const { sort } = query;
    const where = await this.conditionsOf(caller, query);
    const sorting = sort === 'newest' ? null : sortings[sort];
    const by = sorting?.by ?? `''`;
    const [order, orderOfFound] = sorting
      ? [`${by}, c.id`, 'found.sorted_by, found.id']
      : ['c.id DESC', 'found.id DESC'];
    const rows = await this.database.rows<FoundRow>(
      `SELECT found.*, json_build_object('name', d.name, 'nameEn', d.name_en) AS department, people.*,
              (SELECT min(a.due_at) FROM alert a WHERE a.contract_id = found.id AND a.status = 'planned') AS next_alert_at
       FROM (SELECT c.id, c.reference, c.title, c.kind, c.state, c.department_id, c.ends_on, (${by})::text AS sorted_by
             FROM contract c WHERE ${where.sql} ORDER BY ${order} LIMIT ${pageSize + 1}) found
         JOIN department d ON d.id = found.department_id
         CROSS JOIN LATERAL (SELECT count(*)::int AS contacts,
             (count(*) FILTER (WHERE p.phone_index IS NULL))::int AS contacts_without_number
           FROM contact p WHERE p.contract_id = found.id AND p.removed_at IS NULL) people
       ORDER BY ${orderOfFound}`,
      where.parameters,
    );
    const { timeZone } = (await this.settings.calendar()).setting;
    const { items, nextCursor } = pageFrom(rows, pageSize, sorting ? (row) => row.sortedBy : undefined);
    return {
      items: items.map(({ sortedBy: _by, nextAlertAt, ...row }) => ({
        ...row,
        nextAlertAt: nextAlertAt && zonedIso(nextAlertAt, timeZone),
      })),
      nextCursor,
    };
  }

  private async conditionsOf(
    caller: Caller,
    { q, state, kind, departmentId, sort, cursor }: ContractSearchQuery,
  ): Promise<Conditions> {
    const where = new Conditions();
    const seen = await this.departments.seenWithin(caller, departmentId);
    if (seen) where.add(`c.department_id = ANY(${where.place(seen)})`);
    where.compare('c.state =', state);
    where.compare('c.kind =', kind);
    if (q) {
      // Names are sealed: a counterparty is found by its whole name alone.
      where.add(
        `((c.reference || ' ' || c.title) ILIKE ${where.place(containing(q))}
          OR c.id IN (SELECT contract_id FROM counterparty WHERE name_index = ${where.place(this.parties.indexOf(q))}))`,
      );
    }
    const from = cursor === undefined ? null : placeOf(sort, cursor);
    if (from && sort === 'newest') where.compare('c.id <', from.id);
    else if (from && sort !== 'newest') {
      const { by, type } = sortings[sort];
      where.addBehind(from, { value: by, type, id: 'c.id' });
    }
    return where;
  }
}

/** Reads a cursor; null when it is none of this list. */
function placeOf(sort: ContractSearchQuery['sort'], cursor: string): Place | null {
  if (sort === 'newest') return z.uuid().safeParse(cursor).success ? { value: '', id: cursor } : null;
  const place = placeOfCursor(cursor);
  return place && sortings[sort].form.safeParse(place.value).success ? place : null;
}
