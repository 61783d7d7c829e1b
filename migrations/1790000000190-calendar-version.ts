import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * The version of the calendar by which a contract was planned last. What there is was planned by the one in force, or is not to
 * be planned again before an administrator puts another: PostgreSQL keeps the default of old rows without rewriting them.
 */
export class CalendarVersion1790000000190 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    const [{ version }] = (await queryRunner.query(
      `SELECT coalesce(max(version), 1) AS version FROM setting WHERE name = 'calendar'`,
    )) as [{ version: number }];
    await queryRunner.query(`ALTER TABLE contract ADD COLUMN calendar_version integer DEFAULT ${version}`);
    await queryRunner.query(`ALTER TABLE contract ALTER COLUMN calendar_version DROP DEFAULT`);
    await queryRunner.query(`CREATE INDEX contract_calendar_version ON contract (calendar_version, id)`);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`ALTER TABLE contract DROP COLUMN calendar_version`);
  }
}
