import { Injectable } from '@nestjs/common';
import { Database } from '../../platform/database/database.js';
import { groupedBy } from '../../platform/grouped-by.js';
import { numberGivenAt } from '../contracts/number-given.js';
import { unrelated } from '../contracts/unrelated.js';
import { departmentsBelow } from '../departments/departments.service.js';
import { AlertStates } from '../planning/alert-states.js';
import { Flags, type NewFlag } from '../planning/flags.js';
import { SettingsService } from '../settings/settings.service.js';
import { isBrakedLate, judgementOf, type Terms, type TextFacts } from './judgement.js';
import { MessageStates, type TextOfAlerts } from './message-states.js';

interface JudgedText extends TextFacts, Pick<NewFlag, 'contractId' | 'departmentId' | 'officerId'> {
  contactId: string;
  code: string;
  occurrence: number;
  /** Hex of the blind index. */
  number: string;
  /** Who pulled the brake of `brakedUntil`. */
  brakedBy: string | null;
}

/**
 * The brakes that people pulled and released, with what each stopped and when it was released by the service's clock; a brake's own
 * times are the database's. Those of the service itself follow a provider's fault or a restore.
 */
const releasedBrakes = `SELECT b.scope, b.target, b.actor, h.at,
    ARRAY(${departmentsBelow(`b.scope = 'department' AND id::text = lower(b.target)`)}) AS departments
  FROM change h JOIN brake b ON b.id::text = h.subject_id
  WHERE h.subject = 'brake' AND h.what = 'brake-released' AND b.actor <> 'system'`;

/** The released brake `b` stopped alert `a`, whose message `g` has template version `v`. */
const stopped = `CASE b.scope WHEN 'agency' THEN true WHEN 'department' THEN a.department_id = ANY(b.departments)
  WHEN 'template' THEN b.target = v.key WHEN 'sender' THEN b.target = g.sender ELSE false END`;

/** Of so many contacts that have one number it is asked whether they are another company's: a bound, for numbers that thousands share. */
const contactsLookedAt = 500;

/**
 * FrozenTexts stores the messages of a window with their alerts, and flags what is odd about them for the auditor. Nothing is
 * held back because of a flag.
 */
@Injectable()
export class FrozenTexts {
  constructor(
    private readonly database: Database,
    private readonly messages: MessageStates,
    private readonly alerts: AlertStates,
    private readonly flags: Flags,
    private readonly settings: SettingsService,
  ) {}

  async store(texts: TextOfAlerts[]): Promise<void> {
    await this.messages.freeze(texts);
    await this.alerts.putIntoMessages(
      texts.flatMap(({ alertIds, message }) => alertIds.map((id) => ({ id, messageId: message.id }))),
    );
    const [first] = texts;
    if (first)
      await this.judge(
        texts.flatMap(({ alertIds }) => alertIds),
        first.message.serviceTime,
      );
  }

  /** Raises one flag for each contract, number and kind. */
  private async judge(alertIds: string[], now: Date): Promise<void> {
    const { lateDays } = (await this.settings.agency()).value;
    const terms: Terms = { calendar: await this.settings.calendar(), lateDays };
    const judged = (await this.textsToJudge(alertIds, { lateDays, now })).flatMap((text) =>
      judgementOf(text, terms).map((kind) => ({ kind, text })),
    );
    if (judged.length === 0) return;
    const actors = await this.actorsOf(judged.map(({ text }) => text));
    const alike = groupedBy(judged, ({ kind, text }) => `${kind} ${text.contractId} ${text.number}`);
    await this.flags.write(
      [...alike.values()].flatMap((ones): NewFlag[] => {
        const [first] = ones;
        if (!first) return [];
        const { contractId, departmentId, officerId, contactId } = first.text;
        const braker = first.kind === 'late' && isBrakedLate(first.text, terms) ? first.text.brakedBy : null;
        const actor = braker ?? actors.get(contactId) ?? 'system';
        const lost = ones.map(({ text: { code, occurrence, contactId: to, dueAt } }) => ({
          code,
          occurrence,
          contactId: to,
          dueAt: dueAt.toISOString(),
          how: 'sent' as const,
        }));
        return [{ contractId, departmentId, officerId, kind: first.kind, actor, reason: null, lost }];
      }),
    );
  }

