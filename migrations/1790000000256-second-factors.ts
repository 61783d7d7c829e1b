import type { MigrationInterface, QueryRunner } from 'typeorm';
import { grant } from './grants.js';

/**
 * The second factor of an account: the secret of an authenticator app, sealed, and the last time step of which a code was taken.
 * A recovery code is a row until it is used; of the code only the SHA-256 is kept.
 */
export class SecondFactors1790000000256 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      ALTER TABLE account ADD COLUMN totp_sealed bytea, ADD COLUMN totp_step bigint,
        ADD CHECK ((totp_sealed IS NULL) = (totp_step IS NULL))`);
    await queryRunner.query(`
      CREATE TABLE recovery_code (
        code_hash bytea PRIMARY KEY CHECK (length(code_hash) = 32),
        account_id uuid NOT NULL REFERENCES account (id)
      )`);
    await queryRunner.query(`CREATE INDEX recovery_code_account ON recovery_code (account_id)`);
    await grant(queryRunner, 'read-write', 'recovery_code');
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`DROP TABLE recovery_code`);
    await queryRunner.query(`ALTER TABLE account DROP COLUMN totp_step, DROP COLUMN totp_sealed`);
  }
}
