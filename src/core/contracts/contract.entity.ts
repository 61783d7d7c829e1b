import { Column, Entity, PrimaryColumn } from 'typeorm';
import type { Kind } from '../settings/plan.schema.js';
import type { ContractState } from '../planning/planning.types.js';

@Entity('contract')
export class Contract {
  @PrimaryColumn('uuid')
  id!: string;

  @Column('text')
  source!: string;

  @Column('text')
  reference!: string;

  @Column('integer')
  revision!: number;

  @Column('text')
  kind!: Kind;

  @Column('text')
  title!: string;

  @Column('uuid', { name: 'department_id' })
  departmentId!: string;

  @Column('uuid', { name: 'officer_id', nullable: true })
  officerId!: string | null;

  @Column('text')
  state!: ContractState;

  @Column('text', { name: 'resumes_to', nullable: true })
  resumesTo!: 'signed' | 'underway' | null;

  @Column('date', { name: 'signed_on', nullable: true })
  signedOn!: string | null;

  @Column('date', { name: 'starts_on', nullable: true })
  startsOn!: string | null;

  @Column('date', { name: 'ends_on', nullable: true })
  endsOn!: string | null;

  @Column('date', { name: 'completed_on', nullable: true })
  completedOn!: string | null;

  @Column('date', { name: 'terminated_on', nullable: true })
  terminatedOn!: string | null;

  @Column('date', { name: 'liability_ends_on', nullable: true })
  liabilityEndsOn!: string | null;

  @Column('numeric', { nullable: true })
  amount!: string | null;

  @Column('text', { nullable: true })
  currency!: string | null;

  @Column('text', { nullable: true })
  method!: string | null;

  @Column('text', { name: 'plan_name' })
  planName!: string;

  @Column('integer', { name: 'plan_version' })
  planVersion!: number;

  /** The entity tag; every change of the contract or its contacts counts it up. */
  @Column('integer')
  version!: number;
}
