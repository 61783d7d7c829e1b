import { Column, Entity, PrimaryColumn } from 'typeorm';
import type { Role } from '../../core/access/roles.js';

@Entity()
export class Account {
  @PrimaryColumn('uuid') id!: string;
  @Column('bytea') emailSealed!: Buffer;
  @Column('bytea') emailIndex!: Buffer;
  @Column('bytea') nameSealed!: Buffer;
  @Column('text') role!: Role;
  @Column('uuid') departmentId!: string | null;
  /** An officer's account is that officer: what he registers is his. */
  @Column('uuid') officerId!: string | null;
  @Column('text') locale!: 'ko' | 'en';
  /** In PHC form; null until the invitation is accepted. */
  @Column('text') passwordHash!: string | null;
  @Column('timestamptz') disabledAt!: Date | null;
}
