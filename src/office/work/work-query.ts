import { Injectable } from '@nestjs/common';
import { type Caller, callerIdOf } from '../../core/access/roles.js';
import type { Contact, Contract } from '../../core/contracts/contract.entity.js';
import { DepartmentsService } from '../../core/departments/departments.service.js';
import { Database } from '../../platform/database/database.js';
import { exactMoment, momentOfCursor, type Page, pageFrom } from '../../platform/paging.js';
import type { Params, Words } from '../../platform/words/words.js';
import { TallyService } from '../../core/tally/tally.service.js';
import type { WorkListQuery, WorkQuery as Wanted } from './work.schema.js';

/** A row's own statement reports these facts of it. */
export type Facts = Record<string, string | number | boolean | null | string[]>;

/** Named is what the facts name, as people read it. */
export interface Named {
  milestone: Words | null;
  /** What the provider's code means. */
  carrier: Words | null;
}

export interface Sentence {
  /** The sentence's name in the list's words; `what` when it is left out. */
  name?: string;
  /** What goes into its places beside the facts, or instead of them. */
  params?: Params;
}

/** A WorkList is a kind of thing that waits for somebody; its words stand under its code in the section `workLists`. */
export interface WorkList {
  code: string;
  /**
   * Rows of (id, contract_id, department_id, contact_id, since, facts); never narrowed to departments here, because
   * one statement around it does that for every list. Parameters: see `asked`.
   */
  sql: string;
  /** Returns the facts as the API gives them, where a statement's own are not fit for that. */
  published?: (facts: Facts) => Facts;
  /** Returns how a row is written, where the sentence `what` with the row's facts does not do. */
  sentence?: (facts: Facts) => Sentence;
}

/** Asked is what a caller asks of the lists: their parameters, by place (see `asked`), and the clock they are read by. */
export interface Asked {
  parameters: unknown[];
  now: Date;
  timeZone: string;
}

/** A row's contract and contact are null where it is about neither. */
export type FoundRow = Pick<
  Contract,
  'reference' | 'title' | 'kind' | 'state' | 'planName' | 'planVersion' | 'officerId'
> &
  Pick<Contact, 'nameSealed' | 'phoneSealed' | 'role'> & {
    id: string;
    contractId: string | null;
    departmentId: string | null;
    contactId: string | null;
    facts: Facts;
    since: Date;
    /** As the database orders by it: UTC, to the microsecond. */
    exactly: string;
  };

/** Parameters that a list's statement does not use still have to have types. */
const typed = `asked AS (SELECT $1::uuid[], $2::timestamptz, $3::text, $4::text, $5::boolean, $6::uuid)`;

/** The one place where every list is narrowed to what the caller sees. */
const seen = `($1::uuid[] IS NULL OR l.department_id = ANY($1::uuid[])) AND ($6::uuid IS NULL OR c.officer_id = $6::uuid)`;

/** WorkQuery runs the statements of the lists. */
@Injectable()
export class WorkQuery {
  constructor(
    private readonly database: Database,
    private readonly tallies: TallyService,
    private readonly departments: DepartmentsService,
  ) {}

  /** Reads what a caller asks for; a department that they do not see is not found. */
  async asked(caller: Caller, { departmentId, officerId }: Wanted): Promise<Asked> {
    if (departmentId !== undefined) await this.departments.mustSee(caller, departmentId);
    const { now, timeZone } = await this.tallies.requireCounted();
    return {
      now,
      timeZone,
      parameters: [
        await this.departments.seenWithin(caller, departmentId),
        now,
        timeZone,
        callerIdOf(caller),
        caller.role !== 'officer',
        officerId ?? null,
      ],
    };
  }

  /** Prepares a statement that asks for the rows of lists whoever sees them: what it begins with, and its first parameters. */
  async ofAll(): Promise<{ given: string; parameters: unknown[] }> {
    const { now, timeZone } = await this.tallies.requireCounted();
    return { given: `WITH ${typed}`, parameters: [null, now, timeZone, '', true, null] };
  }

  async count(list: WorkList, { parameters }: Asked): Promise<{ count: number; oldest: Date | null }> {
    const [row] = await this.database.rows<{ count: number; oldest: Date | null }>(
      `WITH ${typed} SELECT count(*)::int AS count, min(l.since) AS oldest
       FROM (${list.sql}) l LEFT JOIN contract c ON c.id = l.contract_id WHERE ${seen}`,
      parameters,
    );
    return row ?? { count: 0, oldest: null };
  }

  /**
   * Prepares a statement that asks for contracts in one of the lists: it begins with what is `given`, its first parameters
   * are these, and `contracts` selects their ids. Without lists nothing is given, and nothing waits for what is being counted.
   */
  async contractsIn(lists: WorkList[], caller: Caller, wanted: Wanted) {
    if (lists.length === 0) return { given: '', parameters: [], contracts: null };
    const { parameters } = await this.asked(caller, wanted);
    const contracts = lists.map(({ sql }) => `SELECT l.contract_id FROM (${sql}) l`).join(' UNION ');
    return { given: `WITH ${typed}`, parameters, contracts };
  }

  /** Lists what has waited longest first. */
  async page(
    list: WorkList,
    { parameters }: Asked,
    { cursor, limit }: Pick<WorkListQuery, 'cursor' | 'limit'>,
  ): Promise<Page<FoundRow>> {
    const after = momentOfCursor(cursor);
    const rows = await this.database.rows<FoundRow>(
      `WITH ${typed}
       SELECT l.id, l.since, ${exactMoment('l.since')} AS exactly, l.facts,
              l.department_id, c.id AS contract_id, c.reference, c.title, c.kind, c.state,
              c.plan_name, c.plan_version, c.officer_id,
              t.id AS contact_id, t.name_sealed, t.phone_sealed, t.role
       FROM (${list.sql}) l LEFT JOIN contract c ON c.id = l.contract_id LEFT JOIN contact t ON t.id = l.contact_id
       WHERE ${seen} AND ($7::timestamptz IS NULL OR (l.since, l.id) > ($7::timestamptz, $8::uuid))
       ORDER BY l.since, l.id LIMIT $9`,
      [...parameters, after?.value ?? null, after?.id ?? null, limit + 1],
    );
    return pageFrom(rows, limit, (row) => row.exactly);
  }
}

/** Every list's statement has these parameters, by place. */
export const asked = {
  departments: '$1::uuid[]',
  /** The service clock. */
  now: '$2::timestamptz',
  zone: '$3::text',
  /** The caller's key or account. */
  caller: '$4::text',
  /** Whether the caller sees what others of their department uploaded, as managers do. */
  everybodys: '$5::boolean',
  officer: '$6::uuid',
} as const;
