import { Column, Entity, PrimaryColumn } from 'typeorm';

/** A Change is one alteration of a contract or a setting, with who made it and why. It is never rewritten. */
@Entity()
export class Change {
  @PrimaryColumn('uuid') id!: string;
  @Column('text') subject!: string;
  @Column('text') subjectId!: string;
  @Column('uuid') contractId!: string | null;
  @Column('text') what!: string;
  @Column('jsonb') before!: Record<string, unknown> | null;
  @Column('jsonb') after!: Record<string, unknown> | null;
  @Column('text') actor!: string;
  @Column('text') reason!: string | null;
  @Column('timestamptz') at!: Date;
  @Column('timestamptz') recordedAt!: Date;
}

/** A Leaf is one entry of the tamper-evident log: a body and the SHA-256 of its canonical form. */
@Entity()
export class Leaf {
  @PrimaryColumn('uuid') id!: string;
  @Column('text') kind!: string;
  @Column('text') subjectId!: string;
  @Column('jsonb') body!: unknown;
  @Column('bytea') hash!: Buffer;
  @Column('timestamptz') recordedAt!: Date;
}
