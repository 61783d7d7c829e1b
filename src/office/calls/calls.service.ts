import { Injectable } from '@nestjs/common';
import { actorOf, type Caller } from '../../core/access/roles.js';
import { AccessLog } from '../../core/accesses/access-log.service.js';
import { PartyRows } from '../../core/contracts/party-rows.js';
import { Flags } from '../../core/planning/flags.js';
import { Journal } from '../../core/proof/journal.service.js';
import { numberPlace } from '../../core/sending/sending.entities.js';
import { SettingsService } from '../../core/settings/settings.service.js';
import { notFound } from '../../platform/app-error.js';
import { Database } from '../../platform/database/database.js';
import { newId } from '../../platform/ids.js';
import { type CallCandidate, CallResult } from './call.entities.js';
import { type CallOutcome, wrongOutcomes } from './calls.schema.js';

/** The last results are shown, so that one that was mistyped can be recorded again. */
const resultsShown = 10;

/** Numbers of the newest months are called, and nobody comes back to older ones. */
const newestMonths = `SELECT month FROM call_sample ORDER BY month DESC LIMIT 3`;

/** A CallToMake is a number of a sample with what the auditor who calls it has to know. */
export interface CallToMake {
  id: string;
  month: string;
  place: number;
  contractId: string;
  reference: string;
  /** The company's, as the contract has it. */
  company: string;
  person: string | null;
  /** Masked. */
  number: string;
  /** When the text was sent, by the service clock, and the text. */
  at: Date;
  text: string;
}

interface CallRow extends CallCandidate {
  /** Null, as the text, once they are erased. */
  numberSealed: Buffer | null;
  serviceTime: Date;
  text: string | null;
  reference: string;
  partyId: string;
  partySealed: Buffer;
  personSealed: Buffer | null;
  outcome: CallOutcome | null;
}

/** A MonthOfCalls tells how far auditors are with the sample of a month. */
export interface MonthOfCalls {
  month: string;
  share: number;
  candidates: number;
  drawn: number;
  called: number;
}

/** Calls gives auditors one drawn number at a time, and keeps what each call came to. Nobody below audit learns which these are. */
@Injectable()
export class Calls {
  constructor(
    private readonly database: Database,
    private readonly settings: SettingsService,
    private readonly journal: Journal,
    private readonly parties: PartyRows,
    private readonly flags: Flags,
    private readonly accesses: AccessLog,
  ) {}

  /** Lists the newest months whose sample was laid down, the newest first. */
  months(): Promise<MonthOfCalls[]> {
    return this.database.rows(
      `SELECT s.month, s.share, count(*)::int AS candidates, count(c.place)::int AS drawn,
              count(*) FILTER (WHERE c.place IS NOT NULL AND EXISTS (SELECT FROM call_result r WHERE r.candidate_id = c.id))::int AS called
       FROM call_sample s JOIN call_candidate c ON c.month = s.month WHERE s.month IN (${newestMonths})
       GROUP BY s.month, s.share ORDER BY s.month DESC`,
    );
  }

  /** Returns the next number that nobody has called, of the newest month first; `skip` of them are left for later. */
  async next(skip = 0): Promise<CallToMake | null> {
    const [row] = await this.rows(
      `c.month IN (${newestMonths}) AND c.place IS NOT NULL AND r.outcome IS NULL ORDER BY c.month DESC, c.place OFFSET $1 LIMIT 1`,
      [skip],
    );
    return row ? this.toMake(row) : null;
  }

  /** Returns a call that was drawn. Throws `not-found`. */
  async call(id: string): Promise<CallToMake> {
    return this.toMake(await this.requireDrawn(id));
  }

  /** Lists the calls that came to something last. */
  async results(): Promise<(CallToMake & { outcome: CallOutcome })[]> {
    const rows = await this.rows(`r.outcome IS NOT NULL ORDER BY r.id DESC LIMIT ${resultsShown}`);
    return rows.flatMap((row) =>
      row.outcome === null ? [] : [{ ...this.toMake(row), outcome: row.outcome }],
    );
  }

