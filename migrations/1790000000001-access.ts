import type { MigrationInterface, QueryRunner } from 'typeorm';
import { grant } from './grants.js';

/** Who may call, what was said once, and what was set. */
export class Access1790000000001 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`CREATE EXTENSION IF NOT EXISTS pg_trgm`);
    await queryRunner.query(`
      CREATE TABLE api_key (
        id uuid PRIMARY KEY,
        name text NOT NULL,
        prefix text NOT NULL UNIQUE,
        secret_hash bytea NOT NULL,
        role text NOT NULL CHECK (role IN ('officer', 'manager', 'admin', 'auditor', 'monitor')),
        department_id uuid,
        officer_id uuid,
        expires_at timestamptz,
        last_used_at timestamptz,
        revoked_at timestamptz,
        created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
        CHECK (role IN ('admin', 'auditor') OR department_id IS NOT NULL)
      )`);
    await queryRunner.query(`
      CREATE TABLE idempotency_key (
        api_key_id uuid NOT NULL REFERENCES api_key (id),
        key text NOT NULL,
        request_hash bytea NOT NULL,
        status integer NOT NULL,
        response_sealed bytea NOT NULL,
        row_id uuid NOT NULL,
        created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
        PRIMARY KEY (api_key_id, key)
      )`);
    await queryRunner.query(`CREATE INDEX idempotency_key_created_at ON idempotency_key (created_at)`);
    await queryRunner.query(`
      CREATE TABLE setting (
        name text NOT NULL,
        version integer NOT NULL CHECK (version > 0),
        value jsonb NOT NULL,
        actor text NOT NULL,
        reason text,
        created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
        PRIMARY KEY (name, version)
      )`);
    await queryRunner.query(`
      CREATE TABLE change (
        id uuid PRIMARY KEY,
        subject text NOT NULL,
        subject_id text NOT NULL,
        contract_id uuid,
        what text NOT NULL,
        before jsonb,
        after jsonb,
        actor text NOT NULL,
        reason text,
        at timestamptz NOT NULL,
        recorded_at timestamptz NOT NULL DEFAULT clock_timestamp()
      )`);
    await queryRunner.query(`CREATE INDEX change_contract ON change (contract_id, id)`);
    await queryRunner.query(`
      CREATE TABLE leaf (
        id uuid PRIMARY KEY,
        kind text NOT NULL,
        subject_id text NOT NULL,
        body jsonb NOT NULL,
        hash bytea NOT NULL CHECK (length(hash) = 32),
        recorded_at timestamptz NOT NULL DEFAULT clock_timestamp()
      )`);
    await queryRunner.query(`CREATE INDEX leaf_subject ON leaf (subject_id)`);
    await grant(queryRunner, 'read-write', 'api_key', 'idempotency_key');
    await grant(queryRunner, 'append-only', 'setting', 'change', 'leaf');
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`DROP TABLE leaf, change, setting, idempotency_key, api_key`);
  }
}
