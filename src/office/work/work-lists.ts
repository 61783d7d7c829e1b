import type { Caller } from '../../core/access/roles.js';
import { anchorsOfPeriod } from '../../core/contracts/lifecycle.js';
import { numberGivenAt } from '../../core/contracts/number-given.js';
import { problemWords } from '../imports/import-problems.words.js';
import type { ImportProblem } from '../imports/import.entities.js';
import { refusedWorkbookName } from '../imports/sheet/refused-workbook.js';
import { asked, type Facts, type WorkList } from './work-query.js';

/** This SQL is today, in the agency's zone. */
const today = `(${asked.now} AT TIME ZONE ${asked.zone})::date`;

/** For how many days a contract is suspended, or a draft, before it shows. */
const longSuspension = 90;
const oldDraft = 30;

/** Somebody is still to be notified of something of contract `c`. */
const stillToTell = `(c.state IN ('signed', 'underway', 'suspended') OR (c.state = 'completed'
  AND EXISTS (SELECT FROM milestone m WHERE m.contract_id = c.id AND m.due_at > ${asked.now})))`;

/** When contract `c` came to the service, by its clock. */
const registeredAt = `coalesce((SELECT min(h.at) FROM change h
  WHERE h.contract_id = c.id AND h.subject = 'contract' AND h.what = 'registered'), c.created_at)`;

/** Since when contact `t` of contract `c` has the number that it has, or none. */
const numberSince = `coalesce(${numberGivenAt('t.contract_id', 't.id')}, ${registeredAt})`;

/** Lists texts as PostgreSQL writes an array of them. */
const arrayOf = (texts: string[]) => `ARRAY[${texts.map((text) => `'${text}'`).join(', ')}]`;

/** Milestone `m` is of contract `c`'s own version of the plan, not optional there, and its rule `x` is as wanted. */
const requiredWhere = (
  wanted: string,
) => `EXISTS (SELECT FROM setting s, jsonb_array_elements(s.value -> 'milestones') x
  WHERE s.name = c.plan_name AND s.version = c.plan_version AND x ->> 'code' = m.code
    AND NOT coalesce((x ->> 'optional')::boolean, false) AND ${wanted})`;

/** Contract `c` is in the department of import `i` (or what that became part of) or below it; an admin's import has none. */
const ofItsDepartment = `(i.department_id IS NULL OR c.department_id IN (
    WITH RECURSIVE below AS (SELECT coalesce(m.merged_into, m.id) AS id FROM department m WHERE m.id = i.department_id
      UNION SELECT d.id FROM department d JOIN below ON d.parent_id = below.id)
    SELECT id FROM below))`;

/**
 * The refused row `e` of import `i` was uploaded again: a later import, or somebody by hand, registered its contract in
 * the department; or, when the row does not say which contract it is of, the same person uploaded the sheet of refused
 * rows of just this import, with something in it. Another department's contract of the same number fixes nothing, nor
 * does any other file.
 */
const superseded = `(EXISTS (SELECT FROM import_effect later JOIN contract c ON c.id = later.contract_id
    WHERE later.reference = e.reference AND later.id > e.id AND later.applied
      AND later.result NOT IN ('refused', 'ignored') AND ${ofItsDepartment})
  OR EXISTS (SELECT FROM contract c
    WHERE c.reference = e.reference AND c.created_at > i.created_at AND ${ofItsDepartment})
  OR (e.reference IS NULL AND EXISTS (SELECT FROM import again
    WHERE again.actor = i.actor AND again.status = 'completed' AND again.id > i.id
      AND starts_with(again.file_name, '${refusedWorkbookName('')}' || i.id)
      AND (again.counts ->> 'contracts')::int + (again.counts ->> 'refused')::int > 0)))`;

/** A counterparty of contract `c` has nobody who could be notified, or there is no counterparty. */
const lacksContact = `(NOT EXISTS (SELECT FROM counterparty p WHERE p.contract_id = c.id)
  OR EXISTS (SELECT FROM counterparty p WHERE p.contract_id = c.id AND NOT EXISTS (
    SELECT FROM contact t WHERE t.contract_id = c.id AND t.counterparty_id = p.id AND t.removed_at IS NULL)))`;

