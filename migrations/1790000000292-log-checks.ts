import type { MigrationInterface, QueryRunner } from 'typeorm';
import { grant } from './grants.js';

/** What came of each time that the service verified its own log and tables, for good. */
export class LogChecks1790000000292 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      CREATE TABLE log_check (
        id uuid PRIMARY KEY,
        began_at timestamptz NOT NULL,
        ended_at timestamptz NOT NULL DEFAULT clock_timestamp(),
        size bigint CHECK (size >= 0),
        root bytea CHECK (length(root) = 32),
        tables jsonb,
        code text,
        params jsonb,
        CHECK ((code IS NULL) = (params IS NULL)),
        CHECK (code IS NOT NULL OR (size IS NOT NULL AND root IS NOT NULL AND tables IS NOT NULL))
      )`);
    await grant(queryRunner, 'append-only', 'log_check');
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`DROP TABLE log_check`);
  }
}
