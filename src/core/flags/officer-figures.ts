import { Injectable } from '@nestjs/common';
import { Database } from '../../platform/database/database.js';
import { groupedBy } from '../../platform/grouped-by.js';
import type { LocalDate } from '../calendar/calendar.schema.js';
import { addDays, addMonths } from '../calendar/local-date.js';
import { Labels } from '../departments/labels.js';
import type { FlagKind } from '../planning/flag.entity.js';
import { SettingsService } from '../settings/settings.service.js';
import type { Measure, OfficerFiguresPage, OfficerFiguresQuery } from './flags.schema.js';
import { measures } from './flags.schema.js';
import { officerFigureProblems } from './officer-figures.words.js';
import { medianOf, type OfMeasure, outliersAmong } from './outliers.js';

/** So many officers are listed, outliers first. */
const mostListed = 1_000;
const longestMonths = 60;

interface Counted extends OfMeasure {
  officerId: string;
  measure: Measure;
}

const beforeAlerts: FlagKind[] = ['changed-before-alert', 'number-swapped', 'new-number'];
const recordedLate: FlagKind[] = ['late', 'registered-late'];

/**
 * OfficerFigures counts by officer what is innocent each time, so that an officer who does it far more often than the others shows.
 * A contract counts once for each measure, and everything belongs to the officer whom the contract named when it happened: a flag
 * to the flag's own, a registration to the first whom the history names, a value that was changed later to the one of then, a text that failed for good to the one of the moment
 * when it was written, and a contact that is given English to the one of that moment. Giving the contract to somebody else
 * afterwards moves nothing. What a contract that names nobody has is counted for nobody.
 */
@Injectable()
export class OfficerFigures {
  constructor(
    private readonly database: Database,
    private readonly settings: SettingsService,
    private readonly labels: Labels,
  ) {}

  /** Returns the figures of days, both included: the last twelve months where none are given. Throws `period-unfit`. */
  async figures(query: OfficerFiguresQuery): Promise<OfficerFiguresPage> {
    const to = query.to ?? (await this.settings.today());
    const from = query.from ?? addDays(addMonths(to, -12), 1);
    if (from > to || to >= addMonths(from, longestMonths)) throw officerFigureProblems.error('period-unfit');
    const counted = await this.count(from, to);
    const byMeasure = measures.map((measure) => counted.filter((one) => one.measure === measure));
    const outliers = new Set(byMeasure.flatMap((all) => [...outliersAmong(all)]));
    const items = await this.rowsOf(counted, outliers);
    return {
      from,
      to,
      total: items.length,
      items: items.slice(0, mostListed),
      medians: measures.map((measure, index) => ({ measure, share: medianOf(byMeasure[index] ?? []) })),
    };
  }

  private async rowsOf(counted: Counted[], outliers: Set<Counted>): Promise<OfficerFiguresPage['items']> {
    const byOfficer = groupedBy(counted, ({ officerId }) => officerId);
    const names = await this.labels.officers([...byOfficer.keys()]);
    const rows = [...byOfficer].map(([id, own]) => ({
      officer: names.get(id) ?? { id, name: '' },
      isOutlier: own.some((one) => outliers.has(one)),
      measures: measures.map((measure) => {
        const one = own.find((figure) => figure.measure === measure);
        const { count, base } = one ?? { count: 0, base: 0 };
        return {
          measure,
          count,
          base,
          share: base === 0 ? null : count / base,
          isOutlier: one !== undefined && outliers.has(one),
        };
      }),
    }));
    return rows.toSorted(
      (one, other) =>
        Number(other.isOutlier) - Number(one.isOutlier) ||
        one.officer.name.localeCompare(other.officer.name, 'ko') ||
        (one.officer.id < other.officer.id ? -1 : 1),
    );
  }

