import { Column, Entity, PrimaryColumn } from 'typeorm';

@Entity('counterparty')
export class Counterparty {
  @PrimaryColumn('uuid')
  id!: string;

  @Column('uuid', { name: 'contract_id' })
  contractId!: string;

  @Column('text', { name: 'external_id', nullable: true })
  externalId!: string | null;

  @Column('bytea', { name: 'name_sealed' })
  nameSealed!: Buffer;

  @Column('bytea', { name: 'name_index' })
  nameIndex!: Buffer;

  @Column('text', { name: 'registration_number', nullable: true })
  registrationNumber!: string | null;

  @Column('text', { nullable: true })
  role!: string | null;

  @Column('numeric', { nullable: true })
  share!: string | null;

  @Column('text', { nullable: true })
  country!: string | null;
}
