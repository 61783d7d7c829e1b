import type { MigrationInterface, QueryRunner } from 'typeorm';

/** A key with the role of an auditor opens nothing until a second person approves it. */
export class KeysThatWait1790000000252 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`ALTER TABLE api_key ADD COLUMN waits boolean NOT NULL DEFAULT false`);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`ALTER TABLE api_key DROP COLUMN waits`);
  }
}
