import { Injectable } from '@nestjs/common';
import { anchorsOfPeriod } from '../../core/contracts/lifecycle.js';
import { isTaken } from '../../core/sending/sending.entities.js';
import { BrakesService } from '../../core/sending/brakes.service.js';
import { Routing } from '../../core/sending/routing.js';
import { kinds, type Plan } from '../../core/settings/plan.schema.js';
import { SettingsService } from '../../core/settings/settings.service.js';
import { templateKey } from '../../core/texts/template-placement.js';
import { TemplatesService } from '../../core/texts/templates.service.js';
import { locales } from '../../core/texts/variables.service.js';
import { ServiceClock } from '../../platform/clock/service-clock.js';
import { Database } from '../../platform/database/database.js';
import { type Moment, type Tally, TallyService } from '../../core/tally/tally.service.js';
import { type Reason, reasons } from './coverage.words.js';

/** PausedNow is what stands still now. A `placement` is `locale/kind/milestone`, with `.neutral` after it for that wording. */
interface PausedNow {
  everything: boolean;
  departments: string[];
  placements: string[];
  templates: string[];
  /** Each `sender/country`. */
  routes: string[];
  senders: string[];
  /** The countries to which no provider may send what is not frozen yet, of those that `known` names; `elsewhere` is for all others. */
  countries: { known: string[]; paused: string[]; elsewhere: boolean };
}

/** PausedSending reads what stands still, in terms that a statement can compare an alert with. */
@Injectable()
export class PausedSending {
  constructor(
    private readonly settings: SettingsService,
    private readonly routing: Routing,
    private readonly brakes: BrakesService,
    private readonly templates: TemplatesService,
  ) {}

  async pausedNow(): Promise<PausedNow> {
    const on = await this.brakes.brakesOn();
    const countries = (await this.routing.routesNow(on)).braked();
    return {
      everything: on.everything || on.instance,
      departments: [...on.departments].sort(),
      templates: [...on.templates].sort(),
      placements: on.templates.size > 0 ? await this.pausedPlacements(on.templates) : [],
      routes: [...on.routes].sort(),
      senders: [...on.senders].sort(),
      countries,
    };
  }

  /** An alert that is in no message yet has no template: returns those whose choice would fall on a braked one. */
  private async pausedPlacements(braked: ReadonlySet<string>): Promise<string[]> {
    const inForce = await this.templates.inForce();
    const plans = (await this.settings.versions('plan')) as { value: Plan }[];
    const codes = new Set(plans.flatMap(({ value }) => value.milestones.map(({ code }) => code)));
    const wordings = ['milestone', 'neutral'] as const;
    return [...codes]
      .flatMap((milestone) => kinds.map((kind) => ({ kind, milestone })))
      .flatMap((place) => wordings.map((wording) => ({ ...place, wording })))
      .flatMap((place) => locales.map((locale) => ({ ...place, locale })))
      .filter((placement) => inForce.serves(placement) && braked.has(inForce.choose(placement).key))
      .map(templateKey);
  }
}

/** As the model's SQL counts reasons: from 1, in the order of precedence. */
const rankOf = (reason: Reason): number => reasons.indexOf(reason) + 1;

/** The columns by which milestones are counted, beside their day. */
const counted = 'department_id, kind, officer_id, outcome, reason';

const kept = `id, contract_id, at, day, neutral, parties, untold, waits, changes_at, ${counted}`;

/** CoverageTally keeps what became of each milestone that calls for an alert, and how many there are of each day and month. */
@Injectable()
export class CoverageTally implements Tally {
  constructor(
    private readonly database: Database,
    tallies: TallyService,
    private readonly clock: ServiceClock,
    private readonly paused: PausedSending,
  ) {
    tallies.keep(this);
  }

  /** Marks what fell due, what a brake was pulled or released for, and everything when the days became others. */
  async markBeside({ now, timeZone }: Moment): Promise<void> {
    const paused = JSON.stringify(await this.paused.pausedNow());
    const [basis] = await this.database.rows<{ sameDays: boolean; samePause: boolean; isDue: boolean }>(
      `SELECT time_zone = $2 AND NOT ($4 AND $1::timestamptz < counted_to) AS same_days, paused = $3::jsonb AS same_pause,
         EXISTS (SELECT FROM coverage_milestone WHERE changes_at <= $1) AS is_due
       FROM coverage_basis`,
      // Other processes' clocks may be behind; only the sandbox's is put back.
      [now, timeZone, paused, this.clock.movable],
    );
    if (basis?.isDue) await this.mark(`coverage_milestone WHERE changes_at <= $1`, [now]);
    if (basis?.sameDays && basis.samePause) return;
    if (basis && !basis.samePause) await this.mark('coverage_milestone WHERE waits');
    if (basis && !basis.sameDays) await this.mark('contract');
    await this.database.run(
      `INSERT INTO coverage_basis (counted_to, time_zone, paused) VALUES ($1, $2, $3)
       ON CONFLICT (singleton) DO UPDATE SET counted_to = $1, time_zone = $2, paused = $3`,
      [now, timeZone, paused],
    );
  }

