import { Column, Entity, PrimaryColumn } from 'typeorm';
import type { LadderStepName } from './ladder.schema.js';

/** A LadderStep says that somebody learned of a row of a work list on a day. */
@Entity()
export class LadderStep {
  @PrimaryColumn('uuid') id!: string;
  @Column('text') list!: string;
  /** The id of the row in its list. */
  @Column('uuid') rowId!: string;
  @Column('uuid') contractId!: string | null;
  @Column('uuid') departmentId!: string | null;
  @Column('text') step!: LadderStepName;
  @Column('date') day!: string;
  /** By the service clock. */
  @Column('timestamptz') at!: Date;
  @Column('timestamptz') acknowledgedAt!: Date | null;
  @Column('text') acknowledgedBy!: string | null;
  @Column('text') note!: string | null;
  /** When the row stood in its list no more. */
  @Column('timestamptz') resolvedAt!: Date | null;
}
