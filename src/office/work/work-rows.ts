import { Injectable } from '@nestjs/common';
import type { Caller } from '../../core/access/roles.js';
import { callerIdOf } from '../../core/access/roles.js';
import { DepartmentsService } from '../../core/departments/departments.service.js';
import { ServiceClock } from '../../platform/clock/service-clock.js';
import type { Kind } from '../../core/settings/plan.schema.js';
import type { ContractState } from '../../core/planning/planning.types.js';
import { SettingsService } from '../../core/settings/settings.service.js';
import type { Facts, WorkList } from './work-list.js';
import type { WorkQuery } from './work.schema.js';
import { exactMoment, type Place } from '../../platform/paging.js';
import { Database } from '../../platform/database/database.js';

export interface FoundRow {
  id: string;
  since: Date;
  /** As the database orders by it: UTC, to the microsecond. */
  exactly: string;
  facts: Facts;
  departmentId: string | null;
  contractId: string | null;
  reference: string;
  title: string;
  kind: Kind;
  state: ContractState;
  planName: string;
  planVersion: number;
  officerId: string | null;
  contactId: string | null;
  nameSealed: Buffer | null;
  phoneSealed: Buffer | null;
  role: string | null;
}

/** What a caller asks of the lists: their parameters, by place (see `asked`), and the clock they are read by. */
export interface Asked {
  parameters: unknown[];
  now: Date;
  timeZone: string;
}

/** Parameters that a list's statement does not use still have to have types. */
const typed = `asked AS (SELECT $1::uuid[], $2::timestamptz, $3::text, $4::text, $5::boolean, $6::integer, $7::uuid)`;

/** The one place where every list is narrowed to what the caller sees. */
const seen = `($1::uuid[] IS NULL OR l.department_id = ANY($1::uuid[])) AND ($7::uuid IS NULL OR c.officer_id = $7::uuid)`;

/** Runs the lists' statements. */
@Injectable()
export class WorkRows {
  constructor(
    private readonly database: Database,
    private readonly departments: DepartmentsService,
    private readonly settings: SettingsService,
    private readonly clock: ServiceClock,
  ) {}

  /** A department that the caller does not see is not found. */
  async asked(caller: Caller, { departmentId, officerId }: WorkQuery): Promise<Asked> {
    if (departmentId !== undefined) await this.departments.mustSee(caller, departmentId);
    const { timeZone } = (await this.settings.calendar()).setting;
    const { value: agency } = await this.settings.agency();
    const now = await this.clock.now();
    return {
      now,
      timeZone,
      parameters: [
        await this.departments.seenWithin(caller, departmentId),
        now,
        timeZone,
        callerIdOf(caller),
        caller.role !== 'officer',
        agency.graceHours,
        officerId ?? null,
      ],
    };
  }

  async count(list: WorkList, { parameters }: Asked): Promise<{ count: number; oldest: Date | null }> {
    const [row] = await this.database.rows<{ count: number; oldest: Date | null }>(
      `WITH ${typed} SELECT count(*)::int AS count, min(l.since) AS oldest
       FROM (${list.sql}) l LEFT JOIN contract c ON c.id = l.contract_id WHERE ${seen}`,
      parameters,
    );
    return row ?? { count: 0, oldest: null };
  }

  /** What has waited longest comes first. */
  page(list: WorkList, { parameters }: Asked, after: Place | null, limit: number): Promise<FoundRow[]> {
    return this.database.rows<FoundRow>(
      `WITH ${typed}
       SELECT l.id, l.since, ${exactMoment('l.since')} AS exactly, l.facts,
              l.department_id, c.id AS contract_id, c.reference, c.title, c.kind, c.state,
              c.plan_name, c.plan_version, c.officer_id,
              t.id AS contact_id, t.name_sealed, t.phone_sealed, t.role
       FROM (${list.sql}) l LEFT JOIN contract c ON c.id = l.contract_id LEFT JOIN contact t ON t.id = l.contact_id
       WHERE ${seen} AND ($8::timestamptz IS NULL OR (l.since, l.id) > ($8::timestamptz, $9::uuid))
       ORDER BY l.since, l.id LIMIT $10`,
      [...parameters, after?.value ?? null, after?.id ?? null, limit],
    );
  }
}
