import type { MigrationInterface, QueryRunner } from 'typeorm';

const keys = [
  [
    'message',
    'message_template_version_id_fkey',
    'FOREIGN KEY (template_version_id) REFERENCES template_version (id)',
  ],
  [
    'attempt',
    'attempt_message_id_fkey',
    'FOREIGN KEY (message_id) REFERENCES message (id) DEFERRABLE INITIALLY DEFERRED',
  ],
  ['log_entry', 'log_entry_leaf_id_fkey', 'FOREIGN KEY (leaf_id) REFERENCES leaf (id)'],
] as const;

/**
 * These foreign keys cost each text four look-ups, and each look-up a lock that is written. What they guarded cannot come about:
 * the service's role may delete no template version, no message and no leaf; a message names the version that its text was made
 * by, an attempt the message that its transaction stores, and an entry of the log a leaf that was written. The nightly check finds
 * an entry without its leaf.
 */
export class KeysOfTexts1790000000307 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    for (const [table, name] of keys) await queryRunner.query(`ALTER TABLE ${table} DROP CONSTRAINT ${name}`);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    for (const [table, name, key] of keys)
      await queryRunner.query(`ALTER TABLE ${table} ADD CONSTRAINT ${name} ${key}`);
  }
}