/**
 * Contracts that a list would have to look for among all are kept by WorkTally; a list decides over these by what is true when it
 * is read. Each statement finds, of the contracts `$1`, those that may stand in the list, as `id`.
 */
export const candidates: Record<string, string> = {
  'no-contact': `SELECT c.id FROM contract c WHERE c.id = ANY($1) AND ${lacksContact}`,
};

const isCandidate = (code: string) =>
  `c.id IN (SELECT contract_id FROM work_candidate WHERE list = '${code}')`;

/** Returns SQL of the last text to a number of which the provider reported anything. */
const lastTextTo = (number: string) => `SELECT g.status, g.reason, g.reason_origin, g.provider FROM message g
  WHERE g.number_index = ${number} AND g.status IN ('accepted', 'sent', 'delivered', 'unconfirmed', 'failed')
  ORDER BY g.id DESC LIMIT 1`;

/** Numbers whose last text failed, of those of the messages `$1` to which one failed, then or now. */
export const deadNumbers = `WITH asked AS MATERIALIZED (
    SELECT DISTINCT g.number_index FROM message g WHERE g.id = ANY($1) AND (g.status = 'failed'
      OR EXISTS (SELECT FROM work_dead_number d WHERE d.number_index = g.number_index))),
  dead AS MATERIALIZED (SELECT number_index FROM asked CROSS JOIN LATERAL (${lastTextTo('asked.number_index')}) last
    WHERE last.status = 'failed'),
  alive AS (DELETE FROM work_dead_number
    WHERE number_index = ANY(ARRAY(SELECT number_index FROM asked EXCEPT SELECT number_index FROM dead)))
  INSERT INTO work_dead_number SELECT number_index FROM dead ON CONFLICT DO NOTHING`;

const drafts = `SELECT c.id, c.id AS contract_id, c.department_id, NULL::uuid AS contact_id, ${registeredAt} AS since,
    '{}'::jsonb AS facts FROM contract c WHERE c.state = 'draft'`;

/** Whose code a carrier's code is decides its words, and is nothing for programs. */
const withoutOrigin = ({ origin: _origin, ...facts }: Facts) => facts;

/** Names the sentence of `no-dates` about a contract that has a start or an end, or neither. */
export function undatedSentence(hasStart: boolean, hasEnd: boolean): 'start' | 'end' | 'what' {
  if (hasStart) return 'end';
  return hasEnd ? 'start' : 'what';
}

