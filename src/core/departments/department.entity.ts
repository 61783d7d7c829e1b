import { Column, Entity, PrimaryColumn } from 'typeorm';

@Entity()
export class Department {
  @PrimaryColumn('uuid') id!: string;
  @Column('uuid') parentId!: string | null;
  @Column('text') code!: string;
  @Column('text') name!: string;
  @Column('text') nameEn!: string | null;
  @Column('uuid') headOfficerId!: string | null;
  @Column('date') goLiveOn!: string | null;
  /** The department that this one became part of: its row stays to be read, and takes nothing new. */
  @Column('uuid') mergedInto!: string | null;
}

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
