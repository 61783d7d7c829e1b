import type { MigrationInterface, QueryRunner } from 'typeorm';
import { grant, withAppRole } from './grants.js';

/** Addresses that the feed is pushed to, each with the place up to which it has it. */
export class FeedEndpoints1790000000301 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      CREATE TABLE feed_endpoint (
        id uuid PRIMARY KEY,
        url text NOT NULL,
        kinds text[] NOT NULL CHECK (cardinality(kinds) > 0 AND kinds <@ ARRAY['contract', 'milestone', 'message']),
        status text NOT NULL CHECK (status IN ('active', 'paused', 'removed')),
        secret_sealed bytea CHECK (secret_sealed IS NOT NULL OR status = 'removed'),
        former_secret_sealed bytea,
        former_until timestamptz,
        after bigint NOT NULL CHECK (after >= 0),
        attempts integer NOT NULL,
        next_at timestamptz NOT NULL,
        failing_since timestamptz,
        last_failure text,
        created_at timestamptz NOT NULL
      )`);
    await queryRunner.query(
      `CREATE INDEX feed_endpoint_due ON feed_endpoint (next_at) WHERE status = 'active'`,
    );
    await grant(queryRunner, 'append-only', 'feed_endpoint');
    await withAppRole(queryRunner, 'GRANT UPDATE ON feed_endpoint TO');
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`DROP TABLE feed_endpoint`);
  }
}
