import { Column, Entity, PrimaryColumn } from 'typeorm';

/**
 * AccessAct is what was done with personal data. That a list or a page shows masked names and numbers is none; a file with
 * them is one, because it leaves the service (decision 42).
 */
export const accessActs = [
  'number-shown',
  'number-searched',
  'refused-rows-taken',
  'messages-exported',
  'work-list-exported',
  'accounts-read',
  'person-exported',
] as const;
export type AccessAct = (typeof accessActs)[number];

/** An AccessEntry says that somebody saw personal data. `subjectIds` are those whose it was, as far as rows tell. */
@Entity()
export class AccessEntry {
  @PrimaryColumn('uuid') id!: string;
  @Column('timestamptz') at!: Date;
  @Column('text') actor!: string;
  /** Null where the service's own command did it. */
  @Column('text') address!: string | null;
  @Column('text') act!: AccessAct;
  @Column('text') subject!: 'contact' | 'account' | 'import' | null;
  @Column('uuid', { array: true }) subjectIds!: string[];
  @Column('text') reason!: string | null;
}

/** An AccessReview says that somebody looked through the accesses of a month, such as `2026-11`. */
@Entity()
export class AccessReview {
  @PrimaryColumn('uuid') id!: string;
  @Column('text') month!: string;
  @Column('text') actor!: string;
  /** Whether their own accesses were among those. */
  @Column('boolean') isInIt!: boolean;
  @Column('text') note!: string;
  @Column('timestamptz') at!: Date;
}
