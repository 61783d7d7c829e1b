import { Column, Entity, PrimaryColumn, VirtualColumn } from 'typeorm';
import type { Caller } from '../../core/access/roles.js';
import { wholeNumber } from '../../platform/database/database.js';
import type { Phrase } from '../../platform/words/words.js';
import type {
  ColumnMapping,
  EffectResult,
  ImportCounts,
  ImportFormat,
  ImportOptions,
  ImportStatus,
  ListedFile,
  UndoCounts,
} from './import.schema.js';

/** SQL of a department's id; an import goes along with a department that was merged into another. */
export const asMerged = (id: string) =>
  `coalesce((SELECT merged_into FROM department WHERE department.id = ${id}), ${id})`;

/** Returns SQL of the department of who uploaded an import, after mergers; it is null for an admin. */
export const bringerDepartment = (row: string) =>
  asMerged(`(CASE WHEN ${row}.caller ->> 'role' <> 'admin' THEN ${row}.caller ->> 'departmentId' END)::uuid`);

/** An Import is one uploaded file on its way into contracts, or into a reference list. */
@Entity()
export class Import {
  @PrimaryColumn('uuid') id!: string;
  @Column('text') fileName!: string;
  @Column('text') format!: ImportFormat | null;
  /** `listing`: a worker has a file of a reference list, which is never anything else until its end. */
  @Column('text') status!: ImportStatus | 'listing';
  @Column('uuid') departmentId!: string | null;
  @Column('text') actor!: string;
  /** Who uploaded it, and who decided its present step, each with the rights that they had at that moment. */
  @Column('jsonb') caller!: Caller & { decidedBy?: Caller };
  /** Counts of the pass that is running or ran last. */
  @Column('jsonb') counts!: ImportCounts;
  /** Bytes; 0 until the upload is complete. */
  @Column('bigint', { transformer: wholeNumber }) size!: number;
  /** Units of the file that the pass has done. */
  @Column('bigint', { transformer: wholeNumber }) position!: number;
  @Column('text') failure!: string | null;
  @Column('timestamptz') leaseUntil!: Date | null;
  @Column('timestamptz') createdAt!: Date;
  @Column('timestamptz') startedAt!: Date | null;
  @Column('timestamptz') finishedAt!: Date | null;
  @Column('boolean') preview!: boolean;
  /** How the file is to be read, beside what it says itself. */
  @Column('jsonb') options!: ImportOptions;
  /** The claim of the worker that is at it; only its holder may go on with the import. */
  @Column('uuid') claimedBy!: string | null;
  /** Units of the file; null until it has been read through. */
  @Column('bigint', { transformer: wholeNumber }) total!: number | null;
  /** Bytes of the file that the pass has read. */
  @Column('bigint', { transformer: wholeNumber }) bytesRead!: number;
  @Column('jsonb') mapping!: ColumnMapping | null;
  @Column('jsonb') previewCounts!: ImportCounts | null;
  @Column('integer') peopleTextedToday!: number | null;
  /** The day of the preview, as the service clock has it. */
  @Column('date') previewedOn!: string | null;
  @Column('text') appliedBy!: string | null;
  @Column('timestamptz') undoneAt!: Date | null;
  @Column('text') undoneBy!: string | null;
  @Column('text') undoReason!: string | null;
  @Column('jsonb') undoCounts!: UndoCounts | null;
  /** When the earlier values of its contracts were forgotten; it can no longer be undone. */
  @Column('timestamptz') settledAt!: Date | null;

  /** The reference list whose file it is; null for an import of contracts. */
  @Column('uuid') listId!: string | null;
  @Column('jsonb') listed!: ListedFile | null;

  /** The department that the import is for, after mergers. */
  @VirtualColumn('uuid', { query: (row) => asMerged(`${row}.department_id`) })
  readonly ownDepartmentId!: string | null;

