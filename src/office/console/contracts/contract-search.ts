import { Injectable } from '@nestjs/common';
import { z } from 'zod';
import type { Caller } from '../../../core/access/roles.js';
import { zonedIso } from '../../../core/calendar/zoned-iso.js';
import type { Contract } from '../../../core/contracts/contract.entity.js';
import { contractListQuery } from '../../../core/contracts/contract.schema.js';
import { PartyRows } from '../../../core/contracts/party-rows.js';
import { DepartmentsService } from '../../../core/departments/departments.service.js';
import { AgencyNumbers } from '../../../core/settings/agency-numbers.js';
import { SettingsService } from '../../../core/settings/settings.service.js';
import { AppError } from '../../../platform/app-error.js';
import { Conditions } from '../../../platform/database/conditions.js';
import { Database } from '../../../platform/database/database.js';
import { cursorSchema } from '../../../platform/http/query.schema.js';
import { lineOf } from '../../../platform/http/text.schema.js';
import { pageFrom, type Place, placeOfCursor } from '../../../platform/paging.js';
import { containing } from '../../../platform/search-words.js';
import { everydayLists } from '../../work/work-lists.js';
import { WorkQuery } from '../../work/work-query.js';

export const contractSorts = ['newest', 'ends', 'reference'] as const;

/** Whose contracts are listed; an officer reads their own first. */
const whose = ['mine', 'all'] as const;

/** What contracts want of somebody, each with the work lists that they stand in for it; `held` is for texts that cannot go out. */
const listsOfNeed: Record<(typeof needs)[number], readonly string[]> = {
  overdue: ['unrecorded'],
  'no-number': ['no-number', 'no-contact'],
  held: [],
};
export const needs = ['overdue', 'no-number', 'held'] as const;

export const contractSearchQuery = contractListQuery
  .pick({ state: true, kind: true, departmentId: true })
  .extend({
    q: lineOf(100).optional(),
    whose: z.enum(whose).optional(),
    needs: z.enum(needs).optional(),
    sort: z.enum(contractSorts).default('newest'),
    cursor: cursorSchema.optional(),
  });
type ContractSearchQuery = z.infer<typeof contractSearchQuery>;

interface FoundRow extends Pick<
  Contract,
  'id' | 'reference' | 'title' | 'kind' | 'state' | 'endsOn' | 'officerId' | 'planName' | 'planVersion'
> {
  department: { name: string; nameEn: string | null };
  party: { id: string; nameSealed: string; others: number } | null;
  /** The alert that is due next. */
  next: { at: string; code: string } | null;
  contacts: number;
  contactsWithoutNumber: number;
  sortedBy: string;
}

const pageSize = 50;

