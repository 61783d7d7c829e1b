import { Column, Entity, PrimaryColumn } from 'typeorm';

/** A DefaultAnswer is the default that an admin last accepted or declined. Who it was, and why, stands in the journal. */
@Entity()
export class DefaultAnswer {
  /** A setting such as `plan:works`, or the key of a template. */
  @PrimaryColumn('text') name!: string;
  /** The default as it was offered: a plan, or the body of a template. */
  @Column('jsonb') value!: unknown;
}
