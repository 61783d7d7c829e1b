import { Injectable } from '@nestjs/common';
import { Conditions } from '../../platform/database/conditions.js';
import { Database } from '../../platform/database/database.js';
import { exactMoment, momentOfCursor, type Page, pageFrom } from '../../platform/paging.js';
import type { Caller } from '../access/roles.js';
import { zonedIso } from '../calendar/zoned-iso.js';
import { DepartmentsService } from '../departments/departments.service.js';
import { isTaken } from '../sending/sending.entities.js';
import { SettingsService } from '../settings/settings.service.js';
import { AlertsService } from './alerts.service.js';
import { LogFilters } from './log-filters.js';
import type { AlertDaysQuery, AlertDayView, AlertOfDayView, DayStanding } from './log.schema.js';

type Asked = Pick<AlertDaysQuery, 'from' | 'to' | 'departmentId' | 'officerId'>;

/** AlertCounts are so many alerts of each standing; the delivered are among the sent. */
export type AlertCounts = Omit<AlertDayView, 'day'>;

/** Promptness is so many texts by how long after they were due a provider took them. */
export interface Promptness {
  withinTenSeconds: number;
  /** On the day on which they were due, in the agency's zone. */
  withinDay: number;
  later: number;
  /** It refused them, or they wait still. */
  notTaken: number;
}

/** CountedTexts are texts of a department that a provider took, of one class: by the text in Korea, and by their parts elsewhere. */
export interface CountedTexts {
  departmentId: string;
  provider: string;
  /** Null where the text was frozen before its class was kept. */
  textClass: 'SMS' | 'LMS' | 'elsewhere' | null;
  texts: number;
  parts: number;
}

interface StandingRow {
  id: string;
  messageId: string | null;
  at: Date;
  exactly: string;
  standing: DayStanding;
}

/**
 * AlertDays show what goes out and what went out, by day: what is planned, held or missed on the day that it is due, and
 * what was sent or failed on the day that its text was made.
 */
@Injectable()
export class AlertDays {
  constructor(
    private readonly database: Database,
    private readonly alerts: AlertsService,
    private readonly filters: LogFilters,
    private readonly departments: DepartmentsService,
    private readonly settings: SettingsService,
  ) {}

  /** Counts the alerts of each day of a period on which there are any. */
  async countedByDay(caller: Caller, asked: Asked): Promise<AlertDayView[]> {
    const { timeZone } = (await this.settings.calendar()).setting;
    const counted = await this.counted(
      caller,
      asked,
      (where) => `(at AT TIME ZONE ${where.place(timeZone)})::date::text`,
    );
    return [...counted].map(([day, counts]) => ({ day, ...counts }));
  }

  /** Counts the alerts of a period of each department that has any, by its id. */
  countedByDepartment(caller: Caller, asked: Asked): Promise<Map<string, AlertCounts>> {
    return this.counted(caller, asked, () => 'department_id::text');
  }

  private async counted(
    caller: Caller,
    asked: Asked,
    keySql: (where: Conditions) => string,
  ): Promise<Map<string, AlertCounts>> {
    const where = new Conditions();
    const standings = await this.standingsSql(caller, asked, where);
    const rows = await this.database.rows<{
      key: string;
      standing: DayStanding;
      count: number;
      delivered: number;
    }>(
      `SELECT ${keySql(where)} AS key, standing, count(*)::int AS count,
         count(*) FILTER (WHERE is_delivered)::int AS delivered
       FROM (${standings}) a GROUP BY 1, 2 ORDER BY 1`,
      where.parameters,
    );
    const byKey = new Map<string, AlertCounts>();
    for (const { key, standing, count, delivered } of rows) {
      const counts = byKey.get(key) ?? noAlerts();
      byKey.set(key, { ...counts, [standing]: count, delivered: counts.delivered + delivered });
    }
    return byKey;
  }

  /** Lists the alerts of a period in the order of their times. */
  async listed(
    caller: Caller,
    { cursor, limit, ...asked }: Asked & { cursor?: string | undefined; limit: number },
  ): Promise<Page<AlertOfDayView>> {
    const where = new Conditions();
    const standings = await this.standingsSql(caller, asked, where);
    const behind = new Conditions(where.parameters);
    behind.addBehind(momentOfCursor(cursor), { value: 'a.at', type: 'timestamptz', id: 'a.id' });
    const rows = await this.database.rows<StandingRow>(
      `SELECT a.*, ${exactMoment('a.at')} AS exactly FROM (${standings}) a
       WHERE ${behind.sql} ORDER BY a.at, a.id LIMIT ${limit + 1}`,
      behind.parameters,
    );
    const { items, nextCursor } = pageFrom(rows, limit, (row) => row.exactly);
    const { timeZone } = (await this.settings.calendar()).setting;
    const views = await this.alerts.viewsOf(items.map(({ id }) => id));
    return {
      items: items.flatMap(({ id, at, standing, messageId }) => {
        const view = views.get(id);
        return view ? [{ ...view, at: zonedIso(at, timeZone), standing, messageId }] : [];
      }),
      nextCursor,
    };
  }

