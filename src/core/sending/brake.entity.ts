import { Column, Entity, PrimaryColumn } from 'typeorm';

export const brakeScopes = ['agency', 'department', 'template', 'sender', 'route', 'instance'] as const;
export type BrakeScope = (typeof brakeScopes)[number];

/** A Brake pauses sending for its target, by whom and why, until somebody releases it. */
@Entity()
export class Brake {
  @PrimaryColumn('uuid') id!: string;
  @Column('text') scope!: BrakeScope;
  /** A department's id, a template's key, a sender, `sender/country`, or the agency's own word `all`. */
  @Column('text') target!: string;
  @Column('text') reason!: string;
  @Column('text') actor!: string;
  @Column('timestamptz') pulledAt!: Date;
  @Column('timestamptz') releasedAt!: Date | null;
  @Column('text') releasedBy!: string | null;
  @Column('text') releaseReason!: string | null;
}
