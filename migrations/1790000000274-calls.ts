import type { MigrationInterface, QueryRunner } from 'typeorm';
import { grant, withAppRole } from './grants.js';

/**
 * Calls drawn by lot (decision 41): what was laid down for a month, the numbers that could be drawn, and what calls came to. The
 * service's role writes the place of a number and the checkpoint of a sample once they are drawn, and nothing else afterwards.
 */
export class Calls1790000000274 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      CREATE TABLE call_sample (
        month text PRIMARY KEY CHECK (month ~ '^[0-9]{4}-[0-9]{2}$'),
        share smallint NOT NULL CHECK (share BETWEEN 1 AND 100),
        leaf_id uuid NOT NULL,
        committed_at timestamptz NOT NULL,
        size bigint
      )`);
    await queryRunner.query(`
      CREATE TABLE call_candidate (
        id uuid PRIMARY KEY,
        month text NOT NULL REFERENCES call_sample,
        entry text NOT NULL CHECK (entry ~ '^[0-9a-f]{64}$'),
        salt bytea NOT NULL CHECK (length(salt) = 16),
        weight smallint NOT NULL CHECK (weight > 0),
        contract_id uuid NOT NULL REFERENCES contract,
        contact_id uuid NOT NULL REFERENCES contact,
        message_id uuid NOT NULL REFERENCES message,
        department_id uuid NOT NULL REFERENCES department,
        officer_id uuid REFERENCES officer,
        place integer,
        UNIQUE (month, entry),
        UNIQUE (month, place)
      )`);
    await queryRunner.query(`
      CREATE TABLE call_result (
        id uuid PRIMARY KEY,
        candidate_id uuid NOT NULL REFERENCES call_candidate,
        outcome text NOT NULL CHECK (outcome IN ('reached', 'not-received', 'another-person', 'no-such-number')),
        actor text NOT NULL,
        at timestamptz NOT NULL
      )`);
    await queryRunner.query(`CREATE INDEX call_result_candidate ON call_result (candidate_id, id)`);
    await grant(queryRunner, 'append-only', 'call_sample', 'call_candidate', 'call_result');
    await withAppRole(queryRunner, `GRANT UPDATE (size) ON call_sample TO`);
    await withAppRole(queryRunner, `GRANT UPDATE (place) ON call_candidate TO`);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`DROP TABLE call_result, call_candidate, call_sample`);
  }
}
