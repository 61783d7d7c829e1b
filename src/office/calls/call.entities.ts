import { Column, Entity, PrimaryColumn } from 'typeorm';
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
