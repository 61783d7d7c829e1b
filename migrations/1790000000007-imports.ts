import type { MigrationInterface, QueryRunner } from 'typeorm';
import { grant } from './grants.js';

/** Files brought in, sealed until they have been read, and what could not be taken from them. */
export class Imports1790000000007 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      CREATE TABLE import (
        id uuid PRIMARY KEY,
        file_name text NOT NULL,
        format text CHECK (format IN ('csv', 'ocds')),
        status text NOT NULL CHECK (status IN ('queued', 'running', 'completed', 'failed')),
        department_id uuid REFERENCES department (id),
        actor text NOT NULL,
        caller jsonb NOT NULL,
        counts jsonb NOT NULL,
        size bigint NOT NULL DEFAULT 0,
        position bigint NOT NULL DEFAULT 0,
        failure text,
        lease_until timestamptz,
        created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
        started_at timestamptz,
        finished_at timestamptz
      )`);
    await queryRunner.query(
      `CREATE INDEX import_unfinished ON import (created_at) WHERE status IN ('queued', 'running')`,
    );
    await queryRunner.query(`
      CREATE TABLE import_chunk (
        id uuid PRIMARY KEY,
        import_id uuid NOT NULL REFERENCES import (id),
        ordinal integer NOT NULL,
        sealed bytea NOT NULL,
        UNIQUE (import_id, ordinal)
      )`);
    await queryRunner.query(`
      CREATE TABLE import_problem (
        id uuid PRIMARY KEY,
        import_id uuid NOT NULL REFERENCES import (id),
        line integer NOT NULL,
        field text NOT NULL,
        value text NOT NULL,
        code text NOT NULL,
        message text NOT NULL,
        advice text NOT NULL,
        fatal boolean NOT NULL
      )`);
    await queryRunner.query(`CREATE INDEX import_problem_import ON import_problem (import_id, id)`);
    await queryRunner.query(`
      CREATE TABLE ocds_record (
        id uuid PRIMARY KEY,
        ocid text NOT NULL UNIQUE,
        compiled_sealed bytea NOT NULL,
        updated_at timestamptz NOT NULL DEFAULT clock_timestamp()
      )`);
    await grant(queryRunner, 'read-write', 'import', 'import_chunk', 'import_problem', 'ocds_record');
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`DROP TABLE ocds_record, import_problem, import_chunk, import`);
  }
}
