import { Column, Entity, PrimaryColumn } from 'typeorm';

/** ContractChangeKind is what can be done to a contract and its parties. The history of a contract has words for each. */
export type ContractChangeKind =
  | 'registered'
  | 'amended'
  | 'moved'
  | 'occurred'
  | 'occurrence-corrected'
  | 'occurrence-withdrawn'
  | 'imported'
  | 'import-undone'
  /** Undoing an import put a column back. */
  | 'restored'
  | 'handed-over'
  | 'department-merged'
  /** A new version of the calendar moved its alerts. */
  | 'calendar-applied'
  | 'counterparty-added'
  | 'contact-added'
  | 'contact-changed'
  | 'contact-removed'
  /** It waits for a second person, who then decides. */
  | 'proposed'
  | 'proposal-approved'
  | 'proposal-refused'
  | 'proposal-withdrawn';

/** ChangeKind is every code that `change.what` may hold. What it was done to is the change's subject. */
export type ChangeKind =
  | ContractChangeKind
  | 'created'
  | 'merged'
  | 'left'
  | 'returned'
  | 'revoked'
  | 'invited'
  | 'invitation-accepted'
  | 'reset'
  | 'reset-used'
  | 'password-changed'
  /** Somebody gave themselves another name. */
  | 'renamed'
  /** Somebody confirmed another address of theirs. */
  | 'address-changed'
  | 'second-factor-set'
  | 'second-factor-removed'
  | 'recovery-codes-made'
  | 'recovery-code-used'
  | 'passkey-added'
  | 'passkey-removed'
  | 'issuer-linked'
  | 'disabled'
  | 'enabled'
  | 'setting-version-added'
  | 'template-version-added'
  | 'default-declined'
  | 'file-uploaded'
  | 'columns-set'
  | 'names-set'
  | 'applied'
  | 'discarded'
  | 'messages-exported'
  | 'statistics-exported'
  | 'coverage-exported'
  | 'work-list-exported'
  | 'flags-exported'
  | 'evidence-exported'
  | 'accesses-exported'
  | 'brake-pulled'
  | 'brake-released'
  | 'held-message-released'
  | 'flag-assigned'
  | 'flag-noted'
  | 'flag-closed'
  /** Of a number that was drawn to be called. */
  | 'number-revealed'
  | 'called'
  /** An auditor decided which contract a record of a reference list is. */
  | 'reference-matched';

/** ChangeParams is what a kind of change is about, where the kind alone does not tell. */
export interface ChangeParams {
  /** The property of the contract that was changed, such as `endsOn`: a change of several columns is several rows. */
  field?: string;
  /** It names the move that changed the field, such as `suspend`. */
  move?: string;
  /** The code of the milestone that was recorded. */
  milestone?: string;
  /** It is the key of the template, such as `ko/works/signing`. */
  template?: string;
  /** The number of the version that was added. */
  version?: number;
}

/** A Change is one alteration of a contract or a setting, with who made it and why. It is never rewritten. */
@Entity()
export class Change {
  @PrimaryColumn('uuid') id!: string;
  @Column('text') subject!: string;
  @Column('text') subjectId!: string;
  @Column('uuid') contractId!: string | null;
  @Column('text') what!: ChangeKind;
  @Column('jsonb') params!: ChangeParams;
  @Column('jsonb') before!: Record<string, unknown> | null;
  @Column('jsonb') after!: Record<string, unknown> | null;
  @Column('text') actor!: string;
  @Column('text') reason!: string | null;
  @Column('timestamptz') at!: Date;
  @Column('timestamptz') recordedAt!: Date;
}

/** A Leaf is one entry of the tamper-evident log. The public tree holds its hash alone, which its salt opens (see `entryOf`). */
@Entity()
export class Leaf {
  @PrimaryColumn('uuid') id!: string;
  @Column('text') kind!: string;
  @Column('text') subjectId!: string;
  @Column('jsonb') body!: unknown;
  /** Null in leaves that were written before the log was public. */
  @Column('bytea') salt!: Buffer | null;
  @Column('bytea') hash!: Buffer;
  @Column('timestamptz') recordedAt!: Date;
}
