import type { MigrationInterface, QueryRunner } from 'typeorm';
import { grant } from './grants.js';

/** An import keeps names of its file that nobody goes by, and whom a person chose for them. */
export class ImportNames1790000000220 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      CREATE TABLE import_name (
        id uuid PRIMARY KEY,
        import_id uuid NOT NULL REFERENCES import (id),
        -- Of an officer; null when the name is a department's.
        department_id uuid REFERENCES department (id),
        name_index bytea NOT NULL,
        name_sealed bytea NOT NULL,
        line integer NOT NULL,
        contracts integer NOT NULL,
        chosen_id uuid,
        decided boolean NOT NULL,
        UNIQUE NULLS NOT DISTINCT (import_id, department_id, name_index)
      )`);
    await grant(queryRunner, 'read-write', 'import_name');
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`DROP TABLE import_name`);
  }
}
