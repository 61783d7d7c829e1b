import type { MigrationInterface, QueryRunner } from 'typeorm';
import { grant } from './grants.js';

/** What a heading means is remembered by the imports that were applied with it, for their department. */
export class HeadingsOfImports1790000000255 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`DROP TABLE import_heading`);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      CREATE TABLE import_heading (
        heading text PRIMARY KEY,
        field text,
        actor text NOT NULL,
        set_at timestamptz NOT NULL DEFAULT clock_timestamp()
      )`);
    await grant(queryRunner, 'read-write', 'import_heading');
  }
}
