import type { MigrationInterface, QueryRunner } from 'typeorm';
import { grant } from './grants.js';

/**
 * The auditors' inbox reads the newest flags of each kind, open and closed apart, and looks up the other flags of their
 * contracts. Who looks after a row is kept beside the flags; notes stand in the history.
 */
export class FlagInbox1790000000271 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`DROP INDEX flag_contract, flag_open`);
    await queryRunner.query(`CREATE INDEX flag_contract ON flag (contract_id, kind, id)`);
    await queryRunner.query(`CREATE INDEX flag_open ON flag (kind, id) WHERE closed_at IS NULL`);
    await queryRunner.query(`CREATE INDEX flag_closed ON flag (kind, id) WHERE closed_at IS NOT NULL`);
    await queryRunner.query(`CREATE INDEX change_of_flags ON change (subject_id, id) WHERE subject = 'flag'`);
    await queryRunner.query(`
      CREATE TABLE flag_case (
        contract_id uuid NOT NULL REFERENCES contract,
        kind text NOT NULL,
        assignee uuid,
        PRIMARY KEY (contract_id, kind)
      )`);
    await grant(queryRunner, 'read-write', 'flag_case');
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`DROP TABLE flag_case`);
    await queryRunner.query(`DROP INDEX change_of_flags, flag_closed, flag_open, flag_contract`);
    await queryRunner.query(`CREATE INDEX flag_contract ON flag (contract_id, kind)`);
    await queryRunner.query(`CREATE INDEX flag_open ON flag (at) WHERE closed_at IS NULL`);
  }
}
