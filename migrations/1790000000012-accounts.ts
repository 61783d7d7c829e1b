import type { MigrationInterface, QueryRunner } from 'typeorm';
import { grant } from './grants.js';

/** The people who sign in; and departments that were merged into others. */
export class Accounts1790000000012 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      CREATE TABLE account (
        id uuid PRIMARY KEY,
        email_sealed bytea NOT NULL,
        email_index bytea NOT NULL UNIQUE,
        name_sealed bytea NOT NULL,
        role text NOT NULL CHECK (role IN ('officer', 'manager', 'admin', 'auditor', 'monitor')),
        department_id uuid REFERENCES department (id),
        officer_id uuid UNIQUE REFERENCES officer (id),
        locale text NOT NULL DEFAULT 'ko' CHECK (locale IN ('ko', 'en')),
        password_hash text,
        disabled_at timestamptz,
        created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
        CHECK (role IN ('admin', 'auditor') OR department_id IS NOT NULL)
      )`);
    await queryRunner.query(`CREATE INDEX account_department ON account (department_id)`);
    await queryRunner.query(`
      CREATE TABLE session (
        token_hash bytea PRIMARY KEY CHECK (length(token_hash) = 32),
        account_id uuid NOT NULL REFERENCES account (id),
        created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
        last_seen_at timestamptz NOT NULL DEFAULT clock_timestamp()
      )`);
    await queryRunner.query(`CREATE INDEX session_account ON session (account_id)`);
    await queryRunner.query(`
      CREATE TABLE account_link (
        token_hash bytea PRIMARY KEY CHECK (length(token_hash) = 32),
        account_id uuid NOT NULL REFERENCES account (id),
        purpose text NOT NULL CHECK (purpose IN ('invitation', 'reset')),
        expires_at timestamptz NOT NULL
      )`);
    await queryRunner.query(`CREATE INDEX account_link_account ON account_link (account_id)`);
    await queryRunner.query(`
      CREATE TABLE sign_in_failure (
        source bytea PRIMARY KEY,
        failures integer NOT NULL,
        last_at timestamptz NOT NULL,
        blocked_until timestamptz NOT NULL
      )`);
    await queryRunner.query(`CREATE INDEX sign_in_failure_last_at ON sign_in_failure (last_at)`);
    await queryRunner.query(`
      ALTER TABLE department ADD COLUMN merged_into uuid REFERENCES department (id) CHECK (merged_into <> id)`);
    await queryRunner.query(
      `CREATE INDEX contract_officer ON contract (officer_id) WHERE officer_id IS NOT NULL`,
    );
    await grant(queryRunner, 'read-write', 'account', 'session', 'account_link', 'sign_in_failure');
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`DROP INDEX contract_officer`);
    await queryRunner.query(`ALTER TABLE department DROP COLUMN merged_into`);
    await queryRunner.query(`DROP TABLE sign_in_failure, account_link, session, account`);
  }
}
