import { Column, Entity, PrimaryColumn } from 'typeorm';

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
  @Column('text') locale!: 'ko' | 'en';
  @Column('text') legalBasis!: 'statutory-task' | 'contract' | 'consent';
  @Column('date') legalBasisOn!: string | null;
  @Column('timestamptz') removedAt!: Date | null;
  /** Of the commitments that stand in the log in place of the number. */
  @Column('bytea') salt!: Buffer;
}
