import type { MigrationInterface, QueryRunner } from 'typeorm';

/** When a process that sends last found that its jobs fail: the pages of another process show it. */
export class SendingFailures1790000000080 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`ALTER TABLE instance ADD COLUMN failing_at timestamptz`);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`ALTER TABLE instance DROP COLUMN failing_at`);
  }
}
