import { Column, Entity, PrimaryColumn } from 'typeorm';

@Entity()
export class Counterparty {
  @PrimaryColumn('uuid') id!: string;
  @Column('uuid') contractId!: string;
  @Column('text') externalId!: string | null;
  @Column('bytea') nameSealed!: Buffer;
  @Column('bytea') nameIndex!: Buffer;
  @Column('text') registrationNumber!: string | null;
  @Column('text') role!: string | null;
  @Column('numeric') share!: string | null;
  @Column('text') country!: string | null;
}