  async countAgain(marked: string[], { now }: Moment): Promise<void> {
    await this.database.run(`UPDATE coverage_basis SET counted_to = greatest(counted_to, $1)`, [now]);
    const parameters: unknown[] = [marked];
    const place: Place = (value, type) => `$${parameters.push(value)}::${type}`;
    const paused = pausedSql(await this.paused.pausedNow(), place);
    await this.database.run(
      `WITH basis AS MATERIALIZED (SELECT counted_to, time_zone FROM coverage_basis),
        -- Subqueries of their own look each row up by the indexes, whatever the planner believes of the tables.
        marked AS MATERIALIZED (
          SELECT m.* FROM (SELECT DISTINCT of_mark.id FROM unnest($1::uuid[]) AS mark (id) CROSS JOIN LATERAL (
              SELECT id FROM milestone WHERE milestone.id = mark.id
              UNION ALL SELECT id FROM milestone WHERE contract_id = mark.id
              UNION ALL SELECT milestone_id FROM alert WHERE message_id = mark.id OFFSET 0) AS of_mark) AS wanted
            CROSS JOIN LATERAL (SELECT * FROM milestone WHERE milestone.id = wanted.id OFFSET 0) AS m),
        ${coverageModel(paused, place)},
        old AS MATERIALIZED (SELECT ${kept} FROM coverage_milestone WHERE id IN (SELECT id FROM marked)),
        gone AS (DELETE FROM coverage_milestone
          WHERE id = ANY(ARRAY(SELECT id FROM old EXCEPT SELECT id FROM coverage))),
        written AS (INSERT INTO coverage_milestone (${kept}) SELECT ${kept} FROM coverage EXCEPT SELECT ${kept} FROM old
          ON CONFLICT (id) DO UPDATE SET (${kept}) = ROW(${kept.replace(/\w+/g, 'excluded.$&')})),
        difference AS (
          SELECT day, ${counted}, sum(n)::int AS count, sum(n) FILTER (WHERE neutral)::int AS neutral
          FROM (SELECT 1 AS n, day, neutral, ${counted} FROM coverage
                UNION ALL SELECT -1, day, neutral, ${counted} FROM old) d
          GROUP BY day, ${counted} HAVING sum(n) <> 0 OR sum(n) FILTER (WHERE neutral) <> 0)
       INSERT INTO coverage_count AS k (whole_month, day, ${counted}, count, neutral)
         SELECT false, day, ${counted}, count, coalesce(neutral, 0) FROM difference
         UNION ALL SELECT true, date_trunc('month', day::timestamp)::date AS month, ${counted}, sum(count), coalesce(sum(neutral), 0)
           FROM difference GROUP BY month, ${counted}
       ON CONFLICT (whole_month, day, ${counted}) DO UPDATE
         SET count = k.count + excluded.count, neutral = k.neutral + excluded.neutral`,
      parameters,
    );
    await this.database.run(`DELETE FROM coverage_count WHERE count = 0`);
  }

  private mark(rows: string, parameters: unknown[] = []): Promise<number> {
    return this.database.run(`INSERT INTO tally_mark SELECT id FROM ${rows}`, parameters);
  }
}

/**
 * Writes the tables of a WITH of which `coverage` is the last: one row for a marked milestone that calls for an alert, with its
 * time, outcome and reason, as docs/coverage.md defines them.
 */
