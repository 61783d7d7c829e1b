import { Column, Entity, PrimaryColumn } from 'typeorm';
import { wholeNumber } from '../../platform/database/database.js';

/** An Import is one uploaded file on its way into contracts. */
@Entity()
export class Import {
  @PrimaryColumn('uuid') id!: string;
  @Column('text') fileName!: string;
  @Column('text') format!: string | null;
  @Column('text') status!: string;
  @Column('uuid') departmentId!: string | null;
  @Column('text') actor!: string;
  @Column('jsonb') caller!: unknown;
  @Column('jsonb') counts!: unknown;
  @Column('bigint', { transformer: wholeNumber }) size!: number;
  @Column('bigint', { transformer: wholeNumber }) position!: number;
  @Column('text') failure!: string | null;
  @Column('timestamptz') leaseUntil!: Date | null;
  @Column('timestamptz') createdAt!: Date;
  @Column('timestamptz') startedAt!: Date | null;
  @Column('timestamptz') finishedAt!: Date | null;
  @Column('boolean') preview!: boolean;
  @Column('uuid') claimedBy!: string | null;
  @Column('bigint', { transformer: wholeNumber }) total!: number | null;
  @Column('bigint', { transformer: wholeNumber }) bytesRead!: number;
  @Column('jsonb') mapping!: unknown;
  @Column('jsonb') previewCounts!: unknown;
  @Column('integer') peopleTextedToday!: number | null;
  @Column('date') previewedOn!: string | null;
  @Column('text') appliedBy!: string | null;
  @Column('timestamptz') undoneAt!: Date | null;
  @Column('text') undoneBy!: string | null;
  @Column('text') undoReason!: string | null;
  @Column('jsonb') undoCounts!: unknown;
  @Column('timestamptz') settledAt!: Date | null;
}

/** An ImportChunk is a part of the uploaded file, sealed. */
@Entity()
export class ImportChunk {
  @PrimaryColumn('uuid') id!: string;
  @Column('uuid') importId!: string;
  @Column('integer') ordinal!: number;
  @Column('bytea') sealed!: Buffer;
}

/** An ImportProblem is what could not be taken of a file, and where. */
@Entity()
export class ImportProblem {
  @PrimaryColumn('uuid') id!: string;
  @Column('uuid') importId!: string;
  @Column('integer') line!: number;
  @Column('text') field!: string;
  @Column('text') value!: string;
  @Column('text') code!: string;
  @Column('text') message!: string;
  @Column('text') advice!: string;
  @Column('boolean') fatal!: boolean;
}

/** An OcdsRecord is what a previous release said of a contract, kept for the next one. */
@Entity()
export class OcdsRecord {
  @PrimaryColumn('uuid') id!: string;
  @Column('text') ocid!: string;
  @Column('bytea') compiledSealed!: Buffer;
  @Column('timestamptz') updatedAt!: Date;
}

/** An ImportHeading remembers what a heading of a sheet was taken for. */
@Entity()
export class ImportHeading {
  @PrimaryColumn('text') heading!: string;
  @Column('text') field!: string | null;
  @Column('text') actor!: string;
  @Column('timestamptz') setAt!: Date;
}

/** An ImportRefused is a row that was refused, as it stood in the file. */
@Entity()
export class ImportRefused {
  @PrimaryColumn('uuid') id!: string;
  @Column('uuid') importId!: string;
  @Column('integer') ordinal!: number;
  @Column('bytea') sealed!: Buffer;
}

/** An ImportEffect is what one contract of the file changed, or would change. */
@Entity()
export class ImportEffect {
  @PrimaryColumn('uuid') id!: string;
  @Column('uuid') importId!: string;
  @Column('bigint', { transformer: wholeNumber }) ordinal!: number;
  @Column('integer') place!: number;
  @Column('integer') line!: number;
  @Column('uuid') contractId!: string | null;
  @Column('text') source!: string | null;
  @Column('text') reference!: string | null;
  @Column('text') title!: string | null;
  @Column('text') result!: string;
  @Column('text') previewed!: string | null;
  @Column('boolean') applied!: boolean;
  @Column('integer') version!: number | null;
  @Column('integer') alertsAdded!: number;
  @Column('integer') alertsMoved!: number;
  @Column('integer') alertsCancelled!: number;
  @Column('integer') textedToday!: number;
  @Column('bytea', { array: true }) dueToday!: Buffer[];
  @Column('uuid', { array: true }) alertIds!: string[];
  @Column('bytea') changesSealed!: Buffer | null;
  @Column('bytea') undoSealed!: Buffer | null;
}
