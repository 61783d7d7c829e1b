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
      ...{ from, to, total: items.length, items: items.slice(0, mostListed) },
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
          ...{ measure, count, base, share: base === 0 ? null : count / base },
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
   * neither completed nor terminated. The thresholds of plans are those in force when the contract was registered.
   */
  private async count(from: LocalDate, to: LocalDate): Promise<Counted[]> {
    const calendar = await this.settings.calendar();
    return this.database.rows<Counted>(
      `WITH tenure AS MATERIALIZED (
         SELECT contract_id, officer_id, until,
                lag(until, 1, '-infinity') OVER (PARTITION BY contract_id ORDER BY id NULLS LAST) AS since
         FROM (SELECT h.contract_id, (h.before ->> 'officerId')::uuid AS officer_id, h.at AS until, h.id FROM change h
               WHERE h.subject = 'contract' AND h.before ? 'officerId'
               UNION ALL SELECT id, officer_id, 'infinity', NULL FROM contract) had_by),
       had AS MATERIALIZED (
         SELECT t.officer_id, t.contract_id,
                EXISTS (SELECT FROM counterparty p WHERE p.contract_id = t.contract_id AND ${domestic}) AS is_domestic
         FROM tenure t JOIN contract c ON c.id = t.contract_id
           JOIN change h ON h.contract_id = t.contract_id AND ${isRegistration}
         WHERE t.since < $2 AND t.until > $1 AND t.until > h.at AND h.at < $2
           AND coalesce(c.terminated_on, c.completed_on, 'infinity') >= $3::date),
       registered AS MATERIALIZED (
         SELECT t.officer_id, h.contract_id, h.after ->> 'startsOn' IS NULL OR h.after ->> 'endsOn' IS NULL AS is_undated,
                CASE WHEN h.after @> '{"contacts": [{"locale": "en"}]}' THEN h.after -> 'contacts' END AS contacts,
                ${ofThreshold} AS of_threshold
         FROM change h JOIN contract c ON c.id = h.contract_id
           JOIN tenure t ON t.contract_id = h.contract_id AND t.since = '-infinity'
         WHERE ${isRegistration} AND h.at >= $1 AND h.at < $2),
       valued AS MATERIALIZED (
         SELECT officer_id, contract_id, of_threshold FROM registered
         UNION ALL SELECT t.officer_id, h.contract_id, ${ofThreshold}
         FROM change h JOIN contract c ON c.id = h.contract_id
           JOIN tenure t ON t.contract_id = h.contract_id AND t.since <= h.at AND h.at < t.until
         WHERE h.subject = 'contract' AND h.before ? 'amount' AND h.at >= $1 AND h.at < $2),
       fact AS (
         SELECT 'contacts-before-alert' AS measure, f.officer_id, f.contract_id FROM flag f
           WHERE f.kind = ANY($4) AND f.at >= $1 AND f.at < $2
         UNION ALL SELECT 'late', f.officer_id, f.contract_id FROM flag f
           WHERE f.kind = ANY($5) AND f.at >= $1 AND f.at < $2
         UNION ALL SELECT 'wrong-number', t.officer_id, t.contract_id
           FROM message m JOIN alert a ON a.message_id = m.id
             JOIN tenure t ON t.contract_id = a.contract_id AND t.since <= m.service_time AND m.service_time < t.until
           WHERE m.status = 'failed' AND m.service_time >= $1 AND m.service_time < $2
         UNION ALL SELECT 'undated', officer_id, contract_id FROM registered WHERE is_undated
         UNION ALL SELECT 'english', r.officer_id, r.contract_id
           FROM registered r CROSS JOIN LATERAL jsonb_array_elements(r.contacts) x
           WHERE x ->> 'locale' = 'en' AND ${isOfDomestic(`(x ->> 'id')::uuid`)}
         UNION ALL SELECT 'english', t.officer_id, t.contract_id
           FROM change h JOIN tenure t ON t.contract_id = h.contract_id AND t.since <= h.at AND h.at < t.until
           WHERE h.subject = 'contact' AND h.after ->> 'locale' = 'en' AND h.before ->> 'locale' IS DISTINCT FROM 'en'
             AND h.at >= $1 AND h.at < $2 AND ${isOfDomestic('h.subject_id::uuid')}
         UNION ALL SELECT 'under-threshold', officer_id, contract_id FROM valued
           WHERE of_threshold >= 0.9 AND of_threshold < 1),
       counted AS (
         SELECT measure, officer_id, contract_id, true AS is_fact FROM fact
         UNION ALL SELECT measure, officer_id, contract_id, false FROM had CROSS JOIN unnest($6::text[]) measure
           WHERE measure <> 'english' OR is_domestic
         UNION ALL SELECT 'undated', officer_id, contract_id, false FROM registered
         UNION ALL SELECT 'under-threshold', officer_id, contract_id, false FROM valued
           WHERE of_threshold BETWEEN 0.9 AND 1.1)
       SELECT officer_id, measure, count(DISTINCT contract_id) FILTER (WHERE is_fact)::int AS count,
              count(DISTINCT contract_id)::int AS base
       FROM counted WHERE officer_id IS NOT NULL GROUP BY officer_id, measure`,
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

const isRegistration = `h.subject = 'contract' AND h.what = 'registered'`;
/** The value that change `h` gives contract `c`, as a share of the threshold of its kind that was in force when it was registered. */
const ofThreshold = `(h.after ->> 'amount')::numeric / nullif((SELECT s.value ->> 'fromAmount' FROM setting s
  WHERE s.name = 'plan:' || c.kind || ':dense' AND s.created_at <= c.created_at
    AND coalesce(s.from_on <= (c.created_at AT TIME ZONE $8)::date, true)
  ORDER BY s.version DESC LIMIT 1)::numeric, 0)`;
const domestic = `coalesce(p.country, $7) = $7`;
const isOfDomestic = (
  contactId: string,
) => `EXISTS (SELECT FROM contact k JOIN counterparty p ON p.id = k.counterparty_id
             WHERE k.id = ${contactId} AND ${domestic})`;
