import type { MigrationInterface, QueryRunner } from 'typeorm';
import { grant } from './grants.js';

/** Template versions are immutable; a message keeps the one it was sent with. */
export class Texts1790000000004 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      CREATE TABLE template_version (
        id uuid PRIMARY KEY,
        key text NOT NULL,
        version integer NOT NULL CHECK (version > 0),
        body text NOT NULL,
        actor text NOT NULL,
        reason text,
        created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
        UNIQUE (key, version)
      )`);
    await grant(queryRunner, 'append-only', 'template_version');
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`DROP TABLE template_version`);
  }
}
