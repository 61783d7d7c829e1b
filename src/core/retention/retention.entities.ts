import { Column, Entity, PrimaryColumn } from 'typeorm';

/** A RetentionHold keeps all personal data of a contract, for as long as an auditor looks into it. */
@Entity()
export class RetentionHold {
  @PrimaryColumn('uuid') id!: string;
  @Column('uuid') contractId!: string;
  @Column('text') reason!: string;
  @Column('text') actor!: string;
  @Column('timestamptz') at!: Date;
  @Column('timestamptz') releasedAt!: Date | null;
  @Column('text') releasedBy!: string | null;
  @Column('text') releaseReason!: string | null;
}
