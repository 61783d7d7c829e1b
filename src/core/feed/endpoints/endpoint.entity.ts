import { Column, Entity, PrimaryColumn } from 'typeorm';
import { wholeNumber } from '../../../platform/database/database.js';
import type { PushedKind } from './endpoint.schema.js';

export type EndpointStatus = 'active' | 'paused' | 'removed';

/** A FeedEndpoint is an address of the agency's that the feed is pushed to, with the place up to which it has it. */
@Entity()
export class FeedEndpoint {
  @PrimaryColumn('uuid') id!: string;
  @Column('text') url!: string;
  @Column('text', { array: true }) kinds!: PushedKind[];
  @Column('text') status!: EndpointStatus;
  /** Null once it was removed. */
  @Column('bytea') secretSealed!: Buffer | null;
  /** It signs beside its successor until `formerUntil`. */
  @Column('bytea') formerSecretSealed!: Buffer | null;
  @Column('timestamptz') formerUntil!: Date | null;
  @Column('bigint', { transformer: wholeNumber }) after!: number;
  /** Failures since the last success. */
  @Column('integer') attempts!: number;
  @Column('timestamptz') nextAt!: Date;
  @Column('timestamptz') failingSince!: Date | null;
  @Column('text') lastFailure!: string | null;
  @Column('timestamptz') createdAt!: Date;
}

/** Returns where a secret of an endpoint is sealed. */
export const secretPlace = (rowId: string, column: 'secret_sealed' | 'former_secret_sealed') => ({
  table: 'feed_endpoint',
  column,
  rowId,
});
