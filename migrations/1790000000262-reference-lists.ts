import type { MigrationInterface, QueryRunner } from 'typeorm';
import { grant } from './grants.js';

/**
 * What other systems know of contracts, brought by auditors and kept apart from contracts. A record is what its newest revision
 * states, with the contract here that it is taken for. References and registration numbers are compared without the characters
 * that people leave out.
 */
export class ReferenceLists1790000000262 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      CREATE TABLE reference_list (
        id uuid PRIMARY KEY,
        name text NOT NULL UNIQUE,
        since date NOT NULL,
        grace_days integer NOT NULL CHECK (grace_days >= 0),
        created_at timestamptz NOT NULL DEFAULT clock_timestamp()
      )`);
    await queryRunner.query(`
      CREATE TABLE reference_record (
        id uuid PRIMARY KEY,
        list_id uuid NOT NULL REFERENCES reference_list (id),
        reference text NOT NULL,
        revision integer NOT NULL,
        kind text NOT NULL,
        title text NOT NULL,
        department text,
        signed_on date,
        starts_on date,
        ends_on date,
        amount numeric,
        currency text,
        numbers text[] NOT NULL,
        parties_sealed bytea NOT NULL,
        cancelled boolean NOT NULL,
        seen_on date NOT NULL,
        contract_id uuid REFERENCES contract (id),
        matched_by text CHECK (matched_by IN ('reference', 'terms', 'auditor')),
        flagged text[] NOT NULL DEFAULT '{}',
        UNIQUE (list_id, reference),
        CHECK (contract_id IS NULL OR matched_by IS NOT NULL)
      )`);
    await queryRunner.query(`CREATE INDEX reference_record_contract ON reference_record (contract_id)`);
    await queryRunner.query(`CREATE INDEX reference_record_page ON reference_record (list_id, id)`);
    await queryRunner.query(`
      CREATE INDEX reference_record_unmatched ON reference_record (list_id, id) WHERE contract_id IS NULL`);
    await queryRunner.query(`
      CREATE INDEX contract_plain_reference ON contract (translate(upper(reference), ' ._/()-', ''))`);
    await grant(queryRunner, 'read-write', 'reference_list', 'reference_record');
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`DROP INDEX contract_plain_reference`);
    await queryRunner.query(`DROP TABLE reference_record, reference_list`);
  }
}
