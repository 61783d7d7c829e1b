import type { MigrationInterface, QueryRunner } from 'typeorm';

/** The timeline on which the database was last seen: another one tells of a fail-over, in which commits may have been lost. */
export class Timeline1790000000130 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`ALTER TABLE instance ADD COLUMN timeline text`);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`ALTER TABLE instance DROP COLUMN timeline`);
  }
}
