import { Injectable } from '@nestjs/common';
import { listActor } from '../../core/contracts/contract-revisions.js';
import { Flags, type NewFlag } from '../../core/planning/flags.js';
import type { ChangedFact, FlagKind } from '../../core/planning/flag.entity.js';
import { SettingsService } from '../../core/settings/settings.service.js';
import { breathe } from '../../platform/breathe.js';
import { Database, rowsOfOneStatement } from '../../platform/database/database.js';
import { groupedBy } from '../../platform/grouped-by.js';
import { ListedContracts } from './listed-contracts.js';
import { plainNumberOf, plainReference, shouldBeHere } from './comparing.js';
import { ReferenceList } from './reference-list.entities.js';

/** Contracts of one officer and company that are signed so many days around the day of the list's are taken for parts of it. */
const splitDays = 30;

interface Difference {
  recordId: string;
  contractId: string;
  departmentId: string | null;
  officerId: string | null;
  kind: FlagKind;
  changed: ChangedFact[];
  key: string;
}

/**
 * Matching finds the contract of each record of a list, and flags what a list has and contracts have not, or otherwise. Each step
 * is one statement over a whole list, so that its time grows with the list and not with its square.
 */
@Injectable()
export class Matching {
  constructor(
    private readonly database: Database,
    private readonly flags: Flags,
    private readonly settings: SettingsService,
    private readonly listed: ListedContracts,
  ) {}

  /** Matches a list again and flags what is not flagged yet, each difference once. Returns how many flags were raised. */
  lookAt({ id, name }: Pick<ReferenceList, 'id' | 'name'>): Promise<number> {
    return this.database.inTurn('reference lists', async () => {
      // A list that has just come in is not counted yet: the planner would take it for small, and compare each with each.
      await this.database.run('SET LOCAL enable_nestloop = off');
      await this.database.run(matchSql, [id]);
      const today = await this.settings.today();
      const found = await this.database.rows<Difference>(differencesSql, [id, today]);
      await this.noteFlagged(found);
      return this.raise(name, found);
    });
  }

  async lookAtAll(): Promise<void> {
    for (const list of await this.database.repository(ReferenceList).find()) {
      await this.lookAt(list);
      await this.listed.registerMissing(list);
    }
  }

  private async raise(name: string, found: Difference[]): Promise<number> {
    const grouped = groupedBy(found, ({ kind, recordId }) => `${kind} ${recordId}`);
    let flags: NewFlag[] = [];
    for (const [first, ...others] of grouped.values()) {
      if (!first) continue;
      const { contractId, kind, departmentId, officerId } = first;
      const changed = [first, ...others].flatMap((one) => one.changed);
      const by = { actor: listActor, reason: name, lost: [] };
      flags.push({ contractId, kind, departmentId, officerId, changed, ...by });
      if (flags.length === rowsOfOneStatement) {
        await this.flags.write(flags);
        flags = [];
      }
      await breathe();
    }
    await this.flags.write(flags);
    return grouped.size;
  }

  private async noteFlagged(found: Difference[]): Promise<void> {
    for (let from = 0; from < found.length; from += rowsOfOneStatement) {
      const part = found.slice(from, from + rowsOfOneStatement);
      await this.database.run(
        `UPDATE reference_record r SET flagged = r.flagged || n.keys
         FROM (SELECT id, array_agg(key) AS keys FROM unnest($1::uuid[], $2::text[]) n (id, key) GROUP BY id) n WHERE r.id = n.id`,
        [part.map(({ recordId }) => recordId), part.map(({ key }) => key)],
      );
    }
  }
}

/**
 * Matches by the reference, else by a company's number, the value and the dates. A pair is taken where neither side has another
 * that is as near: of two contracts that could be meant, none is. A draft plans nothing, and counts as not registered. What an
 * auditor decided stands.
 */
