import type { MigrationInterface, QueryRunner } from 'typeorm';
import { withAppRole } from './grants.js';

/** When the provider was asked to forget the words of a text that it sent. */
export class Redaction1790000000267 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`ALTER TABLE attempt ADD COLUMN redacted_at timestamptz`);
    // 1790000000300 names the columns that may be changed; here it is done for databases that had it before this.
    await withAppRole(queryRunner, `GRANT UPDATE (redacted_at) ON attempt TO`);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`ALTER TABLE attempt DROP COLUMN redacted_at`);
  }
}
