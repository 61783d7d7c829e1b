import { Column, Entity, PrimaryColumn } from 'typeorm';
import type { LostAlert } from './planning.types.js';

/** `not-told`: texts were cancelled, held or missed. `number-swapped`: they go to another number. `put-off`: much later. */
export const flagKinds = ['not-told', 'number-swapped', 'put-off'] as const;
export type FlagKind = (typeof flagKinds)[number];

export const findings = ['explained', 'mistake', 'referred'] as const;
export type FlagFinding = (typeof findings)[number];

/** A text that somebody lost, as the log keeps it: without the number, whose blind index would tell who else has it. */
export type LostText = Omit<LostAlert, 'number' | 'dueAt'> & { dueAt: string };

/**
 * A Flag is what one change kept from whom, written in the change's own transaction. It is never reckoned afresh from what
 * is true now, and does not go because something was changed back: an auditor closes it, with a finding.
 */
@Entity()
export class Flag {
  @PrimaryColumn('uuid') id!: string;
  @Column('uuid') contractId!: string;
  @Column('text') kind!: FlagKind;
  /** By the service clock. */
  @Column('timestamptz') at!: Date;
  @Column('text') actor!: string;
  @Column('text') reason!: string | null;
  /** The department and the officer that the contract had then. */
  @Column('uuid') departmentId!: string;
  @Column('uuid') officerId!: string | null;
  @Column('jsonb') lost!: LostText[];
  @Column('timestamptz') closedAt!: Date | null;
  @Column('text') closedBy!: string | null;
  @Column('text') finding!: FlagFinding | null;
  @Column('text') note!: string | null;
}
