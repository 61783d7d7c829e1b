import { Column, Entity, PrimaryColumn } from 'typeorm';
import { defineChangedFacts, defineFacts, digestOfLines, hexDigest } from '../../core/proof/facts.js';
import { wholeNumber } from '../../platform/database/database.js';
import type { CallOutcome } from './calls.schema.js';

/** A CallSample is a month whose numbers are called by lot: what was laid down before, and from which checkpoint it was drawn. */
@Entity()
export class CallSample {
  /** `2026-05`; the texts of this month. */
  @PrimaryColumn('text') month!: string;
  /** Percent of the candidates that are called. */
  @Column('smallint') share!: number;
  /** The leaf that lays down the rules and the list's digest. */
  @Column('uuid') leafId!: string;
  /** By the service clock. */
  @Column('timestamptz') committedAt!: Date;
  /** Entries of the checkpoint whose root is the seed; null until there is one. */
  @Column('bigint', { transformer: wholeNumber }) size!: number | null;
}

/** A CallCandidate is a number that was texted in a month, as it was then. Its row is never changed but for its place. */
@Entity()
export class CallCandidate {
  @PrimaryColumn('uuid') id!: string;
  @Column('text') month!: string;
  /** Stands in the published list: a commitment to the contract and the text, which the salt opens. */
  @Column('text') entry!: string;
  @Column('bytea') salt!: Buffer;
  @Column('smallint') weight!: number;
  @Column('uuid') contractId!: string;
  @Column('uuid') contactId!: string;
  /** The last text of the month to the number. The number itself is read from it. */
  @Column('uuid') messageId!: string;
  /** The department and the officer that the contract named when that text was frozen. */
  @Column('uuid') departmentId!: string;
  @Column('uuid') officerId!: string | null;
  /** 1 for the first that is called; null when it was not drawn. */
  @Column('integer') place!: number | null;
}

/** A CallResult is what a call came to. The last one of a number counts: who presses the wrong key records another. */
@Entity()
export class CallResult {
  @PrimaryColumn('uuid') id!: string;
  @Column('uuid') candidateId!: string;
  @Column('text') outcome!: CallOutcome;
  @Column('text') actor!: string;
  /** By the service clock. */
  @Column('timestamptz') at!: Date;
}

const candidatesOf = `call_candidate c WHERE c.month = r.month`;

/** Digests are those of the leaves that lay a sample down and say what was drawn; whose numbers these are only the rows themselves say. */
defineFacts('call_sample', {
  kinds: ['calls-committed', 'call_sample', 'calls-drawn'],
  key: 'r.month',
  keyType: 'text',
  facts: {
    month: 'r.month',
    share: 'r.share',
    size: 'r.size',
    candidates: `(SELECT count(*) FROM ${candidatesOf})`,
    list: `(SELECT ${hexDigest(`coalesce(string_agg(c.entry || ' ' || c.weight || E'\\n', '' ORDER BY c.entry COLLATE "C"), '')`)}
      FROM ${candidatesOf})`,
    people: digestOfLines(
      `SELECT format('%s|%s|%s|%s|%s|%s', c.entry, c.contract_id, c.contact_id, c.message_id, c.department_id, c.officer_id) AS line
       FROM ${candidatesOf}`,
    ),
    sample: `(SELECT ${hexDigest(`coalesce(string_agg(c.entry, E'\\n' ORDER BY c.place), '')`)}
      FROM ${candidatesOf} AND c.place IS NOT NULL)`,
  },
  at: 'r.committed_at',
});

/** The result of a call is flagged for the agency: nobody below audit learns which contract was called. */
defineChangedFacts('call', {
  from: 'call_candidate r',
  subject: 'call',
  columns: ['month', 'place'],
  facts: {
    outcome: `(SELECT c.outcome FROM call_result c WHERE c.candidate_id = r.id ORDER BY c.id DESC LIMIT 1)`,
  },
  where: `EXISTS (SELECT FROM call_result c WHERE c.candidate_id = r.id UNION ALL
    SELECT FROM leaf l WHERE l.subject_id = r.id::text AND l.kind = 'change')`,
});