function coverageModel(paused: PausedSql, place: Place): string {
  return `required AS MATERIALIZED (
      SELECT s.name, s.version, x ->> 'code' AS code,
        ARRAY[x -> 'anchor' ->> 'type', x #>> '{anchor,else,type}', x #>> '{expectedBy,anchor,type}']
          && ${place(anchorsOfPeriod, 'text[]')} AS by_period
      FROM setting s CROSS JOIN LATERAL jsonb_array_elements(s.value -> 'milestones') x
      WHERE starts_with(s.name, 'plan:') AND NOT coalesce((x ->> 'optional')::boolean, false)
    ), called AS MATERIALIZED (${calledSql}),
    coverage AS MATERIALIZED (
      SELECT k.*, t.parties, t.untold,
             CASE WHEN t.least IS NULL THEN 'to-come' WHEN t.least = 2 THEN 'delivered' WHEN t.least = 1 THEN 'alerted'
                  WHEN t.most > 0 THEN 'partly' ELSE 'missed' END AS outcome,
             (${place(reasons, 'text[]')})[t.rank] AS reason, coalesce(t.neutral, false) AS neutral,
             coalesce(t.waits, false) AS waits
      -- Looked up for each: joined as a whole, it would be reckoned again for each where the planner takes them for few.
      FROM called k LEFT JOIN LATERAL (
        SELECT min(level) AS least, max(level) AS most, min(rank) FILTER (WHERE level = 0) AS rank,
               bool_or(neutral) AS neutral, count(party)::int AS parties,
               count(party) FILTER (WHERE level = 0)::int AS untold, bool_or(waits) AS waits
        FROM (${partiesSql(paused)}) AS parties
      ) t ON k.at <= ${now}
    )`;
}

type Place = (value: unknown, type: string) => string;

/** The service's time, and the zone in which a day is one. */
const now = `(SELECT counted_to FROM basis)`;
const day = `(w.at AT TIME ZONE (SELECT time_zone FROM basis))::date`;

/** What had fallen due when its contract was registered, and that before the department went live, was before the service. */
const isHistory = `EXISTS (SELECT FROM change h WHERE h.contract_id = c.id AND h.what = 'registered' AND h.at >= w.at
  AND (h.at AT TIME ZONE (SELECT time_zone FROM basis))::date < d.go_live_on)`;

/**
 * Selects the milestones that call for an alert. What was sent or missed is a fact, and keeps a milestone in the table
 * whatever happens to its dates. One that has no day, because its contract has no start or no end, calls for one from the
 * signing on.
 */
const calledSql = `SELECT m.id, m.contract_id, m.code, m.wording = 'neutral' AND m.occurred_on IS NULL AS unrecorded,
      fact.at IS NULL AND m.due_at IS NULL AS undated, c.department_id, c.kind, c.officer_id, w.at, ${day} AS day,
      least(CASE WHEN coalesce(m.due_at, w.at) > ${now} THEN coalesce(m.due_at, w.at) END, fact.next) AS changes_at
    FROM marked m CROSS JOIN LATERAL (SELECT * FROM contract WHERE contract.id = m.contract_id OFFSET 0) AS c
      JOIN department d ON d.id = c.department_id
      JOIN required r ON r.name = c.plan_name AND r.version = c.plan_version AND r.code = m.code
      LEFT JOIN LATERAL (
        SELECT min(a.due_at) FILTER (WHERE a.due_at <= ${now}) AS at, min(a.due_at) FILTER (WHERE a.due_at > ${now}) AS next
        FROM alert a WHERE a.milestone_id = m.id AND a.status IN ('messaged', 'missed')
      ) fact ON true
      CROSS JOIN LATERAL (
        SELECT CASE WHEN m.due_at <= ${now} THEN m.due_at ELSE coalesce(fact.at, m.due_at, CASE
          WHEN r.by_period AND NOT m.withdrawn AND c.state <> 'terminated' AND (c.starts_on IS NULL OR c.ends_on IS NULL)
          THEN greatest(c.signed_on, d.go_live_on)::timestamp AT TIME ZONE (SELECT time_zone FROM basis) END) END AS at) w
    WHERE c.state <> 'draft' AND w.at IS NOT NULL AND (fact.at IS NOT NULL OR (
        (d.go_live_on IS NULL OR ${day} >= d.go_live_on OR NOT ${isHistory} OR EXISTS (
          SELECT FROM alert a WHERE a.milestone_id = m.id AND a.status IN ('planned', 'held')))
        AND NOT (c.state = 'terminated' AND m.occurred_on IS NULL AND ${day} > c.terminated_on
                 AND coalesce(m.date, m.expected_by) > c.terminated_on)))`;

/**
 * Returns SQL for how far each counterparty of the milestone `k` was notified (0 not, 1 accepted, 2 delivered) and, if not, why. `own`
 * is the alert of a contact, `a` the one that was sent for it: another contact's, when both have the same number.
 */
