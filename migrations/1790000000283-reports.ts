import type { MigrationInterface, QueryRunner } from 'typeorm';
import { grant } from './grants.js';

/**
 * What the figures of a month were, of the agency (without a department) and of each department. A report is written once; the
 * service's own role cannot rewrite it.
 */
export class Reports1790000000283 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      CREATE TABLE report (
        id uuid PRIMARY KEY,
        month text NOT NULL CHECK (month ~ '^[0-9]{4}-[0-9]{2}$'),
        department_id uuid REFERENCES department,
        figures jsonb NOT NULL,
        made_at timestamptz NOT NULL,
        UNIQUE NULLS NOT DISTINCT (department_id, month)
      )`);
    await grant(queryRunner, 'append-only', 'report');
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`DROP TABLE report`);
  }
}
