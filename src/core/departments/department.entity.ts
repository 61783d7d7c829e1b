import { Column, Entity, PrimaryColumn } from 'typeorm';

@Entity('department')
export class Department {
  @PrimaryColumn('uuid')
  id!: string;

  @Column('uuid', { name: 'parent_id', nullable: true })
  parentId!: string | null;

  @Column('text')
  code!: string;

  @Column('text')
  name!: string;

  @Column('text', { name: 'name_en', nullable: true })
  nameEn!: string | null;

  @Column('uuid', { name: 'head_officer_id', nullable: true })
  headOfficerId!: string | null;

  @Column('date', { name: 'go_live_on', nullable: true })
  goLiveOn!: string | null;

  /** It stays to be read, and takes nothing new. */
  @Column('uuid', { name: 'merged_into', nullable: true })
  mergedInto!: string | null;
}
