import { Column, Entity, PrimaryColumn } from 'typeorm';
import type { Role } from '../../core/access/roles.js';

@Entity('account')
export class Account {
  @PrimaryColumn('uuid')
  id!: string;

  @Column('bytea', { name: 'email_sealed' })
  emailSealed!: Buffer;

  @Column('bytea', { name: 'email_index' })
  emailIndex!: Buffer;

  @Column('bytea', { name: 'name_sealed' })
  nameSealed!: Buffer;

  @Column('text')
  role!: Role;

  @Column('uuid', { name: 'department_id', nullable: true })
  departmentId!: string | null;

  /** An officer's account is that officer: what he registers is his. */
  @Column('uuid', { name: 'officer_id', nullable: true })
  officerId!: string | null;

  @Column('text')
  locale!: 'ko' | 'en';

  /** In PHC form; null until the invitation is accepted. */
  @Column('text', { name: 'password_hash', nullable: true })
  passwordHash!: string | null;

  @Column('timestamptz', { name: 'disabled_at', nullable: true })
  disabledAt!: Date | null;
}
