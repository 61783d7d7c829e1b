import type { MigrationInterface, QueryRunner } from 'typeorm';
import { grant } from './grants.js';

/**
 * What waits in the work lists climbs a ladder: to those responsible at once, to the auditors after a while, and to the head of
 * audit last. A step is kept with who took note of it; `resolved_at` is set when the thing waits no more, and a thing that
 * waits again begins at the foot.
 */
export class Ladder1790000000282 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      CREATE TABLE ladder_step (
        id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
        list text NOT NULL,
        row_id uuid NOT NULL,
        contract_id uuid REFERENCES contract (id),
        department_id uuid REFERENCES department (id),
        step text NOT NULL CHECK (step IN ('responsible', 'audit', 'head')),
        day date NOT NULL,
        at timestamptz NOT NULL,
        acknowledged_at timestamptz,
        acknowledged_by text,
        note text,
        resolved_at timestamptz,
        CHECK ((acknowledged_at IS NULL) = (acknowledged_by IS NULL))
      )`);
    await queryRunner.query(`
      CREATE UNIQUE INDEX ladder_step_once ON ladder_step (list, row_id, step) WHERE resolved_at IS NULL`);
    await queryRunner.query(
      `CREATE INDEX ladder_step_day ON ladder_step (step, day, id) WHERE step <> 'responsible'`,
    );
    await grant(queryRunner, 'read-write', 'ladder_step');
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`DROP TABLE ladder_step`);
  }
}
