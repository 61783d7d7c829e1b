import { Column, Entity, PrimaryColumn } from 'typeorm';

/** A Setting is one version of a setting; the highest version is in force. */
@Entity()
export class Setting {
  @PrimaryColumn('text') name!: string;
  @PrimaryColumn('integer') version!: number;
  @Column('jsonb') value!: unknown;
  @Column('text') actor!: string;
  @Column('text') reason!: string | null;
  @Column('timestamptz') createdAt!: Date;
}
