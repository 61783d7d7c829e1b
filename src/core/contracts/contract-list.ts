import { Injectable } from '@nestjs/common';
import { In } from 'typeorm';
import { z } from 'zod';
import type { Caller } from '../access/roles.js';
import { zonedIso } from '../calendar/zoned-iso.js';
import { DepartmentsService } from '../departments/departments.service.js';
import { Conditions } from '../../platform/database/conditions.js';
import { Database } from '../../platform/database/database.js';
import { idOfCursor, type Page, pageFrom, placeOfCursor } from '../../platform/paging.js';
import { containing } from '../../platform/search-words.js';
import { contractStates } from '../planning/planning.types.js';
import { kindSchema } from '../settings/plan.schema.js';
import { SettingsService } from '../settings/settings.service.js';
import { Contract } from './contract.entity.js';
import type { ContractListQuery } from './contract.schema.js';
import { PartyRows } from './party-rows.js';

export const contractSorts = ['newest', 'ends', 'reference'] as const;

export const contractSearchQuery = z.object({
  // PostgreSQL keeps no NUL in a text.
  q: z
    .string()
    .trim()
    .max(100)
    .regex(/^[^\0]*$/)
    .optional()
    .catch(undefined),
  state: z.enum(contractStates).optional().catch(undefined),
  kind: kindSchema.optional().catch(undefined),
  departmentId: z.uuid().optional().catch(undefined),
  sort: z.enum(contractSorts).catch('newest'),
  after: z.string().max(200).optional().catch(undefined),
});
export type ContractSearchQuery = z.infer<typeof contractSearchQuery>;

export interface FoundContract extends Pick<
  Contract,
  'id' | 'reference' | 'title' | 'kind' | 'state' | 'endsOn'
> {
  department: { name: string; nameEn: string | null };
  /** When the next alert is due, in the agency's zone. */
  nextAlertAt: string | null;
  contacts: number;
  contactsWithoutNumber: number;
}

type FoundRow = Omit<FoundContract, 'nextAlertAt' | 'department'> & {
  nextAlertAt: Date | null;
  name: string;
  nameEn: string | null;
  sortedBy: string;
};

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

type Filters = Partial<Pick<ContractSearchQuery, 'q'> & Omit<ContractListQuery, 'cursor' | 'limit'>>;

/** ContractList lists the contracts that a caller sees: in full for programs, and as lines that people look through. */
@Injectable()
export class ContractList {
  constructor(
    private readonly database: Database,
    private readonly departments: DepartmentsService,
    private readonly settings: SettingsService,
    private readonly parties: PartyRows,
  ) {}

  /** Newest first. */
  async contractsPage(
    caller: Caller,
    { cursor, limit, ...filters }: ContractListQuery,
  ): Promise<Page<Contract>> {
    const where = new Conditions();
    await this.narrow(where, caller, filters);
    where.compare('c.id <', idOfCursor(cursor));
    const found = await this.database.rows<{ id: string }>(
      `SELECT c.id FROM contract c WHERE ${where.sql} ORDER BY c.id DESC LIMIT ${limit + 1}`,
      where.parameters,
    );
    const { items, nextCursor } = pageFrom(found, limit);
    const contracts = await this.database
      .repository(Contract)
      .find({ where: { id: In(items.map(({ id }) => id)) }, order: { id: 'DESC' } });
    return { items: contracts, nextCursor };
  }

  /** One statement for a page, by parts of words and whole names. An address that was tampered with shows the first page. */
  async searchPage(
    caller: Caller,
    { sort, after, ...filters }: ContractSearchQuery,
  ): Promise<Page<FoundContract>> {
    const where = new Conditions();
    await this.narrow(where, caller, filters);
    addCursor(where, sort, after);
    const sorting = sort === 'newest' ? null : sortings[sort];
    const by = sorting?.by ?? `''`;
    const [order, orderOfFound] = sorting
      ? [`${by}, c.id`, 'found.sorted_by, found.id']
      : ['c.id DESC', 'found.id DESC'];
    const rows = await this.database.rows<FoundRow>(
      `SELECT found.*, d.name, d.name_en, people.*,
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
      items: items.map(({ sortedBy: _by, name, nameEn, nextAlertAt, ...row }) => ({
        ...row,
        department: { name, nameEn },
        nextAlertAt: nextAlertAt && zonedIso(nextAlertAt, timeZone),
      })),
      nextCursor,
    };
  }

  private async narrow(
    where: Conditions,
    caller: Caller,
    { q, state, kind, reference, departmentId }: Filters,
  ): Promise<void> {
    const seen = await this.departments.seenWithin(caller, departmentId);
    if (seen) where.add(`c.department_id = ANY(${where.place(seen)})`);
    where.compare('c.state =', state);
    where.compare('c.kind =', kind);
    where.compare('c.reference =', reference);
    if (q) {
      // Names are sealed: a counterparty is found by its whole name alone.
      where.add(
        `((c.reference || ' ' || c.title) ILIKE ${where.place(containing(q))}
          OR c.id IN (SELECT contract_id FROM counterparty WHERE name_index = ${where.place(this.parties.indexOf(q))}))`,
      );
    }
  }
}

function addCursor(where: Conditions, sort: ContractSearchQuery['sort'], after: string | undefined): void {
  if (after === undefined) return;
  if (sort === 'newest') {
    if (z.uuid().safeParse(after).success) where.add(`c.id < ${where.place(after)}`);
    return;
  }
  const { by, type, form } = sortings[sort];
  const place = placeOfCursor(after);
  if (!place || !form.safeParse(place.value).success) return;
  where.add(`(${by}, c.id) > (${where.place(place.value)}::${type}, ${where.place(place.id)}::uuid)`);
}
