import { Column, Entity, PrimaryColumn } from 'typeorm';

@Entity('contact')
export class Contact {
  @PrimaryColumn('uuid')
  id!: string;

  @Column('uuid', { name: 'contract_id' })
  contractId!: string;

  @Column('uuid', { name: 'counterparty_id' })
  counterpartyId!: string;

  @Column('bytea', { name: 'name_sealed', nullable: true })
  nameSealed!: Buffer | null;

  @Column('bytea', { name: 'name_index', nullable: true })
  nameIndex!: Buffer | null;

  @Column('text', { nullable: true })
  role!: string | null;

  @Column('bytea', { name: 'phone_sealed', nullable: true })
  phoneSealed!: Buffer | null;

  @Column('bytea', { name: 'phone_index', nullable: true })
  phoneIndex!: Buffer | null;

  @Column('text', { name: 'phone_country', nullable: true })
  phoneCountry!: string | null;

  @Column('text')
  locale!: 'ko' | 'en';

  @Column('text', { name: 'legal_basis' })
  legalBasis!: 'statutory-task' | 'contract' | 'consent';

  @Column('date', { name: 'legal_basis_on', nullable: true })
  legalBasisOn!: string | null;

  @Column('timestamptz', { name: 'removed_at', nullable: true })
  removedAt!: Date | null;

  /** Of the commitments that stand in the log in place of the number. */
  @Column('bytea')
  salt!: Buffer;
}
