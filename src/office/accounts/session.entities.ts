import { Column, Entity, PrimaryColumn } from 'typeorm';

/** A Session is a signed-in browser; of its token only the SHA-256 is kept. */
@Entity()
export class Session {
  @PrimaryColumn('bytea') tokenHash!: Buffer;
  @Column('uuid') accountId!: string;
  @Column('timestamptz') createdAt!: Date;
  @Column('timestamptz') lastSeenAt!: Date;
}

/** An AccountLink lets somebody choose a password once. */
@Entity()
export class AccountLink {
  @PrimaryColumn('bytea') tokenHash!: Buffer;
  @Column('uuid') accountId!: string;
  @Column('text') purpose!: 'invitation' | 'reset';
  @Column('timestamptz') expiresAt!: Date;
}

/** A SignInFailure row counts the failures of one source. */
@Entity()
export class SignInFailure {
  @PrimaryColumn('bytea') source!: Buffer;
  @Column('integer') failures!: number;
  @Column('timestamptz') lastAt!: Date;
  @Column('timestamptz') blockedUntil!: Date;
}
