import type { MigrationInterface, QueryRunner } from 'typeorm';
import { grant } from './grants.js';

/** An admin's last answer to each default that was offered: a release that changes the default offers it again. */
export class DefaultAnswers1790000000070 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`CREATE TABLE default_answer (name text PRIMARY KEY, value jsonb NOT NULL)`);
    await grant(queryRunner, 'read-write', 'default_answer');
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`DROP TABLE default_answer`);
  }
}
