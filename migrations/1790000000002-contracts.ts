import type { MigrationInterface, QueryRunner } from 'typeorm';
import { grant } from './grants.js';

/** Departments, officers, contracts and the people at the counterparties. */
export class Contracts1790000000002 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      CREATE TABLE department (
        id uuid PRIMARY KEY,
        parent_id uuid REFERENCES department (id),
        code text NOT NULL UNIQUE,
        name text NOT NULL,
        name_en text,
        head_officer_id uuid,
        go_live_on date,
        created_at timestamptz NOT NULL DEFAULT clock_timestamp()
      )`);
    await queryRunner.query(`CREATE INDEX department_parent ON department (parent_id)`);
    await queryRunner.query(`
      CREATE TABLE officer (
        id uuid PRIMARY KEY,
        department_id uuid NOT NULL REFERENCES department (id),
        staff_number text UNIQUE,
        name_sealed bytea NOT NULL,
        name_index bytea NOT NULL,
        phone_sealed bytea,
        phone_index bytea,
        active boolean NOT NULL DEFAULT true,
        created_at timestamptz NOT NULL DEFAULT clock_timestamp()
      )`);
    await queryRunner.query(`CREATE INDEX officer_phone ON officer (phone_index)`);
    await queryRunner.query(`CREATE INDEX officer_name ON officer (name_index)`);
    await queryRunner.query(`
      ALTER TABLE department ADD FOREIGN KEY (head_officer_id) REFERENCES officer (id) DEFERRABLE INITIALLY DEFERRED`);
    await queryRunner.query(`
      CREATE TABLE contract (
        id uuid PRIMARY KEY,
        source text NOT NULL,
        reference text NOT NULL,
        revision integer NOT NULL,
        kind text NOT NULL CHECK (kind IN ('works', 'service', 'goods', 'consignment', 'grant', 'permit')),
        title text NOT NULL,
        department_id uuid NOT NULL REFERENCES department (id),
        officer_id uuid REFERENCES officer (id),
        state text NOT NULL CHECK (state IN ('draft', 'signed', 'underway', 'suspended', 'completed', 'terminated')),
        resumes_to text CHECK (resumes_to IN ('signed', 'underway')),
        signed_on date,
        starts_on date,
        ends_on date,
        completed_on date,
        terminated_on date,
        liability_ends_on date,
        amount numeric CHECK (amount >= 0),
        currency text CHECK (currency ~ '^[A-Z]{3}$'),
        method text,
        plan_name text NOT NULL,
        plan_version integer NOT NULL,
        version integer NOT NULL DEFAULT 1,
        created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
        updated_at timestamptz NOT NULL DEFAULT clock_timestamp(),
        UNIQUE (source, reference),
        CHECK ((state = 'suspended') = (resumes_to IS NOT NULL)),
        CHECK (state = 'draft' OR signed_on IS NOT NULL OR state = 'terminated'),
        CHECK (starts_on <= ends_on),
        CHECK (signed_on <= ends_on),
        FOREIGN KEY (plan_name, plan_version) REFERENCES setting (name, version)
      )`);
    await queryRunner.query(`CREATE INDEX contract_department ON contract (department_id, id)`);
    await queryRunner.query(`
      CREATE TABLE contract_revision (
        id uuid PRIMARY KEY,
        contract_id uuid NOT NULL REFERENCES contract (id),
        revision integer NOT NULL,
        fingerprint bytea NOT NULL,
        content jsonb NOT NULL,
        correction boolean NOT NULL,
        recorded_at timestamptz NOT NULL DEFAULT clock_timestamp(),
        actor text NOT NULL
      )`);
    await queryRunner.query(
      `CREATE INDEX contract_revision_contract ON contract_revision (contract_id, revision, id)`,
    );
    await queryRunner.query(`
      CREATE TABLE counterparty (
        id uuid PRIMARY KEY,
        contract_id uuid NOT NULL REFERENCES contract (id),
        external_id text,
        name_sealed bytea NOT NULL,
        name_index bytea NOT NULL,
        registration_number text,
        role text,
        share numeric CHECK (share > 0 AND share <= 100),
        country text CHECK (country ~ '^[A-Z]{2}$'),
        created_at timestamptz NOT NULL DEFAULT clock_timestamp()
      )`);
    await queryRunner.query(`CREATE INDEX counterparty_contract ON counterparty (contract_id)`);
    await queryRunner.query(`
      CREATE TABLE contact (
        id uuid PRIMARY KEY,
        contract_id uuid NOT NULL REFERENCES contract (id),
        counterparty_id uuid NOT NULL REFERENCES counterparty (id),
        name_sealed bytea,
        name_index bytea,
        role text,
        phone_sealed bytea,
        phone_index bytea,
        phone_country text,
        locale text NOT NULL CHECK (locale IN ('ko', 'en')),
        legal_basis text NOT NULL CHECK (legal_basis IN ('statutory-task', 'contract', 'consent')),
        legal_basis_on date,
        removed_at timestamptz,
        salt bytea NOT NULL,
        created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
        CHECK ((phone_sealed IS NULL) = (phone_index IS NULL)),
        CHECK (legal_basis <> 'consent' OR legal_basis_on IS NOT NULL)
      )`);
    await queryRunner.query(`CREATE INDEX contact_contract ON contact (contract_id)`);
    await queryRunner.query(`CREATE INDEX contact_phone ON contact (phone_index)`);
    await grant(queryRunner, 'read-write', 'department', 'officer', 'contract', 'counterparty', 'contact');
    await grant(queryRunner, 'append-only', 'contract_revision');
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(
      `DROP TABLE contact, counterparty, contract_revision, contract, officer, department CASCADE`,
    );
  }
}