const matchSql = `
  WITH wanted AS MATERIALIZED (
    SELECT id, reference, ${plainReference('reference')} AS plain, numbers, amount, currency, signed_on, starts_on, ends_on
    FROM reference_record WHERE list_id = $1 AND matched_by IS DISTINCT FROM 'auditor'),
  free AS MATERIALIZED (
    SELECT c.* FROM contract c LEFT JOIN reference_record r
      ON r.contract_id = c.id AND r.list_id = $1 AND r.matched_by = 'auditor'
    WHERE r.id IS NULL AND c.state <> 'draft'),
  named AS (
    SELECT id, contract_id, rank() OVER (PARTITION BY id ORDER BY distance) AS of_record,
           rank() OVER (PARTITION BY contract_id ORDER BY distance) AS of_contract
    FROM (SELECT w.id, c.id AS contract_id, (c.reference <> w.reference)::int * 2 + (c.source <> 'agency')::int AS distance
          FROM wanted w JOIN free c ON ${plainReference('c.reference')} = w.plain) n),
  by_reference AS MATERIALIZED (
    SELECT id, contract_id FROM (
      SELECT id, contract_id, count(*) OVER (PARTITION BY id) AS contracts, count(*) OVER (PARTITION BY contract_id) AS records
      FROM named WHERE of_record = 1 AND of_contract = 1) n WHERE contracts = 1 AND records = 1),
  party AS MATERIALIZED (
    SELECT DISTINCT c.id, ${plainNumberOf('p.registration_number')} AS number, c.amount, c.currency, c.signed_on, c.starts_on, c.ends_on
    FROM free c JOIN counterparty p ON p.contract_id = c.id LEFT JOIN by_reference b ON b.contract_id = c.id
    WHERE b.id IS NULL AND c.amount IS NOT NULL AND p.registration_number IS NOT NULL),
  by_terms AS (
    SELECT id, contract_id FROM (
      SELECT id, contract_id, count(*) OVER (PARTITION BY id) AS contracts, count(*) OVER (PARTITION BY contract_id) AS records
      FROM (SELECT DISTINCT w.id, p.id AS contract_id
            FROM (SELECT w.*, unnest(w.numbers) AS number FROM wanted w LEFT JOIN by_reference b ON b.id = w.id WHERE b.id IS NULL) w
              JOIN party p ON p.number = w.number AND p.amount = w.amount AND p.currency = w.currency
            WHERE p.signed_on = w.signed_on OR (p.starts_on = w.starts_on AND p.ends_on = w.ends_on)) n) n
    WHERE contracts = 1 AND records = 1)
  UPDATE reference_record r SET contract_id = m.contract_id, matched_by = m.matched_by
  FROM (SELECT w.id, coalesce(b.contract_id, t.contract_id) AS contract_id,
               CASE WHEN b.id IS NOT NULL THEN 'reference' WHEN t.id IS NOT NULL THEN 'terms' END AS matched_by
        FROM wanted w LEFT JOIN by_reference b ON b.id = w.id LEFT JOIN by_terms t ON t.id = w.id) m
  WHERE r.id = m.id AND (r.contract_id, r.matched_by) IS DISTINCT FROM (m.contract_id, m.matched_by)`;

const fact = (field: string, from: string, to: string) =>
  `jsonb_build_object('field', ${field}, 'from', ${from}, 'to', ${to})`;

/** The value from which a kind's denser plan is in force. */
const threshold = `(SELECT s.value ->> 'fromAmount' FROM setting s WHERE s.name = 'plan:' || r.kind || ':dense'
  AND coalesce(s.from_on <= $2::date, true) ORDER BY s.version DESC LIMIT 1)::numeric`;

/**
 * Finds what is not flagged yet: records without a contract; of matched ones what the contract has otherwise, unless it is of a
 * newer revision; and records whose value reaches the threshold of the denser plan, of which several contracts of one officer
 * with the same company here stay below it.
 */