  /** Opens a number for who calls it, in E.164. That it was seen, by whom and why, stands in the log. */
  async reveal(caller: Caller, id: string, reason: string): Promise<string> {
    return this.database.inTransaction(async () => {
      const { month, place, contactId, messageId, numberSealed } = await this.requireDrawn(id);
      if (!numberSealed) throw notFound('call');
      const entry = {
        subject: 'call',
        subjectId: id,
        what: 'number-revealed',
        actor: actorOf(caller),
        reason,
      } as const;
      await this.journal.record({ ...entry, after: { month, place } });
      await this.accesses.record(caller, {
        act: 'number-shown',
        subject: 'contact',
        subjectIds: [contactId],
        reason,
      });
      return this.parties.numberAt(numberPlace(messageId), numberSealed);
    });
  }

  /** Records what a call came to. A number that is not the company's is flagged. */
  async record(caller: Caller, id: string, outcome: CallOutcome): Promise<void> {
    const { now: at } = await this.settings.moment();
    await this.database.inTransaction(async () => {
      const call = await this.requireDrawn(id);
      const actor = actorOf(caller);
      await this.database.insert(CallResult, [{ id: newId(), candidateId: id, outcome, actor, at }]);
      await this.journal.record({
        subject: 'call',
        subjectId: id,
        what: 'called',
        actor,
        after: { outcome },
        before: call.outcome && { outcome: call.outcome },
      });
      const isNews = call.outcome === null || !wrongOutcomes.includes(call.outcome);
      if (wrongOutcomes.includes(outcome) && isNews) await this.flag(call, actor);
    });
  }

  private async flag({ contractId, contactId, messageId, departmentId, officerId }: CallRow, actor: string) {
    const lost = await this.database.rows<{ code: string; occurrence: number; dueAt: Date }>(
      `SELECT m.code, m.occurrence, a.due_at FROM alert a JOIN milestone m ON m.id = a.milestone_id
       WHERE a.message_id = $1 AND a.contact_id = $2 ORDER BY a.id`,
      [messageId, contactId],
    );
    await this.flags.write([
      {
        contractId,
        kind: 'number-not-theirs',
        actor,
        reason: null,
        departmentId,
        officerId,
        lost: lost.map(({ dueAt, ...text }) => ({
          ...text,
          contactId,
          dueAt: dueAt.toISOString(),
          how: 'sent',
        })),
      },
    ]);
  }

  private async requireDrawn(id: string): Promise<CallRow> {
    const [row] = await this.rows(`c.id = $1 AND c.place IS NOT NULL`, [id]);
    if (!row) throw notFound('call');
    return row;
  }

  private rows(wanted: string, parameters: unknown[] = []): Promise<CallRow[]> {
    return this.database.rows<CallRow>(
      `SELECT c.*, m.number_sealed, m.service_time, m.text, t.reference, p.id AS party_id, p.name_sealed AS party_sealed,
              k.name_sealed AS person_sealed, r.outcome
       FROM call_candidate c JOIN message m ON m.id = c.message_id JOIN contract t ON t.id = c.contract_id
         JOIN contact k ON k.id = c.contact_id JOIN counterparty p ON p.id = k.counterparty_id
         LEFT JOIN LATERAL (SELECT id, outcome FROM call_result WHERE candidate_id = c.id ORDER BY id DESC LIMIT 1) r ON true
       WHERE ${wanted}`,
      parameters,
    );
  }

  private toMake(row: CallRow): CallToMake {
    const { id, month, place, contractId, reference, text, serviceTime: at } = row;
    return {
      id,
      month,
      place: place ?? 0,
      contractId,
      reference,
      text: text ?? '',
      at,
      company: this.parties.nameOf({ id: row.partyId, nameSealed: row.partySealed }),
      person: this.parties.maskedNameOf({ id: row.contactId, nameSealed: row.personSealed }),
      number: row.numberSealed ? this.parties.maskedAt(numberPlace(row.messageId), row.numberSealed) : '',
    };
  }
}
