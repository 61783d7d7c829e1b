import { Column, Entity, PrimaryColumn } from 'typeorm';

@Entity()
export class Officer {
  @PrimaryColumn('uuid') id!: string;
  @Column('uuid') departmentId!: string;
  @Column('text') staffNumber!: string | null;
  @Column('bytea') nameSealed!: Buffer;
  @Column('bytea') nameIndex!: Buffer;
  @Column('bytea') phoneSealed!: Buffer | null;
  @Column('bytea') phoneIndex!: Buffer | null;
  @Column('boolean') active!: boolean;
}
