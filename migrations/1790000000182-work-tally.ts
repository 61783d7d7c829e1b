import type { MigrationInterface, QueryRunner } from 'typeorm';
import { grant } from './grants.js';

/** What the work lists look for, where it is the few among the many: kept, or found by an index that holds nothing else. */
export class WorkTally1790000000182 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      CREATE TABLE work_candidate (list text NOT NULL, contract_id uuid NOT NULL, PRIMARY KEY (list, contract_id))`);
    await queryRunner.query(`CREATE INDEX work_candidate_contract ON work_candidate (contract_id)`);
    await queryRunner.query(`CREATE TABLE work_dead_number (number_index bytea PRIMARY KEY)`);
    await grant(queryRunner, 'read-write', 'work_candidate', 'work_dead_number');
    await queryRunner.query(`INSERT INTO tally_mark SELECT id FROM message WHERE status = 'failed'`);
    await queryRunner.query(`
      CREATE INDEX contact_without_number ON contact (contract_id) WHERE phone_index IS NULL AND removed_at IS NULL`);
    await queryRunner.query(`CREATE INDEX contract_terminated ON contract (id) WHERE state = 'terminated'`);
    await queryRunner.query(`
      CREATE INDEX change_suspended ON change (contract_id) WHERE subject = 'contract' AND after ->> 'state' = 'suspended'`);
    await queryRunner.query(`
      CREATE INDEX change_moved ON change (at, id) WHERE subject = 'contract' AND before ? 'departmentId'`);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(
      `DROP INDEX change_moved, change_suspended, contract_terminated, contact_without_number`,
    );
    await queryRunner.query(`DROP TABLE work_dead_number, work_candidate`);
  }
}
