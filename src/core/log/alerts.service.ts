import { Injectable } from '@nestjs/common';
import { ServiceClock } from '../../platform/clock/service-clock.js';
import { Conditions } from '../../platform/database/conditions.js';
import { Database } from '../../platform/database/database.js';
import { exactMoment, momentOfCursor, type Page, pageFrom } from '../../platform/paging.js';
import type { Caller } from '../access/roles.js';
import { zonedIso } from '../calendar/zoned-iso.js';
import type { Contact, Contract } from '../contracts/contract.entity.js';
import { PartyRows } from '../contracts/party-rows.js';
import { DepartmentsService } from '../departments/departments.service.js';
import { type Alert, type Milestone, ownNumberPlace } from '../planning/planning.entities.js';
import { alertReason, alertReasonText, alertStatusText } from '../planning/planning.words.js';
import { SettingsService } from '../settings/settings.service.js';
import {
  addAlertConditions,
  addDepartmentHasKind,
  alertJoins,
  LogFilters,
  type Statement,
} from './log-filters.js';
import type { AlertListQuery, AlertView, MessageAlertView } from './log.schema.js';

/** AlertRow is an alert with what it is about and whom it is for. */
export type AlertRow = Alert &
  Pick<Contract, 'reference' | 'title' | 'kind' | 'planName' | 'planVersion'> &
  Pick<Milestone, 'code' | 'occurrence'> &
  Pick<Contact, 'nameSealed' | 'role' | 'phoneSealed'> & {
    /** Its due time as the database orders by it: UTC, to the microsecond. */
    exactly: string;
  };

/** AlertsService shows alerts: those to come, those that are due, and those that cannot or will not be sent. */
@Injectable()
export class AlertsService {
  constructor(
    private readonly database: Database,
    private readonly filters: LogFilters,
    private readonly departments: DepartmentsService,
    private readonly settings: SettingsService,
    private readonly clock: ServiceClock,
    private readonly parties: PartyRows,
  ) {}

  /** Lists alerts in the order of their due times. */
  async list(caller: Caller, query: AlertListQuery): Promise<Page<AlertView>> {
    const { sql, parameters } = await this.pageSql(caller, query);
    const found = await this.database.rows<{ id: string }>(sql, parameters);
    const rows = await this.rowsOf(found.map(({ id }) => id));
    const { items, nextCursor } = pageFrom(rows, query.limit, (row) => row.exactly);
    const { timeZone } = (await this.settings.calendar()).setting;
    return { items: await Promise.all(items.map((row) => this.viewOf(row, timeZone))), nextCursor };
  }

  /** Counts the alerts and the messages of the agency that are held, as they are kept by their status. */
  async countHeld(): Promise<{ alerts: number; messages: number }> {
    const rows = await this.database.rows<{ subject: 'alert' | 'message'; count: number }>(
      `SELECT subject, sum(count)::int AS count FROM status_count WHERE status = 'held' GROUP BY subject`,
    );
    const held = (subject: string) => rows.find((row) => row.subject === subject)?.count ?? 0;
    return { alerts: held('alert'), messages: held('message') };
  }

  /** Returns alerts as they are shown, by their ids. */
  async viewsOf(ids: string[]): Promise<Map<string, AlertView>> {
    const { timeZone } = (await this.settings.calendar()).setting;
    const rows = await this.rowsOf(ids);
    const views = await Promise.all(rows.map((row) => this.viewOf(row, timeZone)));
    return new Map(views.map((view) => [view.id, view]));
  }

  /** Shows what each of these messages was sent for, as far as it is of these departments (null: all). */
  async alertsOfMessages(
    messageIds: string[],
    departments: string[] | null,
  ): Promise<Map<string, MessageAlertView[]>> {
    const byMessage = new Map<string, MessageAlertView[]>(messageIds.map((id) => [id, []]));
    if (messageIds.length === 0) return byMessage;
    const rows = await this.alertRows(
      `a.message_id = ANY($1) AND ($2::uuid[] IS NULL OR a.department_id = ANY($2))`,
      [messageIds, departments],
    );
    for (const row of rows) {
      const { id, contractId, reference, title, kind, departmentId } = row;
      const milestone = await this.milestoneOf(row);
      byMessage
        .get(row.messageId ?? '')
        ?.push({ id, contractId, reference, title, kind, departmentId, milestone });
    }
    return byMessage;
  }

