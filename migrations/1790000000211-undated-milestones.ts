import type { MigrationInterface, QueryRunner } from 'typeorm';

/** The few milestones that have no day: a work list finds their contracts, and coverage counts them again. */
export class UndatedMilestones1790000000211 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(
      `CREATE INDEX milestone_undated ON milestone (contract_id) WHERE due_at IS NULL AND NOT withdrawn`,
    );
    await queryRunner.query(
      `INSERT INTO tally_mark SELECT DISTINCT contract_id FROM milestone WHERE due_at IS NULL AND NOT withdrawn`,
    );
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`DROP INDEX milestone_undated`);
  }
}
