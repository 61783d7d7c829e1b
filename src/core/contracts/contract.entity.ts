import { Column, Entity, PrimaryColumn } from 'typeorm';
import type { ContractState, PlanningContract } from '../planning/planning.types.js';
import type { Kind } from '../settings/plan.schema.js';

/**
 * ContractTerms are the columns that a source gives of a contract: a form, a program, a sheet or a published file. What
 * reads, shows and compares contracts is typed by them, so that a column added here does not compile until each of those
 * places has it; docs/design.md, "A new column of a contract", names them.
 */
export abstract class ContractTerms {
  @Column('text') source!: string;
  @Column('text') reference!: string;
  @Column('integer') revision!: number;
  @Column('text') kind!: Kind;
  @Column('text') title!: string;
  @Column('uuid') departmentId!: string;
  @Column('uuid') officerId!: string | null;
  @Column('date') signedOn!: string | null;
  @Column('date') startsOn!: string | null;
  @Column('date') endsOn!: string | null;
  @Column('date') liabilityEndsOn!: string | null;
  @Column('numeric') amount!: string | null;
  @Column('text') currency!: string | null;
  @Column('text') method!: string | null;
}

type PlanningTerm = keyof ContractTerms & keyof PlanningContract;

/** DatedTerm is a date that planning reads and a source gives; the days of completion and termination come by moves. */
export type DatedTerm = {
  [K in PlanningTerm]: null extends PlanningContract[K] ? K : never;
}[PlanningTerm];

@Entity()
export class Contract extends ContractTerms {
  @PrimaryColumn('uuid') id!: string;
  @Column('text') state!: ContractState;
  @Column('text') resumesTo!: 'signed' | 'underway' | null;
  @Column('date') completedOn!: string | null;
  @Column('date') terminatedOn!: string | null;
  @Column('text') planName!: string;
  @Column('integer') planVersion!: number;
  /** The version of the calendar by which it was planned last; null when that was not noted, and is not to be made up for. */
  @Column('integer') calendarVersion!: number | null;
  /** The entity tag; every change of the contract or its contacts counts it up. */
  @Column('integer') version!: number;
}

/** A ContractRevision is what one file or call gave of a contract, kept so that the same is recognised when it comes again. */
@Entity()
export class ContractRevision {
  @PrimaryColumn('uuid') id!: string;
  @Column('uuid') contractId!: string;
  @Column('integer') revision!: number;
  @Column('bytea') fingerprint!: Buffer;
  @Column('jsonb') content!: unknown;
  @Column('boolean') correction!: boolean;
  @Column('timestamptz') recordedAt!: Date;
  @Column('text') actor!: string;
}

@Entity()
export class Counterparty {
  @PrimaryColumn('uuid') id!: string;
  @Column('uuid') contractId!: string;
  @Column('text') externalId!: string | null;
  @Column('bytea') nameSealed!: Buffer;
  @Column('bytea') nameIndex!: Buffer;
  /** Keyed fingerprints of the parts of its name; null on a row for which they are not made yet. */
  @Column('integer', { array: true }) nameParts!: number[] | null;
  @Column('text') registrationNumber!: string | null;
  @Column('text') role!: string | null;
  @Column('numeric') share!: string | null;
  @Column('text') country!: string | null;
}

@Entity()
export class Contact {
  @PrimaryColumn('uuid') id!: string;
  @Column('uuid') contractId!: string;
  @Column('uuid') counterpartyId!: string;
  @Column('bytea') nameSealed!: Buffer | null;
  @Column('bytea') nameIndex!: Buffer | null;
  @Column('text') role!: string | null;
  @Column('bytea') phoneSealed!: Buffer | null;
  @Column('bytea') phoneIndex!: Buffer | null;
  @Column('text') phoneCountry!: string | null;
  /** A keyed fingerprint of the number's last four digits. */
  @Column('integer') phoneEnding!: number | null;
  @Column('text') locale!: 'ko' | 'en';
  @Column('text') legalBasis!: 'statutory-task' | 'contract' | 'consent';
  @Column('date') legalBasisOn!: string | null;
  @Column('timestamptz') removedAt!: Date | null;
  /** Salts the commitments that stand in the log in place of the number; null once the contact is erased (docs/retention.md). */
  @Column('bytea') salt!: Buffer | null;
}

/** Wanted are the columns of a row that are to be altered; those that are left out, or undefined, keep their value. */
export type Wanted<Row> = { [K in keyof Row]?: Row[K] | undefined };
