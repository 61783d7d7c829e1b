import { Column, Entity, PrimaryColumn } from 'typeorm';
import type { LocalDate } from '../calendar/calendar.schema.js';

/** A TemplateVersion is one version of an SMS template; see `standingOf` for which is in force. */
@Entity()
export class TemplateVersion {
  @PrimaryColumn('uuid') id!: string;
  @Column('text') key!: string;
  @Column('integer') version!: number;
  @Column('text') body!: string;
  @Column('text') actor!: string;
  @Column('text') reason!: string | null;
  @Column('date') fromOn!: LocalDate | null;
  @Column('text') approvedBy!: string | null;
  @Column('timestamptz') createdAt!: Date;
}
