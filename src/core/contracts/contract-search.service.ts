import { Injectable } from '@nestjs/common';
import { z } from 'zod';
import type { Caller } from '../access/roles.js';
import { zonedIso } from '../calendar/zoned-iso.js';
import { DepartmentsService } from '../departments/departments.service.js';
import { type Kind, kindSchema } from '../settings/plan.schema.js';
import { type ContractState, contractStates } from '../planning/planning.types.js';
import { SettingsService } from '../settings/settings.service.js';
import { PartyRows } from './party-rows.js';
import { Database } from '../../platform/database/database.js';

export const contractSorts = ['newest', 'ends', 'reference'] as const;
type Sort = (typeof contractSorts)[number];

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

export interface FoundContract {
  id: string;
  reference: string;
  title: string;
  kind: Kind;
  state: ContractState;
  department: { name: string; nameEn: string | null };
  endsOn: string | null;
  /** When the next alert is due, in the agency's zone. */
  nextAlertAt: string | null;
  contacts: number;
  contactsWithoutNumber: number;
}

const pageSize = 50;

const uuid = z.uuid();
const day = z.union([z.literal('infinity'), z.iso.date()]);
const text = z.string().regex(/^[^\0]*$/);

const sortings: Record<Sort, { by: string; type: string; form: z.ZodType; descending: boolean }> = {
  newest: { by: `c.id`, type: 'uuid', form: uuid, descending: true },
  ends: {
    by: `coalesce(c.ends_on, 'infinity'::date)`,
    type: 'date',
    form: day,
    descending: false,
  },
  reference: { by: `c.reference`, type: 'text', form: text, descending: false },
};

/** The list that people look through: one statement for a page, by parts of words and whole names. */
@Injectable()
export class ContractSearch {
  constructor(
    private readonly database: Database,
    private readonly departments: DepartmentsService,
    private readonly settings: SettingsService,
    private readonly parties: PartyRows,
  ) {}

  async find(
    caller: Caller,
    query: ContractSearchQuery,
  ): Promise<{ items: FoundContract[]; next: string | null }> {
    const { by, type, form, descending } = sortings[query.sort];
    const after = afterOf(query.after, form);
    const parameters: unknown[] = [];
    const place = (value: unknown) => `$${parameters.push(value)}`;
    const conditions = await this.conditions(caller, query, place);
    if (after) {
      conditions.push(
        `(${by}, c.id) ${descending ? '<' : '>'} (${place(after.value)}::${type}, ${place(after.id)}::uuid)`,
      );
    }
    const direction = descending ? 'DESC' : 'ASC';
    const rows = await this.database.rows<
      Omit<FoundContract, 'nextAlertAt' | 'department'> & {
        nextAlertAt: Date | null;
        name: string;
        nameEn: string | null;
        sortedBy: string;
      }
    >(
      `SELECT found.*, d.name, d.name_en, people.*,
              (SELECT min(a.due_at) FROM alert a WHERE a.contract_id = found.id AND a.status = 'planned') AS next_alert_at
       FROM (SELECT c.id, c.reference, c.title, c.kind, c.state, c.department_id, c.ends_on, (${by})::text AS sorted_by
             FROM contract c WHERE ${conditions.join(' AND ') || 'true'}
             ORDER BY ${by} ${direction}, c.id ${direction} LIMIT ${pageSize + 1}) found
         JOIN department d ON d.id = found.department_id
         CROSS JOIN LATERAL (SELECT count(*)::int AS contacts,
             (count(*) FILTER (WHERE p.phone_index IS NULL))::int AS contacts_without_number
           FROM contact p WHERE p.contract_id = found.id AND p.removed_at IS NULL) people
       ORDER BY found.sorted_by ${direction}, found.id ${direction}`,
      parameters,
    );
    const { timeZone } = (await this.settings.calendar()).setting;
    const shown = rows.slice(0, pageSize);
    const last = shown.at(-1);
    return {
      items: shown.map(({ sortedBy: _by, name, nameEn, nextAlertAt, ...row }) => ({
        ...row,
        department: { name, nameEn },
        nextAlertAt: nextAlertAt && zonedIso(nextAlertAt, timeZone),
      })),
      next:
        rows.length > pageSize && last
          ? Buffer.from(`${last.id} ${last.sortedBy}`).toString('base64url')
          : null,
    };
  }

  private async conditions(
    caller: Caller,
    { q, state, kind, departmentId }: ContractSearchQuery,
    place: (value: unknown) => string,
  ): Promise<string[]> {
    const seen = await this.departments.seenWithin(caller, departmentId);
    const conditions: string[] = [];
    if (seen) conditions.push(`c.department_id = ANY(${place(seen)})`);
    if (state) conditions.push(`c.state = ${place(state)}`);
    if (kind) conditions.push(`c.kind = ${place(kind)}`);
    if (q) {
      const words = place(`%${q.replace(/[\\%_]/g, '\\$&')}%`);
      // Names are sealed: a counterparty is found by its whole name alone.
      const name = place(this.parties.nameIndex(q));
      conditions.push(
        `((c.reference || ' ' || c.title) ILIKE ${words}
          OR c.id IN (SELECT contract_id FROM counterparty WHERE name_index = ${name}))`,
      );
    }
    return conditions;
  }
}

/** An address that somebody has bent shows the first page. */
function afterOf(cursor: string | undefined, form: z.ZodType): { id: string; value: string } | null {
  if (cursor === undefined) return null;
  const told = Buffer.from(cursor, 'base64url').toString();
  const [id, value] = [told.slice(0, 36), told.slice(37)];
  return uuid.safeParse(id).success && form.safeParse(value).success ? { id, value } : null;
}
