import { Column, Entity, PrimaryColumn } from 'typeorm';
import { wholeNumber } from '../../platform/database/database.js';
import type { LogFinding } from './log-findings.words.js';
import type { TablesCompared } from './table-verifier.js';

/** A LogCheck is what came of verifying the log and the tables: how much of them was read, and what first did not fit. */
@Entity()
export class LogCheck {
  @PrimaryColumn('uuid') id!: string;
  @Column('timestamptz') beganAt!: Date;
  @Column('timestamptz') endedAt!: Date;
  /** Entries of the log. */
  @Column('bigint', { transformer: wholeNumber }) size!: number | null;
  @Column('bytea') root!: Buffer | null;
  /** With how many things do not fit in the log and the tables; a check stopped at the first of them before that was counted. */
  @Column('jsonb') tables!: (TablesCompared & { misfits?: number }) | null;
  @Column('text') code!: LogFinding['code'] | null;
  @Column('jsonb') params!: LogFinding['params'] | null;
}
