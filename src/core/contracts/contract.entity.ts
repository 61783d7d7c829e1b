import { Column, Entity, PrimaryColumn } from 'typeorm';
import type { Kind } from '../settings/plan.schema.js';
import type { ContractState } from '../planning/planning.types.js';

@Entity()
export class Contract {
  @PrimaryColumn('uuid') id!: string;
  @Column('text') source!: string;
  @Column('text') reference!: string;
  @Column('integer') revision!: number;
  @Column('text') kind!: Kind;
  @Column('text') title!: string;
  @Column('uuid') departmentId!: string;
  @Column('uuid') officerId!: string | null;
  @Column('text') state!: ContractState;
  @Column('text') resumesTo!: 'signed' | 'underway' | null;
  @Column('date') signedOn!: string | null;
  @Column('date') startsOn!: string | null;
  @Column('date') endsOn!: string | null;
  @Column('date') completedOn!: string | null;
  @Column('date') terminatedOn!: string | null;
  @Column('date') liabilityEndsOn!: string | null;
  @Column('numeric') amount!: string | null;
  @Column('text') currency!: string | null;
  @Column('text') method!: string | null;
  @Column('text') planName!: string;
  @Column('integer') planVersion!: number;
  /** The entity tag; every change of the contract or its contacts counts it up. */
  @Column('integer') version!: number;
}

/** A ContractRevision is one published or uploaded statement of a contract, kept to recognise a repetition. */
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