  /** The uploader's department, after mergers; null for an admin, who sees all. It bounds what the import can touch. */
  @VirtualColumn('uuid', { query: bringerDepartment })
  readonly bringerDepartmentId!: string | null;
}

abstract class FilePiece {
  @PrimaryColumn('uuid') id!: string;
  @Column('uuid') importId!: string;
  @Column('integer') ordinal!: number;
  @Column('bytea') sealed!: Buffer;
}

/** An ImportChunk is a part of the uploaded file, sealed. */
@Entity()
export class ImportChunk extends FilePiece {}

/** An ImportRefused is a part of the workbook of the refused rows, sealed. */
@Entity()
export class ImportRefused extends FilePiece {}

/** An ImportProblem is what could not be taken of a file, and where. */
@Entity()
export class ImportProblem {
  @PrimaryColumn('uuid') id!: string;
  @Column('uuid') importId!: string;
  @Column('integer') line!: number;
  @Column('text') field!: string;
  @Column('text') value!: string;
  @Column('text') code!: string;
  /** Null for an old one whose sentences are none of the catalogue's; that has `message` and `advice`, in English. */
  @Column('jsonb') phrase!: Phrase | null;
  @Column('text') message!: string | null;
  @Column('text') advice!: string | null;
  @Column('boolean') fatal!: boolean;
}

/** An OcdsRecord is what a previous release stated about a contracting process, kept for the next release. */
@Entity()
export class OcdsRecord {
  @PrimaryColumn('uuid') id!: string;
  @Column('text') ocid!: string;
  @Column('bytea') compiledSealed!: Buffer;
  @Column('timestamptz') updatedAt!: Date;
}

/**
 * An ImportName is a name in the file that no department, or no officer of its department, goes by, with what was chosen
 * for it. What a person decided is remembered by the import that it was applied with.
 */
@Entity()
export class ImportName {
  @PrimaryColumn('uuid') id!: string;
  @Column('uuid') importId!: string;
  /** The department whose officer is meant; null when the name is meant to be a department's. */
  @Column('uuid') departmentId!: string | null;
  @Column('bytea') nameIndex!: Buffer;
  @Column('bytea') nameSealed!: Buffer;
  /** The first line that has it. */
  @Column('integer') line!: number;
  /** Contracts of the file that have it. */
  @Column('integer') contracts!: number;
  /** The id of a department, or of an officer. */
  @Column('uuid') chosenId!: string | null;
  /** A person decided it for this import; else it is what is remembered. */
  @Column('boolean') decided!: boolean;
}

/** An ImportEffect is what one contract of the file changed, or would change. */
@Entity()
export class ImportEffect {
  @PrimaryColumn('uuid') id!: string;
  @Column('uuid') importId!: string;
  /** Counts the units of the file, 1 being the first. */
  @Column('bigint', { transformer: wholeNumber }) ordinal!: number;
  /** Counts the contracts of its unit, from 0; a line of which nothing went in stands behind them. */
  @Column('integer') place!: number;
  @Column('integer') line!: number;
  @Column('uuid') contractId!: string | null;
  @Column('text') source!: string | null;
  @Column('text') reference!: string | null;
  @Column('text') title!: string | null;
  @Column('text') result!: EffectResult;
  /** What the preview had shown, once it is applied. */
  @Column('text') previewed!: EffectResult | null;
  @Column('boolean') applied!: boolean;
  /** The contract's version when the import had done with it. */
  @Column('integer') version!: number | null;
  @Column('integer') alertsAdded!: number;
  @Column('integer') alertsMoved!: number;
  @Column('integer') alertsCancelled!: number;
  @Column('integer') textedToday!: number;
  /** Blind indexes of the numbers that are texted on the day because of it. */
  @Column('bytea', { array: true }) dueToday!: Buffer[];
  /** Alerts that it added or moved. */
  @Column('uuid', { array: true }) alertIds!: string[];
  @Column('bytea') changesSealed!: Buffer | null;
  @Column('bytea') undoSealed!: Buffer | null;
}
