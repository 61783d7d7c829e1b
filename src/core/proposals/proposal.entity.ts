import { Column, Entity, PrimaryColumn } from 'typeorm';
import type { Caller, Role } from '../access/roles.js';
import type { ChangeParams } from '../proof/change.entity.js';
import type { LossShown, ProposalState } from './proposal.schema.js';

/** ProposedChange is one line of the history that the act would write; personal data in it is masked. */
export interface ProposedChange {
  what: string;
  /** What it is done to, where that exists already. */
  subjectId?: string;
  params: ChangeParams;
  before: Record<string, unknown> | null;
  after: Record<string, unknown> | null;
}

/**
 * A Proposal is an act that waits for a second person. Until somebody decides, nothing of it is done: what was planned goes
 * on, and whoever was told goes on being told.
 */
@Entity()
export class Proposal {
  @PrimaryColumn('uuid') id!: string;
  /** The code by which its module performs it (see `Acts`). */
  @Column('text') act!: string;
  /** JSON of what the act is done with; forgotten once it is decided, because it holds names and numbers. */
  @Column('bytea') argsSealed!: Buffer | null;
  /** Blind index of the act with all that it is done with: the same act waits once. */
  @Column('bytea') actIndex!: Buffer;
  @Column('uuid') contractId!: string | null;
  @Column('text') proposer!: string;
  /** As whom the act is performed once it is approved. */
  @Column('jsonb') caller!: Caller;
  @Column('text') reason!: string | null;
  /** Whom it kept from being told when it was proposed. A decision goes by what is true then. */
  @Column('jsonb') lost!: LossShown[];
  @Column('jsonb') changes!: ProposedChange[];
  /** The roles of which somebody may decide it. */
  @Column('text', { array: true }) deciders!: Role[];
  /** The account on which the lot fell; null where nobody was there to be drawn. */
  @Column('uuid') drawnAccountId!: string | null;
  /** By the service clock. */
  @Column('timestamptz') at!: Date;
  /** From here on whoever oversees all may decide too. */
  @Column('timestamptz') openFrom!: Date;
  @Column('text') state!: ProposalState;
  @Column('timestamptz') decidedAt!: Date | null;
  @Column('text') decidedBy!: string | null;
  @Column('text') note!: string | null;
}
