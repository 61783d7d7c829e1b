import type { MigrationInterface, QueryRunner } from 'typeorm';
import { grant } from './grants.js';

/**
 * Which keys something may be sealed with, and which processes know which keys (docs/keys.md). A key is let go by the owner of the
 * tables, once nothing is sealed with it any more; the service's role can only add one.
 */
export class SealingKeys1790000000286 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      CREATE TABLE sealing_key (
        id text PRIMARY KEY,
        first_at timestamptz NOT NULL DEFAULT clock_timestamp(),
        let_go_at timestamptz
      )`);
    await queryRunner.query(`
      CREATE TABLE sealing_process (
        id uuid PRIMARY KEY,
        key_ids text[] NOT NULL,
        seen_at timestamptz NOT NULL DEFAULT clock_timestamp()
      )`);
    await grant(queryRunner, 'append-only', 'sealing_key');
    await grant(queryRunner, 'read-write', 'sealing_process');
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`DROP TABLE sealing_process, sealing_key`);
  }
}
