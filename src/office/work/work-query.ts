import type { Words } from '../../platform/words/words.js';

/** What a row's own statement tells of it. */
export type Facts = Record<string, string | number | boolean | null | string[]>;

/** What the facts name, as people read it. */
export interface Told {
  milestone: Words | null;
  /** What the provider's code says. */
  carrier: Words | null;
  /** An officer's name, masked. */
  officer: string | null;
}

/** A kind of thing that waits for somebody. */
export interface WorkList {
  code: string;
  name: Words;
  todo: Words;
  /** Of these, nobody but the auditor learns that they exist. */
  auditorOnly: boolean;
  /**
   * Rows of (id, contract_id, department_id, contact_id, since, facts); never narrowed to departments here, because
   * one statement around it does that for every list. Parameters: see `asked`.
   */
  sql: string;
  /** Returns the facts as the API gives them, where a statement's own are not fit for that. */
  published?(facts: Facts): Facts;
  what(facts: Facts, told: Told): Words;
}

/** The parameters of every list's statement, by place. */
export const asked = {
  departments: '$1::uuid[]',
  /** The service clock. */
  now: '$2::timestamptz',
  zone: '$3::text',
  /** The caller's key or account. */
  caller: '$4::text',
  /** Managers see what others of their department brought. */
  everybodys: '$5::boolean',
  graceHours: '$6::integer',
  officer: '$7::uuid',
} as const;

/** Today, in the agency's zone. */
export const today = `(${asked.now} AT TIME ZONE ${asked.zone})::date`;

/** Dates of the contract are to be moved by this long before it shows; days. */
export const longSuspension = 90;
export const oldDraft = 30;
/** How shortly before an alert a change of its contact is looked at; days. */
export const shortlyBefore = 7;

/** Somebody is still to be told something of contract `c`. */
export const stillToTell = `(c.state IN ('signed', 'underway', 'suspended') OR (c.state = 'completed'
  AND EXISTS (SELECT FROM milestone m WHERE m.contract_id = c.id AND m.due_at > ${asked.now})))`;

/** When contract `c` came to the service, by its clock. */
export const registeredAt = `coalesce((SELECT min(h.at) FROM change h
  WHERE h.contract_id = c.id AND h.subject = 'contract' AND h.what = 'registered'), c.created_at)`;

/** Since when contact `t` of contract `c` has the number that it has, or none. */
export const numberSince = `coalesce((SELECT max(h.at) FROM change h
  WHERE h.contract_id = t.contract_id AND h.subject = 'contact' AND h.subject_id = t.id::text
    AND (h.before IS NULL OR h.before ->> 'commitment' IS DISTINCT FROM h.after ->> 'commitment')), ${registeredAt})`;

/** Milestone `m` is of contract `c`'s own version of the plan, and not optional there. */
export const required = `EXISTS (SELECT FROM setting s, jsonb_array_elements(s.value -> 'milestones') x
  WHERE s.name = c.plan_name AND s.version = c.plan_version AND x ->> 'code' = m.code
    AND NOT coalesce((x ->> 'optional')::boolean, false))`;
