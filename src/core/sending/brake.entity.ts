import { Column, Entity, PrimaryColumn } from 'typeorm';

/** A Brake pauses sending for its target, by whom and why, until somebody releases it. */
@Entity()
export class Brake {
  @PrimaryColumn('uuid') id!: string;
  @Column('text') scope!: string;
  @Column('text') target!: string;
  @Column('text') reason!: string;
  @Column('text') actor!: string;
  @Column('timestamptz') pulledAt!: Date;
  @Column('timestamptz') releasedAt!: Date | null;
  @Column('text') releasedBy!: string | null;
  @Column('text') releaseReason!: string | null;
}