  /** Counts the texts made in a period by how long after they were due the provider had taken them, and those that it never took. */
  async promptness(asked: Pick<Asked, 'from' | 'to'>): Promise<Promptness> {
    const where = await this.madeIn(asked);
    const zone = where.place((await this.settings.calendar()).setting.timeZone);
    const dayOf = (moment: string) => `((${moment}) AT TIME ZONE ${zone})::date`;
    const rows = await this.database.rows<{ promptness: keyof Promptness; count: number }>(
      `SELECT CASE WHEN NOT is_taken THEN 'notTaken' WHEN late <= interval '10 seconds' THEN 'withinTenSeconds'
                   WHEN ${dayOf('due_at + late')} = ${dayOf('due_at')} THEN 'withinDay' ELSE 'later' END AS promptness,
              count(*)::int AS count
       FROM (SELECT m.due_at, ${isTaken('m')} AS is_taken,
               m.service_time - m.due_at + coalesce((SELECT min(t.settled_at) FROM attempt t
                 WHERE t.message_id = m.id AND t.status = 'accepted') - m.frozen_at, interval '0') AS late
             FROM message m WHERE ${where.sql}) text
       GROUP BY promptness`,
      where.parameters,
    );
    const counts: Promptness = { withinTenSeconds: 0, withinDay: 0, later: 0, notTaken: 0 };
    for (const { promptness, count } of rows) counts[promptness] = count;
    return counts;
  }

  /** Counts the texts made in a period that a provider took. One for contracts of several departments is the first one's. */
  async countedTexts(caller: Caller, asked: Asked): Promise<CountedTexts[]> {
    const seen = await this.departments.seenWithin(caller, asked.departmentId);
    const where = await this.madeIn(asked);
    const departments = seen === null ? 'true' : `a.department_id = ANY(${where.place(seen)}::uuid[])`;
    return this.database.rows<CountedTexts>(
      `SELECT a.department_id, m.provider, CASE WHEN m.country = 'KR' THEN m.korean_class ELSE 'elsewhere' END AS text_class,
         count(*)::int AS texts, sum(m.parts)::int AS parts
       FROM message m CROSS JOIN LATERAL (SELECT department_id FROM alert WHERE message_id = m.id ORDER BY id LIMIT 1) a
       WHERE ${where.sql} AND ${isTaken('m')} AND ${departments}
       GROUP BY 1, 2, 3 ORDER BY 1, 2, 3`,
      where.parameters,
    );
  }

  /** Returns conditions that hold for the messages `m` which were made in a period. */
  private async madeIn({ from, to }: Pick<Asked, 'from' | 'to'>): Promise<Conditions> {
    const { moments, ids } = await this.filters.boundsOf({ from, to });
    const where = new Conditions();
    where.compare('m.id >=', ids.from);
    where.compare('m.id <', ids.before);
    where.compare('m.service_time >=', moments.from);
    where.compare('m.service_time <', moments.before);
    return where;
  }

  /** Writes rows of (id, department_id, message_id, at, standing, is_delivered). Each kind of alert is read by the index that holds just these. */
  private async standingsSql(
    caller: Caller,
    { from, to, departmentId, officerId }: Asked,
    where: Conditions,
  ): Promise<string> {
    const seen = await this.departments.seenWithin(caller, departmentId);
    const { moments, ids } = await this.filters.boundsOf({ from, to });
    const departments =
      seen === null
        ? 'a.department_id = ANY(ARRAY(SELECT id FROM department))'
        : `a.department_id = ANY(${where.place(seen)}::uuid[])`;
    const own =
      officerId === undefined
        ? 'true'
        : `a.contract_id IN (SELECT id FROM contract WHERE officer_id = ${where.place(officerId)})`;
    const [first, last] = [where.place(moments.from), where.place(moments.before)];
    const ofStatus = (status: 'planned' | 'held' | 'missed') =>
      `SELECT a.id, a.department_id, a.message_id, a.due_at AS at, '${status}' AS standing, false AS is_delivered FROM alert a
       WHERE ${departments} AND ${own} AND a.status = '${status}' AND a.due_at >= ${first} AND a.due_at < ${last}`;
    const sent = new Conditions(where.parameters);
    sent.compare('a.message_id >=', ids.from);
    sent.compare('a.message_id <', ids.before);
    return `${ofStatus('planned')} UNION ALL ${ofStatus('held')} UNION ALL ${ofStatus('missed')} UNION ALL
      SELECT a.id, a.department_id, m.id, m.service_time,
        CASE m.status WHEN 'failed' THEN 'failed' WHEN 'held' THEN 'held' ELSE 'sent' END, m.status = 'delivered'
      FROM alert a JOIN message m ON m.id = a.message_id
      WHERE ${departments} AND ${own} AND a.message_id IS NOT NULL AND ${sent.sql}
        AND m.service_time >= ${first} AND m.service_time < ${last}`;
  }
}

export function noAlerts(): AlertCounts {
  return { planned: 0, held: 0, missed: 0, sent: 0, delivered: 0, failed: 0 };
}
