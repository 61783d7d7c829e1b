import { Column, Entity, PrimaryColumn } from 'typeorm';
import type { Role } from './roles.js';

@Entity()
export class ApiKey {
  @PrimaryColumn('uuid') id!: string;
  @Column('text') name!: string;
  @Column('text') prefix!: string;
  @Column('bytea') secretHash!: Buffer;
  @Column('text') role!: Role;
  @Column('uuid') departmentId!: string | null;
  @Column('uuid') officerId!: string | null;
  @Column('timestamptz') expiresAt!: Date | null;
  @Column('timestamptz') lastUsedAt!: Date | null;
  @Column('timestamptz') revokedAt!: Date | null;
  /** It opens nothing until a second person approves it. */
  @Column('boolean') waits!: boolean;
}

/** An IdempotencyKey keeps the answer to a call, so that a repetition is answered alike and does nothing. */
@Entity()
export class IdempotencyKey {
  @PrimaryColumn('uuid') apiKeyId!: string;
  @PrimaryColumn('text') key!: string;
  @Column('bytea') requestHash!: Buffer;
  @Column('integer') status!: number;
  @Column('bytea') responseSealed!: Buffer;
  @Column('uuid') rowId!: string;
  @Column('timestamptz') createdAt!: Date;
}