  alertsOfContract(contractId: string): Promise<AlertRow[]> {
    return this.alertRows('a.contract_id = $1', [contractId]);
  }

  /** Shows how an alert stands, and why. */
  standingOf(row: AlertRow): Pick<AlertView, 'status' | 'statusText' | 'reason' | 'reasonText' | 'wording'> {
    return {
      status: row.status,
      statusText: alertStatusText(row.status),
      reason: alertReason(row),
      reasonText: alertReasonText(row),
      wording: row.wording,
    };
  }

  /** Names the milestone as the contract's own version of the plan does; null when it no longer has it. */
  async milestoneOf(row: AlertRow): Promise<AlertView['milestone']> {
    const { code, occurrence } = row;
    return { code, occurrence, name: await this.settings.milestoneName(row) };
  }

  contactOf({ id: alertId, numberSealed, contactId: id, role, ...sealed }: AlertRow): AlertView['contact'] {
    const contact = { ...sealed, id };
    return {
      id,
      name: this.parties.maskedNameOf(contact),
      role,
      number: numberSealed
        ? this.parties.maskedAt(ownNumberPlace(alertId), numberSealed)
        : this.parties.maskedNumberOf(contact),
    };
  }

  /**
   * Writes the statement for the ids of a page. Each department's first come by their own index (department, status, due
   * time), then the first of those: this serves those who see every department as well.
   */
  private async pageSql(
    caller: Caller,
    { view, departmentId, from, to, cursor, limit, ...filters }: AlertListQuery,
  ): Promise<Statement> {
    const where = new Conditions();
    const seen = await this.departments.seenWithin(caller, departmentId);
    const departments = seen === null ? 'department AS d' : `unnest(${where.place(seen)}::uuid[]) AS d (id)`;
    const moments = await this.filters.momentsOf({ from, to });
    where.add('a.department_id = d.id');
    where.compare('a.status =', view === 'due' ? 'planned' : view);
    if (view === 'due') where.compare('a.due_at <=', await this.clock.now());
    where.compare('a.due_at >=', moments.from);
    where.compare('a.due_at <', moments.before);
    addAlertConditions(where, filters);
    addDepartmentHasKind(where, filters.kind);
    where.addBehind(momentOfCursor(cursor), { value: 'a.due_at', type: 'timestamptz', id: 'a.id' });
    return {
      sql: `SELECT first.id FROM ${departments} CROSS JOIN LATERAL (
          SELECT a.id, a.due_at FROM alert a${alertJoins(filters)}
          WHERE ${where.sql} ORDER BY a.due_at, a.id LIMIT ${limit + 1}) first
        ORDER BY first.due_at, first.id LIMIT ${limit + 1}`,
      parameters: where.parameters,
    };
  }

  private async rowsOf(ids: string[]): Promise<AlertRow[]> {
    return ids.length === 0 ? [] : this.alertRows(`a.id = ANY($1)`, [ids]);
  }

  private alertRows(where: string, parameters: unknown[]): Promise<AlertRow[]> {
    return this.database.rows<AlertRow>(
      `SELECT a.*, ${exactMoment('a.due_at')} AS exactly,
              c.reference, c.title, c.kind, c.plan_name, c.plan_version, s.code, s.occurrence,
              p.name_sealed, p.role, p.phone_sealed
       FROM alert a JOIN contract c ON c.id = a.contract_id JOIN milestone s ON s.id = a.milestone_id
         JOIN contact p ON p.id = a.contact_id
       WHERE ${where} ORDER BY a.due_at, a.id`,
      parameters,
    );
  }

  private async viewOf(row: AlertRow, timeZone: string): Promise<AlertView> {
    const { id, dueAt, departmentId, contractId, reference, title, kind } = row;
    return {
      id,
      dueAt: zonedIso(dueAt, timeZone),
      ...this.standingOf(row),
      departmentId,
      contract: { id: contractId, reference, title, kind },
      milestone: await this.milestoneOf(row),
      contact: this.contactOf(row),
    };
  }
}
