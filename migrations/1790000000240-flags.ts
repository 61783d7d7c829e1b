import type { MigrationInterface, QueryRunner } from 'typeorm';
import { grant, withAppRole } from './grants.js';

/**
 * What somebody's change kept from whom. A flag is a fact: the service's role may write one and close it, and can neither
 * rewrite nor remove what it says.
 */
export class Flags1790000000240 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      CREATE TABLE flag (
        id uuid PRIMARY KEY,
        contract_id uuid NOT NULL REFERENCES contract,
        kind text NOT NULL CHECK (kind IN ('not-told', 'number-swapped', 'put-off')),
        at timestamptz NOT NULL,
        actor text NOT NULL,
        reason text,
        department_id uuid NOT NULL REFERENCES department,
        officer_id uuid REFERENCES officer,
        lost jsonb NOT NULL,
        closed_at timestamptz,
        closed_by text,
        finding text CHECK (finding IN ('explained', 'mistake', 'referred')),
        note text,
        CHECK (num_nulls(closed_at, closed_by, finding, note) IN (0, 4))
      )`);
    await queryRunner.query(`CREATE INDEX flag_contract ON flag (contract_id, kind)`);
    await queryRunner.query(`CREATE INDEX flag_open ON flag (at) WHERE closed_at IS NULL`);
    await grant(queryRunner, 'append-only', 'flag');
    await withAppRole(queryRunner, 'GRANT UPDATE (closed_at, closed_by, finding, note) ON flag TO');
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`DROP TABLE flag`);
  }
}
