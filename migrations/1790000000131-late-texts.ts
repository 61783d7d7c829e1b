import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Attempts that were taken for absent are looked for some hours longer, in case their texts turn up late. */
export class LateTexts1790000000131 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`CREATE INDEX attempt_absent ON attempt (settled_at) WHERE status = 'absent'`);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`DROP INDEX attempt_absent`);
  }
}
