import { Injectable } from '@nestjs/common';
import type { Contract } from '../../core/contracts/contract.entity.js';
import type { Milestone } from '../../core/planning/planning.entities.js';
import { Providers } from '../../core/providers/providers.module.js';
import { BrakesService } from '../../core/sending/brakes.service.js';
import { kinds, type Plan } from '../../core/settings/plan.schema.js';
import { SettingsService } from '../../core/settings/settings.service.js';
import { locales } from '../../core/texts/variables.service.js';
import { chooseTemplate, templateKey } from '../../core/texts/template-placement.js';
import { TemplatesService } from '../../core/texts/templates.service.js';
import { Conditions } from '../../platform/database/conditions.js';
import { Database } from '../../platform/database/database.js';
import { exactMoment, momentOfCursor, type Page, pageFrom } from '../../platform/paging.js';
import type { CellKey, Counted } from './coverage-figures.js';
import type { CoveredMilestonesQuery, Dimension } from './coverage.schema.js';
import { type Outcome, type Reason, reasons } from './coverage.words.js';

/** CoverageFilters say which milestones are asked for; days are in the agency's zone. */
export interface CoverageFilters extends Pick<CoveredMilestonesQuery, 'from' | 'to' | 'kind' | 'officerId'> {
  /** Null: all. */
  departments: string[] | null;
}

type PageWanted = Pick<CoveredMilestonesQuery, 'outcome' | 'reason' | 'only' | 'cursor' | 'limit'>;

/** When it is, by the service clock, and where. */
export type Moment = Awaited<ReturnType<SettingsService['moment']>>;

export interface CoveredRow
  extends
    Pick<
      Contract,
      'reference' | 'title' | 'kind' | 'departmentId' | 'officerId' | 'planName' | 'planVersion'
    >,
    Pick<Milestone, 'id' | 'contractId' | 'code' | 'occurrence'> {
  at: Date;
  /** As the database orders by it: UTC, to the microsecond. */
  exactly: string;
  outcome: Outcome | 'to-come';
  reason: Reason | null;
  neutral: boolean;
  parties: number | null;
  untold: number | null;
}

/** PausedNow is what stands still now. A `placement` is `locale/kind/milestone`, with `.neutral` after it for that wording. */
interface PausedNow {
  everything: boolean;
  departments: string[];
  placements: string[];
  templates: string[];
  /** Each `sender/country`. */
  routes: string[];
  sender: string;
}

/** As the model's SQL counts reasons: from 1, in the order of precedence. */
const rankOf = (reason: Reason): number => reasons.indexOf(reason) + 1;

const columnOf: Record<Dimension, string> = {
  department: 'department_id',
  kind: 'kind',
  officer: 'officer_id',
  month: 'month',
};

/** CoverageQuery counts and lists milestones that call for an alert, by one statement each. */
@Injectable()
export class CoverageQuery {
  constructor(
    private readonly database: Database,
    private readonly settings: SettingsService,
    private readonly providers: Providers,
    private readonly brakes: BrakesService,
    private readonly templates: TemplatesService,
  ) {}

  async counted(filters: CoverageFilters, groupBy: Dimension[], moment: Moment): Promise<Counted[]> {
    const { sql, parameters } = coverageModel(filters, await this.pausedNow(), moment);
    const columns = groupBy.map((dimension) => `${columnOf[dimension]} AS "${dimension}"`);
    const rows = await this.database.rows<Omit<Counted, 'key'> & CellKey>(
      `${sql} SELECT ${[...columns, 'outcome', 'reason'].join(', ')}, count(*)::int AS count,
          count(*) FILTER (WHERE neutral)::int AS neutral
        FROM coverage GROUP BY ${[...groupBy.map((one) => columnOf[one]), 'outcome', 'reason'].join(', ')}`,
      parameters,
    );
    return rows.map(({ outcome, reason, count, neutral, ...key }) => ({
      key,
      outcome,
      reason,
      count,
      neutral,
    }));
  }

  /** Lists milestones in the order in which they called for an alert. */
  async listed(filters: CoverageFilters, wanted: PageWanted, moment: Moment): Promise<Page<CoveredRow>> {
    const { sql, parameters } = coverageModel(filters, await this.pausedNow(), moment);
    const where = new Conditions(parameters);
    where.compare('outcome =', wanted.outcome);
    where.compare('reason =', wanted.reason);
    if (wanted.only === 'neutral') where.add('neutral');
    where.addBehind(momentOfCursor(wanted.cursor), { value: 'at', type: 'timestamptz', id: 'id' });
    const rows = await this.database.rows<CoveredRow>(
      `${sql} SELECT id, contract_id, code, occurrence, department_id, officer_id, kind, reference, title,
          plan_name, plan_version, at, ${exactMoment('at')} AS exactly, outcome, reason, neutral, parties, untold
        FROM coverage WHERE ${where.sql} ORDER BY at, id LIMIT ${wanted.limit + 1}`,
      parameters,
    );
    return pageFrom(rows, wanted.limit, (row) => row.exactly);
  }

