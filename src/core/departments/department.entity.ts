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
  /** It stays to be read, and takes nothing new. */
  @Column('uuid') mergedInto!: string | null;
}
