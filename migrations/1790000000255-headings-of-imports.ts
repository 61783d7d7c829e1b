import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What a heading means is remembered by the imports that were applied with it, for their department. */
export class HeadingsOfImports1790000000255 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`DROP TABLE import_heading`);
  }

  async down(): Promise<void> {
    throw new Error('what was chosen for headings cannot be brought back');
  }
}