/** Beyond this nobody needs the exact number, and counting would take longer than finding. */
const countedTo = 10_000;

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
    private readonly numbers: AgencyNumbers,
    private readonly work: WorkQuery,
  ) {}

  /**
   * Finds contracts by parts of words and of companies' names, and by the last four digits of a number. A cursor that was
   * tampered with shows the first page.
   */
  async searchPage(caller: Caller, query: ContractSearchQuery) {
    const { sort } = query;
    const { given, where } = await this.conditionsOf(caller, query);
    const total = await this.totalOf(given, where);
    const from = query.cursor === undefined ? null : placeOf(sort, query.cursor);
    if (from && sort === 'newest') where.compare('c.id <', from.id);
    else if (from && sort !== 'newest') {
      const { by, type } = sortings[sort];
      where.addBehind(from, { value: by, type, id: 'c.id' });
    }
    const sorting = sort === 'newest' ? null : sortings[sort];
    const by = sorting?.by ?? `''`;
    const [order, orderOfFound] = sorting
      ? [`${by}, c.id`, 'found.sorted_by, found.id']
      : ['c.id DESC', 'found.id DESC'];
    const rows = await this.database.rows<FoundRow>(
      `${given}
       SELECT found.*, json_build_object('name', d.name, 'nameEn', d.name_en) AS department, people.*,
         (SELECT json_build_object('id', p.id, 'nameSealed', encode(p.name_sealed, 'base64'), 'others', count(*) OVER () - 1)
          FROM counterparty p WHERE p.contract_id = found.id ORDER BY p.id LIMIT 1) AS party,
         (SELECT json_build_object('at', a.due_at, 'code', m.code)
          FROM alert a JOIN milestone m ON m.id = a.milestone_id
          WHERE a.contract_id = found.id AND a.status = 'planned' ORDER BY a.due_at LIMIT 1) AS next
       FROM (SELECT c.id, c.reference, c.title, c.kind, c.state, c.department_id, c.officer_id, c.ends_on, c.plan_name,
               c.plan_version, (${by})::text AS sorted_by
             FROM contract c WHERE ${where.sql} ORDER BY ${order} LIMIT ${pageSize + 1}) found
         JOIN department d ON d.id = found.department_id
         CROSS JOIN LATERAL (SELECT count(*)::int AS contacts,
             (count(*) FILTER (WHERE p.phone_index IS NULL))::int AS contacts_without_number
           FROM contact p WHERE p.contract_id = found.id AND p.removed_at IS NULL) people
       ORDER BY ${orderOfFound}`,
      where.parameters,
    );
    const { items, nextCursor } = pageFrom(rows, pageSize, sorting ? (row) => row.sortedBy : undefined);
    const { timeZone } = (await this.settings.calendar()).setting;
    return { items: await Promise.all(items.map((row) => this.shown(row, timeZone))), total, nextCursor };
  }

  /** Opens the name of the first company of a row, and names the milestone of its next text. */
  private async shown(
    { party, next, officerId, sortedBy: _by, planName, planVersion, ...row }: FoundRow,
    timeZone: string,
  ) {
    return {
      ...row,
      officer: officerId === null ? null : { id: officerId, name: '' },
      company: party && {
        name: this.parties.nameOf({ id: party.id, nameSealed: Buffer.from(party.nameSealed, 'base64') }),
        others: party.others,
      },
      next: next && {
        at: zonedIso(new Date(next.at), timeZone),
        code: next.code,
        name: await this.settings.milestoneName({ planName, planVersion, code: next.code }),
      },
    };
  }

  /** Counts what is found, up to `countedTo`; null when there is more. */
  private async totalOf(given: string, where: Conditions): Promise<number | null> {
    const [row] = await this.database.rows<{ total: number }>(
      `${given} SELECT count(*)::int AS total
       FROM (SELECT FROM contract c WHERE ${where.sql} LIMIT ${countedTo + 1}) found`,
      where.parameters,
    );
    return row && row.total <= countedTo ? row.total : null;
  }

  /** Returns what rows have to satisfy, and what the statement has to begin with for that. */
  private async conditionsOf(
    caller: Caller,
    { q, whose, needs, state, kind, departmentId }: ContractSearchQuery,
  ): Promise<{ given: string; where: Conditions }> {
    const lists = everydayLists.filter(({ code }) => needs && listsOfNeed[needs].includes(code));
    const { given, parameters, contracts } = await this.work.contractsIn(lists, caller, { departmentId });
    const where = new Conditions([...parameters]);
    const seen = await this.departments.seenWithin(caller, departmentId);
    if (seen) where.add(`c.department_id = ANY(${where.place(seen)})`);
    if (whose === 'mine') where.add(`c.officer_id = ${where.place(caller.officerId)}`);
    where.compare('c.state =', state);
    where.compare('c.kind =', kind);
    if (needs === 'held')
      where.add(`EXISTS (SELECT FROM alert a WHERE a.contract_id = c.id AND a.status = 'held')`);
    if (contracts) where.add(`c.id IN (${contracts})`);
    if (q) where.add(`c.id IN (${await this.foundBy(q, where)})`);
    return { given, where };
  }

  /** Writes a statement for the ids of what is found by words; each way has an index of its own. */
  private async foundBy(q: string, where: Conditions): Promise<string> {
    const ways = [
      `SELECT id FROM contract WHERE (reference || ' ' || title) ILIKE ${where.place(containing(q))}`,
      `SELECT contract_id FROM counterparty WHERE name_index = ${where.place(this.parties.indexOf(q))}`,
    ];
    const parts = this.parties.soughtPartsOf(q);
    if (parts.length > 0)
      ways.push(`SELECT contract_id FROM counterparty WHERE name_parts @> ${where.place(parts)}::integer[]`);
    const digits = q.replace(/[\s.-]/g, '');
    const number = /^\+?\d{8,15}$/.test(digits) ? await this.numberOf(digits) : null;
    if (/^\d{4}$/.test(digits))
      ways.push(ofContacts(`phone_ending = ${where.place(this.parties.endingOf(digits))}`));
    if (number) ways.push(ofContacts(`phone_index = ${where.place(this.parties.indexOf(number))}`));
    return ways.join(' UNION ');
  }

  private async numberOf(digits: string): Promise<string | null> {
    try {
      return await this.numbers.e164Of(digits, 'q');
    } catch (error) {
      if (error instanceof AppError) return null;
      throw error;
    }
  }
}

const ofContacts = (found: string) => `SELECT contract_id FROM contact WHERE removed_at IS NULL AND ${found}`;

/** Reads a cursor; null when it is none of this list. */
function placeOf(sort: ContractSearchQuery['sort'], cursor: string): Place | null {
  if (sort === 'newest') return z.uuid().safeParse(cursor).success ? { value: '', id: cursor } : null;
  const place = placeOfCursor(cursor);
  return place && sortings[sort].form.safeParse(place.value).success ? place : null;
}