  /**
   * Counts by officer and measure. A contract is had by whoever it named on a day of the period on which it was registered and
   * neither completed nor terminated. The thresholds of plans are those in force when the contract was registered. Contracts that
   * were never handed over, nearly all of a large agency's, are counted by officer without a list of who had which: that list took half of the time.
   */
  private async count(from: LocalDate, to: LocalDate): Promise<Counted[]> {
    const calendar = await this.settings.calendar();
    return this.database.rows<Counted>(
      `WITH registered AS MATERIALIZED (SELECT h.contract_id, h.at FROM change h WHERE ${isRegistration} AND h.at < $2),
       handed AS MATERIALIZED (
         SELECT h.contract_id, (h.before ->> 'officerId')::uuid AS officer_id, h.at AS until,
                lag(h.at, 1, '-infinity') OVER (PARTITION BY h.contract_id ORDER BY h.id) AS since,
                lead(h.at) OVER (PARTITION BY h.contract_id ORDER BY h.id) IS NULL AS is_last
         FROM change h WHERE h.subject = 'contract' AND h.before ? 'officerId' AND h.contract_id IS NOT NULL),
       passed_on AS MATERIALIZED (
         SELECT contract_id, officer_id, since, until FROM handed
         UNION ALL SELECT c.id, c.officer_id, t.until, 'infinity' FROM handed t JOIN contract c ON c.id = t.contract_id WHERE t.is_last),
       passed_on_had AS MATERIALIZED (
         SELECT t.officer_id, t.contract_id, t.since, h.at, ${isUnderWay} AND t.since < $2 AND t.until > greatest($1, h.at) AS is_had
         FROM passed_on t JOIN contract c ON c.id = t.contract_id JOIN registered h ON h.contract_id = c.id),
       abroad AS MATERIALIZED (
         SELECT contract_id FROM counterparty GROUP BY contract_id HAVING bool_and(coalesce(country, $7) <> $7)),
       happened AS MATERIALIZED (
         SELECT 'wrong-number' AS measure, a.contract_id, m.service_time AS at, NULL::numeric AS of_threshold
         FROM message m JOIN alert a ON a.message_id = m.id
         WHERE m.status = 'failed' AND m.service_time >= $1 AND m.service_time < $2
         UNION ALL SELECT 'undated', h.contract_id, '-infinity', NULL
         FROM change h WHERE ${isRegistration} AND (h.after ->> 'startsOn' IS NULL OR h.after ->> 'endsOn' IS NULL)
           AND h.at >= $1 AND h.at < $2
         UNION ALL SELECT 'english', h.contract_id, '-infinity', NULL
         FROM change h CROSS JOIN LATERAL jsonb_array_elements(h.after -> 'contacts') x
         WHERE ${isRegistration} AND h.after @> '{"contacts": [{"locale": "en"}]}' AND h.at >= $1 AND h.at < $2
           AND x ->> 'locale' = 'en' AND ${isOfDomestic(`(x ->> 'id')::uuid`)}
         UNION ALL SELECT 'english', h.contract_id, h.at, NULL
         FROM change h
         WHERE h.subject = 'contact' AND h.after ->> 'locale' = 'en' AND h.before ->> 'locale' IS DISTINCT FROM 'en'
           AND h.at >= $1 AND h.at < $2 AND ${isOfDomestic('h.subject_id::uuid')}
         UNION ALL SELECT 'under-threshold', h.contract_id, '-infinity', ${ofThreshold}
         FROM (SELECT DISTINCT name, (value ->> 'fromAmount')::numeric AS amount FROM setting WHERE name LIKE 'plan:%:dense') d
           CROSS JOIN LATERAL (SELECT h.contract_id, h.after FROM change h
             WHERE ${isRegistration} AND h.at >= $1 AND h.at < $2 AND ${amount} BETWEEN d.amount * 0.9 AND d.amount * 1.1 OFFSET 0) h
           JOIN contract c ON c.id = h.contract_id AND d.name = 'plan:' || c.kind || ':dense'
         UNION ALL SELECT 'under-threshold', h.contract_id, h.at, ${ofThreshold}
         FROM change h JOIN contract c ON c.id = h.contract_id
         WHERE h.subject = 'contract' AND h.before ? 'amount' AND h.at >= $1 AND h.at < $2),
       placed AS MATERIALIZED (
         SELECT measure, officer_id, contract_id, of_threshold FROM (
           SELECT w.*, c.officer_id FROM happened w JOIN contract c ON c.id = w.contract_id WHERE ${wasKept}
           UNION ALL SELECT w.*, t.officer_id FROM happened w JOIN passed_on t USING (contract_id) WHERE t.since <= w.at AND w.at < t.until) p
         WHERE officer_id IS NOT NULL AND (measure <> 'under-threshold' OR of_threshold BETWEEN 0.9 AND 1.1)),
       fact AS MATERIALIZED (
         SELECT CASE WHEN f.kind = ANY($4) THEN 'contacts-before-alert' ELSE 'late' END AS measure, f.officer_id, f.contract_id
         FROM flag f WHERE f.kind = ANY($4 || $5) AND f.at >= $1 AND f.at < $2 AND f.officer_id IS NOT NULL
         UNION SELECT measure, officer_id, contract_id FROM placed WHERE of_threshold IS NULL OR of_threshold < 1),
       had AS (
         SELECT f.officer_id, f.contract_id FROM fact f JOIN contract c ON c.id = f.contract_id JOIN registered h ON h.contract_id = c.id
         WHERE ${isUnderWay} AND c.officer_id = f.officer_id AND ${wasKept}
         UNION SELECT officer_id, contract_id FROM passed_on_had WHERE is_had),
       counted AS (
         SELECT officer_id, measure, count(*) AS count, count(*) FILTER (WHERE measure = ANY($6)
             AND (h.contract_id IS NULL OR measure = 'english' AND a.contract_id IS NOT NULL)) AS beside
         FROM fact LEFT JOIN had h USING (officer_id, contract_id) LEFT JOIN abroad a USING (contract_id)
         GROUP BY officer_id, measure),
       of_officer AS MATERIALIZED (
         SELECT c.officer_id, count(*) FILTER (WHERE ${isUnderWay}) AS contracts,
           count(*) FILTER (WHERE ${isUnderWay} AND a.contract_id IS NULL) AS domestic, count(*) FILTER (WHERE h.at >= $1) AS registered
         FROM contract c JOIN registered h ON h.contract_id = c.id LEFT JOIN abroad a ON a.contract_id = c.id
         WHERE ${wasKept} GROUP BY c.officer_id
         UNION ALL SELECT officer_id, count(DISTINCT contract_id) FILTER (WHERE is_had),
           count(DISTINCT contract_id) FILTER (WHERE is_had AND a.contract_id IS NULL),
           count(*) FILTER (WHERE since = '-infinity' AND at >= $1)
         FROM passed_on_had LEFT JOIN abroad a USING (contract_id) GROUP BY officer_id),
       based AS (
         SELECT officer_id, measure, sum(CASE measure WHEN 'undated' THEN registered WHEN 'english' THEN domestic ELSE contracts END) AS base
         FROM of_officer CROSS JOIN unnest($6 || 'undated'::text) measure WHERE officer_id IS NOT NULL GROUP BY officer_id, measure
         UNION ALL SELECT officer_id, measure, count(DISTINCT contract_id) FROM placed
         WHERE measure = 'under-threshold' GROUP BY officer_id, measure)
       SELECT officer_id, measure, coalesce(c.count, 0)::int AS count, (coalesce(b.base, 0) + coalesce(c.beside, 0))::int AS base
       FROM based b FULL JOIN counted c USING (officer_id, measure)`,
      [
        calendar.instantOf(from, '00:00'),
        calendar.instantOf(addDays(to, 1), '00:00'),
        from,
        beforeAlerts,
        recordedLate,
        ['contacts-before-alert', 'late', 'wrong-number', 'english'] satisfies Measure[],
        calendar.setting.country,
        calendar.setting.timeZone,
      ],
    );
  }
}

/** Not by NOT EXISTS: where few contracts are expected, PostgreSQL would look through all that were handed over for each of them. */
const wasKept = `c.id NOT IN (SELECT contract_id FROM handed)`;
/** Contract `c`, registered before the end of the period, was not over before it. */
const isUnderWay = `coalesce(c.terminated_on, c.completed_on, 'infinity') >= $3::date`;
const isRegistration = `h.subject = 'contract' AND h.what = 'registered'`;
const amount = `(h.after ->> 'amount')::numeric`;
/** The value that change `h` gives contract `c`, as a share of the threshold of its kind that was in force when it was registered. */
const ofThreshold = `${amount} / nullif((SELECT s.value ->> 'fromAmount' FROM setting s
  WHERE s.name = 'plan:' || c.kind || ':dense' AND s.created_at <= c.created_at
    AND coalesce(s.from_on <= (c.created_at AT TIME ZONE $8)::date, true)
  ORDER BY s.version DESC LIMIT 1)::numeric, 0)`;
const isOfDomestic = (contactId: string) => `(SELECT coalesce(p.country, $7) = $7
  FROM contact k JOIN counterparty p ON p.id = k.counterparty_id WHERE k.id = ${contactId})`;
