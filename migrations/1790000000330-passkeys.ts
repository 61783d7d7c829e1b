import type { MigrationInterface, QueryRunner } from 'typeorm';
import { grant } from './grants.js';

/**
 * The passkeys of an account: what an authenticator signs with, and the count of its signatures. A challenge that was answered is kept
 * for as long as it could be answered again.
 */
export class Passkeys1790000000330 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      CREATE TABLE passkey (
        id uuid PRIMARY KEY,
        account_id uuid NOT NULL REFERENCES account (id),
        name_sealed bytea NOT NULL,
        credential_id bytea NOT NULL UNIQUE CHECK (length(credential_id) BETWEEN 1 AND 1023),
        public_key bytea NOT NULL,
        counter bigint NOT NULL CHECK (counter >= 0),
        created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
        last_used_at timestamptz
      )`);
    await queryRunner.query(`CREATE INDEX passkey_account ON passkey (account_id)`);
    await queryRunner.query(`
      CREATE TABLE passkey_challenge (
        challenge bytea PRIMARY KEY CHECK (length(challenge) = 32),
        used_at timestamptz NOT NULL DEFAULT clock_timestamp()
      )`);
    await grant(queryRunner, 'read-write', 'passkey', 'passkey_challenge');
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`DROP TABLE passkey_challenge, passkey`);
  }
}