const differencesSql = `
  WITH pair AS MATERIALIZED (
    SELECT r.id AS record_id, r.flagged, r.numbers, c.id AS contract_id, c.department_id, c.officer_id,
           c.kind, r.kind AS their_kind, c.signed_on, r.signed_on AS their_signing, c.starts_on, r.starts_on AS their_start,
           c.ends_on, r.ends_on AS their_end, c.amount,
           CASE WHEN coalesce(c.currency, r.currency) = r.currency THEN r.amount END AS their_amount
    FROM reference_record r JOIN contract c ON c.id = r.contract_id
    WHERE r.list_id = $1 AND NOT r.cancelled AND r.revision >= c.revision),
  party AS MATERIALIZED (
    SELECT p.contract_id, array_agg(DISTINCT p.number) FILTER (WHERE p.number IS NOT NULL) AS numbers,
           count(*) FILTER (WHERE p.number IS NULL) AS unnumbered
    FROM (SELECT p.contract_id, ${plainNumberOf('p.registration_number')} AS number
          FROM pair JOIN counterparty p ON p.contract_id = pair.contract_id) p GROUP BY p.contract_id),
  lacking AS MATERIALIZED (
    SELECT pair.record_id, ARRAY(SELECT unnest(pair.numbers) EXCEPT SELECT unnest(party.numbers) ORDER BY 1) AS numbers,
           party.numbers AS ours, coalesce(party.unnumbered, 0) AS unnumbered
    FROM pair LEFT JOIN party ON party.contract_id = pair.contract_id),
  compared AS (
    SELECT pair.*, d.flag, d.field, d.ours, d.theirs
    FROM pair JOIN lacking ON lacking.record_id = pair.record_id CROSS JOIN LATERAL (VALUES
      ('other-kind', 'kind', pair.kind, CASE WHEN (pair.kind, their_kind) <> ('consignment', 'service') THEN their_kind END),
      ('other-value', 'amount', trim_scale(pair.amount)::text, trim_scale(their_amount)::text),
      ('other-dates', 'signedOn', pair.signed_on::text, their_signing::text),
      ('other-dates', 'startsOn', pair.starts_on::text, their_start::text),
      ('other-dates', 'endsOn', pair.ends_on::text, their_end::text),
      (CASE WHEN lacking.unnumbered > 0 OR lacking.ours && pair.numbers THEN 'partner-left-out' ELSE 'other-company' END, 'companies',
        array_to_string(lacking.ours, ', '),
        CASE WHEN cardinality(lacking.numbers) > lacking.unnumbered THEN array_to_string(lacking.numbers, ', ') END)
    ) d (flag, field, ours, theirs)
    WHERE d.theirs IS NOT NULL AND d.ours IS DISTINCT FROM d.theirs),
  large AS MATERIALIZED (
    SELECT r.id, r.flagged, r.amount, r.currency, r.signed_on, r.contract_id, ${threshold} AS threshold, unnest(r.numbers) AS number
    FROM reference_record r WHERE r.list_id = $1 AND NOT r.cancelled AND r.amount >= ${threshold}),
  part AS (
    SELECT DISTINCT large.id, large.flagged, large.amount AS whole, large.threshold, c.id AS contract_id, c.officer_id, c.department_id, c.amount
    FROM (SELECT p.contract_id, ${plainNumberOf('p.registration_number')} AS number FROM counterparty p) p
      JOIN large ON large.number = p.number JOIN contract c ON c.id = p.contract_id
    WHERE c.amount < large.threshold AND c.currency = large.currency AND c.officer_id IS NOT NULL
      AND c.signed_on BETWEEN large.signed_on - ${splitDays} AND large.signed_on + ${splitDays}
      AND (c.id = large.contract_id OR NOT EXISTS (SELECT FROM reference_record other WHERE other.contract_id = c.id))),
  split AS (
    SELECT id, flagged, whole, officer_id, sum(amount) AS sum, (array_agg(contract_id ORDER BY contract_id))[1] AS contract_id,
           (array_agg(department_id ORDER BY contract_id))[1] AS department_id
    FROM part GROUP BY id, flagged, whole, threshold, officer_id HAVING count(*) > 1 AND sum(amount) >= threshold)
  SELECT record_id, contract_id, department_id, officer_id, kind, changed, key FROM (
    SELECT r.id AS record_id, r.id AS contract_id, NULL::uuid AS department_id, NULL::uuid AS officer_id, 'not-registered' AS kind,
           jsonb_build_array(${fact(`'reference'`, 'NULL', 'r.reference')}, ${fact(`'title'`, 'NULL', 'r.title')},
             ${fact(`'signedOn'`, 'NULL', 'r.signed_on::text')},
             ${fact(`'daysWithout'`, 'NULL', '($2::date - coalesce(r.signed_on, r.starts_on, r.seen_on))::text')}) AS changed,
           'not-registered' AS key, r.flagged
    FROM reference_record r JOIN reference_list l ON l.id = r.list_id WHERE r.list_id = $1 AND ${shouldBeHere('$2')}
    UNION ALL
    SELECT record_id, contract_id, department_id, officer_id, flag, jsonb_build_array(${fact('field', 'ours', 'theirs')}),
           concat_ws(':', flag, field, ours, theirs), flagged FROM compared
    UNION ALL
    SELECT id, contract_id, department_id, officer_id, 'value-split',
           jsonb_build_array(${fact(`'amount'`, 'trim_scale(sum)::text', 'trim_scale(whole)::text')}),
           'value-split', flagged FROM split) found
  WHERE NOT key = ANY (flagged)`;
