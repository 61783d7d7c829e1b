import { Column, Entity, PrimaryColumn } from 'typeorm';
import { wholeNumber } from '../../platform/database/database.js';

/** The one Instance row says which database this is, so that a restored copy is recognised. */
@Entity()
export class Instance {
  @PrimaryColumn('uuid') id!: string;
  @Column('boolean') singleton!: boolean;
  @Column('text') fingerprint!: string;
  @Column('bigint', { transformer: wholeNumber }) epoch!: number;
  @Column('timestamptz') activeAt!: Date;
  @Column('timestamptz') suspectFrom!: Date | null;
  @Column('timestamptz') suspectUntil!: Date | null;
}

/** A PaceRow keeps when a sender may send its next message. */
@Entity('pace')
export class PaceRow {
  @PrimaryColumn('text') sender!: string;
  @Column('timestamptz') nextAt!: Date;
}
