import { Column, Entity, PrimaryColumn } from 'typeorm';

/** A SandboxText is a message that arrived on a phone inside the sandbox. */
@Entity()
export class SandboxText {
  @PrimaryColumn('uuid') id!: string;
  @Column('uuid') attemptId!: string;
  @Column('bytea') toSealed!: Buffer;
  @Column('bytea') toIndex!: Buffer;
  @Column('text') text!: string;
  @Column('timestamptz') createdAt!: Date;
  @Column('timestamptz') serviceTime!: Date;
  @Column('text') status!: string;
  @Column('text') code!: string | null;
}