  /** Reads what stands still, in terms that a statement can compare an alert with. */
  private async pausedNow(): Promise<PausedNow> {
    const { sender } = this.providers.forSending;
    const on = await this.brakes.brakesOn();
    return {
      everything: on.everything || on.instance || on.senders.has(sender),
      departments: on.departments,
      templates: [...on.templates],
      placements: on.templates.size > 0 ? await this.pausedPlacements(on.templates) : [],
      routes: [...on.routes],
      sender,
    };
  }

  /** An alert that is in no message yet has no template: returns those whose choice would fall on a braked one. */
  private async pausedPlacements(braked: ReadonlySet<string>): Promise<string[]> {
    const available = new Set((await this.templates.versions()).map((version) => version.key));
    const { value: agency } = await this.settings.agency();
    const plans = (await this.settings.versions('plan')) as { value: Plan }[];
    const codes = new Set(plans.flatMap(({ value }) => value.milestones.map(({ code }) => code)));
    const wordings = ['milestone', 'neutral'] as const;
    return [...codes]
      .flatMap((milestone) => kinds.map((kind) => ({ kind, milestone })))
      .flatMap((place) => wordings.map((wording) => ({ ...place, wording })))
      .flatMap((place) => locales.map((locale) => ({ ...place, locale })))
      .filter((placement) => {
        const chosen = chooseTemplate(available, placement, agency.locale);
        return chosen !== null && braked.has(chosen);
      })
      .map(templateKey);
  }
}

/**
 * The read model: one row for a milestone that calls for an alert, with its time, outcome and reason, as docs/coverage.md
 * defines them. It opens a WITH of which `coverage` is the last table; its parameters are `parameters`.
 */
function coverageModel(
  filters: CoverageFilters,
  paused: PausedNow,
  { now, timeZone }: Moment,
): { sql: string; parameters: unknown[] } {
  const parameters: unknown[] = [];
  const place = (value: unknown, type: string) => `$${parameters.push(value)}::${type}`;
  const at = { now: place(now, 'timestamptz'), zone: place(timeZone, 'text') };
  return {
    sql: `WITH required AS (
        SELECT s.name, s.version, x ->> 'code' AS code
        FROM setting s CROSS JOIN LATERAL jsonb_array_elements(s.value -> 'milestones') x
        WHERE starts_with(s.name, 'plan:') AND NOT coalesce((x ->> 'optional')::boolean, false)
      ), called AS MATERIALIZED (${calledSql(filters, at, place)}),
      parties AS (${partiesSql(at.now, pausedSql(paused, place))}),
      told AS (
        SELECT id, min(level) AS least, max(level) AS most, min(rank) FILTER (WHERE level = 0) AS rank,
               bool_or(neutral) AS neutral, count(party)::int AS parties,
               count(party) FILTER (WHERE level = 0)::int AS untold
        FROM parties GROUP BY id
      ), coverage AS (
        SELECT c.*, t.parties, t.untold,
               CASE WHEN t.id IS NULL THEN 'to-come' WHEN t.least = 2 THEN 'delivered' WHEN t.least = 1 THEN 'alerted'
                    WHEN t.most > 0 THEN 'partly' ELSE 'missed' END AS outcome,
               (${place(reasons, 'text[]')})[t.rank] AS reason, coalesce(t.neutral, false) AS neutral
        FROM called c LEFT JOIN told t ON t.id = c.id
      )`,
    parameters,
  };
}

type Place = (value: unknown, type: string) => string;

/**
 * Selects the milestones that call for an alert. What was sent or missed is a fact, and keeps a milestone in the table whatever happens to its dates. */
