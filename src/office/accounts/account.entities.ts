import { Column, Entity, PrimaryColumn, VirtualColumn } from 'typeorm';
import type { Role } from '../../core/access/roles.js';

/** An Account is a person who may sign in. E-mail address and name are sealed. */
@Entity()
export class Account {
  @PrimaryColumn('uuid') id!: string;
  @Column('bytea') emailSealed!: Buffer;
  @Column('bytea') emailIndex!: Buffer;
  @Column('bytea') nameSealed!: Buffer;
  @Column('text') role!: Role;
  @Column('uuid') departmentId!: string | null;
  /** An officer's account is that officer: what they register is theirs. */
  @Column('uuid') officerId!: string | null;
  @Column('text') locale!: 'ko' | 'en';
  /** In PHC form; null until the invitation is accepted. */
  @Column('text') passwordHash!: string | null;
  @Column('timestamptz') disabledAt!: Date | null;
  /** The secret of an authenticator app; null without a second factor. */
  @Column('bytea') totpSealed!: Buffer | null;
  /** The keyed fingerprint of whom an OpenID Connect issuer knows them as; null until they have signed in by it. */
  @Column('bytea') issuerIndex!: Buffer | null;
  @VirtualColumn('boolean', {
    query: (row) => `SELECT EXISTS (SELECT FROM passkey WHERE account_id = ${row}.id)`,
  })
  hasPasskey!: boolean;
}

/** A RecoveryCode stands in for the authenticator app once; of the code only the SHA-256 is kept. */
@Entity()
export class RecoveryCode {
  @PrimaryColumn('bytea') codeHash!: Buffer;
  @Column('uuid') accountId!: string;
}

/** A Passkey signs its person in on one device, or on those that share it. What the person calls it is sealed. */
@Entity()
export class Passkey {
  @PrimaryColumn('uuid') id!: string;
  @Column('uuid') accountId!: string;
  @Column('bytea') nameSealed!: Buffer;
  /** The id that its authenticator gave it. */
  @Column('bytea') credentialId!: Buffer;
  /** In COSE form (RFC 9052). */
  @Column('bytea') publicKey!: Buffer;
  /** How many signatures its authenticator has counted; 0 of one that counts none. The driver gives it as text. */
  @Column('bigint') counter!: string;
  @Column('timestamptz') createdAt!: Date;
  @Column('timestamptz') lastUsedAt!: Date | null;
}

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
