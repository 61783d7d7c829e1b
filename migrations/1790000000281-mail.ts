import type { MigrationInterface, QueryRunner } from 'typeorm';
import { grant } from './grants.js';

/**
 * Mail waits in a table until a server has taken it. Address and content are sealed, and the content is forgotten once it is
 * sent: it may hold a link that opens an account. `key` says what a mail is about, so that nobody gets it twice. `mail_round`
 * has the days on which everybody was written to.
 */
export class Mail1790000000281 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      CREATE TABLE mail (
        id uuid PRIMARY KEY,
        kind text NOT NULL,
        key text NOT NULL,
        to_sealed bytea NOT NULL,
        to_index bytea NOT NULL,
        content_sealed bytea,
        at timestamptz NOT NULL,
        created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
        attempts integer NOT NULL DEFAULT 0,
        next_attempt_at timestamptz DEFAULT clock_timestamp(),
        sent_at timestamptz,
        error text,
        UNIQUE (to_index, key),
        CHECK (sent_at IS NULL OR next_attempt_at IS NULL)
      )`);
    await queryRunner.query(
      `CREATE INDEX mail_next_attempt ON mail (next_attempt_at) WHERE next_attempt_at IS NOT NULL`,
    );
    await queryRunner.query(`CREATE TABLE mail_round (day date PRIMARY KEY, at timestamptz NOT NULL)`);
    await grant(queryRunner, 'read-write', 'mail', 'mail_round');
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`DROP TABLE mail_round, mail`);
  }
}
