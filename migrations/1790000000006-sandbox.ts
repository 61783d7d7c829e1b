import type { MigrationInterface, QueryRunner } from 'typeorm';
import { grant } from './grants.js';

/** The sandbox's phones and its movable clock. */
export class Sandbox1790000000006 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      CREATE TABLE sandbox_text (
        id uuid PRIMARY KEY,
        attempt_id uuid NOT NULL,
        to_sealed bytea NOT NULL,
        to_index bytea NOT NULL,
        text text NOT NULL,
        created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
        service_time timestamptz NOT NULL,
        status text NOT NULL,
        code text
      )`);
    await queryRunner.query(`CREATE INDEX sandbox_text_number ON sandbox_text (to_index, created_at)`);
    await queryRunner.query(`
      CREATE TABLE sandbox_clock (
        singleton boolean PRIMARY KEY DEFAULT true CHECK (singleton),
        now timestamptz NOT NULL
      )`);
    await grant(queryRunner, 'read-write', 'sandbox_text', 'sandbox_clock');
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`DROP TABLE sandbox_clock, sandbox_text`);
  }
}
