import { Injectable } from '@nestjs/common';
import type { Caller } from '../access/roles.js';
import { zonedIso } from '../calendar/zoned-iso.js';
import { ServiceClock } from '../../platform/clock/service-clock.js';
import type { Kind } from '../settings/plan.schema.js';
import type { AlertStatus, Wording } from '../planning/planning.types.js';
import { SettingsService } from '../settings/settings.service.js';
import { alertPageOf } from './alert-query.js';
import type { AlertListQuery, AlertView } from './alert.schema.js';
import { exactMoment, momentOfCursor, type Page, pageFrom } from '../../platform/paging.js';
import { LogScope } from './log-scope.js';
import { Masked } from './masked.js';
import { milestoneName } from './milestone-names.js';
import { alertReason, alertReasonText, alertStatusText } from '../planning/planning.words.js';
import { Database } from '../../platform/database/database.js';

interface AlertRow {
  id: string;
  dueAt: Date;
  /** As the database orders by it: UTC, to the microsecond. */
  exactly: string;
  status: AlertStatus;
  reason: string | null;
  failure: string | null;
  wording: Wording;
  departmentId: string;
  contractId: string;
  reference: string;
  title: string;
  kind: Kind;
  planName: string;
  planVersion: number;
  code: string;
  occurrence: number;
  contactId: string;
  nameSealed: Buffer | null;
  role: string | null;
  phoneSealed: Buffer | null;
}

/** Alerts that are to come, that are due, that nobody can be told of now, and that nobody will be told of. */
@Injectable()
export class AlertsService {
  constructor(
    private readonly database: Database,
    private readonly scope: LogScope,
    private readonly settings: SettingsService,
    private readonly clock: ServiceClock,
    private readonly masked: Masked,
  ) {}

  /** In the order of due time. */
  async list(
    caller: Caller,
    { departmentId, cursor, limit, ...query }: AlertListQuery,
  ): Promise<Page<AlertView>> {
    const { sql, parameters } = alertPageOf(
      {
        ...query,
        ...(await this.scope.period(query)),
        departments: await this.scope.seenWithin(caller, departmentId),
        now: await this.clock.now(),
      },
      { after: momentOfCursor(cursor), limit: limit + 1 },
    );
    const found = await this.database.rows<{ id: string }>(sql, parameters);
    const rows = await this.rows(found.map((row) => row.id));
    const { items, nextCursor } = pageFrom(rows, limit, (row) => row.exactly);
    return { items: await this.views(items), nextCursor };
  }

  private async rows(ids: string[]): Promise<AlertRow[]> {
    if (ids.length === 0) return [];
    return this.database.rows<AlertRow>(
      `SELECT a.id, a.due_at,
              ${exactMoment('a.due_at')} AS exactly,
              a.status, a.reason, a.failure, a.wording, a.department_id, c.id AS contract_id, c.reference,
              c.title, c.kind, c.plan_name, c.plan_version, s.code, s.occurrence,
              p.id AS contact_id, p.name_sealed, p.role, p.phone_sealed
       FROM alert a JOIN contract c ON c.id = a.contract_id JOIN milestone s ON s.id = a.milestone_id
         JOIN contact p ON p.id = a.contact_id
       WHERE a.id = ANY($1) ORDER BY a.due_at, a.id`,
      [ids],
    );
  }

  private async views(rows: AlertRow[]): Promise<AlertView[]> {
    const { timeZone } = (await this.settings.calendar()).setting;
    const views: AlertView[] = [];
    for (const row of rows) {
      views.push({
        id: row.id,
        dueAt: zonedIso(row.dueAt, timeZone),
        status: row.status,
        statusText: alertStatusText(row.status),
        reason: alertReason(row),
        reasonText: alertReasonText(row),
        wording: row.wording,
        departmentId: row.departmentId,
        contract: { id: row.contractId, reference: row.reference, title: row.title, kind: row.kind },
        milestone: {
          code: row.code,
          occurrence: row.occurrence,
          name: await milestoneName(this.settings, row),
        },
        contact: {
          id: row.contactId,
          name: this.masked.contactName(row.contactId, row.nameSealed),
          role: row.role,
          number: this.masked.contactNumber(row.contactId, row.phoneSealed),
        },
      });
    }
    return views;
  }
}
