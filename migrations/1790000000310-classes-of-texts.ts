import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What Korean carriers class a text as is kept with it, so that what texts cost can be counted without reading their words. */
export class ClassesOfTexts1790000000310 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`ALTER TABLE message ADD COLUMN korean_class text`);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`ALTER TABLE message DROP COLUMN korean_class`);
  }
}
