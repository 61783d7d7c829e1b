import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Routing counts every second the calls of each provider that erred of late. Calls that went well are not in the index. */
export class ErredCalls1790000000294 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(
      `CREATE INDEX attempt_erred ON attempt (provider, opened_at) WHERE detail IS NOT NULL`,
    );
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`DROP INDEX attempt_erred`);
  }
}
