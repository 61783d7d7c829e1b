import type { MigrationInterface, QueryRunner } from 'typeorm';

/** When a milestone was to be told before small put-offs: null where nothing was put off. */
export class FirstDue1790000000279 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`ALTER TABLE milestone ADD COLUMN first_due_at timestamptz`);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`ALTER TABLE milestone DROP COLUMN first_due_at`);
  }
}
