import type { MigrationInterface, QueryRunner } from 'typeorm';
import { grant } from './grants.js';

/**
 * Leaves get their places in a public tree (decision 38). A leaf waits from the transaction that writes it until the sequencer
 * sees it and numbers it; of the tree itself, only the hashes of full tiles and the signed checkpoints are kept. Leaves written
 * before have no salt, and stand in the tree by the hash that they had.
 */
export class PublicLog1790000000290 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`ALTER TABLE leaf ADD COLUMN salt bytea CHECK (length(salt) = 16)`);
    await queryRunner.query(`CREATE TABLE leaf_waiting (leaf_id uuid NOT NULL)
        WITH (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 5000, autovacuum_vacuum_cost_delay = 0)`);
    await queryRunner.query(`
      CREATE FUNCTION let_leaves_wait() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
        INSERT INTO leaf_waiting SELECT id FROM written;
        RETURN NULL;
      END $$`);
    await queryRunner.query(`
      CREATE TRIGGER let_wait AFTER INSERT ON leaf REFERENCING NEW TABLE AS written
      FOR EACH STATEMENT EXECUTE FUNCTION let_leaves_wait()`);
    await queryRunner.query(`INSERT INTO leaf_waiting SELECT id FROM leaf ORDER BY id`);
    await queryRunner.query(`
      CREATE TABLE log_entry (
        index bigint PRIMARY KEY CHECK (index >= 0),
        leaf_id uuid NOT NULL UNIQUE REFERENCES leaf
      )`);
    await queryRunner.query(`
      CREATE TABLE log_node (
        level integer NOT NULL CHECK (level > 0),
        index bigint NOT NULL CHECK (index >= 0),
        hash bytea NOT NULL CHECK (length(hash) = 32),
        PRIMARY KEY (level, index)
      )`);
    await queryRunner.query(`
      CREATE TABLE log_checkpoint (
        size bigint PRIMARY KEY CHECK (size >= 0),
        root bytea NOT NULL CHECK (length(root) = 32),
        note text NOT NULL,
        at timestamptz NOT NULL DEFAULT clock_timestamp()
      )`);
    await grant(queryRunner, 'read-write', 'leaf_waiting');
    await grant(queryRunner, 'append-only', 'log_entry', 'log_node', 'log_checkpoint');
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`DROP TABLE log_checkpoint, log_node, log_entry`);
    await queryRunner.query(`DROP TRIGGER let_wait ON leaf`);
    await queryRunner.query(`DROP FUNCTION let_leaves_wait`);
    await queryRunner.query(`DROP TABLE leaf_waiting`);
    await queryRunner.query(`ALTER TABLE leaf DROP COLUMN salt`);
  }
}
