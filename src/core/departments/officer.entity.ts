import { Column, Entity, PrimaryColumn } from 'typeorm';

@Entity('officer')
export class Officer {
  @PrimaryColumn('uuid')
  id!: string;

  @Column('uuid', { name: 'department_id' })
  departmentId!: string;

  @Column('text', { name: 'staff_number', nullable: true })
  staffNumber!: string | null;

  @Column('bytea', { name: 'name_sealed' })
  nameSealed!: Buffer;

  @Column('bytea', { name: 'name_index' })
  nameIndex!: Buffer;

  @Column('bytea', { name: 'phone_sealed', nullable: true })
  phoneSealed!: Buffer | null;

  @Column('bytea', { name: 'phone_index', nullable: true })
  phoneIndex!: Buffer | null;

  @Column('boolean')
  active!: boolean;
}
