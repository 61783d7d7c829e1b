import type { MigrationInterface, QueryRunner } from 'typeorm';
import { grant, withAppRole } from './grants.js';

/**
 * A change that waits for a second person. What is asked for, by whom and what it would keep from whom is never rewritten;
 * the service's role may only decide it, once, and then forgets the sealed particulars.
 */
export class Proposals1790000000250 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      CREATE TABLE proposal (
        id uuid PRIMARY KEY,
        act text NOT NULL,
        args_sealed bytea,
        act_index bytea NOT NULL,
        contract_id uuid REFERENCES contract,
        proposer text NOT NULL,
        caller jsonb NOT NULL,
        reason text,
        lost jsonb NOT NULL,
        changes jsonb NOT NULL,
        deciders text[] NOT NULL,
        drawn_account_id uuid,
        at timestamptz NOT NULL,
        open_from timestamptz NOT NULL,
        state text NOT NULL DEFAULT 'waiting' CHECK (state IN ('waiting', 'approved', 'refused', 'withdrawn')),
        decided_at timestamptz,
        decided_by text,
        note text,
        CHECK ((state = 'waiting') = (decided_at IS NULL)),
        CHECK ((state = 'waiting') = (decided_by IS NULL)),
        CHECK ((state = 'waiting') = (args_sealed IS NOT NULL))
      )`);
    await queryRunner.query(
      `CREATE UNIQUE INDEX proposal_waiting_once ON proposal (act_index) WHERE state = 'waiting'`,
    );
    await queryRunner.query(`CREATE INDEX proposal_contract ON proposal (contract_id, id)`);
    await queryRunner.query(`CREATE INDEX proposal_waiting ON proposal (id) WHERE state = 'waiting'`);
    await queryRunner.query(
      `CREATE INDEX change_of_access ON change (actor) WHERE subject IN ('account', 'api-key')`,
    );
    await queryRunner.query(`ALTER TABLE flag ADD COLUMN approved_by text`);
    await grant(queryRunner, 'append-only', 'proposal');
    await withAppRole(
      queryRunner,
      'GRANT UPDATE (state, decided_at, decided_by, note, args_sealed) ON proposal TO',
    );
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`DROP TABLE proposal`);
    await queryRunner.query(`DROP INDEX change_of_access`);
    await queryRunner.query(`ALTER TABLE flag DROP COLUMN approved_by`);
  }
}
