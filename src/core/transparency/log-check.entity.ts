import { Column, Entity, PrimaryColumn } from 'typeorm';
import { wholeNumber } from '../../platform/database/database.js';
import type { LogFinding } from './log-findings.words.js';
import type { TablesCompared } from './table-verifier.js';

/** A LogCheck is what came of verifying the log and the tables: how much of them fits, or what first did not. */
@Entity()
export class LogCheck {
  @PrimaryColumn('uuid') id!: string;
  @Column('timestamptz') beganAt!: Date;
  @Column('timestamptz') endedAt!: Date;
  /** Entries of the log that fit. */
  @Column('bigint', { transformer: wholeNumber }) size!: number | null;
  @Column('bytea') root!: Buffer | null;
  @Column('jsonb') tables!: TablesCompared | null;
  @Column('text') code!: LogFinding['code'] | null;
  @Column('jsonb') params!: LogFinding['params'] | null;
}
