import type { MigrationInterface, QueryRunner } from 'typeorm';
import { withAppRole } from './grants.js';

/**
 * These two foreign keys cost each text two look-ups, and each look-up a lock that is written. What they guarded cannot come
 * about: the transaction that names a message is the one that stores it, and from here on the service's role may not delete
 * messages or attempts, which it never did.
 */
export class HotKeys1790000000150 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`ALTER TABLE alert DROP CONSTRAINT alert_message_id_fkey`);
    await queryRunner.query(`ALTER TABLE message_words DROP CONSTRAINT message_words_message_id_fkey`);
    await withAppRole(queryRunner, 'REVOKE DELETE ON message, attempt FROM');
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await withAppRole(queryRunner, 'GRANT DELETE ON message, attempt TO');
    await queryRunner.query(`
      ALTER TABLE message_words ADD CONSTRAINT message_words_message_id_fkey
        FOREIGN KEY (message_id) REFERENCES message (id) ON DELETE CASCADE`);
    await queryRunner.query(`
      ALTER TABLE alert ADD CONSTRAINT alert_message_id_fkey FOREIGN KEY (message_id) REFERENCES message (id)`);
  }
}
