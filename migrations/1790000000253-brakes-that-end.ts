import type { MigrationInterface, QueryRunner } from 'typeorm';

/** A brake that somebody pulls ends by itself, unless a second person approves it. Those that are on stay as they are. */
export class BrakesThatEnd1790000000253 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`ALTER TABLE brake ADD COLUMN ends_at timestamptz`);
    await queryRunner.query(
      `CREATE INDEX change_brake_pulled ON change (actor, at) WHERE subject = 'brake' AND what = 'brake-pulled'`,
    );
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`DROP INDEX change_brake_pulled`);
    await queryRunner.query(`ALTER TABLE brake DROP COLUMN ends_at`);
  }
}
