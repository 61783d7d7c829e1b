import { Column, Entity, PrimaryColumn } from 'typeorm';

/** A TemplateVersion is one version of an SMS template; the highest version is in force. */
@Entity()
export class TemplateVersion {
  @PrimaryColumn('uuid') id!: string;
  @Column('text') key!: string;
  @Column('integer') version!: number;
  @Column('text') body!: string;
  @Column('text') actor!: string;
  @Column('text') reason!: string | null;
  @Column('timestamptz') createdAt!: Date;
}
