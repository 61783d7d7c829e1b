import type { MigrationInterface, QueryRunner } from 'typeorm';
import { grant } from './grants.js';

/** What witnesses have signed stands beside the checkpoints for good; of each it is known how far it has come, and since when it fails. */
export class Witnesses1790000000291 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      CREATE TABLE log_cosignature (
        size bigint NOT NULL REFERENCES log_checkpoint,
        witness text NOT NULL,
        line text NOT NULL,
        at timestamptz NOT NULL DEFAULT clock_timestamp(),
        PRIMARY KEY (size, witness)
      )`);
    await queryRunner.query(`
      CREATE TABLE log_witness (
        name text PRIMARY KEY,
        size bigint NOT NULL DEFAULT 0,
        asked_at timestamptz,
        problem text,
        failing_since timestamptz,
        CHECK ((problem IS NULL) = (failing_since IS NULL))
      )`);
    await grant(queryRunner, 'append-only', 'log_cosignature');
    await grant(queryRunner, 'read-write', 'log_witness');
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`DROP TABLE log_witness, log_cosignature`);
  }
}
