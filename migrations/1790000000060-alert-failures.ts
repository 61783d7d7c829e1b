import type { MigrationInterface, QueryRunner } from 'typeorm';

const sentence = 'text-failed: ';

/** An alert that no text could be made for keeps the code `text-failed`, and what failed in a column of its own. */
export class AlertFailures1790000000060 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`ALTER TABLE alert ADD COLUMN failure text`);
    await queryRunner.query(`
      UPDATE alert SET reason = 'text-failed', failure = substr(reason, ${sentence.length + 1})
      WHERE starts_with(reason, '${sentence}')`);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(
      `UPDATE alert SET reason = '${sentence}' || failure WHERE reason = 'text-failed'`,
    );
    await queryRunner.query(`ALTER TABLE alert DROP COLUMN failure`);
  }
}