function partiesSql(paused: PausedSql): string {
  const live = 't.removed_at IS NULL';
  return `SELECT p.id AS party,
      coalesce(max(CASE g.status WHEN 'delivered' THEN 2 WHEN 'accepted' THEN 1 WHEN 'sent' THEN 1
                                 WHEN 'unconfirmed' THEN 1 END), 0) AS level,
      coalesce(bool_or(a.wording = 'neutral') FILTER (
        WHERE ${isTaken('g')}), false) AS neutral,
      bool_or(a.status = 'planned' OR g.status IN ('sending', 'waiting')) AS waits,
      CASE WHEN k.undated THEN ${rankOf('no-dates')}
           WHEN count(t.id) FILTER (WHERE ${live}) = 0 THEN ${rankOf('no-contact')}
           WHEN count(*) FILTER (WHERE ${live} AND (t.phone_index IS NOT NULL OR t.salt IS NULL)) = 0 THEN ${rankOf('no-number')}
           ELSE coalesce(min(${rankSql(paused)}) FILTER (WHERE ${live}), ${rankOf('withdrawn')}) END AS rank
    FROM (SELECT) AS one LEFT JOIN counterparty p ON p.contract_id = k.contract_id
      LEFT JOIN contact t ON t.contract_id = k.contract_id AND t.counterparty_id = p.id
      LEFT JOIN alert own ON own.milestone_id = k.id AND own.contact_id = t.id
      LEFT JOIN alert a ON a.milestone_id = k.id
        AND CASE WHEN own.status = 'covered' THEN a.number_index = own.number_index AND a.status <> 'covered'
                 ELSE a.id = own.id END
      LEFT JOIN LATERAL (SELECT * FROM message WHERE message.id = a.message_id OFFSET 0) AS g ON true
      LEFT JOIN template_version v ON v.id = g.template_version_id
    GROUP BY p.id`;
}

/** Planning does not know why it sees a contract's first contact late: the history tells the contact from the contract. */
const addedLate = `EXISTS (
  SELECT FROM change h JOIN change r ON r.contract_id = h.contract_id AND r.what = 'registered' AND r.at <= k.at
  WHERE h.contract_id = k.contract_id AND h.subject_id = t.id::text AND h.what = 'contact-added' AND h.at > k.at)`;

interface PausedSql {
  alert: string;
  message: string;
}

/** Ranks why the alert of a contact did not go out, when the contact or another one of the counterparty has a number. */
function rankSql(paused: PausedSql): string {
  return `CASE a.status
    WHEN 'held' THEN CASE a.reason WHEN 'no-number' THEN NULL WHEN 'suppressed' THEN ${rankOf('suppressed')}
                                   WHEN 'suspended' THEN ${rankOf('suspended')} ELSE ${rankOf('held')} END
    WHEN 'messaged' THEN CASE WHEN g.status = 'failed' THEN ${rankOf('failed')} WHEN g.status = 'held' THEN ${rankOf('held')}
                              WHEN ${paused.message} THEN ${rankOf('paused')} ELSE ${rankOf('waiting')} END
    WHEN 'missed' THEN CASE WHEN a.reason = 'suspended-too-long' THEN ${rankOf('suspended')}
                            WHEN a.reason = 'rehearsal' THEN ${rankOf('rehearsal')}
                            WHEN k.unrecorded THEN ${rankOf('unrecorded')}
                            WHEN a.reason = 'number-added-late' THEN ${rankOf('number-added-late')}
                            WHEN a.reason = 'contact-added-late' OR ${addedLate} THEN ${rankOf('contact-added-late')}
                            ELSE ${rankOf('registered-late')} END
    WHEN 'planned' THEN CASE WHEN ${paused.alert} THEN ${rankOf('paused')} ELSE ${rankOf('waiting')} END
    WHEN 'cancelled' THEN ${rankOf('withdrawn')}
    WHEN 'history' THEN ${rankOf('department-not-live')} END`;
}

function pausedSql(paused: PausedNow, place: Place): PausedSql {
  if (paused.everything) return { alert: 'true', message: 'true' };
  const departments = `a.department_id = ANY(${place(paused.departments, 'uuid[]')})`;
  const routes = place(paused.routes, 'text[]');
  const { known, paused: stopped, elsewhere } = paused.countries;
  const placement = `t.locale || '/' || k.kind || '/' || k.code || CASE a.wording WHEN 'neutral' THEN '.neutral' ELSE '' END`;
  return {
    alert: `(${departments} OR ${placement} = ANY(${place(paused.placements, 'text[]')})
      OR CASE WHEN coalesce(t.phone_country, '') = ANY(${place(known, 'text[]')})
        THEN coalesce(t.phone_country, '') = ANY(${place(stopped, 'text[]')}) ELSE ${elsewhere} END)`,
    message: `(${departments} OR v.key = ANY(${place(paused.templates, 'text[]')})
      OR g.sender = ANY(${place(paused.senders, 'text[]')})
      OR g.sender || '/' || coalesce(g.country, '') = ANY(${routes}))`,
  };
}
