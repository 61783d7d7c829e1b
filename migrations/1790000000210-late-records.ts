import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * When the neutral text of a milestone is owed because its record came or went too late, and for which day an occurrence was
 * recorded that was taken back since. What was recorded before stays as it was planned.
 */
export class LateRecords1790000000210 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(
      `ALTER TABLE milestone ADD COLUMN neutral_at timestamptz, ADD COLUMN taken_back_on date`,
    );
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`ALTER TABLE milestone DROP COLUMN neutral_at, DROP COLUMN taken_back_on`);
  }
}