  /**
   * Reads what judgements go by, of texts that are their number's first of the contract, and of those that may be late where no
   * open flag says so of the number. All others are left out by a look at the contract's alerts.
   */
  private textsToJudge(
    alertIds: string[],
    { lateDays, now }: Pick<Terms, 'lateDays'> & { now: Date },
  ): Promise<JudgedText[]> {
    return this.database.rows<JudgedText>(
      // The brakes are read once, and only when a text is overdue.
      `WITH released AS MATERIALIZED (${releasedBrakes})
       SELECT text.contract_id, c.department_id, c.officer_id, text.contact_id, text.code, text.occurrence, text.number,
              text.due_at, text.milestone_due_at, text.occurred_on, text.is_owed, text.is_first, texted.since AS texted_since,
              t.phone_country, p.country, braked.at AS braked_until, braked.actor AS braked_by,
              CASE WHEN texted.since IS NOT NULL THEN ${numberGivenAt('text.contract_id', 'text.contact_id')}
                END AS number_since,
              text.is_first AND EXISTS (SELECT FROM officer o WHERE o.phone_index = text.number_index) AS is_staffs,
              text.is_first AND EXISTS (SELECT FROM (SELECT o.counterparty_id FROM contact o
                  WHERE o.phone_index = text.number_index AND o.removed_at IS NULL LIMIT ${contactsLookedAt}) o
                JOIN counterparty q ON q.id = o.counterparty_id WHERE ${unrelated}) AS is_shared
       FROM unnest($1::uuid[]) AS wanted (id)
         -- A subquery of its own looks each alert up by the indexes, whatever the planner believes of the tables.
         CROSS JOIN LATERAL (
           SELECT a.id, a.contract_id, a.contact_id, a.number_index, encode(a.number_index, 'hex') AS number, a.due_at, m.code,
                  m.occurrence, m.due_at AS milestone_due_at, m.occurred_on, m.neutral_at IS NOT NULL AS is_owed,
                  NOT EXISTS (SELECT FROM alert b WHERE b.contract_id = a.contract_id AND b.number_index = a.number_index
                    AND b.status = 'messaged' AND b.number_sealed IS NULL AND NOT b.id = ANY($1)) AS is_first,
                  a.due_at > m.due_at + $2 * interval '1 day'
                    OR (m.neutral_at IS NOT NULL AND a.due_day > m.occurred_on + $2::int) AS may_be_late,
                  a.due_at < $3::timestamptz - $2 * interval '1 day' AS is_overdue
           FROM alert a JOIN milestone m ON m.id = a.milestone_id
           WHERE a.id = wanted.id AND a.number_sealed IS NULL OFFSET 0) AS text
         CROSS JOIN LATERAL (SELECT CASE WHEN text.is_first THEN (SELECT min(g.service_time)
           FROM alert b JOIN message g ON g.id = b.message_id
           WHERE b.contract_id = text.contract_id AND NOT b.id = ANY($1)) END AS since OFFSET 0) AS texted
         LEFT JOIN LATERAL (SELECT b.at, b.actor FROM alert a JOIN message g ON g.id = a.message_id
             JOIN template_version v ON v.id = g.template_version_id JOIN released b ON ${stopped}
           WHERE text.is_overdue AND a.id = text.id AND b.at > text.due_at + $2 * interval '1 day'
           ORDER BY b.at DESC LIMIT 1) AS braked ON true
         JOIN contract c ON c.id = text.contract_id JOIN contact t ON t.id = text.contact_id
         JOIN counterparty p ON p.id = t.counterparty_id
       WHERE text.is_first OR ((text.may_be_late OR text.is_overdue) AND NOT EXISTS (
         SELECT FROM flag f, jsonb_array_elements(f.lost) x, milestone n, alert b
         WHERE f.contract_id = text.contract_id AND f.kind = 'late' AND f.closed_at IS NULL
           AND n.contract_id = f.contract_id AND n.code = x ->> 'code' AND n.occurrence = (x ->> 'occurrence')::int
           AND b.milestone_id = n.id AND b.contact_id = (x ->> 'contactId')::uuid AND b.number_index = text.number_index))`,
      [alertIds, lateDays, now],
      'kept',
    );
  }

  /** Returns by contact who changed it last, or else its contract. */
  private async actorsOf(
    texts: Pick<JudgedText, 'contractId' | 'contactId'>[],
  ): Promise<Map<string, string>> {
    const lastOf = (where: string) =>
      `(SELECT h.actor FROM change h WHERE h.contract_id = w.contract_id AND ${where} ORDER BY h.id DESC LIMIT 1)`;
    const rows = await this.database.rows<{ contactId: string; actor: string | null }>(
      `SELECT w.contact_id, coalesce(${lastOf(`h.subject = 'contact' AND h.subject_id = w.contact_id::text`)},
              ${lastOf('true')}) AS actor
       FROM unnest($1::uuid[], $2::uuid[]) AS w (contract_id, contact_id)`,
      [texts.map(({ contractId }) => contractId), texts.map(({ contactId }) => contactId)],
    );
    return new Map(rows.flatMap(({ contactId, actor }) => (actor === null ? [] : [[contactId, actor]])));
  }
}
