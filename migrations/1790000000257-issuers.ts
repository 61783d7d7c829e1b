import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Whom an OpenID Connect issuer knows an account's person as: the keyed fingerprint of issuer and subject, once they have signed in by it. */
export class Issuers1790000000257 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`ALTER TABLE account ADD COLUMN issuer_index bytea UNIQUE`);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`ALTER TABLE account DROP COLUMN issuer_index`);
  }
}
