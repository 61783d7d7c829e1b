import type { MigrationInterface, QueryRunner } from 'typeorm';

/** A department's messages, newest first: an id tells the time, so that a page is read off the index. */
export class MessageLog1790000000008 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      CREATE INDEX alert_department_message ON alert (department_id, message_id) WHERE message_id IS NOT NULL`);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`DROP INDEX alert_department_message`);
  }
}
