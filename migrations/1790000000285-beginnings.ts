import type { MigrationInterface, QueryRunner } from 'typeorm';

/** A version may hold from a day to come, and keeps who approved it; one without a day holds since it was made. */
export class Beginnings1790000000285 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    for (const table of ['setting', 'template_version'])
      await queryRunner.query(`ALTER TABLE ${table} ADD COLUMN from_on date, ADD COLUMN approved_by text`);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    for (const table of ['setting', 'template_version'])
      await queryRunner.query(`ALTER TABLE ${table} DROP COLUMN from_on, DROP COLUMN approved_by`);
  }
}
