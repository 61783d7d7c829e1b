import { Column, Entity, PrimaryColumn } from 'typeorm';
import type { LocalDate } from '../calendar/calendar.schema.js';

/** A Setting is one version of a setting; see `standingOf` for which is in force. */
@Entity()
export class Setting {
  @PrimaryColumn('text') name!: string;
  @PrimaryColumn('integer') version!: number;
  @Column('jsonb') value!: unknown;
  @Column('text') actor!: string;
  @Column('text') reason!: string | null;
  /** Plans alone have one. */
  @Column('date') fromOn!: LocalDate | null;
  @Column('text') approvedBy!: string | null;
  @Column('timestamptz') createdAt!: Date;
}