/** What officers put right: without a number, a contact or a record, nobody is notified. */
export const everydayLists: WorkList[] = [
  {
    code: 'no-contact',
    sql: `SELECT c.id, c.id AS contract_id, c.department_id, NULL::uuid AS contact_id,
        coalesce((SELECT max(h.at) FROM change h WHERE h.contract_id = c.id AND h.what IN ('contact-removed', 'counterparty-added')),
                 ${registeredAt}) AS since,
        jsonb_build_object('counterparties', p.counterparties, 'without', p.without) AS facts
      FROM contract c CROSS JOIN LATERAL (
        SELECT count(*)::int AS counterparties, count(*) FILTER (WHERE NOT EXISTS (
          SELECT FROM contact t WHERE t.contract_id = c.id AND t.counterparty_id = p.id AND t.removed_at IS NULL))::int AS without
        FROM counterparty p WHERE p.contract_id = c.id) p
      WHERE ${isCandidate('no-contact')} AND ${stillToTell} AND (p.counterparties = 0 OR p.without > 0)`,
    sentence: ({ counterparties }) => ({ name: counterparties === 0 ? 'nobody' : 'what' }),
  },
  {
    code: 'no-number',
    sql: `SELECT t.id, c.id AS contract_id, c.department_id, t.id AS contact_id, ${numberSince} AS since, '{}'::jsonb AS facts
      FROM contact t JOIN contract c ON c.id = t.contract_id
      WHERE t.phone_index IS NULL AND t.removed_at IS NULL AND ${stillToTell}`,
  },
  {
    code: 'no-dates',
    // A few milestones have no day, and an index that holds no others.
    sql: `SELECT c.id, c.id AS contract_id, c.department_id, NULL::uuid AS contact_id,
        coalesce((SELECT max(h.at) FROM change h WHERE h.contract_id = c.id AND h.subject = 'contract'
                    AND (h.after @> '{"startsOn": null}' OR h.after @> '{"endsOn": null}')), ${registeredAt}) AS since,
        jsonb_build_object('milestones', n.count, 'start', c.starts_on IS NOT NULL, 'end', c.ends_on IS NOT NULL) AS facts
      FROM (SELECT m.contract_id, count(*)::int AS count FROM milestone m JOIN contract c ON c.id = m.contract_id
            WHERE m.due_at IS NULL AND NOT m.withdrawn AND (c.starts_on IS NULL OR c.ends_on IS NULL)
              AND ${requiredWhere(`ARRAY[x -> 'anchor' ->> 'type', x #>> '{anchor,else,type}', x #>> '{expectedBy,anchor,type}']
                && ${arrayOf(anchorsOfPeriod)}`)}
            GROUP BY m.contract_id) n JOIN contract c ON c.id = n.contract_id
      WHERE c.state NOT IN ('draft', 'terminated')`,
    sentence: ({ start, end }) => ({ name: undatedSentence(start === true, end === true) }),
  },
  {
    code: 'dead-numbers',
    sql: `SELECT t.id, c.id AS contract_id, c.department_id, t.id AS contact_id, first.since,
        jsonb_build_object('carrierCode', last.reason, 'provider', last.provider, 'origin', last.reason_origin) AS facts
      FROM work_dead_number f CROSS JOIN LATERAL (${lastTextTo('f.number_index')}) last
        CROSS JOIN LATERAL (SELECT min(g.service_time) AS since FROM message g
          WHERE g.number_index = f.number_index AND g.status = 'failed' AND NOT EXISTS (SELECT FROM message later
            WHERE later.number_index = g.number_index AND later.status = 'delivered' AND later.id > g.id)) first
        JOIN contact t ON t.phone_index = f.number_index AND t.removed_at IS NULL JOIN contract c ON c.id = t.contract_id
      WHERE last.status = 'failed' AND ${stillToTell}`,
    published: withoutOrigin,
  },
  {
    code: 'unrecorded',
    sql: `SELECT m.id, c.id AS contract_id, c.department_id, NULL::uuid AS contact_id,
        (m.expected_by + 1)::timestamp AT TIME ZONE ${asked.zone} AS since,
        jsonb_build_object('milestone', m.code, 'occurrence', m.occurrence, 'expectedBy', m.expected_by) AS facts
      FROM milestone m JOIN contract c ON c.id = m.contract_id JOIN department d ON d.id = c.department_id
      WHERE m.wording = 'neutral' AND m.occurred_on IS NULL AND NOT m.withdrawn AND m.expected_by < ${today}
        AND c.state <> 'draft' AND (d.go_live_on IS NULL OR m.expected_by >= d.go_live_on)
        AND (c.state <> 'terminated' OR m.expected_by <= c.terminated_on)
        AND NOT EXISTS (SELECT FROM milestone o WHERE o.contract_id = c.id AND o.code = m.code AND o.occurred_on IS NOT NULL)`,
  },
  {
    code: 'rows-to-mend',
    sql: `SELECT DISTINCT ON (p.import_id, p.line) p.id, NULL::uuid AS contract_id,
        CASE WHEN i.own THEN coalesce(i.department_id, (${asked.departments})[1]) ELSE i.department_id END AS department_id,
        NULL::uuid AS contact_id, i.finished_at AS since,
        jsonb_build_object('importId', i.id, 'file', i.file_name, 'line', p.line, 'field', p.field, 'code', p.code,
                           'phrase', p.phrase, 'message', p.message, 'advice', p.advice, 'reference', e.reference) AS facts
      FROM (SELECT import.*, ${asked.caller} IN (caller ->> 'keyId', caller ->> 'accountId') AS own FROM import) i
        JOIN import_problem p ON p.import_id = i.id AND p.fatal
        LEFT JOIN import_effect e ON e.import_id = i.id AND e.line = p.line AND e.result = 'refused'
      WHERE i.status = 'completed' AND (i.own OR ${asked.everybodys}) AND NOT ${superseded}
      ORDER BY p.import_id, p.line, p.id`,
    published: ({ phrase, ...facts }) => {
      const { message, advice } = problemWords({ ...facts, phrase } as unknown as ImportProblem);
      return { ...facts, message: message.en, advice: advice.en };
    },
    sentence: (facts) => ({ params: { ...problemWords(facts as unknown as ImportProblem) } }),
  },
  { code: 'drafts', sql: drafts },
];

/** Alert `a` of contract `c` is of what the caller asks for. */
const isAskedFor = `(${asked.departments} IS NULL OR c.department_id = ANY(${asked.departments}))
  AND (${asked.officer} IS NULL OR c.officer_id = ${asked.officer})`;

/** What only admins put right, and auditors read. */
export const adminLists: WorkList[] = [
  {
    code: 'held-messages',
    // A message of several contracts stands in the list once, by one of those that are asked for.
    sql: `SELECT m.id, one.contract_id, one.department_id, one.contact_id, m.service_time AS since,
        jsonb_build_object('carrierCode', m.reason, 'provider', m.provider, 'origin', m.reason_origin) AS facts
      FROM message m CROSS JOIN LATERAL (
        SELECT c.id AS contract_id, c.department_id, a.contact_id FROM alert a JOIN contract c ON c.id = a.contract_id
        WHERE a.message_id = m.id ORDER BY (${isAskedFor}) IS TRUE DESC, a.id LIMIT 1) one
      WHERE m.status = 'held'`,
    published: withoutOrigin,
  },
];

/** The states of contract `c`, each from when to when it was in it; the last until now. */
const statesHeld = `SELECT h.after ->> 'state' AS state, h.at,
    coalesce(lead(h.at) OVER (ORDER BY h.at, h.id), ${asked.now}) AS until
  FROM change h WHERE h.contract_id = c.id AND h.subject = 'contract' AND h.after ? 'state'`;

/**
 * What lasts, and may be a way to avoid alerts. No act makes it so but the passing of days, so that it is a list of what is true
 * now; the suspension, or what made the contract a draft, was flagged when it took texts from anybody.
 */
export const auditLists: WorkList[] = [
  {
    code: 'long-suspended',
    // Suspended again and again for a little less than is looked at is suspended for long, too.
    sql: `SELECT c.id, c.id AS contract_id, c.department_id, NULL::uuid AS contact_id, s.since,
        jsonb_build_object('days', floor(extract(epoch FROM s.held) / 86400)::int, 'times', s.times,
                           'running', c.state = 'suspended') AS facts
      FROM (SELECT DISTINCT contract_id FROM change
            WHERE subject = 'contract' AND after ->> 'state' = 'suspended') known
        JOIN contract c ON c.id = known.contract_id
        CROSS JOIN LATERAL (SELECT min(p.at) AS since, sum(p.until - p.at) AS held, count(*)::int AS times
          FROM (${statesHeld}) p WHERE p.state = 'suspended') s
      WHERE s.held > make_interval(days => ${longSuspension})`,
    sentence: ({ running }) => ({ name: running === true ? 'running' : 'what' }),
  },
  {
    code: 'old-drafts',
    sql: `SELECT * FROM (${drafts}) drafts WHERE since < ${asked.now} - make_interval(days => ${oldDraft})`,
    sentence: () => ({ params: { days: oldDraft } }),
  },
];

/** Nobody but the auditor learns that there are lists of signs. */
export function listsFor({ role }: Pick<Caller, 'role'>): WorkList[] {
  if (role === 'auditor') return [...everydayLists, ...adminLists, ...auditLists];
  return role === 'admin' ? [...everydayLists, ...adminLists] : everydayLists;
}
