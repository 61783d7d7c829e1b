import { Injectable } from '@nestjs/common';
import { AccessEntry, AccessReview } from '../../core/accesses/access.entities.js';
import { actorOf, type Caller } from '../../core/access/roles.js';
import type { Calendar } from '../../core/calendar/calendar.js';
import { zonedIso } from '../../core/calendar/zoned-iso.js';
import { Journal } from '../../core/proof/journal.service.js';
import { SettingsService } from '../../core/settings/settings.service.js';
import { PartyRows } from '../../core/contracts/party-rows.js';
import { Conditions } from '../../platform/database/conditions.js';
import { Database, isTaken } from '../../platform/database/database.js';
import { newId } from '../../platform/ids.js';
import { idOfCursor, type Page, pageFrom } from '../../platform/paging.js';
import { momentsOfMonth, monthAfter } from '../reports/months.js';
import type { AccessesQuery, AccessReviewBody } from './accesses.schema.js';
import { accessProblems } from './accesses.words.js';

/** So long after a month is over nobody is reminded of it. */
const daysToReview = 7;

/** A SeenPerson is a contact whose data somebody saw, as it may be shown. */
interface SeenPerson {
  id: string;
  contractId: string;
  reference: string;
  name: string | null;
  number: string | null;
}

export interface ShownAccess extends Omit<AccessEntry, 'at'> {
  at: string;
  people: SeenPerson[];
}

/** PersonFigures count what one person, or one key, did in a month. `atOddHours`: outside of 8 to 20 on Monday to Friday. */
export interface PersonFigures {
  actor: string;
  accesses: number;
  people: number;
  addresses: number;
  atOddHours: number;
}

/** AccessReviews show the accesses of a month to those who look through them, and keep that they did. */
@Injectable()
export class AccessReviews {
  constructor(
    private readonly database: Database,
    private readonly settings: SettingsService,
    private readonly journal: Journal,
    private readonly parties: PartyRows,
  ) {}

  /** Returns the month that lies so many months back, by the agency's calendar and the real clock: accesses happen in it. */
  async monthBack(months: number): Promise<string> {
    const calendar = await this.settings.calendar();
    return monthAfter(calendar.localDateOf(new Date()).slice(0, 7), -months);
  }

  async page(query: AccessesQuery): Promise<Page<ShownAccess>> {
    const calendar = await this.settings.calendar();
    const where = within(calendar, query.month);
    where.compare('e.act =', query.act);
    where.compare('e.actor =', query.actor);
    where.compare('e.id <', idOfCursor(query.cursor));
    const rows = await this.database.rows<AccessEntry>(
      `SELECT e.* FROM access_entry e WHERE ${where.sql} ORDER BY e.id DESC LIMIT ${query.limit + 1}`,
      where.parameters,
    );
    const { items, nextCursor } = pageFrom(rows, query.limit);
    const people = await this.peopleOf(items);
    return {
      nextCursor,
      items: items.map((row) => ({
        ...row,
        at: zonedIso(row.at, calendar.setting.timeZone),
        people: row.subjectIds.flatMap((id) => people.get(id) ?? []),
      })),
    };
  }

  async figures(month: string): Promise<PersonFigures[]> {
    const calendar = await this.settings.calendar();
    const where = within(calendar, month);
    const local = `(e.at AT TIME ZONE ${where.place(calendar.setting.timeZone)})`;
    return this.database.rows<PersonFigures>(
      `SELECT e.actor, count(DISTINCT e.id)::int AS accesses, count(DISTINCT s.id)::int AS people,
              count(DISTINCT e.address)::int AS addresses,
              (count(DISTINCT e.id) FILTER (WHERE extract(isodow FROM ${local}) > 5
                 OR extract(hour FROM ${local}) NOT BETWEEN 8 AND 19))::int AS at_odd_hours
       FROM access_entry e LEFT JOIN LATERAL unnest(e.subject_ids) AS s (id) ON true
       WHERE ${where.sql} GROUP BY e.actor ORDER BY accesses DESC, e.actor`,
      where.parameters,
    );
  }

  /** Returns who has looked through a month, and whether that is enough: somebody who is not in it, or two persons. */
  async reviewsOf(month: string): Promise<{ items: AccessReview[]; isReviewed: boolean }> {
    const items = await this.database
      .repository(AccessReview)
      .find({ where: { month }, order: { id: 'ASC' } });
    return { items, isReviewed: items.length > 1 || items.some(({ isInIt }) => !isInIt) };
  }

  /** Lists the months of the last year that have accesses and no sufficient review, the oldest first. */
  async unreviewed(now = new Date()): Promise<string[]> {
    const { timeZone } = (await this.settings.calendar()).setting;
    const rows = await this.database.rows<{ month: string }>(
      `SELECT to_char(m, 'YYYY-MM') AS month
       FROM (SELECT date_trunc('month', $3::timestamptz AT TIME ZONE $1 - make_interval(days => $2)) AS this) now,
         generate_series(this - interval '12 months', this - interval '1 month', interval '1 month') m
       WHERE EXISTS (SELECT FROM access_entry e
           WHERE e.at >= m AT TIME ZONE $1 AND e.at < (m + interval '1 month') AT TIME ZONE $1)
         AND NOT (SELECT count(*) > 1 OR coalesce(bool_or(NOT r.is_in_it), false) FROM access_review r
           WHERE r.month = to_char(m, 'YYYY-MM')) ORDER BY 1`,
      [timeZone, daysToReview, now],
    );
    return rows.map(({ month }) => month);
  }

  /** Signs a month off. Throws while it is not over, and for whoever has done it already. */
  async review(caller: Caller, { month, note }: AccessReviewBody): Promise<void> {
    if (month >= (await this.monthBack(0))) throw accessProblems.error('month-not-over');
    const actor = actorOf(caller);
    const isInIt = (await this.figures(month)).some((one) => one.actor === actor);
    const review = { id: newId(), month, actor, isInIt, note };
    await this.database
      .inTransaction(async () => {
        await this.database.insert(AccessReview, [review]);
        await this.journal.leaves([{ kind: 'accesses-reviewed', subjectId: review.id, body: review }]);
      })
      .catch((error: unknown) => {
        throw isTaken(error, 'access_review_once') ? accessProblems.error('month-reviewed') : error;
      });
  }

  private async peopleOf(entries: AccessEntry[]): Promise<Map<string, SeenPerson>> {
    const ids = entries.flatMap(({ subject, subjectIds }) => (subject === 'contact' ? subjectIds : []));
    const rows = await this.database.rows<{
      id: string;
      contractId: string;
      reference: string;
      nameSealed: Buffer | null;
      phoneSealed: Buffer | null;
    }>(
      `SELECT p.id, p.contract_id, c.reference, p.name_sealed, p.phone_sealed
       FROM contact p JOIN contract c ON c.id = p.contract_id WHERE p.id = ANY($1)`,
      [[...new Set(ids)]],
    );
    return new Map(
      rows.map(({ id, contractId, reference, ...sealed }) => {
        const [name, number] = [
          this.parties.maskedNameOf({ id, ...sealed }),
          this.parties.maskedNumberOf({ id, ...sealed }),
        ];
        return [id, { id, contractId, reference, name, number }];
      }),
    );
  }
}

function within(calendar: Calendar, month: string): Conditions {
  const { from, until } = momentsOfMonth(calendar, month);
  const where = new Conditions();
  where.compare('e.at >=', from);
  where.compare('e.at <', until);
  return where;
}
