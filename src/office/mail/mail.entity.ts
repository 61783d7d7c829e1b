import { Column, Entity, PrimaryColumn } from 'typeorm';

export type MailKind =
  'invitation' | 'reset' | 'forgotten' | 'new-address' | 'address-changed' | 'morning' | 'brake';

/** A Mail is a letter to one person. It waits until a server has taken it, for a day at the most. */
@Entity()
export class Mail {
  @PrimaryColumn('uuid') id!: string;
  @Column('text') kind!: MailKind;
  /** What it is about: the same person gets no second mail of the same key. */
  @Column('text') key!: string;
  @Column('bytea') toSealed!: Buffer;
  @Column('bytea') toIndex!: Buffer;
  /** JSON of subject and text; null once it is sent or given up. The sandbox keeps it, to show it. */
  @Column('bytea') contentSealed!: Buffer | null;
  /** By the service clock. */
  @Column('timestamptz') at!: Date;
  @Column('timestamptz') createdAt!: Date;
  @Column('integer') attempts!: number;
  /** By the database's clock; null once it is sent or given up. */
  @Column('timestamptz') nextAttemptAt!: Date | null;
  @Column('timestamptz') sentAt!: Date | null;
  /** What the server answered last. */
  @Column('text') error!: string | null;
}