function calledSql(filters: CoverageFilters, { now, zone }: { now: string; zone: string }, place: Place) {
  const day = `(w.at AT TIME ZONE ${zone})::date`;
  const conditions = [
    `c.state <> 'draft'`,
    'w.at IS NOT NULL',
    `(fact.at IS NOT NULL OR (
        (d.go_live_on IS NULL OR ${day} >= d.go_live_on OR EXISTS (
          SELECT FROM alert a WHERE a.milestone_id = m.id AND a.status IN ('planned', 'held')))
        AND NOT (c.state = 'terminated' AND m.occurred_on IS NULL AND ${day} > c.terminated_on
                 AND coalesce(m.date, m.expected_by) > c.terminated_on)))`,
  ];
  if (filters.departments) conditions.push(`c.department_id = ANY(${place(filters.departments, 'uuid[]')})`);
  if (filters.kind) conditions.push(`c.kind = ${place(filters.kind, 'text')}`);
  if (filters.officerId === 'none') conditions.push('c.officer_id IS NULL');
  else if (filters.officerId) conditions.push(`c.officer_id = ${place(filters.officerId, 'uuid')}`);
  if (filters.from) conditions.push(`${day} >= ${place(filters.from, 'date')}`);
  if (filters.to) conditions.push(`${day} <= ${place(filters.to, 'date')}`);
  return `SELECT m.id, m.contract_id, m.code, m.occurrence, m.wording, c.department_id, c.kind, c.officer_id, c.reference,
            c.title, c.plan_name, c.plan_version, w.at, ${day} AS day, to_char(${day}, 'YYYY-MM') AS month
          FROM contract c JOIN department d ON d.id = c.department_id JOIN milestone m ON m.contract_id = c.id
            JOIN required r ON r.name = c.plan_name AND r.version = c.plan_version AND r.code = m.code
            LEFT JOIN LATERAL (
              SELECT min(a.due_at) AS at FROM alert a
              WHERE a.milestone_id = m.id AND a.status IN ('messaged', 'missed') AND a.due_at <= ${now}
            ) fact ON true
            CROSS JOIN LATERAL (
              SELECT CASE WHEN m.due_at <= ${now} THEN m.due_at ELSE coalesce(fact.at, m.due_at) END AS at) w
          WHERE ${conditions.join(' AND ')}`;
}

/**
 * How far each counterparty was notified (0 not, 1 accepted, 2 delivered) and, if not, why. `own` is the alert of a contact,
 * `a` the one that was sent for it: another contact's, when both have the same number.
 */
function partiesSql(now: string, paused: PausedSql): string {
  const live = 't.removed_at IS NULL';
  return `SELECT k.id, p.id AS party,
      coalesce(max(CASE g.status WHEN 'delivered' THEN 2 WHEN 'accepted' THEN 1 WHEN 'sent' THEN 1
                                 WHEN 'unconfirmed' THEN 1 END), 0) AS level,
      coalesce(bool_or(a.wording = 'neutral') FILTER (
        WHERE g.status IN ('delivered', 'accepted', 'sent', 'unconfirmed')), false) AS neutral,
      CASE WHEN count(t.id) FILTER (WHERE ${live}) = 0 THEN ${rankOf('no-contact')}
           WHEN count(t.phone_index) FILTER (WHERE ${live}) = 0 THEN ${rankOf('no-number')}
           ELSE coalesce(min(${rankSql(paused)}) FILTER (WHERE ${live}), ${rankOf('withdrawn')}) END AS rank
    FROM called k LEFT JOIN counterparty p ON p.contract_id = k.contract_id
      LEFT JOIN contact t ON t.contract_id = k.contract_id AND t.counterparty_id = p.id
      LEFT JOIN alert own ON own.milestone_id = k.id AND own.contact_id = t.id
      LEFT JOIN alert a ON a.milestone_id = k.id
        AND CASE WHEN own.status = 'covered' THEN a.number_index = own.number_index AND a.status <> 'covered'
                 ELSE a.id = own.id END
      LEFT JOIN message g ON g.id = a.message_id LEFT JOIN template_version v ON v.id = g.template_version_id
    WHERE k.at <= ${now} GROUP BY k.id, p.id`;
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
                            WHEN k.wording = 'neutral' THEN ${rankOf('unrecorded')}
                            WHEN a.reason = 'number-added-late' THEN ${rankOf('number-added-late')}
                            WHEN a.reason = 'contact-added-late' OR ${addedLate} THEN ${rankOf('contact-added-late')}
                            ELSE ${rankOf('registered-late')} END
    WHEN 'planned' THEN CASE WHEN ${paused.alert} THEN ${rankOf('paused')} ELSE ${rankOf('waiting')} END
    WHEN 'cancelled' THEN ${rankOf('withdrawn')}
    WHEN 'history' THEN ${rankOf('withdrawn')} END`;
}

function pausedSql(paused: PausedNow, place: Place): PausedSql {
  if (paused.everything) return { alert: 'true', message: 'true' };
  const departments = `a.department_id = ANY(${place(paused.departments, 'uuid[]')})`;
  const routes = place(paused.routes, 'text[]');
  const placement = `t.locale || '/' || k.kind || '/' || k.code || CASE a.wording WHEN 'neutral' THEN '.neutral' ELSE '' END`;
  return {
    alert: `(${departments} OR ${placement} = ANY(${place(paused.placements, 'text[]')})
      OR ${place(paused.sender, 'text')} || '/' || coalesce(t.phone_country, '') = ANY(${routes}))`,
    message: `(${departments} OR v.key = ANY(${place(paused.templates, 'text[]')})
      OR g.sender || '/' || coalesce(g.country, '') = ANY(${routes}))`,
  };
}
